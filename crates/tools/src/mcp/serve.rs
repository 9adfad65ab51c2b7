//! Jarvis's own tools for other programs: an MCP server over any pair of streams.
//!
//! The other program is a stranger. Its calls have [`Origin::Program`], stand under the same guard and in the same records as all
//! others, and what it has read over this connection counts in all its later calls. Where the person must be asked, it is the
//! [`Approver`] that asks; what the program itself could answer is never asked. Tools of other servers are not passed on.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jarvis_core::ToolCall;
use jarvis_guard::{Approver, Circumstances, Origin};
use rmcp::model::{
    self, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    ListToolsResult, PaginatedRequestParams, ProgressNotificationParam, ServerCapabilities, ToolAnnotations,
};
use rmcp::service::{RequestContext, ServerInitializeError};
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use uuid::Uuid;

use super::{GROUP, McpError};
use crate::tool::{About, ToolError};
use crate::toolbox::{Called, Toolbox};

const LONGEST_MESSAGE: usize = 1024 * 1024;
/// A program that waits is told so often that it does not wait in vain.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// Of what a connection has read; one source taints as well as many.
const MOST_TAINTS: usize = 64;
/// What runs a command line is offered only on demand.
const COMMANDS: [&str; 2] = ["run_command", "run_script"];

/// What is offered, and who is asked.
#[derive(Clone)]
pub struct Serving {
    /// Whose tools.
    pub toolbox: Arc<Toolbox>,
    /// Asks the person.
    pub approver: Arc<dyn Approver>,
    /// Whether other programs may have commands run, each of which is still judged.
    pub commands: bool,
}

/// Serves over standard input and output until the other program closes them. Nothing else may write to standard output.
pub async fn serve_stdio(serving: Serving) -> Result<(), McpError> {
    let (input, output) = rmcp::transport::stdio_pipes();
    serve(serving, input, output).await
}

/// Serves over a pair of streams until the other side closes its own. Calls that still run then are stopped.
pub async fn serve<R, W>(serving: Serving, input: R, output: W) -> Result<(), McpError>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let circumstances = Circumstances { origin: Origin::Program, turn: None, tainted_by: Vec::new() };
    let desk = Desk { serving, circumstances: Mutex::new(circumstances) };
    let transport = AsyncRwTransport::new_server(input, output).with_max_line_length(LONGEST_MESSAGE);
    match desk.serve(transport).await {
        Ok(service) => service.waiting().await.map(drop).map_err(|e| McpError::Protocol(e.to_string())),
        Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => Ok(()),
        Err(error) => Err(McpError::Protocol(super::clean::line(&error.to_string(), 300))),
    }
}

/// One connection.
struct Desk {
    serving: Serving,
    /// What the other program has read so far.
    circumstances: Mutex<Circumstances>,
}

impl Desk {
    fn offers(&self, about: &About) -> bool {
        let name = about.spec.name.as_str();
        about.group != GROUP
            && (self.serving.commands || !COMMANDS.contains(&name))
            && self.serving.toolbox.is_on(name)
    }

    fn so_far(&self) -> Circumstances {
        self.circumstances.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, called: &Called) {
        let mut circumstances = self.circumstances.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taint) = &called.taint
            && circumstances.tainted_by.len() < MOST_TAINTS
        {
            circumstances.read(taint.clone());
        }
    }
}

impl ServerHandler for Desk {
    fn get_info(&self) -> model::ServerConfig {
        let mut info = model::ServerConfig::new(ServerCapabilities::builder().enable_tools().build());
        info.server_info = Implementation::new("jarvis", env!("CARGO_PKG_VERSION"));
        info.with_instructions(
            "Tools of the person's own machine. The person may be asked before a call runs, so an answer can take a minute. \
             A refusal is final: do not try to reach the same thing by another way.",
        )
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = self.serving.toolbox.list().into_iter().filter(|about| self.offers(about)).map(described);
        Ok(ListToolsResult::with_all_items(tools.collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let call = ToolCall {
            id: Uuid::now_v7().to_string(),
            name: request.name.to_string(),
            arguments: request.arguments.map_or(Value::Null, Value::Object),
        };
        let before = self.so_far();
        let toolbox = &self.serving.toolbox;
        if !toolbox.list().iter().any(|about| about.spec.name == call.name && self.offers(about)) {
            toolbox.guard().refuse_unplanned(&call, &before, "it is not offered to other programs");
            return Err(ErrorData::invalid_params(format!("Unknown tool: {}", call.name), None));
        }
        // Cancelled by the program, or because it is gone.
        let call = toolbox.call(call, &before, self.serving.approver.as_ref(), &context.ct, &|_| {});
        let called = with_progress(call, &context).await;
        self.remember(&called);
        Ok(CallToolResponse::Complete(answer(called)))
    }
}

/// Awaits a call and tells the other program meanwhile that it goes on, where it has asked for that.
async fn with_progress(call: impl Future<Output = Called>, context: &RequestContext<RoleServer>) -> Called {
    let Some(token) = context.meta.get_progress_token() else { return call.await };
    let mut told = 0.0;
    let mut tick = tokio::time::interval(TELL_EVERY);
    tokio::pin!(call);
    loop {
        tokio::select! {
            biased;
            called = &mut call => return called,
            _ = tick.tick() => {
                told += 1.0;
                let progress = ProgressNotificationParam::new(token.clone(), told)
                    .with_message("It runs, or waits for the person's answer.");
                // A program that is not there to be told is noticed by the connection.
                let _ = context.peer.notify_progress(progress).await;
            }
        }
    }
}

fn answer(called: Called) -> CallToolResult {
    match called.result {
        Ok(output) => {
            let mut content = vec![ContentBlock::text(output.text)];
            content.extend(output.picture.map(|png| ContentBlock::image(STANDARD.encode(png), "image/png")));
            CallToolResult::success(content)
        }
        Err(error) => CallToolResult::error(vec![ContentBlock::text(sentence(&error))]),
    }
}

fn sentence(error: &ToolError) -> String {
    let text = error.to_string();
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

fn described(about: About) -> model::Tool {
    let annotations = annotations(&about.spec.name);
    let schema = match about.spec.parameters {
        Value::Object(schema) => schema,
        _ => serde_json::Map::new(),
    };
    model::Tool::new(about.spec.name, about.spec.description, schema).with_annotations(annotations)
}

/// What a tool's name tells of what it does, for programs that show it. They are hints: the guard goes by what a call would do.
fn annotations(name: &str) -> ToolAnnotations {
    const LOOK: [&str; 16] = [
        "list",
        "read",
        "find",
        "search",
        "get",
        "look",
        "see",
        "show",
        "describe",
        "system",
        "screenshot",
        "explain",
        "count",
        "compare",
        "check",
        "ask",
    ];
    const ADD: [&str; 10] =
        ["make", "create", "copy", "open", "launch", "start", "focus", "scroll", "undo", "set"];
    let verb = name.split('_').next().unwrap_or_default();
    let hints = ToolAnnotations::new();
    if LOOK.contains(&verb) {
        hints.read_only(true)
    } else {
        hints.read_only(false).destructive(!ADD.contains(&verb))
    }
}
