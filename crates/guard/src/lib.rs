//! May it? What a call would do, policy, approvals, the audit log, the sandbox, secrets.
//!
//! Nothing that acts on the machine runs but on a [`Running`], which comes of an [`Approved`] that only this room can make.

mod act;
mod approval;
pub mod audit;
mod circumstances;
pub mod command;
pub mod constitution;
mod grants;
mod guard;
pub mod hidden;
pub mod place;
mod policy;
pub mod risk;
pub mod sandbox;
pub mod secrets;

pub use act::{Act, Effect, Input, Risk};
pub use approval::{Approver, Consent, Nobody, PATIENCE, Question};
pub use circumstances::{Circumstances, Origin, Taint, TaintKind};
pub use grants::{Grant, GrantError, Grants};
pub use guard::{Approved, Guard, Refusal, Running};
pub use place::{Place, Places};
pub use policy::{Decision, Policy, PolicyError, SHIPPED_RULES, Verdict};
