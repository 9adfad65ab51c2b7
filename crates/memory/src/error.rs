//! Why something could not be read or kept.

use std::path::{Path, PathBuf};

use jarvis_core::{Code, Failure};
use rusqlite::ErrorCode;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is no database of ours, or was damaged. It is left as it is.
    #[error("the database {} is damaged", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
    },
    /// A later Jarvis has written the file. It is left as it is.
    #[error("the database was written by a later version of Jarvis (layout {found}, this one knows {known})")]
    TooNew {
        /// Its layout.
        found: u32,
        /// The latest layout that is known here.
        known: u32,
    },
    /// There is no such conversation or message, or no longer.
    #[error("there is no such {what}")]
    NotFound {
        /// "conversation", "message" or "attachment".
        what: &'static str,
    },
    /// No room on the disk.
    #[error("the disk is full")]
    Full,
    /// Another program has had the file to itself for too long.
    #[error("another program is using the database")]
    Locked,
    /// The folder or the file cannot be used.
    #[error("the database {} cannot be opened ({reason})", path.display())]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// What was to be removed is removed, but for copies of it.
    #[error("it is removed, but a copy is left ({reason})")]
    CopiesRemain {
        /// Why.
        reason: String,
    },
    /// Anything else that SQLite says.
    #[error("the database failed: {0}")]
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            _ => Self::Sqlite(error),
        }
    }
}

impl StoreError {
    /// The files beside the database.
    pub(crate) fn beside(path: &Path, error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::Full,
            _ => Self::Unusable { path: path.into(), reason: error.to_string() },
        }
    }

    /// Damage named by its file, which SQLite's own error does not do.
    pub(crate) fn of(self, path: &Path) -> Self {
        match &self {
            Self::Sqlite(e)
                if matches!(
                    e.sqlite_error_code(),
                    Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
                ) =>
            {
                Self::Damaged { path: path.into() }
            }
            _ => self,
        }
    }

    /// Whether the same may be kept later: there is no room now, or another program is writing.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Full | Self::Locked)
    }

    /// What the person is told.
    pub fn failure(&self) -> Failure {
        let (code, remedy) = match self {
            Self::Damaged { .. } => (
                Code::Internal,
                "Start Jarvis again: it goes on from the latest copy that is whole. Where there is none, move the file away and it \
                 begins a new one.",
            ),
            Self::TooNew { .. } => (Code::Internal, "Use the later version of Jarvis; nothing was changed."),
            Self::NotFound { .. } => {
                (Code::NotFound, "Look at the list again; it may have been deleted elsewhere.")
            }
            Self::Full => (Code::DiskFull, "Free some space; what was kept before is whole."),
            Self::Locked => (Code::Busy, "Try again in a moment."),
            Self::Unusable { .. } => (Code::Internal, "Check who owns that folder."),
            Self::CopiesRemain { .. } => {
                (Code::Internal, "Look who has the folder of the memory's copies open, and forget it again.")
            }
            Self::Sqlite(_) => (Code::Internal, "Try again; what was kept before is unchanged."),
        };
        Failure::sentence(code, self, remedy)
    }
}
