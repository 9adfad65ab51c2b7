//! A voice spoken anew by a machine: its formants kept, its melody replaced by one flat tone, or by breath.
//!
//! Linear prediction (Markel and Gray, 1976) takes the colour of each moment; a train of pulses or noise is coloured with it. What
//! is said stays clear, and nothing of who said it does: a head that knows the phrase from this too relies on no natural voice,
//! and hears whispering.

use fastrand::Rng;
use jarvis_core::audio::SAMPLE_RATE;

use super::{between, normal, rms};

/// Coefficients of a colour.
const ORDER: usize = 18;
/// A moment, and the step to the next: 30 ms and 10 ms.
const FRAME: usize = 480;
const STEP: usize = 160;
/// Pitches that voices have, Hz.
const PITCHES: (f32, f32) = (70.0, 400.0);
/// From this likeness of one period to the next on, it is voiced.
const VOICED: f32 = 0.35;
/// Lifts the highs before the analysis, and is taken back after it.
const EMPHASIS: f32 = 0.95;

/// What excites the colours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// Pulses, so many a second at the start and at the end.
    Tone(f32, f32),
    /// Noise: it whispers.
    Breath,
}

impl Source {
    /// Mostly a tone.
    pub fn any(rng: &mut Rng) -> Self {
        if rng.f32() < 0.12 {
            return Self::Breath;
        }
        let pitch = between(rng, 75.0, 240.0);
        Self::Tone(pitch, pitch * between(rng, 0.8, 1.15))
    }
}

/// The sound, spoken anew; as loud as it was.
pub fn spoken_anew(sound: &[f32], source: Source, rng: &mut Rng) -> Vec<f32> {
    let mut before = 0.0;
    let lifted: Vec<f32> = sound
        .iter()
        .map(|s| {
            let lifted = s - EMPHASIS * before;
            before = *s;
            lifted
        })
        .collect();
    let mut out: Vec<f32> = Vec::with_capacity(sound.len());
    // Samples until the next pulse.
    let mut pulse = 0.0f32;
    let mut lowered = 0.0;
    let mut past = [0.0f32; ORDER];
    for start in (0..sound.len()).step_by(STEP) {
        let at = start.saturating_sub((FRAME - STEP) / 2);
        let end = (at + FRAME).min(sound.len());
        let (colour, loud) = predicted(&lifted[at..end]);
        let voiced = periodic(&sound[at..end]) > VOICED;
        let along = start as f32 / sound.len() as f32;
        for _ in start..(start + STEP).min(sound.len()) {
            let excited = match source {
                Source::Tone(from, to) if voiced => {
                    let period = SAMPLE_RATE as f32 / (from + (to - from) * along);
                    pulse -= 1.0;
                    if pulse <= 0.0 {
                        pulse += period;
                        period.sqrt()
                    } else {
                        0.05 * normal(rng)
                    }
                }
                Source::Tone(..) | Source::Breath => normal(rng),
            };
            let predicted: f32 = colour.iter().zip(&past).map(|(a, y)| a * y).sum();
            let value = (loud * excited + predicted).clamp(-8.0, 8.0);
            past.copy_within(..ORDER - 1, 1);
            past[0] = value;
            lowered = value + EMPHASIS * lowered;
            out.push(lowered);
        }
    }
    let factor = rms(sound) / rms(&out).max(1e-6);
    out.iter_mut().for_each(|s| *s *= factor);
    out
}

/// How each sample follows from those before it, the nearest first; and how loud what does not is. By Levinson and Durbin.
fn predicted(frame: &[f32]) -> ([f32; ORDER], f32) {
    let count = frame.len() as f32;
    let windowed: Vec<f32> = frame
        .iter()
        .enumerate()
        .map(|(i, s)| s * (0.5 - 0.5 * (std::f32::consts::TAU * (i as f32 + 0.5) / count).cos()))
        .collect();
    let mut likeness = [0.0f32; ORDER + 1];
    for (lag, value) in likeness.iter_mut().enumerate() {
        *value = windowed.iter().zip(windowed.iter().skip(lag)).map(|(a, b)| a * b).sum();
    }
    let mut coefficients = [0.0f32; ORDER];
    let mut left = likeness[0] * 1.0001 + 1e-9;
    for i in 0..ORDER {
        let explained: f32 = (0..i).map(|j| coefficients[j] * likeness[i - j]).sum();
        let reflection = ((likeness[i + 1] - explained) / left).clamp(-0.999, 0.999);
        let before = coefficients;
        coefficients[i] = reflection;
        for j in 0..i {
            coefficients[j] = before[j] - reflection * before[i - 1 - j];
        }
        left *= 1.0 - reflection * reflection;
    }
    // The window takes away five eighths of the power.
    (coefficients, (left.max(0.0) / (0.375 * count)).sqrt())
}

/// How much a moment is like itself a period later, 0 to 1.
fn periodic(frame: &[f32]) -> f32 {
    let lags = (SAMPLE_RATE as f32 / PITCHES.1) as usize..(SAMPLE_RATE as f32 / PITCHES.0) as usize;
    let mut best = 0.0f32;
    for lag in lags.step_by(2) {
        let Some(later) = frame.get(lag..) else { break };
        let (mut together, mut a, mut b) = (0.0f32, 1e-9f32, 1e-9f32);
        for (x, y) in frame.iter().zip(later) {
            (together, a, b) = (together + x * y, a + x * x, b + y * y);
        }
        best = best.max(together / (a * b).sqrt());
    }
    best
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;

    #[test]
    fn the_colour_stays_and_the_pitch_is_the_new_one() {
        // A buzz of 120 Hz with one resonance near 700 Hz.
        let mut y = [0.0f32; 2];
        let (radius, angle) = (0.97f32, TAU * 700.0 / 16_000.0);
        let sound: Vec<f32> = (0..16_000)
            .map(|i| {
                let pulse = if i % 133 == 0 { 1.0 } else { 0.0 };
                let value = pulse + 2.0 * radius * angle.cos() * y[0] - radius * radius * y[1];
                y = [value, y[0]];
                value
            })
            .collect();
        let mut rng = Rng::with_seed(1);
        let anew = spoken_anew(&sound, Source::Tone(200.0, 200.0), &mut rng);
        assert_eq!(anew.len(), sound.len());
        assert!((rms(&anew) / rms(&sound) - 1.0).abs() < 1e-3);
        let power = |sound: &[f32], hz: f32| {
            let (mut re, mut im) = (0.0f32, 0.0f32);
            for (i, s) in sound.iter().enumerate().skip(2000) {
                let phase = TAU * hz * i as f32 / 16_000.0;
                (re, im) = (re + s * phase.cos(), im + s * phase.sin());
            }
            re * re + im * im
        };
        // Harmonics of 200 Hz stand out from what lies between them, and the one at the resonance from the others.
        assert!(power(&anew, 600.0) > 20.0 * power(&anew, 700.0));
        assert!(power(&anew, 600.0) > 4.0 * power(&anew, 1800.0));
        let whispered = spoken_anew(&sound, Source::Breath, &mut rng);
        assert!(whispered.iter().all(|s| s.is_finite()));
    }
}
