//! `jarvis ask` and `jarvis chat`: the brain without ears and mouth.

use std::process::ExitCode;

use jarvis_assistant::{Brain, EventBus, Setup, answer_typed};
use jarvis_core::{Event, EventKind, TurnId};
use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::broadcast::Receiver;
use tokio_util::sync::CancellationToken;

use crate::args::Ask;
use crate::events;
use crate::output::{self, Output};

pub async fn ask(args: Ask) -> anyhow::Result<ExitCode> {
    let setup = Setup::load()?;
    let bus = EventBus::default();
    let mut stream = bus.subscribe();
    let brain = Brain::from_setup(&setup, bus.clone()).await.complete()?;
    answer(&brain, &bus, &mut stream, &args.text.join(" "), Output::new(args.json)).await?;
    Ok(ExitCode::SUCCESS)
}

pub async fn chat() -> anyhow::Result<ExitCode> {
    let setup = Setup::load()?;
    let bus = EventBus::default();
    let mut stream = bus.subscribe();
    let brain = Brain::from_setup(&setup, bus.clone()).await.complete()?;
    let out = Output::new(false);
    out.line(format!(
        "You are talking to {}. An empty line ends it.",
        brain.model_name().unwrap_or_default()
    ));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        output::piece("you: ");
        let Some(line) = lines.next_line().await? else { break };
        if line.trim().is_empty() {
            break;
        }
        // A failed answer does not end the conversation.
        if let Err(e) = answer(&brain, &bus, &mut stream, &line, out).await {
            output::note(format!("jarvis: {e:#}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Answers one question, printing the answer as it comes. Ctrl-C stops the answer.
async fn answer(
    brain: &Brain,
    bus: &EventBus,
    stream: &mut Receiver<Event>,
    question: &str,
    out: Output,
) -> anyhow::Result<()> {
    let cancel = CancellationToken::new();
    let (turn, now) = (TurnId::new(), Timestamp::now());
    bus.journal().begin(turn, bus.journal().current(now)?, None, question, false, now)?;
    let thinking = answer_typed(brain, bus, turn, question, &cancel);
    tokio::pin!(thinking);
    let result = loop {
        tokio::select! {
            biased;
            Ok(event) = stream.recv() => show(&event, out),
            result = &mut thinking => break result,
            _ = tokio::signal::ctrl_c() => cancel.cancel(),
        }
    };
    while let Ok(event) = stream.try_recv() {
        show(&event, out);
    }
    out.line("");
    result?;
    Ok(())
}

fn show(event: &Event, out: Output) {
    match &event.kind {
        EventKind::AnswerDelta { text } if !out.is_json() => output::piece(text),
        EventKind::ToolStarted { .. } | EventKind::ToolFinished { .. } | EventKind::Failed { .. } => {
            events::show(event, out);
        }
        _ if out.is_json() => events::show(event, out),
        _ => {}
    }
}
