//! `jarvis hear`.

use std::path::Path;
use std::process::ExitCode;

use jarvis_assistant::{Conversation, EventBus, Hearing, Setup};
use jarvis_audio::file::{read_16k, write_wav};
use jarvis_core::{Code, Failure};

use crate::args::Hear;
use crate::events;
use crate::output::{self, Output};

pub async fn run(args: Hear) -> anyhow::Result<ExitCode> {
    let setup = Setup::load()?;
    let recordings = args
        .files
        .iter()
        .map(|file| read_16k(file).map_err(|e| e.failure()))
        .collect::<Result<Vec<_>, _>>()?;
    hear(&setup, &recordings, args.reply.as_deref(), Output::new(args.json)).await
}

/// Runs the whole loop on recordings (16 kHz mono), printing each event as it happens.
pub async fn hear(
    setup: &Setup,
    recordings: &[Vec<f32>],
    reply: Option<&Path>,
    out: Output,
) -> anyhow::Result<ExitCode> {
    let bus = EventBus::default();
    let mut stream = bus.subscribe();
    let printer = tokio::spawn(async move {
        loop {
            match stream.recv().await {
                Ok(event) => events::show(&event, out),
                Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
                Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
            }
        }
    });
    let conversation = Conversation::new(setup, bus).await?;
    conversation.warm().await.map_err(|e| e.failure())?;
    let mut hearing = Hearing::new(&conversation, setup.session()?);
    let mut failed = false;
    for recording in recordings {
        hearing.hear(recording).await.map_err(|e| e.failure())?;
        failed |= hearing.failed();
    }
    let (turns, answer) = (hearing.turns(), hearing.into_reply());
    drop(conversation);
    // It ends with the last sender of the bus.
    printer.await?;
    if turns == 0 {
        let phrase = setup.wake_phrase();
        let remedy =
            format!("Say {phrase:?} first, or lower wake.threshold; `jarvis wake FILE` shows the scores.");
        return Err(Failure::new(Code::BadRequest, "The wake word was not heard.", remedy).into());
    }
    if let Some(file) = reply {
        if answer.samples.is_empty() {
            output::note("There was nothing to say, so there is no reply to write.");
        } else {
            write_wav(file, &answer).map_err(|e| e.failure())?;
            output::note(format!("The reply is in {}.", file.display()));
        }
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
