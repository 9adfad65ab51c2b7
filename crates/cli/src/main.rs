//! The `jarvis` command: parses what was typed and hands it to the room that does it.

mod approver;
mod args;
mod bench;
mod commands;
mod events;
mod keyboard;
mod output;
mod progress;

use std::process::ExitCode;

use args::{Args, Command};
use clap::Parser;
use output::Output;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let args = Args::parse();
    let filter = EnvFilter::try_from_env("JARVIS_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,ort=error,lance=error,lancedb=error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return output::fail(&anyhow::anyhow!("Jarvis cannot start: {e}")),
    };
    match runtime.block_on(run(args.command)) {
        Ok(code) => code,
        Err(e) => output::fail(&e),
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Listen(args) => commands::listen::run(args).await,
        Command::Hear(args) => commands::hear::run(args).await,
        Command::Wake(args) => commands::wake::run(args).await,
        Command::Transcribe(args) => commands::speech::transcribe(args).await,
        Command::Say(args) => commands::speech::say(args).await,
        Command::Serve(args) => commands::serve::run(args).await,
        Command::Ask(args) => commands::chat::ask(args).await,
        Command::Chat => commands::chat::chat().await,
        Command::Models(args) => commands::models::run(args).await,
        Command::Keys { command } => commands::keys::run(command),
        Command::Memory { command } => commands::memory::run(command),
        Command::Docs { command } => commands::docs::run(command).await,
        Command::Graph { command } => commands::graph::run(command),
        Command::Encryption { command } => commands::encryption::run(command),
        Command::Backup { file, json } => commands::backup::back_up(&file, json),
        Command::Restore { file } => commands::backup::restore(&file),
        Command::Tools { command } => commands::tools::tools(command).await,
        Command::Guard { command } => commands::tools::guard(command).await,
        Command::Audit { command } => commands::audit::run(command),
        Command::Mcp { command } => commands::mcp::run(command).await,
        Command::Devices { json } => commands::devices::run(Output::new(json)),
        Command::Doctor { json } => commands::doctor::run(Output::new(json)).await,
        Command::Config(args) => commands::config::run(args),
        Command::Openapi => commands::openapi::run(),
        Command::Bench(args) => bench::run(args).await,
    }
}
