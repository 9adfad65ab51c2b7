//! Rows of spectrum to one speech embedding, remembering what the rows before came to.

use std::path::Path;

use ort::session::{Session, SessionInputValue};
use ort::value::TensorRef;

use super::incremental::{Cache, incremental};
use crate::onnx::{self, OnnxError};

/// Values in a row of spectrum.
pub const MEL_BINS: usize = 32;
/// Rows that one embedding sees, 10 ms apart.
pub const WINDOW_ROWS: usize = 76;
/// Rows between one embedding and the next.
pub const CHUNK_ROWS: usize = 8;
/// Values in the rows that are new to an embedding.
pub const CHUNK: usize = CHUNK_ROWS * MEL_BINS;
/// Values in an embedding.
pub const EMBEDDING: usize = 96;

/// The speech embedding network, run incrementally. Its answers are those of the whole network on the last
/// [`WINDOW_ROWS`] rows once that many have been run; before that they mean nothing.
pub struct Embedding {
    session: Session,
    caches: Vec<Cache>,
    /// What each cache holds.
    state: Vec<Vec<f32>>,
    /// What each held at [`Self::mark`].
    marked: Vec<Vec<f32>>,
}

impl Embedding {
    pub fn open(model: &Path) -> Result<Self, OnnxError> {
        let damaged = |reason: String| OnnxError::ModelDamaged { path: model.into(), reason };
        let (bytes, caches) = incremental(&onnx::read(model)?).map_err(|e| damaged(e.to_string()))?;
        let session = onnx::session_from(&bytes, model)?;
        let state: Vec<_> = caches.iter().map(|cache| vec![0.0; cache.len()]).collect();
        Ok(Self { session, caches, marked: state.clone(), state })
    }

    /// Runs the next [`CHUNK_ROWS`] rows.
    pub fn run(&mut self, rows: &[f32]) -> Result<[f32; EMBEDDING], OnnxError> {
        let mut inputs: Vec<SessionInputValue<'_>> = Vec::with_capacity(1 + self.caches.len());
        inputs.push(TensorRef::from_array_view(([1, CHUNK_ROWS, MEL_BINS, 1], rows))?.into());
        for (cache, state) in self.caches.iter().zip(&self.state) {
            inputs.push(TensorRef::from_array_view((cache.shape(), state.as_slice()))?.into());
        }
        let outputs = self.session.run(inputs.as_slice())?;
        drop(inputs);
        for (i, state) in self.state.iter_mut().enumerate() {
            onnx::copy(&outputs, 1 + i, state)?;
        }
        let mut embedding = [0.0; EMBEDDING];
        onnx::copy(&outputs, 0, &mut embedding)?;
        Ok(embedding)
    }

    /// Remembers how things stand.
    pub fn mark(&mut self) {
        self.marked.clone_from(&self.state);
    }

    /// Goes back to how things stood at the mark.
    pub fn rewind(&mut self) {
        self.state.clone_from(&self.marked);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise like a spectrum's, the same each time.
    fn rows(count: usize) -> Vec<f32> {
        let mut seed = 1u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / (1 << 24) as f32
        };
        (0..count * MEL_BINS).map(|_| next() * 6.0 - 2.0).collect()
    }

    #[test]
    fn running_incrementally_changes_no_embedding() {
        onnx::init(&jarvis_testkit::models::path("onnxruntime", "libonnxruntime.so.1.31.1")).unwrap();
        let model = jarvis_testkit::models::path("openwakeword-features", "embedding_model.onnx");
        let mut whole = onnx::session(&model).unwrap();
        let mut embedding = Embedding::open(&model).unwrap();

        let rows = rows(CHUNK_ROWS * 40);
        let mut compared = 0;
        for (i, chunk) in rows.chunks(CHUNK).enumerate() {
            let got = embedding.run(chunk).unwrap();
            let end = (i + 1) * CHUNK;
            let Some(start) = end.checked_sub(WINDOW_ROWS * MEL_BINS) else { continue };
            let window =
                TensorRef::from_array_view(([1, WINDOW_ROWS, MEL_BINS, 1], &rows[start..end])).unwrap();
            let outputs = whole.run(ort::inputs![window]).unwrap();
            let want = outputs[0].try_extract_tensor::<f32>().unwrap().1;
            let off = got.iter().zip(want).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(off < 1e-3, "embedding {i} is off by {off}");
            compared += 1;
        }
        assert_eq!(compared, 31);
    }
}
