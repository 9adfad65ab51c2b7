//! What is kept: conversations, their messages and what is attached to these, and what Jarvis was told to remember, in one
//! SQLite file.
//!
//! It reads no clock and decides nothing: times are passed in, and what belongs into the record is for the assistant
//! to say. Calls block for a moment of the disk; several programs may have the same file open.

mod attachments;
pub mod backup;
mod claims;
mod database;
mod documents;
mod embed;
mod error;
mod export;
mod facts;
mod forget;
mod index;
mod library;
mod recall;
mod records;
mod rows;
mod search;
mod store;
mod unindexed;
mod vectors;

pub use embed::{DIMENSIONS, Embedder, EmbedderFiles};
pub use error::StoreError;
pub use export::export_markdown;
pub use index::{EmbeddingModel, Index, IndexError, OnRemaining};
pub use jarvis_core::{Chunk, LeftOut};
pub use jarvis_engine::documents::Format;
pub use library::{DocumentEngine, DocumentFile, ReadError, Reading, describe};
pub use recall::{By, Kind, Provenance, Query, Recall, Recalled, asks_for_past};
pub use records::{
    Attachment, Conversation, Document, Fact, Forgotten, Message, MessageStatus, MessageUpdate,
    NewAttachment, NewDocument, NewMessage, Passage, Stats, ToldIn, ToolUse, TurnRecord,
};
pub use search::{content_words, stems};
pub use store::Store;
pub use vectors::{Row, Vectors};
