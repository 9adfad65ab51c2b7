//! A server that runs: its process, the connection over its standard input and output, and what is asked of it to begin with.
//!
//! It is started with an environment of its own and in a process group of its own, which is killed as a whole. Everything it can
//! send is bounded: the length of a message, the pages of its list, what it writes to its standard error.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rmcp::model::{self, ClientCapabilities, ClientConfig, Implementation, PaginatedRequestParams};
use rmcp::service::{ClientCacheConfig, NotificationContext, RequestContext, RunningService, ServiceExt};
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::{ClientHandler, ErrorData, Peer, RoleClient};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::Notify;

use super::describe::MOST_TOOLS;
use super::{ServerConfig, clean};

/// To start, and to answer what it is.
const START_LIMIT: Duration = Duration::from_secs(30);
const LIST_LIMIT: Duration = Duration::from_secs(20);
const MOST_PAGES: usize = 16;
/// What is still cut to a fitting length; more in one message is not taken at all.
const LONGEST_MESSAGE: usize = 4 * 1024 * 1024;
/// For a server that is told to end.
const GRACE: Duration = Duration::from_secs(2);
const MOST_LOGGED_LINES: u32 = 200;
const LONGEST_LOGGED_LINE: u64 = 500;

/// What a server may ask of Jarvis: nothing. It may say that its tools have changed.
pub(super) struct Listener {
    changed: Arc<Notify>,
}

impl ClientHandler for Listener {
    fn get_info(&self) -> ClientConfig {
        ClientConfig::new(
            ClientCapabilities::default(),
            Implementation::new("jarvis", env!("CARGO_PKG_VERSION")),
        )
    }

    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.changed.notify_one();
    }

    #[expect(deprecated, reason = "it is refused for as long as servers can ask for it")]
    async fn list_roots(&self, _: RequestContext<RoleClient>) -> Result<model::ListRootsResult, ErrorData> {
        Err(not_offered("roots/list"))
    }

    async fn create_elicitation(
        &self,
        _: model::ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<model::ElicitResult, ErrorData> {
        Err(not_offered("elicitation/create"))
    }
}

fn not_offered(method: &str) -> ErrorData {
    ErrorData::new(model::ErrorCode::METHOD_NOT_FOUND, method.to_owned(), None)
}

/// See the module. Dropped, it kills what it started.
pub(super) struct Connection {
    service: RunningService<RoleClient, Listener>,
    child: OwnGroup,
}

impl Connection {
    /// Starts a server and greets it. `changed` is told whenever it says that its tools have changed.
    pub(super) async fn open(config: &ServerConfig, changed: Arc<Notify>) -> Result<Self, String> {
        let mut command = Command::new(&config.command);
        command.args(&config.args).env_clear();
        for name in ["PATH", "HOME", "LANG"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs(&config.env);
        if let Some(folder) = &config.cwd {
            command.current_dir(folder);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0).kill_on_drop(true);
        let child = command.spawn().map_err(|e| format!("{} cannot be started: {e}", config.command))?;
        let mut child = OwnGroup(child);
        let (Some(input), Some(output)) = (child.0.stdin.take(), child.0.stdout.take()) else {
            return Err("its standard input and output cannot be had".into());
        };
        if let Some(errors) = child.0.stderr.take() {
            tokio::spawn(log(config.name.clone(), errors));
        }
        let transport = AsyncRwTransport::new_client(output, input).with_max_line_length(LONGEST_MESSAGE);
        let greeting = tokio::time::timeout(START_LIMIT, Listener { changed }.serve(transport));
        let service = match greeting.await {
            Ok(Ok(service)) => service,
            Ok(Err(error)) => {
                return Err(format!(
                    "it did not answer as a server does: {}",
                    clean::line(&error.to_string(), 200)
                ));
            }
            Err(_) => return Err(format!("it did not answer within {} s", START_LIMIT.as_secs())),
        };
        service.peer().set_response_cache_config(ClientCacheConfig::disabled()).await;
        Ok(Self { service, child })
    }

    /// Through which it is asked.
    pub(super) fn peer(&self) -> Peer<RoleClient> {
        self.service.peer().clone()
    }

    /// Whether it has ended, or closed its output.
    pub(super) fn is_closed(&self) -> bool {
        self.service.peer().is_transport_closed()
    }

    /// Ends it: first by closing its input, then by force.
    pub(super) async fn close(mut self) {
        let _ = self.service.close_with_timeout(GRACE).await;
        let _ = tokio::time::timeout(GRACE, self.child.ended()).await;
        self.child.kill();
        let _ = tokio::time::timeout(GRACE, self.child.0.wait()).await;
    }
}

/// All tools that a server names, or the first [`MOST_TOOLS`].
pub(super) async fn list(peer: &Peer<RoleClient>) -> Result<Vec<model::Tool>, String> {
    if peer.peer_info().is_none_or(|info| info.capabilities.tools.is_none()) {
        return Ok(Vec::new());
    }
    let all = async {
        let (mut tools, mut cursor) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let params = PaginatedRequestParams::default().with_cursor(cursor);
            let page = peer.list_tools(Some(params)).await.map_err(|e| clean::line(&e.to_string(), 200))?;
            tools.extend(page.tools);
            cursor = page.next_cursor;
            if cursor.is_none() || tools.len() >= MOST_TOOLS {
                break;
            }
        }
        tools.truncate(MOST_TOOLS);
        Ok(tools)
    };
    match tokio::time::timeout(LIST_LIMIT, all).await {
        Ok(listed) => listed,
        Err(_) => Err(format!("it did not name its tools within {} s", LIST_LIMIT.as_secs())),
    }
}

/// A process, and whatever it started.
struct OwnGroup(Child);

impl OwnGroup {
    /// None once it has been waited for: its number may be another's then.
    fn pid(&self) -> Option<Pid> {
        self.0.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw)
    }

    /// When it has ended. It is not waited for, so that its group keeps its number.
    async fn ended(&self) {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        while let Some(pid) = self.pid() {
            if !matches!(rustix::process::waitid(WaitId::Pid(pid), options), Ok(None)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn kill(&self) {
        if let Some(pid) = self.pid() {
            // One that is gone already is as good as killed.
            let _ = rustix::process::kill_process_group(pid, Signal::KILL);
        }
    }
}

impl Drop for OwnGroup {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What a server writes to its standard error goes to the log as far as it is of use; the rest is read and dropped, so that the
/// server is not held up.
async fn log(server: String, errors: ChildStderr) {
    let mut errors = BufReader::new(errors);
    let mut logged = 0;
    loop {
        let mut line = Vec::new();
        match (&mut errors).take(LONGEST_LOGGED_LINE).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) if logged < MOST_LOGGED_LINES => {
                logged += 1;
                let said = clean::line(&String::from_utf8_lossy(&line), 500);
                tracing::debug!(server, said, "a server wrote to its standard error");
            }
            Ok(_) => {}
        }
    }
}
