//! WebRTC's voice activity detector: a few Gaussian mixtures over six bands, no network, no file.

#![allow(unsafe_code, reason = "the detector's C state is moved to another thread")]

use jarvis_core::audio::FRAME_SAMPLES;
use webrtc_vad::{SampleRate, VadMode};

use super::{Vad, VadError};

/// See the module. It knows only yes and no: its probability is 1 or 0.
pub struct WebRtcVad(Movable);

/// The C state, which is one block of memory that only its owner refers to.
struct Movable(webrtc_vad::Vad);

// SAFETY: libfvad allocates the state with malloc and keeps everything in it: no thread-local and no global data
// is written. It may be used by any one thread at a time, and `&mut self` sees to that.
unsafe impl Send for Movable {}

impl WebRtcVad {
    /// The most sceptical mode: a room is never quite still, and speech to an assistant is near and clear.
    pub fn new() -> Self {
        Self(Movable(webrtc_vad::Vad::new_with_rate_and_mode(SampleRate::Rate16kHz, VadMode::VeryAggressive)))
    }
}

impl Default for WebRtcVad {
    fn default() -> Self {
        Self::new()
    }
}

impl Vad for WebRtcVad {
    fn process(&mut self, frame: &[f32; FRAME_SAMPLES]) -> Result<f32, VadError> {
        let pcm = frame.map(|sample| (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16);
        let voiced = self.0.0.is_voice_segment(&pcm).expect("20 ms at 16 kHz is a length that it takes");
        Ok(if voiced { 1.0 } else { 0.0 })
    }

    fn reset(&mut self) {
        let vad = &mut self.0.0;
        // This also puts rate and mode back to its own defaults.
        vad.reset();
        vad.set_sample_rate(SampleRate::Rate16kHz);
        vad.set_mode(VadMode::VeryAggressive);
    }
}
