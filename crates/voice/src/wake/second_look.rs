//! A second look at what the detector took for the wake word: the speech recogniser is asked how likely it was said.
//!
//! The detector runs all day and so is small; what it mistakes, a television or a name that rhymes, the recogniser, which knows speech
//! far better, tells apart in a tenth of a second, and it is only asked when there is something to tell. It is not asked what it
//! heard, which of a strange voice or over noise would seldom be spelled right, but how much likelier the phrase is than it would be
//! in silence: a likelihood ratio, which is about the same for long phrases and short ones.

use std::sync::Arc;

use jarvis_core::audio::ms_to_samples;
use tokio::sync::OnceCell;

use crate::stt::{SpeechError, Transcriber};

/// See the module.
pub struct SecondLook {
    transcriber: Arc<dyn Transcriber>,
    phrase: String,
    language: String,
    /// Logarithm of the phrase's probability in silence.
    in_silence: OnceCell<f32>,
}

impl SecondLook {
    /// How much sound is looked at, up to the detection: as long as the phrase is, said slowly. What was said before it is in the way.
    pub const SOUND_MS: u64 = 1400;
    /// Natural logarithm of the ratio from which on it was said: four hundred times. See `docs/wake-word.md`.
    pub const LEAST: f32 = 6.0;

    /// Looks for `phrase`, as it is written, in a language (ISO 639-1).
    pub fn new(transcriber: Arc<dyn Transcriber>, phrase: String, language: String) -> Self {
        Self { transcriber, phrase, language, in_silence: OnceCell::new() }
    }

    /// Gets ready, so that the first look is as quick as the others.
    ///
    /// # Errors
    /// When the recogniser fails.
    pub async fn warm(&self) -> Result<(), SpeechError> {
        self.in_silence().await.map(drop)
    }

    /// Whether the phrase was said in `samples`, 16 kHz.
    ///
    /// # Errors
    /// When the recogniser fails.
    pub async fn confirms(&self, samples: &[f32]) -> Result<bool, SpeechError> {
        Ok(self.log_ratio(samples).await? >= Self::LEAST)
    }

    /// Natural logarithm of how many times likelier the phrase is in `samples` than in silence.
    ///
    /// # Errors
    /// When the recogniser fails.
    pub async fn log_ratio(&self, samples: &[f32]) -> Result<f32, SpeechError> {
        let log_ratio = self.log_probability(samples).await? - self.in_silence().await?;
        tracing::debug!(log_ratio, "what may be the wake word is looked at again");
        Ok(log_ratio)
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
