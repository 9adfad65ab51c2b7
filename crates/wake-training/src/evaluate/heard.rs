//! Test sound, as it is and as embeddings: what every head is measured on.

use std::fs;
use std::io::{Read, Write};
use std::ops::Range;
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
    /// The sound itself, 16 kHz: half as large as it would be in the form in which it is heard.
    pub(super) samples: Vec<i16>,
}

impl Heard {
    /// Hears it.
    pub fn hear(features: &mut Features, about: About, mut sound: &[f32]) -> Result<Self, TrainingError> {
        features.reset();
        let samples = sound.iter().map(|s| (s * 32_767.0).round() as i16).collect();
        let mut steps = Vec::new();
        while let Some(step) = features.hear(&mut sound)? {
            steps.extend_from_slice(&step);
        }
        Ok(Self { about, steps, samples })
    }

    /// A part of the sound.
    pub fn sound(&self, range: Range<usize>) -> Vec<f32> {
        let samples = &self.samples[range.start.min(self.samples.len())..range.end.min(self.samples.len())];
        samples.iter().map(|s| f32::from(*s) / 32_767.0).collect()
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
        let mut file = std::io::BufReader::new(fs::File::open(path).ok()?);
        let mut length = [0; 8];
        file.read_exact(&mut length).ok()?;
        let mut bytes = |count: usize| -> Option<Vec<u8>> {
            let mut bytes = Vec::new();
            file.by_ref().take(count as u64).read_to_end(&mut bytes).ok()?;
            (bytes.len() == count).then_some(bytes)
        };
        let about = bytes(usize::try_from(u64::from_le_bytes(length)).ok()?)?;
        let about: Vec<(About, usize, usize)> = serde_json::from_slice(&about).ok()?;
        let heard = |(about, steps, samples): (About, usize, usize)| {
            let steps = bytes(steps * 4)?.as_chunks::<4>().0.iter().map(|v| f32::from_le_bytes(*v)).collect();
            let samples =
                bytes(samples * 2)?.as_chunks::<2>().0.iter().map(|v| i16::from_le_bytes(*v)).collect();
            Some(Heard { about, steps, samples })
        };
        Some(Self { all: about.into_iter().map(heard).collect::<Option<_>>()? })
    }

    /// Keeps it.
    pub fn save(&self, path: &Path) -> Result<(), TrainingError> {
        let about: Vec<_> = self.all.iter().map(|h| (&h.about, h.steps.len(), h.samples.len())).collect();
        let about = serde_json::to_vec(&about).expect("it is plain data");
        crate::files::replace_with(path, |file| {
            file.write_all(&(about.len() as u64).to_le_bytes())?;
            file.write_all(&about)?;
            for heard in &self.all {
                file.write_all(&heard.steps.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<_>>())?;
                file.write_all(&heard.samples.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<_>>())?;
            }
            Ok(())
        })
    }
}
