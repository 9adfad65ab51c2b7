//! One file from one source: download, convert, check, put in place.
//!
//! The bytes gather in `<file>.<source index>.part`; only when their sum is right are they flushed to the disk
//! and renamed to the file. It never touches the file under its own name before that. The catalogue calls it,
//! holding the model's lock.

mod archive;
mod http;
mod package;
mod part;

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

pub(crate) use http::Web;

use crate::catalog::measure;
use crate::convert;
use crate::disk;
use crate::error::CatalogError;
use crate::manifest::{Convert, Expected, FileKind, ModelFile, Source};
use crate::record::Entry;
use crate::sum::Sum;
use part::Partial;

/// Called as a download goes on, often; from any thread.
pub type OnProgress = Arc<dyn Fn(&Progress) + Send + Sync>;

/// How far a file has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The model.
    pub id: String,
    /// The file; empty while waiting for the model's lock.
    pub file: String,
    /// Where it comes from.
    pub source: String,
    /// What is being done.
    pub phase: Phase,
    /// Bytes there; an estimate while a package is under way.
    pub done_bytes: u64,
    /// Bytes there will be, as far as known.
    pub total_bytes: Option<u64>,
}

/// What is being done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Another process is at this model.
    Waiting,
    /// Bytes are coming.
    Downloading,
    /// They are turned into the file.
    Converting,
    /// Their sum is computed.
    Verifying,
    /// The file is in its place.
    Done,
}

/// Everything about the attempt at hand.
pub(crate) struct Job<'a> {
    pub id: &'a str,
    pub file: &'a ModelFile,
    pub source: &'a Source,
    pub label: String,
    /// The model's folder, which exists.
    pub folder: &'a Path,
    /// Place of the source among the file's sources.
    pub index: usize,
    pub web: &'a Web,
    pub dead_hosts: &'a Mutex<HashMap<String, Instant>>,
    pub progress: &'a OnProgress,
    pub cancel: &'a CancellationToken,
}

/// Why a source gave no file.
#[derive(Debug)]
pub(crate) enum Failed {
    /// It cannot be reached or does not have it; the sentence goes on after the source's name.
    Unreachable(String),
    /// It gave something else.
    WrongBytes(String),
    /// It needs this program.
    NoTool(String),
    /// No other source would help.
    Stop(CatalogError),
}

impl From<CatalogError> for Failed {
    fn from(error: CatalogError) -> Self {
        Self::Stop(error)
    }
}

impl Job<'_> {
    /// Reports progress.
    pub fn tell(
        progress: &OnProgress,
        id: &str,
        file: &str,
        source: &str,
        phase: Phase,
        done_bytes: u64,
        total_bytes: Option<u64>,
    ) {
        let (id, file, source) = (id.to_owned(), file.to_owned(), source.to_owned());
        progress(&Progress { id, file, source, phase, done_bytes, total_bytes });
    }

    fn report(&self, phase: Phase, done: u64, total: Option<u64>) {
        Self::tell(self.progress, self.id, &self.file.name, &self.label, phase, done, total);
    }

    /// Where the bytes gather.
    fn part_path(&self) -> PathBuf {
        part_path(self.folder, self.file, self.index)
    }

    /// An error of the file system, with what is still to come if the disk is full.
    fn io(&self, path: &Path, error: std::io::Error, need: u64) -> Failed {
        Failed::Stop(match CatalogError::io(path, error) {
            CatalogError::DiskFull { free, .. } => CatalogError::DiskFull { need, free },
            other => other,
        })
    }

    /// Refuses before the first byte what would not fit, with some to spare for everything else.
    fn require_space(&self, need: u64) -> Result<(), Failed> {
        const SPARE: u64 = 32 * 1024 * 1024;
        let free = disk::free_bytes(self.folder).map_err(|e| CatalogError::io(self.folder, e))?;
        if need.saturating_add(SPARE) > free {
            return Err(CatalogError::DiskFull { need, free }.into());
        }
        Ok(())
    }
}

pub(crate) fn part_path(folder: &Path, file: &ModelFile, index: usize) -> PathBuf {
    folder.join(format!("{}.{index}.part", file.name))
}

/// Everything that an attempt at a source may have left behind.
pub(crate) fn leftovers(folder: &Path, file: &ModelFile, index: usize) -> [PathBuf; 4] {
    let part = part_path(folder, file, index);
    [part::state_path(&part), converted_path(&part), package::work_path(&part), part]
}

