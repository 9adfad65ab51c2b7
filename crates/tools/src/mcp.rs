//! The Model Context Protocol, both ways: the tools of configured servers become Jarvis's, and Jarvis's own are offered to other
//! programs.
//!
//! A server is a stranger: what it says of itself is cleaned and cut, what it answers taints the turn, and a tool that changes after
//! it was first seen is held back until the person accepts it. Servers are offered nothing: no sampling, no roots, no questions to
//! the person. A program that calls Jarvis is a stranger as well: it stands under the same guard as everything else, and cannot
//! approve what it asks for. Nothing here decides whether a call may run.
//!
//! The composition root makes one [`McpServers`] of the configuration and has it fill the [`crate::Toolbox`]; `jarvis mcp serve`
//! calls [`serve_stdio`]. Protocol: <https://modelcontextprotocol.io/specification/2025-11-25>.

mod clean;
mod connection;
mod describe;
mod foreign;
mod pins;
mod serve;
mod server;
mod servers;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

pub use serve::{Serving, serve, serve_stdio};
pub use servers::{Held, McpServers, ServerState};

/// The group of every tool that is a server's, and of no other.
pub const GROUP: &str = "mcp";
/// What the names of all of them begin with.
pub const PREFIX: &str = "mcp_";

/// A call is stopped after this, where nothing else is configured.
pub const TIME_LIMIT: Duration = Duration::from_secs(60);

/// A server that the person has configured: a program that is started, and spoken to over its standard input and output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfig {
    /// By which the person knows it: "time". Letters and digits are what tells servers apart.
    pub name: String,
    /// The program, a path or a name in PATH.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// What stands in its environment, besides PATH, HOME and LANG.
    pub env: BTreeMap<String, String>,
    /// The folder it is started in; Jarvis's own, where there is none.
    pub cwd: Option<PathBuf>,
    /// Tools that the person vouches for as only reading, as the server calls them.
    pub reads_only: Vec<String>,
    /// A call is stopped after this.
    pub time_limit: Duration,
}

impl ServerConfig {
    /// A server with nothing in its environment, none of whose tools is vouched for.
    pub fn new(name: impl Into<String>, command: impl Into<String>, args: &[&str]) -> Self {
        Self {
            name: name.into(),
            command: command.into(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            env: BTreeMap::new(),
            cwd: None,
            reads_only: Vec::new(),
            time_limit: TIME_LIMIT,
        }
    }
}

/// What can go wrong besides a call.
#[derive(Debug, thiserror::Error)]
pub enum McpError {
    /// What is known of the servers' tools cannot be read, so that no change would be noticed.
    #[error(
        "the file {path} cannot be read ({reason}). Remedy: put it right, or remove it to accept every tool anew"
    )]
    Pins {
        /// Which file.
        path: String,
        /// Why.
        reason: String,
    },
    /// It cannot be written.
    #[error(
        "the file {path} cannot be written ({reason}). Remedy: make room, or look at the folder's permissions"
    )]
    PinsNotKept {
        /// Which file.
        path: String,
        /// Why.
        reason: String,
    },
    /// There is no such server.
    #[error("there is no server called {0:?}")]
    NoServer(String),
    /// There is nothing to accept.
    #[error("the server {server} has no tool {tool:?} that waits to be accepted")]
    NothingToAccept {
        /// Which server.
        server: String,
        /// Which tool.
        tool: String,
    },
    /// The other program does not speak the protocol.
    #[error("the other program does not speak MCP ({0})")]
    Protocol(String),
}
