//! In what circumstances a call is made: on whose wish, and what its turn has read before.

use jarvis_core::TurnId;
use serde::{Deserialize, Serialize};

/// Whose wish a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Origin {
    /// The person's own words, understood by a reflex or typed as a command.
    Person,
    /// A language model's, in answer to the person.
    Model,
    /// Another program's, over MCP or the API.
    Program,
}

impl Origin {
    /// As written in rules and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Model => "model",
            Self::Program => "program",
        }
    }
}

/// Where text came from that nobody vouches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TaintKind {
    /// A page of the web.
    Web,
    /// A file or an attachment.
    Document,
    /// What stands on the screen, window titles included.
    Screen,
    /// The clipboard.
    Clipboard,
    /// What a command or a program printed.
    Output,
    /// Names of files, processes and the like, which anybody can choose.
    Names,
    /// A tool of an MCP server, and what it says of itself.
    Mcp,
}

/// One thing that a turn has read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Taint {
    /// What kind of thing.
    pub kind: TaintKind,
    /// Which, for people: a path, a host, a window's title.
    pub source: String,
}

/// In what circumstances a call is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Circumstances {
    /// On whose wish.
    pub origin: Origin,
    /// In which turn, if any.
    pub turn: Option<TurnId>,
    /// What that turn has read so far, each source once. Empty: nothing but the person's words and Jarvis's own.
    pub tainted_by: Vec<Taint>,
}

impl Circumstances {
    /// The person's own wish, with nothing read before.
    pub fn person() -> Self {
        Self { origin: Origin::Person, turn: None, tainted_by: Vec::new() }
    }

    /// Notes what the turn has read.
    pub fn read(&mut self, taint: Taint) {
        if !self.tainted_by.contains(&taint) {
            self.tainted_by.push(taint);
        }
    }
}
