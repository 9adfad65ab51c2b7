//! Noises of a home: hiss and rumble, mains, many people talking, music, keys and clicks. All but the talk is computed.

use std::f32::consts::TAU;
use std::sync::Arc;

use fastrand::Rng;
use jarvis_core::audio::SAMPLE_RATE;

use super::{between, gain, mix, normal, rms, samples};

/// Talkers in babble.
const TALKERS: usize = 6;

/// What kind of noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoiseKind {
    /// Every frequency alike.
    White,
    /// Each octave alike.
    Pink,
    /// Rumble: wind, traffic, a fan behind a wall.
    Brown,
    /// The mains and its harmonics.
    Hum,
    /// Many people talking at once.
    Babble,
    /// Chords and melodies of synthesized instruments, with a beat.
    Music,
    /// Clicks and knocks.
    Clicks,
    /// Somebody types.
    Typing,
}

impl NoiseKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::White,
        Self::Pink,
        Self::Brown,
        Self::Hum,
        Self::Babble,
        Self::Music,
        Self::Clicks,
        Self::Typing,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::White => "white",
            Self::Pink => "pink",
            Self::Brown => "brown",
            Self::Hum => "hum",
            Self::Babble => "babble",
            Self::Music => "music",
            Self::Clicks => "clicks",
            Self::Typing => "typing",
        }
    }
}

/// Makes noise; babble is mixed of the talk that it is given.
#[derive(Clone, Debug, Default)]
pub struct NoiseSource {
    talk: Vec<Arc<Vec<f32>>>,
}

impl NoiseSource {
    /// With talk to mix babble of.
    pub fn new(talk: Vec<Arc<Vec<f32>>>) -> Self {
        Self { talk }
    }

    /// Any noise, with a root mean square of 1.
    pub fn any(&self, length: usize, rng: &mut Rng) -> Vec<f32> {
        self.make(NoiseKind::ALL[rng.usize(..NoiseKind::ALL.len())], length, rng)
    }

    /// Noise of a kind, with a root mean square of 1.
    pub fn make(&self, kind: NoiseKind, length: usize, rng: &mut Rng) -> Vec<f32> {
        let mut sound = match kind {
            NoiseKind::White => (0..length).map(|_| normal(rng)).collect(),
            NoiseKind::Pink => pink(length, rng),
            NoiseKind::Brown => brown(length, rng),
            NoiseKind::Hum => hum(length, rng),
            NoiseKind::Babble => self.babble(length, rng),
            NoiseKind::Music => music(length, rng),
            NoiseKind::Clicks => struck(length, rng, (0.3, 3.0), (0.004, 0.06)),
            NoiseKind::Typing => struck(length, rng, (4.0, 9.0), (0.003, 0.012)),
        };
        let level = rms(&sound).max(1e-6);
        sound.iter_mut().for_each(|s| *s /= level);
        sound
    }

    fn babble(&self, length: usize, rng: &mut Rng) -> Vec<f32> {
        let mut sound = vec![0.0; length];
        if self.talk.is_empty() {
            return pink(length, rng);
        }
        for _ in 0..TALKERS {
            let loudness = between(rng, 0.5, 1.0);
            let mut at = 0;
            while at < length {
                let said = &self.talk[rng.usize(..self.talk.len())];
                // They do not all begin at once.
                let skipped = if at == 0 { rng.usize(..said.len().max(1)) } else { 0 };
                mix(&mut sound, &said[skipped..], at, loudness / rms(said).max(1e-4));
                at += said.len() - skipped + samples(between(rng, 0.1, 0.6));
            }
        }
        sound
    }
}

fn pink(length: usize, rng: &mut Rng) -> Vec<f32> {
    // Paul Kellet's filter: three poles whose slopes add up to 3 dB an octave.
    let (mut a, mut b, mut c) = (0.0, 0.0, 0.0);
    let mut next = || {
        let white = normal(rng);
        a = 0.99765 * a + white * 0.099_046;
        b = 0.963 * b + white * 0.296_516_4;
        c = 0.57 * c + white * 1.052_691_3;
        a + b + c + white * 0.1848
    };
    (0..length).map(|_| next()).collect()
}

fn brown(length: usize, rng: &mut Rng) -> Vec<f32> {
    let mut level = 0.0;
    let mut next = || {
        level = 0.995 * level + normal(rng);
        level
    };
    (0..length).map(|_| next()).collect()
}

