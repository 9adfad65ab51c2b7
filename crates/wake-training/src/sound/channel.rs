//! What lies between a voice and the samples besides the room: microphones that colour, lines that are narrow, levels that are
//! wrong.

use fastrand::Rng;
use jarvis_core::audio::SAMPLE_RATE;

use super::{between, gain};

/// What a microphone and what is behind it do to sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Channel {
    /// Nothing.
    Clean,
    /// A telephone's: nothing above 3.4 kHz, in eight bits by the mu-law.
    Telephone,
    /// So many samples a second, and back.
    Narrow(u32),
    /// So many bits a sample.
    Coarse(u32),
    /// Too loud by so many dB: cut off at full scale.
    Clipped(f32),
}

impl Channel {
    /// Clean more often than not.
    pub fn any(rng: &mut Rng) -> Self {
        match rng.usize(..20) {
            0..2 => Self::Telephone,
            2..4 => Self::Narrow([8_000, 10_000, 12_000][rng.usize(..3)]),
            4 => Self::Coarse(7 + rng.u32(..4)),
            5..7 => Self::Clipped(between(rng, 3.0, 15.0)),
            _ => Self::Clean,
        }
    }

    /// What comes out of it.
    pub fn apply(self, sound: Vec<f32>) -> Vec<f32> {
        match self {
            Self::Clean => sound,
            Self::Telephone => {
                let narrow = jarvis_audio::resample(&sound, SAMPLE_RATE, 8_000);
                let coded: Vec<f32> = narrow.into_iter().map(mu_law).collect();
                fitted(jarvis_audio::resample(&coded, 8_000, SAMPLE_RATE), sound.len())
            }
            Self::Narrow(rate) => {
                let narrow = jarvis_audio::resample(&sound, SAMPLE_RATE, rate);
                fitted(jarvis_audio::resample(&narrow, rate, SAMPLE_RATE), sound.len())
            }
            Self::Coarse(bits) => {
                let steps = (1u32 << (bits - 1)) as f32;
                sound.into_iter().map(|s| (s * steps).round() / steps).collect()
            }
            Self::Clipped(db) => {
                let peak = sound.iter().fold(1e-6f32, |peak, s| peak.max(s.abs()));
                let factor = gain(db) / peak;
                sound.into_iter().map(|s| (s * factor).clamp(-1.0, 1.0)).collect()
            }
        }
    }
}

/// To 256 levels and back, as telephone lines do (ITU-T G.711's curve).
fn mu_law(sample: f32) -> f32 {
    const MU: f32 = 255.0;
    let loud = (1.0 + MU * sample.abs().min(1.0)).ln() / (1.0 + MU).ln();
    let coded = (loud * 127.0).round() / 127.0;
    ((1.0 + MU).powf(coded) - 1.0) / MU * sample.signum()
}

fn fitted(mut sound: Vec<f32>, length: usize) -> Vec<f32> {
    sound.resize(length, 0.0);
    sound
}

/// A cheap microphone's colour: lows and highs louder or quieter by up to so many dB, around two corners.
pub fn tilt(sound: &mut [f32], rng: &mut Rng) {
    let (low_hz, high_hz) = (between(rng, 120.0, 500.0), between(rng, 1500.0, 4000.0));
    let (low, high) = (gain(between(rng, -12.0, 6.0)), gain(between(rng, -12.0, 8.0)));
    let follow = |hz: f32| 1.0 - (-std::f32::consts::TAU * hz / SAMPLE_RATE as f32).exp();
    let (low_rate, high_rate) = (follow(low_hz), follow(high_hz));
    let (mut lows, mut below_highs) = (0.0, 0.0);
    for sample in sound {
        lows += low_rate * (*sample - lows);
        below_highs += high_rate * (*sample - below_highs);
        let highs = *sample - below_highs;
        *sample = low * lows + (below_highs - lows) + high * highs;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_keeps_length_and_most_of_the_sound() {
        let sound: Vec<f32> = (0..16_000).map(|i| 0.5 * (i as f32 * 0.2).sin()).collect();
        for channel in [
            Channel::Clean,
            Channel::Telephone,
            Channel::Narrow(8_000),
            Channel::Coarse(8),
            Channel::Clipped(6.0),
        ] {
            let out = channel.apply(sound.clone());
            assert_eq!(out.len(), sound.len(), "{channel:?}");
            let (mut together, mut a, mut b) = (0.0, 0.0, 0.0);
            for (x, y) in sound.iter().zip(&out) {
                (together, a, b) = (together + x * y, a + x * x, b + y * y);
            }
            let likeness: f32 = together / (a * b as f32).sqrt();
            assert!(likeness > 0.9, "{channel:?}: {likeness}");
        }
    }
}
