//! `jarvis listen`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use jarvis_assistant::{Conversation, EventBus, Listening, Setup};
use jarvis_audio::{Capture, CaptureConfig, Player};
use tokio::sync::broadcast::error::RecvError;

use crate::args::Listen;
use crate::commands::hear::hear;
use crate::events;
use crate::output::{self, Output};

/// What is heard where there is no microphone: "Hey Jarvis, what time is it?"
const QUESTION: &[u8] = include_bytes!("../../../../tests/audio/hey-jarvis-what-time-is-it.wav");

pub async fn run(args: Listen) -> anyhow::Result<ExitCode> {
    let out = Output::new(args.json);
    let setup = Setup::load()?;
    let audio = &setup.config.audio;
    let capture = match Capture::open(CaptureConfig { device: audio.input.clone() }) {
        Ok(capture) => capture,
        Err(e) => {
            output::note(format!("jarvis: {}", e.failure()));
            output::note("Without a microphone, here is the same loop on a recorded question.");
            return rehearse(&setup, &args.reply, out).await;
        }
    };
    let player = match Player::open(&audio.output, audio.volume) {
        Ok(player) => Some(player),
        Err(e) => {
            output::note(format!("jarvis: {}", e.failure()));
            output::note("Without a speaker, answers are given in writing.");
            None
        }
    };
    out.line(format!("microphone: {}", capture.name()));
    out.line(format!("speaker:    {}", player.as_ref().map_or("none", |p| p.name())));

    let bus = EventBus::default();
    let mut stream = bus.subscribe();
    let conversation = Arc::new(Conversation::new(&setup, bus).await?);
    out.line(format!("thinks with {}", conversation.brain.model_name()));
    let session = setup.session()?;
    conversation.warm().await.map_err(|e| e.failure())?;
    out.line("Say \"Hey Jarvis\" and ask; Ctrl-C ends it.");
    let listening = Listening::start(conversation, session, capture, player)?;
    loop {
        tokio::select! {
            event = stream.recv() => match event {
                Ok(event) => events::show(&event, out),
                Err(RecvError::Lagged(missed)) => output::note(format!("({missed} events were not shown)")),
                Err(RecvError::Closed) => break,
            },
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    listening.stop().await;
    Ok(ExitCode::SUCCESS)
}

async fn rehearse(setup: &Setup, reply: &Path, out: Output) -> anyhow::Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("question.wav");
    std::fs::write(&file, QUESTION)?;
    let question = jarvis_audio::file::read_16k(&file).map_err(|e| e.failure())?;
    hear(setup, &[question], Some(reply), out).await
}
