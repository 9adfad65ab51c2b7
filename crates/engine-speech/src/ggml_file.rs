//! Walks a Whisper model file and says whether it is whole, before native code sees it.
//!
//! whisper.cpp takes a file's own word for its sizes: a truncated one loads with the missing weights at zero, and
//! a wrong one can end the process. So every length in the file is followed here, to its last byte; the weights
//! themselves are not read.
//!
//! The layout, as written by `convert-pt-to-ggml.py` of whisper.cpp, all numbers little endian:
//!
//! ```text
//! u32 magic | 11 x i32 hyperparameters | i32 mels, i32 bins, f32 filters[mels * bins]
//! i32 words, then each: u32 length, bytes
//! to the end, each tensor: i32 dims, i32 name length, i32 type, i32 size[dims], name, data
//! ```

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

const MAGIC: u32 = 0x6767_6d6c;
/// Numbers of encoder layers that name a model size: tiny, base, small, medium, large.
const KNOWN_LAYERS: [i32; 5] = [4, 6, 12, 24, 32];

/// Why a file is no Whisper model; `Ok` when it is one, whole.
pub fn check(path: &Path) -> Result<(), String> {
    let file = File::open(path).map_err(|e| e.to_string())?;
    let length = file.metadata().map_err(|e| e.to_string())?.len();
    Walk { input: BufReader::new(file), length }.walk().map_err(|e| match e.kind() {
        io::ErrorKind::UnexpectedEof => "it ends too early".to_string(),
        _ => e.to_string(),
    })
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// Values in a block and bytes a block takes, by ggml's type number.
fn block(ggml_type: i32) -> Option<(u64, u64)> {
    Some(match ggml_type {
        0 => (1, 4),
        1 => (1, 2),
        2 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        10 => (256, 84),
        11 => (256, 110),
        12 => (256, 144),
        13 => (256, 176),
        14 => (256, 210),
        _ => return None,
    })
}

struct Walk {
    input: BufReader<File>,
    length: u64,
}

impl Walk {
    fn walk(&mut self) -> io::Result<()> {
        if self.number()? as u32 != MAGIC {
            return Err(wrong("it is not a Whisper model in GGML format"));
        }
        let mut hyperparameters = [0; 11];
        for value in &mut hyperparameters {
            *value = self.number()?;
        }
        let [words, frames, state, heads, layers, tokens, text_state, text_heads, text_layers, mels, _] =
            hyperparameters;
        // Bounds well above the largest published model; beyond them native code would allocate without end.
        let sane = (1..=200_000).contains(&words)
            && [frames, state, heads, tokens, text_state, text_heads].iter().all(|n| (1..=8192).contains(n))
            && KNOWN_LAYERS.contains(&layers)
            && (1..=64).contains(&text_layers)
            && state == text_state
            && (1..=256).contains(&mels);
        if !sane {
            return Err(wrong("its dimensions are those of no known Whisper model"));
        }
        let (mels, bins) = (self.size()?, self.size()?);
        self.skip(mels * bins * 4)?;
        for _ in 0..self.size()? {
            let length = self.size()?;
            self.skip(length)?;
        }
        let mut tensors = 0;
        while self.input.stream_position()? < self.length {
            self.tensor()?;
            tensors += 1;
        }
        if tensors == 0 { Err(wrong("it holds no weights")) } else { Ok(()) }
    }

    fn tensor(&mut self) -> io::Result<()> {
        let (dims, name, kind) = (self.size()?, self.size()?, self.number()?);
        let (values, bytes) = block(kind).ok_or_else(|| wrong("it holds weights of an unknown type"))?;
        if !(1..=4).contains(&dims) {
            return Err(wrong("it is out of step"));
        }
        let mut elements = 1_u64;
        for _ in 0..dims {
            elements = elements.saturating_mul(self.size()?);
        }
        self.skip((elements / values).saturating_mul(bytes).saturating_add(name))
    }

    fn number(&mut self) -> io::Result<i32> {
        let mut bytes = [0; 4];
        self.input.read_exact(&mut bytes)?;
        Ok(i32::from_le_bytes(bytes))
    }

    /// A count or length. Below 2^18, which is above the largest vocabulary.
    fn size(&mut self) -> io::Result<u64> {
        match self.number()? {
            n @ 0..=0x3_ffff => Ok(n as u64),
            _ => Err(wrong("it is out of step")),
        }
    }

    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let end = self.input.stream_position()?.saturating_add(bytes);
        if end > self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.input.seek(SeekFrom::Start(end)).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest file of the right shape: two mel filters, two words, a matrix of each of two types.
    fn file() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut put = |numbers: &[i32], raw: &[u8]| {
            bytes.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
            bytes.extend_from_slice(raw);
        };
        put(&[MAGIC as i32, 2, 1500, 384, 6, 4, 448, 384, 6, 4, 80, 1], &[]);
        put(&[2, 1, 0, 0], &[]);
        put(&[2, 1], b"a");
        put(&[2], b"bc");
        put(&[2, 1, 1, 3, 2], b"m");
        put(&[], &[0; 12]);
        put(&[1, 1, 8, 64], b"q");
        put(&[], &[0; 68]);
        bytes
    }

    fn verdict(bytes: &[u8]) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.bin");
        std::fs::write(&path, bytes).unwrap();
        check(&path)
    }

    #[test]
    fn a_whole_file_passes_and_no_part_of_it_does() {
        let whole = file();
        assert_eq!(verdict(&whole), Ok(()));
        // A file may end between two tensors without a trace; whisper.cpp counts those.
        let between = whole.len() - 68 - 17;
        for length in (0..whole.len()).filter(|n| *n != between) {
            assert!(verdict(&whole[..length]).is_err(), "{length} bytes of {}", whole.len());
        }
    }

    #[test]
    fn what_is_no_model_says_so() {
        let check = |at: usize, value: i32, expected: &str| {
            let mut bytes = file();
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
            assert_eq!(verdict(&bytes).unwrap_err(), expected, "{value} at {at}");
        };
        check(0, 0, "it is not a Whisper model in GGML format");
        check(20, 5, "its dimensions are those of no known Whisper model");
        check(4, i32::MAX, "its dimensions are those of no known Whisper model");
        check(48, -1, "it is out of step");
        check(64, 1 << 17, "it ends too early");
        check(87, 99, "it holds weights of an unknown type");
    }
}
