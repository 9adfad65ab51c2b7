//! The heads that ship inside the program, on the recordings in `tests/audio`.

#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::fmt::Write as _;
use std::io::Write as _;

use jarvis_testkit::{clips, models};
use jarvis_voice::onnx;
use jarvis_voice::wake::{
    BUILT_IN_HEADS, HeadFacts, HeadFile, OpenWakeWord, OpenWakeWordFiles, WakeConfig, evaluate,
};

/// A head well under a megabyte: this many bytes at most.
const LARGEST: usize = 500_000;

#[test]
fn every_head_tells_what_it_listens_for_and_how_it_was_trained() {
    for head in BUILT_IN_HEADS {
        let facts = HeadFacts::read(head.file).unwrap();
        assert!(head.file.len() < LARGEST, "{}: {} bytes", head.name, head.file.len());
        for fact in ["phrase", "threshold", "seed", "voices", "licence", "speech sha256"] {
            assert!(facts.all.contains_key(fact), "{} does not tell its {fact}", head.name);
        }
    }
}

#[test]
fn a_head_scores_the_same_whatever_the_pieces_and_after_a_reset() {
    onnx::init(&models::path("onnxruntime", "libonnxruntime.so.1.31.1")).unwrap();
    let mut table = String::new();
    for head in BUILT_IN_HEADS {
        let files = OpenWakeWordFiles {
            melspectrogram: models::path("openwakeword-features", "melspectrogram.onnx"),
            embedding: models::path("openwakeword-features", "embedding_model.onnx"),
            head: HeadFile::BuiltIn(head.file),
        };
        let mut detector = OpenWakeWord::open(&files, WakeConfig::default()).unwrap();
        let quiet = evaluate(&mut detector, &[0.0; 64_000]).unwrap().best_score.unwrap();
        let limit = WakeConfig::default().own_voice(false).threshold;
        assert!(quiet < limit, "{}: {quiet} in silence", head.name);
        let mut looked_at = OpenWakeWord::open(&files, WakeConfig::default().looked_at()).unwrap();
        let found = evaluate(&mut looked_at, &[0.0; 64_000]).unwrap();
        assert_eq!(found.detections, [], "{}: silence is no reason to look", head.name);
        for clip in clips::all() {
            let samples = jarvis_audio::file::read_16k(&clip.path()).unwrap();
            let found = evaluate(&mut detector, &samples).unwrap();
            assert_eq!(found, evaluate(&mut detector, &samples).unwrap(), "{}", clip.file);
            let best = found.best_score.unwrap();
            writeln!(
                table,
                "{:<12} {:<45} best {best:.3}, wake word {}",
                head.name, clip.file, clip.contains_wake
            )
            .unwrap();
        }
    }
    // Past the test harness, which keeps what a test prints to itself.
    std::io::stdout().write_all(table.as_bytes()).unwrap();
}
