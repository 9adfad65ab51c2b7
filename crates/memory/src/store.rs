//! Conversations and messages, kept.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jarvis_core::{ConversationId, MessageId, Role};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::database;
use crate::error::StoreError;
use crate::records::{Conversation, Message, MessageStatus, MessageUpdate, NewMessage, TurnRecord};

/// Longest title made from a request, in characters.
const TITLE: usize = 60;

const CONVERSATION: &str = "SELECT c.id, c.title, c.pinned, c.created_at, c.updated_at,
    (SELECT count(*) FROM messages m WHERE m.conversation = c.id) FROM conversations c WHERE c.deleted_at IS NULL";
const MESSAGE: &str =
    "SELECT id, seq, role, content, status, spoken, turn, reflex, timings, usage, tools, created_at
    FROM messages WHERE conversation = ?1";

/// See the module. May be shared: calls wait for each other.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// The store in the file at `path`, which is made with its folder when it is not there. An answer that was being
    /// written when the program died is marked as interrupted.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::over(database::open(path)?)
    }

    /// A store that ends with the program.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::over(database::in_memory()?)
    }

    fn over(connection: Connection) -> Result<Self, StoreError> {
        connection.execute("UPDATE messages SET status = 'interrupted' WHERE status = 'streaming'", [])?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// A new conversation.
    pub fn create(&self, title: Option<&str>, now: Timestamp) -> Result<Conversation, StoreError> {
        let id = ConversationId::new();
        let title = title.map(str::trim).filter(|t| !t.is_empty());
        self.lock().execute(
            "INSERT INTO conversations (id, title, titled, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)",
            params![id.to_string(), title.unwrap_or_default(), title.is_some(), now.as_microsecond()],
        )?;
        self.conversation(id)
    }

    /// One conversation.
    pub fn conversation(&self, id: ConversationId) -> Result<Conversation, StoreError> {
        let connection = self.lock();
        let sql = format!("{CONVERSATION} AND c.id = ?1");
        let found = connection.query_row(&sql, [id.to_string()], conversation).optional()?;
        found.ok_or(StoreError::NotFound { what: "conversation" })
    }

    /// All conversations, the pinned ones and then the latest first; with `search` those in whose title or messages all
    /// of its words are found, the last of them perhaps unfinished. What is searched for is text, whatever signs are in it.
    pub fn list(&self, search: Option<&str>) -> Result<Vec<Conversation>, StoreError> {
        let connection = self.lock();
        let order = "ORDER BY c.pinned DESC, c.updated_at DESC, c.n DESC";
        let Some(words) = search.and_then(search_expression) else {
            let mut statement = connection.prepare_cached(&format!("{CONVERSATION} {order}"))?;
            return statement.query_map([], conversation)?.map(|row| Ok(row?)).collect();
        };
        let sql = format!(
            "{CONVERSATION} AND (c.n IN (SELECT rowid FROM title_words WHERE title_words MATCH ?1)
             OR c.id IN (SELECT m.conversation FROM messages m WHERE m.n IN
                (SELECT rowid FROM message_words WHERE message_words MATCH ?1))) {order}"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        statement.query_map([words], conversation)?.map(|row| Ok(row?)).collect()
    }

    /// Another title.
    pub fn rename(&self, id: ConversationId, title: &str) -> Result<(), StoreError> {
        let sql = "UPDATE conversations SET title = ?2, titled = 1 WHERE id = ?1 AND deleted_at IS NULL";
        found(self.lock().execute(sql, params![id.to_string(), title.trim()])?)
    }

    /// Whether it is listed before the others.
    pub fn set_pinned(&self, id: ConversationId, pinned: bool) -> Result<(), StoreError> {
        let sql = "UPDATE conversations SET pinned = ?2 WHERE id = ?1 AND deleted_at IS NULL";
        found(self.lock().execute(sql, params![id.to_string(), pinned])?)
    }

    /// Takes a conversation out of every list. [`Self::restore`] brings it back until [`Self::purge`].
    pub fn delete(&self, id: ConversationId, now: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE conversations SET deleted_at = ?2 WHERE id = ?1 AND deleted_at IS NULL";
        found(self.lock().execute(sql, params![id.to_string(), now.as_microsecond()])?)
    }

    /// Brings a deleted conversation back.
    pub fn restore(&self, id: ConversationId) -> Result<Conversation, StoreError> {
        let sql = "UPDATE conversations SET deleted_at = NULL WHERE id = ?1";
        found(self.lock().execute(sql, [id.to_string()])?)?;
        self.conversation(id)
    }

    /// Removes for good what was deleted before `before`. Returns how many conversations that were.
    pub fn purge(&self, before: Timestamp) -> Result<usize, StoreError> {
        let sql = "DELETE FROM conversations WHERE deleted_at < ?1";
        Ok(self.lock().execute(sql, [before.as_microsecond()])?)
    }

    /// Adds a message at the end. The first request gives a conversation without a title its title.
    pub fn append(&self, id: ConversationId, new: NewMessage, now: Timestamp) -> Result<Message, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        found(transaction.execute(
            "UPDATE conversations SET updated_at = ?2,
             title = CASE WHEN titled = 0 AND title = '' AND ?3 = 'user' THEN ?4 ELSE title END
             WHERE id = ?1 AND deleted_at IS NULL",
            params![id.to_string(), now.as_microsecond(), word(&new.role), title_from(&new.content)],
        )?)?;
        let message = MessageId::new();
        transaction.execute(
            "INSERT INTO messages (id, conversation, seq, role, content, status, spoken, turn, created_at)
             VALUES (?1, ?2, (SELECT coalesce(max(seq), 0) + 1 FROM messages WHERE conversation = ?2), ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                message.to_string(),
                id.to_string(),
                word(&new.role),
                new.content,
                word(&new.status),
                new.spoken,
                new.turn.map(|t| t.to_string()),
                now.as_microsecond()
            ],
        )?;
        let sql = format!("{MESSAGE} AND id = ?2");
        let kept =
            transaction.query_row(&sql, params![id.to_string(), message.to_string()], self::message)?;
        transaction.commit()?;
        Ok(kept)
    }

    /// An answer is over.
    pub fn update(&self, id: MessageId, update: &MessageUpdate) -> Result<(), StoreError> {
        let changed = self.lock().execute(
            "UPDATE messages SET content = ?2, status = ?3, timings = ?4, usage = ?5, reflex = ?6, tools = ?7 WHERE id = ?1",
            params![
                id.to_string(),
                update.content,
                word(&update.status),
                update.timings.as_ref().map(json),
                update.usage.as_ref().map(json),
                update.reflex,
                json(&update.tools)
            ],
        )?;
        if changed == 0 { Err(StoreError::NotFound { what: "message" }) } else { Ok(()) }
    }

    /// At most `limit` messages before the place `before`, or the last ones; oldest first. And whether there are older
    /// ones.
    pub fn page(
        &self,
        id: ConversationId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<(Vec<Message>, bool), StoreError> {
        self.conversation(id)?;
        let before = before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX));
        let mut messages = self.messages(
            "AND seq < ?2 ORDER BY seq DESC LIMIT ?3",
            params![id.to_string(), before, i64::from(limit) + 1],
        )?;
        let has_more = messages.len() > limit as usize;
        messages.truncate(limit as usize);
        messages.reverse();
        Ok((messages, has_more))
    }

    /// Every message, oldest first.
    pub fn all_messages(&self, id: ConversationId) -> Result<Vec<Message>, StoreError> {
        self.conversation(id)?;
        self.messages("ORDER BY seq", params![id.to_string()])
    }

    /// The person's last request.
    pub fn last_request(&self, id: ConversationId) -> Result<Option<Message>, StoreError> {
        self.conversation(id)?;
        let last = self.messages("AND role = 'user' ORDER BY seq DESC LIMIT 1", params![id.to_string()])?;
        Ok(last.into_iter().next())
    }

    /// Removes a message and everything behind it.
    pub fn truncate_from(&self, id: ConversationId, message: MessageId) -> Result<(), StoreError> {
        let sql = "DELETE FROM messages WHERE conversation = ?1 AND seq >=
                   (SELECT seq FROM messages WHERE conversation = ?1 AND id = ?2)";
        match self.lock().execute(sql, params![id.to_string(), message.to_string()])? {
            0 => Err(StoreError::NotFound { what: "message" }),
            _ => Ok(()),
        }
    }

    /// How quick the latest answers were, newest last.
    pub fn recent_turns(&self, limit: u32) -> Result<Vec<TurnRecord>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT created_at, spoken, timings FROM messages WHERE timings IS NOT NULL ORDER BY n DESC LIMIT ?1",
        )?;
        let record = |row: &Row<'_>| {
            Ok(TurnRecord { at: time(row, 0)?, spoken: row.get(1)?, timings: parsed(row, 2)? })
        };
        let mut turns: Vec<TurnRecord> = statement.query_map([limit], record)?.collect::<Result<_, _>>()?;
        turns.reverse();
        Ok(turns)
    }

    fn messages(&self, which: &str, params: &[&dyn rusqlite::ToSql]) -> Result<Vec<Message>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&format!("{MESSAGE} {which}"))?;
        statement.query_map(params, message)?.map(|row| Ok(row?)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a person typed as words that must all be there, the last one perhaps only begun. None when there are none.
fn search_expression(search: &str) -> Option<String> {
    // Only letters and digits can be found; the rest parts words, as it does in the index.
    let words = search.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let quoted: Vec<String> = words.map(|word| format!("\"{word}\"")).collect();
    (!quoted.is_empty()).then(|| quoted.join(" ") + "*")
}

/// The beginning of a request, cut between two words.
fn title_from(content: &str) -> String {
    let line = content.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    if line.chars().count() <= TITLE {
        return line.to_string();
    }
    let cut: String = line.chars().take(TITLE).collect();
    let end = cut.rfind(char::is_whitespace).unwrap_or(cut.len());
    format!("{}\u{2026}", cut[..end].trim_end())
}

fn found(changed: usize) -> Result<(), StoreError> {
    if changed == 0 { Err(StoreError::NotFound { what: "conversation" }) } else { Ok(()) }
}

fn conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        id: text(row, 0)?,
        title: row.get(1)?,
        pinned: row.get(2)?,
        created_at: time(row, 3)?,
        updated_at: time(row, 4)?,
        message_count: row.get::<_, i64>(5)? as u64,
    })
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: text(row, 0)?,
        seq: row.get::<_, i64>(1)? as u64,
        role: named::<Role>(row, 2)?,
        content: row.get(3)?,
        status: named::<MessageStatus>(row, 4)?,
        spoken: row.get(5)?,
        turn: row.get::<_, Option<String>>(6)?.map(|_| text(row, 6)).transpose()?,
        reflex: row.get(7)?,
        timings: row.get::<_, Option<String>>(8)?.map(|_| parsed(row, 8)).transpose()?,
        usage: row.get::<_, Option<String>>(9)?.map(|_| parsed(row, 9)).transpose()?,
        tools: parsed(row, 10)?,
        created_at: time(row, 11)?,
    })
}

