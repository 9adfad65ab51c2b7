//! Conversations and messages, kept.

use std::time::Duration;

use jarvis_core::{ConversationId, MessageId, Role};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::afterwards::unsum;
use crate::attachments::{give, take_back};
use crate::error::StoreError;
use crate::records::{Conversation, Message, MessageStatus, MessageUpdate, NewMessage, TurnRecord};
use crate::rows::{self, CONVERSATION, MESSAGE, json, word};
use crate::store::{Store, require};

/// Longest title made from a request, in characters.
const TITLE: usize = 60;

/// So many messages are removed in one go.
const AT_ONCE: usize = 16;
/// Between two such goes.
const A_BREATH: Duration = Duration::from_millis(1);

impl Store {
    /// A new conversation.
    pub fn create(&self, title: Option<&str>, now: Timestamp) -> Result<Conversation, StoreError> {
        let id = ConversationId::new();
        let title = title.unwrap_or_default().trim();
        self.with(|connection| {
            connection.execute(
                "INSERT INTO conversations (id, title, titled, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)",
                params![id.to_string(), title, !title.is_empty(), now.as_microsecond()],
            )?;
            known(connection, id)
        })
    }

    /// One conversation.
    pub fn conversation(&self, id: ConversationId) -> Result<Conversation, StoreError> {
        self.with(|connection| known(connection, id))
    }

    /// Another title; an empty one stands for the beginning of the first request.
    pub fn rename(&self, id: ConversationId, title: &str) -> Result<(), StoreError> {
        let title = title.trim();
        self.write(|transaction| {
            found(transaction.execute(
                "UPDATE conversations SET title = ?2, titled = ?3 WHERE id = ?1 AND deleted_at IS NULL",
                params![id.to_string(), title, !title.is_empty()],
            )?)?;
            entitle(transaction, id)
        })
    }

    /// Whether it is listed before the others.
    pub fn set_pinned(&self, id: ConversationId, pinned: bool) -> Result<(), StoreError> {
        let sql = "UPDATE conversations SET pinned = ?2 WHERE id = ?1 AND deleted_at IS NULL";
        self.with(|connection| found(connection.execute(sql, params![id.to_string(), pinned])?))
    }

    /// Takes a conversation out of every list. [`Self::restore`] brings it back until [`Self::purge`].
    pub fn delete(&self, id: ConversationId, now: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE conversations SET deleted_at = ?2 WHERE id = ?1 AND deleted_at IS NULL";
        self.with(|connection| found(connection.execute(sql, params![id.to_string(), now.as_microsecond()])?))
    }

    /// Brings a deleted conversation back.
    pub fn restore(&self, id: ConversationId) -> Result<Conversation, StoreError> {
        self.with(|connection| {
            let sql = "UPDATE conversations SET deleted_at = NULL WHERE id = ?1";
            found(connection.execute(sql, [id.to_string()])?)?;
            known(connection, id)
        })
    }

    /// Removes for good what was deleted before `before`: nothing of it is left in the files, unless another program or an
    /// export is reading them at this moment; then the log beside the database keeps it for a while. Returns how many
    /// conversations that were.
    pub fn purge(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.remove_conversations("deleted_at < ?1", before)
    }

    /// Removes for good, as [`Self::purge`] does, the conversations whose last message came before `before`, but for the pinned ones.
    /// Facts that were told in them stay. Returns how many conversations that were.
    pub fn purge_old(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.remove_conversations("NOT pinned AND updated_at < ?1", before)
    }

