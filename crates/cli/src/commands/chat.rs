//! `jarvis ask` and `jarvis chat`: the brain without ears and mouth. What is said is kept as in the window.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use jarvis_assistant::{Brain, EventBus, Request, Setup, answer_typed, think_in_pauses};
use jarvis_core::{AttachmentId, Code, Event, EventKind, Failure, TurnId};
use jiff::Timestamp;
use tokio::sync::broadcast::Receiver;
use tokio_util::sync::CancellationToken;

use super::memory;
use crate::approver::approver;
use crate::args::Ask;
use crate::output::{self, Output};
use crate::{events, keyboard};

/// The exit status of what Ctrl-C has ended.
const STOPPED: u8 = 130;

pub async fn ask(args: Ask) -> anyhow::Result<ExitCode> {
    let setup = Setup::load()?;
    let bus = setup.bus()?;
    let mut stream = bus.subscribe();
    let brain = Brain::from_setup(&setup, bus.clone()).await.complete()?.asking(approver());
    let mut attachments = Vec::new();
    for file in &args.attach {
        attachments.push(attach(&bus, file).await?);
    }
    let question = Request { text: &args.text.join(" "), attachments, spoken: false };
    let set_before = brain.timers().with(|timers| timers.list().len());
    let ended = answer(&brain, &bus, &mut stream, question, Output::new(args.json)).await?;
    if matches!(ended, Ended::Stopped) {
        return Ok(ExitCode::from(STOPPED));
    }
    if brain.timers().with(|timers| timers.list().len()) > set_before {
        output::note("It rings where Jarvis runs: in its window, or with `jarvis listen` or `jarvis serve`.");
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn chat() -> anyhow::Result<ExitCode> {
    let setup = Setup::load()?;
    let bus = setup.bus()?;
    let mut stream = bus.subscribe();
    let brain = Arc::new(Brain::from_setup(&setup, bus.clone()).await.complete()?.asking(approver()));
    let thinker = Arc::clone(&brain);
    tokio::spawn(think_in_pauses(bus.clone(), move || Arc::clone(&thinker), CancellationToken::new()));
    let out = Output::new(false);
    out.line(format!(
        "You are talking to {}. An empty line ends it.",
        brain.model_name().unwrap_or_default()
    ));
    loop {
        output::piece("you: ");
        let line = tokio::select! {
            line = keyboard::line() => line,
            _ = tokio::signal::ctrl_c() => {
                out.line("");
                return Ok(ExitCode::from(STOPPED));
            }
        };
        let Some(line) = line else { break };
        if line.trim().is_empty() {
            break;
        }
        // A failed answer does not end the conversation.
        let question = Request { text: &line, ..Request::default() };
        if let Err(e) = answer(&brain, &bus, &mut stream, question, out).await {
            output::note(format!("jarvis: {e:#}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Keeps a file for the question.
async fn attach(bus: &EventBus, file: &Path) -> Result<AttachmentId, Failure> {
    let content = std::fs::read(file).map_err(|e| {
        let message = format!("{} cannot be read ({e}).", file.display());
        Failure::new(Code::BadRequest, message, "Name a file that is there.")
    })?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Ok(bus.journal().attach(&name, None, content).await?.id)
}

/// How an answer has ended.
enum Ended {
    Answered,
    /// By Ctrl-C.
    Stopped,
}

/// Answers one question, printing the answer as it comes. Ctrl-C stops the answer.
async fn answer(
    brain: &Brain,
    bus: &EventBus,
    stream: &mut Receiver<Event>,
    question: Request<'_>,
    out: Output,
) -> anyhow::Result<Ended> {
    let cancel = CancellationToken::new();
    let (turn, now) = (TurnId::new(), Timestamp::now());
    let text = question.text;
    bus.journal().begin(turn, bus.journal().current(now)?, None, question, now)?;
    let thinking = answer_typed(brain, bus, turn, text, &cancel);
    tokio::pin!(thinking);
    let result = loop {
        tokio::select! {
            biased;
            Ok(event) = stream.recv() => show(bus, &event, out),
            result = &mut thinking => break result,
            _ = tokio::signal::ctrl_c() => cancel.cancel(),
        }
    };
    while let Ok(event) = stream.try_recv() {
        show(bus, &event, out);
    }
    out.line("");
    if cancel.is_cancelled() {
        return Ok(Ended::Stopped);
    }
    result?;
    Ok(Ended::Answered)
}

fn show(bus: &EventBus, event: &Event, out: Output) {
    match &event.kind {
        EventKind::AnswerDelta { text } if !out.is_json() => output::piece(text),
        EventKind::ToolStarted { .. }
        | EventKind::ToolFinished { .. }
        | EventKind::AttachmentLimited { .. }
        | EventKind::Failed { .. } => {
            events::show(event, out);
        }
        _ if out.is_json() => events::show(event, out),
        EventKind::AnswerCited { sources } => {
            // What cannot be read now is not told; the answer is there.
            for one in bus.journal().store().sources(sources).unwrap_or_default() {
                output::note(format!("\n  {}", memory::known_from(&one)));
            }
        }
        _ => {}
    }
}
