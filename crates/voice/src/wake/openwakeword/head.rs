//! Sixteen embeddings (the last two seconds) to the score of one wake word.

mod own;
mod published;

use std::path::{Path, PathBuf};

use super::embedding::EMBEDDING;
use crate::onnx::OnnxError;

pub use own::{HeadFacts, OwnHead};
use published::Published;

/// Embeddings that are judged together.
pub const STEPS: usize = 16;
/// The ending of the files that hold heads of our own.
pub const OWN_ENDING: &str = "safetensors";

/// Where a head comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadFile {
    /// A file: one of ours where its name ends in `.safetensors`, else an ONNX network.
    File(PathBuf),
    /// One that is built into the program.
    BuiltIn(&'static [u8]),
}

impl From<PathBuf> for HeadFile {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

/// One wake word's own network.
pub struct Head(Kind);

enum Kind {
    Published(Published),
    Own(Box<OwnHead>),
}

impl Head {
    /// Loads the network; `silence` stands for what came before the first sample.
    ///
    /// # Errors
    /// When the file is missing or is no head.
    pub fn open(file: &HeadFile, silence: [f32; EMBEDDING]) -> Result<Self, OnnxError> {
        let own = |bytes: &[u8], path: &Path| {
            let head = OwnHead::read(bytes, silence)
                .map_err(|reason| OnnxError::ModelDamaged { path: path.into(), reason })?;
            Ok(Self(Kind::Own(Box::new(head))))
        };
        match file {
            HeadFile::BuiltIn(bytes) => own(bytes, Path::new("built in")),
            HeadFile::File(path) if path.extension().is_some_and(|e| e == OWN_ENDING) => {
                own(&crate::onnx::read(path)?, path)
            }
            HeadFile::File(path) => Published::open(path, silence).map(|head| Self(Kind::Published(head))),
        }
    }

    /// Score (0..=1) now that `embedding` has come.
    ///
    /// # Errors
    /// When the network fails.
    pub fn score(&mut self, embedding: &[f32; EMBEDDING]) -> Result<f32, OnnxError> {
        match &mut self.0 {
            Kind::Published(head) => head.score(embedding),
            Kind::Own(head) => Ok(head.score(embedding)),
        }
    }

    /// As if nothing but silence had been heard.
    pub fn reset(&mut self) {
        match &mut self.0 {
            Kind::Published(head) => head.reset(),
            Kind::Own(head) => head.reset(),
        }
    }
}
