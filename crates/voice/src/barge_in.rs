//! Barge-in: is somebody talking over the answer?
//!
//! Fed with the sound of each frame, without the answer's echo, and its speech probability. Where little is left of a frame once the
//! echo has been suppressed, it was echo. Talking is a voice that articulates:
//! "mm-hm" is a voice that hums, through the nose and with the mouth shut, and a cough is no voice at all. Both are told apart from
//! talk by where their energy is and by how regular it is, which takes no longer than it takes to hear them.
//!
//! It knows nothing of words, and decides nothing about when a request is over: that is [`crate::endpoint`].

use jarvis_core::audio::{CleanFrame, FRAME_MS, FRAME_SAMPLES, Frame, SAMPLE_RATE, rms_dbfs};

/// Quieter than this is nobody who talks to us.
const LEAST_DBFS: f32 = -55.0;
/// Where suppression takes more than this away from a frame, in dB, it is the answer's echo that it takes away.
const MOST_SUPPRESSED_DB: f32 = 10.0;
/// Speech that is forgotten for each frame without it: a third of a frame's worth, so that the gaps between syllables do not
/// matter and a voice in the next room does not add up.
const FORGET_MS: f32 = FRAME_MS as f32 / 3.0;
/// Part of what is said that is said with the mouth open. Of talk it is about two thirds, of a hum a fifth.
const LEAST_OPEN: f32 = 0.4;
/// Part of what is said that has a voice. Of talk it is about two thirds, of a cough a tenth.
const LEAST_VOICED: f32 = 0.3;
/// Part of a frame's energy above [`ARTICULATION_HZ`] from which on the mouth is open.
const OPEN: f32 = 0.08;
/// Vowels have formants above this, a hum has nothing.
const ARTICULATION_HZ: f32 = 700.0;
/// Highest and lowest pitch of a voice, Hz.
const PITCH_HZ: std::ops::RangeInclusive<u32> = 75..=400;
/// Correlation of a sound with itself, one period later, from which on it is voiced.
const VOICED: f32 = 0.5;
/// Sound in which the pitch is looked for: two periods of the lowest voice.
const PITCH_SAMPLES: usize = 2 * FRAME_SAMPLES;

/// When somebody who talks interrupts.
#[derive(Clone, Copy, Debug)]
pub struct BargeInConfig {
    /// Probability above which a frame is speech.
    pub threshold: f32,
    /// So much talk interrupts, milliseconds of speech.
    pub after_ms: u64,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct BargeIn {
    config: BargeInConfig,
    low_pass: LowPass,
    /// The frame before this one and this one.
    sound: [f32; PITCH_SAMPLES],
    /// Speech that is not forgotten, milliseconds; how much of it had the mouth open, and how much had a voice.
    speech_ms: f32,
    open_ms: f32,
    voiced_ms: f32,
}

/// What a frame sounds like.
struct Sound {
    /// Level, dBFS.
    level: f32,
    /// How regular it is, 0..=1: 1 is a perfect tone.
    voicing: f32,
    /// Part of its energy above [`ARTICULATION_HZ`], 0..=1.
    open: f32,
}

impl BargeIn {
    /// Nobody has talked yet.
    pub fn new(config: BargeInConfig) -> Self {
        let sound = [0.0; PITCH_SAMPLES];
        Self { config, low_pass: LowPass::new(), sound, speech_ms: 0.0, open_ms: 0.0, voiced_ms: 0.0 }
    }

    /// Takes a frame and its speech probability (0..=1). Whether there has been talk enough to interrupt.
    pub fn push(&mut self, frame: &CleanFrame, probability: f32) -> bool {
        let sound = self.listen(&frame.detection);
        let near = sound.level >= LEAST_DBFS;
        let echo = rms_dbfs(&frame.recognition) - sound.level > MOST_SUPPRESSED_DB;
        if probability >= self.config.threshold && near && !echo {
            let ms_if = |so: bool| if so { FRAME_MS as f32 } else { 0.0 };
            self.speech_ms += FRAME_MS as f32;
            self.open_ms += ms_if(sound.open >= OPEN);
            self.voiced_ms += ms_if(sound.voicing >= VOICED);
        } else {
            let kept = (1.0 - FORGET_MS / self.speech_ms).max(0.0);
            for ms in [&mut self.speech_ms, &mut self.open_ms, &mut self.voiced_ms] {
                *ms *= kept;
            }
        }
        self.speech_ms >= self.config.after_ms as f32
            && self.open_ms >= LEAST_OPEN * self.speech_ms
            && self.voiced_ms >= LEAST_VOICED * self.speech_ms
    }

