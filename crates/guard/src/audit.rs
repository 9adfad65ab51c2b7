//! The audit log (its place is kept until it is there).
use std::time::Duration;

use jarvis_core::TurnId;
use serde_json::Value;
use uuid::Uuid;

use crate::act::Risk;
use crate::approval::Consent;
use crate::circumstances::{Origin, Taint};

/// Why.
#[derive(Debug, thiserror::Error)]
#[error("audit")]
pub struct AuditError;
/// The log.
pub struct AuditLog;
/// What.
pub struct Entry<'a> {
    /// call
    pub call: Uuid,
    /// tool
    pub tool: &'a str,
    /// arguments
    pub arguments: &'a Value,
    /// words
    pub words: &'a str,
    /// risk
    pub risk: Risk,
    /// origin
    pub origin: Origin,
    /// turn
    pub turn: Option<TurnId>,
    /// taint
    pub tainted_by: &'a [Taint],
    /// decision
    pub decision: &'a str,
    /// rule
    pub rule: &'a str,
    /// consent
    pub consent: Option<Consent>,
}
/// Of a begun record.
pub struct Ticket;
/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Done.
    Done,
    /// Failed.
    Failed,
    /// Stopped.
    Stopped,
    /// Timed out.
    TimedOut,
    /// Undone.
    Undone,
}
/// What else is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// Refused.
    Refused,
    /// A grant.
    Granted,
    /// A grant taken back.
    Revoked,
    /// Everything was stopped.
    EmergencyStop,
}
impl AuditLog {
    /// In memory.
    pub fn in_memory() -> Result<Self, AuditError> {
        Ok(Self)
    }
    /// Begins.
    pub fn begin(&self, _: &Entry<'_>) -> Result<Ticket, AuditError> {
        Ok(Ticket)
    }
    /// Ends.
    pub fn end(&self, _: Ticket, _: Ending, _: &str, _: Duration) -> Result<(), AuditError> {
        Ok(())
    }
    /// Notes.
    pub fn note(&self, _: NoteKind, _: Option<&Entry<'_>>, _: &str) -> Result<(), AuditError> {
        Ok(())
    }
}
