//! `jarvis wake`: recordings looked through; [`train`], [`eval`] and [`teach`] beside it.

mod eval;
mod teach;
mod train;

use std::process::ExitCode;

use jarvis_assistant::Setup;
use jarvis_audio::file::read_16k;
use jarvis_core::audio::samples_to_ms;
use jarvis_core::{Code, Failure};
use serde::Serialize;

use crate::args::{Files, Wake, WakeCommand};
use crate::output::Output;

#[derive(Serialize)]
struct Found {
    file: String,
    duration_ms: u64,
    best_score: Option<f32>,
    detections: Vec<Detection>,
}

#[derive(Serialize)]
struct Detection {
    at_ms: u64,
    score: f32,
}

pub async fn run(args: Wake) -> anyhow::Result<ExitCode> {
    match args.command {
        None => look(args.files),
        Some(WakeCommand::Train { phrase, out, seed, json }) => train::run(phrase, &out, seed, json).await,
        Some(WakeCommand::Eval(args)) => tokio::task::spawn_blocking(move || eval::run(&args)).await?,
        Some(WakeCommand::Teach { phrase, recordings, record, r#use }) => {
            teach::run(&phrase, &recordings, record, r#use).await
        }
    }
}

fn look(args: Files) -> anyhow::Result<ExitCode> {
    let out = Output::new(args.json);
    let setup = Setup::load()?;
    let mut detector = setup.wake()?.ok_or_else(|| {
        let remedy = "Switch it on with `jarvis config set wake.enabled true`.";
        Failure::new(Code::BadConfig, "The wake word is switched off.", remedy)
    })?;
    for file in &args.files {
        let samples = read_16k(file).map_err(|e| e.failure())?;
        let found = jarvis_voice::wake::evaluate(&mut *detector, &samples).map_err(|e| e.failure())?;
        let found = Found {
            file: file.display().to_string(),
            duration_ms: samples_to_ms(samples.len() as u64),
            best_score: found.best_score,
            detections: found
                .detections
                .iter()
                .map(|d| Detection { at_ms: samples_to_ms(d.position), score: d.score })
                .collect(),
        };
        out.record(&found, |found| {
            let best = found.best_score.map_or("-".into(), |s| format!("{s:.3}"));
            let times: Vec<_> = found
                .detections
                .iter()
                .map(|d| format!("{:.2} s ({:.3})", d.at_ms as f64 / 1000.0, d.score))
                .collect();
            let times = if times.is_empty() { "not heard".into() } else { times.join(", ") };
            format!("{}: best score {best}; {times}", found.file)
        });
    }
    Ok(ExitCode::SUCCESS)
}
