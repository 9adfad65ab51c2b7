//! Conversations and messages, kept.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jarvis_core::{ConversationId, MessageId, Role};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use crate::afterwards::unsum;
use crate::archive::ArchiveError;
use crate::attachments::{give, take_back};
use crate::backup;
use crate::claims::{Claim, Claims};
use crate::database;
use crate::error::StoreError;
use crate::records::{Conversation, Message, MessageStatus, MessageUpdate, NewMessage, TurnRecord};
use crate::rows::{self, CONVERSATION, MESSAGE, json, word};

/// Longest title made from a request, in characters.
const TITLE: usize = 60;

/// So many messages are removed in one go.
const AT_ONCE: usize = 16;
/// Between two such goes.
const A_BREATH: Duration = Duration::from_millis(1);

/// Who reads the log that is to be emptied is waited for no longer than this.
const A_MOMENT: Duration = Duration::from_millis(200);

/// See the module. May be shared: calls wait for each other.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    connection: Mutex<Connection>,
    claims: Claims,
    /// A shared lock that says that the file is in use: nobody puts another in its place.
    in_use: Option<File>,
}

impl Store {
    /// The store in the file at `path`, which is made with its folder when it is not there, for its owner alone to read.
    /// An answer that was being written when its program died is marked as interrupted; those that other programs are
    /// writing are left alone.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let in_use = Some(in_use(path)?);
        backup::check_suspected(path)?;
        let connection = Mutex::new(database::open(path)?);
        let claims = Claims::new(Some(path));
        let store = Self { path: path.into(), connection, claims, in_use };
        match store.recover() {
            // What cannot be marked is told to readers all the same.
            Ok(()) | Err(StoreError::Full) => Ok(store),
            Err(error) => Err(error),
        }
    }

    /// A store that ends with the program.
    pub fn in_memory() -> Result<Self, StoreError> {
        let connection = Mutex::new(database::in_memory()?);
        Ok(Self { path: ":memory:".into(), connection, claims: Claims::new(None), in_use: None })
    }

    /// Marks answers that nobody writes any more.
    fn recover(&self) -> Result<(), StoreError> {
        let unfinished = self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT id FROM messages WHERE status = 'streaming'")?;
            let ids = statement.query_map([], |row| rows::text::<MessageId>(row, 0))?;
            Ok(ids.collect::<Result<Vec<_>, _>>()?)
        })?;
        let abandoned = self.abandoned(unfinished)?;
        self.with(|connection| {
            let sql = "UPDATE messages SET status = 'interrupted' WHERE id = ?1 AND status = 'streaming'";
            abandoned
                .into_iter()
                .map(|id| id.to_string())
                .try_for_each(|id| Ok(connection.execute(sql, [id]).map(drop)?))
        })
    }

    /// Those of the `unfinished` answers that nobody writes any more, unless they have come to their end meanwhile: an
    /// answer is claimed before it is there, and until it is over.
    fn abandoned(&self, unfinished: Vec<MessageId>) -> Result<Vec<MessageId>, StoreError> {
        self.claims.sweep().map_err(|e| StoreError::beside(&self.path, &e))?;
        Ok(unfinished.into_iter().filter(|id| !self.claims.is_claimed(*id)).collect())
    }

    /// A claim to a message that is still to be written, as long as it is.
    fn claim(&self, new: &NewMessage) -> Result<(MessageId, Option<Claim>), StoreError> {
        let id = MessageId::new();
        let unfinished = new.status == MessageStatus::Streaming;
        let claim = unfinished.then(|| self.claims.claim(id)).transpose();
        Ok((id, claim.map_err(|e| StoreError::beside(&self.path, &e))?))
    }

    fn keep(&self, (id, claim): (MessageId, Option<Claim>)) {
        if let Some(claim) = claim {
            self.claims.keep(id, claim);
        }
    }

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

    /// Removes for good what was deleted before `before`: nothing of it is left in the files, unless another program is
    /// reading them at this moment; then the log beside the database keeps it for a while. Returns how many
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

    /// Removes for good what `sql` names by the moment `?1`, from the log too. Returns how many rows that were.
    pub(crate) fn remove(&self, sql: &str, moment: i64) -> Result<usize, StoreError> {
        let gone = self.with(|connection| Ok(connection.execute(sql, [moment])?))?;
        if gone > 0 {
            self.checkpoint()?;
        }
        Ok(gone)
    }

    /// Takes what was removed out of the log and the copies as well.
    pub(crate) fn tidy(&self) -> Result<(), StoreError> {
        let logged = self.checkpoint();
        if self.in_use.is_some() {
            backup::remove_copies(&self.path)
                .map_err(|e| StoreError::CopiesRemain { reason: e.to_string() })?;
        }
        logged
    }

    fn checkpoint(&self) -> Result<(), StoreError> {
        self.with(|connection| {
            // Who reads for long (a copy is being made) is not waited for: everybody would wait.
            connection.busy_timeout(A_MOMENT)?;
            let done = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            connection.busy_timeout(database::PATIENCE)?;
            Ok(done?)
        })
    }

    /// Nobody else has the file open while this is held; refused while somebody has.
    pub(crate) fn alone(&self) -> Result<Option<Alone<'_>>, ArchiveError> {
        let Some(lock) = &self.in_use else { return Ok(None) };
        let failed = |e: std::io::Error| StoreError::beside(&self.path, &e);
        lock.unlock().map_err(failed)?;
        let alone = lock.try_lock().is_ok();
        if !alone {
            lock.lock_shared().map_err(failed)?;
            return Err(ArchiveError::Running);
        }
        Ok(Some(Alone(lock)))
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
        if update.status != MessageStatus::Streaming && !matches!(updated, Err(StoreError::Full)) {
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

    /// Reads, or makes one change.
    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // Where a call has panicked, its transaction has been undone: the connection is sound.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut connection).map_err(|error| {
            let error = error.of(&self.path);
            if matches!(error, StoreError::Damaged { .. }) {
                backup::suspect(&self.path);
            }
            error
        })
    }

    /// Makes several changes, all or none.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
    }
}

