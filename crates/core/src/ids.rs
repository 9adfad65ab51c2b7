//! Identifiers. Time-ordered (UUID version 7), so that sorting by id is sorting by creation.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh id, later than every earlier one of this process.
            #[expect(clippy::new_without_default, reason = "a default id would hide that each one is new")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// One question and everything that follows from it, until the answer has been heard.
    TurnId
);
id!(
    /// A run of turns that share a history.
    ConversationId
);
id!(
    /// One message of a conversation.
    MessageId
);
id!(
    /// A picture or a text that goes with a request.
    AttachmentId
);
id!(
    /// Something that Jarvis was told to remember.
    FactId
);
id!(
    /// A document that Jarvis has read.
    DocumentId
);
id!(
    /// Somebody or something that facts and documents tell of.
    EntityId
);