    /// A few messages at a time: each takes some milliseconds among very many, and others want to write meanwhile.
    fn remove_conversations(&self, which: &str, before: Timestamp) -> Result<usize, StoreError> {
        let next = format!("SELECT id FROM conversations WHERE {which} LIMIT 1");
        let messages = format!(
            "DELETE FROM messages WHERE n IN (SELECT m.n FROM conversations c JOIN messages m ON m.conversation = c.id
             WHERE {which} AND c.id = ?2 ORDER BY m.seq DESC LIMIT {AT_ONCE})"
        );
        // Somebody may have gone on with it meanwhile.
        let rest = format!("DELETE FROM conversations WHERE {which} AND id = ?2");
        let (before, mut gone) = (before.as_microsecond(), 0);
        let next = || self.with(|c| Ok(c.query_row(&next, [before], |row| row.get(0)).optional()?));
        let remove = |sql: &str, id: &String| self.with(|c| Ok(c.execute(sql, params![before, id])?));
        while let Some::<String>(id) = next()? {
            while remove(&messages, &id)? == AT_ONCE {
                // Or nobody else would have a turn.
                std::thread::sleep(A_BREATH);
            }
            gone += remove(&rest, &id)?;
        }
        if gone > 0 {
            self.tidy()?;
        }
        Ok(gone)
    }

    /// Adds a message at the end. The first request gives a conversation without a title its title.
    pub fn append(&self, id: ConversationId, new: NewMessage, now: Timestamp) -> Result<Message, StoreError> {
        let claim = self.claim(&new)?;
        let message = self.write(|transaction| append(transaction, id, claim.0, &new, now))?;
        self.keep(claim);
        Ok(message)
    }

    /// Adds a request and the answer that is to come, in place of an earlier message and everything behind it when one is
    /// named, whose attachments the request may have: all of it or nothing.
    pub fn begin(
        &self,
        id: ConversationId,
        instead_of: Option<MessageId>,
        [request, answer]: [NewMessage; 2],
        now: Timestamp,
    ) -> Result<[Message; 2], StoreError> {
        let claims = [self.claim(&request)?, self.claim(&answer)?];
        let begun = self.write(|transaction| {
            if let Some(message) = instead_of {
                take_back(transaction, message, &request.attachments)?;
                truncate_from(transaction, id, message)?;
            }
            Ok([
                append(transaction, id, claims[0].0, &request, now)?,
                append(transaction, id, claims[1].0, &answer, now)?,
            ])
        })?;
        claims.into_iter().for_each(|claim| self.keep(claim));
        Ok(begun)
    }

    /// How an answer stands, or that it is over. It is kept even when its conversation has been deleted meanwhile.
    pub fn update(&self, id: MessageId, update: &MessageUpdate) -> Result<(), StoreError> {
        let updated = self.with(|connection| {
            let changed = connection.execute(
                "UPDATE messages SET content = ?2, status = ?3, timings = ?4, usage = ?5, reflex = ?6, tools = ?7,
                 notes = ?8, sources = ?9 WHERE id = ?1",
                params![
                    id.to_string(),
                    update.content,
                    word(&update.status),
                    update.timings.as_ref().map(json),
                    update.usage.as_ref().map(json),
                    update.reflex,
                    json(&update.tools),
                    json(&update.notes),
                    json(&update.sources)
                ],
            )?;
            require("message", changed)
        });
        // Where its end could not be kept it is not over: whoever writes it may try again.
        if update.status != MessageStatus::Streaming && !updated.as_ref().is_err_and(StoreError::passes) {
            self.claims.release(id);
        }
        updated
    }

    /// At most `limit` messages before the place `before`, or the last ones; oldest first. And whether there are older
    /// ones.
    pub fn page(
        &self,
        id: ConversationId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<(Vec<Message>, bool), StoreError> {
        let before = before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX));
        let mut messages = self.messages(
            id,
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
        self.messages(id, "ORDER BY seq", params![id.to_string()])
    }

    /// The person's last request.
    pub fn last_request(&self, id: ConversationId) -> Result<Option<Message>, StoreError> {
        let last =
            self.messages(id, "AND role = 'user' ORDER BY seq DESC LIMIT 1", params![id.to_string()])?;
        Ok(last.into_iter().next())
    }

    /// How quick the latest answers were, newest last.
    pub fn recent_turns(&self, limit: u32) -> Result<Vec<TurnRecord>, StoreError> {
        let record = |row: &Row<'_>| {
            Ok(TurnRecord { at: rows::time(row, 0)?, spoken: row.get(1)?, timings: rows::parsed(row, 2)? })
        };
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT created_at, spoken, timings FROM messages WHERE timings IS NOT NULL ORDER BY n DESC LIMIT ?1",
            )?;
            let mut turns: Vec<TurnRecord> =
                statement.query_map([limit], record)?.collect::<Result<_, _>>()?;
            turns.reverse();
            Ok(turns)
        })
    }

    /// Messages of a conversation that is there, in the order that `which` asks for.
    fn messages(
        &self,
        id: ConversationId,
        which: &str,
        params: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<Message>, StoreError> {
        let read = || {
            self.with(|connection| {
                known(connection, id)?;
                let mut statement = connection.prepare_cached(&format!("{MESSAGE} {which}"))?;
                statement.query_map(params, rows::message)?.map(|row| Ok(row?)).collect()
            })
        };
        let messages: Vec<Message> = read()?;
        let of_others = |m: &&Message| m.status == MessageStatus::Streaming && !self.claims.holds(m.id);
        let unfinished: Vec<MessageId> = messages.iter().filter(of_others).map(|m| m.id).collect();
        if unfinished.is_empty() {
            return Ok(messages);
        }
        // Another program writes it, or wrote it and died.
        let abandoned = self.abandoned(unfinished)?;
        let mut messages = read()?;
        for message in messages.iter_mut().filter(|m| abandoned.contains(&m.id)) {
            if message.status == MessageStatus::Streaming {
                message.status = MessageStatus::Interrupted;
            }
        }
        Ok(messages)
    }
}

