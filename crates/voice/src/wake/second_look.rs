//! A second look at what the detector took for the wake word: the speech recogniser is asked how likely it was said.
//!
//! The detector runs all day and so is small; what it mistakes, a television or a name that rhymes, the recogniser, which knows speech
//! far better, tells apart in a tenth of a second, and it is only asked when there is something to tell. It is not asked what it
//! heard, which of a strange voice or over noise would seldom be spelled right, but how much likelier the phrase is than it would be
//! in silence: a likelihood ratio, which is about the same for long phrases and short ones.
//!
//! Detector and recogniser hear by other means and make other mistakes, so the odds that each of them gives are multiplied (naive
//! Bayes): of what the detector is sure the recogniser need only not doubt, and the other way round.

use std::sync::Arc;

use jarvis_core::audio::ms_to_samples;
use tokio::sync::OnceCell;

use crate::stt::{SpeechError, Transcriber};

/// What the detector takes for the wake word.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The detector's score, 0..=1.
    pub score: f32,
    /// The last of what was heard, [`SecondLook::SOUND_MS`] of it, 16 kHz.
    pub samples: Vec<f32>,
}

/// However sure a detector is, its odds are no better: twenty to one.
const SUREST: f32 = 3.0;

/// See the module.
pub struct SecondLook {
    transcriber: Arc<dyn Transcriber>,
    phrase: String,
    language: String,
    /// The detector's own threshold: there its odds are even.
    threshold: f32,
    /// Logarithm of the phrase's probability in silence.
    in_silence: OnceCell<f32>,
}

impl SecondLook {
    /// How much sound is looked at, up to the detection: as long as the phrase is, said slowly. What was said before it is in the way.
    pub const SOUND_MS: u64 = 1400;
    /// Natural logarithm of the odds, of detector and recogniser together, from which on it was said: four hundred to one. See
    /// `docs/wake-word.md`.
    pub const LEAST: f32 = 6.0;
    /// The same as a certainty ([`Self::certainty`]).
    pub const CONFIRMED: f32 = 0.5;

    /// Looks for `phrase`, as it is written, in a language (ISO 639-1). `threshold` is the score at which the detector alone would be
    /// believed.
    pub fn new(transcriber: Arc<dyn Transcriber>, phrase: String, language: String, threshold: f32) -> Self {
        Self { transcriber, phrase, language, threshold, in_silence: OnceCell::new() }
    }

    /// Gets ready, so that the first look is as quick as the others.
    ///
    /// # Errors
    /// When the recogniser fails.
    pub async fn warm(&self) -> Result<(), SpeechError> {
        self.in_silence().await.map(drop)
    }

    /// Whether the phrase was said.
    ///
    /// # Errors
    /// When the recogniser fails.
    pub async fn confirms(&self, candidate: &Candidate) -> Result<bool, SpeechError> {
        Ok(self.certainty(candidate).await? >= Self::CONFIRMED)
    }

    /// Natural logarithm of the odds that the phrase was said: the detector's, times how much likelier the phrase is in the sound than
    /// in silence.
    ///
    /// # Errors
    /// When the recogniser fails.
    pub async fn log_odds(&self, candidate: &Candidate) -> Result<f32, SpeechError> {
        let detector = super::log_odds(candidate.score) - super::log_odds(self.threshold);
        let recogniser = self.log_probability(&candidate.samples).await? - self.in_silence().await?;
        tracing::debug!(detector, recogniser, "what may be the wake word is looked at again");
        Ok(detector.clamp(-SUREST, SUREST) + recogniser)
    }

    /// How sure both are that the phrase was said, 0..=1; from [`Self::CONFIRMED`] on it is believed.
    ///
    /// # Errors
    /// When the recogniser fails.
    pub async fn certainty(&self, candidate: &Candidate) -> Result<f32, SpeechError> {
        Ok(1.0 / (1.0 + (Self::LEAST - self.log_odds(candidate).await?).exp()))
    }

    async fn in_silence(&self) -> Result<f32, SpeechError> {
        let silence =
            || async { self.log_probability(&vec![0.0; ms_to_samples(Self::SOUND_MS) as usize]).await };
        self.in_silence.get_or_try_init(silence).await.copied()
    }

    async fn log_probability(&self, samples: &[f32]) -> Result<f32, SpeechError> {
        self.transcriber.log_probability(samples, &self.phrase, &self.language).await
    }
}
