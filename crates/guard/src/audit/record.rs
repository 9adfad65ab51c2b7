//! What is recorded of a call, and how it is asked for.

use jarvis_core::TurnId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::act::Risk;
use crate::approval::Consent;
use crate::circumstances::{Origin, Taint};

/// What is known of a call when something is recorded of it. Words, arguments and sources may hold anything: secrets and
/// personal data are taken out before they are written. `decision` and `rule` are written as they are, cut at 200 characters,
/// and stay when words are forgotten: they are names, not words.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The call's own id; all records of it carry it.
    pub call: Uuid,
    /// Name of the tool.
    pub tool: &'a str,
    /// What it was called with.
    pub arguments: &'a Value,
    /// The exact effect in one plain sentence.
    pub words: &'a str,
    /// How much harm it can do.
    pub risk: Risk,
    /// On whose wish.
    pub origin: Origin,
    /// In which turn, if any.
    pub turn: Option<TurnId>,
    /// What that turn had read.
    pub tainted_by: &'a [Taint],
    /// What the policy said: "run", "ask" or "deny".
    pub decision: &'a str,
    /// Which rule said it.
    pub rule: &'a str,
    /// What a person answered, where one was asked.
    pub consent: Option<Consent>,
}

/// Stands for a call that has begun; it is handed back when the call ends. One that is dropped leaves the call
/// unfinished, as does the death of the program.
#[must_use = "a call that has begun is to end"]
#[derive(Debug)]
pub struct Ticket {
    pub(super) seq: i64,
    pub(super) call: Uuid,
}

impl Ticket {
    /// Number of the record that tells of the beginning.
    pub fn seq(&self) -> u64 {
        self.seq.unsigned_abs()
    }

