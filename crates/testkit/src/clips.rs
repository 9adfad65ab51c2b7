//! The recordings in `tests/audio` and what is said in them.

use std::path::PathBuf;

use jarvis_core::text::{edit_distance, plain_words};
use serde::Deserialize;

/// One recording.
#[derive(Clone, Debug, Deserialize)]
pub struct Clip {
    /// File name within `tests/audio`.
    pub file: String,
    /// What is said, every word.
    pub transcript: String,
    /// Other spellings of the same words that a recogniser may rightly choose.
    #[serde(default)]
    pub also: Vec<String>,
    /// Who says it.
    pub voice: String,
    /// `human`, `synthetic` or `noise`.
    pub kind: String,
    /// Whether "Hey Jarvis" is in it.
    #[serde(default)]
    pub contains_wake: bool,
}

impl Clip {
    /// Where it is.
    pub fn path(&self) -> PathBuf {
        dir().join(&self.file)
    }

    /// Word-error rate of `heard`, against the spelling that it comes closest to.
    pub fn word_error_rate(&self, heard: &str) -> f32 {
        let spellings = std::iter::once(&self.transcript).chain(&self.also);
        spellings.map(|said| word_error_rate(said, heard)).fold(f32::MAX, f32::min)
    }
}

#[derive(Deserialize)]
struct Clips {
    clip: Vec<Clip>,
}

/// The folder of the recordings.
pub fn dir() -> PathBuf {
    root().join("tests/audio")
}

/// The project's root.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .canonicalize()
        .expect("the project has a root")
}

/// Every recording.
pub fn all() -> Vec<Clip> {
    let text = std::fs::read_to_string(dir().join("clips.toml")).expect("tests/audio/clips.toml is readable");
    toml::from_str::<Clips>(&text).expect("tests/audio/clips.toml is well-formed").clip
}

/// Word-error rate of `heard` against `said`: edits per word said, after both are lower-cased and stripped of
/// punctuation.
pub fn word_error_rate(said: &str, heard: &str) -> f32 {
    let (said, heard) = (plain_words(said), plain_words(heard));
    edit_distance(&said, &heard) as f32 / said.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_errors_are_edits_per_word_said() {
        for (said, heard, expected) in [
            ("what time is it", "What time is it?", 0.0),
            ("what time is it", "what time", 0.5),
            ("a b", "a x b", 0.5),
            ("a b c d", "a x c d", 0.25),
        ] {
            assert_eq!(word_error_rate(said, heard), expected, "{said} / {heard}");
        }
    }
}
