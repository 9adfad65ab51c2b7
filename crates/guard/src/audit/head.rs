//! The head file beside the log: which record was the last one. A log that was cut off at its end is whole in itself;
//! this file is what tells.
//!
//! It is written after each record, under the database's write lock, so it is never ahead of the log, and behind it only
//! where a program died in between.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::chain::{Hash, hex, unhex};
use super::error::AuditError;

/// What the file says first.
const MARK: &str = "jarvis-audit-head-1";

/// Which record was the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub seq: i64,
    pub hash: Hash,
}

/// What the head file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// There is none.
    Nothing,
    /// It is not as Jarvis writes it.
    Nonsense,
    /// This was the last record.
    Last(Head),
}

/// The head file of the log at `path`.
pub(super) fn beside(path: &Path) -> PathBuf {
    path.with_extension("head")
}

/// Reads it.
pub(super) fn read(file: &Path) -> Result<Said, AuditError> {
    let text = match std::fs::read(file) {
        Ok(bytes) => String::from_utf8(bytes).unwrap_or_default(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Said::Nothing),
        Err(error) => return Err(AuditError::file(file, &error)),
    };
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let [MARK, seq, hash] = words[..] else { return Ok(Said::Nonsense) };
    let seq = seq.parse().ok().filter(|seq| *seq > 0);
    Ok(seq.zip(unhex(hash)).map_or(Said::Nonsense, |(seq, hash)| Said::Last(Head { seq, hash })))
}

/// Puts another in its place, whole or not at all. Called under the database's write lock: the name beside it is nobody
/// else's then.
pub(super) fn write(file: &Path, head: Head) -> Result<(), AuditError> {
    let new = file.with_extension("head.new");
    let written = (|| {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut out: File = options.open(&new)?;
        writeln!(out, "{MARK} {} {}", head.seq, hex(&head.hash))?;
        out.sync_all()?;
        let first = !file.exists();
        std::fs::rename(&new, file)?;
        // That there is one must be known after a crash; which record it names may be an older one.
        #[cfg(unix)]
        if first && let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        #[cfg(not(unix))]
        let _ = first;
        Ok(())
    })();
    written.map_err(|e: std::io::Error| AuditError::file(file, &e))
}
