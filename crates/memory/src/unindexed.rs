//! What the vectors do not know yet. Triggers list it with the change itself, in the same transaction; so whatever dies at
//! whatever moment, what is missing from the vectors is on the list.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::StoreError;
use crate::kind::Kind;
use crate::store::Store;

/// So many records of the list are looked at in one go: others want to read too.
const LOOKED_AT: i64 = 10_000;

/// A record that came, changed or went.
pub(crate) struct Change {
    /// Its place on the list.
    pub place: i64,
    pub kind: Kind,
    pub record: i64,
    /// None when it went, or is not worth being found again.
    pub text: Option<String>,
}

impl Store {
    /// The vectors that the list belongs to, and the model that they were made with.
    pub(crate) fn vectors(&self) -> Result<Option<(String, String)>, StoreError> {
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        self.with(|c| Ok(c.query_row("SELECT generation, model FROM vectors", [], row).optional()?))
    }

    /// From now on the list belongs to vectors that are not there yet: everything is on it.
    pub(crate) fn begin_vectors(&self, generation: &str, model: &str) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM vectors", [])?;
            transaction.execute("DELETE FROM unindexed", [])?;
            transaction.execute("DELETE FROM embeddings", [])?;
            transaction
                .execute("INSERT INTO vectors (generation, model) VALUES (?1, ?2)", [generation, model])?;
            for kind in Kind::ALL {
                let all = format!(
                    "INSERT INTO unindexed (kind, record) SELECT '{}', n FROM {}",
                    kind.name(),
                    kind.table()
                );
                transaction.execute(&all, [])?;
            }
            Ok(())
        })
    }

    /// How long the list is.
    pub fn unindexed(&self) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM unindexed";
        self.with(|connection| Ok(connection.query_row(sql, [], |row| row.get::<_, i64>(0))? as u64))
    }

    /// Of the next records on the list behind the place `after`, those that are there no more, and the place of the last that was
    /// looked at; none at the end. To remove their vectors no model is needed. What goes comes to the end of the list, so no place is
    /// to be looked at twice.
    pub(crate) fn gone(&self, after: i64) -> Result<Option<(Vec<Change>, i64)>, StoreError> {
        self.with(|connection| {
            let sql = "SELECT max(place) FROM (SELECT place FROM unindexed WHERE place > ?1 ORDER BY place LIMIT ?2)";
            let until: Option<i64> =
                connection.prepare_cached(sql)?.query_row([after, LOOKED_AT], |row| row.get(0))?;
            let Some(until) = until else { return Ok(None) };
            let mut gone = Vec::new();
            for kind in Kind::ALL {
                // The plus keeps SQLite from going through all of the kind.
                let sql = format!(
                    "SELECT place, record FROM unindexed u WHERE place > ?1 AND place <= ?2 AND +kind = '{}'
                     AND NOT EXISTS (SELECT 1 FROM {} WHERE n = u.record)",
                    kind.name(),
                    kind.table()
                );
                let mut statement = connection.prepare_cached(&sql)?;
                let change = |row: &rusqlite::Row<'_>| {
                    Ok(Change { place: row.get(0)?, kind, record: row.get(1)?, text: None })
                };
                for change in statement.query_map([after, until], change)? {
                    gone.push(change?);
                }
            }
            Ok(Some((gone, until)))
        })
    }

    /// The beginning of the list.
    pub(crate) fn changes(&self, limit: u32) -> Result<Vec<Change>, StoreError> {
        self.with(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT place, kind, record FROM unindexed ORDER BY place LIMIT ?1")?;
            let listed = statement
                .query_map([limit], |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?)))?;
            let listed = listed.collect::<Result<Vec<(i64, String, i64)>, _>>()?;
            let change = |(place, kind, record): (i64, String, i64)| {
                let kind = Kind::named(&kind);
                Ok(Change { place, kind, record, text: text(connection, kind, record)? })
            };
            listed.into_iter().map(change).collect()
        })
    }

    /// The vectors know of these.
    pub(crate) fn indexed(&self, changes: &[Change]) -> Result<(), StoreError> {
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached("DELETE FROM unindexed WHERE place = ?1")?;
            changes.iter().try_for_each(|change| Ok(statement.execute(params![change.place]).map(drop)?))
        })
    }
}

fn text(connection: &Connection, kind: Kind, record: i64) -> Result<Option<String>, StoreError> {
    let mut statement = connection.prepare_cached(kind.text_of())?;
    Ok(statement.query_row([record], |row| row.get(0)).optional()?)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn what_went_is_found_behind_what_was_looked_at() {
        let store = Store::in_memory().unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let [first, second] =
            ["I live in Bath", "I have a dog"].map(|text| store.remember(text, None, now).unwrap().id);
        let (gone, until) = store.gone(0).unwrap().unwrap();
        assert!(gone.is_empty());
        assert!(store.gone(until).unwrap().is_none());
        for id in [second, first] {
            store.forget_fact(id).unwrap();
        }
        let (gone, until) = store.gone(until).unwrap().unwrap();
        assert_eq!(gone.len(), 2);
        store.indexed(&gone).unwrap();
        assert!(store.gone(until).unwrap().is_none());
        assert_eq!(store.unindexed().unwrap(), 0);
    }
}
