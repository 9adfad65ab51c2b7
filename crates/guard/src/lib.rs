//! May it? What a call would do, policy, approvals, the audit log, the sandbox, secrets.
//!
//! Nothing that acts on the machine runs but on an [`Approved`] that only this room can make.

mod act;
mod approval;
mod circumstances;
pub mod command;
#[cfg(target_os = "linux")]
pub mod sandbox;

pub use act::{Act, Effect, Input, Risk};
pub use approval::{Approver, Consent, Nobody, PATIENCE, Question};
pub use circumstances::{Circumstances, Origin, Taint, TaintKind};
