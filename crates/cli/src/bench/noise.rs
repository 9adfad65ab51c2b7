//! Noises that are computed, to mix with speech.

use std::f32::consts::TAU;

use jarvis_core::audio::SAMPLE_RATE;

use super::recall::Random;

/// White noise: a hiss.
pub fn hiss(samples: usize, random: &mut Random) -> Vec<f32> {
    (0..samples).map(|_| random.number()).collect()
}

/// Noise that gets softer by 6 dB an octave above 100 Hz: a fan, a road far away.
pub fn rumble(samples: usize, random: &mut Random) -> Vec<f32> {
    let mut last = 0.0;
    (0..samples)
        .map(|_| {
            last += (random.number() - last) * (TAU * 100.0 / SAMPLE_RATE as f32);
            last
        })
        .collect()
}

/// A mains hum with a little hiss: a cheap power supply.
pub fn mains(samples: usize, random: &mut Random) -> Vec<f32> {
    let wave = |i: usize, n: f32| (TAU * 50.0 * n * i as f32 / SAMPLE_RATE as f32).sin() / n;
    (0..samples).map(|i| (1..8).map(|n| wave(i, n as f32)).sum::<f32>() + 0.2 * random.number()).collect()
}
