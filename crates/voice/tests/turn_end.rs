//! What tells the end of a turn by its sound, on people.

#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::io::Write;

use jarvis_core::audio::ms_to_samples;
use jarvis_testkit::{clips, models};
use jarvis_voice::onnx;
use jarvis_voice::turn_end::{SmartTurn, TurnEnd, TurnEndError};

/// Silence behind the last word in which it is asked, milliseconds.
const PAUSE_MS: u64 = 180;

fn smart_turn() -> SmartTurn {
    onnx::init(&models::path("onnxruntime", "libonnxruntime.so.1.31.1")).unwrap();
    SmartTurn::open(&models::path("smart-turn", "smart-turn-v3.2-cpu.onnx")).unwrap()
}

/// Up to a moment behind the last sample that is voiced.
fn said(samples: &[f32]) -> Vec<f32> {
    let limit = samples.iter().fold(0.0f32, |p, s| p.max(s.abs())) * 0.03;
    let end = samples.iter().rposition(|s| s.abs() > limit).unwrap_or(0);
    let silence = std::iter::repeat_n(0.0, ms_to_samples(PAUSE_MS) as usize);
    samples[..=end].iter().copied().chain(silence).collect()
}

#[test]
fn a_finished_request_sounds_finished() {
    let mut turn_end = smart_turn();
    let clips = [
        "hey-jarvis-set-a-timer.wav",
        "what-is-fifteen-percent-of-eighty.wav",
        "go-forward.wav",
        "cards-1.wav",
    ];
    for clip in clips::all().iter().filter(|clip| clips.contains(&clip.file.as_str())) {
        let samples = jarvis_audio::file::read_16k(&clip.path()).unwrap();
        let finished = turn_end.finished(&said(&samples)).unwrap();
        assert!(finished > 0.8, "{}: {finished}", clip.file);
        // The same sound gives the same answer, and only the last seconds of a long one count.
        assert_eq!(turn_end.finished(&said(&samples)).unwrap(), finished);
        let long = [vec![0.0; 200_000], said(&samples)].concat();
        assert!((turn_end.finished(&long).unwrap() - finished).abs() < 0.05);
    }
}

#[test]
fn people_in_the_middle_sound_otherwise_than_people_who_have_finished() {
    let folder = clips::root().join("../shared/audio/commands");
    if !folder.is_dir() {
        writeln!(std::io::stdout(), "skipped: {} is not here", folder.display()).unwrap();
        return;
    }
    let mut turn_end = smart_turn();
    let (mut ends, mut middles) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|e| e != "flac") {
            continue;
        }
        let samples = said(&jarvis_audio::file::read_16k(&file).unwrap());
        ends.push(turn_end.finished(&samples).unwrap());
        // Most often in the middle of a word. Who pauses there draws it out, which these people did not: it is harder than a pause.
        let half = &samples[..samples.len() * 6 / 10];
        middles.push(turn_end.finished(&said(half)).unwrap());
    }
    let finished = |of: &[f32]| of.iter().filter(|p| **p > 0.5).count() as f32 / of.len() as f32;
    let (ends, middles) = (finished(&ends), finished(&middles));
    writeln!(
        std::io::stdout(),
        "taken for finished: {:.0} % of the ends, {:.0} % of the middles",
        100.0 * ends,
        100.0 * middles
    )
    .unwrap();
    assert!(ends > 0.8 && middles < ends - 0.2, "{ends} {middles}");
}

#[test]
fn another_network_is_refused() {
    onnx::init(&models::path("onnxruntime", "libonnxruntime.so.1.31.1")).unwrap();
    let another = models::path("silero-vad", "silero_vad.onnx");
    let error = SmartTurn::open(&another).err();
    assert!(matches!(error, Some(TurnEndError::Onnx(onnx::OnnxError::ModelDamaged { .. }))), "{error:?}");
}
