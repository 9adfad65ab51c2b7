//! What a person is told when something does not work: one plain sentence and the remedy.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of a [`Failure`]. Programs match on this, never on the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Code {
    /// No microphone can be opened.
    NoMicrophone,
    /// No speaker can be opened.
    NoSpeaker,
    /// A device went away while in use.
    DeviceLost,
    /// A sound file cannot be read.
    BadAudio,
    /// A model file is not there.
    ModelMissing,
    /// A model file is there but not what it should be.
    ModelDamaged,
    /// None of the sources of a download could be reached.
    Unreachable,
    /// No room on the disk.
    DiskFull,
    /// The configuration is wrong.
    BadConfig,
    /// An engine process cannot be started or keeps dying.
    EngineFailed,
    /// The language model's server does not answer.
    LlmUnreachable,
    /// The language model does not exist there.
    LlmModelMissing,
    /// The keyring of the operating system cannot be used.
    NoKeyring,
    /// A key is missing or refused.
    Unauthorized,
    /// Too many requests; try later.
    RateLimited,
    /// It took too long.
    TimedOut,
    /// The person or a newer request stopped it.
    Cancelled,
    /// Something else is under way that must end first.
    Busy,
    /// There is no such thing, or no longer.
    NotFound,
    /// It is larger than what is taken.
    TooLarge,
    /// It is of a kind that is not taken.
    Unsupported,
    /// What it needs is not there: a screen, a program.
    Unavailable,
    /// What was asked for makes no sense here.
    BadRequest,
    /// Anything else; a defect of ours.
    Internal,
}

/// A failure as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failure {
    /// What kind.
    pub code: Code,
    /// What happened, one plain sentence.
    pub message: String,
    /// What to do about it, one plain sentence.
    pub remedy: String,
}

impl Failure {
    /// A failure of kind `code`.
    pub fn new(code: Code, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code, message: message.into(), remedy: remedy.into() }
    }

    /// A failure whose sentence is an error's own text, made to begin and end like one.
    pub fn sentence(code: Code, error: &dyn fmt::Display, remedy: impl Into<String>) -> Self {
        let text = error.to_string();
        let mut chars = text.trim_end_matches('.').chars();
        let message =
            chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).chain(['.']).collect());
        Self::new(code, message, remedy)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.message, self.remedy)
    }
}

impl std::error::Error for Failure {}
