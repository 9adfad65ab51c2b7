//! Transcribing commands of 2 to 4 seconds, beside pywhispercpp at its defaults on the same model file.

use std::path::Path;
use std::time::Instant;

use jarvis_assistant::Setup;
use jarvis_core::audio::SAMPLE_RATE;
use jarvis_models::Stage;
use jarvis_voice::stt::TranscribeOptions;

use super::{Figure, Rivals, clips};

pub async fn run(setup: &Setup, rivals: &Rivals) -> anyhow::Result<Vec<Figure>> {
    let mut clips = clips::all()?;
    clips.retain(|c| {
        let seconds = c.samples.len() as f32 / SAMPLE_RATE as f32;
        !c.transcript.is_empty() && (2.0..=4.0).contains(&seconds)
    });
    let transcriber = setup.transcriber(&setup.speech_engine())?;
    transcriber.warm().await.map_err(|e| e.failure())?;
    // What pywhispercpp does by default: English.
    let options = TranscribeOptions { languages: vec!["en".into()], vocabulary: Vec::new(), draft: false };
    let (mut seconds, mut texts) = (0.0, Vec::new());
    for clip in &clips {
        let began = Instant::now();
        let transcript = transcriber.transcribe(&clip.samples, &options).await.map_err(|e| e.failure())?;
        seconds += began.elapsed().as_secs_f64();
        texts.push(transcript.text);
    }
    let rate = |texts: &[String]| {
        let pairs = clips.iter().zip(texts).map(|(c, heard)| c.word_errors(heard));
        let (errors, words) = pairs.fold((0, 0), |(e, w), (errors, words)| (e + errors, w + words));
        100.0 * errors as f64 / words.max(1) as f64
    };

    let id = setup.model(Stage::Stt, &setup.config.stt.model)?;
    let file = setup.catalog.manifest().model(&id).map(|m| m.files[0].name.clone()).unwrap_or_default();
    let model = setup.catalog.path(&id, &file).map_err(|e| e.failure())?;
    let files = std::iter::once(model.as_path()).chain(clips.iter().map(|c| c.file.as_path()));
    let rival = rivals.run("stt.py", &files.collect::<Vec<&Path>>())?;
    let per_clip = |seconds: f64| seconds / clips.len().max(1) as f64;
    let rival_seconds = rival.as_ref().and_then(|r| r["seconds"].as_f64()).map(per_clip);
    let rival_rate = rival.as_ref().and_then(|r| {
        let texts = r["texts"].as_array()?.iter().map(|t| t.as_str().unwrap_or_default().to_string());
        Some(rate(&texts.collect::<Vec<_>>()))
    });
    let mut figures = vec![
        Figure::new(
            format!("{id}: a command of 2-4 s, mean of {} (pywhispercpp)", clips.len()),
            per_clip(seconds),
            "s",
        )
        .beside(rival_seconds)
        .goal(0.4),
        Figure::new(format!("{id}: word errors"), rate(&texts), "%"),
    ];
    figures.extend(rival_rate.map(|rate| Figure::new("pywhispercpp: word errors", rate, "%")));
    Ok(figures)
}
