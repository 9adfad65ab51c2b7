//! What a tool found when it planned a call, kept until the call runs: a plan names a window or a process for people, and
//! the call must meet that very one.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use jarvis_guard::Running;
use serde_json::Value;

use crate::tool::{Plan, ToolError};

/// So many plans are kept; an older one has long been refused.
const MOST: usize = 32;

/// See the module. `T` is what was found.
#[derive(Debug)]
pub(crate) struct Planned<T>(Mutex<VecDeque<(Value, Plan, T)>>);

impl<T> Default for Planned<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: PartialEq> Planned<T> {
    /// Keeps what was found for a plan.
    pub(crate) fn keep(&self, arguments: &Value, plan: Plan, found: T) -> Plan {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = (arguments.clone(), plan.clone(), found);
        if !kept.contains(&new) {
            kept.push_back(new);
        }
        if kept.len() > MOST {
            kept.pop_front();
        }
        plan
    }

    /// What was found for the plan that was approved. Where the same words were planned for two different things, nobody
    /// knows which of them was meant.
    pub(crate) fn take(&self, running: &Running) -> Result<T, ToolError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut meant, rest): (VecDeque<_>, VecDeque<_>) = std::mem::take(&mut *kept)
            .into_iter()
            .partition(|(arguments, plan, _)| arguments == running.arguments() && is_of(plan, running));
        *kept = rest;
        match (meant.pop_front(), meant.is_empty()) {
            (Some((_, _, found)), true) => Ok(found),
            _ => Err(ToolError::Refused {
                reason: "It is no longer certain what this was meant for; nothing was done. Ask again."
                    .into(),
            }),
        }
    }
}

fn is_of(plan: &Plan, running: &Running) -> bool {
    plan.effects == running.act().effects && plan.words == running.act().words
}
