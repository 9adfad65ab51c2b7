//! Copies of the database: made while it is in use, checked, and put in its place.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::database::{self, beside};
use crate::error::StoreError;

/// Writes what the database at `path` holds at this moment to the new file `to`, for its owner alone to read. Others go on
/// reading and writing meanwhile.
pub fn snapshot(path: &Path, to: &Path) -> Result<(), StoreError> {
    let failed = |e: &io::Error| StoreError::beside(to, e);
    database::private().create_new(true).open(to).map_err(|e| failed(&e))?;
    let copied =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).and_then(|connection| {
            connection.busy_timeout(database::PATIENCE)?;
            connection.execute("VACUUM INTO ?1", [to.to_string_lossy()]).map(drop)
        });
    let done = copied.map_err(|e| StoreError::from(e).of(path)).and_then(|()| {
        let file = File::open(to).and_then(|file| file.sync_all());
        file.map_err(|e| failed(&e))
    });
    if done.is_err() {
        let _ = fs::remove_file(to);
    }
    done
}

/// Reads the whole of the database at `path`, and fails when it is damaged, of a later version, or none of ours.
pub fn check(path: &Path) -> Result<(), StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = Connection::open_with_flags(path, flags).map_err(|e| StoreError::from(e).of(path))?;
    let damaged = || StoreError::Damaged { path: path.into() };
    let checked = database::layout(&connection).and_then(|layout| {
        let sound: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if layout == 0 || sound != "ok" { Err(damaged()) } else { Ok(()) }
    });
    checked.map_err(|error| error.of(path))
}

/// Puts the database `new` in the place of the one at `path`, which is kept beside it under the name that is returned. Either
/// all of it is done or nothing. Refused while somebody has the database open.
pub fn put_in_place(new: &Path, path: &Path, kept_as: &str) -> Result<Option<PathBuf>, StoreError> {
    let failed = |e: io::Error| StoreError::beside(path, &e);
    let lock = database::private().create(true).truncate(false).open(beside(path, "-open"));
    let lock = lock.map_err(failed)?;
    lock.try_lock().map_err(|_| StoreError::Locked)?;
    let mut kept = None;
    if path.exists() {
        // What stands in the log belongs into the file; a file that is damaged is kept with its log.
        if let Ok(connection) = Connection::open(path) {
            let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
        let aside = beside(path, &format!("-{kept_as}"));
        fs::copy(path, &aside).map_err(failed)?;
        kept = Some(aside);
    }
    for ending in ["-wal", "-shm"] {
        match fs::remove_file(beside(path, ending)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(failed(e)),
            _ => {}
        }
    }
    File::open(new).and_then(|file| file.sync_all()).and_then(|()| fs::rename(new, path)).map_err(failed)?;
    Ok(kept)
}
