//! Smart Turn, version 3: Whisper tiny's encoder, trained on people who pause and people who have finished, in 23 languages
//! (<https://github.com/pipecat-ai/smart-turn>).

use std::path::Path;

use ort::session::Session;
use ort::value::TensorRef;

use super::log_mel::{FRAMES, LogMel, MELS, SAMPLES};
use super::{TurnEnd, TurnEndError};
use crate::onnx::{self, OnnxError};

/// See the module.
pub struct SmartTurn {
    session: Session,
    log_mel: LogMel,
    /// The last eight seconds of what was said, silence before it.
    sound: Vec<f32>,
}

impl SmartTurn {
    /// Loads `smart-turn-v3.2-cpu.onnx`. [`onnx::init`] comes first.
    ///
    /// # Errors
    /// When the file is missing or is another network.
    pub fn open(model: &Path) -> Result<Self, TurnEndError> {
        let session = onnx::session(model)?;
        let names: Vec<&str> = session.inputs().iter().map(|input| input.name()).collect();
        if names != ["input_features"] {
            let reason = format!("its inputs are {}", names.join(", "));
            return Err(OnnxError::ModelDamaged { path: model.into(), reason }.into());
        }
        Ok(Self { session, log_mel: LogMel::new(), sound: vec![0.0; SAMPLES] })
    }

    fn judge(&mut self, samples: &[f32]) -> Result<f32, OnnxError> {
        let last = &samples[samples.len().saturating_sub(SAMPLES)..];
        let (before, said) = self.sound.split_at_mut(SAMPLES - last.len());
        before.fill(0.0);
        said.copy_from_slice(last);
        let features = self.log_mel.of(&self.sound);
        let features = TensorRef::from_array_view(([1, MELS, FRAMES], features.as_slice()))?;
        let outputs = self.session.run(ort::inputs![features])?;
        let mut probability = [0.0];
        onnx::copy(&outputs, 0, &mut probability)?;
        Ok(probability[0].clamp(0.0, 1.0))
    }
}

impl TurnEnd for SmartTurn {
    fn finished(&mut self, samples: &[f32]) -> Result<f32, TurnEndError> {
        Ok(self.judge(samples)?)
    }
}
