//! Picovoice Porcupine, for those who have its library, a keyword file and an access key.
//!
//! It is not free software and not part of Jarvis: the library is found by the configuration and loaded at run time.
//! It may call its maker to check the key. It keeps its scores to itself: a detection is a detection.

mod error;
mod library;

use std::path::PathBuf;

use jarvis_core::audio::SAMPLE_RATE;

use super::trigger::Trigger;
use super::{Detection, WakeConfig, WakeDetector, WakeError};
use library::Engine;

pub use error::PorcupineError;

/// Where Porcupine's parts are.
#[derive(Clone, Debug)]
pub struct PorcupineFiles {
    /// The shared library, `libpv_porcupine`.
    pub library: PathBuf,
    /// Its model parameters, a `.pv` file.
    pub model: PathBuf,
    /// The wake word, a `.ppn` file made for this platform.
    pub keyword: PathBuf,
}

impl PorcupineFiles {
    fn check(&self) -> Result<(), PorcupineError> {
        for (setting, path) in
            [("library", &self.library), ("model", &self.model), ("keyword", &self.keyword)]
        {
            if path.as_os_str().is_empty() {
                return Err(PorcupineError::NotSet { setting });
            }
            if !path.is_file() {
                return Err(PorcupineError::FileMissing { setting, path: path.clone() });
            }
        }
        Ok(())
    }
}

/// See the module.
pub struct Porcupine {
    engine: Engine,
    frame: Vec<i16>,
    trigger: Trigger,
    position: u64,
}

impl Porcupine {
    /// Loads the library and makes an engine. Its sensitivity is one less the configured threshold, so that a lower
    /// threshold hears more here too. Porcupine has a patience of its own; the configured one is not used.
    ///
    /// # Errors
    /// When a part is missing, the parts are not of one version, or the key is refused.
    pub fn open(files: &PorcupineFiles, access_key: &str, config: WakeConfig) -> Result<Self, WakeError> {
        files.check()?;
        if access_key.is_empty() {
            return Err(PorcupineError::NoAccessKey.into());
        }
        let sensitivity = 1.0 - config.threshold.clamp(0.0, 1.0);
        let engine = Engine::open(files, access_key, sensitivity)?;
        if engine.sample_rate() != SAMPLE_RATE {
            return Err(PorcupineError::Rate { rate: engine.sample_rate() }.into());
        }
        let frame = Vec::with_capacity(engine.frame_length());
        Ok(Self { engine, frame, trigger: Trigger::new(WakeConfig { patience: 1, ..config }), position: 0 })
    }
}

impl WakeDetector for Porcupine {
    fn process(&mut self, samples: &[f32]) -> Result<Option<Detection>, WakeError> {
        let mut first = None;
        for sample in samples {
            self.frame.push((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16);
            self.position += 1;
            if self.frame.len() == self.engine.frame_length() {
                let heard = self.engine.process(&self.frame);
                self.frame.clear();
                let score = if heard? { 1.0 } else { 0.0 };
                first = first.or(self.trigger.push(score, self.position));
            }
        }
        Ok(first)
    }

    fn reset(&mut self) {
        // It has no reset; a second of silence leaves it nothing to remember.
        let silence = vec![0; self.engine.frame_length()];
        for _ in 0..SAMPLE_RATE as usize / silence.len() {
            if let Err(error) = self.engine.process(&silence) {
                tracing::warn!(%error, "Porcupine could not be reset");
                break;
            }
        }
        self.frame.clear();
        self.trigger.reset();
        self.position = 0;
    }
}
