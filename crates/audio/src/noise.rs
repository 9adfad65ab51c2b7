//! Noise suppression: steady noise (fans, hiss, hum) made quiet, speech left as far as can be.
//!
//! WebRTC's suppressor, a Wiener filter over a running estimate of the noise; it answers 6 ms late. Never real-time code.

use aec3::audio_processing::audio_buffer::AudioBuffer;
use aec3::audio_processing::ns::{NoiseSuppressor as Suppressor, NsConfig};
use aec3::audio_processing::stream_config::StreamConfig;
use jarvis_core::audio::{Frame, SAMPLE_RATE};

/// Samples that are processed at a time: 10 ms.
const CHUNK: usize = SAMPLE_RATE as usize / 100;

/// See the module.
pub struct NoiseSuppressor {
    suppressor: Suppressor,
    buffer: AudioBuffer,
    format: StreamConfig,
}

impl NoiseSuppressor {
    /// One that knows no noise yet; it learns within a few seconds.
    pub fn new() -> Self {
        let rate = SAMPLE_RATE as usize;
        Self {
            suppressor: Suppressor::new(NsConfig::default(), rate, 1),
            buffer: AudioBuffer::from_sample_rates(rate, 1, rate, 1, rate),
            format: StreamConfig::new(rate, 1, false),
        }
    }

    /// Makes the noise in `frame` quiet.
    pub fn suppress(&mut self, frame: &mut Frame) {
        for chunk in frame.as_chunks_mut::<CHUNK>().0 {
            self.buffer.copy_from(&[chunk.as_slice()], &self.format);
            self.suppressor.analyze(&self.buffer);
            self.suppressor.process(&mut self.buffer);
            self.buffer.copy_to_stream(&self.format, &mut [chunk.as_mut_slice()]);
        }
    }
}

impl Default for NoiseSuppressor {
    fn default() -> Self {
        Self::new()
    }
}