/// See [`Store::alone`]. Dropped, the file is in use as before.
pub(crate) struct Alone<'s>(&'s File);

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock().and_then(|()| self.0.lock_shared()) {
            tracing::warn!(%error, "the database is not marked as in use any more");
        }
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

/// An error where nothing was changed: what was to be changed is not there.
pub(crate) fn require(what: &'static str, changed: usize) -> Result<(), StoreError> {
    if changed == 0 { Err(StoreError::NotFound { what }) } else { Ok(()) }
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

/// Waits while another database is put in place of the one at `path`.
fn in_use(path: &Path) -> Result<File, StoreError> {
    let lock = || {
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        let path = database::beside(path, "-open");
        let file = database::private().create(true).truncate(false).open(path)?;
        file.lock_shared()?;
        Ok(file)
    };
    lock().map_err(|e: std::io::Error| StoreError::beside(path, &e))
}

#[cfg(test)]
mod tests {
    use jarvis_core::Code;

    use super::*;
    use crate::records::NewAttachment;

    fn said(content: &str) -> NewMessage {
        NewMessage::new(Role::User, content, None)
    }

    #[test]
    fn a_full_disk_is_said_so_and_loses_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("jarvis.sqlite");
        let store = Store::open(&path).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let id = store.create(None, now).unwrap().id;
        store.append(id, said("kept"), now).unwrap();
        // SQLite then says what it says when the disk is full.
        store.with(|c| Ok(c.pragma_update(None, "max_page_count", 60)?)).unwrap();
        let long = "long ".repeat(2000);
        let mut kept = 1;
        let error = loop {
            match store.append(id, said(&long), now) {
                Ok(_) => kept += 1,
                Err(error) => break error,
            }
            assert!(kept < 1000, "it does not fit");
        };
        assert!(matches!(error, StoreError::Full), "{error}");
        assert_eq!(error.failure().code, Code::DiskFull);
        let large = NewAttachment {
            name: "sea.png".into(),
            media_type: "image/png".into(),
            content: vec![7; 1 << 20],
        };
        let error = store.attach(&large, now, now).unwrap_err();
        assert!(matches!(error, StoreError::Full), "{error}");
        let half_kept = "SELECT (SELECT count(*) FROM attachments) + (SELECT count(*) FROM attachment_bytes)";
        let half_kept: u32 = store.with(|c| Ok(c.query_row(half_kept, [], |row| row.get(0))?)).unwrap();
        assert_eq!(half_kept, 0, "an attachment is kept whole or not at all");
        assert_eq!(store.all_messages(id).unwrap().len(), kept, "what is there can be read all the same");
        drop(store);
        let store = Store::open(&path).unwrap();
        let messages = store.all_messages(id).unwrap();
        assert_eq!((messages.len(), messages[0].content.as_str()), (kept, "kept"));
        assert_eq!(store.append(id, said("there is room again"), now).unwrap().seq, kept as u64 + 1);
    }

    #[test]
    fn another_program_that_keeps_the_file_to_itself_is_said_so() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("jarvis.sqlite");
        let store = Store::open(&path).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let id = store.create(Some("mine"), now).unwrap().id;
        store.with(|c| Ok(c.busy_timeout(std::time::Duration::ZERO)?)).unwrap();
        let other = Connection::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let error = store.append(id, said("hello"), now).unwrap_err();
        assert!(matches!(error, StoreError::Locked), "{error}");
        assert_eq!(error.failure().code, Code::Busy);
        assert_eq!(store.conversation(id).unwrap().title, "mine", "reading goes on");
        other.execute_batch("ROLLBACK").unwrap();
        assert_eq!(store.append(id, said("hello"), now).unwrap().seq, 1);
    }
}
