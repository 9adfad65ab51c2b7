//! The SQLite file: opened, brought to the present layout, and checked.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use crate::encryption::DatabaseFile;
use crate::error::StoreError;
use crate::graph;

/// How to get from one layout to the next, and back.
struct Migration {
    up: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "the way back is for people; the tests walk it"))]
    down: &'static str,
}

const MIGRATIONS: [Migration; 9] = [
    Migration { up: include_str!("migrations/1-up.sql"), down: include_str!("migrations/1-down.sql") },
    Migration { up: include_str!("migrations/2-up.sql"), down: include_str!("migrations/2-down.sql") },
    Migration { up: include_str!("migrations/3-up.sql"), down: include_str!("migrations/3-down.sql") },
    Migration { up: include_str!("migrations/4-up.sql"), down: include_str!("migrations/4-down.sql") },
    Migration { up: include_str!("migrations/5-up.sql"), down: include_str!("migrations/5-down.sql") },
    Migration { up: include_str!("migrations/6-up.sql"), down: include_str!("migrations/6-down.sql") },
    Migration { up: include_str!("migrations/7-up.sql"), down: include_str!("migrations/7-down.sql") },
    Migration { up: include_str!("migrations/8-up.sql"), down: include_str!("migrations/8-down.sql") },
    Migration { up: include_str!("migrations/9-up.sql"), down: include_str!("migrations/9-down.sql") },
];

/// Another program's write is waited for this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Opens the file, which is made with its folder when it is not there.
pub(crate) fn open(file: &DatabaseFile) -> Result<Connection, StoreError> {
    let path = file.path.as_path();
    let unusable =
        |e: &dyn std::fmt::Display| StoreError::Unusable { path: path.into(), reason: e.to_string() };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| unusable(&e))?;
    }
    let new = !path.exists();
    let connection = file.connect(OpenFlags::default()).map_err(|e| unusable(&e))?;
    if new {
        keep_private(path);
    }
    prepare(connection).map_err(|error| match &error {
        StoreError::Sqlite(e)
            if matches!(e.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)) =>
        {
            unusable(e)
        }
        _ => error.of(path),
    })
}

/// What is said to Jarvis is for nobody else to read. SQLite gives the files beside this one the same permissions. Where
/// the file system knows no permissions there is nothing to do.
fn keep_private(path: &Path) {
    // By name: closing a handle of our own would drop the locks that another connection of this process holds.
    #[cfg(unix)]
    let _ = std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600));
    #[cfg(not(unix))]
    let _ = path;
}

/// To make files that are for their owner alone to read.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The file beside the database whose name is longer by `ending`.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A database that ends with its connection.
pub(crate) fn in_memory() -> Result<Connection, StoreError> {
    prepare(Connection::open_in_memory()?)
}

fn prepare(mut connection: Connection) -> Result<Connection, StoreError> {
    connection.busy_timeout(PATIENCE)?;
    // Before anything is set: the file of a later version is not to be touched.
    layout(&connection)?;
    // With a write-ahead log, reading and writing do not wait for each other; what is committed survives the death of
    // the program, and the death of the machine but for the last moment.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is removed is overwritten.
    connection.pragma_update(None, "secure_delete", true)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// The layout that this Jarvis works with.
pub(crate) fn layout_known() -> u32 {
    MIGRATIONS.len() as u32
}

/// The layout of the file, 0 for an empty one.
pub(crate) fn layout(connection: &Connection) -> Result<u32, StoreError> {
    let found = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = layout_known();
    if found > known { Err(StoreError::TooNew { found, known }) } else { Ok(found) }
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    // Two programs may start at once: the second waits here, and finds the work done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let missing = &MIGRATIONS[layout(&transaction)? as usize..];
    for migration in missing {
        transaction.execute_batch(migration.up)?;
    }
    if !missing.is_empty() {
        transaction.pragma_update(None, "user_version", layout_known())?;
    }
    graph::read_where_rules_changed(&transaction)?;
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(connection: &Connection) -> Vec<String> {
        let sql = "SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_schema
                   WHERE name NOT LIKE 'sqlite_%' ORDER BY 1";
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    fn found(connection: &Connection) -> u32 {
        let sql = "SELECT count(*) FROM title_words WHERE title_words MATCH 'kept'";
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn every_layout_can_be_reached_and_left_again() {
        let present = tables(&in_memory().unwrap());
        assert!(present.iter().any(|entry| entry.starts_with("table messages:")), "{present:?}");
        let add =
            "INSERT INTO conversations (id, title, created_at, updated_at) VALUES ('a', 'is kept', 1, 1)";
        for from in 0..=MIGRATIONS.len() {
            let mut connection = Connection::open_in_memory().unwrap();
            let mut earlier = vec![tables(&connection)];
            for migration in &MIGRATIONS[..from] {
                connection.execute_batch(migration.up).unwrap();
                earlier.push(tables(&connection));
            }
            connection.pragma_update(None, "user_version", from as u32).unwrap();
            let kept = if from > 0 { connection.execute(add, []).unwrap() as u32 } else { 0 };
            migrate(&mut connection).unwrap();
            assert_eq!(tables(&connection), present, "from {from}");
            assert_eq!(layout(&connection).unwrap() as usize, MIGRATIONS.len());
            assert_eq!(found(&connection), kept, "from {from}");
            for (back_to, migration) in MIGRATIONS.iter().enumerate().rev() {
                connection.execute_batch(migration.down).unwrap();
                if let Some(earlier) = earlier.get(back_to) {
                    assert_eq!(&tables(&connection), earlier, "back to {back_to}");
                }
                if back_to > 0 {
                    assert_eq!(found(&connection), kept, "back to {back_to}");
                }
            }
        }
    }

    #[test]
    fn a_step_that_fails_leaves_the_layout_as_it_was() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE messages (of_something_else TEXT)").unwrap();
        let before = tables(&connection);
        assert!(migrate(&mut connection).is_err());
        assert_eq!((tables(&connection), layout(&connection).unwrap()), (before, 0));
    }
}
