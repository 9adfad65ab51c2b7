//! The openWakeWord chain: sound, mel spectrogram, speech embedding, wake word (<https://github.com/dscripka/openWakeWord>).
//!
//! Its scores are those of the Python program on the same samples; what differs is the cost. The embedding network,
//! which is most of it, looks at 76 rows of spectrum of which 68 were there the time before: here it is run
//! [incrementally](incremental), on the 8 new rows only.

mod embedding;
mod features;
mod head;
mod incremental;
mod protobuf;

use std::path::PathBuf;

use super::trigger::Trigger;
use super::{Detection, WakeConfig, WakeDetector, WakeError};
use embedding::{CHUNK_ROWS, WINDOW_ROWS};

pub use embedding::EMBEDDING;
pub use features::{Features, HOP};
pub use head::{Head, HeadFacts, HeadFile, OWN_ENDING, OwnHead, STEPS};

/// After so many samples from a reset on, a score is that of a detector that has heard everything: the head's embeddings,
/// each over a window of rows, and the first hop, whose rows are made up in part. 2.08 s.
pub const MEMORY: usize = (STEPS + WINDOW_ROWS.div_ceil(CHUNK_ROWS)) * HOP;
/// Scores after the start that do not count: from the silence that never was to the first sound is a step, which to some heads is
/// a little like the wake word.
pub const WARM_UP: usize = 11;

/// The chain's networks.
#[derive(Clone, Debug)]
pub struct OpenWakeWordFiles {
    /// Sound to spectrum.
    pub melspectrogram: PathBuf,
    /// Spectrum to speech features.
    pub embedding: PathBuf,
    /// Speech features to the score of one wake word.
    pub head: HeadFile,
}

/// See the module.
pub struct OpenWakeWord {
    features: Features,
    head: Head,
    trigger: Trigger,
    hops: u64,
    best: Option<f32>,
}

impl OpenWakeWord {
    /// Loads the chain. [`crate::onnx::init`] comes first.
    ///
    /// # Errors
    /// When a file is missing or is not the network that it should be.
    pub fn open(files: &OpenWakeWordFiles, config: WakeConfig) -> Result<Self, WakeError> {
        let features = Features::open(&files.melspectrogram, &files.embedding)?;
        let head = Head::open(&files.head, features.silence())?;
        Ok(Self { features, head, trigger: Trigger::new(config), hops: 0, best: None })
    }
}

impl WakeDetector for OpenWakeWord {
    fn process(&mut self, mut samples: &[f32]) -> Result<Option<Detection>, WakeError> {
        let mut first = None;
        while let Some(embedding) = self.features.hear(&mut samples)? {
            let score = self.head.score(&embedding)?;
            self.hops += 1;
            if self.hops <= WARM_UP as u64 {
                continue;
            }
            self.best = Some(self.best.map_or(score, |best| best.max(score)));
            first = first.or(self.trigger.push(score, self.hops * HOP as u64));
        }
        Ok(first)
    }

    fn reset(&mut self) {
        self.features.reset();
        self.head.reset();
        self.trigger.reset();
        self.hops = 0;
        self.best = None;
    }

    fn best_score(&mut self) -> Option<f32> {
        self.best.take()
    }
}
