//! Where something is known from.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, DocumentId, FactId, MessageId};

/// What Jarvis knows something from. It names what is kept and holds nothing of it: what is forgotten is forgotten here too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Source {
    /// It was told to remember it.
    Fact {
        /// Which fact.
        id: FactId,
    },
    /// It was said in a conversation.
    Message {
        /// By which message.
        id: MessageId,
        /// In which conversation.
        conversation: ConversationId,
    },
    /// It stands in a document that it has read.
    Document {
        /// Which document.
        id: DocumentId,
        /// The place of the passage among the document's, counting from 0.
        place: u32,
    },
}
