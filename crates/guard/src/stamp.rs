//! Whether a file of the guard's is another than the one that was read: a person edits it, or another Jarvis writes it.

use std::path::Path;
use std::time::SystemTime;

/// When a file was written, and its length; none where there is none.
pub(crate) type Stamp = Option<(SystemTime, u64)>;

/// The stamp of a file as it is now.
pub(crate) fn of(file: &Path) -> Stamp {
    let about = std::fs::metadata(file).ok()?;
    Some((about.modified().ok()?, about.len()))
}
