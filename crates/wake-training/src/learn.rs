//! The head learns: batches of windows, in rounds, after each of which it is shown more of what it took for the phrase.

use std::panic::resume_unwind;

use fastrand::Rng;
use jarvis_voice::wake::{EMBEDDING, OwnHead, STEPS};
use rayon::ThreadPoolBuilder;
use tokio_util::sync::CancellationToken;

use crate::corpus::{Corpus, Label};
use crate::error::TrainingError;
use crate::network::{Batch, Network};
use crate::progress::{OnProgress, Stage};

/// How it learns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Course {
    /// Rounds; between two, what was mistaken is looked for.
    pub rounds: usize,
    /// Steps in a round.
    pub steps: usize,
    /// How much everything that is not the phrase counts against the phrase.
    pub caution: f32,
    /// The highest rate.
    pub rate: f64,
    /// Networks that learn the same, each by chances of its own.
    pub networks: usize,
}

impl Default for Course {
    fn default() -> Self {
        Self { rounds: 6, steps: 500, caution: 4.0, rate: 2e-3, networks: 3 }
    }
}

/// Windows in a batch: of the phrase, of near misses, of other sounds, and of those that were mistaken.
const PHRASES: usize = 192;
const NEAR_MISSES: usize = 96;
const OTHERS: usize = 256;
const MISTAKEN: usize = 96;
/// Of the windows that are not the phrase, so many with the highest scores are the mistaken ones.
const HARDEST: usize = 3000;
/// Steps from one moment that becomes part of the mean to the next, in the last round.
const MOMENT: usize = 10;

/// Trains a head's networks on a corpus, side by side.
///
/// # Errors
/// When there is nothing to learn from, the tensor library fails, or it was cancelled.
pub fn learn(
    corpus: &Corpus,
    course: Course,
    seed: u64,
    on: &OnProgress,
    cancel: &CancellationToken,
) -> Result<Vec<Network>, TrainingError> {
    // They go on at about the same speed: the first one's progress stands for all.
    let silent: &OnProgress = &|_, _, _| {};
    std::thread::scope(|scope| {
        let seeds = (0..course.networks.max(1) as u64).map(|i| (i, seed.wrapping_mul(1000) + i));
        let learning: Result<Vec<_>, TrainingError> = seeds
            .map(|(i, seed)| {
                let on = if i == 0 { on } else { silent };
                // Each on one thread: what it multiplies is too small for several to share. With sixteen each, three of them had not
                // learned in five minutes.
                let alone =
                    ThreadPoolBuilder::new().num_threads(1).build().map_err(candle_core::Error::wrap)?;
                let learn = move || alone.install(|| learn_one(corpus, course, seed, on, cancel));
                Ok(scope.spawn(learn))
            })
            .collect();
        let learned = learning?.into_iter().map(|l| l.join().unwrap_or_else(|panic| resume_unwind(panic)));
        learned.collect()
    })
}

fn learn_one(
    corpus: &Corpus,
    course: Course,
    seed: u64,
    on: &OnProgress,
    cancel: &CancellationToken,
) -> Result<Network, TrainingError> {
    let [phrases, near, other] =
        [Label::Phrase, Label::NearMiss, Label::Other].map(|label| corpus.labelled(label));
    if phrases.is_empty() || near.is_empty() || other.is_empty() {
        return Err(TrainingError::Unsuitable {
            message: "There is too little to learn the wake word from.".into(),
            remedy: "Choose a phrase of two or more syllables.".into(),
        });
    }
    let mut rng = Rng::with_seed(seed);
    let mut network = Network::new(&corpus.embeddings, seed)?;
    let mut mistaken = Vec::new();
    let all = course.rounds * course.steps;
    for round in 0..course.rounds {
        for step in 0..course.steps {
            if cancel.is_cancelled() {
                return Err(TrainingError::Cancelled);
            }
            let done = round * course.steps + step;
            let batch = batch(corpus, [&phrases, &near, &other, &mistaken], course.caution, &mut rng);
            network.learn(&batch, rate(course.rate, done as f64 / all as f64))?;
            if round + 1 == course.rounds && step * 2 > course.steps && step % MOMENT == 0 {
                network.remember()?;
            }
            if done % 10 == 0 {
                on(Stage::Learning, done as u64, all as u64);
            }
        }
        if round + 1 < course.rounds {
            mistaken = hardest(corpus, &network, [&near, &other])?;
        }
    }
    network.settle()?;
    on(Stage::Learning, all as u64, all as u64);
    Ok(network)
}

