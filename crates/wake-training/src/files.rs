//! Files of ours, replaced only whole; a failure tells which.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use crate::error::TrainingError;

/// Replaces the file at `path`, see [`jarvis_files::replace`].
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), TrainingError> {
    jarvis_files::replace(path, bytes).map_err(|source| TrainingError::Io { path: path.into(), source })
}

/// The same with what is written piece by piece.
pub fn replace_with(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), TrainingError> {
    jarvis_files::replace_with(path, write).map_err(|source| TrainingError::Io { path: path.into(), source })
}
