//! Barge-in: is somebody talking over the answer?
//!
//! Fed with the sound of each frame, without the answer's echo, and its speech probability. Talking is a voice that articulates:
//! "mm-hm" is a voice that hums, through the nose and with the mouth shut, and a cough is no voice at all. Both are told apart from
//! talk by where their energy is and by how regular it is, which takes no longer than it takes to hear them.
//!
//! It knows nothing of words, and decides nothing about when a request is over: that is [`crate::endpoint`].

use jarvis_core::audio::{FRAME_MS, FRAME_SAMPLES, Frame, SAMPLE_RATE, rms_dbfs};

/// Quieter than this is nobody who talks to us.
const LEAST_DBFS: f32 = -55.0;
/// Talk that is forgotten for each frame without it: a third of a frame's worth, so that the gaps between syllables do not
/// matter and a voice in the next room does not add up.
const FORGET_MS: f32 = FRAME_MS as f32 / 3.0;
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
    /// So much talk interrupts, milliseconds.
    pub after_ms: u64,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct BargeIn {
    config: BargeInConfig,
    low_pass: LowPass,
    /// The frame before this one and this one.
    sound: [f32; PITCH_SAMPLES],
    talked_ms: f32,
}

/// What a frame sounds like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sound {
    /// Level, dBFS.
    pub level: f32,
    /// How regular it is, 0..=1: 1 is a perfect tone.
    pub voicing: f32,
    /// Part of its energy above 700 Hz, 0..=1.
    pub open: f32,
}

impl BargeIn {
    /// Nobody has talked yet.
    pub fn new(config: BargeInConfig) -> Self {
        Self { config, low_pass: LowPass::new(), sound: [0.0; PITCH_SAMPLES], talked_ms: 0.0 }
    }

    /// Takes a frame and its speech probability (0..=1). Whether there has been talk enough to interrupt.
    pub fn push(&mut self, frame: &Frame, probability: f32) -> bool {
        let sound = self.listen(frame);
        let talk = probability >= self.config.threshold
            && sound.level >= LEAST_DBFS
            && sound.voicing >= VOICED
            && sound.open >= OPEN;
        if talk {
            self.talked_ms += FRAME_MS as f32;
        } else {
            self.talked_ms = (self.talked_ms - FORGET_MS).max(0.0);
        }
        self.talked_ms >= self.config.after_ms as f32
    }

    /// What the frame sounds like.
    pub fn listen(&mut self, frame: &Frame) -> Sound {
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
