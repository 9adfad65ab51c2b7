//! Whether an open device is still alive.
//!
//! Its error callback reports [`Trouble`]; the thread that owns the device keeps a [`Watch`]. A device is dead when it
//! says so, or when its callback is not called any more. Errors alone are not enough: sound servers report some while
//! a stream starts or moves to another device, and go on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use cpal::ErrorKind;

/// A silent callback means death after this time,
const STALLED: Duration = Duration::from_secs(1);
/// but sooner where errors were reported,
const SICK: Duration = Duration::from_millis(500);
/// and later where it was never called: some sound servers need a while for the first call.
const STARTING: Duration = Duration::from_secs(4);
/// A dead device's error callback may be called without end; this keeps it from taking a whole core meanwhile.
const BETWEEN_ERRORS: Duration = Duration::from_millis(5);

/// What the error callback has reported.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    fatal: AtomicBool,
    reason: Mutex<Option<String>>,
}

impl Trouble {
    /// The error callback: never called together with the data callback.
    pub fn report(&self, error: &cpal::Error, owner: &Thread) {
        match error.kind() {
            // Some samples are lost, or none.
            ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => return,
            ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable | ErrorKind::StreamInvalidated => {
                self.fatal.store(true, Ordering::Release);
            }
            _ => {}
        }
        *self.reason.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
        owner.unpark();
        thread::sleep(BETWEEN_ERRORS);
    }

    fn reason(&self) -> Option<String> {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn forget(&self) {
        *self.reason.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Keeps an eye on the callback.
#[derive(Debug)]
pub(crate) struct Watch {
    first: u64,
    seen: u64,
    alive: Instant,
}

impl Watch {
    /// For a device just opened, whose callback was called `calls` times before.
    pub fn new(calls: u64) -> Self {
        Self { first: calls, seen: calls, alive: Instant::now() }
    }

    /// How long the device has until it must be looked at again.
    ///
    /// # Errors
    /// Why it is dead.
    pub fn check(&mut self, calls: u64, trouble: &Trouble) -> Result<Duration, String> {
        self.check_at(calls, trouble, Instant::now())
    }

    fn check_at(&mut self, calls: u64, trouble: &Trouble, now: Instant) -> Result<Duration, String> {
        let reason = trouble.reason();
        if trouble.fatal.load(Ordering::Acquire) {
            return Err(reason.unwrap_or_default());
        }
        if calls != self.seen {
            (self.seen, self.alive) = (calls, now);
            trouble.forget();
        }
        let patience = match &reason {
            Some(_) => SICK,
            None if self.seen == self.first => STARTING,
            None => STALLED,
        };
        let left = patience.saturating_sub(now.duration_since(self.alive));
        if left.is_zero() { Err(reason.unwrap_or_else(|| "its callback is silent".into())) } else { Ok(left) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After a first call and, if given, an error: whether the device is dead `silent` later.
    fn check(error: Option<ErrorKind>, silent: Duration, dead: bool) {
        let trouble = Trouble::default();
        let mut watch = Watch::new(5);
        let start = Instant::now();
        watch.check_at(6, &trouble, start).unwrap();
        if let Some(kind) = error {
            trouble.report(&kind.into(), &thread::current());
        }
        let verdict = watch.check_at(6, &trouble, start + silent);
        assert_eq!(verdict.is_err(), dead, "{error:?} and {silent:?} of silence: {verdict:?}");
    }

    #[test]
    fn silence_is_death_and_errors_hasten_it() {
        check(None, STALLED / 2, false);
        check(None, STALLED, true);
        check(Some(ErrorKind::Xrun), SICK, false);
        check(Some(ErrorKind::BackendError), SICK / 2, false);
        check(Some(ErrorKind::BackendError), SICK, true);
        check(Some(ErrorKind::DeviceNotAvailable), Duration::ZERO, true);
    }

    #[test]
    fn a_call_forgives_errors() {
        let trouble = Trouble::default();
        let mut watch = Watch::new(0);
        let start = Instant::now();
        trouble.report(&ErrorKind::BackendError.into(), &thread::current());
        watch.check_at(1, &trouble, start).unwrap();
        assert_eq!(watch.check_at(1, &trouble, start + SICK), Ok(STALLED - SICK));
    }

    #[test]
    fn starting_takes_longer() {
        let trouble = Trouble::default();
        let mut watch = Watch::new(7);
        watch.check_at(7, &trouble, watch.alive + STALLED).unwrap();
        watch.check_at(7, &trouble, watch.alive + STARTING).unwrap_err();
    }
}
