//! How much is kept.

use crate::error::StoreError;
use crate::records::Stats;
use crate::store::Store;

impl Store {
    /// How much is kept.
    pub fn stats(&self) -> Result<Stats, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM facts WHERE valid_to IS NULL),
            (SELECT count(*) FROM facts WHERE valid_to IS NOT NULL),
            (SELECT count(*) FROM conversations WHERE deleted_at IS NULL), (SELECT count(*) FROM messages),
            (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks), (SELECT count(*) FROM unindexed),
            (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size)";
        let count = |row: &rusqlite::Row<'_>, column: usize| {
            Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)? as u64)
        };
        self.with(|connection| {
            let stats = connection.query_row(sql, [], |row| {
                Ok(Stats {
                    encrypted: self.is_encrypted(),
                    facts: count(row, 0)?,
                    past_facts: count(row, 1)?,
                    conversations: count(row, 2)?,
                    messages: count(row, 3)?,
                    documents: count(row, 4)?,
                    chunks: count(row, 5)?,
                    unindexed: count(row, 6)?,
                    bytes: count(row, 7)?,
                })
            });
            Ok(stats?)
        })
    }
}
