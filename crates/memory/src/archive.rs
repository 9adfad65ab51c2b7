//! The memory as a text file: one JSON object a line, the first of which names format and version. It can be read by other programs, and
//! taken in again: all of it or nothing, what is there already only once.
//!
//! Attachments are named, without their bytes: `jarvis backup` keeps these. Conversations that were deleted are left out.

use std::collections::HashSet;
use std::io::{self, BufRead, Write};
use std::mem;

use jarvis_core::{Code, ConversationId, DocumentId, FactId, Failure, LeftOut, MessageId};
use jiff::Timestamp;
use rusqlite::{Connection, Row, ToSql, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::export::export_markdown;
use crate::graph::{relate_chunk, relate_fact};
use crate::records::{Conversation, Fact, Message, MessageStatus, Passage};
use crate::rows::{self, FACT, MESSAGE, PASSAGE, json, word};
use crate::store::Store;

const FORMAT: &str = "jarvis-memory";
const VERSION: u32 = 1;

/// No line is longer, in bytes: what has no lines is no memory.
const LONGEST: u64 = 256 << 20;

/// The first line.
#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
    version: u32,
    exported_at: Timestamp,
}

/// Any other line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// What Jarvis was told to remember.
    Fact {
        /// Its id.
        id: FactId,
        /// What it says.
        text: String,
        /// The request that it was told in.
        told_in: Option<MessageId>,
        /// Whether it was noted of what was said.
        #[serde(default)]
        noted: bool,
        /// Whether it is always brought to mind.
        pinned: bool,
        /// Since when it holds.
        valid_from: Timestamp,
        /// Until when it held.
        valid_to: Option<Timestamp>,
        /// The fact that took its place.
        superseded_by: Option<FactId>,
    },
    /// A conversation; its messages come behind it.
    Conversation {
        /// Its id.
        id: ConversationId,
        /// What it is called.
        title: String,
        /// Whether the person chose that.
        titled: bool,
        /// Whether it is listed before the others.
        pinned: bool,
        /// When it began.
        created_at: Timestamp,
        /// When its last message came.
        updated_at: Timestamp,
    },
    /// A request or an answer.
    Message {
        /// Its conversation.
        conversation: ConversationId,
        /// All else.
        #[serde(flatten)]
        message: Box<Message>,
    },
    /// A document that was read; its passages come behind it.
    Document {
        /// Its id.
        id: DocumentId,
        /// The name of its file.
        name: String,
        /// Where it was read from.
        path: String,
        /// SHA-256 of its bytes, in hexadecimal.
        hash: String,
        /// How many bytes it has.
        size_bytes: u64,
        /// How many pages, where it has pages.
        pages: Option<u32>,
        /// What was not read of it.
        left_out: Vec<LeftOut>,
        /// When it was read.
        added_at: Timestamp,
    },
    /// A passage of a document.
    Passage {
        /// The document.
        document: DocumentId,
        /// Its place among the document's, counting from 0.
        place: u32,
        /// The page that it begins on.
        page: Option<u32>,
        /// The headings that it stands under.
        heading: Option<String>,
        /// What it says.
        text: String,
    },
}

/// How the memory is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveFormat {
    /// Lines of JSON, which can be taken in again.
    Json,
    /// For people to read.
    Markdown,
}

/// How many records were written, or taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Facts.
    pub facts: u64,
    /// Conversations.
    pub conversations: u64,
    /// Their messages.
    pub messages: u64,
    /// Attachments of these, whose bytes are not in the file.
    pub attachments_left_out: u64,
    /// Documents.
    pub documents: u64,
    /// Their passages.
    pub passages: u64,
}

impl Counts {
    fn add(&mut self, entry: &Entry) {
        match entry {
            Entry::Fact { .. } => self.facts += 1,
            Entry::Conversation { .. } => self.conversations += 1,
            Entry::Message { message, .. } => {
                self.messages += 1;
                self.attachments_left_out += message.attachments.len() as u64;
            }
            Entry::Document { .. } => self.documents += 1,
            Entry::Passage { .. } => self.passages += 1,
        }
    }
}

/// What came of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// What was taken in.
    pub added: Counts,
    /// What was there already.
    pub known: Counts,
}

