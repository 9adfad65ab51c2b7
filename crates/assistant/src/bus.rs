//! The event bus: everything that happens, in one order, to whoever listens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use jarvis_core::{Event, EventKind, Failure, TurnId};
use tokio::sync::broadcast;

/// Events a slow listener may lag behind before it misses some. Levels come four times a second, words a
/// few tens of times: this is about a minute.
const CAPACITY: usize = 4096;

/// Cheap to clone; every clone is the same bus.
#[derive(Clone)]
pub struct EventBus {
    events: broadcast::Sender<Event>,
    next: Arc<AtomicU64>,
    started: Instant,
}

impl Default for EventBus {
    fn default() -> Self {
        Self { events: broadcast::channel(CAPACITY).0, next: Arc::default(), started: Instant::now() }
    }
}

impl EventBus {
    /// Says what happened. Nobody has to be listening.
    pub fn publish(&self, turn: Option<TurnId>, kind: EventKind) {
        let seq = self.next.fetch_add(1, Ordering::Relaxed);
        let at_ms = self.started.elapsed().as_millis() as u64;
        // An error only means that nobody listens.
        let _ = self.events.send(Event { seq, at_ms, turn, kind });
    }

    /// Says that something does not work.
    pub fn fail(&self, turn: Option<TurnId>, failure: Failure) {
        tracing::warn!(code = ?failure.code, "failed");
        self.publish(turn, EventKind::Failed { failure });
    }

    /// Everything from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Milliseconds since the assistant started: the clock of every event.
    pub fn now_ms(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }
}
