//! A tone to play, and finding it again in what was heard.

use std::f32::consts::TAU;
use std::ops::Range;

use jarvis_core::audio::Pcm;

/// Half of full scale.
pub fn tone(hz: f32, sample_rate: u32, ms: u64) -> Pcm {
    let samples = (0..u64::from(sample_rate) * ms / 1000)
        .map(|i| 0.5 * (TAU * hz * i as f32 / sample_rate as f32).sin());
    Pcm { samples: samples.collect(), sample_rate }
}

/// Where it is loud: from the first to the last audible sample.
pub fn audible(samples: &[f32]) -> Range<usize> {
    let loud = |s: &f32| s.abs() > 0.05;
    match (samples.iter().position(loud), samples.iter().rposition(loud)) {
        (Some(first), Some(last)) => first..last + 1,
        _ => 0..0,
    }
}

/// Milliseconds from the first to the last audible sample.
pub fn audible_ms(pcm: &Pcm) -> u64 {
    audible(&pcm.samples).len() as u64 * 1000 / u64::from(pcm.sample_rate)
}

/// Lengths in samples of the cycles in the audible part, from one upward crossing of zero to the next.
pub fn cycles(pcm: &Pcm) -> Vec<usize> {
    let heard = &pcm.samples[audible(&pcm.samples)];
    let crossings: Vec<usize> = (1..heard.len()).filter(|&i| heard[i - 1] < 0.0 && heard[i] >= 0.0).collect();
    crossings.windows(2).map(|w| w[1] - w[0]).collect()
}

/// The frequency of the audible part. The oddest of its cycles do not count: on a busy machine a device may skip.
pub fn frequency(pcm: &Pcm) -> f32 {
    let mut cycles = cycles(pcm);
    cycles.sort_unstable();
    let odd = cycles.len() / 50;
    let kept = &cycles[odd..cycles.len() - odd];
    kept.len() as f32 * pcm.sample_rate as f32 / kept.iter().sum::<usize>().max(1) as f32
}
