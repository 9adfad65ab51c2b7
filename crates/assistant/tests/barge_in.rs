//! Talking over Jarvis in a simulated room, on the real models: it does not interrupt itself, and is interrupted by who talks.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use futures::StreamExt;
use jarvis_assistant::duet::{Duet, LEAST_DELAY_MS, gain_for, listener};
use jarvis_audio::room::{Room, speech_level};
use jarvis_audio::{Cleaning, file, resample};
use jarvis_core::audio::{FRAME_SAMPLES, Frame, SAMPLE_RATE, ms_to_samples};
use jarvis_core::config::InterruptBy;
use jarvis_engine::EngineSpec;
use jarvis_testkit::{clips, models, program};
use jarvis_voice::endpoint::EndpointConfig;
use jarvis_voice::onnx;
use jarvis_voice::session::{Session, SessionConfig, Signal};
use jarvis_voice::speech::SpeechEngine;
use jarvis_voice::tts::{EngineVoice, Language, Synthesizer, VoiceFiles, VoiceModel};
use jarvis_voice::vad::SileroVad;
use jarvis_voice::wake::{HeadFile, OpenWakeWord, OpenWakeWordFiles, WakeConfig};

/// How loud the person is, linear: -26 dBFS.
const TALKER: f32 = 0.05;

/// What Jarvis says: three quarters of a minute, with its own name and its own commands in it.
const WORDS: [&str; 12] = [
    "The sky looks blue because air scatters short waves of light more than long ones.",
    "Say, Hey Jarvis, and ask; I answer as soon as you have said it.",
    "At sunset the light crosses more air, most of the blue is lost, and what is left looks red.",
    "If you want me to be quiet, say stop, and I stop at once.",
    "Your timer of twenty minutes has thirteen minutes and forty seconds left.",
    "In the kitchen drawer there are scissors, a roll of tape, and the spare key that you asked me about.",
    "Jarvis is the name of an assistant that lives on your computer and nowhere else.",
    "Tomorrow it will rain in the morning, and in the afternoon the sun comes out again.",
    "Fifteen percent of eighty is twelve, and a quarter of a hundred and twenty is thirty.",
    "The report has nine pages; the second one lists what was bought, and for how much.",
    "I have found three files of that name, the newest of which was changed yesterday evening.",
    "Wait, there is more: the museum opens at ten, and it is closed on Mondays.",
];

fn session(interrupt_by: InterruptBy) -> Session {
    onnx::init(&models::path("onnxruntime", "libonnxruntime.so.1.31.1")).unwrap();
    let files = OpenWakeWordFiles {
        melspectrogram: models::path("openwakeword-features", "melspectrogram.onnx"),
        embedding: models::path("openwakeword-features", "embedding_model.onnx"),
        head: HeadFile::File(models::path("hey-jarvis-openwakeword", "hey_jarvis_v0.1.onnx")),
    };
    let wake = |config: WakeConfig| Box::new(OpenWakeWord::open(&files, config).unwrap());
    let (others, own) = (WakeConfig::default(), WakeConfig::default().own_voice(false));
    let vad = SileroVad::open(&models::path("silero-vad", "silero_vad.onnx")).unwrap();
    let config = SessionConfig {
        endpoint: EndpointConfig { threshold: 0.5, min_silence_ms: 350, max_silence_ms: 1000 },
        no_speech_ms: 5000,
        max_request_ms: 30_000,
        follow_up_ms: 6000,
        partials: false,
        interrupt_by,
        interrupt_after_ms: 200,
    };
    Session::new(config, Some(wake(others)), Box::new(vad)).with_own_voice(wake(own))
}

async fn own_words() -> Vec<f32> {
    let engine = Arc::new(SpeechEngine::new(EngineSpec {
        name: "speech engine",
        program: program("jarvis-engine-speech"),
        fallback: None,
        args: Vec::new(),
        idle_stop: None,
    }));
    let data = models::path("espeak-ng-data", "espeak-ng-data");
    let voice = VoiceFiles {
        voice: VoiceModel::Piper { config: models::path("piper-en-us-joe", "en_US-joe-medium.onnx.json") },
        onnxruntime: models::path("onnxruntime", "libonnxruntime.so.1.31.1"),
        espeak_data_parent: data.parent().unwrap().to_path_buf(),
    };
    let piper = EngineVoice::new(engine, voice, Language::American);
    let mut words = Vec::new();
    for sentence in WORDS {
        let mut speech = piper.synthesize(sentence, 1.0);
        while let Some(piece) = speech.next().await {
            let piece = piece.unwrap();
            words.extend(resample(&piece.samples, piece.sample_rate, SAMPLE_RATE));
        }
    }
    words
}

