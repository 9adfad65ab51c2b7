//! One configured server over its life: started, asked for its tools, started again when it has ended, each time later when it keeps
//! ending. What it says of its tools is compared with what is known of them whenever it says it.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rmcp::model::{self, CallToolRequestParams, CallToolResponse, CallToolResult};
use rmcp::{Peer, RoleClient, ServiceError};
use serde_json::{Map, Value};
use tokio::sync::{Mutex, Notify, watch};
use tokio::time::Instant;

use super::connection::{self, Connection};
use super::describe::{self, Described};
use super::pins::Pins;
use super::servers::Held;
use super::{McpError, ServerConfig, clean};
use crate::tool::ToolError;

/// No server waits longer than this to be started again.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// A server that keeps saying that its tools have changed is listened to so often.
const LISTEN_EVERY: Duration = Duration::from_secs(1);

/// What a server was found to offer.
#[derive(Default)]
struct Listed {
    /// As it came.
    raw: Vec<model::Tool>,
    offered: Vec<Described>,
    held: Vec<(Held, Option<Described>)>,
    /// Why it cannot be used, if so.
    problem: Option<String>,
}

/// Whether it runs.
#[derive(Default)]
struct Link {
    connection: Option<Connection>,
    /// Counts the connections, so that one that has ended is not taken for the next.
    number: u64,
    /// How often it has ended or not begun since it last answered.
    failures: u32,
    not_before: Option<Instant>,
    shut: bool,
}

/// See the module.
pub(super) struct Server {
    pub(super) config: ServerConfig,
    pins: Arc<Pins>,
    link: Mutex<Link>,
    listed: RwLock<Listed>,
    changed: Arc<Notify>,
    /// Counts up whenever what any server offers has changed.
    revision: watch::Sender<u64>,
}

impl Server {
    pub(super) fn new(config: ServerConfig, pins: Arc<Pins>, revision: watch::Sender<u64>) -> Self {
        Self {
            config,
            pins,
            link: Mutex::default(),
            listed: RwLock::default(),
            changed: Arc::default(),
            revision,
        }
    }

    /// What it offers at present.
    pub(super) fn offered(&self) -> Vec<Described> {
        self.listed.read().unwrap_or_else(PoisonError::into_inner).offered.clone()
    }

    /// What is held back, and why.
    pub(super) fn held(&self) -> Vec<Held> {
        let listed = self.listed.read().unwrap_or_else(PoisonError::into_inner);
        listed.held.iter().map(|(held, _)| held.clone()).collect()
    }

    /// Why it cannot be used, if so.
    pub(super) fn problem(&self) -> Option<String> {
        self.listed.read().unwrap_or_else(PoisonError::into_inner).problem.clone()
    }

    /// It cannot be used, and is not started.
    pub(super) async fn rule_out(&self, problem: String) {
        self.link.lock().await.shut = true;
        self.set_problem(Some(problem));
    }

    fn set_problem(&self, problem: Option<String>) {
        self.listed.write().unwrap_or_else(PoisonError::into_inner).problem = problem;
    }

    /// Starts it, if it does not run; the time is not waited for.
    pub(super) async fn start(&self) -> Result<(), ToolError> {
        self.link.lock().await.not_before = None;
        self.peer().await.map(drop)
    }

    /// Listens to whether its tools have changed, for as long as it is polled.
    pub(super) async fn listen(&self) {
        loop {
            self.changed.notified().await;
            let peer = self.link.lock().await.connection.as_ref().map(Connection::peer);
            if let Some(peer) = peer {
                match connection::list(&peer).await {
                    Ok(tools) => self.publish(tools),
                    Err(reason) => {
                        tracing::debug!(server = self.config.name, reason, "tools could not be listed")
                    }
                }
            }
            tokio::time::sleep(LISTEN_EVERY).await;
        }
    }

