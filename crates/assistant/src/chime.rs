//! The sound of a timer that has run out: two soft bell strokes, computed, so that no sound file is needed.

use std::f32::consts::TAU;

use jarvis_core::audio::Pcm;

const RATE: u32 = 24_000;

/// About 1.2 seconds of bell.
pub fn chime() -> Pcm {
    let mut samples = vec![0.0; RATE as usize * 6 / 5];
    for (start_s, pitch_hz) in [(0.0, 880.0), (0.25, 1174.7)] {
        let start = (start_s * RATE as f32) as usize;
        for (i, sample) in samples[start..].iter_mut().enumerate() {
            let t = i as f32 / RATE as f32;
            // A fundamental and its octave, dying away; 5 ms of onset so that it does not click.
            let envelope = (-5.0 * t).exp() * (t / 0.005).min(1.0);
            *sample +=
                envelope * (0.2 * (TAU * pitch_hz * t).sin() + 0.05 * (TAU * 2.0 * pitch_hz * t).sin());
        }
    }
    Pcm { samples, sample_rate: RATE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_audible_and_does_not_clip() {
        let chime = chime();
        let peak = chime.samples.iter().fold(0.0f32, |p, s| p.max(s.abs()));
        assert!((0.1..0.9).contains(&peak), "{peak}");
        assert_eq!(chime.duration_ms(), 1200);
    }
}
