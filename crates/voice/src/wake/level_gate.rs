//! The level gate: is it louder here than the room by itself is?
//!
//! It follows the room's noise floor as the minimum of the level, which falls at once and rises slowly (R. Martin, "Noise
//! power spectral density estimation based on optimal smoothing and minimum statistics", 2001): speech has pauses, in which
//! the floor shows. It knows nothing of voices: a door opens it too. Fed by [`super::GatedWake`].

use std::f32::consts::TAU;

use jarvis_core::audio::{FRAME_MS, FRAME_SAMPLES, Frame, SAMPLE_RATE};

/// Below this frequency, Hz, sound does not count: a microphone's offset, fans and traffic.
const CORNER_HZ: f32 = 100.0;
/// Weight of the newest frame in the level (0..=1): a mean over some 100 ms.
const SMOOTHING: f32 = 0.2;
/// The gate opens where the level is above the floor by this, dB. Steady noise stays within 1 dB; speech that is no louder
/// than the noise adds 3.
const MARGIN_DB: f32 = 2.0;
/// The floor rises by so much a frame, dB: 20 dB a minute.
const RISE_DB: f32 = 20.0 * FRAME_MS as f32 / 60_000.0;
/// Mean square below which there is nothing to hear: -80 dBFS.
const SILENT: f32 = 1e-8;
/// Frames that the gate stays open after the last loud one, and at the start: 2 s. A word is recognised a moment after
/// its end, and a sentence is not to open it at every word.
const HOLD_FRAMES: u64 = 2000 / FRAME_MS;

/// See the module.
pub struct LevelGate {
    /// The last sample, and what the high-pass filter made of it.
    last: (f32, f32),
    /// Smoothed mean square of what passed the filter; none before the first frame.
    power: Option<f32>,
    /// dBFS.
    floor: f32,
    /// Frames since the last loud one.
    quiet: u64,
}

impl LevelGate {
    /// Open for the time being: what is heard first may already be a voice.
    pub fn new() -> Self {
        Self { last: (0.0, 0.0), power: None, floor: f32::INFINITY, quiet: 0 }
    }

    /// Hears the next frame. Whether the gate is open.
    pub fn push(&mut self, frame: &Frame) -> bool {
        let now = self.high_passed_power(frame);
        let power = self.power.map_or(now, |before| before + (now - before) * SMOOTHING);
        self.power = Some(power);
        let level = 10.0 * power.max(SILENT).log10();
        self.floor = level.min(self.floor + RISE_DB);
        self.quiet = if level > self.floor + MARGIN_DB { 0 } else { self.quiet + 1 };
        self.quiet <= HOLD_FRAMES
    }

    /// Mean square of the frame behind a high-pass filter of the first order.
    fn high_passed_power(&mut self, frame: &Frame) -> f32 {
        const DECAY: f32 = 1.0 / (1.0 + TAU * CORNER_HZ / SAMPLE_RATE as f32);
        let (mut last, mut passed) = self.last;
        let mut sum = 0.0;
        for sample in frame {
            // The addend keeps the filter, in digital silence, from numbers so small that processors are slow with them.
            passed = DECAY * (passed + sample - last) + 1e-20;
            last = *sample;
            sum += passed * passed;
        }
        self.last = (last, passed);
        sum / FRAME_SAMPLES as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Level of what is not there, dBFS.
    const NONE: f32 = -200.0;

    /// A stretch of sound: levels of noise and voice in dBFS, seconds, and whether the gate is open at its end.
    type Stretch = (f32, f32, u64, bool);

    /// Plays stretches of a room whose microphone has that offset.
    #[track_caller]
    fn check(offset: f32, stretches: &[Stretch]) {
        let mut gate = LevelGate::new();
        let mut seed = 1_u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        let linear = |db: f32| 10_f32.powf(db / 20.0);
        let wave = |hz: f32, i: usize| (TAU * hz * i as f32 / SAMPLE_RATE as f32).cos();
        for (n, (hiss, voice, seconds, expected)) in stretches.iter().enumerate() {
            let mut open = false;
            for _ in 0..seconds * 1000 / FRAME_MS {
                // A uniform noise's level is below its peak by the root of 3. Whole periods of the vowel fill a frame.
                open = gate.push(&std::array::from_fn(|i| {
                    offset
                        + 3_f32.sqrt() * linear(*hiss) * noise()
                        + linear(*voice) * (wave(150.0, i) + wave(1_200.0, i))
                }));
            }
            assert_eq!(open, *expected, "stretch {n} of {stretches:?}");
        }
    }

    #[test]
    fn silence_and_steady_noise_shut_it_and_a_voice_opens_it_for_a_while() {
        for hiss in [NONE, -66.0, -35.0] {
            let voice = hiss.max(-66.0) + 10.0;
            check(
                0.0,
                &[
                    (hiss, NONE, 1, true),
                    (hiss, NONE, 9, false),
                    (hiss, voice, 1, true),
                    (hiss, NONE, 1, true),
                    (hiss, NONE, 3, false),
                ],
            );
        }
    }

    #[test]
    fn a_voice_opens_it_that_is_hardly_louder_than_the_noise() {
        for above in [3.0, 0.0] {
            check(0.0, &[(-40.0, NONE, 10, false), (-40.0, -40.0 + above, 1, true)]);
        }
    }

    #[test]
    fn a_new_noise_opens_it_until_the_floor_has_risen() {
        check(0.0, &[(-66.0, NONE, 5, false), (-46.0, NONE, 30, true), (-46.0, NONE, 60, false)]);
    }

    #[test]
    fn when_a_noise_ends_a_softer_voice_is_heard_at_once() {
        check(0.0, &[(-30.0, NONE, 5, false), (-60.0, NONE, 1, false), (-60.0, -55.0, 1, true)]);
    }

    #[test]
    fn a_microphones_offset_is_no_sound() {
        check(0.05, &[(-66.0, NONE, 5, false), (-66.0, -60.0, 1, true)]);
    }

    #[test]
    fn what_nobody_can_hear_does_not_open_it() {
        check(0.0, &[(NONE, NONE, 5, false), (-95.0, -90.0, 5, false)]);
    }
}
