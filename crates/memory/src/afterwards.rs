//! What is still to be thought about what was said: requests in which a person may have told of themselves, and talks that have
//! become so long that their beginning is to be summed up.

use jarvis_core::{ConversationId, MessageId};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::error::StoreError;
use crate::facts;
use crate::records::{Fact, Message};
use crate::rows;
use crate::store::{Store, require};

/// A request that nobody has looked through for what is worth noting.
#[derive(Clone, Debug, PartialEq)]
pub struct Unnoted {
    /// Which.
    pub message: MessageId,
    /// What was said.
    pub text: String,
}

/// A talk whose beginning is to be summed up.
#[derive(Clone, Debug, PartialEq)]
pub struct Unsummed {
    /// Which.
    pub conversation: ConversationId,
    /// The summary so far.
    pub summary: Option<String>,
    /// The place of the last message in that, 0 where there is none.
    pub summed_up: u64,
    /// The messages that come into it next.
    pub messages: Vec<Message>,
}

impl Store {
    /// The next request that a model has answered since `since` and that was not looked through.
    pub fn unnoted(&self, since: Timestamp) -> Result<Option<Unnoted>, StoreError> {
        let sql = "SELECT q.id, q.content FROM messages q
             JOIN messages a ON a.conversation = q.conversation AND a.seq = q.seq + 1
             JOIN conversations c ON c.id = q.conversation AND c.deleted_at IS NULL
             WHERE NOT q.noted AND q.role = 'user' AND q.created_at >= ?1
                 AND a.role = 'assistant' AND a.status = 'complete' AND a.reflex IS NULL
             ORDER BY q.created_at LIMIT 1";
        self.with(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let next = statement.query_row([since.as_microsecond()], |row| {
                Ok(Unnoted { message: rows::text(row, 0)?, text: row.get(1)? })
            });
            Ok(next.optional()?)
        })
    }

    /// A request was looked through, and these facts are remembered of it, but for those that are known. Returns those that were not. Where
    /// the request was forgotten meanwhile, nothing is remembered.
    pub fn note(
        &self,
        message: MessageId,
        facts: &[String],
        now: Timestamp,
    ) -> Result<Vec<Fact>, StoreError> {
        self.write(|transaction| {
            let sql = "UPDATE messages SET noted = 1 WHERE id = ?1";
            require("message", transaction.execute(sql, [message.to_string()])?)?;
            let mut noted = Vec::new();
            for text in facts {
                if facts::says_it_all(transaction, text)? {
                    continue;
                }
                let old = facts::changed_by(transaction, text)?;
                let new = facts::add(transaction, text, Some(message), now)?;
                if let Some(old) = old {
                    facts::end(transaction, old.id, new.id, now)?;
                }
                transaction.execute("UPDATE facts SET noted = 1 WHERE id = ?1", [new.id.to_string()])?;
                noted.push(Fact { noted: true, ..new });
            }
            Ok(noted)
        })
    }

    /// The talk that went on since `since` with at least `least` messages which are neither among its last `shown` nor summed up; of
    /// these the first `most`.
    pub fn unsummed(
        &self,
        since: Timestamp,
        shown: u32,
        least: u32,
        most: u32,
    ) -> Result<Option<Unsummed>, StoreError> {
        // Messages are counted, not places: what was forgotten has left its place empty.
        let sql = "WITH recent AS (SELECT id, summary, summed_up, updated_at,
                 (SELECT max(seq) FROM messages WHERE conversation = c.id) - ?2 AS last
                 FROM conversations c WHERE deleted_at IS NULL AND updated_at >= ?1)
             SELECT id, summary, summed_up, last FROM recent
             WHERE (SELECT count(*) FROM messages WHERE conversation = recent.id AND seq > summed_up AND seq <= last) >= ?3
             ORDER BY updated_at DESC LIMIT 1";
        self.with(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let next = statement.query_row(params![since.as_microsecond(), shown, least], |row| {
                Ok((
                    rows::text::<ConversationId>(row, 0)?,
                    row.get(1)?,
                    row.get::<_, i64>(2)?,
                    row.get::<_, i64>(3)?,
                ))
            });
            let Some((conversation, summary, summed_up, last)) = next.optional()? else { return Ok(None) };
            let sql = format!("{} AND seq > ?2 AND seq <= ?3 ORDER BY seq LIMIT ?4", rows::MESSAGE);
            let mut statement = connection.prepare_cached(&sql)?;
            let messages = statement
                .query_map(params![conversation.to_string(), summed_up, last, most], rows::message)?;
            let messages = messages.collect::<Result<Vec<_>, _>>()?;
            Ok(Some(Unsummed { conversation, summary, summed_up: summed_up as u64, messages }))
        })
    }

    /// What was still to be summed up, now is. Where something of it was forgotten meanwhile, nothing is kept.
    pub fn set_summary(&self, summed: &Unsummed, summary: &str) -> Result<(), StoreError> {
        let (id, after) = (summed.conversation.to_string(), summed.summed_up as i64);
        let last = summed.messages.last().map_or(after, |message| message.seq as i64);
        let there = "SELECT count(*) FROM messages WHERE conversation = ?1 AND seq > ?2 AND seq <= ?3";
        let sql = "UPDATE conversations SET summary = ?2, summed_up = ?3 WHERE id = ?1 AND summed_up = ?4";
        self.write(|transaction| {
            let there: i64 = transaction.query_row(there, params![id, after, last], |row| row.get(0))?;
            let all = there as usize == summed.messages.len();
            let changed = if all { transaction.execute(sql, params![id, summary, last, after])? } else { 0 };
            require("message", changed)
        })
    }

    /// The summary of a talk, and the place of the last message in it, 0 where there is none.
    pub fn summary(&self, id: ConversationId) -> Result<(Option<String>, u64), StoreError> {
        let sql = "SELECT summary, summed_up FROM conversations WHERE id = ?1 AND deleted_at IS NULL";
        self.with(|connection| {
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64));
            let found = connection.prepare_cached(sql)?.query_row([id.to_string()], row).optional()?;
            found.ok_or(StoreError::NotFound { what: "conversation" })
        })
    }
}

/// A talk of which something that was summed up is gone is to be summed up again.
pub(crate) fn unsum(transaction: &Transaction<'_>, conversation: &str, from: i64) -> Result<(), StoreError> {
    let sql = "UPDATE conversations SET summary = NULL, summed_up = 0 WHERE id = ?1 AND summed_up >= ?2";
    transaction.prepare_cached(sql)?.execute(params![conversation, from])?;
    Ok(())
}

/// The same for every talk in whose summary all of `words` stand.
pub(crate) fn unsum_with(transaction: &Transaction<'_>, words: &str) -> Result<(), StoreError> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let sql = "UPDATE conversations SET summary = NULL, summed_up = 0 WHERE summary IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM json_each(?1) WHERE instr(lower(conversations.summary), value) = 0)";
    transaction.execute(sql, [rows::json(&words)])?;
    Ok(())
}
