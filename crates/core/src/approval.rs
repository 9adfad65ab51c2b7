//! The words of asking a person before something is done: how much harm it can do, whose wish it is, what may be behind it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How much harm a call can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Risk {
    /// None worth asking about.
    Low,
    /// It can be undone, or asks.
    Medium,
    /// It asks.
    High,
    /// It asks every time, whatever was allowed for always.
    Critical,
}

impl Risk {
    /// As written in rules and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

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

/// What a person is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Question {
    /// Of this question alone.
    pub id: Uuid,
    /// Name of the tool.
    pub tool: String,
    /// The exact effect, one plain sentence.
    pub words: String,
    /// How much harm it can do.
    pub risk: Risk,
    /// Whether "undo that" takes it back.
    pub undoable: bool,
    /// On whose wish.
    pub origin: Origin,
    /// What the turn has read that may have asked for it: the person sees where the wish may really come from.
    pub tainted_by: Vec<Taint>,
    /// Which rule asks.
    pub rule: String,
    /// What "always" would allow, one plain sentence; none where there is no always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub always: Option<String>,
    /// Seconds until the answer is no.
    pub seconds: u32,
}

/// What a person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Consent {
    /// This once.
    Once,
    /// This, and what is like it, from now on.
    Always,
    /// No.
    No,
    /// Not yet: the question is asked aloud, and the person's next words answer it.
    Later,
}
