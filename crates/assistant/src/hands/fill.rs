//! Which tools this machine can have.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jarvis_core::{Code, EventKind, Failure};
use jarvis_engine::eyes::View;
use jarvis_tools::desktop::click::{FoundText, TextFinder};
use jarvis_tools::desktop::{self, Desktop};
use jarvis_tools::mcp::{self, McpServers, ServerConfig};
use jarvis_tools::{
    Eyes, Files, FindOnScreen, ReadScreen, TakeScreenshot, Tool, ToolError, Toolbox, find_text, open, shell,
    sound, system,
};
use serde::Deserialize;

use super::home;
use crate::bus::EventBus;
use crate::setup::Setup;

/// Puts in every tool that this machine can have. What of it cannot be had is told.
pub(super) fn fill(toolbox: &Toolbox, setup: &Setup, bus: &EventBus) -> Arc<Eyes> {
    let places = toolbox.guard().places().clone();
    let eyes = Arc::new(Eyes::new(setup.eyes_engine(), setup.languages()));
    let here = Desktop::here();
    let finder = Arc::new(OnScreen(Arc::clone(&eyes)));
    let mut tools: Vec<Arc<dyn Tool>> = desktop::tools(&here, Some(finder));
    match Files::open(&home(), &setup.paths.undo_dir(), places.clone()) {
        Ok(files) => tools.extend(files.tools()),
        Err(error) => {
            let remedy =
                "Until then Jarvis leaves your files alone. Check who may write into its state folder.";
            bus.fail(None, Failure::sentence(Code::Internal, &error, remedy));
        }
    }
    tools.extend(open::tools(&here, &home()));
    tools.extend(sound::tools(&here));
    tools.extend(system::tools());
    tools.push(Arc::new(ReadScreen::new((*eyes).clone())));
    tools.push(Arc::new(FindOnScreen::new((*eyes).clone(), &home())));
    tools.push(Arc::new(TakeScreenshot::new((*eyes).clone(), &home())));
    tools.extend(shell::tools(&places));
    tools.into_iter().for_each(|tool| toolbox.add(tool));
    eyes
}

/// The file of MCP servers, in the form that other programs use as well.
#[derive(Deserialize)]
struct Servers {
    #[serde(rename = "mcpServers", default)]
    servers: BTreeMap<String, Server>,
}

#[derive(Deserialize)]
struct Server {
    command: String,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    cwd: Option<PathBuf>,
    /// Tools that the person vouches for as only reading.
    #[serde(rename = "readsOnly", default)]
    reads_only: Vec<String>,
    /// Seconds after which a call is stopped.
    #[serde(rename = "timeoutSeconds", default)]
    timeout_s: Option<u64>,
}

/// The servers that are configured. What cannot be read is told.
pub(super) fn servers(setup: &Setup, bus: &EventBus) -> Vec<ServerConfig> {
    let file = setup.paths.mcp_file();
    configured(&file).unwrap_or_else(|reason| {
        let message = format!("{} cannot be read ({reason}).", file.display());
        let remedy = "Correct it; until then no server's tools are there.";
        bus.fail(None, Failure::new(Code::BadConfig, message, remedy));
        Vec::new()
    })
}

/// Connects servers, and has their tools come, change and go. Returns once they are there, or cannot be had.
pub(super) async fn connect(
    configured: Vec<ServerConfig>,
    seen: PathBuf,
    toolbox: Arc<Toolbox>,
    bus: EventBus,
) -> Option<Arc<McpServers>> {
    let servers = match McpServers::connect(configured, seen).await {
        Ok(servers) => Arc::new(servers),
        Err(error) => {
            bus.fail(
                None,
                Failure::sentence(Code::BadConfig, &error, "Until then no server's tools are there."),
            );
            return None;
        }
    };
    servers.fill(&toolbox);
    bus.publish(None, EventKind::ToolsChanged);
    let following = Arc::clone(&servers);
    tokio::spawn(async move {
        let mut changes = following.changes();
        while changes.changed().await.is_ok() {
            following.fill(&toolbox);
            bus.publish(None, EventKind::ToolsChanged);
        }
    });
    Some(servers)
}

fn configured(file: &Path) -> Result<Vec<ServerConfig>, String> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e.to_string()),
    };
    let Servers { servers } = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let config = |(name, server): (String, Server)| ServerConfig {
        name,
        command: server.command,
        args: server.args,
        env: server.env,
        cwd: server.cwd,
        reads_only: server.reads_only,
        time_limit: server.timeout_s.map_or(mcp::TIME_LIMIT, Duration::from_secs),
    };
    Ok(servers.into_iter().map(config).collect())
}

/// Finds what stands on the screen, to click on it.
struct OnScreen(Arc<Eyes>);

#[async_trait]
impl TextFinder for OnScreen {
    async fn find(&self, wanted: &str) -> Result<Vec<FoundText>, ToolError> {
        let unavailable = |e: jarvis_tools::EyesError| ToolError::unavailable(e.failure().to_string());
        let picture = self.0.capture(&View::Screen).await.map_err(unavailable)?;
        let (left, top) = (picture.place.x, picture.place.y);
        let reading = self.0.read(picture.png).await.map_err(unavailable)?;
        let found = find_text(&reading, wanted).into_iter().map(|found| {
            let (x, y) = found.place.middle();
            FoundText { text: found.text, x: x + left, y: y + top }
        });
        Ok(found.collect())
    }
}
