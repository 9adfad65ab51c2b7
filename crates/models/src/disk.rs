//! The few things about the disk that every part of the catalogue needs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Bytes that this user may still write on the file system of `path` (or of its nearest parent that exists).
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let existing = path.ancestors().find(|p| p.exists()).unwrap_or(Path::new("/"));
    let stat = rustix::fs::statvfs(existing)?;
    Ok(stat.f_bavail * stat.f_frsize)
}

/// Deletes a file or a folder; nothing there is fine.
pub fn remove(path: &Path) -> io::Result<()> {
    let result = match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Every plain file under `dir`, as paths relative to it, sorted by their bytes.
pub fn files_under(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(dir.join(&folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            match entry.file_type()? {
                kind if kind.is_dir() => open.push(path),
                kind if kind.is_file() => found.push(path),
                _ => {}
            }
        }
    }
    found.sort_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    Ok(found)
}

/// Size of a file, or of all files of a folder together.
pub fn size(path: &Path) -> io::Result<u64> {
    let meta = fs::metadata(path)?;
    if meta.is_dir() {
        files_under(path)?.iter().map(|file| Ok(fs::metadata(path.join(file))?.len())).sum()
    } else {
        Ok(meta.len())
    }
}