/// Why the memory could not be written, or taken in.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A line is not as it should be. Nothing was changed.
    #[error("line {line} is not as it should be ({reason})")]
    Line {
        /// Which, counting from 1.
        line: u64,
        /// What is the matter.
        reason: String,
    },
    /// It is no such file.
    #[error("this is no memory that was exported")]
    NotOurs,
    /// A later Jarvis has written it.
    #[error("this was exported by a later version of Jarvis (format {found}, this one knows {VERSION})")]
    TooNew {
        /// Its version.
        found: u32,
    },
    /// Somebody else has the database open.
    #[error("Jarvis is running")]
    Running,
    /// The file cannot be read or written.
    #[error("the file failed ({0})")]
    File(#[from] io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for ArchiveError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl ArchiveError {
    /// What the person is told.
    pub fn failure(&self) -> Failure {
        let (code, remedy) = match self {
            Self::Store(error) => return error.failure(),
            Self::Line { .. } => (Code::BadRequest, "Correct or remove that line; nothing was changed."),
            Self::NotOurs => (Code::BadRequest, "Choose a file that `jarvis memory export` has written."),
            Self::TooNew { .. } => {
                (Code::BadRequest, "Use the later version of Jarvis; nothing was changed.")
            }
            Self::Running => (Code::Busy, "Close it everywhere, and import then."),
            Self::File(_) => (Code::BadRequest, "Check the file and its folder; nothing was changed."),
        };
        Failure::sentence(code, self, remedy)
    }
}

impl Store {
    /// Writes all that is kept. `told` is told how many of how many records are written.
    pub fn export(
        &self,
        format: ArchiveFormat,
        to: &mut impl Write,
        now: Timestamp,
        mut told: impl FnMut(u64, u64),
    ) -> Result<Counts, ArchiveError> {
        let mut markdown = Markdown::default();
        self.with(|connection| {
            let mut counts = Counts::default();
            let mut done = 0;
            let written = (|| {
                // All of it as it is at this moment.
                let transaction = connection.transaction()?;
                let of = count(&transaction)?;
                match format {
                    ArchiveFormat::Json => {
                        let head = Head { format: FORMAT.into(), version: VERSION, exported_at: now };
                        writeln!(to, "{}", json(&head))?;
                    }
                    ArchiveFormat::Markdown => writeln!(to, "# What Jarvis remembers")?,
                }
                each(&transaction, |entry| {
                    counts.add(&entry);
                    match format {
                        ArchiveFormat::Json => writeln!(to, "{}", json(&entry))?,
                        ArchiveFormat::Markdown => markdown.write(entry, to)?,
                    }
                    done += 1;
                    told(done, of);
                    Ok(())
                })?;
                markdown.end(to)?;
                Ok(counts)
            })();
            Ok(written)
        })?
    }

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

fn count(transaction: &Transaction<'_>) -> rusqlite::Result<u64> {
    let sql = "SELECT (SELECT count(*) FROM facts) + (SELECT count(*) FROM conversations) + (SELECT count(*) FROM messages)
        + (SELECT count(*) FROM documents) + (SELECT count(*) FROM chunks)";
    transaction.query_row(sql, [], |row| row.get::<_, i64>(0)).map(|count| count as u64)
}

/// Goes through all that is kept.
fn each(
    transaction: &Transaction<'_>,
    mut visit: impl FnMut(Entry) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    let mut facts = transaction.prepare(&format!("{FACT} ORDER BY f.n"))?;
    for fact in facts.query_map([], rows::fact)? {
        let Fact { id, text, told_in, noted, pinned, valid_from, valid_to, superseded_by } = fact?;
        let told_in = told_in.map(|told| told.message);
        visit(Entry::Fact { id, text, told_in, noted, pinned, valid_from, valid_to, superseded_by })?;
    }
    let mut conversations = transaction.prepare(
        "SELECT id, title, titled, pinned, created_at, updated_at FROM conversations WHERE deleted_at IS NULL ORDER BY n",
    )?;
    let mut messages = transaction.prepare(&format!("{MESSAGE} ORDER BY seq"))?;
    for conversation in conversations.query_map([], conversation)? {
        let (id, conversation) = conversation?;
        visit(conversation)?;
        for message in messages.query_map([id.to_string()], rows::message)? {
            let mut message = Box::new(message?);
            // Whoever writes it, it goes no further here.
            if message.status == MessageStatus::Streaming {
                message.status = MessageStatus::Interrupted;
            }
            visit(Entry::Message { conversation: id, message })?;
        }
    }
    let mut documents = transaction.prepare(
        "SELECT id, name, path, hash, size_bytes, pages, left_out, added_at FROM documents ORDER BY n",
    )?;
    let mut passages = transaction.prepare(&format!("{PASSAGE} WHERE c.document = ?1 ORDER BY c.place"))?;
    for document in documents.query_map([], document)? {
        let (id, document) = document?;
        visit(document)?;
        for passage in passages.query_map([id.to_string()], rows::passage)? {
            let Passage { document, place, page, heading, text, .. } = passage?;
            visit(Entry::Passage { document, place, page, heading, text })?;
        }
    }
    Ok(())
}

fn conversation(row: &Row<'_>) -> rusqlite::Result<(ConversationId, Entry)> {
    let id = rows::text(row, 0)?;
    let (title, titled, pinned) = (row.get(1)?, row.get(2)?, row.get(3)?);
    let (created_at, updated_at) = (rows::time(row, 4)?, rows::time(row, 5)?);
    Ok((id, Entry::Conversation { id, title, titled, pinned, created_at, updated_at }))
}

fn document(row: &Row<'_>) -> rusqlite::Result<(DocumentId, Entry)> {
    let id = rows::text(row, 0)?;
    let document = Entry::Document {
        id,
        name: row.get(1)?,
        path: row.get(2)?,
        hash: row.get(3)?,
        size_bytes: row.get::<_, i64>(4)? as u64,
        pages: row.get(5)?,
        left_out: rows::parsed(row, 6)?,
        added_at: rows::time(row, 7)?,
    };
    Ok((id, document))
}

/// What is under way when the memory is written for people.
#[derive(Default)]
struct Markdown {
    conversation: Option<(Conversation, Vec<Message>)>,
}

impl Markdown {
    fn write(&mut self, entry: Entry, to: &mut impl Write) -> Result<(), ArchiveError> {
        match entry {
            Entry::Fact { text, valid_from, valid_to, .. } => {
                let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
                let until = valid_to.map(|at| format!(", until {}", day(at))).unwrap_or_default();
                writeln!(to, "\n- {} (since {}{until})", text.replace('\n', " "), day(valid_from))?;
            }
            Entry::Conversation { id, title, pinned, created_at, updated_at, .. } => {
                self.end(to)?;
                let conversation =
                    Conversation { id, title, pinned, created_at, updated_at, message_count: 0 };
                self.conversation = Some((conversation, Vec::new()));
            }
            Entry::Message { message, .. } => {
                if let Some((_, messages)) = &mut self.conversation {
                    messages.push(*message);
                }
            }
            Entry::Document { name, .. } => {
                self.end(to)?;
                writeln!(to, "\n# {}", name.replace('\n', " "))?;
            }
            Entry::Passage { page, heading, text, .. } => {
                let page = page.map(|page| format!("page {page}"));
                let place: Vec<String> = heading.into_iter().chain(page).collect();
                if !place.is_empty() {
                    writeln!(to, "\n## {}", place.join(", ").replace('\n', " "))?;
                }
                writeln!(to, "\n{}", text.trim_end())?;
            }
        }
        Ok(())
    }

