//! `jarvis tools`, `jarvis guard` and `jarvis mcp`: what Jarvis can do on this machine, and what may be done.

use std::process::ExitCode;
use std::sync::Arc;

use jarvis_assistant::{EventBus, Hands, Setup, ToolResult, tool_failure};
use jarvis_core::{Code, Failure, Origin, Taint, TaintKind, ToolCall};
use jarvis_guard::{Circumstances, Decision};
use jarvis_tools::{ToolError, Turn};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::approver::approver;
use crate::args::{GuardCommand, ToolsCommand};
use crate::output::{self, Output};

/// The hands, without the rest of the assistant.
async fn hands() -> anyhow::Result<Arc<Hands>> {
    let setup = Setup::load()?;
    let hands = Hands::open(&setup, EventBus::default()).await;
    if let Some(problem) = hands.guard().problem() {
        output::note(format!("jarvis: nothing acts: {problem}. Remedy: jarvis guard check"));
    }
    // Their tools are wanted too.
    hands.servers().await;
    Ok(hands)
}

pub async fn tools(command: ToolsCommand) -> anyhow::Result<ExitCode> {
    let hands = hands().await?;
    match command {
        ToolsCommand::List { json } => {
            for entry in hands.entries() {
                Output::new(json).record(&entry, |entry| {
                    let off = if entry.on { "" } else { " (off)" };
                    format!("{:<18} {}{off}", entry.name, entry.description)
                });
            }
        }
        ToolsCommand::Call { name, arguments, json } => {
            let call = ToolCall { id: String::new(), name: name.clone(), arguments: parsed(&arguments)? };
            let cancel = CancellationToken::new();
            let turn =
                Turn::new(Arc::clone(hands.toolbox()), approver(), Circumstances::person(), cancel.clone());
            let began = |running: &jarvis_guard::Running| {
                if !json && running.risk() > jarvis_core::Risk::Low {
                    output::note(&running.act().words);
                }
            };
            let called = tokio::select! {
                called = turn.call(call, &began) => called,
                _ = tokio::signal::ctrl_c() => {
                    cancel.cancel();
                    return Ok(ExitCode::from(130));
                }
            };
            if let Err(error @ (ToolError::Unknown { .. } | ToolError::BadArguments { .. })) = &called.result
            {
                return Err(tool_failure(error).into());
            }
            let result = ToolResult::from(called);
            if json {
                Output::new(true).record(&result, |_| String::new());
            } else if result.ok {
                Output::new(false).line(&result.result);
            } else {
                output::note(format!("jarvis: {}", result.result));
            }
            return Ok(if result.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn guard(command: GuardCommand) -> anyhow::Result<ExitCode> {
    match command {
        GuardCommand::Explain { tool, arguments, origin, tainted, json } => {
            let origin = match origin.as_deref() {
                None | Some("person") => Origin::Person,
                Some("model") => Origin::Model,
                Some("program") => Origin::Program,
                Some(other) => {
                    let message = format!("{other:?} is nobody who asks for something.");
                    return Err(
                        Failure::new(Code::BadRequest, message, "Say person, model or program.").into()
                    );
                }
            };
            let mut circumstances = Circumstances { origin, turn: None, tainted_by: Vec::new() };
            if tainted {
                circumstances.read(Taint { kind: TaintKind::Document, source: "a document".into() });
            }
            let explained = hands().await?.explain(&tool, &parsed(&arguments)?, &circumstances)?;
            Output::new(json).record(&explained, |e| {
                let decision = match e.decision {
                    Decision::Run => "It would run",
                    Decision::Ask => "You would be asked",
                    Decision::Deny => "It would be refused",
                };
                format!("{}\n{decision}: risk {}, rule {}", e.words, e.risk.as_str(), e.rule)
            });
        }
        GuardCommand::Rules { write } => {
            let hands = hands().await?;
            let rules = hands.rules();
            if write && !rules.own {
                hands.set_rules(Some(&rules.text))?;
                output::note(format!("They are yours now, in {}.", rules.file));
            } else {
                output::note(format!("// {}", if rules.own { rules.file.as_str() } else { "as they ship" }));
                Output::new(false).line(rules.text.trim_end());
            }
        }
        GuardCommand::Check => {
            let rules = hands().await?.rules();
            match rules.problem {
                None => Output::new(false).line("The constitution and the rules can be used."),
                Some(problem) => {
                    let remedy = format!("Correct {}, or remove it: those that ship hold then.", rules.file);
                    return Err(Failure::sentence(Code::BadConfig, &problem, remedy).into());
                }
            }
        }
        GuardCommand::Grants { json } => {
            for grant in hands().await?.guard().grants() {
                Output::new(json).record(&grant, |g| format!("{}  {} (since {})", g.id, g.words, g.since));
            }
        }
        GuardCommand::Revoke { id } => hands().await?.revoke(id)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn parsed(arguments: &str) -> Result<Value, Failure> {
    serde_json::from_str(arguments).map_err(|e| {
        let remedy = "Give a JSON object, such as '{\"path\": \"~/letter.txt\"}'.";
        Failure::sentence(Code::BadRequest, &format!("the arguments are no JSON ({e})"), remedy)
    })
}
