//! The words every room speaks: ids, messages, events, configuration and failures.
//!
//! Plain data and pure functions. It never opens a file, a socket or a device; whoever needs
//! those reads them and hands the text over.

mod approval;
pub mod audio;
mod completeness;
pub mod config;
mod document;
mod event;
mod failure;
mod ids;
mod message;
pub mod paths;
mod schema;
mod source;
mod teaching;
pub mod text;

pub use approval::{Consent, Origin, Question, Risk, Taint, TaintKind};
pub use completeness::Completeness;
pub use config::Config;
pub use document::{Chunk, LeftOut};
pub use event::{AttachmentNote, DownloadState, Event, EventKind, Limited, Outcome, TurnTimings, VoiceState};
pub use failure::{Code, Failure};
pub use ids::{AttachmentId, ConversationId, DocumentId, EntityId, FactId, MessageId, TurnId};
pub use message::{Message, Picture, Role, ToolCall, ToolSpec, Usage};
pub use source::Source;
pub use teaching::{Measured, Teaching, TeachingStep, TrainingStage};
