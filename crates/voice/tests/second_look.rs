//! The second look on recordings, by each recogniser: it confirms the wake word where the detector heard it, and nothing else.

#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use jarvis_core::audio::{FRAME_SAMPLES, SAMPLE_RATE, ms_to_samples};
use jarvis_engine::EngineSpec;
use jarvis_testkit::{clips, models, program};
use jarvis_voice::onnx;
use jarvis_voice::speech::SpeechEngine;
use jarvis_voice::stt::WhisperTranscriber;
use jarvis_voice::wake::{
    BUILT_IN_HEADS, Candidate, Detection, HeadFile, OpenWakeWord, OpenWakeWordFiles, SecondLook, WakeConfig,
    WakeDetector,
};

const RECOGNISERS: [(&str, &str); 2] =
    [("whisper-base", "ggml-base.bin"), ("whisper-tiny-en", "ggml-tiny.en.bin")];

fn detector() -> OpenWakeWord {
    onnx::init(&models::path("onnxruntime", "libonnxruntime.so.1.31.1")).unwrap();
    let files = OpenWakeWordFiles {
        melspectrogram: models::path("openwakeword-features", "melspectrogram.onnx"),
        embedding: models::path("openwakeword-features", "embedding_model.onnx"),
        head: HeadFile::BuiltIn(BUILT_IN_HEADS[0].file),
    };
    OpenWakeWord::open(&files, WakeConfig::default().looked_at()).unwrap()
}

/// The last of what was heard up to `end`, as much as is looked at.
fn last(sound: &[f32], end: usize) -> &[f32] {
    &sound[end.saturating_sub(ms_to_samples(SecondLook::SOUND_MS) as usize)..end]
}

#[tokio::test]
async fn what_the_detector_heard_is_confirmed_where_it_was_said_and_nowhere_else() {
    let engine = Arc::new(SpeechEngine::new(EngineSpec {
        name: "speech engine",
        program: program("jarvis-engine-speech"),
        fallback: None,
        args: Vec::new(),
        idle_stop: None,
    }));
    let mut detector = detector();
    let mut wrong = Vec::new();
    let mut table = String::new();
    for (model, file) in RECOGNISERS {
        let transcriber = WhisperTranscriber::new(Arc::clone(&engine), models::path(model, file));
        let look = SecondLook::new(
            Arc::new(transcriber),
            "Hey Jarvis".into(),
            "en".into(),
            WakeConfig::default().threshold,
        );
        for clip in clips::all() {
            let mut sound = vec![0.0; SAMPLE_RATE as usize];
            sound.extend(jarvis_audio::file::read_16k(&clip.path()).unwrap());
            sound.extend([0.0; SAMPLE_RATE as usize]);
            let mut best = None;
            detector.reset();
            for (i, frame) in sound.as_chunks::<FRAME_SAMPLES>().0.iter().enumerate() {
                if best.is_none_or(|best| best < SecondLook::LEAST)
                    && let Some(Detection { score, .. }) = detector.process(frame).unwrap()
                {
                    let samples = last(&sound, (i + 1) * FRAME_SAMPLES).to_vec();
                    let found = look.log_odds(&Candidate { score, samples }).await.unwrap();
                    best = Some(best.unwrap_or(found).max(found));
                }
            }
            let confirmed = best.is_some_and(|best| best >= SecondLook::LEAST);
            writeln!(table, "{model:<16} {:<45} {best:.2?}", clip.file).unwrap();
            if confirmed != clip.contains_wake {
                wrong.push((model, clip.file, best));
            }
        }
    }
    // Past the test harness, which keeps what a test prints to itself.
    std::io::stdout().write_all(table.as_bytes()).unwrap();
    assert!(wrong.is_empty(), "wrong about {wrong:?}");
}