    fn end(&mut self, to: &mut impl Write) -> Result<(), ArchiveError> {
        if let Some((conversation, messages)) = mem::take(&mut self.conversation) {
            write!(to, "\n{}", export_markdown(&conversation, &messages))?;
        }
        Ok(())
    }
}

/// The entries of a file with their lines, after its head was looked at.
pub fn entries(
    mut from: impl BufRead,
) -> Result<impl Iterator<Item = Result<(u64, Entry), ArchiveError>>, ArchiveError> {
    let head = line(&mut from, 1)?.unwrap_or_default();
    let head: serde_json::Value = serde_json::from_str(&head).map_err(|_| ArchiveError::NotOurs)?;
    // Of a later version nothing else is known.
    match (head["format"].as_str(), head["version"].as_u64()) {
        (Some(FORMAT), Some(version)) if version <= u64::from(VERSION) => {}
        (Some(FORMAT), Some(version)) => {
            return Err(ArchiveError::TooNew { found: u32::try_from(version).unwrap_or(u32::MAX) });
        }
        _ => return Err(ArchiveError::NotOurs),
    }
    let mut number = 1;
    Ok(std::iter::from_fn(move || {
        number += 1;
        let read = line(&mut from, number).transpose()?;
        let parsed = |text: String| serde_json::from_str(&text).map_err(|e| bad(number, &e));
        Some(read.and_then(parsed).map(|entry| (number, entry)))
    }))
}

/// The next line; none at the end.
fn line(from: &mut impl BufRead, number: u64) -> Result<Option<String>, ArchiveError> {
    let mut text = Vec::new();
    if io::Read::take(&mut *from, LONGEST).read_until(b'\n', &mut text)? == 0 {
        return Ok(None);
    }
    if text.len() as u64 == LONGEST {
        return Err(bad(number, &"it does not end"));
    }
    String::from_utf8(text).map(Some).map_err(|e| bad(number, &e))
}

fn bad(line: u64, reason: &dyn std::fmt::Display) -> ArchiveError {
    ArchiveError::Line { line, reason: reason.to_string() }
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
