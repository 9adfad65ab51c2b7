//! Silero VAD, version 5 and later, at 16 kHz.
//!
//! The network judges 512 samples (32 ms) at a time, wants the 64 before them as context, and carries a state from
//! one to the next (<https://github.com/snakers4/silero-vad>, `OnnxWrapper`). Our frames are 320 samples, so its
//! answer is the latest there is, at most 20 ms old.

use std::path::Path;

use jarvis_core::audio::{FRAME_SAMPLES, SAMPLE_RATE};
use ort::session::Session;
use ort::value::TensorRef;

use super::{Vad, VadError};
use crate::onnx::{self, OnnxError};

/// Samples judged at a time.
const WINDOW: usize = 512;
/// Samples before them that the network wants to see again.
const CONTEXT: usize = 64;
/// What it carries from one window to the next.
const STATE: [usize; 3] = [2, 1, 128];

/// See the module.
pub struct SileroVad {
    session: Session,
    /// The context, then what has come of the window.
    sound: Vec<f32>,
    state: Vec<f32>,
    probability: f32,
}

impl SileroVad {
    /// Loads `silero_vad.onnx`. [`onnx::init`] comes first.
    ///
    /// # Errors
    /// When the file is missing or is another network.
    pub fn open(model: &Path) -> Result<Self, VadError> {
        let session = onnx::session(model)?;
        let names: Vec<&str> = session.inputs().iter().map(|input| input.name()).collect();
        if names != ["input", "state", "sr"] {
            let reason = format!("its inputs are {}", names.join(", "));
            return Err(OnnxError::ModelDamaged { path: model.into(), reason }.into());
        }
        let mut vad = Self {
            session,
            sound: Vec::with_capacity(CONTEXT + WINDOW + FRAME_SAMPLES),
            state: Vec::new(),
            probability: 0.0,
        };
        vad.reset();
        Ok(vad)
    }

    fn judge(&mut self) -> Result<(), OnnxError> {
        let sound = TensorRef::from_array_view(([1, CONTEXT + WINDOW], &self.sound[..CONTEXT + WINDOW]))?;
        let state = TensorRef::from_array_view((STATE, self.state.as_slice()))?;
        let rate = [i64::from(SAMPLE_RATE)];
        let rate = TensorRef::from_array_view(([1usize], rate.as_slice()))?;
        let outputs = self.session.run(ort::inputs![sound, state, rate])?;
        let mut probability = [0.0];
        onnx::copy(&outputs, 0, &mut probability)?;
        onnx::copy(&outputs, 1, &mut self.state)?;
        [self.probability] = probability;
        Ok(())
    }
}

impl Vad for SileroVad {
    fn process(&mut self, frame: &[f32; FRAME_SAMPLES]) -> Result<f32, VadError> {
        self.sound.extend_from_slice(frame);
        if self.sound.len() >= CONTEXT + WINDOW {
            let judged = self.judge();
            self.sound.drain(..WINDOW);
            judged?;
        }
        Ok(self.probability)
    }

    fn reset(&mut self) {
        self.sound.clear();
        self.sound.resize(CONTEXT, 0.0);
        self.state.clear();
        self.state.resize(STATE.iter().product(), 0.0);
        self.probability = 0.0;
    }
}
