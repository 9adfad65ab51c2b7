//! The speaker: speech of any rate, queued piece by piece, played without gaps, silent at once when told.
//!
//! Callers only send commands and never wait. One thread owns the device and the queue: it resamples what it is
//! given, keeps a short ring filled from which the device's callback plays ([`feed`]), and tells what was played
//! as [`PlayerEvent`]s. The callback wakes it when the place it waits for has been reached, so nothing polls.
//!
//! An utterance is what one number names: pieces by [`Player::play`], its end by [`Player::finish`]. Numbers grow;
//! once an utterance is over, whatever still arrives for it is dropped, so a voice that is slow to notice an
//! interruption does not speak on.

mod feed;
mod output;
mod queue;
mod tap;

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jarvis_core::audio::{Pcm, SAMPLE_RATE};

use crate::{AudioError, Direction};
use feed::Dials;
use output::Output;
use queue::Queue;
use tap::Plumbing;

pub use tap::Tap;

/// Waits between two attempts to find a device.
const RETRY: std::ops::RangeInclusive<Duration> = Duration::from_millis(250)..=Duration::from_secs(2);

/// What happened at the speaker.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields' names say it")]
pub enum PlayerEvent {
    /// The first audible sample was handed to the device.
    Started { utterance: u64 },
    /// The last sample has left the speaker, the device's own delay included.
    Ended { utterance: u64 },
    /// It was stopped, or lost with the speaker; it will not go on.
    Interrupted { utterance: u64 },
    /// There is no speaker at present. Who asks for events then is told so first.
    Missing,
    /// The speaker went away.
    Lost { name: String },
    /// It, or the system's new default where that is what was asked for, is there.
    Found { name: String },
}

/// An open speaker, or one that is looked for. Dropping it silences it, closes the device and ends the thread.
pub struct Player {
    name: String,
    commands: Sender<Command>,
    dials: Arc<Dials>,
    thread: Option<JoinHandle<()>>,
}

enum Command {
    Play { utterance: u64, pcm: Pcm },
    Finish { utterance: u64 },
    Stop,
    Unhush,
    Subscribe(Sender<PlayerEvent>),
    Close,
}

impl Player {
    /// Opens the speaker called `device` ("default", a name or a part of it), with a volume of 0.0 to 1.0.
    ///
    /// # Errors
    /// When there is none, none of that name, or it cannot be used. Only a speaker that was open once is waited for.
    pub fn open(device: &str, volume: f32) -> Result<Self, AudioError> {
        let (player, missing) = Self::open_or_wait(device, volume)?;
        missing.map_or(Ok(player), Err)
    }

