//! `jarvis mcp`: Jarvis's tools for other programs, and other programs' for Jarvis.

use std::process::ExitCode;
use std::sync::Arc;

use jarvis_assistant::{EventBus, Hands, Setup};
use jarvis_core::{Code, Failure};
use jarvis_guard::Nobody;
use jarvis_tools::mcp::{McpServers, Serving, serve_stdio};

use crate::args::McpCommand;
use crate::output::Output;

pub async fn run(command: McpCommand) -> anyhow::Result<ExitCode> {
    let setup = Setup::load()?;
    let hands = Hands::open(&setup, EventBus::default()).await;
    match command {
        McpCommand::Serve { commands } => {
            // Standard input and output are the protocol's, so nobody can be asked here: what asks is refused, unless it was
            // allowed for always.
            let serving =
                Serving { toolbox: Arc::clone(hands.toolbox()), approver: Arc::new(Nobody), commands };
            serve_stdio(serving).await.map_err(|e| {
                let remedy = "Start it by a program that speaks MCP: {\"command\": \"jarvis\", \"args\": [\"mcp\", \"serve\"]}.";
                Failure::sentence(Code::BadRequest, &e, remedy)
            })?;
        }
        McpCommand::Servers => {
            let out = Output::new(false);
            for server in connected(&hands, &setup).await?.states() {
                let how = server.problem.unwrap_or_else(|| format!("{} tools", server.tools.len()));
                out.line(format!("{}: {how}", server.name));
                for tool in server.tools {
                    out.line(format!("  {tool}"));
                }
                for held in server.held {
                    out.line(format!("  {} is held back: {}", held.tool, held.reason));
                }
            }
        }
        McpCommand::Accept { server, tool } => {
            connected(&hands, &setup).await?.accept(&server, &tool).map_err(|e| {
                Failure::sentence(Code::BadRequest, &e, "`jarvis mcp servers` shows what is held back.")
            })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn connected(hands: &Hands, setup: &Setup) -> Result<Arc<McpServers>, Failure> {
    hands.servers().await.ok_or_else(|| {
        let remedy =
            "Name them in the form {\"mcpServers\": {\"time\": {\"command\": \"mcp-server-time\"}}}.";
        let message = format!("No MCP server is configured in {}.", setup.paths.mcp_file().display());
        Failure::new(Code::NotFound, message, remedy)
    })
}
