//! Timers, alarms and reminders, kept in a file so that they survive a restart.
//!
//! Has no clock and rings nothing: the time is passed in, and whoever owns the book sleeps until
//! [`TimerBook::next_due`] and rings what [`TimerBook::due`] hands out. The file is replaced whole or not at all.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

/// Later than this, a timer is said to have been missed (the computer slept through it).
const LATE: SignedDuration = SignedDuration::from_secs(60);

/// What kind of thing rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// After a while.
    Timer,
    /// At a time of day.
    Alarm,
    /// To be told something.
    Reminder,
}

/// Something that will ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// Unique among those that have not rung.
    pub id: u32,
    /// What kind.
    pub kind: TimerKind,
    /// What it is called, or what the reminder says.
    pub label: Option<String>,
    /// ISO 639-1 code of the language it was set in, when that is known: it rings in the same.
    #[serde(default)]
    pub language: Option<String>,
    /// When it was set.
    pub set_at: Timestamp,
    /// When it rings.
    pub due: Timestamp,
}

impl Timer {
    /// Whole seconds from being set to ringing.
    pub fn length_s(&self) -> i64 {
        rounded_seconds(self.due.duration_since(self.set_at))
    }

    /// Whole seconds until it rings; 0 when it is due.
    pub fn left_s(&self, now: Timestamp) -> i64 {
        rounded_seconds(self.due.duration_since(now)).max(0)
    }
}

fn rounded_seconds(duration: SignedDuration) -> i64 {
    duration.as_secs_f64().round() as i64
}

/// A timer whose time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub timer: Timer,
    /// Whether its time came while nobody could ring it.
    pub missed: bool,
}

/// What went wrong with the file. The book itself goes on in memory.
#[derive(Debug, thiserror::Error)]
pub enum TimerError {
    /// The file is not ours or was cut short; it was kept under another name.
    #[error("the timers file was damaged and is kept as {}", kept.display())]
    Damaged {
        /// Where the damaged file is now.
        kept: PathBuf,
        /// What was wrong with it.
        reason: String,
    },
    /// The file is there but cannot be read.
    #[error("the timers file {} cannot be read", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The timers could not be written; they are lost if the program ends.
    #[error("the timers file {} cannot be written", path.display())]
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// All timers that have not rung, earliest first.
#[derive(Debug)]
pub struct TimerBook {
    path: PathBuf,
    opened: Timestamp,
    timers: Vec<Timer>,
}

impl TimerBook {
    /// Reads the file at `path`; one that is not there is an empty book.
    ///
    /// Always gives a usable book. With an error it is empty: a damaged file has been moved aside to
    /// `<name>.damaged` (or `.damaged.2` and so on), one that cannot be read is left alone.
    pub fn open(path: impl Into<PathBuf>, now: Timestamp) -> (Self, Option<TimerError>) {
        let path = path.into();
        let (timers, problem) = match read(&path) {
            Ok(timers) => (timers, None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        let mut book = Self { path, opened: now, timers };
        book.timers.sort_by_key(|t| t.due);
        (book, problem)
    }

    /// Adds a timer that rings at `due`. It counts even when it could not be saved: the second value says so.
    pub fn set(
        &mut self,
        kind: TimerKind,
        label: Option<String>,
        language: Option<&str>,
        due: Timestamp,
        now: Timestamp,
    ) -> (Timer, Result<(), TimerError>) {
        let id = self.timers.iter().map(|t| t.id).max().map_or(1, |id| id.saturating_add(1));
        let timer = Timer { id, kind, label, language: language.map(str::to_owned), set_at: now, due };
        let place = self.timers.partition_point(|t| t.due <= due);
        self.timers.insert(place, timer.clone());
        (timer, self.save())
    }

    /// All timers, earliest first.
    pub fn list(&self) -> &[Timer] {
        &self.timers
    }

    /// Removes every timer for which `which` holds and returns them.
    pub fn cancel(&mut self, which: impl Fn(&Timer) -> bool) -> (Vec<Timer>, Result<(), TimerError>) {
        let (gone, kept) = std::mem::take(&mut self.timers).into_iter().partition::<Vec<_>, _>(which);
        self.timers = kept;
        let saved = if gone.is_empty() { Ok(()) } else { self.save() };
        (gone, saved)
    }

    /// When the next one rings.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.timers.first().map(|t| t.due)
    }

    /// Takes out every timer whose time has come, earliest first.
    ///
    /// Where the file cannot be written they ring all the same, and again after a restart: better twice than never.
    pub fn due(&mut self, now: Timestamp) -> Vec<Due> {
        let opened = self.opened;
        let (due, saved) = self.cancel(|t| t.due <= now);
        if let Err(error) = saved {
            tracing::warn!(error = %error, "rung timers are still in the file");
        }
        due.into_iter()
            .map(|timer| Due { missed: timer.due < opened || now.duration_since(timer.due) > LATE, timer })
            .collect()
    }

    fn save(&self) -> Result<(), TimerError> {
        write(&self.path, &self.timers)
            .map_err(|source| TimerError::Unwritable { path: self.path.clone(), source })
    }
}

fn read(path: &Path) -> Result<Vec<Timer>, TimerError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(TimerError::Unreadable { path: path.to_owned(), source }),
    };
    serde_json::from_slice(&bytes).map_err(|error| {
        let kept = free_name(path);
        match fs::rename(path, &kept) {
            Ok(()) => TimerError::Damaged { kept, reason: error.to_string() },
            Err(source) => TimerError::Unreadable { path: path.to_owned(), source },
        }
    })
}

