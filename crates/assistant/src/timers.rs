//! The timer book in use: shared by the reflexes and the model's tools that change it, and watched by the
//! stage or the announcer that rings.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use jarvis_agents::timers::{Due, TimerBook};
use jarvis_core::{Code, Failure};
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::sleep;

/// The time of day and the file are looked at this often: a laptop that sleeps stops the clock that tokio sleeps by, and another
/// program may have set or cancelled something.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What rings is silenced by itself after this long at the latest.
const RINGS_FOR: Duration = Duration::from_secs(90);

/// Timers and alarms that have not rung.
pub struct Timers {
    book: Mutex<Watched>,
    /// When one has rung last that nobody has silenced.
    rang: Mutex<Option<Instant>>,
    changed: Notify,
}

struct Watched {
    book: TimerBook,
    looked: Instant,
}

impl Watched {
    /// Takes over what another program has changed, where that was not looked for just now.
    fn look(&mut self, now: Instant) {
        if now.duration_since(self.looked) >= LOOK_EVERY {
            self.looked = now;
            self.book.refresh();
        }
    }
}

impl Timers {
    /// Reads the file. What is wrong with it is told, and nothing in it is lost.
    pub fn open(file: PathBuf) -> (Self, Option<Failure>) {
        let (book, problem) = TimerBook::open(file, Timestamp::now());
        let problem = problem.map(|e| {
            let remedy = "Set the timers that matter again; the old file is kept.";
            Failure::sentence(Code::Internal, &e, remedy)
        });
        let book = Mutex::new(Watched { book, looked: Instant::now() });
        (Self { book, rang: Mutex::default(), changed: Notify::new() }, problem)
    }

    /// Reads or changes the book. The bell looks at it again afterwards.
    pub fn with<T>(&self, f: impl FnOnce(&mut TimerBook) -> T) -> T {
        let mut watched = lock(&self.book);
        watched.book.refresh();
        let result = f(&mut watched.book);
        drop(watched);
        self.changed.notify_one();
        result
    }

    /// Waits for the next timers to run out. Dropping the future loses none.
    pub async fn next(&self) -> Vec<Due> {
        loop {
            let now = Timestamp::now();
            let due = self.run_out(now, Instant::now());
            if !due.is_empty() {
                return due;
            }
            let next = try_lock(&self.book).and_then(|watched| watched.book.next_due());
            let wait = next.map_or(LOOK_EVERY, |at| {
                Duration::try_from(at.duration_since(now)).unwrap_or_default().min(LOOK_EVERY)
            });
            tokio::select! {
                () = sleep(wait) => {}
                () = self.changed.notified() => {}
            }
        }
    }

    /// What has run out, also of what another program has set. `at` is `now` on the clock that never goes back. Nothing as long as
    /// somebody else has the book: a reflex may wait for the memory meanwhile, and who rings has "stop" to hear. It is told by
    /// `changed` when that is over.
    fn run_out(&self, now: Timestamp, at: Instant) -> Vec<Due> {
        let Some(mut watched) = try_lock(&self.book) else { return Vec::new() };
        watched.look(at);
        let due = watched.book.due(now);
        if !due.is_empty() {
            *lock(&self.rang) = Some(at);
        }
        due
    }

    /// Whether one rings, as far as nobody has told that it is silent.
    pub fn rings(&self) -> bool {
        lock(&self.rang).is_some_and(|at| at.elapsed() < RINGS_FOR)
    }

    /// None rings any more.
    pub fn silenced(&self) {
        *lock(&self.rang) = None;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// None as long as somebody else has it.
fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(broken)) => Some(broken.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

#[cfg(test)]
mod tests {
    use jarvis_agents::timers::TimerKind;

    use super::*;

    #[test]
    fn what_another_program_sets_rings_here() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("timers.json");
        let (timers, problem) = Timers::open(file.clone());
        assert!(problem.is_none());
        let (now, start) = (Timestamp::now(), Instant::now());
        let (mut other, _) = TimerBook::open(file, now);
        other.set(TimerKind::Timer, Some("egg".into()), None, now, now).1.unwrap();
        assert!(!timers.rings());
        let due = timers.run_out(now, start + LOOK_EVERY);
        assert_eq!(due.iter().map(|due| due.timer.label.as_deref()).collect::<Vec<_>>(), [Some("egg")]);
        assert!(timers.rings());
        timers.silenced();
        assert!(!timers.rings());
        assert!(timers.run_out(now, start + 2 * LOOK_EVERY).is_empty(), "it has rung");
        assert!(TimerBook::open(folder.path().join("timers.json"), now).0.list().is_empty());
    }

    #[test]
    fn who_rings_does_not_wait_for_who_has_the_book() {
        let folder = tempfile::tempdir().unwrap();
        let (timers, _) = Timers::open(folder.path().join("timers.json"));
        let (now, start) = (Timestamp::now(), Instant::now());
        timers.with(|book| {
            book.set(TimerKind::Timer, None, None, now, now).1.unwrap();
            assert!(timers.run_out(now, start).is_empty());
        });
        assert_eq!(timers.run_out(now, start).len(), 1);
    }
}
