//! The recordings of the project, as a benchmark needs them.

use std::path::{Path, PathBuf};

use anyhow::Context;
use jarvis_core::text::{edit_distance, plain_words};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Clip {
    pub file: PathBuf,
    pub transcript: String,
    /// Other spellings of the same words.
    #[serde(default)]
    pub also: Vec<String>,
    /// What is said before and behind each pause that was put into it.
    #[serde(default)]
    pub parts: Vec<String>,
    #[serde(default)]
    pub contains_wake: bool,
    #[serde(skip)]
    pub samples: Vec<f32>,
}

impl Clip {
    /// Edits between what was said, in the spelling that comes closest, and what was heard; and the words said: their
    /// quotient is the word-error rate.
    pub fn word_errors(&self, heard: &str) -> (usize, usize) {
        let heard = plain_words(heard);
        let spellings = std::iter::once(&self.transcript).chain(&self.also).map(|said| plain_words(said));
        let errors = spellings.map(|said| (edit_distance(&said, &heard), said.len()));
        errors.min().unwrap_or_default()
    }
}

#[derive(Deserialize)]
struct Clips {
    clip: Vec<Clip>,
}

/// The project this program was built from: benchmarks are for those who build it.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every recording, read.
pub fn all() -> anyhow::Result<Vec<Clip>> {
    let folder = root().join("tests/audio");
    let list = folder.join("clips.toml");
    let text = std::fs::read_to_string(&list)
        .with_context(|| format!("benchmarks run in the project's folder; {} is missing", list.display()))?;
    let mut clips = toml::from_str::<Clips>(&text)?.clip;
    for clip in &mut clips {
        clip.file = folder.join(&clip.file);
        clip.samples = jarvis_audio::file::read_16k(&clip.file).map_err(|e| e.failure())?;
    }
    Ok(clips)
}
