//! The settings and what they may be. Meanings and units stand in `defaults.toml`, once.
#![expect(missing_docs, reason = "every field is documented in defaults.toml, the file that people read")]

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub wake: Wake,
    pub vad: Vad,
    pub turn: Turn,
    pub stt: Stt,
    pub tts: Tts,
    pub audio: Audio,
    pub llm: Llm,
    pub memory: Memory,
    pub documents: Documents,
    pub tools: Tools,
    pub engines: Engines,
    pub desktop: Desktop,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wake {
    pub enabled: bool,
    pub engine: WakeEngine,
    pub model: String,
    pub threshold: f32,
    pub patience: u32,
    pub refractory_ms: u64,
    pub second_look: bool,
    pub porcupine: Porcupine,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WakeEngine {
    OpenWakeWord,
    Porcupine,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Porcupine {
    pub library: String,
    pub model: String,
    pub keyword: String,
    pub access_key_env: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vad {
    pub engine: VadEngine,
    pub threshold: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VadEngine {
    Silero,
    WebRtc,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    pub min_silence_ms: u64,
    pub max_silence_ms: u64,
    pub no_speech_ms: u64,
    pub max_request_ms: u64,
    pub end_by: EndBy,
    pub follow_up_ms: u64,
    pub interrupt_by: InterruptBy,
    pub interrupt_after_ms: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndBy {
    Speech,
    Silence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InterruptBy {
    Speech,
    Words,
    Off,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stt {
    pub model: String,
    pub languages: Vec<String>,
    pub vocabulary: Vec<String>,
    pub partials: bool,
    pub gpu: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tts {
    pub voice: String,
    pub speed: f32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audio {
    pub input: String,
    pub output: String,
    pub volume: f32,
    pub echo_cancellation: bool,
    pub noise_suppression: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Llm {
    pub provider: Provider,
    pub model: String,
    pub temperature: f32,
    pub max_tokens: u32,
    pub max_steps: u32,
    pub context_length: u32,
    pub timeout_s: u64,
    pub ollama: Ollama,
    pub openai: Remote,
    pub anthropic: Remote,
}

/// The settings that are one of a few words, and the words.
pub const CHOICES: [(&str, &[&str]); 7] = [
    ("wake.engine", &["openwakeword", "porcupine"]),
    ("vad.engine", &["silero", "webrtc"]),
    ("turn.end_by", &["speech", "silence"]),
    ("turn.interrupt_by", &["speech", "words", "off"]),
    ("llm.provider", &["auto", "ollama", "openai", "anthropic", "embedded"]),
    ("desktop.hotkey_mode", &["hold", "toggle"]),
    ("desktop.first_run", &["welcome", "sound", "models", "voice", "wake", "done"]),
];

impl Llm {
    /// How long a server may be silent.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_s)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    Auto,
    Ollama,
    OpenAi,
    Anthropic,
    Embedded,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ollama {
    pub url: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remote {
    pub url: String,
    pub api_key_env: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    pub note_facts: bool,
    pub keep_conversations_days: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engines {
    pub idle_stop_minutes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Documents {
    pub folders: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tools {
    pub enabled: bool,
    pub off: Vec<String>,
    pub offered: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Desktop {
    pub hotkey: String,
    pub hotkey_mode: HotkeyMode,
    pub dictation_hotkey: String,
    pub screen_hotkey: String,
    pub stop_hotkey: String,
    pub start_at_login: bool,
    pub close_to_tray: bool,
    pub bubble: bool,
    pub first_run: FirstRun,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HotkeyMode {
    Hold,
    Toggle,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FirstRun {
    Welcome,
    Sound,
    Models,
    Voice,
    Wake,
    Done,
}

impl Config {
    /// Checks what types cannot say. Returns the first reason why not, naming its setting.
    pub(super) fn check(&self) -> Result<(), String> {
        let ranges = [
            ("wake.threshold", f64::from(self.wake.threshold), 0.05, 0.99),
            ("wake.patience", f64::from(self.wake.patience), 1.0, 10.0),
            ("wake.refractory_ms", self.wake.refractory_ms as f64, 0.0, 10_000.0),
            ("vad.threshold", f64::from(self.vad.threshold), 0.1, 0.9),
            ("turn.min_silence_ms", self.turn.min_silence_ms as f64, 200.0, 5_000.0),
            ("turn.max_silence_ms", self.turn.max_silence_ms as f64, 200.0, 5_000.0),
            ("turn.no_speech_ms", self.turn.no_speech_ms as f64, 1_000.0, 60_000.0),
            ("turn.max_request_ms", self.turn.max_request_ms as f64, 2_000.0, 120_000.0),
            ("turn.follow_up_ms", self.turn.follow_up_ms as f64, 0.0, 60_000.0),
            ("turn.interrupt_after_ms", self.turn.interrupt_after_ms as f64, 100.0, 2_000.0),
            ("tts.speed", f64::from(self.tts.speed), 0.5, 2.0),
            ("audio.volume", f64::from(self.audio.volume), 0.0, 1.0),
            ("llm.temperature", f64::from(self.llm.temperature), 0.0, 2.0),
            ("llm.max_tokens", f64::from(self.llm.max_tokens), 16.0, 32_768.0),
            ("llm.max_steps", f64::from(self.llm.max_steps), 1.0, 20.0),
            ("llm.timeout_s", self.llm.timeout_s as f64, 1.0, 3_600.0),
            ("llm.context_length", f64::from(self.llm.context_length), 512.0, 1_048_576.0),
            ("tools.offered", f64::from(self.tools.offered), 1.0, 64.0),
            ("memory.keep_conversations_days", f64::from(self.memory.keep_conversations_days), 0.0, 36_500.0),
        ];
        for (key, value, low, high) in ranges {
            if !(low..=high).contains(&value) {
                // Through f32, so that 0.7 does not show the digits that f64 adds to it.
                return Err(format!("{key} must be between {low} and {high}, not {}", value as f32));
            }
        }
        if self.turn.min_silence_ms > self.turn.max_silence_ms {
            return Err("turn.min_silence_ms must not be longer than turn.max_silence_ms".into());
        }
        for (key, url) in [
            ("llm.ollama.url", &self.llm.ollama.url),
            ("llm.openai.url", &self.llm.openai.url),
            ("llm.anthropic.url", &self.llm.anthropic.url),
        ] {
            if !url.starts_with("http://") && !url.starts_with("https://") {
                return Err(format!("{key} must begin with http:// or https://, not {url:?}"));
            }
        }
        if let Some(wrong) = self.documents.folders.iter().find(|folder| !Path::new(folder).is_absolute()) {
            return Err(format!(
                "documents.folders must be whole paths such as \"/home/ada/papers\", not {wrong:?}"
            ));
        }
        let is_code = |code: &&String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase());
        if let Some(wrong) = self.stt.languages.iter().find(|code| !is_code(code)) {
            return Err(format!("stt.languages must be two-letter codes such as \"en\", not {wrong:?}"));
        }
        Ok(())
    }
}