fn converted_path(part: &Path) -> PathBuf {
    part.with_extension("converted")
}

/// Fetches the file from the source and puts it in place.
pub(crate) async fn obtain(job: &Job<'_>) -> Result<Entry, Failed> {
    let (sum, size) = match job.source.expected(job.file) {
        Some(Expected::Sha256(hex)) => (Sum::Sha256(hex.to_owned()), job.source.size(job.file)),
        Some(Expected::Publisher) => http::publishers_sum(job).await?,
        None => return Err(Failed::WrongBytes("states no checksum".to_owned())),
    };
    let part_path = job.part_path();
    // A partial download that does not add up is thrown away and fetched once more from the start: it may
    // have begun with an older version of the file, or with a block that a crash left empty.
    let mut second_chance = true;
    loop {
        let mut partial = Partial::open(&part_path, &job.label).map_err(|e| job.io(&part_path, e, 0))?;
        let resumed = partial.len() > 0;
        let ready = gather(job, &mut partial, size).await?;
        job.report(Phase::Verifying, size.unwrap_or(0), size);
        let measured = measure(&ready, job.cancel).await?;
        if measured.is(&sum) && size.is_none_or(|size| size == measured.size) {
            settle(job, &ready)?;
            job.report(Phase::Done, measured.size, Some(measured.size));
            return Ok(Entry { sha256: measured.sha256, size: measured.size, source: job.label.clone() });
        }
        for leftover in leftovers(job.folder, job.file, job.index) {
            disk::remove(&leftover).map_err(|e| CatalogError::io(&leftover, e))?;
        }
        if !(resumed && second_chance) {
            return Err(Failed::WrongBytes("gave bytes with a wrong checksum".to_owned()));
        }
        second_chance = false;
    }
}

/// Brings the bytes together and converts them; gives the path of what should be the file.
async fn gather(job: &Job<'_>, partial: &mut Partial, size: Option<u64>) -> Result<PathBuf, Failed> {
    match (&job.source.url, job.file.kind) {
        (Some(url), _) => http::download(job, url, partial, size).await?,
        (None, FileKind::File) => package::assemble(job, partial).await?,
        (None, FileKind::Tree) => package::unpack_tree(job, partial).await?,
    }
    match &job.source.convert {
        None => Ok(job.part_path()),
        Some(recipe) => run_conversion(job, recipe).await,
    }
}

async fn run_conversion(job: &Job<'_>, recipe: &Convert) -> Result<PathBuf, Failed> {
    let part = job.part_path();
    let out = converted_path(&part);
    let mel_filters = package::read_member(job, &recipe.mel_filters).await?;
    let vocabulary = package::read_member(job, &recipe.vocabulary).await?;
    let need = disk::size(&part).unwrap_or(0);
    job.report(Phase::Converting, 0, Some(need));
    let (input, output, cancel) = (part.clone(), out.clone(), job.cancel.clone());
    let converted = tokio::task::spawn_blocking(move || {
        convert::run(&input, &mel_filters, &vocabulary, &output, &cancel)
    });
    match converted.await.expect("a conversion does not panic") {
        Ok(()) => Ok(out),
        Err(_) if job.cancel.is_cancelled() => Err(CatalogError::Cancelled.into()),
        Err(convert::ConvertError::Io(error)) => Err(job.io(&out, error, need)),
        Err(convert::ConvertError::Format(what)) => {
            for leftover in leftovers(job.folder, job.file, job.index) {
                disk::remove(&leftover).map_err(|e| CatalogError::io(&leftover, e))?;
            }
            Err(Failed::WrongBytes(format!("gave weights that cannot be converted: {what}")))
        }
    }
}

/// Flushes what is `ready` to the disk and gives it its name.
fn settle(job: &Job<'_>, ready: &Path) -> Result<(), Failed> {
    let target = job.folder.join(&job.file.name);
    let place = || {
        if job.file.kind == FileKind::Tree {
            for file in disk::files_under(ready)? {
                File::open(ready.join(file))?.sync_all()?;
            }
            // A folder cannot be renamed over another; the old one is known to be damaged.
            disk::remove(&target)?;
        } else {
            File::open(ready)?.sync_all()?;
        }
        fs::rename(ready, &target)?;
        jarvis_files::sync_folder(job.folder)
    };
    place().map_err(|e| job.io(&target, e, 0))
}
