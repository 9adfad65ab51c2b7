//! Rings where nobody listens: no microphone, a Jarvis that only answers what is typed, or a microphone on trial. A Jarvis
//! that listens rings by itself.

use std::sync::Arc;
use std::time::Instant;

use futures::FutureExt;
use futures::future::{BoxFuture, OptionFuture};
use jarvis_core::{Code, EventKind, Failure, VoiceState};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::sleep_until;
use tokio_util::sync::CancellationToken;

use crate::aloud::{Begun, Speaker};
use crate::assistant::Parts;
use crate::bus::EventBus;
use crate::chime::chime;
use crate::listen::bell::Bell;

/// A ring has no other beside it.
const UTTERANCE: u64 = 1;

/// A task that waits for timers.
pub(crate) struct Announcer {
    cancel: CancellationToken,
    silence: Arc<Notify>,
    task: JoinHandle<Bell>,
}

impl Announcer {
    /// Goes on with `bell`, what somebody else has left to ring, at a volume of 0.0 to 1.0.
    pub fn start(parts: Arc<Parts>, bus: EventBus, bell: Bell, volume: f32) -> Self {
        let (cancel, silence) = (CancellationToken::new(), Arc::<Notify>::default());
        let task = tokio::spawn(run(parts, bus, bell, volume, cancel.clone(), Arc::clone(&silence)));
        Self { cancel, silence, task }
    }

    /// Somebody has reacted: what rings is silent, and rings no more.
    pub fn silence(&self) {
        self.silence.notify_one();
    }

    /// Stops. What is still to ring is for somebody else to ring.
    pub async fn hand_over(self) -> Bell {
        self.cancel.cancel();
        // A panic was logged where it happened.
        self.task.await.unwrap_or_default()
    }
}

async fn run(
    parts: Arc<Parts>,
    bus: EventBus,
    mut bell: Bell,
    volume: f32,
    cancel: CancellationToken,
    silence: Arc<Notify>,
) -> Bell {
    let timers = Arc::clone(parts.brain.timers());
    let mut ringing: Option<BoxFuture<'_, Result<(), Failure>>> = None;
    loop {
        let next = bell.next_at();
        tokio::select! {
            biased;
            () = cancel.cancelled() => return bell.hand_over(Instant::now()),
            () = silence.notified() => {
                ringing = None;
                bell.acknowledge();
            }
            due = timers.next() => for due in due {
                let (words, label) = parts.brain.timer_words(&due);
                bus.publish(None, EventKind::TimerRang { label });
                bell.ring(words, parts.brain.timer_language(&due), due.missed, Instant::now());
            },
            Some(rung) = OptionFuture::from(ringing.as_mut()) => {
                ringing = None;
                bell.said(UTTERANCE, Instant::now());
                if let Err(failure) = rung {
                    if failure.code == Code::NoSpeaker {
                        bell.clear();
                    }
                    bus.fail(None, failure);
                }
            }
            () = sleep_until(next.unwrap_or_else(Instant::now).into()), if next.is_some() => {
                let said = bell.say(UTTERANCE, Instant::now());
                ringing = said.map(|(words, language)| ring(&parts, &bus, volume, words, language).boxed());
            }
        }
    }
}

/// The bell, and where there is a voice, what it rings for.
async fn ring(
    parts: &Parts,
    bus: &EventBus,
    volume: f32,
    words: String,
    language: String,
) -> Result<(), Failure> {
    let setup = &parts.setup;
    let speaker = Speaker::open(&setup.config.audio.output, volume).await?;
    let mouth = setup
        .mouth(bus.clone())
        .map(|mouth| mouth.in_language(&language))
        .inspect_err(|failure| tracing::info!(code = ?failure.code, "there is no voice to announce with"));
    let _speaking = Alone::speaks(bus);
    speaker.play(Some(chime()), mouth.as_ref().ok().map(|mouth| (mouth, words)), &Begun::default()).await
}

/// Jarvis speaks with nobody listening; dropped when that is over.
pub(crate) struct Alone(EventBus);

impl Alone {
    pub fn speaks(bus: &EventBus) -> Self {
        bus.publish(None, EventKind::StateChanged { state: VoiceState::Speaking });
        Self(bus.clone())
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        self.0.publish(None, EventKind::StateChanged { state: VoiceState::Idle });
    }
}
