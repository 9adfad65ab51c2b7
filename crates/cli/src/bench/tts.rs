//! First audio of a three-sentence answer, beside piper-tts synthesising all of it.

use std::path::Path;
use std::time::Instant;

use jarvis_assistant::{EventBus, Mouth, Setup, Sink};
use jarvis_core::audio::Pcm;
use jarvis_models::Stage;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Figure, Rivals};

const ANSWER: &str = "The sky looks blue because air scatters short waves of light more than long ones. \
    Blue light from the sun is thrown about in all directions, so it reaches your eyes from everywhere. \
    At sunset the light crosses more air, most of the blue is lost, and what is left looks red.";

struct Nowhere;

impl Sink for Nowhere {
    fn play(&self, _utterance: u64, _pcm: Pcm) {}
    fn finish(&self, _utterance: u64) {}
}

pub async fn run(setup: &Setup, rivals: &Rivals) -> anyhow::Result<Vec<Figure>> {
    let mouth = Mouth::new(setup.synthesizer(&setup.speech_engine())?, 1.0, EventBus::default());
    mouth.warm().await.map_err(|e| e.failure())?;
    let (mut first, mut all) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let (pieces, to_say) = mpsc::channel(1);
        pieces.send(ANSWER.to_string()).await?;
        drop(pieces);
        let began = Instant::now();
        let heard =
            mouth.say(None, 0, to_say, &Nowhere, &CancellationToken::new()).await.map_err(|e| e.failure())?;
        all.push(began.elapsed().as_secs_f64());
        first.extend(heard.map(|at| (at - began).as_secs_f64()));
    }
    let id = setup.model(Stage::Tts, &setup.config.tts.voice)?;
    let model = setup.catalog.manifest().model(&id).map(|m| m.files[0].name.clone()).unwrap_or_default();
    let voice = setup.catalog.path(&id, &model).map_err(|e| e.failure())?;
    let rival = rivals.run("tts.py", &[voice.as_path(), Path::new(ANSWER)])?;
    let rival = rival.and_then(|r| r["seconds"].as_f64());
    Ok(vec![
        Figure::new(format!("{id}: first audio of three sentences (piper-tts, all)"), median(first), "s")
            .beside(rival)
            .goal(0.35),
        Figure::new(format!("{id}: all of three sentences"), median(all), "s").beside(rival),
    ])
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