fn hum(length: usize, rng: &mut Rng) -> Vec<f32> {
    let mains = if rng.bool() { 50.0 } else { 60.0 };
    let harmonics: Vec<(f32, f32, f32)> =
        (1..=9).map(|n| (mains * n as f32, rng.f32() / n as f32, rng.f32() * TAU)).collect();
    let hiss = gain(between(rng, -40.0, -15.0));
    let tone = |i: usize, (hz, loud, phase): &(f32, f32, f32)| {
        loud * (TAU * hz * i as f32 / SAMPLE_RATE as f32 + phase).sin()
    };
    (0..length).map(|i| harmonics.iter().map(|h| tone(i, h)).sum::<f32>() + hiss * normal(rng)).collect()
}

/// Things that are struck: so many a second, each a burst that fades within so many seconds.
fn struck(length: usize, rng: &mut Rng, a_second: (f32, f32), fades: (f32, f32)) -> Vec<f32> {
    let mut sound: Vec<f32> = (0..length).map(|_| 0.003 * normal(rng)).collect();
    let often = between(rng, a_second.0, a_second.1);
    let mut at = samples(rng.f32() / often);
    while at < length {
        let fade = between(rng, fades.0, fades.1) * SAMPLE_RATE as f32;
        let (loud, hz) = (between(rng, 0.2, 1.0), between(rng, 200.0, 4000.0));
        for i in 0..(5.0 * fade) as usize {
            let Some(to) = sound.get_mut(at + i) else { break };
            let ring = (TAU * hz * i as f32 / SAMPLE_RATE as f32).sin();
            *to += loud * (-(i as f32) / fade).exp() * (0.6 * normal(rng) + 0.4 * ring);
        }
        at += samples((-(1.0 - rng.f32()).ln() / often).clamp(0.03, 2.0));
    }
    sound
}

/// Chords that change, a melody over them, and a drum.
fn music(length: usize, rng: &mut Rng) -> Vec<f32> {
    const SCALE: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];
    let mut sound = vec![0.0; length];
    let key = between(rng, 110.0, 220.0);
    let beat = samples(60.0 / between(rng, 70.0, 150.0));
    let brightness = between(rng, 0.8, 2.2);
    let (melody, drum) = (rng.f32() < 0.7, rng.f32() < 0.6);
    let pitch = |step: usize, octave: i32| {
        key * 2f32.powf((SCALE[step % 7] + 12 * (octave + (step / 7) as i32)) as f32 / 12.0)
    };
    let note = |sound: &mut [f32], at: usize, long: usize, hz: f32, loud: f32| {
        let attack = samples(0.01);
        for i in 0..long {
            let Some(to) = sound.get_mut(at + i) else { break };
            let envelope = (i as f32 / attack as f32).min(1.0) * (-3.0 * i as f32 / long as f32).exp();
            let phase = TAU * hz * i as f32 / SAMPLE_RATE as f32;
            let tone: f32 = (1..6).map(|n| (phase * n as f32).sin() / (n as f32).powf(brightness)).sum();
            *to += loud * envelope * tone;
        }
    };
    let mut at = 0;
    while at < length {
        let root = rng.usize(..7);
        for third in [0, 2, 4] {
            note(&mut sound, at, 4 * beat, pitch(root + third, 0), 0.3);
        }
        for quarter in 0..4 {
            let start = at + quarter * beat;
            if melody && rng.f32() < 0.8 {
                note(&mut sound, start, beat, pitch(rng.usize(..10), 1), 0.5);
            }
            if drum {
                for i in 0..samples(0.08) {
                    let Some(to) = sound.get_mut(start + i) else { break };
                    *to += 0.8 * normal(rng) * (-(i as f32) / 300.0).exp();
                }
            }
        }
        at += 4 * beat;
    }
    sound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_noise_is_as_loud_as_it_should_be_and_is_repeated_by_its_seed() {
        let source = NoiseSource::new(vec![Arc::new((0..9000).map(|i| (i as f32 * 0.1).sin()).collect())]);
        for kind in NoiseKind::ALL {
            let make = |seed| source.make(kind, 20_000, &mut Rng::with_seed(seed));
            let noise = make(1);
            assert_eq!(noise.len(), 20_000);
            assert!((rms(&noise) - 1.0).abs() < 1e-2, "{}: {}", kind.name(), rms(&noise));
            assert_eq!(noise, make(1), "{}", kind.name());
            assert_ne!(noise, make(2), "{}", kind.name());
        }
    }
}
