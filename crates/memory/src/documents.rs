//! What Jarvis has read: documents and their passages, kept.

use jarvis_core::{Chunk, DocumentId, LeftOut};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::error::StoreError;
use crate::graph::relate_chunks;
use crate::records::{Document, NewDocument, Passage};
use crate::rows::{self, PASSAGE};
use crate::store::{Store, require};

/// Begins every question for documents, in the order of [`document`].
const DOCUMENT: &str = "SELECT d.id, d.name, d.path, d.size_bytes, d.pages, d.left_out, d.added_at,
    (SELECT count(*) FROM chunks c WHERE c.document = d.id) FROM documents d";

impl Store {
    /// All documents, the latest first.
    pub fn documents(&self) -> Result<Vec<Document>, StoreError> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("{DOCUMENT} ORDER BY d.added_at DESC, d.n DESC"))?;
            statement.query_map([], document)?.map(|row| Ok(row?)).collect()
        })
    }

    /// One document.
    pub fn document(&self, id: DocumentId) -> Result<Document, StoreError> {
        let sql = format!("{DOCUMENT} WHERE d.id = ?1");
        let found = self.with(|c| Ok(c.query_row(&sql, [id.to_string()], document).optional()?))?;
        found.ok_or(StoreError::NotFound { what: "document" })
    }

    /// The document with the same bytes.
    pub fn document_by_hash(&self, hash: &str) -> Result<Option<Document>, StoreError> {
        let sql = format!("{DOCUMENT} WHERE d.hash = ?1");
        self.with(|connection| Ok(connection.query_row(&sql, [hash], document).optional()?))
    }

    /// Keeps a document, in the place of one that was read from the same file: all of it or nothing.
    pub fn keep_document(
        &self,
        new: &NewDocument,
        chunks: &[Chunk],
        now: Timestamp,
    ) -> Result<Document, StoreError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM documents WHERE path = ?1", [&new.path])?;
            let id = add(transaction, new, now)?;
            let mut statement = transaction.prepare_cached(
                "INSERT INTO chunks (document, place, page, heading, text) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for (place, chunk) in chunks.iter().enumerate() {
                let place = place as i64;
                statement.execute(params![id.to_string(), place, chunk.page, chunk.heading, chunk.text])?;
            }
            relate_chunks(transaction, &id.to_string())?;
            let sql = format!("{DOCUMENT} WHERE d.id = ?1");
            Ok(transaction.query_row(&sql, [id.to_string()], document)?)
        })
    }

    /// Removes a document for good. The file that it was read from stays as it is.
    pub fn remove_document(&self, id: DocumentId) -> Result<(), StoreError> {
        let sql = "DELETE FROM documents WHERE id = ?1";
        self.with(|connection| require("document", connection.execute(sql, [id.to_string()])?))?;
        self.tidy()
    }

    /// The passages of a document, in the order of the text.
    pub fn passages(&self, id: DocumentId) -> Result<Vec<Passage>, StoreError> {
        self.document(id)?;
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("{PASSAGE} WHERE c.document = ?1 ORDER BY c.place"))?;
            statement.query_map([id.to_string()], rows::passage)?.map(|row| Ok(row?)).collect()
        })
    }
}

fn add(transaction: &Transaction<'_>, new: &NewDocument, now: Timestamp) -> Result<DocumentId, StoreError> {
    let id = DocumentId::new();
    transaction.execute(
        "INSERT INTO documents (id, name, path, hash, size_bytes, pages, left_out, added_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            id.to_string(),
            new.name,
            new.path,
            new.hash,
            new.size_bytes as i64,
            new.pages,
            rows::json(&new.left_out),
            now.as_microsecond()
        ],
    )?;
    Ok(id)
}

pub(crate) fn document(row: &Row<'_>) -> rusqlite::Result<Document> {
    Ok(Document {
        id: rows::text(row, 0)?,
        name: row.get(1)?,
        path: row.get(2)?,
        size_bytes: row.get::<_, i64>(3)? as u64,
        pages: row.get(4)?,
        left_out: rows::parsed::<Vec<LeftOut>>(row, 5)?,
        added_at: rows::time(row, 6)?,
        chunk_count: row.get::<_, i64>(7)? as u64,
    })
}
