//! Which wake words there are, where their heads come from, and what new ones are trained with.
//!
//! A name is looked for among those that the person has taught, those that are built in, and the catalogue, in this order.

pub mod teach;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jarvis_core::config::WakeEngine;
use jarvis_core::text::capitalised;
use jarvis_core::{Code, Failure};
use jarvis_models::Stage;
use jarvis_voice::speech::SpeechEngine;
use jarvis_voice::tts::{EngineVoice, Synthesizer, VoiceModel};
use jarvis_voice::wake::{BUILT_IN_HEADS, HeadFacts, HeadFile, OWN_ENDING};
use jarvis_wake_training::corpus::{FeatureFiles, Repeats};
use jarvis_wake_training::learn::Course;
use jarvis_wake_training::recipe::Amounts;
use jarvis_wake_training::speech::{Voices, pico};
use jarvis_wake_training::train::Training;
use jarvis_wake_training::voices::Voice;
use serde::Serialize;

use crate::setup::Setup;

/// The voice of the catalogue that is Piper's in training.
const PIPER: &str = "piper-en-us-joe";
/// The model whose voices are the others.
const KOKORO: &str = "kokoro";
/// Speech engines that speak at once, at most: each takes the memory of a voice. On two cores two say a quarter more than one.
const AT_ONCE: usize = 4;

/// What is said where the wake word in use does not tell.
const DEFAULT_PHRASE: &str = "Hey Jarvis";

/// Where a wake word comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WakeWordOrigin {
    /// The person has taught it.
    Taught,
    /// It ships inside the program.
    BuiltIn,
    /// It is a model of the catalogue.
    Catalogue,
}

/// A wake word that can be listened for, as a page shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WakeWord {
    /// What the setting `wake.model` calls it.
    pub id: String,
    /// What is said, as it is written.
    pub phrase: String,
    /// Where it comes from.
    pub origin: WakeWordOrigin,
    /// Its licence; none where it is the person's own.
    pub licence: Option<String>,
    /// What its licence forbids.
    pub note: Option<String>,
    /// Whether its file is there; one of the catalogue may have to be fetched first.
    pub there: bool,
    /// Whether it is the one that is listened for.
    pub in_use: bool,
}

impl Setup {
    /// Every wake word: those that were taught, those that are built in, and those of the catalogue. Of one name the first alone,
    /// as it is the one that the name stands for.
    pub fn wake_words(&self) -> Vec<WakeWord> {
        let wake = &self.config.wake;
        let used = |id: &str| wake.engine == WakeEngine::OpenWakeWord && wake.model == id;
        let word = |id: &str, phrase: String, origin| WakeWord {
            id: id.into(),
            phrase: written(&phrase),
            origin,
            licence: None,
            note: None,
            there: true,
            in_use: used(id),
        };
        let taught = self.taught().into_iter().map(|(id, phrase)| word(&id, phrase, WakeWordOrigin::Taught));
        let built_in = BUILT_IN_HEADS.iter().filter_map(|head| {
            let facts = HeadFacts::read(head.file).ok()?;
            let licence = facts.all.get("licence").cloned();
            Some(WakeWord { licence, ..word(head.name, facts.phrase, WakeWordOrigin::BuiltIn) })
        });
        let fetched = self.catalog.manifest().stage(Stage::WakeWord).map(|model| WakeWord {
            licence: Some(model.licence.clone()),
            note: model.note.clone(),
            there: self.catalog.installed(&model.id),
            ..word(
                &model.id,
                model.phrase.clone().unwrap_or_else(|| model.id.clone()),
                WakeWordOrigin::Catalogue,
            )
        });
        let mut words: Vec<WakeWord> = Vec::new();
        for word in taught.chain(built_in).chain(fetched) {
            if words.iter().all(|known| known.id != word.id) {
                words.push(word);
            }
        }
        words
    }

    /// What is said to wake Jarvis, as it is written.
    pub fn wake_phrase(&self) -> String {
        self.wake_word_in_use().map_or_else(|| DEFAULT_PHRASE.into(), |word| word.phrase)
    }

    /// The wake word that is listened for, where it is one that is known.
    pub(crate) fn wake_word_in_use(&self) -> Option<WakeWord> {
        self.wake_words().into_iter().find(|word| word.in_use)
    }

    /// Name and phrase of every head that was taught and can be read.
    fn taught(&self) -> Vec<(String, String)> {
        let Ok(files) = std::fs::read_dir(self.paths.taught()) else { return Vec::new() };
        let mut taught: Vec<_> = files
            .filter_map(|file| {
                let path = file.ok()?.path();
                let name = path.file_stem()?.to_str()?.to_string();
                if path.extension()? != OWN_ENDING {
                    return None;
                }
                Some((name, HeadFacts::read(&std::fs::read(&path).ok()?).ok()?.phrase))
            })
            .collect();
        taught.sort();
        taught
    }

    /// The head of a wake word.
    pub fn head(&self, name: &str) -> Result<HeadFile, Failure> {
        let taught = self.taught_file(name);
        if taught.is_file() {
            return Ok(HeadFile::File(taught));
        }
        if let Some(head) = BUILT_IN_HEADS.iter().find(|head| head.name == name) {
            return Ok(HeadFile::BuiltIn(head.file));
        }
        self.file(name, ".onnx").map(HeadFile::File)
    }

