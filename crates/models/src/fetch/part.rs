//! A download that is not complete yet, and what must be known to go on with it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::disk;

/// The partial file and its state, which lies beside it.
pub struct Partial {
    path: PathBuf,
    state: State,
    len: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    /// Which source the bytes are from.
    source: String,
    /// The version of the file that the server named.
    etag: Option<String>,
    /// For packages: how many parts are in, and how many bytes they make.
    parts: Option<(usize, u64)>,
}

impl Partial {
    /// Takes up what lies at `path` if it is from `source`, else starts with nothing.
    pub fn open(path: &Path, source: &str) -> io::Result<Self> {
        let text = fs::read(state_path(path)).unwrap_or_default();
        let state: State = serde_json::from_slice(&text).unwrap_or_default();
        let mut partial = Self { path: path.to_owned(), state, len: 0 };
        if partial.state.source != source {
            partial.state.source = source.to_owned();
            partial.restart(None)?;
        } else if let Some((_, whole)) = partial.state.parts {
            // A part that was being appended when the program ended is appended again.
            if disk::size(path).unwrap_or(0) < whole {
                partial.restart(None)?;
            } else {
                File::options().write(true).open(path)?.set_len(whole)?;
                partial.len = whole;
            }
        } else {
            partial.measure();
        }
        Ok(partial)
    }

    /// Where the bytes are.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes are there.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// The version of the file that the bytes are from, if the server named one.
    pub fn etag(&self) -> Option<&str> {
        self.state.etag.as_deref()
    }

    /// How many parts are in.
    pub fn parts(&self) -> usize {
        self.state.parts.map_or(0, |(parts, _)| parts)
    }

    /// Notes the version of the file that the first bytes are about to come from.
    pub fn begin(&mut self, etag: Option<String>) -> io::Result<()> {
        self.state.etag = etag;
        self.save()
    }

    /// Throws away what is there; the bytes to come are of version `etag`.
    pub fn restart(&mut self, etag: Option<String>) -> io::Result<()> {
        disk::remove(&self.path)?;
        self.state = State { source: std::mem::take(&mut self.state.source), etag, parts: None };
        self.len = 0;
        self.save()
    }

    /// Notes that one more part is in and on the disk.
    pub fn part_done(&mut self) -> io::Result<()> {
        self.measure();
        self.state.parts = Some((self.parts() + 1, self.len));
        self.save()
    }

    /// Sees how many bytes are there.
    pub fn measure(&mut self) {
        self.len = fs::metadata(&self.path).map_or(0, |meta| meta.len());
    }

    fn save(&self) -> io::Result<()> {
        jarvis_files::replace(&state_path(&self.path), &serde_json::to_vec(&self.state)?)
    }
}

/// Where the state of a partial file lies.
pub fn state_path(part: &Path) -> PathBuf {
    part.with_extension("part.json")
}
