//! What was written down is taken in again: all of it or nothing, what is there already only once.

use std::collections::HashSet;

use jarvis_core::{ConversationId, DocumentId};
use jiff::Timestamp;
use rusqlite::{Connection, ToSql, Transaction, TransactionBehavior, params};

use super::{ArchiveError, Entry, Imported, bad};
use crate::graph::{relate_chunk, relate_fact};
use crate::records::{Message, MessageStatus};
use crate::rows::{json, word};
use crate::store::Store;

impl Store {
    /// Takes `entries` in, with the lines that they stand on: all of them or, when one is not as it should be, nothing. What is there
    /// already, by its id, stays as it is. A `dry_run` changes nothing. Refused while somebody else has the database open, who would
    /// have to wait for it.
    pub fn import(
        &self,
        entries: impl IntoIterator<Item = Result<(u64, Entry), ArchiveError>>,
        dry_run: bool,
    ) -> Result<Imported, ArchiveError> {
        let _alone = self.alone()?;
        self.with(|connection| Ok(take_in(connection, entries, dry_run)))?
    }
}

fn take_in(
    connection: &mut Connection,
    entries: impl IntoIterator<Item = Result<(u64, Entry), ArchiveError>>,
    dry_run: bool,
) -> Result<Imported, ArchiveError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // A fact may name one that comes behind it, and the message that it was told in.
    transaction.pragma_update(None, "defer_foreign_keys", true)?;
    let mut intake = Intake {
        transaction: &transaction,
        imported: Imported::default(),
        conversation: None,
        known_documents: HashSet::new(),
        named: Vec::new(),
    };
    for entry in entries {
        let (line, entry) = entry?;
        let counts =
            if intake.add(line, &entry)? { &mut intake.imported.added } else { &mut intake.imported.known };
        counts.add(&entry);
    }
    for (line, table, id) in &intake.named {
        if !is_there(&transaction, table, id)? {
            return Err(bad(*line, &format_args!("{id} is not there")));
        }
    }
    let imported = intake.imported;
    if dry_run {
        transaction.rollback()?
    } else {
        transaction.commit()?
    }
    Ok(imported)
}

fn is_there(transaction: &Transaction<'_>, table: &str, id: &str) -> Result<bool, ArchiveError> {
    let mut statement = transaction.prepare_cached(&format!("SELECT 1 FROM {table} WHERE id = ?1"))?;
    Ok(statement.exists([id])?)
}

/// An import under way.
struct Intake<'t> {
    transaction: &'t Transaction<'t>,
    imported: Imported,
    /// The latest that is known to be there.
    conversation: Option<ConversationId>,
    /// Documents that were there before, whose passages stay as they are.
    known_documents: HashSet<DocumentId>,
    /// What facts name, which must be there in the end: the line, the table and the id.
    named: Vec<(u64, &'static str, String)>,
}

