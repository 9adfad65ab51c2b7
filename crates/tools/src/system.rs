//! The machine's condition, and its processes: looking, and ending what is the person's own.
//!
//! A process is known by its number and the moment it started, so that another that gets the number later is not taken for
//! it. Neither Jarvis nor what Jarvis runs in is ever ended, nor process 1. Wired up by the assistant.

mod end;
mod identity;
mod info;
mod processes;

use std::sync::Arc;

pub(crate) use identity::{Process, is_jarvis_or_above};

pub(crate) use end::end_politely;

use crate::tool::Tool;

/// The tools of the system.
pub fn tools() -> Vec<Arc<dyn Tool>> {
    vec![
        Arc::new(processes::ListProcesses::new()),
        Arc::new(end::EndProcess::new()),
        Arc::new(info::SystemInfo::new()),
    ]
}
