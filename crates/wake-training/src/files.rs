//! Files of ours, replaced only whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::error::TrainingError;

/// Writes a file beside its place and then moves it there. Folders that are missing are made.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), TrainingError> {
    replace_with(path, |file| file.write_all(bytes))
}

/// The same with what is written piece by piece.
pub fn replace_with(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), TrainingError> {
    let write = || {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let file = tempfile::NamedTempFile::new_in(folder)?;
        let mut writer = BufWriter::new(file.as_file());
        write(&mut writer)?;
        writer.flush()?;
        drop(writer);
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|source| TrainingError::Io { path: path.into(), source })
}
