//! `jarvis listen`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use jarvis_assistant::{Command, Conversation, Devices, Listening, Setup, think_in_pauses};
use jarvis_audio::{Capture, CaptureConfig};
use jarvis_core::{EventKind, VoiceState};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::args::Listen;
use crate::commands::hear::hear;
use crate::output::{self, Output};
use crate::{events, keyboard};

/// What is heard where there is no microphone: "Hey Jarvis, what time is it?"
const QUESTION: &[u8] = include_bytes!("../../../../tests/audio/hey-jarvis-what-time-is-it.wav");

pub async fn run(args: Listen) -> anyhow::Result<ExitCode> {
    let out = Output::new(args.json);
    let setup = Setup::load()?;
    let audio = &setup.config.audio;
    let microphone = CaptureConfig { device: audio.input.clone() };
    let capture = match Capture::open(microphone.clone()) {
        Ok(capture) => capture,
        Err(e) if args.wait => {
            output::note(format!("jarvis: {}", e.failure()));
            tokio::select! {
                capture = plugged_in(&microphone) => capture,
                _ = tokio::signal::ctrl_c() => return Ok(ExitCode::SUCCESS),
            }
        }
        Err(e) => {
            output::note(format!("jarvis: {}", e.failure()));
            output::note("Without a microphone, here is the same loop on a recorded question.");
            return rehearse(&setup, &args.reply, out).await;
        }
    };
    let (devices, problem) = Devices::open(capture, audio);
    if let Some(e) = problem {
        output::note(format!("jarvis: {}", e.failure()));
        output::note("Without a speaker, answers are given in writing.");
    }
    out.line(format!("microphone: {}", devices.microphone()));
    out.line(format!("speaker:    {}", devices.speaker().unwrap_or("none")));

    let bus = setup.bus()?;
    let mut stream = bus.subscribe();
    let conversation = Arc::new(Conversation::new(&setup, bus.clone()).await?);
    let brain = Arc::clone(&conversation.brain);
    tokio::spawn(think_in_pauses(bus, move || Arc::clone(&brain), CancellationToken::new()));
    out.line(format!("thinks with {}", conversation.brain.model_name().unwrap_or_default()));
    let session = setup.session()?;
    conversation.warm().await.map_err(|e| e.failure())?;
    out.line(format!("Say {:?} and ask; or type, each time with Enter:", setup.wake_phrase()));
    out.line(KEYS);
    let listening = Listening::start(conversation, session, devices)?;
    let mut keyboard = Keyboard::open()?;
    loop {
        tokio::select! {
            event = stream.recv() => match event {
                Ok(event) => {
                    keyboard.follow(&event.kind);
                    events::show(&event, out);
                }
                Err(RecvError::Lagged(missed)) => output::note(format!("({missed} events were not shown)")),
                Err(RecvError::Closed) => break,
            },
            Some(typed) = keyboard.lines.recv() => match keyboard.means(&typed) {
                Typed::Command(command) => listening.command(command),
                Typed::Quit => break,
                Typed::Unknown => out.line(KEYS),
            },
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    listening.stop().await;
    Ok(ExitCode::SUCCESS)
}

const KEYS: &str = "  (nothing)  talk without the wake word, and again when you have said it
  m          mute the microphone, or hear again
  s          silence
  q          quit, as does Ctrl-C";

/// What a typed line asks for.
#[derive(Debug, PartialEq)]
enum Typed {
    Command(Command),
    Quit,
    Unknown,
}

/// Typed lines, and what is needed to understand them. At the end of the input there are no more of them.
struct Keyboard {
    lines: mpsc::UnboundedReceiver<String>,
    state: VoiceState,
    muted: bool,
}

impl Keyboard {
    fn open() -> std::io::Result<Self> {
        Ok(Self { lines: keyboard::open()?, state: VoiceState::Idle, muted: false })
    }

    fn follow(&mut self, event: &EventKind) {
        match event {
            EventKind::StateChanged { state } => self.state = *state,
            EventKind::MuteChanged { muted } => self.muted = *muted,
            _ => {}
        }
    }

    fn means(&self, line: &str) -> Typed {
        Typed::Command(match line.trim() {
            "" if self.state == VoiceState::Listening => Command::TalkReleased,
            "" => Command::TalkPressed,
            "m" => Command::Mute(!self.muted),
            "s" => Command::Stop,
            "q" => return Typed::Quit,
            _ => return Typed::Unknown,
        })
    }
}

/// The microphone, once it is there.
async fn plugged_in(microphone: &CaptureConfig) -> Capture {
    loop {
        tokio::time::sleep(Duration::from_secs(2)).await;
        if let Ok(capture) = Capture::open(microphone.clone()) {
            return capture;
        }
    }
}

async fn rehearse(setup: &Setup, reply: &Path, out: Output) -> anyhow::Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("question.wav");
    std::fs::write(&file, QUESTION)?;
    let question = jarvis_audio::file::read_16k(&file).map_err(|e| e.failure())?;
    hear(setup, &[question], Some(reply), out).await
}