    fn listen(&mut self, frame: &Frame) -> Sound {
        self.sound.copy_within(FRAME_SAMPLES.., 0);
        self.sound[FRAME_SAMPLES..].copy_from_slice(frame);
        let (mut all, mut low) = (1e-12, 0.0);
        for sample in frame {
            all += sample * sample;
            low += self.low_pass.next(*sample).powi(2);
        }
        Sound {
            level: rms_dbfs(frame),
            voicing: voicing(&self.sound),
            open: (1.0 - low / all).clamp(0.0, 1.0),
        }
    }
}

/// The highest correlation of the sound with itself one period later, over the periods that a voice can have.
fn voicing(sound: &[f32; PITCH_SAMPLES]) -> f32 {
    let (shortest, longest) = (SAMPLE_RATE / PITCH_HZ.end(), SAMPLE_RATE / PITCH_HZ.start());
    let best = |period: usize| {
        let (now, then) = (&sound[period..], &sound[..PITCH_SAMPLES - period]);
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        dot(now, then) / (dot(now, now) * dot(then, then)).sqrt().max(1e-9)
    };
    (shortest as usize..=longest as usize).map(best).fold(0.0, f32::max)
}

/// Two poles at [`ARTICULATION_HZ`] (a Butterworth low-pass, by the bilinear transform).
#[derive(Clone, Debug)]
struct LowPass {
    b: [f32; 3],
    a: [f32; 2],
    x: [f32; 2],
    y: [f32; 2],
}

impl LowPass {
    fn new() -> Self {
        let k = (std::f32::consts::PI * ARTICULATION_HZ / SAMPLE_RATE as f32).tan();
        let norm = 1.0 / (1.0 + std::f32::consts::SQRT_2 * k + k * k);
        let b0 = k * k * norm;
        let a = [2.0 * (k * k - 1.0) * norm, (1.0 - std::f32::consts::SQRT_2 * k + k * k) * norm];
        Self { b: [b0, 2.0 * b0, b0], a, x: [0.0; 2], y: [0.0; 2] }
    }

    fn next(&mut self, x: f32) -> f32 {
        let y = self.b[0] * x + self.b[1] * self.x[0] + self.b[2] * self.x[1]
            - self.a[0] * self.y[0]
            - self.a[1] * self.y[1];
        (self.x, self.y) = ([x, self.x[0]], [y, self.y[0]]);
        y
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;

    /// Plays a sound that is speech as far as the detector goes. After how many milliseconds it interrupts.
    fn interrupted_after(seconds: f32, mut sample: impl FnMut(f32) -> f32) -> Option<u64> {
        let mut barge_in = BargeIn::new(BargeInConfig { threshold: 0.5, after_ms: 300 });
        let frames = (seconds * 1000.0) as usize / FRAME_MS as usize;
        (0..frames)
            .find(|frame| {
                let at = |i| (frame * FRAME_SAMPLES + i) as f32 / SAMPLE_RATE as f32;
                let frame: Frame = std::array::from_fn(|i| sample(at(i)));
                barge_in.push(&frame.into(), 0.9)
            })
            .map(|frame| (frame as u64 + 1) * FRAME_MS)
    }

    /// A voice of 120 Hz with one formant.
    fn voice(formant: f32) -> impl Fn(f32) -> f32 {
        move |t| {
            let harmonics = (1..30).map(|n| 120.0 * n as f32);
            let gain = |hz: f32| 0.05 * (-(hz - formant).abs() / 200.0).exp();
            harmonics.map(|hz| gain(hz) * (TAU * hz * t).sin()).sum()
        }
    }

    #[test]
    fn talk_interrupts_and_a_hum_and_a_hiss_do_not() {
        assert_eq!(interrupted_after(1.0, voice(900.0)), Some(300));
        assert_eq!(interrupted_after(2.0, voice(250.0)), None, "a hum has the mouth shut");
        let mut state = 1u32;
        let hiss = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1u32 << 24) as f32 * 0.2 - 0.1
        };
        assert_eq!(interrupted_after(2.0, hiss), None, "a cough has no voice");
    }

    #[test]
    fn the_gaps_between_syllables_do_not_matter_and_long_ones_do() {
        let syllables = |gap: f32| {
            let voice = voice(900.0);
            move |t: f32| if t % (0.2 + gap) < 0.2 { voice(t) } else { 0.0 }
        };
        let after = interrupted_after(1.0, syllables(0.06)).unwrap();
        assert!((360..=420).contains(&after), "after {after} ms");
        assert_eq!(interrupted_after(5.0, syllables(0.7)), None);
    }

    #[test]
    fn what_suppression_takes_away_was_echo() {
        let mut barge_in = BargeIn::new(BargeInConfig { threshold: 0.5, after_ms: 300 });
        let voice = voice(900.0);
        for frame in 0..100 {
            let at = |i| (frame * FRAME_SAMPLES + i) as f32 / SAMPLE_RATE as f32;
            let recognition: Frame = std::array::from_fn(|i| voice(at(i)));
            let detection = recognition.map(|sample| sample * 0.2);
            assert!(!barge_in.push(&CleanFrame { detection, recognition }, 0.9));
        }
    }

    #[test]
    fn what_is_far_away_does_not_interrupt() {
        let voice = voice(900.0);
        assert_eq!(interrupted_after(2.0, |t| 0.005 * voice(t)), None);
    }
}
