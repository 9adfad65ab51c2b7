//! What can go wrong with Porcupine.

use std::path::PathBuf;

use jarvis_core::{Code, Failure};

/// Why Porcupine cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum PorcupineError {
    /// The configuration does not say where one of its parts is.
    #[error("Porcupine is chosen, but wake.porcupine.{setting} is not set")]
    NotSet {
        /// The setting: `library`, `model` or `keyword`.
        setting: &'static str,
    },
    /// One of its parts is not where the configuration says.
    #[error("the setting wake.porcupine.{setting} names {}, which is not there", path.display())]
    FileMissing {
        /// The setting: `library`, `model` or `keyword`.
        setting: &'static str,
        /// What it names.
        path: PathBuf,
    },
    /// There is no access key.
    #[error("Porcupine is chosen, but there is no access key")]
    NoAccessKey,
    /// The library is none, or is another one.
    #[error("{} cannot be loaded as Porcupine's library: {reason}", path.display())]
    LibraryUnusable {
        /// The library.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The library's interface is one that is not known here.
    #[error("Porcupine {version} is not supported, only versions 2 to 4")]
    Version {
        /// What the library says it is.
        version: String,
    },
    /// The library wants sound at another rate.
    #[error("this Porcupine wants sound at {rate} samples a second, and Jarvis has 16000")]
    Rate {
        /// Samples per second.
        rate: u32,
    },
    /// The library did not take the key, the model or the keyword file.
    #[error("Porcupine did not accept its access key, model or keyword file: {reason}")]
    Rejected {
        /// What the library said.
        reason: String,
    },
    /// The key is well-formed, and its maker says no.
    #[error("Porcupine was not activated: {reason}")]
    NotActivated {
        /// What the library said.
        reason: String,
    },
    /// Anything else that the library reports.
    #[error("Porcupine failed: {reason}")]
    Failed {
        /// What the library said.
        reason: String,
    },
}

impl PorcupineError {
    /// The same without `secret`: the library quotes a key that it does not like.
    pub(super) fn without(mut self, secret: &str) -> Self {
        if let Self::Rejected { reason } | Self::NotActivated { reason } | Self::Failed { reason } = &mut self
        {
            *reason = reason.replace(secret, "(not shown)");
        }
        self
    }

    /// What a person is told.
    pub fn failure(&self) -> Failure {
        const OTHER: &str = "or set wake.engine to \"openwakeword\"";
        let (code, remedy) = match self {
            Self::NotSet { setting } | Self::FileMissing { setting, .. } => {
                (Code::BadConfig, format!("Set wake.porcupine.{setting} to the path of that file, {OTHER}."))
            }
            Self::NoAccessKey => (
                Code::Unauthorized,
                format!(
                    "Put your key into the keyring with `jarvis keys set porcupine`, into the environment variable \
                     that wake.porcupine.access_key_env names, {OTHER}."
                ),
            ),
            Self::LibraryUnusable { .. } | Self::Version { .. } | Self::Rate { .. } => {
                (Code::BadConfig, format!("Install Porcupine 4 for this platform, {OTHER}."))
            }
            Self::Rejected { .. } => (
                Code::BadConfig,
                format!(
                    "Check the key, and that library, model and keyword file are of one version, {OTHER}."
                ),
            ),
            Self::NotActivated { .. } => {
                (Code::Unauthorized, format!("Look into your account at console.picovoice.ai, {OTHER}."))
            }
            Self::Failed { .. } => (Code::Internal, format!("Restart Jarvis, {OTHER}.")),
        };
        Failure::sentence(code, self, remedy)
    }
}
