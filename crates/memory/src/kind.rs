//! The kinds of records that are found, where each is kept, and which of them are worth being found.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

/// Whether a message tells something: no question, and nothing that a reflex has answered.
macro_rules! worth_finding {
    () => {
        "m.status IN ('complete', 'interrupted') AND m.content <> '' AND CASE m.role
            WHEN 'assistant' THEN m.reflex IS NULL
            WHEN 'user' THEN m.content NOT LIKE '%?' AND NOT EXISTS (SELECT 1 FROM messages a
                WHERE a.conversation = m.conversation AND a.seq = m.seq + 1 AND a.reflex IS NOT NULL)
            ELSE 0 END"
    };
}
pub(crate) use worth_finding;

/// Kinds of records that are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Kind {
    /// What Jarvis was told to remember.
    Fact,
    /// What was said in a conversation.
    Message,
    /// A passage of a document that Jarvis has read.
    Document,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Fact, Self::Message, Self::Document];

    /// Of this name, which our own triggers and rows have.
    pub(crate) fn named(name: &str) -> Self {
        let kind = Self::ALL.into_iter().find(|kind| kind.name() == name);
        kind.expect("the database names our own kinds")
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fact => "fact",
            Self::Message => "message",
            Self::Document => "document",
        }
    }

    /// Where they are kept.
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Fact => "facts",
            Self::Message => "messages",
            Self::Document => "chunks",
        }
    }

    /// The index of their words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Fact => "fact_words",
            Self::Message => "message_words",
            Self::Document => "chunk_words",
        }
    }

    /// The last of them: about so many there are.
    pub(crate) fn last(self, connection: &Connection) -> rusqlite::Result<i64> {
        let last = format!("SELECT coalesce(max(n), 0) FROM {}", self.table());
        connection.prepare_cached(&last)?.query_row([], |row| row.get(0))
    }

    /// The text of the record `?1` that is worth being found.
    pub(crate) fn text_of(self) -> &'static str {
        match self {
            Self::Fact => "SELECT text FROM facts WHERE n = ?1",
            Self::Message => {
                concat!("SELECT m.content FROM messages m WHERE m.n = ?1 AND ", worth_finding!())
            }
            Self::Document => "SELECT coalesce(heading || char(10), '') || text FROM chunks WHERE n = ?1",
        }
    }
}
