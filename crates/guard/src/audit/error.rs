//! Why something could not be recorded or read.

use std::path::{Path, PathBuf};

use jarvis_core::{Code, Failure};
use rusqlite::ErrorCode;

/// See the module. Whoever cannot record an act does not act.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// There was a log: its head file is there, the log itself is not.
    #[error("the audit log {} is gone, though its head file is there", path.display())]
    Missing {
        /// The log.
        path: PathBuf,
    },
    /// The file is no database, or was damaged. It is left as it is.
    #[error("the audit log {} is damaged", path.display())]
    Damaged {
        /// The log.
        path: PathBuf,
    },
    /// A later Jarvis has written the file. It is left as it is.
    #[error("the audit log was written by a later version of Jarvis")]
    TooNew,
    /// The folder or a file cannot be used.
    #[error("{} cannot be used ({reason})", path.display())]
    Unusable {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// No room on the disk.
    #[error("the disk is full: nothing can be recorded in the audit log")]
    Full,
    /// Another program has had the log to itself for too long.
    #[error("another program is using the audit log")]
    Busy,
    /// The words are forgotten, but a file beside the log still holds them.
    #[error("the words are forgotten, but still stand in a file that another program is reading")]
    Lingers,
    /// What was to be exported could not be handed on.
    #[error("the export could not be written ({0})")]
    Export(std::io::Error),
    /// The system has no random numbers to give.
    #[error("there are no random numbers to be had ({0})")]
    Chance(String),
    /// Anything else that SQLite says.
    #[error("the audit log failed: {0}")]
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for AuditError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Sqlite(error),
        }
    }
}

impl AuditError {
    /// A file beside the log, or its folder, that cannot be used.
    pub(super) fn file(path: &Path, error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::Full,
            _ => Self::Unusable { path: path.into(), reason: error.to_string() },
        }
    }

    /// What SQLite says, with the file that it says it of.
    pub(super) fn of(self, path: &Path) -> Self {
        let Self::Sqlite(error) = &self else { return self };
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { path: path.into() },
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                Self::Unusable { path: path.into(), reason: error.to_string() }
            }
            _ => self,
        }
    }

    /// What the person is told.
    pub fn failure(&self) -> Failure {
        let (code, remedy) = match self {
            Self::Missing { .. } => (
                Code::NotFound,
                "Put the file back. If you removed it yourself, remove the file audit.head beside it too.",
            ),
            Self::Damaged { .. } => (
                Code::Internal,
                "Keep the file: move it and audit.head to another folder. A new log begins at the next start.",
            ),
            Self::TooNew => (Code::Unsupported, "Use that version, or a later one."),
            Self::Unusable { .. } => (Code::BadConfig, "Check the path, and who may read and write it."),
            Self::Full => {
                (Code::DiskFull, "Make room on the disk. Until then nothing is done that must be recorded.")
            }
            Self::Busy => (Code::Busy, "Try again, or end the other program."),
            Self::Lingers => {
                (Code::Busy, "End the other programs that use Jarvis's files, and forget once more.")
            }
            Self::Export(_) => (Code::BadRequest, "Check the path, and whether there is room."),
            Self::Chance(_) => (Code::Internal, "Start the machine anew."),
            Self::Sqlite(_) => (Code::Internal, "Try again. If it stays like this, check the disk."),
        };
        Failure::sentence(code, self, remedy)
    }
}
