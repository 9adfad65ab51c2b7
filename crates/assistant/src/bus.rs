//! The event bus: everything that happens, in one order, to whoever listens.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jarvis_core::{Event, EventKind, Failure, TurnId, VoiceState};
use tokio::sync::broadcast;

use crate::journal::Journal;

/// Events a slow listener may lag behind before it misses some. Levels come four times a second, or ten,
/// words a few tens of times: this is about a minute.
const CAPACITY: usize = 4096;

/// Events that are kept for listeners who come back.
const KEPT: usize = 1024;

/// What has happened lately.
#[derive(Default)]
struct Kept {
    next: u64,
    voice: VoiceState,
    muted: bool,
    events: VecDeque<Event>,
    /// The last event that was kept and no longer is.
    forgotten: Option<u64>,
}

/// Where a listener who comes, or comes back, goes on.
pub struct Replay {
    /// Everything from now on.
    pub live: broadcast::Receiver<Event>,
    /// What happened since the last event that was seen.
    pub since: Vec<Event>,
    /// Whether some of it is not known any more.
    pub missed: bool,
    /// Number of the first event that was not seen.
    pub next: u64,
}

/// Cheap to clone; every clone is the same bus.
#[derive(Clone)]
pub struct EventBus {
    journal: Arc<Journal>,
    events: broadcast::Sender<Event>,
    kept: Arc<Mutex<Kept>>,
    /// What is to be said aloud as soon as there is a voice.
    unsaid: Arc<Mutex<Vec<String>>>,
    started: Instant,
}

impl Default for EventBus {
    /// With a journal that ends with the program.
    fn default() -> Self {
        Self::new(Journal::in_memory())
    }
}

impl EventBus {
    /// A bus whose turns are recorded in `journal`.
    pub fn new(journal: Journal) -> Self {
        let (journal, events) = (Arc::new(journal), broadcast::channel(CAPACITY).0);
        Self { journal, events, kept: Arc::default(), unsaid: Arc::default(), started: Instant::now() }
    }

    /// Where every turn is recorded.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What the voice is doing, and whether it is muted.
    pub fn voice(&self) -> (VoiceState, bool) {
        let kept = self.kept();
        (kept.voice, kept.muted)
    }

    /// Says what happened. Nobody has to be listening.
    pub fn publish(&self, turn: Option<TurnId>, kind: EventKind) {
        let at_ms = self.started.elapsed().as_millis() as u64;
        // Sent under the lock, so that everybody sees one order.
        let mut kept = self.kept();
        let seq = kept.next;
        kept.next += 1;
        let conversation = turn.and_then(|turn| self.journal.conversation_of(turn));
        let event = Event { seq, at_ms, turn, conversation, kind };
        match event.kind {
            EventKind::StateChanged { state } => kept.voice = state,
            EventKind::MuteChanged { muted } => kept.muted = muted,
            _ => {}
        }
        let recorded = self.journal.record(&event);
        // A level from the past is of no use to anybody.
        if !matches!(event.kind, EventKind::Level { .. }) {
            if kept.events.len() == KEPT {
                kept.forgotten = kept.events.pop_front().map(|event| event.seq);
            }
            kept.events.push_back(event.clone());
        }
        // An error only means that nobody listens.
        let _ = self.events.send(event);
        drop(kept);
        if let Err(failure) = recorded {
            self.fail(None, failure);
        }
    }

    /// Says that something does not work.
    pub fn fail(&self, turn: Option<TurnId>, failure: Failure) {
        tracing::warn!(code = ?failure.code, "failed");
        self.publish(turn, EventKind::Failed { failure });
    }

    /// A sentence that is to be said aloud once, as soon as there is a voice: what a person must know who sees no window.
    pub fn say_unasked(&self, words: String) {
        self.unsaid.lock().unwrap_or_else(PoisonError::into_inner).push(words);
    }

    /// Those sentences, for who says them now.
    pub(crate) fn take_unsaid(&self) -> Vec<String> {
        std::mem::take(&mut *self.unsaid.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Everything from now on, and with `seen` what happened after that event.
    pub fn replay(&self, seen: Option<u64>) -> Replay {
        let kept = self.kept();
        let live = self.events.subscribe();
        let Some(seen) = seen else {
            return Replay { live, since: Vec::new(), missed: false, next: kept.next };
        };
        // A number from before Jarvis was started again says nothing.
        let missed = seen >= kept.next || kept.forgotten.is_some_and(|forgotten| forgotten > seen);
        let next = if missed { kept.next } else { seen + 1 };
        let since = kept.events.iter().filter(|event| event.seq >= next).cloned().collect();
        Replay { live, since, missed, next }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Milliseconds since the assistant started: the clock of every event.
    pub fn now_ms(&self) -> u64 {
        self.at_ms(Instant::now())
    }

    /// The same clock at another moment.
    pub fn at_ms(&self, at: Instant) -> u64 {
        at.saturating_duration_since(self.started).as_millis() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timer(label: usize) -> EventKind {
        EventKind::TimerRang { label: label.to_string() }
    }

    #[test]
    fn who_comes_back_is_told_what_was_missed_or_that_it_is_lost() {
        let bus = EventBus::default();
        for label in 0..KEPT {
            bus.publish(None, timer(label));
            bus.publish(None, EventKind::Level { rms_dbfs: -60.0 });
        }
        let check = |seen: Option<u64>, since: &[u64], missed: bool| {
            let replay = bus.replay(seen);
            assert_eq!(replay.since.iter().map(|e| e.seq).collect::<Vec<_>>(), since, "{seen:?}");
            assert_eq!(replay.missed, missed, "{seen:?}");
        };
        let last = 2 * KEPT as u64 - 1;
        check(None, &[], false);
        check(Some(last), &[], false);
        check(Some(last - 4), &[last - 3, last - 1], false);
        check(Some(last + 1), &[], true);
        assert_eq!(bus.replay(Some(0)).since.len(), KEPT - 1);
        bus.publish(None, timer(KEPT));
        bus.publish(None, timer(KEPT));
        check(Some(0), &[], true);
        check(Some(2), &bus.replay(Some(2)).since.iter().map(|e| e.seq).collect::<Vec<_>>(), false);

        let mut replay = bus.replay(None);
        bus.publish(None, timer(7));
        assert_eq!(replay.live.try_recv().unwrap().seq, replay.next);
    }
}
