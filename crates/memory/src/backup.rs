//! Copies of the database: made while it is in use, checked, and put in its place. One a day is kept beside it by
//! [`keep_copy`]; from the latest that is whole, [`recover`] brings back a database that was damaged.
//!
//! What is forgotten is forgotten here too: the store removes the copies whenever it removes something for good.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use rusqlite::OpenFlags;

use crate::database::{self, beside};
use crate::encryption::DatabaseFile;
use crate::error::StoreError;

/// Copies that are kept.
const COPIES: usize = 3;
/// A copy is as good as new for so long.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// Beside the database, while it may be damaged.
const SUSPECTED: &str = "-suspected";

/// Writes what the database `of` holds at this moment to the new file `to`, for its owner alone to read, encrypted as it is. Others go
/// on reading and writing meanwhile.
pub fn snapshot(of: &DatabaseFile, to: &Path) -> Result<(), StoreError> {
    let failed = |e: &io::Error| StoreError::beside(to, e);
    database::private().create_new(true).open(to).map_err(|e| failed(&e))?;
    let copied = of.connect(OpenFlags::SQLITE_OPEN_READ_WRITE).and_then(|connection| {
        connection.busy_timeout(database::PATIENCE)?;
        connection.execute("VACUUM INTO ?1", [to.to_string_lossy()]).map(drop)
    });
    let done = copied.map_err(|e| StoreError::from(e).of(&of.path)).and_then(|()| {
        let file = File::open(to).and_then(|file| file.sync_all());
        file.map_err(|e| failed(&e))
    });
    if done.is_err() {
        let _ = fs::remove_file(to);
    }
    done
}

/// Reads the whole of the database, and fails when it is damaged, of a later version, or none of ours.
pub fn check(file: &DatabaseFile) -> Result<(), StoreError> {
    let path = file.path.as_path();
    let connection =
        file.connect(OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|e| StoreError::from(e).of(path))?;
    let damaged = || StoreError::Damaged { path: path.into() };
    let checked = database::layout(&connection).and_then(|layout| {
        let sound: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if layout == 0 || sound != "ok" { Err(damaged()) } else { Ok(()) }
    });
    checked.map_err(|error| error.of(path))
}

/// Nobody has the database at `path` open while this is held.
pub(crate) fn alone(path: &Path) -> Result<File, StoreError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| StoreError::beside(path, &e))?;
    }
    let lock = database::private().create(true).truncate(false).open(beside(path, "-open"));
    let lock = lock.map_err(|e| StoreError::beside(path, &e))?;
    lock.try_lock().map_err(|_| StoreError::Locked)?;
    Ok(lock)
}

/// Moves the database at `path` with its log to its copies, and `new` in its place. Returns where it is now.
fn put_in_place(
    new: &DatabaseFile,
    path: &Path,
    kept_as: &str,
    now: Timestamp,
) -> Result<Option<PathBuf>, StoreError> {
    let failed = |e: io::Error| StoreError::beside(path, &e);
    prepare(new)?;
    File::open(&new.path).and_then(|file| file.sync_all()).map_err(failed)?;
    let kept = folder(path).join(format!("{kept_as}-{}", now.as_second()));
    fs::create_dir_all(folder(path)).map_err(failed)?;
    let there = path.exists();
    // A second name first, so that there is a database at every moment; where the file system knows no second names, it is copied.
    if there && fs::hard_link(path, &kept).is_err() {
        fs::copy(path, &kept).map_err(failed)?;
    }
    for ending in ["-wal", "-shm"] {
        match fs::rename(beside(path, ending), beside(&kept, ending)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(failed(e)),
            _ => {}
        }
    }
    let _ = fs::remove_file(beside(path, SUSPECTED));
    fs::rename(&new.path, path).map_err(failed)?;
    Ok(there.then_some(kept))
}

/// Puts the database `new`, which was [checked](check), in the place of the one at `path`, which is kept as the file that is returned
/// until something is forgotten. Refused while somebody has the database open.
pub fn restore(new: &DatabaseFile, path: &Path, now: Timestamp) -> Result<Option<PathBuf>, StoreError> {
    let _alone = alone(path)?;
    put_in_place(new, path, "before-restore", now)
}

