//! Turning weights from one file format into another. Reads and writes files only; the fetching code calls it.

mod ct2;
mod npy;

use std::io;
use std::path::Path;

use tokio_util::sync::CancellationToken;

/// Why a conversion failed.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// The disk, or a cancellation ([`io::ErrorKind::Interrupted`]).
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The input is not what it should be.
    #[error("{0}")]
    Format(String),
}

/// A [`ConvertError::Format`].
fn format(what: impl Into<String>) -> ConvertError {
    ConvertError::Format(what.into())
}

/// Converts CTranslate2 Whisper weights at `input` to whisper.cpp's GGML file at `output`; see [`ct2`].
pub fn run(
    input: &Path,
    mel_filters: &[u8],
    vocabulary: &[u8],
    output: &Path,
    cancel: &CancellationToken,
) -> Result<(), ConvertError> {
    ct2::to_ggml(input, mel_filters, vocabulary, output, cancel)
}
