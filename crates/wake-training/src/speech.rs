//! What is to be said, said: each utterance once, and then kept as a file in the cache.

pub mod pico;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt;
use futures::future::try_join_all;
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
    /// How many can speak at once.
    fn at_once(&self) -> usize;

    /// What speaks as this voice does, as one of those that speak at once, counted from 0.
    ///
    /// # Errors
    /// When its model is not installed.
    fn synthesizer(&self, voice: &Voice, one: usize) -> Result<Arc<dyn Synthesizer>, Failure>;
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
        let done = AtomicU64::new(0);
        let missing = Mutex::new(missing.into_iter());
        let speak = async |one: usize| -> Result<(), TrainingError> {
            loop {
                let next = missing.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some((voice, said)) = next else { return Ok(()) };
                let speaker = match voice.pico() {
                    Some(language) => Speaker::Pico(language),
                    None => Speaker::Lent(voices.synthesizer(voice, one).map_err(TrainingError::Voice)?),
                };
                for utterance in said {
                    let pcm = tokio::select! {
                        pcm = speaker.say(utterance) => pcm?,
                        () = cancel.cancelled() => return Err(TrainingError::Cancelled),
                    };
                    jarvis_audio::file::write_wav(&self.path(utterance), &pcm)?;
                    on(Stage::Speaking, done.fetch_add(1, Ordering::Relaxed) + 1, total);
                }
            }
        };
        try_join_all((0..voices.at_once().max(1)).map(speak)).await?;
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use async_trait::async_trait;
    use futures::stream;
    use jarvis_voice::tts::{Language, Speech, SpeechError};
    use tokio::sync::Barrier;
    use tokio::time::timeout;

    use super::*;
    use crate::voices;

    /// Two that speak at once; the first words of each wait for those of the other.
    struct Two {
        together: Arc<Barrier>,
        said: Arc<Mutex<Vec<(usize, String)>>>,
    }

    struct One {
        number: usize,
        together: Arc<Barrier>,
        said: Arc<Mutex<Vec<(usize, String)>>>,
    }

    impl Voices for Two {
        fn at_once(&self) -> usize {
            2
        }

        fn synthesizer(&self, _voice: &Voice, number: usize) -> Result<Arc<dyn Synthesizer>, Failure> {
            let (together, said) = (Arc::clone(&self.together), Arc::clone(&self.said));
            Ok(Arc::new(One { number, together, said }))
        }
    }

    #[async_trait]
    impl Synthesizer for One {
        fn language(&self) -> Language {
            Language::British
        }

        async fn warm(&self) -> Result<(), SpeechError> {
            Ok(())
        }

        fn synthesize(&self, text: &str, _speed: f32) -> Speech {
            let is_first = {
                let mut said = self.said.lock().unwrap();
                let is_first = said.iter().all(|(number, _)| *number != self.number);
                said.push((self.number, text.into()));
                is_first
            };
            let together = is_first.then(|| Arc::clone(&self.together));
            let pcm = Pcm { samples: vec![0.1; 160], sample_rate: 16_000 };
            stream::once(async move {
                if let Some(together) = together {
                    together.wait().await;
                }
                Ok(pcm)
            })
            .boxed()
        }
    }

    #[tokio::test]
    async fn all_is_said_once_by_as_many_as_can_speak_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let cache = SpeechCache::new(folder.path());
        let utterance = |voice: &Voice, text: &str| Utterance {
            voice: voice.clone(),
            text: text.into(),
            meant: text.len(),
            speed: 1.0,
        };
        let all = voices::all();
        let utterances: Vec<_> =
            all[..5].iter().flat_map(|voice| ["hey", "jarvis"].map(|text| utterance(voice, text))).collect();
        let said = Arc::<Mutex<Vec<_>>>::default();
        let voices = Two { together: Arc::new(Barrier::new(2)), said: Arc::clone(&said) };
        let told = Mutex::new(Vec::new());
        let on = |_, done, of| told.lock().unwrap().push((done, of));
        let cancel = CancellationToken::new();
        let filled = timeout(Duration::from_secs(10), cache.fill(utterances.iter(), &voices, &on, &cancel));
        filled.await.expect("one speaks after the other").unwrap();

        assert!(utterances.iter().all(|u| cache.read(u).unwrap().samples.len() == 160));
        assert_eq!(said.lock().unwrap().len(), utterances.len());
        assert_eq!(*told.lock().unwrap(), (1..=10).map(|done| (done, 10)).collect::<Vec<_>>());
        // What was said is not said again.
        cache.fill(utterances.iter(), &voices, &on, &cancel).await.unwrap();
        assert_eq!(said.lock().unwrap().len(), utterances.len());
    }
}
