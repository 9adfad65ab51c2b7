//! A Piper voice: espeak-ng makes phonemes, a network of the voice's own makes sound.

use std::fs;
use std::path::{Path, PathBuf};

use jarvis_engine::{Fault, FaultCode};
use piper_rs::{ModelConfig, Piper, PiperError};

use crate::voices::{damaged, session};

/// See the module.
pub struct PiperVoice {
    piper: Piper,
    /// How long the voice draws its phonemes when it speaks as it was trained.
    length_scale: f32,
}

impl PiperVoice {
    /// `x.onnx` for `x.onnx.json`.
    pub fn model_beside(config: &Path) -> Result<PathBuf, Fault> {
        match config.extension() {
            Some(json) if json == "json" => Ok(config.with_extension("")),
            _ => {
                let message = format!("{} is no voice configuration", config.display());
                Err(Fault::new(FaultCode::BadRequest, message))
            }
        }
    }

    /// Both files are there, and ONNX Runtime is ready.
    pub fn open(config: &Path, model: &Path) -> Result<Self, Fault> {
        let json = fs::read(config).map_err(|e| damaged(config, &e))?;
        let parsed: ModelConfig = serde_json::from_slice(&json).map_err(|e| damaged(config, &e))?;
        let length_scale = parsed.inference.length_scale;
        Ok(Self { piper: Piper::from_session(session(model)?, parsed), length_scale })
    }

    /// Samples, and how many there are in a second. `speed` is 0.5 to 2.0.
    pub fn synthesize(&mut self, text: &str, speed: f32) -> Result<(Vec<f32>, u32), Fault> {
        self.piper.create(text, false, None, Some(self.length_scale / speed), None, None).map_err(|e| match e
        {
            PiperError::PhonemizationError(reason) => {
                Fault::new(FaultCode::ModelDamaged, format!("the pronunciation data is damaged: {reason}"))
            }
            other => Fault::new(FaultCode::Internal, format!("the voice failed: {other}")),
        })
    }
}
