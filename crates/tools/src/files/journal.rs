//! The undo journal: what is about to be done is written down and kept by the disk before it is done, and so is how it ended.
//!
//! One line of JSON a fact, in a folder that only its owner can read. It knows nothing of files but what the steps say; it does and
//! undoes nothing. [`super::Files`] owns it.

use std::collections::BTreeSet;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::handle::Stamp;
use super::step::Step;

/// So many acts are remembered,
const MOST_ACTS: usize = 200;
/// and so many bytes of what files held before.
const MOST_BYTES: u64 = 256 << 20;

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another Jarvis has it.
    #[error("another Jarvis is using the undo journal in {folder}; end that one first")]
    InUse {
        /// Where it is.
        folder: String,
    },
    /// It cannot be read or written.
    #[error("the undo journal in {folder} cannot be used ({reason})")]
    Unusable {
        /// Where it is.
        folder: String,
        /// Why.
        reason: String,
    },
}

/// A fact, as it is written.
#[derive(Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
enum Line {
    /// It is about to be done.
    Will { number: u64, at: Timestamp, words: String, steps: Vec<Step>, undoes: Option<u64> },
    /// What a step is to put in place lies ready beside it.
    Made { number: u64, step: usize, thing: Stamp },
    /// So many steps were done; each left this.
    Done { number: u64, left: Vec<Stamp>, problem: Option<String> },
    /// Nothing was done.
    Failed { number: u64, reason: String },
}

/// How an act ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    /// What each step left, of those that were done; and what went wrong then, if anything.
    Done { left: Vec<Stamp>, problem: Option<String> },
    /// Nothing was done.
    Failed(String),
}

/// One act.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) number: u64,
    pub(super) at: Timestamp,
    pub(super) words: String,
    pub(super) steps: Vec<Step>,
    pub(super) undoes: Option<u64>,
    pub(super) made: Vec<(usize, Stamp)>,
    pub(super) end: Option<End>,
}

impl Record {
    /// What of a step lay ready.
    pub(super) fn made(&self, step: usize) -> Option<Stamp> {
        self.made.iter().rev().find(|(n, _)| *n == step).map(|(_, thing)| *thing)
    }

    /// The steps that were done, with what each left.
    pub(super) fn done(&self) -> Vec<(&Step, &Stamp)> {
        match &self.end {
            Some(End::Done { left, .. }) => self.steps.iter().zip(left).collect(),
            Some(End::Failed(_)) | None => Vec::new(),
        }
    }
}

/// See the module.
pub(super) struct Journal {
    folder: PathBuf,
    file: File,
    records: Vec<Record>,
    next: u64,
    /// Records that were forgotten, but still stand in the file.
    forgotten: usize,
    /// Held as long as this is: two at one journal would each take the other's acts for broken off.
    _lock: File,
}