/// Rises for a twentieth of the way, then falls as a cosine does.
fn rate(highest: f64, done: f64) -> f64 {
    const RISE: f64 = 0.05;
    if done < RISE {
        return highest * (done / RISE).max(0.05);
    }
    let falling = (done - RISE) / (1.0 - RISE);
    highest * (0.02 + 0.98 * 0.5 * (1.0 + (std::f64::consts::PI * falling).cos()))
}

fn batch(corpus: &Corpus, from: [&[usize]; 4], caution: f32, rng: &mut Rng) -> Batch {
    let sizes = [PHRASES, NEAR_MISSES, OTHERS, MISTAKEN];
    let others: usize =
        sizes[1..].iter().zip(&from[1..]).filter(|(_, f)| !f.is_empty()).map(|(size, _)| size).sum();
    let mut batch = Batch { windows: Vec::new(), targets: Vec::new(), weights: Vec::new() };
    for (i, (size, from)) in sizes.into_iter().zip(from).enumerate() {
        if from.is_empty() {
            continue;
        }
        let (target, weight) = if i == 0 { (1.0, 1.0 / size as f32) } else { (0.0, caution / others as f32) };
        for _ in 0..size {
            let window = corpus.window(from[rng.usize(..from.len())]);
            in_another_tempo(window, &mut batch.windows, rng);
            batch.targets.push(target);
            batch.weights.push(weight);
        }
    }
    batch
}

/// Appends a window as it is, or with one of its steps left out or said twice; it ends where it ended.
fn in_another_tempo(window: &[f32], to: &mut Vec<f32>, rng: &mut Rng) {
    let at = (1 + rng.usize(..STEPS - 4)) * EMBEDDING;
    match rng.usize(..4) {
        0 => {
            to.extend_from_slice(&window[..EMBEDDING]);
            to.extend_from_slice(&window[..at]);
            to.extend_from_slice(&window[at + EMBEDDING..]);
        }
        1 => {
            to.extend_from_slice(&window[EMBEDDING..at + EMBEDDING]);
            to.extend_from_slice(&window[at..]);
        }
        _ => to.extend_from_slice(window),
    }
}

/// Those that look most like the phrase.
fn hardest(corpus: &Corpus, network: &Network, from: [&[usize]; 2]) -> Result<Vec<usize>, TrainingError> {
    let mut head = network.listening()?;
    let mut scored = Vec::new();
    for from in from {
        scored.extend(from.iter().copied().zip(scores(corpus, &mut head, from)));
    }
    let count = HARDEST.min(scored.len());
    scored.sort_by(|a, b| b.1.total_cmp(&a.1));
    Ok(scored[..count].iter().map(|(window, _)| *window).collect())
}

/// The logit of each of these windows, by a head as it listens: one that follows on the last one costs a step only.
pub fn scores(corpus: &Corpus, head: &mut OwnHead, windows: &[usize]) -> Vec<f32> {
    let steps = corpus.embeddings.as_chunks::<EMBEDDING>().0;
    let mut heard = 0;
    let mut all = Vec::with_capacity(windows.len());
    for i in windows {
        let start = corpus.windows[*i].start as usize;
        let to_hear = &steps[if heard + 1 == start + STEPS { heard } else { start }..start + STEPS];
        heard = start + STEPS;
        all.push(to_hear.iter().fold(0.0, |_, step| head.logit(step)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Window;
    use crate::sound::normal;

    #[test]
    fn windows_in_a_row_and_apart_are_scored_as_each_is_alone() {
        let mut rng = Rng::with_seed(1);
        let window = |start: usize| Window { start: start as u32, label: Label::Other, clip: 0 };
        let starts = [0, 1, 2, 30, 31, 5, 6];
        let corpus = Corpus {
            embeddings: (0..60 * EMBEDDING).map(|_| normal(&mut rng)).collect(),
            windows: starts.map(window).to_vec(),
            clips: 1,
        };
        let network = Network::new(&corpus.embeddings, 1).unwrap();
        let all: Vec<usize> = (0..starts.len()).collect();
        let mut head = network.listening().unwrap();
        let together = scores(&corpus, &mut head, &all);
        let alone: Vec<f32> = all.iter().map(|i| scores(&corpus, &mut head, &[*i])[0]).collect();
        assert_eq!(together, alone);
        assert!(together.windows(2).all(|pair| pair[0] != pair[1]), "{together:?}");
    }
}
