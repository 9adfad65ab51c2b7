//! Voice activity: is this frame speech?
//!
//! One trait, two detectors: Silero, a small network and the default, and WebRTC's, which is lighter and easier
//! fooled. Fed by the session frame by frame; what a request is, is decided there and not here.

mod silero;
mod webrtc;

use jarvis_core::Failure;
use jarvis_core::audio::FRAME_SAMPLES;

use crate::onnx::OnnxError;

pub use silero::SileroVad;
pub use webrtc::WebRtcVad;

/// Tells speech from everything else, frame by frame.
pub trait Vad: Send {
    /// Probability (0..=1) that there is speech at the end of what was heard, this frame included.
    ///
    /// # Errors
    /// When the detector fails; the next frame may be tried.
    fn process(&mut self, frame: &[f32; FRAME_SAMPLES]) -> Result<f32, VadError>;

    /// Forgets what was heard: the same sound gives the same answers again.
    fn reset(&mut self);
}

/// Why voice activity cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum VadError {
    /// The network cannot be loaded or run.
    #[error("voice activity cannot be told: {0}")]
    Onnx(#[from] OnnxError),
}

impl VadError {
    /// What a person is told.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Onnx(error) => error.failure(),
        }
    }
}