    /// Sorts out what is offered of `raw`, and what is held back.
    fn publish(&self, raw: Vec<model::Tool>) {
        let name = &self.config.name;
        let (fit, refused) = describe::all(name, &raw);
        let mut held: Vec<_> = refused
            .into_iter()
            .map(|(tool, reason)| (Held { tool, reason, now: String::new(), accepted: None }, None))
            .collect();
        let mut offered = Vec::new();
        match self.pins.see(name, &fit) {
            Ok(changed) => {
                for tool in fit {
                    if !changed.contains(&tool.raw) {
                        offered.push(tool);
                        continue;
                    }
                    let about = Held {
                        tool: tool.raw.clone(),
                        reason: "it is not what it was when it was last accepted".into(),
                        now: tool.description.clone(),
                        accepted: self.pins.accepted(name, &tool.raw),
                    };
                    tracing::warn!(
                        server = name,
                        tool = tool.raw,
                        "a server's tool has changed and is held back"
                    );
                    held.push((about, Some(tool)));
                }
            }
            // What cannot be remembered could change unnoticed.
            Err(error) => held.extend(fit.into_iter().map(|tool| {
                let now = tool.description.clone();
                (Held { tool: tool.raw, reason: error.to_string(), now, accepted: None }, None)
            })),
        }
        *self.listed.write().unwrap_or_else(PoisonError::into_inner) =
            Listed { raw, offered, held, problem: None };
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// Takes a tool as it is now.
    pub(super) fn accept(&self, tool: &str) -> Result<(), McpError> {
        let (raw, now) = {
            let listed = self.listed.read().unwrap_or_else(PoisonError::into_inner);
            let now =
                listed.held.iter().find_map(|(_, now)| now.as_ref().filter(|now| now.raw == tool).cloned());
            (listed.raw.clone(), now)
        };
        let nothing =
            || McpError::NothingToAccept { server: self.config.name.clone(), tool: tool.to_owned() };
        self.pins.accept(&self.config.name, &now.ok_or_else(nothing)?)?;
        self.publish(raw);
        Ok(())
    }

    /// Calls a tool as it was described.
    pub(super) async fn call(
        &self,
        tool: &str,
        sha256: &str,
        arguments: Map<String, Value>,
    ) -> Result<CallToolResult, ToolError> {
        let (peer, number) = self.peer().await?;
        let name = &self.config.name;
        // It may have been started just now, and be another.
        if !self.offered().iter().any(|offered| offered.raw == tool && offered.sha256 == sha256) {
            return Err(ToolError::unavailable(format!(
                "The server {name} no longer has this tool as it was. Remedy: look at what it says of it now, and accept that."
            )));
        }
        let params = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        match peer.call_tool_once(params).await {
            Ok(CallToolResponse::Complete(result)) => {
                self.link.lock().await.failures = 0;
                Ok(result)
            }
            Ok(_) => Err(ToolError::failed(format!(
                "The server {name} asks for more than was given, and Jarvis gives it no more."
            ))),
            Err(ServiceError::TransportClosed | ServiceError::TransportSend(_)) => {
                let mut link = self.link.lock().await;
                if link.number == number && link.connection.take().is_some() {
                    failed(&mut link);
                }
                Err(ToolError::unavailable(format!(
                    "The server {name} ended in the middle of it. It is started again at the next call."
                )))
            }
            Err(ServiceError::McpError(error)) => Err(ToolError::failed(format!(
                "The server {name} refuses it: {}",
                clean::line(&error.message, 500)
            ))),
            Err(_) => {
                Err(ToolError::failed(format!("The server {name} answered something that makes no sense.")))
            }
        }
    }

    /// The running server; one that has ended is started again, when its time has come.
    async fn peer(&self) -> Result<(Peer<RoleClient>, u64), ToolError> {
        let name = &self.config.name;
        let mut link = self.link.lock().await;
        if link.shut {
            return Err(ToolError::unavailable(format!("The server {name} was shut down.")));
        }
        match link.connection.take() {
            Some(connection) if !connection.is_closed() => {
                let peer = connection.peer();
                link.connection = Some(connection);
                return Ok((peer, link.number));
            }
            Some(_) => failed(&mut link),
            None => {}
        }
        let now = Instant::now();
        if let Some(wait) =
            link.not_before.and_then(|at| at.checked_duration_since(now)).filter(|w| !w.is_zero())
        {
            return Err(ToolError::unavailable(format!(
                "The server {name} keeps ending. It is started again in {} s at the earliest. Remedy: look at its settings, or try later.",
                wait.as_secs() + 1
            )));
        }
        let opened = async {
            let connection = Connection::open(&self.config, Arc::clone(&self.changed)).await?;
            let tools = connection::list(&connection.peer()).await?;
            Ok((connection, tools))
        };
        match opened.await {
            Ok((connection, tools)) => {
                let peer = connection.peer();
                link.connection = Some(connection);
                link.number += 1;
                self.publish(tools);
                Ok((peer, link.number))
            }
            Err(reason) => {
                let reason: String = reason;
                failed(&mut link);
                self.set_problem(Some(reason.clone()));
                Err(ToolError::unavailable(format!(
                    "The server {name} does not work: {reason}. Remedy: look at its settings."
                )))
            }
        }
    }

    /// Ends it for good.
    pub(super) async fn shut(&self) {
        let mut link = self.link.lock().await;
        link.shut = true;
        if let Some(connection) = link.connection.take() {
            connection.close().await;
        }
        drop(link);
        *self.listed.write().unwrap_or_else(PoisonError::into_inner) = Listed::default();
        self.revision.send_modify(|revision| *revision += 1);
    }
}

/// The first new start is at once, the second after a second, then after twice as long each time.
fn failed(link: &mut Link) {
    link.failures = link.failures.saturating_add(1);
    let seconds = link.failures.checked_sub(2).map(|n| 1_u64 << n.min(6));
    link.not_before = seconds.map(|s| Instant::now() + Duration::from_secs(s).min(LONGEST_WAIT));
}
