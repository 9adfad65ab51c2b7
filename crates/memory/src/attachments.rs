//! Attachments: sent ahead of their message, then part of it, gone with it.
//!
//! Whether something may be attached, and under which name, is for the caller to say.

use jarvis_core::{AttachmentId, MessageId};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::error::StoreError;
use crate::records::{Attachment, NewAttachment};
use crate::rows;
use crate::store::{Store, require};

impl Store {
    /// Keeps what will go with a message that is still to be written. What has waited for its message since before
    /// `stale` is removed.
    pub fn attach(
        &self,
        new: &NewAttachment,
        stale: Timestamp,
        now: Timestamp,
    ) -> Result<Attachment, StoreError> {
        let id = AttachmentId::new();
        self.forget_waiting(stale)?;
        let size_bytes = new.content.len() as u64;
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO attachments (id, name, media_type, size_bytes, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id.to_string(), new.name, new.media_type, size_bytes as i64, now.as_microsecond()],
            )?;
            transaction.execute(
                "INSERT INTO attachment_bytes (attachment, content) VALUES (?1, ?2)",
                params![transaction.last_insert_rowid(), new.content],
            )?;
            let (name, media_type) = (new.name.clone(), new.media_type.clone());
            Ok(Attachment { id, name, media_type, size_bytes })
        })
    }

    /// An attachment with its bytes. Those of a conversation that was deleted are not found.
    pub fn attachment(&self, id: AttachmentId) -> Result<(Attachment, Vec<u8>), StoreError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT a.id, a.name, a.media_type, a.size_bytes, b.content FROM attachments a
                 JOIN attachment_bytes b ON b.attachment = a.n
                 LEFT JOIN messages m ON m.id = a.message LEFT JOIN conversations c ON c.id = m.conversation
                 WHERE a.id = ?1 AND c.deleted_at IS NULL",
            )?;
            let found =
                statement.query_row([id.to_string()], |row| Ok((rows::attachment(row)?, row.get(4)?)));
            found.optional()?.ok_or(StoreError::NotFound { what: "attachment" })
        })
    }

    /// Removes for good what has waited for its message since before `before`. Returns how many attachments that were.
    pub fn forget_waiting(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.remove(
            "DELETE FROM attachments WHERE message IS NULL AND created_at < ?1",
            before.as_microsecond(),
        )
    }
}

/// Makes them part of a message, in this order. One that is part of another already is not to be had.
pub(crate) fn give(
    transaction: &Transaction<'_>,
    message: MessageId,
    attachments: &[AttachmentId],
) -> Result<(), StoreError> {
    for (place, id) in attachments.iter().enumerate() {
        let given = transaction.execute(
            "UPDATE attachments SET message = ?1, place = ?2 WHERE id = ?3 AND message IS NULL",
            params![message.to_string(), place as i64, id.to_string()],
        )?;
        require("attachment", given)?;
    }
    Ok(())
}

/// Takes those of these back that are part of `message` itself: what stands in its place may have them too.
pub(crate) fn take_back(
    transaction: &Transaction<'_>,
    message: MessageId,
    attachments: &[AttachmentId],
) -> Result<(), StoreError> {
    for id in attachments {
        transaction.execute(
            "UPDATE attachments SET message = NULL, place = NULL WHERE id = ?1 AND message = ?2",
            params![id.to_string(), message.to_string()],
        )?;
    }
    Ok(())
}
