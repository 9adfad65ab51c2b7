//! From a recipe that has been said to a head's file: hear it, learn it, choose its threshold.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jarvis_voice::wake::{HOP, OwnHead, WakeConfig, log_odds};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::corpus::{self, Corpora, Corpus, FeatureFiles, Label, Repeats};
use crate::error::TrainingError;
use crate::learn::{self, Course};
use crate::network::head_file;
use crate::progress::{OnProgress, Stage};
use crate::recipe::{Amounts, Recipe};
use crate::speech::{SpeechCache, Voices};

/// Counted up when the same recipe makes another corpus.
const CORPUS_VERSION: u32 = 4;

/// A head that has been trained.
pub struct Trained {
    /// Its file.
    pub file: Vec<u8>,
    /// What was seen of it on voices that it did not learn from.
    pub held_out: HeldOut,
}

/// How it did on the voices that were held out, at its threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HeldOut {
    /// Times that the phrase was said, in rooms and over noise.
    pub phrases: usize,
    /// Of these, missed by the head alone.
    pub missed: usize,
    /// Of these, not even near enough to be looked at again.
    pub overlooked: usize,
    /// Near misses.
    pub near_misses: usize,
    /// Of these, taken for the phrase.
    pub mistaken: usize,
    /// Hours of talk and noise.
    pub hours: f64,
    /// False accepts in them.
    pub alarms: usize,
}

/// Everything that decides what a head becomes.
#[derive(Clone, Debug)]
pub struct Training {
    /// The phrase.
    pub phrase: String,
    /// How much is said.
    pub amounts: Amounts,
    /// How often each is heard.
    pub repeats: Repeats,
    /// How it is learned.
    pub course: Course,
    /// What all chance follows from.
    pub seed: u64,
    /// The person's own recordings of the phrase, 16 kHz.
    pub recordings: Vec<Vec<f32>>,
    /// The networks that turn sound into embeddings.
    pub features: FeatureFiles,
    /// The folder where what is made on the way is kept.
    pub cache: PathBuf,
}

impl Training {
    /// Has everything said that has not been said yet, hears it, and trains the head. ONNX Runtime has been started.
    ///
    /// # Errors
    /// When a voice, a network or the disk fails, or it was cancelled.
    pub async fn run(
        self,
        voices: impl Voices,
        on: Arc<OnProgress<'static>>,
        cancel: CancellationToken,
    ) -> Result<Trained, TrainingError> {
        let recipe = Recipe::new(&self.phrase, self.amounts, self.seed);
        let speech = SpeechCache::new(&self.cache.join("speech"));
        speech.fill(recipe.utterances(), &voices, &*on, &cancel).await?;
        // What spoke holds memory.
        drop(voices);
        let work = move || {
            let kept = self.cache.join(format!("{}.corpus", self.sum(&recipe, &speech)?));
            let corpora = match Corpora::load(&kept) {
                Some(corpora) => corpora,
                None => {
                    let built = corpus::build(&recipe, &speech, &self, &*on, &cancel)?;
                    // What a person has said is not kept, not even as it was heard.
                    if self.recordings.is_empty() {
                        built.save(&kept)?;
                    }
                    built
                }
            };
            self.finish(&recipe, &speech, &corpora, &*on, &cancel)
        };
        blocking(work).await
    }

