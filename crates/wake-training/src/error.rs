//! Why a wake word cannot be trained or measured.

use std::path::PathBuf;

use jarvis_audio::AudioError;
use jarvis_core::{Code, Failure};
use jarvis_voice::onnx::OnnxError;
use jarvis_voice::tts::SpeechError;
use jarvis_voice::wake::WakeError;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// A sound cannot be read or written.
    #[error(transparent)]
    Audio(#[from] AudioError),
    /// A network cannot be loaded or run.
    #[error(transparent)]
    Onnx(#[from] OnnxError),
    /// A detector failed.
    #[error(transparent)]
    Wake(#[from] WakeError),
    /// A voice failed.
    #[error(transparent)]
    Speech(#[from] SpeechError),
    /// A voice is not there.
    #[error(transparent)]
    Voice(Failure),
    /// The tensor library failed.
    #[error("the head could not be trained: {0}")]
    Tensor(#[from] candle_core::Error),
    /// A file of ours cannot be used.
    #[error("{} cannot be used: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: std::io::Error,
    },
    /// What was given cannot be trained on or measured.
    #[error("{message}")]
    Unsuitable {
        /// What is wrong.
        message: String,
        /// What to do.
        remedy: String,
    },
    /// It was asked to stop.
    #[error("it was stopped before it was done")]
    Cancelled,
}

impl TrainingError {
    /// What a person is told.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Audio(error) => error.failure(),
            Self::Onnx(error) => error.failure(),
            Self::Wake(error) => error.failure(),
            Self::Speech(error) => error.failure(),
            Self::Voice(failure) => failure.clone(),
            Self::Tensor(_) => Failure::sentence(
                Code::Internal,
                self,
                "Try it with another seed; if it fails again, please report it.",
            ),
            Self::Io { .. } => Failure::sentence(
                Code::BadRequest,
                self,
                "Check that the folder is there, that you may write to it, and that the disk has room.",
            ),
            Self::Unsuitable { message, remedy } => {
                Failure::new(Code::BadRequest, message.clone(), remedy.clone())
            }
            Self::Cancelled => Failure::sentence(
                Code::Cancelled,
                self,
                "Start it again: what was said already is kept, and it goes on from there.",
            ),
        }
    }
}
