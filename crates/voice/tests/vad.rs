//! What every voice activity detector must do, on both.

#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use jarvis_core::audio::FRAME_SAMPLES;
use jarvis_testkit::{clips, models};
use jarvis_voice::onnx;
use jarvis_voice::vad::{SileroVad, Vad, WebRtcVad};

/// Frames that may be wrong while a detector gets used to a room.
const SETTLING: usize = 25;

fn detectors() -> [(&'static str, Box<dyn Vad>); 2] {
    onnx::init(&models::path("onnxruntime", "libonnxruntime.so.1.31.1")).unwrap();
    let silero = SileroVad::open(&models::path("silero-vad", "silero_vad.onnx")).unwrap();
    [("silero", Box::new(silero)), ("webrtc", Box::new(WebRtcVad::new()))]
}

fn probabilities(vad: &mut dyn Vad, samples: &[f32]) -> Vec<f32> {
    samples.as_chunks::<FRAME_SAMPLES>().0.iter().map(|frame| vad.process(frame).unwrap()).collect()
}

/// Share of the frames that are speech.
fn voiced(probabilities: &[f32]) -> f32 {
    probabilities.iter().filter(|p| **p >= 0.5).count() as f32 / probabilities.len() as f32
}

/// White noise with peaks at `level`, the same each time.
fn noise(level: f32, seconds: usize) -> Vec<f32> {
    let mut seed = 7u32;
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((seed >> 8) as f32 / (1 << 23) as f32 - 1.0) * level
    };
    (0..seconds * 16_000).map(|_| next()).collect()
}

#[test]
fn silence_and_a_quiet_hiss_are_no_speech() {
    for (name, mut vad) in detectors() {
        for (what, samples) in
            [("silence", vec![0.0; 80_000]), ("hiss", noise(0.003, 5)), ("louder hiss", noise(0.03, 5))]
        {
            vad.reset();
            let heard = probabilities(vad.as_mut(), &samples);
            assert!(heard.iter().all(|p| (0.0..=1.0).contains(p)));
            assert_eq!(voiced(&heard[SETTLING..]), 0.0, "{name} on {what}");
        }
    }
}

#[test]
fn people_speaking_are_speech() {
    let people: Vec<_> = clips::all().into_iter().filter(|clip| clip.kind == "human").collect();
    assert!(people.len() >= 3, "tests/audio has recordings of people");
    for (name, mut vad) in detectors() {
        for clip in &people {
            vad.reset();
            let samples = jarvis_audio::file::read_16k(&clip.path()).unwrap();
            let share = voiced(&probabilities(vad.as_mut(), &samples));
            assert!(share > 0.4, "{name} on {}: {share}", clip.file);
        }
    }
}

#[test]
fn after_a_reset_the_same_sound_gives_the_same_answers() {
    let samples = jarvis_audio::file::read_16k(&clips::dir().join("hey-jarvis-what-time-is-it.wav")).unwrap();
    for (name, mut vad) in detectors() {
        let first = probabilities(vad.as_mut(), &samples);
        assert!(
            voiced(&first) > 0.1 && voiced(&first) < 0.9,
            "{name} tells speech from the silence around it"
        );
        vad.reset();
        assert_eq!(probabilities(vad.as_mut(), &samples), first, "{name}");
    }
}

#[test]
fn a_detector_may_work_on_another_thread() {
    for (name, mut vad) in detectors() {
        let samples = noise(0.003, 1);
        let heard = std::thread::spawn(move || probabilities(vad.as_mut(), &samples)).join().unwrap();
        assert_eq!(heard.len(), 50, "{name}");
    }
}
