//! What is known of the installed files of one model: sum and size as checked when they were put in place.
//!
//! Kept as `record.json` in the model's folder, so that a start need not hash gigabytes, and so that a file
//! checked against its publisher's sum can be checked again without the publisher.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

const NAME: &str = "record.json";

/// The record of one model's folder, by file name.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Record(pub BTreeMap<String, Entry>);

/// One installed file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// SHA-256 as measured when it was put in place.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
    /// Which source it came from.
    pub source: String,
}

impl Record {
    /// Reads it; a missing or unreadable record is an empty one, since everything in it can be measured anew.
    pub fn load(dir: &Path) -> Self {
        let text = fs::read(dir.join(NAME)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Replaces it on disk.
    pub fn save(&self, dir: &Path) -> io::Result<()> {
        jarvis_files::replace(&dir.join(NAME), &serde_json::to_vec_pretty(self)?)
    }
}
