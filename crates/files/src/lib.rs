//! How our own files are changed: whole or not at all, by one program at a time, and how it is noticed that another has.
//!
//! It knows nothing of what stands in them, and puts no file in a place that must be free: whoever needs that does it alone.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;
use std::time::SystemTime;

/// Replaces the file at `path` by one that holds `bytes`, see [`replace_with`].
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_with(path, |file| file.write_all(bytes))
}

/// Replaces the file at `path` by what `write` writes: after any failure of writing the old one is as it was.
///
/// The new file is its owner's alone, and survives a loss of power once this has returned. Folders that are missing are made.
pub fn replace_with(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> io::Result<()> {
    let folder = folder_of(path);
    fs::create_dir_all(folder)?;
    // Beside its place, so that renaming stays on one disk.
    let file = tempfile::NamedTempFile::new_in(folder)?;
    let mut writer = BufWriter::new(file.as_file());
    write(&mut writer)?;
    writer.flush()?;
    drop(writer);
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(folder)
}

/// Makes a rename inside `folder` survive a loss of power. Only on Unix can that be asked for, and not of every file system.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder)?.sync_all() {
        Err(e) if matches!(e.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

/// The folder that `path` is in: the one where the program runs, for a bare name.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Waits for whoever changes the file at `path`, which should take milliseconds, and keeps others waiting until the result is
/// dropped. It holds off only those that ask here too.
///
/// What is locked is `<path>.lock`, since the file itself is replaced. Folders that are missing are made.
pub fn lock(path: &Path) -> io::Result<File> {
    fs::create_dir_all(folder_of(path))?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    // It stays: deleting one that another program waits on would let two in at once.
    let lock = File::options().create(true).append(true).open(beside)?;
    lock.lock()?;
    Ok(lock)
}

/// What a file was when it was looked at, by which is noticed that it is another now: when it was written, and its length.
/// The default is that of no file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp(Option<(SystemTime, u64)>);

impl Stamp {
    /// What the file at `path` is now. One that cannot be looked at counts as none.
    pub fn of(path: &Path) -> Self {
        let about = fs::metadata(path).ok();
        Self(about.and_then(|about| Some((about.modified().ok()?, about.len()))))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::TryLockError;

    use super::*;

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/down/file");
        replace(&path, b"old").unwrap();
        replace(&path, b"new").unwrap();
        let failed = replace_with(&path, |file| {
            file.write_all(b"half")?;
            Err(io::Error::other("the disk is full"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "the disk is full");
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder_of(&path)).unwrap().count(), 1, "nothing is left beside it");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn one_at_a_time_has_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let held = lock(&folder.path().join("deep/file")).unwrap();
        let other = File::options().append(true).open(folder.path().join("deep/file.lock")).unwrap();
        assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
        drop(held);
        other.try_lock().unwrap();
    }

    #[test]
    fn a_stamp_tells_a_changed_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        assert_eq!(Stamp::of(&path), Stamp::default());
        replace(&path, b"one").unwrap();
        let one = Stamp::of(&path);
        assert_ne!(one, Stamp::default());
        assert_eq!(Stamp::of(&path), one);
        replace(&path, b"and more").unwrap();
        assert_ne!(Stamp::of(&path), one);
    }

    #[test]
    fn a_bare_name_is_in_the_folder_where_the_program_runs() {
        for (path, folder) in [("file", "."), ("a/file", "a"), ("/file", "/")] {
            assert_eq!(folder_of(Path::new(path)), Path::new(folder));
        }
    }
}
