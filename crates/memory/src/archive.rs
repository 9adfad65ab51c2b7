//! The memory as a text file: one JSON object a line, the first of which names format and version. It can be read by other programs, and
//! taken in again: all of it or nothing, what is there already only once.
//!
//! Attachments are named, without their bytes: `jarvis backup` keeps these. Conversations that were deleted are left out.

mod export;
mod import;

use std::io::{self, BufRead};

use jarvis_core::{Code, ConversationId, DocumentId, FactId, Failure, LeftOut, MessageId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::records::Message;

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ArchiveFormat {
    /// Lines of JSON, which can be taken in again.
    #[default]
    Json,
    /// For people to read.
    Markdown,
}

/// How many records were written, or taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