    /// The call's id.
    pub fn call(&self) -> Uuid {
        self.call
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Ending {
    /// It did what it was to do.
    Done,
    /// It could not.
    Failed,
    /// A person, or the emergency stop, ended it.
    Stopped,
    /// It took too long.
    TimedOut,
    /// What it had done was taken back.
    Undone,
}

/// What else is recorded, besides calls that run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NoteKind {
    /// A call was refused by a rule, or by an error on the way.
    Refused,
    /// A person was asked.
    Asked,
    /// The person said yes.
    Allowed,
    /// The person said no, or nothing in time.
    Denied,
    /// Something was allowed for always.
    Granted,
    /// What was allowed for always no longer is.
    Revoked,
    /// Everything was stopped.
    EmergencyStop,
    /// Other rules hold.
    RulesChanged,
    /// A tool was switched on or off.
    ToolSwitched,
}

/// What a record tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AuditKind))]
pub enum Kind {
    /// A call is about to run.
    Begun,
    /// A call did what it was to do.
    Done,
    /// A call could not.
    Failed,
    /// A call was ended by a person or the emergency stop.
    Stopped,
    /// A call took too long.
    TimedOut,
    /// What a call had done was taken back.
    Undone,
    /// A call was refused.
    Refused,
    /// A person was asked.
    Asked,
    /// The person said yes.
    Allowed,
    /// The person said no, or nothing in time.
    Denied,
    /// Something was allowed for always.
    Granted,
    /// What was allowed for always no longer is.
    Revoked,
    /// Everything was stopped.
    EmergencyStop,
    /// Other rules hold.
    RulesChanged,
    /// A tool was switched on or off.
    ToolSwitched,
    /// Words were forgotten.
    Forgotten,
    /// Records from before this one were found to be gone.
    Gap,
    /// It says something that no Jarvis writes.
    Unreadable,
}

impl From<Ending> for Kind {
    fn from(how: Ending) -> Self {
        match how {
            Ending::Done => Self::Done,
            Ending::Failed => Self::Failed,
            Ending::Stopped => Self::Stopped,
            Ending::TimedOut => Self::TimedOut,
            Ending::Undone => Self::Undone,
        }
    }
}

impl From<NoteKind> for Kind {
    fn from(kind: NoteKind) -> Self {
        match kind {
            NoteKind::Refused => Self::Refused,
            NoteKind::Asked => Self::Asked,
            NoteKind::Allowed => Self::Allowed,
            NoteKind::Denied => Self::Denied,
            NoteKind::Granted => Self::Granted,
            NoteKind::Revoked => Self::Revoked,
            NoteKind::EmergencyStop => Self::EmergencyStop,
            NoteKind::RulesChanged => Self::RulesChanged,
            NoteKind::ToolSwitched => Self::ToolSwitched,
        }
    }
}

/// One record, as it was kept. An ending carries the tool, the risk, the origin and the turn of its beginning, and neither
/// words nor arguments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AuditRecord))]
pub struct Record {
    /// Its number, from 1 on, without gaps.
    pub seq: u64,
    /// When it was written; 1970 where that cannot be read.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// What it tells of.
    pub kind: Kind,
    /// Of which call, if of one.
    pub call: Option<Uuid>,
    /// Name of the tool.
    pub tool: Option<String>,
    /// How much harm the call can do.
    pub risk: Option<Risk>,
    /// On whose wish.
    pub origin: Option<Origin>,
    /// In which turn.
    pub turn: Option<TurnId>,
    /// What the policy said.
    pub decision: Option<String>,
    /// Which rule said it.
    pub rule: Option<String>,
    /// What a person answered.
    pub consent: Option<Consent>,
    /// Of an ending: the record that tells of the beginning.
    pub began: Option<u64>,
    /// Of a beginning: the record that tells of the end, once there is one.
    pub ended: Option<u64>,
    /// Of an ending: whether the call did what it was to do.
    pub ok: Option<bool>,
    /// Of an ending: how long the call took, in milliseconds.
    pub took_ms: Option<u64>,
    /// Of a forgetting: the records whose words are gone ("3,7-9"). Of a gap: what is missing.
    pub about: Option<String>,
    /// The exact effect in one plain sentence, without secrets and personal data.
    pub words: String,
    /// The arguments, without secrets and personal data, 4 KiB at most.
    pub arguments: Option<Value>,
    /// What the turn had read.
    pub tainted_by: Vec<Taint>,
    /// What else there is to say: a reason, a result.
    pub detail: String,
    /// Whether words, arguments, sources and detail were forgotten.
    pub forgotten: bool,
    /// SHA-256 of these four, with a salt; hexadecimal.
    pub digest: String,
    /// Hash of the record before this one; zeros for the first.
    pub previous: String,
    /// SHA-256 of the record before and of everything here but what can be forgotten; hexadecimal.
    pub hash: String,
}

/// Which records are wanted. All that is set must hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditQuery {
    /// Only those with a lower number: the next page.
    pub before: Option<u64>,
    /// No more than so many; 1,000 at most, 100 unless told.
    pub limit: u32,
    /// Only of this tool.
    pub tool: Option<String>,
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only calls that have begun and not ended.
    pub unfinished: bool,
    /// Only those that hold this text, in small or large letters.
    pub text: Option<String>,
}

impl Default for AuditQuery {
    fn default() -> Self {
        Self { before: None, limit: 100, tool: None, kind: None, unfinished: false, text: None }
    }
}

/// What a check of the whole log has found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AuditVerdict))]
pub struct Verified {
    /// How many records there are.
    pub records: u64,
    /// How many calls have begun and not ended: those under way, and those whose program was killed.
    pub unfinished: u64,
    /// So many records at the end are not yet in the head file: a program was killed in between, or is writing now.
    pub head_behind: u64,
    /// What is not as it was written. Empty: nothing was changed, removed or put in between.
    pub broken: Vec<Broken>,
}

/// A place where the log is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AuditBroken))]
pub struct Broken {
    /// Number of the record; 0 for the file as a whole.
    pub seq: u64,
    /// What is wrong, for people.
    pub why: String,
}

/// In what form records are handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AuditFormat))]
pub enum ExportFormat {
    /// One [`Record`] a line, as JSON.
    Jsonl,
    /// ArcSight's Common Event Format, version 0, one event a line.
    Cef,
}