impl Journal {
    /// Opens the journal in `folder`, or begins one.
    pub(super) fn open(folder: &Path) -> Result<Self, JournalError> {
        let told = || folder.display().to_string();
        let unusable = |e: io::Error| JournalError::Unusable { folder: told(), reason: e.to_string() };
        let kept = folder.join("kept");
        DirBuilder::new().recursive(true).mode(0o700).create(&kept).map_err(unusable)?;
        for folder in [folder, &kept] {
            std::fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(unusable)?;
        }
        let lock = private().truncate(false).open(folder.join("lock")).map_err(unusable)?;
        rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive)
            .map_err(|_| JournalError::InUse { folder: told() })?;
        let (records, next) = read(&folder.join("journal.jsonl")).map_err(unusable)?;
        let file = private().append(true).open(folder.join("journal.jsonl")).map_err(unusable)?;
        let mut journal = Self { folder: folder.to_owned(), file, records, next, forgotten: 0, _lock: lock };
        // This also takes away what a torn line left.
        journal.compact().map_err(unusable)?;
        Ok(journal)
    }

    /// All acts that are remembered, the oldest first.
    pub(super) fn records(&self) -> &[Record] {
        &self.records
    }

    /// One of them.
    pub(super) fn record(&self, number: u64) -> Option<&Record> {
        self.records.iter().find(|record| record.number == number)
    }

    /// Whether an act was undone, and that was not undone again.
    pub(super) fn undone(&self, number: u64) -> bool {
        let undoing = self.records.iter().rev().find(|r| r.undoes == Some(number) && !r.done().is_empty());
        undoing.is_some_and(|record| !self.undone(record.number))
    }

    /// The latest act that "undo that" means.
    pub(super) fn latest(&self) -> Option<&Record> {
        let undoable = |r: &&Record| r.undoes.is_none() && !r.done().is_empty() && !self.undone(r.number);
        self.records.iter().rev().find(undoable)
    }

    /// Writes down what is about to be done. It may be done once this has returned.
    pub(super) fn will(&mut self, words: &str, steps: Vec<Step>, undoes: Option<u64>) -> io::Result<u64> {
        let (number, at) = (self.next, Timestamp::now());
        self.write(&Line::Will { number, at, words: words.to_owned(), steps: steps.clone(), undoes })?;
        self.next += 1;
        let words = words.to_owned();
        self.records.push(Record { number, at, words, steps, undoes, made: Vec::new(), end: None });
        Ok(number)
    }

    /// Writes down what lies ready for a step.
    pub(super) fn made(&mut self, number: u64, step: usize, thing: Stamp) -> io::Result<()> {
        self.write(&Line::Made { number, step, thing })?;
        if let Some(record) = self.records.iter_mut().find(|r| r.number == number) {
            record.made.push((step, thing));
        }
        Ok(())
    }

    /// Writes down how it ended. What cannot be written is looked at when the journal is opened again.
    pub(super) fn end(&mut self, number: u64, end: End) {
        let line = match end.clone() {
            End::Done { left, problem } => Line::Done { number, left, problem },
            End::Failed(reason) => Line::Failed { number, reason },
        };
        if self.write(&line).is_err() {
            tracing::error!("the end of an act could not be written into the undo journal");
        }
        if let Some(record) = self.records.iter_mut().find(|r| r.number == number) {
            record.end = Some(end);
        }
        self.forget();
        if self.forgotten > MOST_ACTS / 2 && self.compact().is_err() {
            tracing::warn!("the undo journal could not be made shorter");
        }
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        let length = self.file.metadata()?.len();
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
        if written.is_err() {
            // Half a line would spoil the next one as well.
            let _ = self.file.set_len(length);
        }
        written
    }

    /// Keeps what a file held, under a name of its own.
    pub(super) fn keep(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut file = private().create_new(true).open(self.kept(name))?;
        file.write_all(content)?;
        file.sync_all()?;
        File::open(self.folder.join("kept"))?.sync_all()
    }

    /// What was kept.
    pub(super) fn read_kept(&self, name: &str) -> io::Result<Vec<u8>> {
        std::fs::read(self.kept(name))
    }

    /// Lets go of something kept that no act needs.
    pub(super) fn drop_kept(&self, name: &str) {
        let _ = std::fs::remove_file(self.kept(name));
    }

    fn kept(&self, name: &str) -> PathBuf {
        self.folder.join("kept").join(name)
    }

    /// The oldest acts go, so that what is kept stays within bounds.
    fn forget(&mut self) {
        let size = |record: &Record| -> u64 {
            let kept = record.steps.iter().filter_map(Step::kept);
            kept.filter_map(|name| self.kept(name).metadata().ok()).map(|m| m.len()).sum()
        };
        let mut sizes: Vec<u64> = self.records.iter().map(size).collect();
        let mut total: u64 = sizes.iter().sum();
        // The latest may not have ended yet.
        while self.records.len() > 1 && (self.records.len() > MOST_ACTS || total > MOST_BYTES) {
            total -= sizes.remove(0);
            let gone = self.records.remove(0);
            for name in gone.steps.iter().filter_map(Step::kept) {
                self.drop_kept(name);
            }
            self.forgotten += 1;
        }
    }

    /// Writes the file anew with what is remembered alone.
    fn compact(&mut self) -> io::Result<()> {
        self.forget();
        let mut text = String::new();
        for record in &self.records {
            let Record { number, at, words, steps, undoes, made, end } = record.clone();
            let mut lines = vec![Line::Will { number, at, words, steps, undoes }];
            lines.extend(made.into_iter().map(|(step, thing)| Line::Made { number, step, thing }));
            lines.extend(end.map(|end| match end {
                End::Done { left, problem } => Line::Done { number, left, problem },
                End::Failed(reason) => Line::Failed { number, reason },
            }));
            for line in lines {
                text.push_str(&serde_json::to_string(&line)?);
                text.push('\n');
            }
        }
        let (new, old) = (self.folder.join("journal.new"), self.folder.join("journal.jsonl"));
        let mut file = private().truncate(true).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&new, &old)?;
        File::open(&self.folder)?.sync_all()?;
        self.file = private().append(true).open(&old)?;
        self.forgotten = 0;
        let needed: BTreeSet<&str> =
            self.records.iter().flat_map(|r| &r.steps).filter_map(Step::kept).collect();
        for entry in std::fs::read_dir(self.folder.join("kept"))?.flatten() {
            if entry.file_name().to_str().is_none_or(|name| !needed.contains(name)) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
        Ok(())
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).mode(0o600);
    options
}

/// What stands in the file. A line that cannot be read (the last one may be torn) counts as not written.
fn read(file: &Path) -> io::Result<(Vec<Record>, u64)> {
    let mut records: Vec<Record> = Vec::new();
    let mut next = 1;
    let file = match File::open(file) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok((records, next)),
        Err(e) => return Err(e),
    };
    for line in BufReader::new(file).split(b'\n') {
        let Ok(line) = serde_json::from_slice(&line?) else { continue };
        let (number, end) = match line {
            Line::Will { number, at, words, steps, undoes } => {
                next = next.max(number.saturating_add(1));
                records.push(Record { number, at, words, steps, undoes, made: Vec::new(), end: None });
                continue;
            }
            Line::Made { number, step, thing } => {
                if let Some(record) = records.iter_mut().find(|r| r.number == number) {
                    record.made.push((step, thing));
                }
                continue;
            }
            Line::Done { number, left, problem } => (number, End::Done { left, problem }),
            Line::Failed { number, reason } => (number, End::Failed(reason)),
        };
        if let Some(record) = records.iter_mut().find(|r| r.number == number) {
            record.end = Some(end);
        }
    }
    Ok((records, next))
}
