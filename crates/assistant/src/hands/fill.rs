//! Which tools this machine can have.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use jarvis_core::{Code, Failure};
use jarvis_tools::mcp::{McpServers, ServerConfig};
use jarvis_tools::{Eyes, Files, Tool, ToolError, Toolbox, desktop, eyes, open, shell, sound, system};
use serde::Deserialize;

use super::home;
use crate::bus::EventBus;
use crate::setup::Setup;

/// Puts in every tool that this machine can have. What of it cannot be had is told.
pub(super) async fn fill(toolbox: &Arc<Toolbox>, setup: &Setup, bus: &EventBus) -> Arc<Eyes> {
    let places = toolbox.guard().places().clone();
    let eyes = Arc::new(Eyes::new(setup.eyes_engine(), setup.languages()));
    let mut tools: Vec<Arc<dyn Tool>> = Vec::new();
    match Files::open(&home(), &setup.paths.undo_dir(), places.clone()) {
        Ok(files) => tools.extend(files.tools()),
        Err(error) => {
            let remedy = "Until then files can be read by nobody but you. Check who may write into Jarvis's state folder.";
            bus.fail(None, Failure::sentence(Code::Internal, &error, remedy));
        }
    }
    let here = desktop::Desktop::here();
    tools.extend(desktop::tools(&here, Some(Arc::new(OnScreen(Arc::clone(&eyes))))));
    tools.extend(open::tools(&here));
    tools.extend(sound::tools());
    tools.extend(system::tools());
    tools.extend(eyes::tools(&eyes, &home()));
    tools.extend(shell::tools(&places));
    tools.into_iter().for_each(|tool| toolbox.add(tool));
    eyes
}

/// Finds what stands on the screen, to click on it.
struct OnScreen(Arc<Eyes>);
