//! `jarvis wake train`.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use jarvis_assistant::Setup;
use jarvis_core::{Code, Failure};
use jarvis_wake_training::speech::pico;
use jarvis_wake_training::train::HeldOut;
use serde::Serialize;
use tempfile::NamedTempFile;

use super::super::models::cancel_on_ctrl_c;
use crate::output::{self, Output};
use crate::progress;

#[derive(Serialize)]
pub struct Made {
    file: String,
    phrase: String,
    bytes: usize,
    held_out: HeldOut,
}

pub async fn run(phrase: String, out: &Path, seed: u64, json: bool) -> anyhow::Result<ExitCode> {
    let setup = Setup::load()?;
    // Told at once, not after half an hour.
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    drop(NamedTempFile::new_in(folder).map_err(|e| unwritable(out, &e))?);
    let training = setup.wake_training(&phrase, seed)?;
    if !pico::is_there() {
        output::note(format!("It learns from less without {}.", pico::PACKAGE));
    }
    let phrase = training.phrase.clone();
    let trained = training.run(setup.lend_voices(), progress::of_training(), cancel_on_ctrl_c()).await;
    let trained = trained.map_err(|e| e.failure())?;
    std::fs::write(out, &trained.file).map_err(|e| unwritable(out, &e))?;
    let made = Made {
        file: out.display().to_string(),
        phrase,
        bytes: trained.file.len(),
        held_out: trained.held_out,
    };
    Output::new(json)
        .record(&made, |made| format!("{}: {} bytes; {}", made.file, made.bytes, told(&made.held_out)));
    Ok(ExitCode::SUCCESS)
}

fn unwritable(out: &Path, why: &io::Error) -> Failure {
    let remedy = "Choose a folder that you may write to, with `--out`.";
    Failure::new(Code::BadRequest, format!("{} cannot be written ({why}).", out.display()), remedy)
}

/// What was seen on the voices that were held out.
pub fn told(held_out: &HeldOut) -> String {
    format!(
        "on voices that were held out, in rooms and over noise, before a second look: {} of {} missed and {} not even near, {} of {} \
         near misses mistaken, {} false accepts in {:.1} hours",
        held_out.missed,
        held_out.phrases,
        held_out.overlooked,
        held_out.mistaken,
        held_out.near_misses,
        held_out.alarms,
        held_out.hours
    )
}