impl Intake<'_> {
    /// Whether it was not there yet.
    fn add(&mut self, line: u64, entry: &Entry) -> Result<bool, ArchiveError> {
        match entry {
            Entry::Fact { id, text, told_in, noted, pinned, valid_from, valid_to, superseded_by } => {
                if text.trim().is_empty() {
                    return Err(bad(line, &"the fact says nothing"));
                }
                if valid_to.is_some_and(|until| until < *valid_from) {
                    return Err(bad(line, &"the fact ends before it begins"));
                }
                let [told_in, later] =
                    [told_in.map(|id| id.to_string()), superseded_by.map(|id| id.to_string())];
                let sql =
                    "INSERT INTO facts (id, text, source, pinned, valid_from, valid_to, superseded_by, noted)
                           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO NOTHING";
                let until = valid_to.map(Timestamp::as_microsecond);
                let from = valid_from.as_microsecond();
                let added = self
                    .insert(sql, params![id.to_string(), text, told_in, pinned, from, until, later, noted])?;
                if added {
                    relate_fact(self.transaction, self.transaction.last_insert_rowid(), text)?;
                    self.named.extend(told_in.map(|id| (line, "messages", id)));
                    self.named.extend(later.map(|id| (line, "facts", id)));
                }
                Ok(added)
            }
            Entry::Conversation { id, title, titled, pinned, created_at, updated_at } => {
                self.conversation = Some(*id);
                let sql = "INSERT INTO conversations (id, title, titled, pinned, created_at, updated_at)
                           VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO NOTHING";
                let [from, until] = [created_at, updated_at].map(|at| at.as_microsecond());
                self.insert(sql, params![id.to_string(), title, titled, pinned, from, until])
            }
            Entry::Message { conversation, message } => self.add_message(line, *conversation, message),
            Entry::Document { id, name, path, hash, size_bytes, pages, left_out, added_at } => {
                let known = "SELECT 1 FROM documents WHERE id = ?1 OR hash = ?2";
                if self.transaction.prepare_cached(known)?.exists([&id.to_string(), hash])? {
                    self.known_documents.insert(*id);
                    return Ok(false);
                }
                // Something else may have been read from that place meanwhile.
                let sql =
                    "INSERT INTO documents (id, name, path, hash, size_bytes, pages, left_out, added_at)
                           VALUES (?1, ?2, CASE WHEN EXISTS (SELECT 1 FROM documents WHERE path = ?3) THEN ?4 || '/' || ?2
                           ELSE ?3 END, ?4, ?5, ?6, ?7, ?8)";
                let size = whole(line, *size_bytes)?;
                let (left_out, at) = (json(left_out), added_at.as_microsecond());
                self.insert(sql, params![id.to_string(), name, path, hash, size, pages, left_out, at])
            }
            Entry::Passage { document, place, page, heading, text } => {
                if self.known_documents.contains(document) {
                    return Ok(false);
                }
                let id = document.to_string();
                if !is_there(self.transaction, "documents", &id)? {
                    return Err(bad(line, &"its document is not there"));
                }
                let sql =
                    "INSERT INTO chunks (document, place, page, heading, text) VALUES (?1, ?2, ?3, ?4, ?5)";
                let added = self.insert(sql, params![id, place, page, heading, text]);
                let added = added.map_err(|_| bad(line, &"there is such a passage already"))?;
                relate_chunk(self.transaction, self.transaction.last_insert_rowid(), text)?;
                Ok(added)
            }
        }
    }

    fn add_message(
        &mut self,
        line: u64,
        conversation: ConversationId,
        message: &Message,
    ) -> Result<bool, ArchiveError> {
        let of = conversation.to_string();
        if self.conversation != Some(conversation) {
            if !is_there(self.transaction, "conversations", &of)? {
                return Err(bad(line, &"its conversation is not there"));
            }
            self.conversation = Some(conversation);
        }
        if message.status == MessageStatus::Streaming {
            return Err(bad(line, &"a message that nobody writes"));
        }
        // Where the conversation went on in another way, it comes at the end.
        let sql = "INSERT INTO messages (id, conversation, seq, role, content, status, spoken, turn, reflex, timings, usage, tools,
                       notes, sources, created_at, noted)
                   VALUES (?1, ?2, CASE WHEN EXISTS (SELECT 1 FROM messages WHERE conversation = ?2 AND seq = ?3)
                       THEN (SELECT max(seq) + 1 FROM messages WHERE conversation = ?2) ELSE ?3 END,
                       ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, 1) ON CONFLICT (id) DO NOTHING";
        self.insert(
            sql,
            params![
                message.id.to_string(),
                of,
                whole(line, message.seq)?,
                word(&message.role),
                message.content,
                word(&message.status),
                message.spoken,
                message.turn.map(|turn| turn.to_string()),
                message.reflex,
                message.timings.as_ref().map(json),
                message.usage.as_ref().map(json),
                json(&message.tools),
                json(&message.notes),
                json(&message.sources),
                message.created_at.as_microsecond()
            ],
        )
    }

    fn insert(&self, sql: &str, given: &[&dyn ToSql]) -> Result<bool, ArchiveError> {
        Ok(self.transaction.prepare_cached(sql)?.execute(given)? > 0)
    }
}

fn whole(line: u64, number: u64) -> Result<i64, ArchiveError> {
    i64::try_from(number).map_err(|e| bad(line, &e))
}
