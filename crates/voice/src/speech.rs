//! What ears and mouth share: the speech engine and the ways it can fail.

use jarvis_core::{Code, Failure};
use jarvis_engine::speech::{Reply, Request};
use jarvis_engine::{Engine, EngineError};

/// The process that recognises and speaks.
pub type SpeechEngine = Engine<Request, Reply>;

/// Why something was not recognised or not said.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SpeechError {
    /// The engine failed, its second chance included.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// No model is there for this stage.
    #[error("no {stage} is installed")]
    NoModel {
        /// "speech recogniser" or "voice".
        stage: &'static str,
    },
    /// The engine ended its answer without what was asked for.
    #[error("the speech engine gave no answer")]
    NoAnswer,
}

impl SpeechError {
    /// What the person is told.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Engine(error) => error.failure(),
            Self::NoModel { .. } => {
                Failure::sentence(Code::ModelMissing, self, "Fetch one with `jarvis models pull`.")
            }
            Self::NoAnswer => Failure::sentence(Code::EngineFailed, self, "Ask again."),
        }
    }

    /// Whether asking again may help: the engine is started anew for the next request.
    pub fn engine_died(&self) -> bool {
        matches!(self, Self::Engine(EngineError::Died { .. }))
    }
}
