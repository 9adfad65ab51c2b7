//! Something that was found, with what a person is told of where it is from.

use jarvis_core::{ConversationId, DocumentId, FactId, MessageId, Role, Source};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::kind::Kind;
use crate::records::ToldIn;
use crate::rows;
use crate::store::Store;

/// Something that was kept, and where it is from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recalled {
    /// What it says.
    pub text: String,
    /// Where that is from.
    pub from: Provenance,
    /// When it was told.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// How well it fits: comparable within one list only.
    pub score: f32,
}

/// A [`Source`], with what a person is told of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Provenance {
    /// What Jarvis was told to remember.
    Fact {
        /// The fact.
        id: FactId,
        /// The request that it was told in, where that is kept.
        told_in: Option<ToldIn>,
        /// Until when it held; none while it does.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
        valid_to: Option<Timestamp>,
        /// Whether it is always brought to mind.
        pinned: bool,
        /// Whether it was not told to be remembered, but noted of what was said.
        noted: bool,
    },
    /// What was said in a conversation.
    Message {
        /// The message.
        id: MessageId,
        /// Its conversation.
        conversation: ConversationId,
        /// That one's title.
        title: String,
        /// Who said it.
        role: Role,
    },
    /// A passage of a document.
    Document {
        /// The document.
        id: DocumentId,
        /// The name of its file.
        name: String,
        /// The page that the passage begins on, in a document that has pages.
        page: Option<u32>,
        /// The headings that it stands under.
        heading: Option<String>,
        /// The place of the passage among the document's, counting from 0.
        place: u32,
    },
}

impl Recalled {
    /// Where that is from, by name alone.
    pub fn source(&self) -> Source {
        match self.from {
            Provenance::Fact { id, .. } => Source::Fact { id },
            Provenance::Message { id, conversation, .. } => Source::Message { id, conversation },
            Provenance::Document { id, place, .. } => Source::Document { id, place },
        }
    }
}

impl Store {
    /// What the sources say, as far as they are still there.
    pub fn sources(&self, sources: &[Source]) -> Result<Vec<Recalled>, StoreError> {
        self.with(|connection| {
            let mut found = Vec::with_capacity(sources.len());
            for source in sources {
                let (kind, sql, id, place) = match source {
                    Source::Fact { id } => {
                        (Kind::Fact, "SELECT n FROM facts WHERE id = ?1 AND ?2 IS NULL", id.to_string(), None)
                    }
                    Source::Message { id, .. } => {
                        let sql = "SELECT n FROM messages WHERE id = ?1 AND ?2 IS NULL";
                        (Kind::Message, sql, id.to_string(), None)
                    }
                    Source::Document { id, place } => {
                        let sql = "SELECT n FROM chunks WHERE document = ?1 AND place = ?2";
                        (Kind::Document, sql, id.to_string(), Some(*place))
                    }
                };
                let mut statement = connection.prepare_cached(sql)?;
                let record: Option<i64> =
                    statement.query_row(params![id, place], |row| row.get(0)).optional()?;
                if let Some(record) = record {
                    found.extend(recalled(connection, kind, record, 1.0, true, None)?);
                }
            }
            Ok(found)
        })
    }
}

/// The record, if it is (still) there and asked for.
pub(crate) fn recalled(
    connection: &Connection,
    kind: Kind,
    record: i64,
    score: f32,
    past: bool,
    not_in: Option<ConversationId>,
) -> Result<Option<Recalled>, StoreError> {
    let not_in = not_in.map(|id| id.to_string());
    let recalled = match kind {
        Kind::Fact => {
            let sql = format!("{} WHERE f.n = ?1 AND (f.valid_to IS NULL OR ?2)", rows::FACT);
            let fact = connection.prepare_cached(&sql)?.query_row(params![record, past], rows::fact);
            fact.optional()?.map(|fact| Recalled {
                text: fact.text,
                from: Provenance::Fact {
                    id: fact.id,
                    told_in: fact.told_in,
                    valid_to: fact.valid_to,
                    pinned: fact.pinned,
                    noted: fact.noted,
                },
                at: fact.valid_from,
                score,
            })
        }
        Kind::Message => {
            let sql = "SELECT m.id, m.conversation, c.title, m.role, m.content, m.created_at FROM messages m
                 JOIN conversations c ON c.id = m.conversation
                 WHERE m.n = ?1 AND c.deleted_at IS NULL AND m.conversation IS NOT ?2";
            let message = connection.prepare_cached(sql)?.query_row(params![record, not_in], |row| {
                Ok(Recalled {
                    text: row.get(4)?,
                    from: Provenance::Message {
                        id: rows::text(row, 0)?,
                        conversation: rows::text(row, 1)?,
                        title: row.get(2)?,
                        role: rows::named(row, 3)?,
                    },
                    at: rows::time(row, 5)?,
                    score,
                })
            });
            message.optional()?
        }
        Kind::Document => {
            let sql = "SELECT d.id, d.name, c.page, c.heading, c.text, d.added_at, c.place FROM chunks c
                       JOIN documents d ON d.id = c.document WHERE c.n = ?1";
            let chunk = connection.prepare_cached(sql)?.query_row([record], |row| {
                Ok(Recalled {
                    text: row.get(4)?,
                    from: Provenance::Document {
                        id: rows::text(row, 0)?,
                        name: row.get(1)?,
                        page: row.get(2)?,
                        heading: row.get(3)?,
                        place: row.get(6)?,
                    },
                    at: rows::time(row, 5)?,
                    score,
                })
            });
            chunk.optional()?
        }
    };
    Ok(recalled)
}
