//! May it? What a call would do, policy, approvals, the audit log, the sandbox, secrets.
//!
//! Nothing that acts on the machine runs but on an [`Approved`] that only this room can make.

mod act;
mod approval;
pub mod audit;
mod circumstances;
pub mod command;
pub mod hidden;
pub mod secrets;

pub use act::{Act, Effect, Input, Risk};
pub use approval::{Approver, Consent, Nobody, PATIENCE, Question};
pub use audit::{AuditError, AuditLog};
pub use circumstances::{Circumstances, Origin, Taint, TaintKind};
