//! What somebody utters who listens and does not want to speak, computed: a hum and a cough.

use std::f32::consts::TAU;

use jarvis_core::audio::SAMPLE_RATE;

use super::Random;

/// "Mm-hm" of a voice that pitch, through the nose with the mouth shut.
pub fn hum(seconds: f32, pitch_hz: f32) -> Vec<f32> {
    let samples = (seconds * SAMPLE_RATE as f32) as usize;
    let mut phase = 0.0;
    (0..samples)
        .map(|i| {
            let part = i as f32 / samples as f32;
            phase += pitch_hz * (0.9 + 0.2 * part) / SAMPLE_RATE as f32;
            let nose = |hz: f32| (-(hz - 250.0).abs() / 160.0).exp();
            let voice = |n: f32| nose(n * pitch_hz) * (TAU * phase * n).sin();
            // Twice louder and softer again.
            (TAU * part).sin().abs() * (1..12).map(|n| voice(n as f32)).sum::<f32>()
        })
        .collect()
}

/// A cough: three bursts of air through an open throat.
pub fn cough(seed: u32) -> Vec<f32> {
    let mut random = Random(seed);
    let (mut last, mut before) = (0.0, 0.0);
    let bursts = [(0.06, 1.0), (0.18, 0.35), (0.08, 0.5)];
    bursts
        .into_iter()
        .flat_map(|(seconds, loud)| {
            let samples = (seconds * SAMPLE_RATE as f32) as usize;
            (0..samples).map(move |i| loud * (-3.0 * i as f32 / samples as f32).exp())
        })
        .map(|loud: f32| {
            let sample = random.number() + 1.2 * last - 0.6 * before;
            (last, before) = (sample, last);
            sample * loud
        })
        .collect()
}
