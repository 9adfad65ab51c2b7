//! The composition root: configuration in, a running assistant out.
//!
//! Shells (the command line, later the desktop and the server) make a [`Setup`], take from it what they need,
//! and listen to the [`EventBus`]. They translate; what happens is decided here and below.

mod acting;
mod afterthoughts;
mod aloud;
mod announcer;
mod approvals;
pub mod archive;
mod assistant;
mod attachments;
pub mod backup;
mod brain;
mod bus;
mod chime;
mod conversation;
mod doctor;
mod downloads;
pub mod duet;
pub mod encryption;
mod hands;
mod hear;
mod journal;
mod keyring;
mod keys;
mod library;
mod listen;
mod memory;
mod mouth;
mod preview;
mod reading;
pub mod settings;
mod setup;
mod teacher;
mod timers;
mod trial;
mod typed;
mod vocabulary;
mod voices;
mod wake_phrase;
mod wake_words;
mod watched;

pub use afterthoughts::think_in_pauses;
pub use approvals::ApprovalDesk;
pub use assistant::{Assistant, DeviceInfo, Machine, ModelEntry, ModelStanding, VoiceStatus};
pub use attachments::{LARGEST_ATTACHMENT, MOST_ATTACHMENTS};
pub use brain::{Answer, Brain};
pub use bus::{EventBus, Replay};
pub use conversation::{Answered, Conversation, Heard};
pub use doctor::{Check, examine_anew};
pub use downloads::Downloads;
pub use hands::{Explained, Hands, Rules, ToolEntry, ToolResult, told as tool_failure};
pub use hear::Hearing;
pub use jarvis_models::Hardware;
pub use journal::{Journal, Request};
pub use keys::{KeyName, KeySource, KeyStanding, Keys};
pub use library::{LARGEST_DOCUMENT, Library};
pub use listen::{Command, Devices, Listening};
pub use memory::open as open_memory;
pub use mouth::{Mouth, Sink};
pub use preview::Preview;
pub use setup::{Setup, catalog};
pub use teacher::{Recorded, Teacher};
pub use timers::Timers;
pub use trial::TrialKind;
pub use typed::answer_typed;
pub use wake_words::{WakeWord, WakeWordOrigin, teach};

/// Where things are kept, by the environment of this process: absolute paths, since engines work in folders of their own.
pub fn paths() -> jarvis_core::paths::Paths {
    jarvis_core::paths::Paths::from_env(|key| {
        let value = std::env::var_os(key)?;
        // By the XDG rules their own variables count only where they are absolute.
        if key.starts_with("XDG_") {
            return Some(value);
        }
        Some(std::path::absolute(&value).map_or(value, Into::into))
    })
}