fn known(connection: &Connection, id: ConversationId) -> Result<Conversation, StoreError> {
    let sql = format!("{CONVERSATION} AND c.id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_row([id.to_string()], rows::conversation).optional()?;
    found.ok_or(StoreError::NotFound { what: "conversation" })
}

fn found(changed: usize) -> Result<(), StoreError> {
    require("conversation", changed)
}

fn append(
    transaction: &Transaction<'_>,
    id: ConversationId,
    message: MessageId,
    new: &NewMessage,
    now: Timestamp,
) -> Result<Message, StoreError> {
    found(transaction.execute(
        "UPDATE conversations SET updated_at = ?2 WHERE id = ?1 AND deleted_at IS NULL",
        params![id.to_string(), now.as_microsecond()],
    )?)?;
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
    give(transaction, message, &new.attachments)?;
    if new.role == Role::User {
        entitle(transaction, id)?;
    }
    let sql = format!("{MESSAGE} AND id = ?2");
    Ok(transaction.query_row(&sql, params![id.to_string(), message.to_string()], rows::message)?)
}

/// Removes a message and everything behind it. Where that was the first request, a title that nobody chose goes too.
fn truncate_from(
    transaction: &Transaction<'_>,
    id: ConversationId,
    message: MessageId,
) -> Result<(), StoreError> {
    known(transaction, id)?;
    let removed = transaction.execute(
        "DELETE FROM messages WHERE conversation = ?1 AND seq >=
         (SELECT seq FROM messages WHERE conversation = ?1 AND id = ?2)",
        params![id.to_string(), message.to_string()],
    )?;
    require("message", removed)?;
    let last = "SELECT coalesce(max(seq), 0) FROM messages WHERE conversation = ?1";
    let last: i64 = transaction.query_row(last, [id.to_string()], |row| row.get(0))?;
    unsum(transaction, &id.to_string(), last + 1)?;
    entitle(transaction, id)
}

/// A title that nobody chose is the beginning of the first request, or what is attached to it where it has no words.
pub(crate) fn entitle(transaction: &Transaction<'_>, id: ConversationId) -> Result<(), StoreError> {
    let id = id.to_string();
    let first = "SELECT coalesce(nullif(content, ''),
                     (SELECT a.name FROM attachments a WHERE a.message = messages.id ORDER BY a.place LIMIT 1), '')
                 FROM messages WHERE conversation = ?1 AND role = 'user' ORDER BY seq LIMIT 1";
    let first: Option<String> = transaction.query_row(first, [&id], |row| row.get(0)).optional()?;
    let title = first.map_or(String::new(), |content| title_from(&content));
    let sql = "UPDATE conversations SET title = ?2 WHERE id = ?1 AND titled = 0 AND title != ?2";
    transaction.execute(sql, params![id, title])?;
    Ok(())
}

/// The beginning of a request, cut between two words.
fn title_from(content: &str) -> String {
    let line = content.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    if line.chars().count() <= TITLE {
        return line.to_string();
    }
    // The sign that more follows takes the place of at least one character.
    let cut: String = line.chars().take(TITLE).collect();
    let last = cut.char_indices().next_back().map_or(0, |(at, _)| at);
    let end = cut.rfind(char::is_whitespace).unwrap_or(last);
    format!("{}\u{2026}", cut[..end].trim_end())
}
