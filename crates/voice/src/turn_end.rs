//! End of turn: does what was said sound finished?
//!
//! A pause in the middle of a sentence sounds otherwise than one behind it: the voice stays up, the last syllable is drawn out.
//! Asked once in a pause; knows nothing of words, which the session weighs too, and decides nothing itself: that is
//! [`crate::endpoint`].

mod log_mel;
mod smart_turn;

use jarvis_core::Failure;

use crate::onnx::OnnxError;

pub use smart_turn::SmartTurn;

/// Tells a finished request from a pause within one, by its sound.
pub trait TurnEnd: Send {
    /// Probability (0..=1) that who has said `samples` (16 kHz mono, up to a moment after the last word) has finished.
    ///
    /// # Errors
    /// When the network fails; the next pause may be tried.
    fn finished(&mut self, samples: &[f32]) -> Result<f32, TurnEndError>;
}

/// Why the end of a turn cannot be told by its sound.
#[derive(Debug, thiserror::Error)]
pub enum TurnEndError {
    /// The network cannot be loaded or run.
    #[error("the end of a turn cannot be told: {0}")]
    Onnx(#[from] OnnxError),
}

impl TurnEndError {
    /// What a person is told.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Onnx(error) => error.failure(),
        }
    }
}
