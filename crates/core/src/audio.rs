//! The one audio format inside the house: 16 kHz, mono, `f32` in -1.0..=1.0, in 20 ms frames.

/// Samples per second of everything between the microphone's resampler and the recogniser.
pub const SAMPLE_RATE: u32 = 16_000;

/// Samples in one frame: 20 ms at [`SAMPLE_RATE`].
pub const FRAME_SAMPLES: usize = 320;

/// Milliseconds in one frame.
pub const FRAME_MS: u64 = 20;

/// One frame of sound.
pub type Frame = [f32; FRAME_SAMPLES];

/// One frame of the microphone, cleaned for each of the two who listen. They want different things: whoever decides *whether*
/// somebody speaks must not hear the speaker's echo at all, whoever understands *what* is said wants the voice untouched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CleanFrame {
    /// For voice activity, and the wake word while Jarvis is silent: echo and, where that is wanted, noise are suppressed, at some
    /// cost to the voice.
    pub detection: Frame,
    /// For the recogniser, and the wake word over an answer: echo is subtracted and nothing is suppressed.
    pub recognition: Frame,
}

impl From<Frame> for CleanFrame {
    /// A frame with nothing in it that had to be removed.
    fn from(frame: Frame) -> Self {
        Self { detection: frame, recognition: frame }
    }
}

/// A stretch of mono sound at its own rate, for playing or for writing to a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pcm {
    /// Samples in -1.0..=1.0.
    pub samples: Vec<f32>,
    /// Samples per second.
    pub sample_rate: u32,
}

impl Pcm {
    /// Length in milliseconds.
    pub fn duration_ms(&self) -> u64 {
        if self.sample_rate == 0 { 0 } else { self.samples.len() as u64 * 1000 / u64::from(self.sample_rate) }
    }
}

/// Milliseconds that `samples` at [`SAMPLE_RATE`] last.
pub const fn samples_to_ms(samples: u64) -> u64 {
    samples * 1000 / SAMPLE_RATE as u64
}

/// Samples at [`SAMPLE_RATE`] in `ms` milliseconds.
pub const fn ms_to_samples(ms: u64) -> u64 {
    ms * SAMPLE_RATE as u64 / 1000
}

/// Root mean square level in dBFS (0 is a full-scale square wave); silence is -100.
pub fn rms_dbfs(samples: &[f32]) -> f32 {
    if samples.is_empty() {
        return -100.0;
    }
    let power = samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32;
    (10.0 * power.max(1e-10).log10()).max(-100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_in_dbfs() {
        assert_eq!(rms_dbfs(&[]), -100.0);
        assert_eq!(rms_dbfs(&[0.0; 64]), -100.0);
        assert!(rms_dbfs(&[1.0, -1.0]).abs() < 1e-3);
        assert!((rms_dbfs(&[0.1, -0.1]) + 20.0).abs() < 1e-3);
    }

    #[test]
    fn sample_clock_converts_both_ways() {
        assert_eq!(samples_to_ms(FRAME_SAMPLES as u64), FRAME_MS);
        assert_eq!(ms_to_samples(FRAME_MS), FRAME_SAMPLES as u64);
    }
}
