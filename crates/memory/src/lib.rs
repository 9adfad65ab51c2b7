//! What is kept: conversations and what is attached to them, what Jarvis was told to remember, and what it has read, in one SQLite
//! file ([`Store`]), which is the truth; and what finds it again by words and by meaning ([`Recall`]), with vectors beside it.
//!
//! It reads no clock and decides nothing: times are passed in, and what belongs into the record is for the assistant
//! to say. Calls block for a moment of the disk; several programs may have the same file open.

mod afterwards;
mod archive;
mod attachments;
pub mod backup;
mod by_words;
mod claims;
mod conversations;
mod cues;
mod database;
mod documents;
mod embed;
mod embeddings;
pub mod encryption;
mod error;
mod export;
mod facts;
mod forget;
mod graph;
mod index;
mod kind;
mod library;
mod list;
mod provenance;
mod recall;
mod records;
mod rows;
mod search;
mod stats;
mod store;
mod unindexed;
mod vectors;

pub use afterwards::{Unnoted, Unsummed};
pub use archive::{ArchiveError, ArchiveFormat, Counts, Entry, Imported, entries};
pub use cues::asks_for_past;
pub use embed::{DIMENSIONS, Embedder, EmbedderFiles};
pub use encryption::{DatabaseFile, DatabaseKey};
pub use error::StoreError;
pub use export::export_markdown;
pub use graph::{Asked, Entity, EntityKind, GraphFormat, GraphStats, Link, Named, Node, Picture, Relation};
pub use index::{EmbeddingModel, Index, IndexError, OnRemaining};
pub use jarvis_core::{Chunk, LeftOut};
pub use jarvis_engine::documents::Format;
pub use kind::Kind;
pub use library::{DocumentEngine, DocumentFile, ReadError, Reading, describe};
pub use provenance::{Provenance, Recalled};
pub use recall::{By, Query, Recall};
pub use records::{
    Attachment, Conversation, Document, Fact, Forgotten, Message, MessageStatus, MessageUpdate,
    NewAttachment, NewDocument, NewMessage, Passage, Stats, ToldIn, ToolUse, TurnRecord,
};
pub use search::{content_words, stems};
pub use store::Store;
pub use vectors::{Row, Vectors};
