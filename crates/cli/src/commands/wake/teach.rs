//! `jarvis wake teach`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use jarvis_assistant::teach::{RECORDED_MS, WANTED, good_enough, phrase_in, teachable};
use jarvis_assistant::{Setup, settings};
use jarvis_audio::file::read_16k;
use jarvis_audio::{Capture, CaptureConfig, CaptureItem};
use jarvis_core::{Code, Failure};

use super::super::models::cancel_on_ctrl_c;
use super::train::told;
use crate::output;
use crate::progress;

/// How often each recording is tried.
const TRIES: usize = 3;

pub async fn run(phrase: &str, files: &[PathBuf], record: usize, to_use: bool) -> anyhow::Result<ExitCode> {
    let phrase = &teachable(phrase)?;
    let setup = Setup::load()?;
    let mut recordings = Vec::new();
    for file in files {
        let said = read_16k(file).map_err(|e| e.failure())?;
        recordings.push(phrase_in(&said).map_err(|why| {
            let message = format!("{} cannot be used: {why}.", file.display());
            Failure::new(Code::BadAudio, message, "Record the phrase alone, once.")
        })?);
    }
    // What it takes, told before anybody speaks.
    setup.teaching(phrase, Vec::new())?;
    recordings.extend(recorded(phrase, &setup, record)?);
    if recordings.len() < WANTED {
        let message = format!("There are only {} good recordings.", recordings.len());
        let remedy =
            format!("Say it {WANTED} times, with `--record {WANTED}` or from files with `--recordings`.");
        return Err(Failure::new(Code::BadRequest, message, remedy).into());
    }
    let training = setup.teaching(phrase, recordings)?;
    let trained = training.run(setup.lend_voices(), progress::of_training(), cancel_on_ctrl_c()).await;
    let trained = trained.map_err(|e| e.failure())?;
    output::note(format!("\"{phrase}\": {}.", told(&trained.held_out)));
    if !good_enough(&trained.held_out) {
        let remedy =
            "Teach it with more recordings, or choose a longer phrase; what was used before stays in use.";
        return Err(Failure::new(Code::BadRequest, "It does not hear well enough to be used.", remedy).into());
    }
    let model = setup.keep_taught(phrase, &trained)?;
    if to_use {
        let file = setup.paths.config_file();
        settings::set(&file, "wake.engine", "openwakeword")?;
        settings::set(&file, "wake.model", &model)?;
        output::note(format!("Jarvis listens for \"{phrase}\" from now on."));
    } else {
        output::note(format!("Listen for it with `jarvis config set wake.model {model}`."));
    }
    Ok(ExitCode::SUCCESS)
}

/// So many good recordings from the microphone. One that will not do is said again, but not for ever.
fn recorded(phrase: &str, setup: &Setup, wanted: usize) -> Result<Vec<Vec<f32>>, Failure> {
    let mut good = Vec::new();
    for _ in 0..TRIES * wanted {
        if good.len() == wanted {
            break;
        }
        output::note(format!("Say \"{phrase}\" ({} of {wanted}).", good.len() + 1));
        match phrase_in(&from_microphone(setup)?) {
            Ok(said) => good.push(said),
            Err(why) => output::note(format!("That one is not used: {why}.")),
        }
    }
    Ok(good)
}

fn from_microphone(setup: &Setup) -> Result<Vec<f32>, Failure> {
    let device = setup.config.audio.input.clone();
    let capture = Capture::open(CaptureConfig { device }).map_err(|e| e.failure())?;
    let until = Instant::now() + Duration::from_millis(RECORDED_MS);
    let mut said = Vec::new();
    while let Ok(item) = capture.frames().recv_timeout(until.saturating_duration_since(Instant::now())) {
        if let CaptureItem::Frame(frame) = item {
            said.extend_from_slice(&*frame);
        }
        if Instant::now() >= until {
            break;
        }
    }
    Ok(said)
}
