//! The SQLite file: opened, brought to the present layout, and checked.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use crate::error::StoreError;

/// How to get from one layout to the next, and back.
struct Migration {
    up: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "the way back is for people; the tests walk it"))]
    down: &'static str,
}

const MIGRATIONS: [Migration; 1] =
    [Migration { up: include_str!("migrations/1-up.sql"), down: include_str!("migrations/1-down.sql") }];

/// Another program's write is waited for this long.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens the file at `path`, which is made with its folder when it is not there.
pub(crate) fn open(path: &Path) -> Result<Connection, StoreError> {
    let unusable =
        |e: &dyn std::fmt::Display| StoreError::Unusable { path: path.into(), reason: e.to_string() };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| unusable(&e))?;
    }
    let connection = Connection::open(path).map_err(|e| unusable(&e))?;
    prepare(connection).map_err(|error| match &error {
        StoreError::Sqlite(e)
            if matches!(
                e.sqlite_error_code(),
                Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
            ) =>
        {
            StoreError::Damaged { path: path.into() }
        }
        StoreError::Sqlite(e)
            if matches!(e.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)) =>
        {
            unusable(e)
        }
        _ => error,
    })
}

/// A database that ends with its connection.
pub(crate) fn in_memory() -> Result<Connection, StoreError> {
    prepare(Connection::open_in_memory()?)
}

fn prepare(mut connection: Connection) -> Result<Connection, StoreError> {
    connection.busy_timeout(PATIENCE)?;
    // With a write-ahead log, reading and writing do not wait for each other; what is committed survives the death of
    // the program, and the death of the machine but for the last moment.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    migrate(&mut connection)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    // Two programs may start at once: the second waits here, and finds the work done.
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = MIGRATIONS.len() as u32;
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    for migration in &MIGRATIONS[found as usize..] {
        transaction.execute_batch(migration.up)?;
    }
    if found < known {
        transaction.pragma_update(None, "user_version", known)?;
    }
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(connection: &Connection) -> Vec<String> {
        let sql = "SELECT type || ' ' || name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1";
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn every_layout_can_be_reached_and_left_again() {
        let present = layout(&in_memory().unwrap());
        assert!(present.iter().any(|entry| entry == "table messages"), "{present:?}");
        for from in 0..=MIGRATIONS.len() {
            let mut connection = Connection::open_in_memory().unwrap();
            for migration in &MIGRATIONS[..from] {
                connection.execute_batch(migration.up).unwrap();
            }
            connection.pragma_update(None, "user_version", from as u32).unwrap();
            migrate(&mut connection).unwrap();
            assert_eq!(layout(&connection), present, "from {from}");
            for migration in MIGRATIONS.iter().rev() {
                connection.execute_batch(migration.down).unwrap();
            }
            assert_eq!(layout(&connection), Vec::<String>::new(), "and all the way back");
        }
    }
}