/// Brings it to the present layout, in one file. Its vectors are to be made anew: those that are there belong to another.
fn prepare(new: &DatabaseFile) -> Result<(), StoreError> {
    let connection = database::open(new)?;
    connection.execute("DELETE FROM vectors", [])?;
    connection.execute("DELETE FROM embeddings", [])?;
    connection.pragma_update(None, "journal_mode", "DELETE")?;
    Ok(())
}

/// The folder of the copies of the database at `path`.
fn folder(path: &Path) -> PathBuf {
    beside(path, "-copies")
}

/// The copies of the database at `path`, the latest first.
fn copies(path: &Path) -> Vec<(Timestamp, PathBuf)> {
    let entries = fs::read_dir(folder(path)).into_iter().flatten().flatten().map(|entry| entry.path());
    let dated = entries.filter_map(|path| {
        let second = path.file_stem()?.to_str()?.parse().ok()?;
        Some((Timestamp::from_second(second).ok()?, path))
    });
    let mut copies: Vec<_> = dated.collect();
    copies.sort_by(|a, b| b.cmp(a));
    copies
}

/// Keeps a copy of the database when the latest is a day old or there is none, and removes the oldest. A copy is made
/// by reading everything: where something is damaged, this says so.
pub fn keep_copy(file: &DatabaseFile, now: Timestamp) -> Result<bool, StoreError> {
    let path = file.path.as_path();
    let failed = |e: io::Error| StoreError::beside(path, &e);
    let there = copies(path);
    if there.first().is_some_and(|(made, _)| now.duration_since(*made).abs() < A_DAY) {
        return Ok(false);
    }
    fs::create_dir_all(folder(path)).map_err(failed)?;
    let (part, copy) = (folder(path).join("part"), folder(path).join(format!("{}.sqlite", now.as_second())));
    let _ = fs::remove_file(&part);
    let copied = snapshot(file, &part).and_then(|()| check(&file.at(&part)));
    if matches!(copied, Err(StoreError::Damaged { .. })) {
        suspect(path);
    }
    copied?;
    fs::rename(&part, copy).map_err(failed)?;
    for (_, old) in there.into_iter().skip(COPIES - 1) {
        fs::remove_file(old).map_err(failed)?;
    }
    Ok(true)
}

/// Something in the database at `path` could not be read: it is looked at as a whole when it is next opened.
pub(crate) fn suspect(path: &Path) {
    // Where not even this can be written, the next read will say it again.
    let _ = database::private().create(true).truncate(false).open(beside(path, SUSPECTED));
}

/// Looks at the whole of the database when there is reason to.
pub(crate) fn check_suspected(file: &DatabaseFile) -> Result<(), StoreError> {
    let reason = beside(&file.path, SUSPECTED);
    if reason.exists() {
        check(file)?;
        fs::remove_file(&reason).map_err(|e| StoreError::beside(&reason, &e))?;
    }
    Ok(())
}

/// Removes every copy of the database at `path`, and what others took the place of.
pub(crate) fn remove_copies(path: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(folder(path)) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(StoreError::beside(path, &e)),
        _ => Ok(()),
    }
}

/// A damaged database that was brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// As it was at this moment.
    pub from: Timestamp,
    /// Where the damaged one is.
    pub damaged: Option<PathBuf>,
}

/// Puts the latest copy that is whole in the place of the damaged database. None when there is no such copy. Refused while
/// somebody has the database open.
pub fn recover(file: &DatabaseFile, now: Timestamp) -> Result<Option<Recovered>, StoreError> {
    let path = file.path.as_path();
    let _alone = alone(path)?;
    for (from, copy) in copies(path) {
        if check(&file.at(&copy)).is_err() {
            continue;
        }
        // The copy stays, for the next time.
        let new = file.at(&folder(path).join("recovered"));
        fs::copy(&copy, &new.path).map_err(|e| StoreError::beside(path, &e))?;
        let damaged = put_in_place(&new, path, "damaged", now)?;
        return Ok(Some(Recovered { from, damaged }));
    }
    Ok(None)
}
