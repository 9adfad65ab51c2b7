//! The memory is written down: as lines that can be taken in again, or for people to read.

use std::io::Write;
use std::mem;

use jarvis_core::{ConversationId, DocumentId};
use jiff::Timestamp;
use rusqlite::{Row, Transaction};

use super::{ArchiveError, ArchiveFormat, Counts, Entry, FORMAT, Head, VERSION};
use crate::export::export_markdown;
use crate::records::{Conversation, Fact, Message, MessageStatus, Passage};
use crate::rows::{self, FACT, MESSAGE, PASSAGE, json};
use crate::store::Store;

impl Store {
    /// Writes all that is kept, as it is at this moment; others go on reading and writing meanwhile. `told` is told how many of how
    /// many records are written.
    pub fn export(
        &self,
        format: ArchiveFormat,
        to: &mut impl Write,
        now: Timestamp,
        mut told: impl FnMut(u64, u64),
    ) -> Result<Counts, ArchiveError> {
        let mut markdown = Markdown::default();
        self.read(|transaction| {
            let mut counts = Counts::default();
            let mut done = 0;
            let written = (|| {
                let of = count(transaction)?;
                match format {
                    ArchiveFormat::Json => {
                        let head = Head { format: FORMAT.into(), version: VERSION, exported_at: now };
                        writeln!(to, "{}", json(&head))?;
                    }
                    ArchiveFormat::Markdown => writeln!(to, "# What Jarvis remembers")?,
                }
                each(transaction, |entry| {
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
