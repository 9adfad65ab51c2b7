//! Vectors kept in the database itself, for one that is encrypted: from here every program fills the tables that it finds by, in its
//! own working memory.

use rusqlite::params;

use crate::error::StoreError;
use crate::kind::Kind;
use crate::store::Store;
use crate::vectors::Row;

/// So many are read at once.
const LIMIT: i64 = 4096;

impl Store {
    /// Puts vectors in the place of those of their records.
    pub(crate) fn keep_embeddings(&self, kind: Kind, rows: &[Row]) -> Result<(), StoreError> {
        self.write(|transaction| {
            let sql = "INSERT OR REPLACE INTO embeddings (kind, record, vector) VALUES (?1, ?2, ?3)";
            let mut statement = transaction.prepare_cached(sql)?;
            rows.iter().try_for_each(|Row { record, vector }| {
                let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
                Ok(statement.execute(params![kind.name(), record, bytes]).map(drop)?)
            })
        })
    }

    /// Removes the vectors of what is there no more.
    pub(crate) fn remove_embeddings(&self, kind: Kind, records: &[i64]) -> Result<(), StoreError> {
        self.write(|transaction| {
            let sql = "DELETE FROM embeddings WHERE kind = ?1 AND record = ?2";
            let mut statement = transaction.prepare_cached(sql)?;
            records
                .iter()
                .try_for_each(|record| Ok(statement.execute(params![kind.name(), record]).map(drop)?))
        })
    }

    /// The next vectors that were kept behind the place `after`, each with its place; none at the end.
    pub(crate) fn embeddings(&self, after: i64) -> Result<Vec<(i64, Kind, Row)>, StoreError> {
        self.with(|connection| {
            let sql =
                "SELECT place, kind, record, vector FROM embeddings WHERE place > ?1 ORDER BY place LIMIT ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let kept = statement.query_map([after, LIMIT], |row| {
                let kind = Kind::named(row.get_ref(1)?.as_str()?);
                let number = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                let vector = row.get_ref(3)?.as_blob()?.chunks_exact(4).map(number).collect();
                Ok((row.get(0)?, kind, Row { record: row.get(2)?, vector }))
            })?;
            Ok(kept.collect::<Result<_, _>>()?)
        })
    }
}
