//! The wake word: has somebody just said "Hey Jarvis"?
//!
//! One trait, two detectors: the openWakeWord chain, which is the default, and Picovoice's Porcupine for those who
//! have its library and a key. Fed by the session with what the microphone gives, all day, so what it costs is what
//! Jarvis costs at rest: behind a level gate, it runs where there is something to hear. It opens no device and never
//! decides what happens next.

mod allowance;
mod built_in;
mod gated;
mod level_gate;
mod openwakeword;
mod porcupine;
mod second_look;
mod trigger;

use jarvis_core::Failure;
use jarvis_core::audio::{FRAME_SAMPLES, SAMPLE_RATE};

use crate::onnx::OnnxError;

pub use allowance::LookAllowance;
pub use built_in::{BUILT_IN_HEADS, BuiltInHead};
pub use gated::GatedWake;
pub use openwakeword::{
    EMBEDDING, Features, HOP, Head, HeadFacts, HeadFile, OWN_ENDING, OpenWakeWord, OpenWakeWordFiles,
    OwnHead, STEPS, WARM_UP,
};
pub use porcupine::{Porcupine, PorcupineError, PorcupineFiles};
pub use second_look::{Candidate, SecondLook};

/// Silence put before and behind a whole file: the chain needs a moment to warm up, and is surest about a word a
/// moment after its end.
const MARGIN_SAMPLES: usize = SAMPLE_RATE as usize;

/// When a score is a detection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WakeConfig {
    /// Score (0..=1) from which on it may be the wake word.
    pub threshold: f32,
    /// Scores in a row, 80 ms apart, that must reach the threshold.
    pub patience: u32,
    /// After a detection, deaf to a second one for this long.
    pub refractory_ms: u64,
}

impl Default for WakeConfig {
    fn default() -> Self {
        Self { threshold: 0.5, patience: 1, refractory_ms: 1500 }
    }
}

impl WakeConfig {
    /// Where somebody looks again before Jarvis wakes: what comes near the wake word is worth a look, and each score counts, as the
    /// first may have come too soon.
    #[must_use]
    pub fn looked_at(self) -> Self {
        Self { threshold: self.threshold * 0.2, refractory_ms: 0, ..self }
    }

    /// For what Jarvis itself says: what comes near the wake word counts, each time, as the room may make an echo sound more like it
    /// than it was. Less of it counts where somebody looks again, who tells an echo of other words from the wake word.
    #[must_use]
    pub fn own_voice(self, second_look: bool) -> Self {
        let near = if second_look { 0.3 } else { 0.1 };
        Self { threshold: self.threshold * near, patience: 1, refractory_ms: 0 }
    }
}

/// The wake word was heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// How sure the detector is, 0..=1.
    pub score: f32,
    /// Samples from the start of the stream (or the last reset) to where it was sure: a little after the word's end.
    pub position: u64,
}

/// Listens for the wake word.
pub trait WakeDetector: Send {
    /// Hears `samples` at 16 kHz in -1..=1, any number of them. Where they hold several detections, the first.
    ///
    /// # Errors
    /// When the detector fails; it may go on with the next samples.
    fn process(&mut self, samples: &[f32]) -> Result<Option<Detection>, WakeError>;

    /// Forgets what was heard: the same sound gives the same answers again.
    fn reset(&mut self);

    /// The highest score (0..=1) since this was last asked; none when there was none, or the detector keeps its
    /// scores to itself.
    fn best_score(&mut self) -> Option<f32> {
        None
    }
}

/// Why the wake word cannot be listened for.
#[derive(Debug, thiserror::Error)]
pub enum WakeError {
    /// A network cannot be loaded or run.
    #[error("the wake word cannot be heard: {0}")]
    Onnx(#[from] OnnxError),
    /// Porcupine cannot be loaded or run.
    #[error(transparent)]
    Porcupine(#[from] PorcupineError),
}

impl WakeError {
    /// What a person is told.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Onnx(error) => error.failure(),
            Self::Porcupine(error) => error.failure(),
        }
    }
}

/// Natural logarithm of the odds of a probability.
pub fn log_odds(probability: f32) -> f32 {
    let probability = probability.clamp(1e-6, 1.0 - 1e-6);
    (probability / (1.0 - probability)).ln()
}

/// What a detector makes of a whole recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// Every detection, in order; positions are samples of the recording.
    pub detections: Vec<Detection>,
    /// The highest score anywhere in it, where the detector tells.
    pub best_score: Option<f32>,
}

/// Plays a whole recording (16 kHz, -1..=1) to a detector, with silence around it, as if it came from a microphone.
///
/// # Errors
/// As [`WakeDetector::process`].
pub fn evaluate(detector: &mut dyn WakeDetector, samples: &[f32]) -> Result<Evaluation, WakeError> {
    let margin = vec![0.0; MARGIN_SAMPLES];
    detector.reset();
    let mut found = Evaluation::default();
    for part in [&margin, samples, &margin] {
        for frame in part.chunks(FRAME_SAMPLES) {
            if let Some(detection) = detector.process(frame)? {
                let position =
                    detection.position.saturating_sub(MARGIN_SAMPLES as u64).min(samples.len() as u64);
                found.detections.push(Detection { position, ..detection });
            }
        }
    }
    found.best_score = detector.best_score();
    Ok(found)
}