    /// Every head that is there for a phrase, to be measured side by side: ours, those that were taught, and published ones that were
    /// fetched.
    pub fn heads_there(&self, phrase: &str) -> Vec<(String, HeadFile)> {
        let there = self.wake_words_for(phrase).filter(|word| word.there);
        there.filter_map(|word| Some((word.id.clone(), self.head(&word.id).ok()?))).collect()
    }

    /// Whether a phrase is the person's own: nobody else made a head for it.
    pub fn is_taught(&self, phrase: &str) -> bool {
        let mut words = self.wake_words_for(phrase).peekable();
        words.peek().is_some() && words.all(|word| word.origin == WakeWordOrigin::Taught)
    }

    fn wake_words_for(&self, phrase: &str) -> impl Iterator<Item = WakeWord> {
        let phrase = written(phrase);
        self.wake_words().into_iter().filter(move |word| word.phrase == phrase)
    }

    /// Where a head that was taught is or will be.
    pub fn taught_file(&self, name: &str) -> PathBuf {
        self.paths.taught().join(format!("{}.{OWN_ENDING}", taught_name(name)))
    }

    /// What turns sound into the features that heads see. ONNX Runtime is started.
    pub fn wake_features(&self) -> Result<FeatureFiles, Failure> {
        self.start_onnxruntime()?;
        Ok(FeatureFiles {
            melspectrogram: self.file("openwakeword-features", "melspectrogram")?,
            embedding: self.file("openwakeword-features", "embedding")?,
        })
    }

    /// The training of a head from nothing. Where a voice that it needs is missing, that is told before the others have spoken for
    /// minutes.
    pub fn wake_training(&self, phrase: &str, seed: u64) -> Result<Training, Failure> {
        for voice in [PIPER, KOKORO] {
            self.voice_files(voice)?;
        }
        Ok(Training {
            phrase: phrase.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase(),
            amounts: if pico::is_there() { Amounts::default() } else { Amounts::default().without_pico() },
            repeats: Repeats::default(),
            course: Course::default(),
            seed,
            recordings: Vec::new(),
            features: self.wake_features()?,
            cache: self.paths.training_cache(),
        })
    }
}

/// What a head that was taught is called: a name that any file may have.
fn taught_name(phrase: &str) -> String {
    phrase.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect()
}

/// A phrase as it is written: every word is a name's.
pub(crate) fn written(phrase: &str) -> String {
    phrase.split_whitespace().map(capitalised).collect::<Vec<_>>().join(" ")
}

/// The voices that a head is trained with, by speech engines of their own.
pub struct LentVoices<'a> {
    setup: &'a Setup,
    engines: Vec<Arc<SpeechEngine>>,
}

impl Setup {
    /// Voices to train with. They keep their engines as long as they live.
    pub fn lend_voices(&self) -> LentVoices<'_> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let engines = (0..cores.min(AT_ONCE)).map(|_| self.speaking_engine());
        LentVoices { setup: self, engines: engines.collect() }
    }
}

impl Voices for LentVoices<'_> {
    fn at_once(&self) -> usize {
        self.engines.len()
    }

    fn synthesizer(&self, voice: &Voice, one: usize) -> Result<Arc<dyn Synthesizer>, Failure> {
        let setup = self.setup;
        let id = if voice.is_piper() { PIPER } else { voice.timbre };
        let (mut files, language) = setup.voice_files(id)?;
        if voice.timbre != voice.prosody
            && let VoiceModel::Kokoro { style, .. } = &mut files.voice
        {
            let VoiceModel::Kokoro { style: other, .. } = setup.voice_files(voice.prosody)?.0.voice else {
                unreachable!("a voice that lends its melody to another is Kokoro's as well")
            };
            let mixed = setup.paths.training_cache().join("styles").join(format!("{}.bin", voice.name()));
            mix_styles(style, &other, &mixed)?;
            *style = mixed;
        }
        Ok(Arc::new(EngineVoice::new(Arc::clone(&self.engines[one]), files, language)))
    }
}

/// Writes a table of styles whose rows have the first half of one table's, the timbre, and the second half of the other's, the
/// prosody.
fn mix_styles(timbre: &Path, prosody: &Path, to: &Path) -> Result<(), Failure> {
    /// Bytes in half a row: 128 `f32` values.
    const HALF: usize = 128 * 4;
    let read = |path: &Path| {
        std::fs::read(path).map_err(|e| {
            let message = format!("{} cannot be read ({e}).", path.display());
            Failure::new(Code::ModelMissing, message, "Run `jarvis models pull kokoro`.")
        })
    };
    let (mut table, prosody) = (read(timbre)?, read(prosody)?);
    for (row, other) in table.chunks_exact_mut(2 * HALF).zip(prosody.chunks_exact(2 * HALF)) {
        row[HALF..].copy_from_slice(&other[HALF..]);
    }
    jarvis_wake_training::replace(to, &table).map_err(|e| e.failure())
}