    /// The same, and what it plays.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_tapped(device: &str, volume: f32) -> Result<(Self, Tap), AudioError> {
        let (player, tap, missing) = Self::open_tapped_or_wait(device, volume)?;
        missing.map_or(Ok((player, tap)), Err)
    }

    /// As [`Self::open`], but a speaker that cannot be opened is looked for until it can be. Why it cannot stands beside; what is
    /// to be played meanwhile is interrupted at once.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn open_or_wait(device: &str, volume: f32) -> Result<(Self, Option<AudioError>), AudioError> {
        Self::start(device, volume, None)
    }

    /// The same, and what it plays.
    ///
    /// # Errors
    /// As [`Self::open_or_wait`].
    pub fn open_tapped_or_wait(
        device: &str,
        volume: f32,
    ) -> Result<(Self, Tap, Option<AudioError>), AudioError> {
        let (plumbing, tap) = Plumbing::new();
        let (player, missing) = Self::start(device, volume, Some(plumbing))?;
        Ok((player, tap, missing))
    }

    fn start(
        device: &str,
        volume: f32,
        tap: Option<Plumbing>,
    ) -> Result<(Self, Option<AudioError>), AudioError> {
        let (commands, inbox) = mpsc::channel();
        let (opened, result) = mpsc::sync_channel(1);
        let dials = Arc::<Dials>::default();
        dials.set_volume(volume);
        let (wanted, shared) = (device.to_owned(), Arc::clone(&dials));
        let thread = thread::Builder::new()
            .name("player".into())
            .spawn(move || {
                let (desk, name) = Desk::open(wanted, shared, tap, inbox);
                // The opener waits for exactly this.
                let _ = opened.send(name);
                desk.run();
            })
            .map_err(|e| AudioError::Unusable {
                direction: Direction::Output,
                name: device.to_owned(),
                reason: e.to_string(),
            })?;
        let (name, missing) = match result.recv().expect("the thread answers before anything else") {
            Ok(name) => (name, None),
            Err(e) => (device.to_owned(), Some(e)),
        };
        Ok((Self { name, commands, dials, thread: Some(thread) }, missing))
    }

    /// The name of the device that was opened; where it could not be, the name by which it is looked for.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Queues a piece behind everything queued so far. A piece without samples or rate is nothing.
    pub fn play(&self, utterance: u64, pcm: Pcm) {
        self.send(Command::Play { utterance, pcm });
    }

    /// No more pieces will come for the utterance: [`PlayerEvent::Ended`] follows when it has been heard, at once if
    /// there is nothing to hear.
    pub fn finish(&self, utterance: u64) {
        self.send(Command::Finish { utterance });
    }

    /// Silences everything that is queued or playing, within 100 ms.
    pub fn stop(&self) {
        self.send(Command::Stop);
    }

    /// Plays on unheard, within 50 ms, until [`Player::unhush`]: for a moment in which it is not sure whether it is to stop.
    pub fn hush(&self) {
        self.dials.set_hushed(true);
    }

    /// What is played is heard again. After [`Player::stop`], nothing of what was stopped is.
    pub fn unhush(&self) {
        self.send(Command::Unhush);
    }

    /// What happens from now on. Each call gives a receiver of its own; it ends with the player.
    pub fn events(&self) -> Receiver<PlayerEvent> {
        let (events, receiver) = mpsc::channel();
        self.send(Command::Subscribe(events));
        receiver
    }

    /// The volume, 0.0 to 1.0.
    pub fn volume(&self) -> f32 {
        self.dials.volume()
    }

    /// Sets the volume, 0.0 to 1.0, for what is playing too.
    pub fn set_volume(&self, volume: f32) {
        self.dials.set_volume(volume);
    }

    /// Level of what is being played, dBFS; -100 for silence.
    pub fn level(&self) -> f32 {
        self.dials.level()
    }

    /// How much sound, pauses left out, was handed to the device since it was opened.
    pub fn handed(&self) -> Duration {
        self.dials.handed()
    }

    /// How long it takes at most, as the device said last, until everything handed to it has been heard.
    pub fn latency(&self) -> Duration {
        self.dials.until_quiet()
    }

    fn send(&self, command: Command) {
        // The thread ends only with the player.
        let _ = self.commands.send(command);
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.send(Command::Close);
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the player's thread panicked");
        }
    }
}

/// The thread.
struct Desk {
    device: String,
    dials: Arc<Dials>,
    tap: Option<Plumbing>,
    inbox: Receiver<Command>,
    listeners: Vec<Sender<PlayerEvent>>,
    queue: Queue,
    speaker: Speaker,
}

enum Speaker {
    Open(Output),
    Lost { retry_at: Instant, wait: Duration },
}

impl Speaker {
    /// One that is looked for from now on.
    fn lost() -> Self {
        let wait = *RETRY.start();
        Self::Lost { retry_at: Instant::now() + wait, wait }
    }
}

impl Desk {
    /// Opens the speaker, or begins to look for it; also its name, or why it cannot be opened.
    fn open(
        device: String,
        dials: Arc<Dials>,
        tap: Option<Plumbing>,
        inbox: Receiver<Command>,
    ) -> (Self, Result<String, AudioError>) {
        let (speaker, rate, name) = match Output::open(&device, &dials, tap.as_ref()) {
            Ok(output) => {
                let (rate, name) = (output.rate, output.name.clone());
                (Speaker::Open(output), rate, Ok(name))
            }
            // Of no matter: nothing stays in the queue until there is a speaker, which brings its own.
            Err(e) => (Speaker::lost(), SAMPLE_RATE, Err(e)),
        };
        let queue = Queue::new(rate);
        (Self { device, dials, tap, inbox, listeners: Vec::new(), queue, speaker }, name)
    }

