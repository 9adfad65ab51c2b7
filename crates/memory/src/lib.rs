//! What is kept: conversations, their messages and what is attached to these, and what Jarvis was told to remember, in one
//! SQLite file.
//!
//! It reads no clock and decides nothing: times are passed in, and what belongs into the record is for the assistant
//! to say. Calls block for a moment of the disk; several programs may have the same file open.

mod attachments;
mod claims;
mod database;
mod error;
mod export;
mod facts;
mod records;
mod rows;
mod search;
mod store;

pub use error::StoreError;
pub use export::export_markdown;
pub use records::{
    Attachment, Conversation, Fact, Forgotten, Message, MessageStatus, MessageUpdate, NewAttachment,
    NewMessage, ToolUse, TurnRecord,
};
pub use store::Store;
