//! A head as openWakeWord publishes them: an ONNX network over sixteen embeddings.

use std::path::Path;

use ort::session::Session;
use ort::value::TensorRef;

use super::{EMBEDDING, STEPS};
use crate::onnx::{self, OnnxError};

/// See the module.
pub struct Published {
    session: Session,
    window: Vec<f32>,
    silence: [f32; EMBEDDING],
}

impl Published {
    /// Loads the network; `silence` stands for what came before the first sample.
    pub fn open(model: &Path, silence: [f32; EMBEDDING]) -> Result<Self, OnnxError> {
        let mut head = Self { session: onnx::session(model)?, window: Vec::new(), silence };
        head.reset();
        let tried = head.score(&silence);
        tried.map_err(|e| OnnxError::ModelDamaged { path: model.into(), reason: e.to_string() })?;
        Ok(head)
    }

    /// Score (0..=1) now that `embedding` has come.
    pub fn score(&mut self, embedding: &[f32; EMBEDDING]) -> Result<f32, OnnxError> {
        self.window.copy_within(EMBEDDING.., 0);
        self.window[(STEPS - 1) * EMBEDDING..].copy_from_slice(embedding);
        let window = TensorRef::from_array_view(([1, STEPS, EMBEDDING], self.window.as_slice()))?;
        let outputs = self.session.run(ort::inputs![window])?;
        let mut score = [0.0];
        onnx::copy(&outputs, 0, &mut score)?;
        Ok(score[0])
    }

    pub fn reset(&mut self) {
        self.window = self.silence.repeat(STEPS);
    }
}
