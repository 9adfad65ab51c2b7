//! `jarvis wake teach`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use jarvis_assistant::{Setup, settings};
use jarvis_audio::file::read_16k;
use jarvis_audio::{Capture, CaptureConfig, CaptureItem};
use jarvis_core::audio::SAMPLE_RATE;
use jarvis_core::{Code, Failure};
use jarvis_wake_training::sound::trimmed;
use jarvis_wake_training::train::HeldOut;

use super::super::models::cancel_on_ctrl_c;
use super::train::told;
use crate::output;
use crate::progress;

/// How long each recording from the microphone is.
const RECORDED: Duration = Duration::from_millis(2500);
/// The shortest and the longest that a phrase may be, seconds.
const LENGTHS: std::ops::RangeInclusive<f32> = 0.25..=3.0;
/// A head is good enough to be used when it misses fewer phrases than this share, and mistakes at most so many an hour.
const MOST_MISSED: f64 = 0.1;
const MOST_ALARMS: f64 = 1.0;

pub async fn run(phrase: &str, files: &[PathBuf], record: u32, to_use: bool) -> anyhow::Result<ExitCode> {
    let setup = Setup::load()?;
    let mut recordings = Vec::new();
    for file in files {
        let said = read_16k(file).map_err(|e| e.failure())?;
        recordings.push(checked(&said).map_err(|why| unsuitable(&file.display().to_string(), why))?);
    }
    for i in 0..record {
        output::note(format!("Say \"{phrase}\" ({} of {record}).", i + 1));
        let said = from_microphone(&setup)?;
        match checked(&said) {
            Ok(said) => recordings.push(said),
            Err(why) => output::note(format!("That one is not used: {why}.")),
        }
    }
    let mut training = setup.wake_training(phrase, 1)?;
    training.amounts = training.amounts.quick();
    training.repeats = training.repeats.quick();
    training.recordings = recordings;
    let name = training.phrase.clone();
    let trained = training.run(&setup, progress::of_training(), cancel_on_ctrl_c()).await;
    let trained = trained.map_err(|e| e.failure())?;
    output::note(format!("\"{name}\": {}.", told(&trained.held_out)));
    if !good_enough(&trained.held_out) {
        let remedy =
            "Teach it with more recordings, or choose a longer phrase; what was used before stays in use.";
        return Err(Failure::new(Code::BadRequest, "It does not hear well enough to be used.", remedy).into());
    }
    let file = setup.taught_file(&name);
    jarvis_wake_training::replace(&file, &trained.file).map_err(|e| e.failure())?;
    let model = file.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_string();
    if to_use {
        settings::set(&setup.paths.config_file(), "wake.model", &model)?;
        output::note(format!("Jarvis listens for \"{name}\" from now on."));
    } else {
        output::note(format!("Listen for it with `jarvis config set wake.model {model}`."));
    }
    Ok(ExitCode::SUCCESS)
}

fn good_enough(held_out: &HeldOut) -> bool {
    let missed = held_out.missed as f64 / held_out.phrases.max(1) as f64;
    let alarms = held_out.alarms as f64 / held_out.hours.max(0.1);
    held_out.phrases > 0 && missed <= MOST_MISSED && alarms <= MOST_ALARMS
}

/// The phrase in a recording; or why it cannot be one.
fn checked(said: &[f32]) -> Result<Vec<f32>, &'static str> {
    let phrase = trimmed(said);
    let seconds = phrase.len() as f32 / SAMPLE_RATE as f32;
    match () {
        () if phrase.is_empty() => Err("nothing is heard in it"),
        () if seconds < *LENGTHS.start() => Err("it is too short"),
        () if seconds > *LENGTHS.end() => Err("more than the phrase is heard in it"),
        () => Ok(phrase.to_vec()),
    }
}

fn unsuitable(file: &str, why: &str) -> Failure {
    Failure::new(Code::BadAudio, format!("{file} cannot be used: {why}."), "Record the phrase alone, once.")
}

fn from_microphone(setup: &Setup) -> Result<Vec<f32>, Failure> {
    let device = setup.config.audio.input.clone();
    let capture = Capture::open(CaptureConfig { device }).map_err(|e| e.failure())?;
    let until = Instant::now() + RECORDED;
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
