//! In what circumstances a call is made: on whose wish, and what its turn has read before.

use jarvis_core::TurnId;
pub use jarvis_core::{Origin, Taint, TaintKind};
use serde::{Deserialize, Serialize};

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
