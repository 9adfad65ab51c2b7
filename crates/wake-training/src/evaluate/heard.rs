//! Test sound, as embeddings: what every head is measured on.

use std::fs;
use std::path::Path;

use jarvis_voice::wake::{EMBEDDING, Features, Head, HeadFile};
use serde::{Deserialize, Serialize};

use crate::error::TrainingError;
use crate::sound::Distance;

/// Under which circumstances the phrase was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Condition {
    /// How far away.
    pub distance: Distance,
    /// Speech over noise, dB; none without noise.
    pub snr: Option<i32>,
}

/// What a stretch of sound is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Kind of voice or of sound: "flite", "noise".
    pub group: String,
    /// Whose voice, or which noise or file.
    pub voice: String,
    /// Seconds.
    pub seconds: f32,
    /// Whether people are heard in it.
    pub human: bool,
    /// How the phrase was said; none where it is not in it.
    pub condition: Option<Condition>,
    /// Where the phrase begins and ends, seconds; none where it is not in it.
    pub phrase: Option<(f32, f32)>,
}

/// One stretch.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// What it is.
    pub about: About,
    /// [`EMBEDDING`] values every 80 ms.
    pub steps: Vec<f32>,
}

impl Heard {
    /// Hears it.
    pub fn hear(features: &mut Features, about: About, mut sound: &[f32]) -> Result<Self, TrainingError> {
        features.reset();
        let mut steps = Vec::new();
        while let Some(step) = features.hear(&mut sound)? {
            steps.extend_from_slice(&step);
        }
        Ok(Self { about, steps })
    }

    /// A head's scores, one every 80 ms.
    pub fn scores(&self, head: &mut Head) -> Result<Vec<f32>, TrainingError> {
        head.reset();
        let mut scores = Vec::with_capacity(self.steps.len() / EMBEDDING);
        for step in self.steps.as_chunks::<EMBEDDING>().0 {
            scores.push(head.score(step)?);
        }
        Ok(scores)
    }
}

/// All of a test set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeardSet {
    /// Its stretches.
    pub all: Vec<Heard>,
}

impl HeardSet {
    /// Loads a head for it.
    pub fn head(file: &HeadFile, features: &Features) -> Result<Head, TrainingError> {
        Ok(Head::open(file, features.silence())?)
    }

    /// Hours of all for which `which` is true.
    pub fn hours(&self, which: impl Fn(&About) -> bool) -> f64 {
        self.all.iter().filter(|h| which(&h.about)).map(|h| f64::from(h.about.seconds) / 3600.0).sum()
    }

    /// Reads a set that was kept; none where there is none, or it is of another program's making.
    pub fn load(path: &Path) -> Option<Self> {
        let bytes = fs::read(path).ok()?;
        let (length, rest) = bytes.split_first_chunk::<8>()?;
        let (about, values) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        let about: Vec<(About, usize)> = serde_json::from_slice(about).ok()?;
        let mut values = values.as_chunks::<4>().0;
        let mut all = Vec::with_capacity(about.len());
        for (about, count) in about {
            let (steps, later) = values.split_at_checked(count)?;
            values = later;
            all.push(Heard { about, steps: steps.iter().map(|v| f32::from_le_bytes(*v)).collect() });
        }
        Some(Self { all })
    }

    /// Keeps it.
    pub fn save(&self, path: &Path) -> Result<(), TrainingError> {
        let about: Vec<_> = self.all.iter().map(|h| (&h.about, h.steps.len())).collect();
        let about = serde_json::to_vec(&about).expect("it is plain data");
        let mut bytes = (about.len() as u64).to_le_bytes().to_vec();
        bytes.extend(about);
        bytes.extend(self.all.iter().flat_map(|h| h.steps.iter().flat_map(|v| v.to_le_bytes())));
        crate::files::replace(path, &bytes)
    }
}
