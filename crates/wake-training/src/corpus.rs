//! What was said, made into what a head sees: rows of speech embeddings, and which stretches of them are the phrase.
//!
//! Each utterance is heard many times: in other rooms, over other noises, by other microphones, with other sounds before and
//! behind it, ending at any place within an embedding's step. [`Renderer`] makes the sound, [`Corpus`] keeps what came of it.

mod keep;
mod render;

use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastrand::Rng;
use jarvis_voice::wake::{EMBEDDING, Features, HOP, STEPS};
use tokio_util::sync::CancellationToken;

use crate::error::TrainingError;
use crate::progress::{OnProgress, Stage};
use crate::recipe::Recipe;
use crate::sound::NoiseSource;
use crate::speech::{SpeechCache, Utterance};
use crate::train::Training;
pub use render::{Clip, Renderer};

/// Steps at the start of a clip after which an embedding no longer sees what was before it.
const SETTLED: usize = 10;

/// The networks that turn sound into embeddings.
#[derive(Clone, Debug)]
pub struct FeatureFiles {
    /// Sound to spectrum.
    pub melspectrogram: PathBuf,
    /// Spectrum to speech features.
    pub embedding: PathBuf,
}

impl FeatureFiles {
    /// Loads them. ONNX Runtime has been started.
    pub fn open(&self) -> Result<Features, TrainingError> {
        Ok(Features::open(&self.melspectrogram, &self.embedding)?)
    }
}

/// How often each thing is heard, each time otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Repeats {
    /// The phrase.
    pub phrase: usize,
    /// A recording of the person's.
    pub recording: usize,
    /// A near miss.
    pub near_miss: usize,
    /// Ordinary talk.
    pub talk: usize,
    /// Half minutes of each kind of noise.
    pub noise: usize,
}

impl Default for Repeats {
    fn default() -> Self {
        Self { phrase: 20, recording: 120, near_miss: 8, talk: 6, noise: 10 }
    }
}

impl Repeats {
    /// As seldom as does for a person who waits.
    #[must_use]
    pub fn quick(self) -> Self {
        Self { phrase: 20, recording: 60, near_miss: 6, talk: 3, noise: 3 }
    }
}

/// What a window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// The phrase has just ended.
    Phrase,
    /// Something that sounds like it, or a part of it.
    NearMiss,
    /// Anything else.
    Other,
}

/// [`STEPS`] steps of embeddings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first of the steps.
    pub start: u32,
    /// What it is.
    pub label: Label,
    /// Which clip it is of.
    pub clip: u32,
}

/// Embeddings, and the windows in them that something is known of.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    /// [`EMBEDDING`] values a step.
    pub embeddings: Vec<f32>,
    /// The windows.
    pub windows: Vec<Window>,
    /// Clips that were heard.
    pub clips: u32,
}

impl Corpus {
    /// The values of window `i`.
    pub fn window(&self, i: usize) -> &[f32] {
        let start = self.windows[i].start as usize * EMBEDDING;
        &self.embeddings[start..start + STEPS * EMBEDDING]
    }

    /// Numbers of the windows with a label.
    pub fn labelled(&self, label: Label) -> Vec<usize> {
        (0..self.windows.len()).filter(|i| self.windows[*i].label == label).collect()
    }

    /// Hears a clip.
    fn hear(&mut self, features: &mut Features, clip: &Clip) -> Result<(), TrainingError> {
        features.reset();
        let base = self.embeddings.len() / EMBEDDING;
        let mut sound = clip.sound.as_slice();
        let mut step = 0;
        let mut kept = 0;
        while let Some(embedding) = features.hear(&mut sound)? {
            step += 1;
            if step <= SETTLED {
                continue;
            }
            self.embeddings.extend_from_slice(&embedding);
            kept += 1;
            if kept >= STEPS
                && let Some(label) = clip.label(step * HOP)
            {
                self.windows.push(Window { start: (base + kept - STEPS) as u32, label, clip: self.clips });
            }
        }
        self.clips += 1;
        Ok(())
    }

    fn append(&mut self, other: Self) {
        let base = (self.embeddings.len() / EMBEDDING) as u32;
        self.embeddings.extend(other.embeddings);
        let moved = |w: Window| Window { start: w.start + base, clip: w.clip + self.clips, ..w };
        self.windows.extend(other.windows.into_iter().map(moved));
        self.clips += other.clips;
    }
}

/// Learned from, and only looked at.
#[derive(Clone, Debug, Default)]
pub struct Corpora {
    /// What the head is trained on.
    pub training: Corpus,
    /// By voices and with seeds of their own: what chooses the threshold.
    pub held_out: Corpus,
}

