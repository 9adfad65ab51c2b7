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
        head: HeadFile::File(models::path("hey-jarvis", "hey_jarvis_v0.1.onnx")),
    };
    let wake = OpenWakeWord::open(&files, WakeConfig::default()).unwrap();
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
    Session::new(config, Some(Box::new(wake)), Box::new(vad))
}

async fn own_words() -> Vec<f32> {
    let engine = Arc::new(SpeechEngine::new(EngineSpec {
        name: "speech engine",
        program: program("jarvis-engine-speech"),
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

#[tokio::test]
async fn jarvis_does_not_interrupt_itself() {
    let words = own_words().await;
    assert!(words.len() > 45 * SAMPLE_RATE as usize, "{} samples are no minute", words.len());
    for (room, delay_ms, level) in [
        (Room::STUDY, LEAST_DELAY_MS, -24.0),
        (Room::LIVING_ROOM, 150, -12.0),
        (Room::KITCHEN, 250, -6.0),
        (Room::STUDY, LEAST_DELAY_MS, 0.0),
        (Room::LIVING_ROOM, 150, 0.0),
    ] {
        let mut duet = duet(InterruptBy::Speech, &words, &room, delay_ms, level);
        duet.say(&words);
        // And two seconds in which it listens for what the person may say to that.
        let mut left = 100;
        while left > 0 {
            left -= u32::from(!duet.is_speaking());
            for signal in duet.frame(&[0.0; FRAME_SAMPLES]).unwrap() {
                let heard_itself =
                    matches!(signal, Signal::Wake { .. } | Signal::Interrupt | Signal::SpeechStarted { .. });
                assert!(!heard_itself, "{level} dB, {delay_ms} ms: {signal:?} after {} ms", duet.now_ms());
            }
        }
    }
}

/// Says it so long into an answer, and is silent for a moment. What came of it.
fn signals_of(duet: &mut Duet, words: &[f32], said: &[f32], after_ms: u64) -> Vec<Signal> {
    duet.say(&words[..12 * SAMPLE_RATE as usize]);
    let silence = |ms| std::iter::repeat_n(0.0, ms_to_samples(ms) as usize);
    let loud = TALKER / speech_level(said).max(1e-9);
    let near: Vec<f32> = silence(after_ms).chain(said.iter().map(|s| s * loud)).chain(silence(400)).collect();
    let mut signals = Vec::new();
    for chunk in near.chunks(FRAME_SAMPLES) {
        let mut frame: Frame = [0.0; FRAME_SAMPLES];
        frame[..chunk.len()].copy_from_slice(chunk);
        signals.extend(duet.frame(&frame).unwrap());
    }
    signals
}

/// Whether it silences an answer.
fn said_over(duet: &mut Duet, words: &[f32], said: &[f32]) -> bool {
    signals_of(duet, words, said, 2_000).contains(&Signal::Interrupt)
}

#[tokio::test]
async fn who_talks_over_jarvis_silences_it_and_who_hums_or_coughs_does_not() {
    let words = own_words().await;
    let read = |name: &str| file::read_16k(&clips::dir().join(name)).unwrap();
    for level in [-24.0, -12.0, -6.0] {
        let mut duet = duet(InterruptBy::Speech, &words, &Room::LIVING_ROOM, 150, level);
        // The room is learned first.
        signals_of(&mut duet, &words, &[], 5_000);
        for talk in
            ["stop.wav", "hey-jarvis-stop.wav", "austen-0890.wav", "go-forward.wav", "customer-service.wav"]
        {
            assert!(said_over(&mut duet, &words, &read(talk)), "{talk} at {level} dB");
        }
        for i in 0..3 {
            let hum = listener::hum(0.6, 100.0 + 50.0 * i as f32);
            assert!(!said_over(&mut duet, &words, &hum), "hum {i} at {level} dB");
            assert!(!said_over(&mut duet, &words, &listener::cough(i)), "cough {i} at {level} dB");
        }
    }
}

#[tokio::test]
async fn with_a_headset_stop_is_heard_from_the_first_word_of_the_first_answer_on() {
    let words = own_words().await;
    let stop = file::read_16k(&clips::dir().join("stop.wav")).unwrap();
    for after_ms in [200, 1_000, 2_500] {
        let mut duet = duet(InterruptBy::Speech, &words, &Room::STUDY, LEAST_DELAY_MS, -60.0);
        let signals = signals_of(&mut duet, &words, &stop, after_ms);
        // It is recognised then, and silences the answer by its meaning.
        let heard = |s: &Signal| matches!(s, Signal::Interjection { .. } | Signal::Interrupt);
        assert!(signals.iter().any(heard), "after {after_ms} ms: {signals:?}");
    }
}
