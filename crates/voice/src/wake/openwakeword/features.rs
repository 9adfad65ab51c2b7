//! Sound to speech features: one embedding every 80 ms. Knows no wake word; heads share it.

use std::path::Path;

use ort::session::Session;
use ort::value::TensorRef;

use super::embedding::{CHUNK, CHUNK_ROWS, EMBEDDING, Embedding, MEL_BINS, WINDOW_ROWS};
use crate::onnx::{self, OnnxError};

/// Samples between two embeddings: 80 ms.
pub const HOP: usize = 1280;
/// Samples before a hop that the spectrum needs to go on where it stopped: its window is 512 wide and moves by 160.
const CONTEXT: usize = 480;
/// The networks were made for samples as 16-bit integers.
const FULL_SCALE: f32 = 32768.0;
/// The value of the rows that stand where nothing has been heard yet, as the Python program has it.
const BEFORE: f32 = 1.0;

/// From samples to embeddings, as a stream.
pub struct Features {
    mel: Session,
    embedding: Embedding,
    /// The context, then what has come of the hop.
    sound: Vec<f32>,
    /// Length of the context: none at the start, then [`CONTEXT`].
    context: usize,
    /// Rows of spectrum that do not fill a chunk yet.
    rows: Vec<f32>,
    silence: [f32; EMBEDDING],
}

impl Features {
    /// Loads both networks. [`crate::onnx::init`] comes first.
    ///
    /// # Errors
    /// When a file is missing or is not the network that it should be.
    pub fn open(mel: &Path, embedding: &Path) -> Result<Self, OnnxError> {
        let mut features = Self {
            mel: onnx::session(mel)?,
            embedding: Embedding::open(embedding)?,
            sound: vec![0.0; CONTEXT + HOP],
            context: 0,
            rows: Vec::new(),
            silence: [0.0; EMBEDDING],
        };
        // Seen once, at the start, a network of another kind is told apart from one that fails in use.
        features.settle().map_err(|e| OnnxError::ModelDamaged { path: mel.into(), reason: e.to_string() })?;
        features.reset();
        Ok(features)
    }

    /// The embedding of silence.
    pub fn silence(&self) -> [f32; EMBEDDING] {
        self.silence
    }

    /// Takes samples off the front of `samples` until they are used up or an embedding is due.
    ///
    /// # Errors
    /// When a network fails; it may go on with the next samples.
    pub fn hear(&mut self, samples: &mut &[f32]) -> Result<Option<[f32; EMBEDDING]>, OnnxError> {
        let missing = self.context + HOP - self.sound.len();
        let (now, later) = samples.split_at(missing.min(samples.len()));
        *samples = later;
        self.sound.extend(now.iter().map(|sample| sample * FULL_SCALE));
        if now.len() < missing {
            return Ok(None);
        }
        let heard = self.spectrum();
        self.sound.drain(..self.sound.len() - CONTEXT);
        self.context = CONTEXT;
        heard?;
        self.embed().map(Some)
    }

    /// Back to the start of the stream.
    pub fn reset(&mut self) {
        self.sound.clear();
        self.context = 0;
        self.rows.clear();
        // The very first hop has no context and so gives five rows; these make it a chunk.
        self.rows.resize(3 * MEL_BINS, BEFORE);
        self.embedding.rewind();
    }

    /// Learns what silence looks like, and how things stand before the first sample.
    fn settle(&mut self) -> Result<(), OnnxError> {
        self.spectrum()?;
        let silent = std::mem::take(&mut self.rows);
        if silent.len() != CHUNK {
            return Err(OnnxError::Failed(format!(
                "80 ms of sound give {} values, not {CHUNK}",
                silent.len()
            )));
        }
        for _ in 0..WINDOW_ROWS.div_ceil(CHUNK_ROWS) {
            self.rows.extend_from_slice(&silent);
        }
        self.silence = self.embed()?;
        // All but the last chunk of the first window, whose other rows come from the first hop.
        self.rows.resize((WINDOW_ROWS / CHUNK_ROWS) * CHUNK, BEFORE);
        self.embed()?;
        self.embedding.mark();
        Ok(())
    }

    /// Appends the spectrum of `sound` to `rows`.
    fn spectrum(&mut self) -> Result<(), OnnxError> {
        let sound = TensorRef::from_array_view(([1, self.sound.len()], self.sound.as_slice()))?;
        let outputs = self.mel.run(ort::inputs![sound])?;
        let spectrum = onnx::values(&outputs, 0)?;
        // Brings the spectrum to the scale that the embedding network was trained on.
        self.rows.extend(spectrum.iter().map(|value| value / 10.0 + 2.0));
        Ok(())
    }

    /// Runs the rows that fill chunks, and gives the last one's embedding.
    fn embed(&mut self) -> Result<[f32; EMBEDDING], OnnxError> {
        let full = self.rows.len() / CHUNK * CHUNK;
        let mut last = Err(OnnxError::Failed("the spectrum is too short".into()));
        for chunk in self.rows[..full].chunks(CHUNK) {
            last = self.embedding.run(chunk);
        }
        self.rows.drain(..full);
        last
    }
}