    /// Trains a head on a corpus that is there.
    fn finish(
        &self,
        recipe: &Recipe,
        speech: &SpeechCache,
        corpora: &Corpora,
        on: &OnProgress,
        cancel: &CancellationToken,
    ) -> Result<Trained, TrainingError> {
        let networks = learn::learn(&corpora.training, self.course, self.seed, on, cancel)?;
        let mut facts = HashMap::from([("phrase".to_string(), recipe.phrase.clone())]);
        let file = head_file(&networks, 0.0, &facts)?;
        let silence = self.features.open()?.silence();
        let mut head = OwnHead::read(&file, silence).map_err(candle_core::Error::msg)?;
        on(Stage::Measuring, 0, 1);
        let in_silence = head.logit(&silence);
        let best = Best::of(&corpora.held_out, &mut head, in_silence);
        let shift = best.threshold();
        let held_out = best.at(shift);
        facts.extend([
            ("threshold".to_string(), "0.5".to_string()),
            ("seed".into(), self.seed.to_string()),
            ("trained by".into(), format!("jarvis wake train {}", env!("CARGO_PKG_VERSION"))),
            ("voices".into(), voices(recipe).into()),
            ("embeddings".into(), "openWakeWord speech embedding (Apache-2.0), 16 x 96".into()),
            ("licence".into(), "MIT OR Apache-2.0".into()),
            ("speech sha256".into(), sum_of_speech(recipe, speech)?),
        ]);
        facts.insert("phrases said".into(), recipe.phrases.len().to_string());
        facts.insert("near misses said".into(), recipe.near_misses.len().to_string());
        facts.insert("talk said".into(), recipe.talk.len().to_string());
        for (label, name) in
            [(Label::Phrase, "phrase"), (Label::NearMiss, "near miss"), (Label::Other, "other")]
        {
            facts.insert(format!("windows, {name}"), corpora.training.labelled(label).len().to_string());
        }
        facts.insert("held out, missed".into(), format!("{} of {}", held_out.missed, held_out.phrases));
        facts.insert(
            "held out, mistaken".into(),
            format!("{} of {}", held_out.mistaken, held_out.near_misses),
        );
        facts.insert(
            "held out, false accepts".into(),
            format!("{} in {:.2} h", held_out.alarms, held_out.hours),
        );
        let file = head_file(&networks, shift, &facts)?;
        on(Stage::Measuring, 1, 1);
        if cancel.is_cancelled() {
            return Err(TrainingError::Cancelled);
        }
        Ok(Trained { file, held_out })
    }

    /// Of everything that a corpus follows from.
    fn sum(&self, recipe: &Recipe, speech: &SpeechCache) -> Result<String, TrainingError> {
        let mut sum = Sha256::new();
        sum.update(format!("{CORPUS_VERSION} {:?} {}", self.repeats, self.seed));
        recipe.utterances().for_each(|utterance| sum.update(utterance.key()));
        sum.update(sum_of_speech(recipe, speech)?);
        for path in [&self.features.melspectrogram, &self.features.embedding] {
            sum.update(read(path)?);
        }
        for recording in &self.recordings {
            recording.iter().for_each(|sample| sum.update(sample.to_le_bytes()));
        }
        Ok(hex(&sum.finalize()[..12]))
    }
}

/// Does what takes long on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, TrainingError> + Send + 'static,
) -> Result<T, TrainingError> {
    // The task is never aborted: it can only have panicked, and that is no other error.
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| match e.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => Err(TrainingError::Cancelled),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn voices(recipe: &Recipe) -> &'static str {
    if recipe.utterances().any(|utterance| utterance.voice.pico().is_some()) {
        "Kokoro v1.0 (28 voices and mixtures of two), Piper en_US joe, SVOX Pico (6 voices)"
    } else {
        "Kokoro v1.0 (28 voices and mixtures of two), Piper en_US joe"
    }
}

/// The sum of every sound that was learned from, in the recipe's order.
fn sum_of_speech(recipe: &Recipe, speech: &SpeechCache) -> Result<String, TrainingError> {
    let mut sum = Sha256::new();
    for utterance in recipe.utterances() {
        sum.update(read(&speech.path(utterance))?);
    }
    Ok(hex(&sum.finalize()))
}

fn read(path: &Path) -> Result<Vec<u8>, TrainingError> {
    std::fs::read(path).map_err(|source| TrainingError::Io { path: path.into(), source })
}

