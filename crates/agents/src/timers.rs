//! Timers, alarms and reminders, kept in a file so that they survive a restart.
//!
//! Has no clock and rings nothing: the time is passed in, and whoever owns the book sleeps until
//! [`TimerBook::next_due`] and rings what [`TimerBook::due`] hands out. The file is replaced whole or not at all.
//!
//! Several programs may have a book of the same file: each change is made to what the file holds at that moment, while no other
//! program changes it.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use jarvis_files::Stamp;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// No timer is longer, seconds: a slip of the recogniser, not a wish.
pub(crate) const LONGEST_S: f64 = 30.0 * 86_400.0;

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
    /// The file as it was read or written last.
    seen: Stamp,
    /// The last change could not be written: what is known here, the file does not hold.
    unsaved: bool,
}

impl TimerBook {
    /// Reads the file at `path`; one that is not there is an empty book.
    ///
    /// Always gives a usable book. With an error it is empty: a damaged file has been moved aside to
    /// `<name>.damaged` (or `.damaged.2` and so on), one that cannot be read is left alone.
    pub fn open(path: impl Into<PathBuf>, now: Timestamp) -> (Self, Option<TimerError>) {
        let (path, seen) = (path.into(), Stamp::default());
        let mut book = Self { path, opened: now, timers: Vec::new(), seen, unsaved: false };
        let problem = book.read().err();
        (book, problem)
    }

    /// Takes over what another program has written since.
    pub fn refresh(&mut self) {
        if Stamp::of(&self.path) != self.seen {
            self.read_again();
        }
    }

    fn read_again(&mut self) {
        if !self.unsaved
            && let Err(error) = self.read()
        {
            tracing::warn!(%error, "the timers are those that were known before");
        }
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
        let _alone = self.alone();
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
        let _alone = self.alone();
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
        // It is asked often, and mostly nothing is due.
        if self.next_due().is_none_or(|next| next > now) {
            return Vec::new();
        }
        let opened = self.opened;
        let (due, saved) = self.cancel(|t| t.due <= now);
        if let Err(error) = saved {
            tracing::warn!(error = %error, "rung timers are still in the file");
        }
        due.into_iter()
            .map(|timer| Due { missed: timer.due < opened || now.duration_since(timer.due) > LATE, timer })
            .collect()
    }

    /// No other program changes the file while this is held, and what is known is what it holds. Where it cannot be locked, it
    /// cannot be written either, and that is told.
    fn alone(&mut self) -> Option<File> {
        let lock = jarvis_files::lock(&self.path);
        if let Err(error) = &lock {
            tracing::debug!(%error, "the timers are not locked");
        }
        self.read_again();
        lock.ok()
    }

    fn read(&mut self) -> Result<(), TimerError> {
        // Before it is read: what is written meanwhile is noticed the next time.
        self.seen = Stamp::of(&self.path);
        // What was known is kept, and written with the next change.
        self.timers = read(&self.path).inspect_err(|_| self.unsaved = !self.timers.is_empty())?;
        self.timers.sort_by_key(|t| t.due);
        Ok(())
    }

    fn save(&mut self) -> Result<(), TimerError> {
        let saved = jarvis_files::replace_with(&self.path, |file| {
            Ok(serde_json::to_writer_pretty(file, &self.timers)?)
        });
        let saved = saved.map_err(|source| TimerError::Unwritable { path: self.path.clone(), source });
        self.unsaved = saved.is_err();
        self.seen = Stamp::of(&self.path);
        saved
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
    fn two_programs_lose_none_of_each_others() {
        let folder = tempfile::tempdir().unwrap();
        let (mut running, mut asked) = (book(folder.path(), 0), book(folder.path(), 0));
        let egg = add(&mut running, "egg", 10, 0);
        let tea = add(&mut asked, "tea", 20, 0);
        assert_ne!(egg, tea);
        add(&mut running, "long nap", 30, 0);
        assert_eq!(running.cancel(|t| t.id == egg).0.len(), 1);
        asked.refresh();
        for known in [&running, &asked, &book(folder.path(), 0)] {
            let labels: Vec<&str> = known.list().iter().filter_map(|t| t.label.as_deref()).collect();
            assert_eq!(labels, ["tea", "long nap"]);
        }
        assert_eq!(labels(&asked.due(at(20))), [("tea", false)]);
        assert_eq!(running.due(at(20)), [], "it has rung");
        running.refresh();
        assert_eq!(running.next_due(), Some(at(30)));
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
