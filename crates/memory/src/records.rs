//! What is kept, as programs see it.

use jarvis_core::{
    AttachmentId, AttachmentNote, ConversationId, DocumentId, FactId, LeftOut, MessageId, Role, Source,
    TurnId, TurnTimings, Usage,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A run of messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// What it is called: as the person chose, or the beginning of the first request. Empty before that.
    pub title: String,
    /// Whether it is listed before the others.
    pub pinned: bool,
    /// When it began.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// When its last message came.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub updated_at: Timestamp,
    /// How many messages it has.
    pub message_count: u64,
}

/// How a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// All of it is there.
    Complete,
    /// It is being written.
    Streaming,
    /// It was stopped; what had come is there.
    Interrupted,
    /// It failed; the content says how.
    Failed,
}

/// A tool that took part in an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ToolUse {
    /// Its name.
    pub tool: String,
    /// What it was given.
    pub arguments: Value,
    /// Whether it succeeded.
    pub ok: bool,
    /// What it returned, or why it failed.
    pub result: String,
}

/// A picture or a text that goes with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// What it is called: a file name without a path, and without what could be taken for markup.
    pub name: String,
    /// `text/plain`, or `image/png`, `image/jpeg`, `image/webp` or `image/gif`.
    pub media_type: String,
    /// How many bytes it has.
    pub size_bytes: u64,
}

/// An attachment to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAttachment {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// A request of the person's, or an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Its place in the conversation, counting from 1.
    pub seq: u64,
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: String,
    /// How it stands.
    pub status: MessageStatus,
    /// Whether it was said aloud rather than typed.
    pub spoken: bool,
    /// The turn that it belongs to.
    pub turn: Option<TurnId>,
    /// The reflex that answered, when one did.
    pub reflex: Option<String>,
    /// When the stages of the answer were reached.
    pub timings: Option<TurnTimings>,
    /// Tokens, when a language model took part.
    pub usage: Option<Usage>,
    /// Tools that took part, in their order.
    pub tools: Vec<ToolUse>,
    /// What goes with a request.
    pub attachments: Vec<Attachment>,
    /// Of an answer: the attachments of the request that the model was not given whole.
    pub notes: Vec<AttachmentNote>,
    /// Of an answer: what it was known from.
    pub sources: Vec<Source>,
    /// When it came.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
}

/// A message to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMessage {
    /// Who speaks.
    pub role: Role,
    /// What is said, so far.
    pub content: String,
    /// How it stands.
    pub status: MessageStatus,
    /// Whether it was said aloud.
    pub spoken: bool,
    /// The turn that it belongs to.
    pub turn: Option<TurnId>,
    /// What goes with it, kept before by [`crate::Store::attach`].
    pub attachments: Vec<AttachmentId>,
}

impl NewMessage {
    /// All of it is there; it was written, and nothing goes with it.
    pub fn new(role: Role, content: impl Into<String>, turn: Option<TurnId>) -> Self {
        let status = MessageStatus::Complete;
        Self { role, content: content.into(), status, spoken: false, turn, attachments: Vec::new() }
    }

    /// As it is kept at the place `seq` of a conversation, where nothing more is known of it.
    pub fn kept(self, seq: u64, at: Timestamp) -> Message {
        let Self { role, content, status, spoken, turn, .. } = self;
        Message {
            id: MessageId::new(),
            seq,
            role,
            content,
            status,
            spoken,
            turn,
            reflex: None,
            timings: None,
            usage: None,
            tools: Vec::new(),
            attachments: Vec::new(),
            notes: Vec::new(),
            sources: Vec::new(),
            created_at: at,
        }
    }
}

/// What is known of an answer when it is over.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageUpdate {
    /// What was said.
    pub content: String,
    /// How it ended.
    pub status: MessageStatus,
    /// When its stages were reached.
    pub timings: Option<TurnTimings>,
    /// Tokens, when a language model took part.
    pub usage: Option<Usage>,
    /// The reflex that answered, when one did.
    pub reflex: Option<String>,
    /// Tools that took part.
    pub tools: Vec<ToolUse>,
    /// Attachments of the request that the model was not given whole.
    pub notes: Vec<AttachmentNote>,
    /// What it was known from.
    pub sources: Vec<Source>,
}

