//! The timer book in use: shared by the reflexes and the model's tools that change it, and watched by the
//! stage or the announcer that rings.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jarvis_agents::timers::{Due, TimerBook};
use jarvis_core::{Code, Failure};
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::sleep;

/// A laptop that sleeps stops the clock that tokio sleeps by, so the time of day is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Timers and alarms that have not rung.
pub struct Timers {
    book: Mutex<TimerBook>,
    changed: Notify,
}

impl Timers {
    /// Reads the file. What is wrong with it is told, and nothing in it is lost.
    pub fn open(file: PathBuf) -> (Self, Option<Failure>) {
        let (book, problem) = TimerBook::open(file, Timestamp::now());
        let problem = problem.map(|e| {
            let remedy = "Set the timers that matter again; the old file is kept.";
            Failure::sentence(Code::Internal, &e, remedy)
        });
        (Self { book: Mutex::new(book), changed: Notify::new() }, problem)
    }

    /// Reads or changes the book. The bell looks at it again afterwards.
    pub fn with<T>(&self, f: impl FnOnce(&mut TimerBook) -> T) -> T {
        let result = f(&mut self.lock());
        self.changed.notify_one();
        result
    }

    /// Waits for the next timers to run out. Dropping the future loses none.
    pub async fn next(&self) -> Vec<Due> {
        loop {
            let now = Timestamp::now();
            let due = self.lock().due(now);
            if !due.is_empty() {
                return due;
            }
            let wait = self.lock().next_due().map_or(LOOK_EVERY, |at| {
                Duration::try_from(at.duration_since(now)).unwrap_or_default().min(LOOK_EVERY)
            });
            tokio::select! {
                () = sleep(wait) => {}
                () = self.changed.notified() => {}
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, TimerBook> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
