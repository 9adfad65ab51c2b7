//! What is asked of the speech engine.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A request to the speech engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Request {
    /// Load a recogniser ahead of its use. No items.
    LoadTranscriber {
        /// Whisper model in GGML format.
        model: PathBuf,
    },
    /// Load a voice ahead of its use. No items.
    LoadVoice {
        /// Where the voice and what it needs are.
        voice: VoiceFiles,
    },
    /// Recognise the payload: 16 kHz mono `f32` samples. One [`Reply::Transcript`].
    Transcribe {
        /// Whisper model in GGML format.
        model: PathBuf,
        /// Languages that it may be, ISO 639-1 codes; none for all that the model knows.
        languages: Vec<String>,
        /// Words to expect: names, commands; shown to the model as preceding text.
        vocabulary: Vec<String>,
        /// A quick guess is enough: greedy, no fallbacks.
        draft: bool,
    },
    /// How likely the payload, 16 kHz mono `f32` samples, begins with `text`. One [`Reply::Likelihood`].
    Likelihood {
        /// Whisper model in GGML format.
        model: PathBuf,
        /// ISO 639-1 code of the text's language.
        language: String,
        /// A few words, as they are written.
        text: String,
    },
    /// Say `text`. Any number of [`Reply::Audio`], each with its samples as payload.
    Synthesize {
        /// Where the voice and what it needs are.
        voice: VoiceFiles,
        /// Plain speakable text, one sentence or clause.
        text: String,
        /// 0.5 (half) to 2.0 (double).
        speed: f32,
    },
}

/// A voice and the two things it cannot speak without.
///
/// Paths are absolute: the engine works in the folder of the pronunciation data, where espeak-ng looks for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VoiceFiles {
    /// The voice itself; what it is decides which network speaks.
    pub voice: VoiceModel,
    /// ONNX Runtime's shared library.
    pub onnxruntime: PathBuf,
    /// The folder that holds `espeak-ng-data`.
    pub espeak_data_parent: PathBuf,
}

/// The files of a voice, by the network that speaks with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "engine", rename_all = "snake_case")]
pub enum VoiceModel {
    /// A network of its own.
    Piper {
        /// The voice's `.onnx.json`; its `.onnx` stands beside it.
        config: PathBuf,
    },
    /// A network that many voices share, and a table that makes it this one.
    Kokoro {
        /// The network.
        model: PathBuf,
        /// The voice's table of styles: 510 of 256 `f32` values, by the number of tokens to be said.
        style: PathBuf,
        /// How it pronounces.
        accent: Accent,
    },
}

/// An English accent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accent {
    /// Received pronunciation.
    British,
    /// General American.
    American,
}

/// A piece of a reply of the speech engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reply {
    /// What was heard.
    Transcript(Transcript),
    /// The natural logarithm of the probability that it was said: 0 is certain.
    Likelihood {
        /// At most 0.
        log_probability: f32,
    },
    /// Sound; the samples are the payload.
    Audio {
        /// Samples per second.
        sample_rate: u32,
    },
}

/// What Whisper made of a stretch of sound, with what is needed to doubt it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// The words, trimmed.
    pub text: String,
    /// ISO 639-1 code.
    pub language: String,
    /// Mean log-probability of the text tokens, natural logarithm; near 0 is sure, below -1 is a guess.
    pub avg_logprob: f32,
    /// Whisper's own probability that nobody spoke, 0..=1.
    pub no_speech_prob: f32,
}