/// One thing to render.
enum Job<'a> {
    Phrase(&'a Utterance),
    /// One of the person's recordings.
    Recording(usize),
    NearMiss(&'a Utterance),
    Talk(Vec<&'a Utterance>),
    Noise(usize),
}

impl Job<'_> {
    fn is_held_out(&self, rng: &mut Rng) -> bool {
        match self {
            Self::Phrase(u) | Self::NearMiss(u) => u.voice.is_held_out(),
            Self::Talk(row) => row.iter().any(|u| u.voice.is_held_out()),
            // Every fourth.
            Self::Recording(i) => i % 4 == 3,
            Self::Noise(_) => rng.f32() < 0.15,
        }
    }
}

/// Hears everything of a recipe. All of it has been said.
///
/// # Errors
/// When a network or a file cannot be used, or it was cancelled.
pub fn build(
    recipe: &Recipe,
    speech: &SpeechCache,
    training: &Training,
    on: &OnProgress,
    cancel: &CancellationToken,
) -> Result<Corpora, TrainingError> {
    let seed = training.seed;
    let renderer = Renderer::new(recipe, speech, seed)?;
    let jobs = jobs(recipe, &training.recordings, training.repeats, seed);
    let next = AtomicUsize::new(0);
    // A block of jobs at a time, so that what comes of it does not depend on the number of threads.
    const BLOCK: usize = 64;
    let blocks = jobs.len().div_ceil(BLOCK);
    let work = || -> Result<Vec<(usize, Corpora)>, TrainingError> {
        let mut features = training.features.open()?;
        let mut made = Vec::new();
        loop {
            let block = next.fetch_add(1, Ordering::Relaxed);
            if block >= blocks {
                return Ok(made);
            }
            let mut corpora = Corpora::default();
            for (i, job) in jobs.iter().enumerate().skip(block * BLOCK).take(BLOCK) {
                if cancel.is_cancelled() {
                    return Err(TrainingError::Cancelled);
                }
                let mut rng = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9).wrapping_add(i as u64));
                let clip = match job {
                    Job::Phrase(u) => renderer.phrase(u, &mut rng)?,
                    Job::Recording(i) => Some(renderer.recording(&training.recordings[*i], &mut rng)),
                    Job::NearMiss(u) => Some(renderer.near_miss(u, &mut rng)?),
                    Job::Talk(row) => Some(renderer.talk(row, &mut rng)?),
                    Job::Noise(kind) => Some(renderer.noise(*kind, &mut rng)),
                };
                let Some(clip) = clip else { continue };
                let to =
                    if job.is_held_out(&mut rng) { &mut corpora.held_out } else { &mut corpora.training };
                to.hear(&mut features, &clip)?;
            }
            made.push((block, corpora));
            on(Stage::Hearing, ((block + 1) * BLOCK).min(jobs.len()) as u64, jobs.len() as u64);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let made: Result<Vec<_>, TrainingError> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|w| w.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    let mut made: Vec<_> = made?.into_iter().flatten().collect();
    made.sort_by_key(|(block, _)| *block);
    let mut all = Corpora::default();
    for (_, corpora) in made {
        all.training.append(corpora.training);
        all.held_out.append(corpora.held_out);
    }
    Ok(all)
}

fn jobs<'a>(recipe: &'a Recipe, recordings: &[Vec<f32>], repeats: Repeats, seed: u64) -> Vec<Job<'a>> {
    let mut jobs = Vec::new();
    for _ in 0..repeats.recording {
        jobs.extend((0..recordings.len()).map(Job::Recording));
    }
    for _ in 0..repeats.phrase {
        jobs.extend(recipe.phrases.iter().map(Job::Phrase));
    }
    for _ in 0..repeats.near_miss {
        jobs.extend(recipe.near_misses.iter().map(Job::NearMiss));
    }
    let mut rng = Rng::with_seed(seed);
    for _ in 0..repeats.talk {
        // Those that are held out apart, so that nobody who is learned from is among them.
        for held_out in [false, true] {
            let mut talk: Vec<_> = recipe.talk.iter().filter(|u| u.voice.is_held_out() == held_out).collect();
            rng.shuffle(&mut talk);
            jobs.extend(talk.chunks(5).map(|row| Job::Talk(row.to_vec())));
        }
    }
    for _ in 0..repeats.noise {
        jobs.extend((0..Renderer::NOISES).map(Job::Noise));
    }
    jobs
}

/// Talk to mix babble of.
fn babblers(recipe: &Recipe, speech: &SpeechCache) -> Result<NoiseSource, TrainingError> {
    let quick = recipe.talk.iter().filter(|u| !u.voice.is_held_out()).step_by(7).take(60);
    let talk: Result<Vec<_>, TrainingError> =
        quick.map(|u| Ok(Arc::new(crate::sound::voiced(&speech.read(u)?, 1.0)))).collect();
    Ok(NoiseSource::new(talk?.into_iter().filter(|t| !t.is_empty()).collect()))
}
