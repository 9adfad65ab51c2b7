//! First audio of a three-sentence answer and the time that all of it takes, by each voice engine that is installed, beside
//! piper-tts synthesising all of it.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use jarvis_assistant::{EventBus, Setup, Sink};
use jarvis_core::audio::Pcm;
use jarvis_models::{Model, Stage};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Figure, Rivals};

const ANSWER: &str = "The sky looks blue because air scatters short waves of light more than long ones. \
    Blue light from the sun is thrown about in all directions, so it reaches your eyes from everywhere. \
    At sunset the light crosses more air, most of the blue is lost, and what is left looks red.";

/// Hears nothing, and counts the seconds of it.
#[derive(Default)]
struct Nowhere(Mutex<f64>);

impl Sink for Nowhere {
    fn play(&self, _utterance: u64, pcm: Pcm) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) +=
            pcm.samples.len() as f64 / f64::from(pcm.sample_rate);
    }

    fn finish(&self, _utterance: u64) {}
}

pub async fn run(setup: &Setup, rivals: &Rivals) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for id in voices(setup)? {
        let (first, all, spoken) = measure(setup, &id).await?;
        let piper = setup.catalog.manifest().model(&id).and_then(|model| network(setup, model));
        // An answer is to begin within about a second, by whomever it is given.
        let goal = if piper.is_some() { 0.35 } else { 1.0 };
        let rival = match piper {
            Some(voice) => rivals.run("tts.py", &[voice.as_path(), Path::new(ANSWER)])?,
            None => None,
        };
        let rival = rival.and_then(|r| r["seconds"].as_f64());
        figures.push(
            Figure::new(format!("{id}: first audio of three sentences (piper-tts, all)"), first, "s")
                .beside(rival)
                .goal(goal),
        );
        figures.push(Figure::new(format!("{id}: all of three sentences"), all, "s").beside(rival));
        figures.push(
            Figure::new(format!("{id}: time to speak, by time to hear it"), all / spoken, "").goal(1.0),
        );
    }
    Ok(figures)
}

/// The configured voice first, then one of each other engine that is installed.
fn voices(setup: &Setup) -> anyhow::Result<Vec<String>> {
    let configured = setup.voice_id()?;
    let several = |id: &str| setup.catalog.manifest().voice(id).map(|(model, _)| !model.voices.is_empty());
    let mut ids = vec![configured];
    for model in setup.catalog.manifest().stage(Stage::Tts).filter(|model| setup.catalog.installed(&model.id))
    {
        if ids.iter().all(|id| several(id) != several(&model.id)) {
            ids.push(model.voices.first().map_or(&model.id, |voice| &voice.id).clone());
        }
    }
    Ok(ids)
}

/// Seconds to the first sound and to the last, the middle of five runs each, and how many seconds the speech has.
async fn measure(setup: &Setup, voice: &str) -> anyhow::Result<(f64, f64, f64)> {
    let mouth = setup.mouth_of(voice, 1.0, EventBus::default())?;
    mouth.warm().await.map_err(|e| e.failure())?;
    let (mut first, mut all, mut spoken) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..5 {
        let (pieces, to_say) = mpsc::channel(1);
        pieces.send(ANSWER.to_string()).await?;
        drop(pieces);
        let nowhere = Nowhere::default();
        let began = Instant::now();
        let heard =
            mouth.say(None, 0, to_say, &nowhere, &CancellationToken::new()).await.map_err(|e| e.failure())?;
        all.push(began.elapsed().as_secs_f64());
        first.extend(heard.map(|at| (at - began).as_secs_f64()));
        spoken.push(nowhere.0.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
    Ok((median(first), median(all), median(spoken)))
}

/// The file that piper-tts can speak with too; none for another engine's voice.
fn network(setup: &Setup, model: &Model) -> Option<PathBuf> {
    let file = model.files.iter().find(|_| model.voices.is_empty())?;
    setup.catalog.path(&model.id, &file.name).ok()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