impl MessageUpdate {
    /// An answer that says `content`; nothing else is known of it.
    pub fn new(content: impl Into<String>, status: MessageStatus) -> Self {
        Self {
            content: content.into(),
            status,
            timings: None,
            usage: None,
            reflex: None,
            tools: Vec::new(),
            notes: Vec::new(),
            sources: Vec::new(),
        }
    }
}

/// Something that Jarvis was told to remember.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fact {
    /// Its id.
    pub id: FactId,
    /// In the words in which it was told.
    pub text: String,
    /// The request that it was told in, where that is kept.
    pub told_in: Option<ToldIn>,
    /// Whether it was not told to be remembered, but noted of what was said.
    pub noted: bool,
    /// Whether it is always brought to mind.
    pub pinned: bool,
    /// Since when it holds.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub valid_from: Timestamp,
    /// Until when it held; none while it does.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub valid_to: Option<Timestamp>,
    /// The later fact that took its place.
    pub superseded_by: Option<FactId>,
}

/// A request in which something was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ToldIn {
    /// Which.
    pub message: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// What that is called.
    pub title: String,
}

/// A document that Jarvis has read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// The name of its file.
    pub name: String,
    /// Where it was read from.
    pub path: String,
    /// How many bytes it has.
    pub size_bytes: u64,
    /// How many pages, where it has pages.
    pub pages: Option<u32>,
    /// What was not read of it.
    pub left_out: Vec<LeftOut>,
    /// When it was read.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub added_at: Timestamp,
    /// How many passages it was cut into.
    pub chunk_count: u64,
}

/// A document to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDocument {
    /// The name of its file.
    pub name: String,
    /// Where it was read from.
    pub path: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub hash: String,
    /// How many bytes it has.
    pub size_bytes: u64,
    /// How many pages, where it has pages.
    pub pages: Option<u32>,
    /// What was not read of it.
    pub left_out: Vec<LeftOut>,
}

/// What was, or would be, removed for good.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Forgotten {
    /// The facts, those that no longer held too.
    pub facts: Vec<Fact>,
    /// The messages: those with the words in them, and the rest of their turns.
    pub messages: Vec<Message>,
    /// The passages of documents; those of a document whose name has the words in it, all of them.
    pub passages: Vec<Passage>,
    /// Titles that were chosen for conversations.
    pub titles: Vec<String>,
}

/// A passage of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Passage {
    /// The document.
    pub document: DocumentId,
    /// The name of its file.
    pub name: String,
    /// Its place among the document's, counting from 0.
    pub place: u32,
    /// The page that it begins on, in a document that has pages.
    pub page: Option<u32>,
    /// The headings that it stands under.
    pub heading: Option<String>,
    /// What it says.
    pub text: String,
}

impl Forgotten {
    /// Whether there is nothing to forget.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
            && self.messages.is_empty()
            && self.passages.is_empty()
            && self.titles.is_empty()
    }
}

/// How much is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stats {
    /// Whether what is kept can be read with a key only.
    pub encrypted: bool,
    /// Facts that hold.
    pub facts: u64,
    /// Facts that no longer do.
    pub past_facts: u64,
    /// Conversations.
    pub conversations: u64,
    /// Their messages.
    pub messages: u64,
    /// Documents.
    pub documents: u64,
    /// Their passages.
    pub chunks: u64,
    /// Records that are not found by meaning yet.
    pub unindexed: u64,
    /// Bytes of the database.
    pub bytes: u64,
}

/// How quick a turn was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TurnRecord {
    /// When it began.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// Whether it was spoken.
    pub spoken: bool,
    /// When its stages were reached.
    pub timings: TurnTimings,
}
