//! All configured servers, and what of their tools stands in the toolbox.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use futures::future::join_all;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::foreign::Foreign;
use super::pins::Pins;
use super::server::Server;
use super::{GROUP, McpError, ServerConfig, describe};
use crate::tool::{Tool, ToolError};
use crate::toolbox::Toolbox;

/// A tool that a server has and that is not offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// As the server calls it.
    pub tool: String,
    /// Why.
    pub reason: String,
    /// What it says of itself now.
    pub now: String,
    /// What it said when it was accepted; none where it is not that it has changed.
    pub accepted: Option<String>,
}

/// How a server fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerState {
    /// Its name in the configuration.
    pub name: String,
    /// Why it cannot be used, if so.
    pub problem: Option<String>,
    /// Names of its tools that are offered, as Jarvis calls them.
    pub tools: Vec<String>,
    /// What is held back.
    pub held: Vec<Held>,
}

/// See the module. Dropped, it kills the servers.
pub struct McpServers {
    servers: Vec<Arc<Server>>,
    revision: watch::Sender<u64>,
    /// Listen to the servers until this is dropped.
    _listeners: JoinSet<()>,
}

impl McpServers {
    /// Starts every server; one that cannot be is told of by [`Self::states`] and does not keep the others. `pins` is the file in which
    /// it is kept what their tools are; an error means that it cannot be read.
    pub async fn connect(configs: Vec<ServerConfig>, pins: PathBuf) -> Result<Self, McpError> {
        let pins = Arc::new(Pins::open(pins)?);
        let revision = watch::Sender::new(0);
        let new = |config| Arc::new(Server::new(config, Arc::clone(&pins), revision.clone()));
        let servers: Vec<Arc<Server>> = configs.into_iter().map(new).collect();
        let mut taken = BTreeSet::new();
        for server in &servers {
            let short = describe::short(&server.config.name);
            if short.is_empty() {
                server.rule_out("its name has no letters. Remedy: rename it".into()).await;
            } else if !taken.insert(short) {
                server.rule_out("another server is called alike. Remedy: rename one of them".into()).await;
            }
        }
        let started = servers.iter().filter(|server| server.problem().is_none()).map(|server| server.start());
        for error in join_all(started).await.into_iter().filter_map(Result::err) {
            tracing::warn!(reason = %error, "a server could not be started");
        }
        let mut listeners = JoinSet::new();
        for server in &servers {
            let server = Arc::clone(server);
            listeners.spawn(async move { server.listen().await });
        }
        Ok(Self { servers, revision, _listeners: listeners })
    }

    /// Every tool that is offered at present.
    pub fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let mut tools: Vec<Arc<dyn Tool>> = Vec::new();
        for server in &self.servers {
            for described in server.offered() {
                tools.push(Arc::new(Foreign::new(Arc::clone(server), described)));
            }
        }
        tools
    }

    /// How each server fares.
    pub fn states(&self) -> Vec<ServerState> {
        let state = |server: &Arc<Server>| ServerState {
            name: server.config.name.clone(),
            problem: server.problem(),
            tools: server.offered().into_iter().map(|tool| tool.name).collect(),
            held: server.held(),
        };
        self.servers.iter().map(state).collect()
    }

    /// Accepts a tool as it is now; both as the configuration and the server call them. It is the person who says so.
    pub fn accept(&self, server: &str, tool: &str) -> Result<(), McpError> {
        self.server(server)?.accept(tool)
    }

    /// Starts a server that is not running, at once.
    pub async fn restart(&self, server: &str) -> Result<(), ToolError> {
        let server = self.server(server).map_err(|e| ToolError::unavailable(e.to_string()))?;
        server.start().await
    }

    fn server(&self, name: &str) -> Result<&Arc<Server>, McpError> {
        let found = self.servers.iter().find(|server| server.config.name == name);
        found.ok_or_else(|| McpError::NoServer(name.to_owned()))
    }

    /// Puts what is offered into the toolbox, and takes out what no longer is.
    pub fn fill(&self, toolbox: &Toolbox) {
        let tools = self.tools();
        let names: BTreeSet<&str> = tools.iter().map(|tool| tool.about().spec.name.as_str()).collect();
        for about in toolbox.list() {
            if about.group == GROUP && !names.contains(about.spec.name.as_str()) {
                toolbox.remove(&about.spec.name);
            }
        }
        for tool in tools {
            toolbox.add(tool);
        }
    }

    /// Fills the toolbox now and whenever something changes, for as long as it is polled.
    pub async fn keep_filled(&self, toolbox: &Toolbox) {
        let mut revision = self.revision.subscribe();
        loop {
            self.fill(toolbox);
            if revision.changed().await.is_err() {
                return;
            }
        }
    }

    /// Tells when what is offered has changed since the call.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Ends every server, by force where it does not of itself.
    pub async fn shutdown(&self) {
        join_all(self.servers.iter().map(|server| server.shut())).await;
    }
}