/// A value that is kept as its text.
fn text<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    row.get::<_, String>(column)?.parse().map_err(|e| unreadable(column, e))
}

/// A moment, kept in microseconds since 1970.
fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(row.get(column)?).map_err(|e| unreadable(column, e))
}

/// A value that is kept as JSON.
fn parsed<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(&row.get::<_, String>(column)?).map_err(|e| unreadable(column, e))
}

/// One of a few words.
fn named<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_value(row.get::<_, String>(column)?.into()).map_err(|e| unreadable(column, e))
}

fn unreadable(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("our records are plain data")
}

/// The word that stands for one of a few.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("an enum without fields is a word, not {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_said_so_and_loses_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("jarvis.sqlite");
        let store = Store::open(&path).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let id = store.create(None, now).unwrap().id;
        let said = |content: &str| NewMessage {
            role: Role::User,
            content: content.into(),
            status: MessageStatus::Complete,
            spoken: false,
            turn: None,
        };
        store.append(id, said("kept"), now).unwrap();
        // SQLite then says what it says when the disk is full.
        store.lock().pragma_update(None, "max_page_count", 60).unwrap();
        let long = "long ".repeat(2000);
        let error =
            (0..1000).find_map(|_| store.append(id, said(&long), now).err()).expect("it does not fit");
        assert!(matches!(error, StoreError::Full), "{error}");
        drop(store);
        let store = Store::open(&path).unwrap();
        assert_eq!(store.all_messages(id).unwrap()[0].content, "kept");
        store.append(id, said("there is room again"), now).unwrap();
    }
}