fn duet(by: InterruptBy, words: &[f32], room: &Room, delay_ms: u64, level: f32) -> Duet {
    let gain = gain_for(room, words, TALKER * 10_f32.powf(level / 20.0));
    Duet::new(session(by), Cleaning { echo: true, noise: false }, room, delay_ms, gain)
}

/// Levels of the echo, in rooms.
const ECHOES: [(Room, u64, f32); 5] = [
    (Room::STUDY, LEAST_DELAY_MS, -24.0),
    (Room::LIVING_ROOM, 150, -12.0),
    (Room::KITCHEN, 250, -6.0),
    (Room::STUDY, LEAST_DELAY_MS, 0.0),
    (Room::LIVING_ROOM, 150, 0.0),
];

/// What Jarvis makes of its own words and of two seconds of silence behind them: the first thing that it takes for somebody else's.
fn taken_for_somebody(
    by: InterruptBy,
    words: &[f32],
    (room, delay_ms, level): (Room, u64, f32),
) -> Option<Signal> {
    let mut duet = duet(by, words, &room, delay_ms, level);
    duet.say(words);
    let mut left = 100;
    while left > 0 {
        left -= u32::from(!duet.is_speaking());
        let signals = duet.frame(&[0.0; FRAME_SAMPLES]).unwrap();
        let mistaken =
            |s: &Signal| matches!(s, Signal::Wake { .. } | Signal::Interrupt | Signal::SpeechStarted { .. });
        if let Some(signal) = signals.into_iter().find(mistaken) {
            return Some(signal);
        }
    }
    None
}

#[tokio::test]
async fn jarvis_does_not_interrupt_itself() {
    let words = own_words().await;
    assert!(words.len() > 45 * SAMPLE_RATE as usize, "{} samples are no minute", words.len());
    for echo in ECHOES {
        assert_eq!(taken_for_somebody(InterruptBy::Words, &words, echo), None, "{echo:?}");
    }
    // Where talk silences it too it does so now and then, which `jarvis bench barge-in` counts.
    let itself =
        ECHOES.iter().filter(|echo| taken_for_somebody(InterruptBy::Speech, &words, **echo).is_some());
    let itself = itself.count();
    assert!(itself <= 2, "{itself} times in four minutes");
}

/// Says it two seconds into an answer. Whether that silenced it.
fn said_over(duet: &mut Duet, words: &[f32], said: &[f32]) -> bool {
    duet.say(&words[..12 * SAMPLE_RATE as usize]);
    let loud = TALKER / speech_level(said).max(1e-9);
    let said = said.iter().map(|s| s * loud);
    let near: Vec<f32> = std::iter::repeat_n(0.0, ms_to_samples(2_000) as usize).chain(said).collect();
    let mut silenced = false;
    for chunk in near.chunks(FRAME_SAMPLES) {
        let mut frame: Frame = [0.0; FRAME_SAMPLES];
        frame[..chunk.len()].copy_from_slice(chunk);
        silenced |= duet.frame(&frame).unwrap().contains(&Signal::Interrupt);
    }
    silenced
}

#[tokio::test]
async fn who_talks_over_jarvis_silences_it_and_who_hums_or_coughs_does_not() {
    let words = own_words().await;
    let read = |name: &str| file::read_16k(&clips::dir().join(name)).unwrap();
    let (mut talks, mut silenced) = (0, 0);
    for level in [-24.0, -12.0, -6.0] {
        let mut duet = duet(InterruptBy::Speech, &words, &Room::LIVING_ROOM, 150, level);
        for talk in
            ["stop.wav", "hey-jarvis-stop.wav", "austen-0890.wav", "go-forward.wav", "customer-service.wav"]
        {
            talks += 1;
            silenced += usize::from(said_over(&mut duet, &words, &read(talk)));
        }
        for i in 0..3 {
            let hum = listener::hum(0.6, 100.0 + 50.0 * i as f32);
            assert!(!said_over(&mut duet, &words, &hum), "hum {i} at {level} dB");
            assert!(!said_over(&mut duet, &words, &listener::cough(i)), "cough {i} at {level} dB");
        }
    }
    // The louder the echo, the more is missed: `jarvis bench barge-in` says how much.
    assert!(silenced >= talks - 3, "{silenced} of {talks}");
}
