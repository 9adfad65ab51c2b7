//! What is thought about a talk once it pauses: what the person said of themselves is noted, and the beginning of a long talk is summed
//! up. Who speaks to Jarvis comes first: what was being thought then is given up, and thought again at the next pause.

use std::sync::Arc;
use std::time::Duration;

use jarvis_core::{Code, Event, EventKind, Failure};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::brain::Brain;
use crate::bus::EventBus;
use crate::journal::REMEMBERED;

/// Nothing happens for so long: that is a pause. A follow-up question would have come by then.
const PAUSE: Duration = Duration::from_secs(20);
/// What was said before is not thought about any more.
const RECENT: SignedDuration = SignedDuration::from_hours(48);
/// A summary is brought up to date when so many messages are to come into it.
const LEAST: u32 = 8;
/// So many come into it at once.
const MOST: u32 = 24;

/// Thinks in every pause until `stopping`, with the brain that there is then.
pub async fn think_in_pauses(
    bus: EventBus,
    brain: impl Fn() -> Arc<Brain> + Send + Sync,
    stopping: CancellationToken,
) {
    let mut events = bus.subscribe();
    // Something may be left from an earlier run.
    let mut over = false;
    loop {
        let thinking = async {
            if over {
                return std::future::pending().await;
            }
            tokio::time::sleep(PAUSE).await;
            while bus.journal().is_busy() {
                tokio::time::sleep(PAUSE).await;
            }
            if let Err(failure) = think(&bus, &brain()).await {
                tracing::debug!(%failure, "nothing is noted now");
            }
        };
        over = tokio::select! {
            () = stopping.cancelled() => return,
            stirred = stirs(&mut events) => if stirred { false } else { return },
            () = thinking => true,
        };
    }
}

/// Waits until somebody speaks or writes, or an answer is given. False when nothing will happen any more.
async fn stirs(events: &mut Receiver<Event>) -> bool {
    loop {
        match events.recv().await {
            Ok(event) if event.turn.is_some() => return true,
            Ok(Event { kind: EventKind::WakeDetected { .. } | EventKind::SpeechStarted { .. }, .. }) => {
                return true;
            }
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return false,
        }
    }
}

/// Notes and sums up what there is.
pub(crate) async fn think(bus: &EventBus, brain: &Brain) -> Result<(), Failure> {
    let (journal, now) = (bus.journal(), Timestamp::now());
    let mut thought = false;
    while let Some(unnoted) = journal.with(move |store| store.unnoted(now - RECENT)).await? {
        let facts = brain.notes(&unnoted.text).await?;
        thought |= !facts.is_empty();
        let noted = journal.with(move |store| store.note(unnoted.message, &facts, Timestamp::now())).await;
        // What was forgotten meanwhile is not noted.
        if !forgotten(noted)?.unwrap_or_default().is_empty() {
            journal.memory().catch_up();
            bus.publish(None, EventKind::MemoryChanged);
        }
    }
    while let Some(unsummed) =
        journal.with(move |store| store.unsummed(now - RECENT, REMEMBERED, LEAST, MOST)).await?
    {
        let summary = brain.sum_up(unsummed.summary.as_deref(), &unsummed.messages).await?;
        forgotten(journal.with(move |store| store.set_summary(&unsummed, &summary)).await)?;
        thought = true;
    }
    // The next question finds the model as it was.
    if thought { brain.warm().await } else { Ok(()) }
}

/// None when what it was about is gone.
fn forgotten<T>(done: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(failure) if failure.code == Code::NotFound => Ok(None),
        Err(failure) => Err(failure),
    }
}
