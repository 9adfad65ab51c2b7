//! What is to be said, said: each utterance once, and then kept as a file in the cache.

pub mod pico;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::StreamExt;
use jarvis_core::Failure;
use jarvis_core::audio::Pcm;
use jarvis_voice::tts::Synthesizer;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::error::TrainingError;
use crate::progress::{OnProgress, Stage};
use crate::train::blocking;
use crate::voices::Voice;

/// One text by one voice.
#[derive(Clone, Debug, PartialEq)]
pub struct Utterance {
    /// Who says it.
    pub voice: Voice,
    /// What is said.
    pub text: String,
    /// How much of the text, in bytes, is the phrase or what sounds like it; behind it comes a request.
    pub meant: usize,
    /// 0.5 (half) to 2.0 (double).
    pub speed: f32,
}

impl Utterance {
    /// A name for it that no other utterance has.
    pub fn key(&self) -> String {
        let sum = Sha256::digest(format!("{}\n{:.2}\n{}", self.voice.name(), self.speed, self.text));
        sum[..12].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Who lends the voices, other than Pico's.
pub trait Voices {
    /// What speaks as this voice does.
    ///
    /// # Errors
    /// When its model is not installed.
    fn synthesizer(&self, voice: &Voice) -> Result<Arc<dyn Synthesizer>, Failure>;
}

/// The folder where what was said is kept.
#[derive(Clone, Debug)]
pub struct SpeechCache {
    dir: PathBuf,
}

impl SpeechCache {
    /// Keeps files in `dir`.
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.into() }
    }

    /// Where an utterance is or will be.
    pub fn path(&self, utterance: &Utterance) -> PathBuf {
        self.dir.join(format!("{}.wav", utterance.key()))
    }

    /// What was said.
    ///
    /// # Errors
    /// When it has not been said, or the file is damaged.
    pub fn read(&self, utterance: &Utterance) -> Result<Pcm, TrainingError> {
        Ok(jarvis_audio::file::read(&self.path(utterance))?)
    }

    /// Has all of it said that has not been said yet. What was said stays, whatever happens.
    ///
    /// # Errors
    /// When a voice or the disk fails, or it was cancelled.
    pub async fn fill<'a>(
        &self,
        utterances: impl Iterator<Item = &'a Utterance>,
        voices: &dyn Voices,
        on: &OnProgress<'_>,
        cancel: &CancellationToken,
    ) -> Result<(), TrainingError> {
        std::fs::create_dir_all(&self.dir)
            .map_err(|source| TrainingError::Io { path: self.dir.clone(), source })?;
        // Voice by voice, so that the engine seldom changes its.
        let mut missing: BTreeMap<&Voice, Vec<&Utterance>> = BTreeMap::new();
        for utterance in utterances.filter(|u| !self.path(u).is_file()) {
            missing.entry(&utterance.voice).or_default().push(utterance);
        }
        let total = missing.values().map(Vec::len).sum::<usize>() as u64;
        let mut done = 0;
        for (voice, said) in missing {
            let speaker = match voice.pico() {
                Some(language) => Speaker::Pico(language),
                None => Speaker::Lent(voices.synthesizer(voice).map_err(TrainingError::Voice)?),
            };
            for utterance in said {
                let pcm = tokio::select! {
                    pcm = speaker.say(utterance) => pcm?,
                    () = cancel.cancelled() => return Err(TrainingError::Cancelled),
                };
                jarvis_audio::file::write_wav(&self.path(utterance), &pcm)?;
                done += 1;
                on(Stage::Speaking, done, total);
            }
        }
        Ok(())
    }
}

enum Speaker {
    /// Pico's voice of this language.
    Pico(&'static str),
    Lent(Arc<dyn Synthesizer>),
}

impl Speaker {
    async fn say(&self, utterance: &Utterance) -> Result<Pcm, TrainingError> {
        let Utterance { text, speed, .. } = utterance;
        let pcm = match self {
            Self::Pico(language) => {
                let (language, text, speed) = (*language, text.clone(), *speed);
                blocking(move || pico::say(language, &text, speed)).await?
            }
            Self::Lent(synthesizer) => lent(&**synthesizer, text, *speed).await?,
        };
        if pcm.samples.is_empty() {
            return Err(TrainingError::Unsuitable {
                message: format!("A voice could make no sound of {text:?}."),
                remedy: "Choose a phrase that is made of words.".into(),
            });
        }
        Ok(pcm)
    }
}

async fn lent(synthesizer: &dyn Synthesizer, text: &str, speed: f32) -> Result<Pcm, TrainingError> {
    let mut pcm = Pcm::default();
    let mut pieces = synthesizer.synthesize(text, speed);
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        pcm.sample_rate = piece.sample_rate;
        pcm.samples.extend(piece.samples);
    }
    Ok(pcm)
}