    fn run(mut self) {
        loop {
            loop {
                match self.inbox.try_recv() {
                    Ok(Command::Close) | Err(TryRecvError::Disconnected) => return,
                    Ok(command) => self.obey(command),
                    Err(TryRecvError::Empty) => break,
                }
            }
            let until = match self.speaker {
                Speaker::Open(_) => self.feed(),
                Speaker::Lost { retry_at, wait } => self.search(retry_at, wait),
            };
            // The callback wakes us, and so does every command.
            thread::park_timeout(until.saturating_duration_since(Instant::now()));
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Play { utterance, pcm } => {
                self.queue.play(utterance, &pcm);
                if matches!(self.speaker, Speaker::Lost { .. }) {
                    self.interrupt();
                }
            }
            Command::Finish { utterance } => {
                if self.queue.finish(utterance) {
                    self.tell(&PlayerEvent::Ended { utterance });
                }
            }
            Command::Stop => {
                self.dials.discard_to(self.queue.handed_over());
                self.interrupt();
            }
            Command::Unhush => self.dials.set_hushed(false),
            Command::Subscribe(listener) => {
                if matches!(self.speaker, Speaker::Lost { .. }) {
                    // Who does not listen any more is forgotten with the next event.
                    let _ = listener.send(PlayerEvent::Missing);
                }
                self.listeners.push(listener);
            }
            // Handled where the commands are taken.
            Command::Close => {}
        }
    }

    fn interrupt(&mut self) {
        for utterance in self.queue.clear() {
            self.tell(&PlayerEvent::Interrupted { utterance });
        }
    }

    fn tell(&mut self, event: &PlayerEvent) {
        // Whoever does not listen any more is forgotten.
        self.listeners.retain(|listener| listener.send(event.clone()).is_ok());
    }

    /// Keeps the ring filled and tells what was reached; returns when to look again at the latest.
    fn feed(&mut self) -> Instant {
        let Speaker::Open(output) = &mut self.speaker else { return Instant::now() };
        let now = Instant::now();
        let check_at = match output.check(self.dials.calls()) {
            Ok(left) => now + left,
            Err(reason) => {
                tracing::warn!(%reason, "the speaker is lost");
                return self.lose();
            }
        };
        self.queue.fill(&mut output.ring);
        let (position, quiet_at) = (self.dials.position(), now + self.dials.until_quiet());
        let (events, ends_at) = self.queue.reached(position, now, quiet_at);
        self.dials.wake_at(self.queue.next_mark(position));
        for event in events {
            self.tell(&event);
        }
        ends_at.map_or(check_at, |at| at.min(check_at))
    }

    fn lose(&mut self) -> Instant {
        // Closes the device: a dead one may call its error callback without end.
        let old = std::mem::replace(&mut self.speaker, Speaker::lost());
        if let Speaker::Open(output) = old {
            self.tell(&PlayerEvent::Lost { name: output.name.clone() });
        }
        self.interrupt();
        Instant::now()
    }

    fn search(&mut self, retry_at: Instant, wait: Duration) -> Instant {
        if Instant::now() < retry_at {
            return retry_at;
        }
        match Output::open(&self.device, &self.dials, self.tap.as_ref()) {
            Ok(output) => {
                self.queue.restart(output.rate);
                let name = output.name.clone();
                self.speaker = Speaker::Open(output);
                self.tell(&PlayerEvent::Found { name });
                Instant::now()
            }
            Err(error) => {
                tracing::debug!(%error, "the speaker is not there yet");
                let wait = (wait * 2).min(*RETRY.end());
                let retry_at = Instant::now() + wait;
                self.speaker = Speaker::Lost { retry_at, wait };
                retry_at
            }
        }
    }
}
