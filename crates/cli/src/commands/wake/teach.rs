//! `jarvis wake teach`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use jarvis_assistant::teach::{RECORDED_MS, good_enough, phrase_in, teachable};
use jarvis_assistant::{Setup, settings};
use jarvis_audio::file::read_16k;
use jarvis_audio::{Capture, CaptureConfig, CaptureItem};
use jarvis_core::{Code, Failure};

use super::super::models::cancel_on_ctrl_c;
use super::train::told;
use crate::output;
use crate::progress;

pub async fn run(phrase: &str, files: &[PathBuf], record: u32, to_use: bool) -> anyhow::Result<ExitCode> {
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
    for i in 0..record {
        output::note(format!("Say \"{phrase}\" ({} of {record}).", i + 1));
        let said = from_microphone(&setup)?;
        match phrase_in(&said) {
            Ok(said) => recordings.push(said),
            Err(why) => output::note(format!("That one is not used: {why}.")),
        }
    }
    let training = setup.teaching(phrase, recordings)?;
    let trained = training.run(&setup, progress::of_training(), cancel_on_ctrl_c()).await;
    let trained = trained.map_err(|e| e.failure())?;
    output::note(format!("\"{phrase}\": {}.", told(&trained.held_out)));
    if !good_enough(&trained.held_out) {
        let remedy =
            "Teach it with more recordings, or choose a longer phrase; what was used before stays in use.";
        return Err(Failure::new(Code::BadRequest, "It does not hear well enough to be used.", remedy).into());
    }
    let model = setup.keep_taught(phrase, &trained)?;
    if to_use {
        settings::set(&setup.paths.config_file(), "wake.model", &model)?;
        output::note(format!("Jarvis listens for \"{phrase}\" from now on."));
    } else {
        output::note(format!("Listen for it with `jarvis config set wake.model {model}`."));
    }
    Ok(ExitCode::SUCCESS)
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