/// A name beside `path` that no earlier damaged file has.
fn free_name(path: &Path) -> PathBuf {
    let name = |n: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(if n == 1 { ".damaged".to_owned() } else { format!(".damaged.{n}") });
        PathBuf::from(name)
    };
    (1..).map(name).find(|p| !p.exists()).expect("some number is free")
}

fn write(path: &Path, timers: &[Timer]) -> io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    serde_json::to_writer_pretty(&mut file, timers)?;
    file.flush()?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    // The new name itself must survive a power cut too; folders can only be synced on Unix.
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_772_000_000 + second).unwrap()
    }

    fn book(folder: &Path, now: i64) -> TimerBook {
        let (book, problem) = TimerBook::open(folder.join("state/timers.json"), at(now));
        assert!(problem.is_none(), "{problem:?}");
        book
    }

    fn add(book: &mut TimerBook, label: &str, due: i64, now: i64) -> u32 {
        let (timer, saved) = book.set(TimerKind::Timer, Some(label.to_owned()), None, at(due), at(now));
        saved.unwrap();
        timer.id
    }

    fn labels(due: &[Due]) -> Vec<(&str, bool)> {
        due.iter().map(|d| (d.timer.label.as_deref().unwrap(), d.missed)).collect()
    }

    #[test]
    fn timers_ring_once_in_order_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let mut book = book(folder.path(), 0);
        assert_eq!(book.next_due(), None);
        add(&mut book, "tea", 300, 0);
        add(&mut book, "egg", 240, 1);
        assert_eq!(book.next_due(), Some(at(240)));
        assert_eq!(book.due(at(239)), []);
        assert_eq!(labels(&book.due(at(300))), [("egg", false), ("tea", false)]);
        assert_eq!((book.due(at(301)), book.next_due()), (vec![], None));
    }

    #[test]
    fn a_restart_keeps_them_and_tells_what_was_missed() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = book(folder.path(), 0);
        add(&mut first, "egg", 10, 0);
        add(&mut first, "tea", 100, 0);
        add(&mut first, "nap", 1000, 0);
        let before = first.list().to_vec();
        drop(first);
        let mut second = book(folder.path(), 50);
        assert_eq!(second.list(), before);
        assert_eq!(labels(&second.due(at(50))), [("egg", true)]);
        assert_eq!(labels(&second.due(at(100))), [("tea", false)]);
        assert_eq!(labels(&second.due(at(2000))), [("nap", true)], "slept through");
        assert_eq!(book(folder.path(), 51).list(), []);
    }

    #[test]
    fn cancelling_is_kept_and_ids_stay_unique() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = book(folder.path(), 0);
        let egg = add(&mut first, "egg", 10, 0);
        let tea = add(&mut first, "tea", 20, 0);
        let (gone, saved) = first.cancel(|t| t.id == egg);
        saved.unwrap();
        assert_eq!(gone.len(), 1);
        let nap = add(&mut first, "nap", 5, 0);
        assert_ne!(nap, tea);
        let ids: Vec<u32> = book(folder.path(), 0).list().iter().map(|t| t.id).collect();
        assert_eq!(ids, [nap, tea]);
    }

    #[test]
    fn a_damaged_file_is_kept_and_reported() {
        for damage in ["", "{", "[1, 2]", "{\"a\": 1}", "[{\"id\": 1}]", "\u{feff}[]"] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("timers.json");
            for kept in ["timers.json.damaged", "timers.json.damaged.2"] {
                fs::write(&path, damage).unwrap();
                let (mut book, problem) = TimerBook::open(&path, at(0));
                let Some(TimerError::Damaged { kept: where_to, .. }) = problem else { panic!("{problem:?}") };
                assert_eq!(where_to, folder.path().join(kept));
                assert_eq!(fs::read_to_string(&where_to).unwrap(), damage);
                assert_eq!(book.list(), []);
                add(&mut book, "egg", 10, 0);
                assert_eq!(TimerBook::open(&path, at(0)).0.list().len(), 1);
            }
        }
    }

    #[test]
    fn what_cannot_be_saved_still_rings() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let (mut book, problem) = TimerBook::open(folder.path().join("file/timers.json"), at(0));
        assert!(matches!(problem, Some(TimerError::Unreadable { .. })), "{problem:?}");
        let (_, saved) = book.set(TimerKind::Timer, Some("egg".to_owned()), None, at(10), at(0));
        assert!(matches!(saved, Err(TimerError::Unwritable { .. })), "{saved:?}");
        assert_eq!(labels(&book.due(at(10))), [("egg", false)]);
    }
}
