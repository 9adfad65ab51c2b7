//! What can go wrong with models, in kinds a caller can act on, each with a sentence for a person.

use std::io;
use std::path::{Path, PathBuf};

use jarvis_core::{Code, Failure};

use crate::disk;
use crate::manifest::ManifestError;

/// Why the catalogue could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// No model has this id.
    #[error("there is no model called {id}")]
    UnknownModel {
        /// What was asked for.
        id: String,
    },
    /// The model has no such file.
    #[error("the model {id} has no file called {file}")]
    UnknownFile {
        /// The model.
        id: String,
        /// What was asked for.
        file: String,
    },
    /// The model is not installed, or not completely.
    #[error("the model {id} is not installed")]
    ModelMissing {
        /// The model.
        id: String,
    },
    /// A file of the model is there but not what it should be.
    #[error("the file {file} of the model {id} is damaged")]
    ModelDamaged {
        /// The model.
        id: String,
        /// The file.
        file: String,
    },
    /// None of the sources could be reached.
    #[error("no source of {id} could be reached ({})", reasons(tried))]
    Unreachable {
        /// The model.
        id: String,
        /// Each source and why it failed.
        tried: Vec<(String, String)>,
    },
    /// A source delivered other bytes than it should, and no other source could make up for it.
    #[error("{file} of {id} was not delivered as it should be ({})", reasons(tried))]
    Checksum {
        /// The model.
        id: String,
        /// The file.
        file: String,
        /// Each source and why it failed.
        tried: Vec<(String, String)>,
    },
    /// The publisher could not be reached and a program that the mirrors need is not installed.
    #[error("{tool} is needed to fetch {id} and is not installed ({})", reasons(tried))]
    ToolMissing {
        /// The program, as a person would install it.
        tool: String,
        /// The model.
        id: String,
        /// Each source and why it failed.
        tried: Vec<(String, String)>,
    },
    /// No room on the disk.
    #[error("the disk is full: {need} bytes are needed and {free} are free")]
    DiskFull {
        /// Bytes still needed.
        need: u64,
        /// Bytes free.
        free: u64,
    },
    /// The caller cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The manifest is wrong.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

impl CatalogError {
    /// An error of the file system at `path`; a full disk is told apart.
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::DiskFull { need: 0, free: disk::free_bytes(path).unwrap_or(0) }
            }
            _ => Self::Io { path: path.to_owned(), source },
        }
    }

    /// Whether another model of the same stage may still be had.
    pub(crate) fn gives_way(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Checksum { .. } | Self::ToolMissing { .. })
    }

    /// What a person is told: one plain sentence and the remedy.
    pub fn failure(&self) -> Failure {
        let pull = |id: &str| format!("Run `jarvis models pull {id}`.");
        match self {
            Self::UnknownModel { id } => Failure::new(
                Code::BadRequest,
                format!("There is no model called {id}."),
                "Run `jarvis models list` to see them all.",
            ),
            Self::UnknownFile { id, file } => Failure::new(
                Code::BadRequest,
                format!("The model {id} has no file called {file}."),
                "Run `jarvis models list` to see them all.",
            ),
            Self::ModelMissing { id } => {
                Failure::new(Code::ModelMissing, format!("The model {id} is not installed."), pull(id))
            }
            Self::ModelDamaged { id, file } => Failure::new(
                Code::ModelDamaged,
                format!("The file {file} of the model {id} is damaged."),
                format!("Run `jarvis models pull {id}` to fetch it again."),
            ),
            Self::Unreachable { id, tried } => Failure::new(
                Code::Unreachable,
                format!("The model {id} could not be downloaded: {}.", reasons(tried)),
                format!(
                    "Check the network (or set HTTPS_PROXY) and run `jarvis models pull {id}`; it goes on where it stopped."
                ),
            ),
            Self::Checksum { id, file, tried } => Failure::new(
                Code::ModelDamaged,
                format!(
                    "The download of {file} was not what it should be and was thrown away: {}.",
                    reasons(tried)
                ),
                format!(
                    "Run `jarvis models pull {id}` again later; if it stays so, the source has changed and Jarvis needs an update."
                ),
            ),
            Self::ToolMissing { tool, id, .. } => Failure::new(
                Code::Unreachable,
                format!(
                    "The model {id} could not be downloaded from its publisher, and its mirror needs {tool}."
                ),
                format!(
                    "Install {tool} or get a connection to the publisher, then run `jarvis models pull {id}`."
                ),
            ),
            Self::DiskFull { need: 0, free } => Failure::new(
                Code::DiskFull,
                format!("The disk is full ({} free).", megabytes(*free)),
                "Make room and run the same command again; it goes on where it stopped.",
            ),
            Self::DiskFull { need, free } => Failure::new(
                Code::DiskFull,
                format!(
                    "The disk is too full: {} are needed and {} are free.",
                    megabytes(*need),
                    megabytes(*free)
                ),
                "Make room and run the same command again; it goes on where it stopped.",
            ),
            Self::Cancelled => Failure::new(
                Code::Cancelled,
                "The download was stopped.",
                "Run the same command again; it goes on where it stopped.",
            ),
            Self::Io { path, source } => Failure::new(
                Code::Internal,
                format!("{} cannot be used: {source}.", path.display()),
                "Check the folder's permissions, or set JARVIS_HOME to a folder of yours.",
            ),
            Self::Manifest(error) => Failure::new(
                Code::Internal,
                format!("{error}."),
                "This is a defect of Jarvis; please report it.",
            ),
        }
    }
}

fn reasons(tried: &[(String, String)]) -> String {
    tried.iter().map(|(source, reason)| format!("{source} {reason}")).collect::<Vec<_>>().join("; ")
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}