/// The best logit of each clip that was held out.
struct Best {
    phrases: Vec<f32>,
    near_misses: Vec<f32>,
    /// The best logit in each second or so of other sound.
    others: Vec<f32>,
    hours: f64,
    in_silence: f32,
}

impl Best {
    fn of(corpus: &Corpus, head: &mut OwnHead, in_silence: f32) -> Self {
        let mut best = |label: Label, a_stretch: usize| -> Vec<f32> {
            let windows = corpus.labelled(label);
            let scores = learn::scores(corpus, head, &windows);
            let mut best: Vec<f32> = Vec::new();
            let mut last = None;
            for (i, (window, score)) in windows.iter().zip(scores).enumerate() {
                let key = (corpus.windows[*window].clip, if a_stretch > 0 { i / a_stretch } else { 0 });
                match best.last_mut() {
                    Some(best) if last == Some(key) => *best = best.max(score),
                    _ => best.push(score),
                }
                last = Some(key);
            }
            best
        };
        let hours = corpus.labelled(Label::Other).len() as f64 * HOP as f64 / 16_000.0 / 3600.0;
        Self {
            phrases: best(Label::Phrase, 0),
            near_misses: best(Label::NearMiss, 0),
            others: best(Label::Other, 19),
            hours,
            in_silence,
        }
    }

    /// The logit from which on it is a detection: as low as it may be without a false accept in the talk and noise that were held
    /// out, but not so high that one phrase in twenty of those voices is missed; and whatever is missed for that, so high that silence
    /// is not near it, or Jarvis would look at every sound in a quiet room and take its own voice for the phrase.
    fn threshold(&self) -> f32 {
        let mut phrases = self.phrases.clone();
        phrases.sort_by(f32::total_cmp);
        let at_most = phrases.get(phrases.len() / 20).copied().unwrap_or(0.0);
        let highest = self.others.iter().copied().fold(f32::MIN, f32::max);
        let quiet = self.in_silence - log_odds(WakeConfig::default().own_voice(false).threshold);
        highest.max(0.0).next_up().min(at_most).max(quiet.next_up())
    }

    fn at(&self, threshold: f32) -> HeldOut {
        let from = |threshold: f32, scores: &[f32]| scores.iter().filter(|s| **s >= threshold).count();
        let near = threshold + log_odds(WakeConfig::default().looked_at().threshold);
        HeldOut {
            phrases: self.phrases.len(),
            missed: self.phrases.len() - from(threshold, &self.phrases),
            overlooked: self.phrases.len() - from(near, &self.phrases),
            near_misses: self.near_misses.len(),
            mistaken: from(threshold, &self.near_misses),
            hours: self.hours,
            alarms: from(threshold, &self.others),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hundred phrases with logits from 0.1 to 10, one near miss, an hour of other sound.
    fn best(highest_other: f32, in_silence: f32) -> Best {
        Best {
            phrases: (1..=100).map(|i| i as f32 / 10.0).collect(),
            near_misses: vec![1.0],
            others: vec![-4.0, highest_other],
            hours: 1.0,
            in_silence,
        }
    }

    #[test]
    fn the_threshold_is_above_other_sound_below_most_phrases_and_far_from_silence() {
        for (highest_other, in_silence, threshold, missed, alarms) in [
            (-2.0, -5.0, 0.0, 0, 0),
            (0.3, -5.0, 0.3, 3, 0),
            // No more than a twentieth is missed for what is mistaken.
            (4.0, -5.0, 0.6, 5, 1),
            // Silence is at a twentieth.
            (0.3, -2.0, -2.0 + 19f32.ln(), 9, 0),
        ] {
            let best = best(highest_other, in_silence);
            let chosen = best.threshold();
            assert!((chosen - threshold).abs() < 1e-4, "{highest_other} {in_silence}: {chosen}");
            let told = best.at(chosen);
            assert_eq!((told.missed, told.overlooked, told.alarms), (missed, 0, alarms), "{told:?}");
        }
    }
}
