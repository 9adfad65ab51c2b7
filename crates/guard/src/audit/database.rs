//! The file of the audit log: made for its owner alone, opened, its layout checked.

use std::fs::{DirBuilder, OpenOptions};
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};

use super::error::AuditError;

/// Another program's write is waited for this long.
const PATIENCE: Duration = Duration::from_secs(5);
/// The layout that is written here.
const LAYOUT: u32 = 1;
const SCHEMA: &str = include_str!("schema.sql");

/// Opens the log at `path`; makes it, and its folder, where there was none. `had_one` says that there was.
pub(super) fn open(path: &Path, had_one: bool) -> Result<Connection, AuditError> {
    // An empty file is what is left of one that was emptied.
    let there = std::fs::metadata(path).is_ok_and(|file| file.len() > 0);
    if had_one && !there {
        return Err(AuditError::Missing { path: path.into() });
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        private_folder(folder).map_err(|e| AuditError::file(folder, &e))?;
    }
    private_file(path).map_err(|e| AuditError::file(path, &e))?;
    Connection::open(path).map_err(AuditError::from).and_then(prepare).map_err(|e| e.of(path))
}

/// A log that ends with its connection.
pub(super) fn in_memory() -> Result<Connection, AuditError> {
    prepare(Connection::open_in_memory()?)
}

/// Folders that are there belong to more than the log, and stay as they are.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// SQLite gives the files beside this one the same permissions.
fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => keep_private(path),
        Err(error) => Err(error),
    }
}

/// By name: closing a handle of our own would drop the locks that another connection of this process holds.
fn keep_private(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if std::fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn prepare(mut connection: Connection) -> Result<Connection, AuditError> {
    connection.busy_timeout(PATIENCE)?;
    // Before anything is set: the file of a later version is not to be touched.
    if layout(&connection)? > LAYOUT {
        return Err(AuditError::TooNew);
    }
    write_ahead(&connection)?;
    // What is recorded is on the disk before the act begins.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What is forgotten is overwritten, and was written nowhere else.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // A record that is replaced is one that is deleted, for the triggers too.
    connection.pragma_update(None, "recursive_triggers", true)?;
    // Two programs may start at once: the second waits here, and finds the work done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if layout(&transaction)? == 0 {
        transaction.execute_batch(SCHEMA)?;
        transaction.pragma_update(None, "user_version", LAYOUT)?;
    }
    transaction.commit()?;
    Ok(connection)
}

fn layout(connection: &Connection) -> Result<u32, AuditError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// SQLite does not wait for others when it changes the kind of journal, so it is asked again.
fn write_ahead(connection: &Connection) -> Result<(), AuditError> {
    let until = Instant::now() + PATIENCE;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL").map_err(AuditError::from) {
            Err(AuditError::Busy) if Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(5));
            }
            done => return done,
        }
    }
}

/// What tables, indexes and triggers a log has, as they were written down.
pub(super) fn seals(connection: &Connection) -> Result<Vec<String>, AuditError> {
    let sql = "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY type, name";
    let mut statement = connection.prepare(sql)?;
    let seals = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(seals)
}
