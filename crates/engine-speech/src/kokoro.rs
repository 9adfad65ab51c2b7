//! Kokoro: one network, and for each voice a table of styles that makes it speak as that voice does.
//!
//! The network (<https://huggingface.co/hexgrad/Kokoro-82M>, exported to ONNX with 8-bit weights) takes three inputs:
//! `tokens` `[1, n]`, the pronunciation with 0 at both ends; `style` `[1, 256]`, the row of the voice's table for so
//! many tokens; `speed` `[1]`. It gives samples at 24 kHz, all of a piece at once.

mod phonemes;
mod tokens;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use jarvis_engine::speech::{Accent, Reply};
use jarvis_engine::{Fault, FaultCode, Responder};
use ort::session::{RunOptions, Session};
use ort::value::TensorRef;

use crate::voices::{damaged, session};

/// Samples per second.
pub const SAMPLE_RATE: u32 = 24_000;
/// Rows of a table of styles, which is also how many tokens are said at a time.
const ROWS: usize = 510;
/// Values in a row.
const WIDTH: usize = 256;

/// A voice: how it sounds, and how it pronounces.
pub struct Style {
    /// Row after row.
    table: Vec<f32>,
    accent: Accent,
}

impl Style {
    /// Reads a table of `f32` values, little endian.
    pub fn open(file: &Path, accent: Accent) -> Result<Self, Fault> {
        let bytes = fs::read(file).map_err(|e| damaged(file, &e))?;
        let (values, rest) = bytes.as_chunks::<4>();
        let table: Vec<f32> = values.iter().map(|value| f32::from_le_bytes(*value)).collect();
        if table.len() != ROWS * WIDTH || !rest.is_empty() {
            return Err(damaged(file, &format!("it has {} bytes", bytes.len())));
        }
        if !table.iter().all(|value| value.is_finite()) {
            return Err(damaged(file, &"it holds what is no number"));
        }
        Ok(Self { table, accent })
    }

    /// The row for so many tokens.
    fn row(&self, tokens: usize) -> &[f32] {
        let row = tokens.clamp(1, ROWS) - 1;
        &self.table[row * WIDTH..][..WIDTH]
    }
}

/// As much as the network says at a time.
pub struct Piece {
    phonemes: String,
    /// Without the zeros at the ends.
    tokens: Vec<i64>,
}

impl Piece {
    /// Its pronunciation, punctuation included.
    pub fn text(&self) -> &str {
        &self.phonemes
    }
}

/// The network.
pub struct Kokoro {
    session: Session,
}

impl Kokoro {
    /// ONNX Runtime is ready.
    pub fn open(model: &Path) -> Result<Self, Fault> {
        let session = session(model)?;
        let names: Vec<&str> = session.inputs().iter().map(|input| input.name()).collect();
        if names != ["tokens", "style", "speed"] {
            return Err(damaged(model, &format!("its inputs are {}", names.join(", "))));
        }
        Ok(Self { session })
    }

    /// What is to be said, in pieces that are not too long.
    pub fn pieces(&self, text: &str, style: &Style) -> Result<Vec<Piece>, Fault> {
        let phonemes = phonemes::of(text, style.accent)?;
        let piece = |phonemes: &str| Piece {
            phonemes: phonemes.to_string(),
            tokens: phonemes.chars().filter_map(tokens::token).collect(),
        };
        let pieces = tokens::split(&phonemes, ROWS).into_iter().map(piece);
        Ok(pieces.filter(|piece| !piece.tokens.is_empty()).collect())
    }

    /// Samples. Nobody waiting any more for `reply` stops it midway.
    pub fn synthesize(
        &mut self,
        piece: &Piece,
        style: &Style,
        speed: f32,
        reply: &Responder<Reply>,
    ) -> Result<Vec<f32>, Fault> {
        if reply.is_cancelled() {
            return Err(Fault::new(FaultCode::Cancelled, "cancelled"));
        }
        let mut run = || {
            let mut padded = vec![0; piece.tokens.len() + 2];
            padded[1..=piece.tokens.len()].copy_from_slice(&piece.tokens);
            let tokens = TensorRef::from_array_view(([1, padded.len()], padded.as_slice()))?;
            let style = TensorRef::from_array_view(([1, WIDTH], style.row(piece.tokens.len())))?;
            let speed = [speed];
            let speed = TensorRef::from_array_view(([1], speed.as_slice()))?;
            let options = Arc::new(RunOptions::new()?);
            let stop = Arc::clone(&options);
            // It fails where the run has ended by itself, which is as well.
            reply.on_cancel(move || drop(stop.terminate()));
            let outputs = self.session.run_with_options(ort::inputs![tokens, style, speed], &*options)?;
            let (_, samples) = outputs[0].try_extract_tensor::<f32>()?;
            Ok(samples.to_vec())
        };
        run().map_err(|e: ort::Error| match reply.is_cancelled() {
            true => Fault::new(FaultCode::Cancelled, "cancelled"),
            false => Fault::new(FaultCode::Internal, format!("the voice failed: {e}")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_is_taken_by_the_number_of_tokens() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("voice.bin");
        let open = |values: &[f32], more: &[u8]| {
            let bytes: Vec<u8> =
                values.iter().flat_map(|v| v.to_le_bytes()).chain(more.iter().copied()).collect();
            fs::write(&path, bytes).unwrap();
            Style::open(&path, Accent::British)
        };
        let table: Vec<f32> = (0..ROWS * WIDTH).map(|i| (i / WIDTH) as f32).collect();
        let style = open(&table, &[]).unwrap();
        for (tokens, row) in [(0, 0.0), (1, 0.0), (2, 1.0), (510, 509.0), (600, 509.0)] {
            assert_eq!(style.row(tokens), [row; WIDTH], "{tokens}");
        }
        let mut no_number = table.clone();
        no_number[70_000] = f32::NAN;
        for (values, more) in [(&table[1..], &[][..]), (&table, &[0]), (&no_number, &[]), (&[], &[])] {
            let fault = open(values, more).err().expect("it is refused");
            assert_eq!(fault.code, FaultCode::ModelDamaged);
        }
    }
}
