//! `jarvis transcribe` and `jarvis say`.

use std::io::Read;
use std::process::ExitCode;

use jarvis_assistant::{EventBus, Setup, Sink};
use jarvis_audio::file::{read_16k, write_wav};
use jarvis_audio::{Player, PlayerEvent};
use jarvis_core::audio::Pcm;
use jarvis_core::{Code, Failure};
use jarvis_models::Stage;
use jarvis_voice::stt::TranscribeOptions;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::args::{Say, Transcribe};
use crate::output::Output;

pub async fn transcribe(args: Transcribe) -> anyhow::Result<ExitCode> {
    let setup = Setup::load()?;
    let samples = read_16k(&args.file).map_err(|e| e.failure())?;
    let transcriber = setup.transcriber(&setup.speech_engine())?;
    let options = TranscribeOptions {
        languages: if args.language.is_empty() { setup.languages() } else { args.language },
        vocabulary: setup.config.stt.vocabulary.clone(),
        draft: false,
    };
    let transcript = transcriber.transcribe(&samples, &options).await.map_err(|e| e.failure())?;
    Output::new(args.json).record(&transcript, |t| t.text.clone());
    Ok(ExitCode::SUCCESS)
}

pub async fn say(args: Say) -> anyhow::Result<ExitCode> {
    let text = if args.text == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        text
    } else {
        args.text
    };
    let setup = Setup::load()?;
    let speed = args.speed.unwrap_or(setup.config.tts.speed);
    if !(0.5..=2.0).contains(&speed) {
        let message = format!("The speed must be between 0.5 and 2, not {speed}.");
        return Err(Failure::new(Code::BadRequest, message, "Choose one in between.").into());
    }
    let voice = setup.model(Stage::Tts, args.voice.as_ref().unwrap_or(&setup.config.tts.voice))?;
    let mouth = setup.mouth_of(&voice, speed, EventBus::default())?;
    let (pieces, to_say) = mpsc::channel(1);
    pieces.send(text).await?;
    drop(pieces);
    let cancel = CancellationToken::new();
    let Some(file) = args.output else {
        let audio = &setup.config.audio;
        let player = Player::open(&audio.output, audio.volume).map_err(|e| e.failure())?;
        let events = player.events();
        mouth.say(None, 1, to_say, &player, &cancel).await.map_err(|e| e.failure())?;
        return tokio::task::spawn_blocking(move || until_ended(&events)).await?;
    };
    let recording = Recording::default();
    mouth.say(None, 1, to_say, &recording, &cancel).await.map_err(|e| e.failure())?;
    let pcm = recording.0.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if pcm.samples.is_empty() {
        let remedy = "Give it words to say.";
        return Err(Failure::new(Code::BadRequest, "There is nothing in it that can be said.", remedy).into());
    }
    write_wav(&file, &pcm).map_err(|e| e.failure())?;
    Ok(ExitCode::SUCCESS)
}

fn until_ended(events: &std::sync::mpsc::Receiver<PlayerEvent>) -> anyhow::Result<ExitCode> {
    for event in events {
        match event {
            PlayerEvent::Ended { .. } => return Ok(ExitCode::SUCCESS),
            PlayerEvent::Interrupted { .. } => break,
            _ => {}
        }
    }
    let remedy = "Plug it in again and repeat the command.";
    Err(Failure::new(Code::DeviceLost, "The speaker went away.", remedy).into())
}

/// One utterance as one piece of sound.
#[derive(Default)]
struct Recording(std::sync::Mutex<Pcm>);

impl Sink for Recording {
    fn play(&self, _utterance: u64, pcm: Pcm) {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.sample_rate = pcm.sample_rate;
        all.samples.extend(pcm.samples);
    }

    fn finish(&self, _utterance: u64) {}
}
