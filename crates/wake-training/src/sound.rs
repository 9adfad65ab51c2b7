//! Sound made worse on purpose: rooms, noises, microphones, codecs. All of it by chance that a seed repeats.
//!
//! Everything is 16 kHz mono. Training hears what this makes of what was said; the evaluation uses the same rooms and noises
//! with other seeds, and says so.

mod channel;
mod noise;
mod room;
mod vocoder;

pub use channel::{Channel, tilt};
pub use noise::{NoiseKind, NoiseSource};
pub use room::{Distance, Room};
pub use vocoder::{Source, spoken_anew};

use fastrand::Rng;
use jarvis_core::audio::{Pcm, SAMPLE_RATE};

/// Parts of what was said that are this much quieter than its loudest moments are silence, dB.
const SILENCE_DB: f32 = -38.0;
/// Samples whose level is looked at together: 10 ms.
const BLOCK: usize = SAMPLE_RATE as usize / 100;

/// Samples in so many seconds.
pub fn samples(seconds: f32) -> usize {
    (seconds * SAMPLE_RATE as f32) as usize
}

/// The factor of a level in dB.
pub fn gain(db: f32) -> f32 {
    10f32.powf(db / 20.0)
}

/// Normally distributed, mean 0 and deviation 1.
pub fn normal(rng: &mut Rng) -> f32 {
    // By Box and Muller.
    let (a, b) = (1.0 - rng.f32(), rng.f32());
    (-2.0 * a.ln()).sqrt() * (std::f32::consts::TAU * b).cos()
}

/// Evenly distributed between two values.
pub fn between(rng: &mut Rng, low: f32, high: f32) -> f32 {
    low + (high - low) * rng.f32()
}

/// What was said, at 16 kHz, without the silence around it. `pitch` above 1 makes it higher and quicker.
pub fn voiced(said: &Pcm, pitch: f32) -> Vec<f32> {
    // In steps of a two-hundredth, so that the resampler's chunks stay short.
    let from = ((said.sample_rate as f32 * pitch / 200.0).round() * 200.0) as u32;
    let sound = jarvis_audio::resample(&said.samples, from, SAMPLE_RATE);
    trimmed(&sound).to_vec()
}

/// Without the silence before and behind it.
pub fn trimmed(sound: &[f32]) -> &[f32] {
    let loud = loud_blocks(sound);
    let Some(first) = loud.iter().position(|l| *l) else { return &[] };
    let last = loud.iter().rposition(|l| *l).unwrap_or(first);
    &sound[first * BLOCK..((last + 1) * BLOCK).min(sound.len())]
}

/// Where the first pause of at least `ms` milliseconds begins, in samples, if there is one after the first `after` samples.
pub fn first_pause(sound: &[f32], after: usize, ms: usize) -> Option<usize> {
    let loud = loud_blocks(sound);
    let wanted = ms / 10;
    let mut quiet = 0;
    for (i, is_loud) in loud.iter().enumerate() {
        quiet = if *is_loud { 0 } else { quiet + 1 };
        if quiet == wanted && (i + 1 - wanted) * BLOCK >= after {
            return Some((i + 1 - wanted) * BLOCK);
        }
    }
    None
}

fn loud_blocks(sound: &[f32]) -> Vec<bool> {
    let levels: Vec<f32> = sound.chunks(BLOCK).map(rms).collect();
    let loudest = levels.iter().copied().fold(0.0, f32::max);
    levels.iter().map(|level| *level > loudest * gain(SILENCE_DB) && *level > 1e-5).collect()
}

/// Root mean square.
pub fn rms(sound: &[f32]) -> f32 {
    (sound.iter().map(|s| s * s).sum::<f32>() / sound.len().max(1) as f32).sqrt()
}

/// Level of speech: of those parts in which somebody speaks.
pub fn speech_level(sound: &[f32]) -> f32 {
    let loud = loud_blocks(sound);
    let parts = sound.chunks(BLOCK).zip(loud).filter(|(_, loud)| *loud).map(|(part, _)| part);
    let (sum, count) = parts.fold((0.0, 0), |(sum, count), part| {
        (sum + part.iter().map(|s| s * s).sum::<f32>(), count + part.len())
    });
    (sum / count.max(1) as f32).sqrt()
}

/// Adds `other` to `sound` from `at` on, `factor` as loud; what reaches beyond the end is left out.
pub fn mix(sound: &mut [f32], other: &[f32], at: usize, factor: f32) {
    for (to, from) in sound.iter_mut().skip(at).zip(other) {
        *to += from * factor;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_cut_off_and_pauses_are_found() {
        let tone: Vec<f32> = (0..8000).map(|i| (i as f32 * 0.3).sin()).collect();
        let silence = vec![0.0; 3200];
        let sound = [&silence[..], &tone, &silence, &tone, &silence].concat();
        let trimmed = trimmed(&sound);
        assert_eq!(trimmed.len(), 8000 + 3200 + 8000);
        assert_eq!(first_pause(trimmed, 4000, 100), Some(8000));
        assert_eq!(first_pause(&tone, 0, 100), None);
        assert!(super::trimmed(&silence).is_empty());
        // Silence does not make speech quieter.
        assert!((speech_level(&sound) - rms(&tone)).abs() < 0.01);
    }
}
