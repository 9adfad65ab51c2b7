//! Files of ours, replaced only whole.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::error::TrainingError;

/// Writes a file beside its place and then moves it there. Folders that are missing are made.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), TrainingError> {
    let write = || {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|source| TrainingError::Io { path: path.into(), source })
}
