//! Rows of the database as records, and back. What cannot be read is an error, never a guess.

use jarvis_core::Role;
use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::ValueRef;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::records::{Attachment, Conversation, Fact, Message, MessageStatus, Passage, ToldIn};

/// Begins every question for conversations: those that are not deleted, in the order of [`conversation`].
pub(crate) const CONVERSATION: &str = "SELECT c.id, c.title, c.pinned, c.created_at, c.updated_at,
    (SELECT count(*) FROM messages m WHERE m.conversation = c.id) FROM conversations c WHERE c.deleted_at IS NULL";

/// Begins every question for the messages of the conversation `?1`, in the order of [`message`].
pub(crate) const MESSAGE: &str =
    "SELECT id, seq, role, content, status, spoken, turn, reflex, timings, usage, tools, notes, created_at, sources,
    (SELECT json_group_array(json_object('id', a.id, 'name', a.name, 'media_type', a.media_type,
        'size_bytes', a.size_bytes) ORDER BY a.place) FROM attachments a WHERE a.message = messages.id)
    FROM messages WHERE conversation = ?1";

pub(crate) fn conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        id: text(row, 0)?,
        title: row.get(1)?,
        pinned: row.get(2)?,
        created_at: time(row, 3)?,
        updated_at: time(row, 4)?,
        message_count: row.get::<_, i64>(5)? as u64,
    })
}

pub(crate) fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
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
        notes: parsed(row, 11)?,
        created_at: time(row, 12)?,
        sources: parsed(row, 13)?,
        attachments: parsed(row, 14)?,
    })
}

pub(crate) fn attachment(row: &Row<'_>) -> rusqlite::Result<Attachment> {
    Ok(Attachment {
        id: text(row, 0)?,
        name: row.get(1)?,
        media_type: row.get(2)?,
        size_bytes: row.get::<_, i64>(3)? as u64,
    })
}

/// Begins every question for facts, in the order of [`fact`].
pub(crate) const FACT: &str =
    "SELECT f.id, f.text, f.pinned, f.valid_from, f.valid_to, f.superseded_by, f.source, t.id, t.title, f.noted FROM facts f
    LEFT JOIN messages s ON s.id = f.source
    LEFT JOIN conversations t ON t.id = s.conversation AND t.deleted_at IS NULL";

pub(crate) fn fact(row: &Row<'_>) -> rusqlite::Result<Fact> {
    let there = |column: usize| Ok::<_, rusqlite::Error>(row.get_ref(column)? != ValueRef::Null);
    Ok(Fact {
        id: text(row, 0)?,
        text: row.get(1)?,
        pinned: row.get(2)?,
        noted: row.get(9)?,
        valid_from: time(row, 3)?,
        valid_to: there(4)?.then(|| time(row, 4)).transpose()?,
        superseded_by: there(5)?.then(|| text(row, 5)).transpose()?,
        told_in: there(7)?.then(|| told_in(row)).transpose()?,
    })
}

fn told_in(row: &Row<'_>) -> rusqlite::Result<ToldIn> {
    Ok(ToldIn { message: text(row, 6)?, conversation: text(row, 7)?, title: row.get(8)? })
}

/// Begins every question for passages of documents, in the order of [`passage`].
pub(crate) const PASSAGE: &str = "SELECT d.id, d.name, c.place, c.page, c.heading, c.text FROM chunks c
    JOIN documents d ON d.id = c.document";

pub(crate) fn passage(row: &Row<'_>) -> rusqlite::Result<Passage> {
    Ok(Passage {
        document: text(row, 0)?,
        name: row.get(1)?,
        place: row.get(2)?,
        page: row.get(3)?,
        heading: row.get(4)?,
        text: row.get(5)?,
    })
}

/// A value that is kept as its text.
pub(crate) fn text<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    row.get::<_, String>(column)?.parse().map_err(|e| unreadable(column, e))
}

/// A moment, kept in microseconds since 1970.
pub(crate) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(row.get(column)?).map_err(|e| unreadable(column, e))
}

/// A value that is kept as JSON.
pub(crate) fn parsed<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(&row.get::<_, String>(column)?).map_err(|e| unreadable(column, e))
}

/// One of a few words.
pub(crate) fn named<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_value(row.get::<_, String>(column)?.into()).map_err(|e| unreadable(column, e))
}

fn unreadable(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}

pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("our records are plain data")
}

/// The word that stands for one of a few.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("an enum without fields is a word, not {other:?}"),
    }
}
