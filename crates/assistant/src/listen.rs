//! The live loop: a microphone in, a speaker out.
//!
//! One task, the stage, owns everything that changes: the current turn, the drafts, what waits to be announced.
//! The ears' thread owns the session and tells the stage what it signals; recognition and answers
//! run as tasks of their own and report back. All of it arrives in one inbox.

pub(crate) mod bell;
mod devices;
mod ears;
mod stage;
pub(crate) mod volume;

use std::sync::Arc;
use std::time::Instant;

use jarvis_agents::reflex::VolumeChange;
use jarvis_voice::session::{Input, Session};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::conversation::Conversation;
use bell::Bell;
use ears::{Ears, Hearing};
use stage::{Message, Stage};
use volume::Volume;

pub use devices::Devices;

/// What a person can ask of a running assistant besides speaking to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Hear a request without the wake word.
    Attend,
    /// The same, until the key is let go.
    TalkPressed,
    /// The key was let go: the request is over.
    TalkReleased,
    /// Hear what is to be typed into the window that has the focus, until the key is let go.
    DictatePressed,
    /// Silence the answer.
    Stop,
    /// Hear nothing, or hear again.
    Mute(bool),
    /// Speak louder or softer.
    Volume(VolumeChange),
}

/// A running voice loop.
pub struct Listening {
    cancel: CancellationToken,
    stage: tokio::task::JoinHandle<(Bell, Volume)>,
    ears: Ears,
    inbox: mpsc::Sender<Message>,
}

impl Listening {
    /// Starts. Where there is no speaker, answers are given in writing only.
    pub fn start(
        conversation: Arc<Conversation>,
        session: Session,
        devices: Devices,
    ) -> std::io::Result<Self> {
        let bell = Bell::with(conversation.bus.take_unsaid(), Instant::now());
        let volume = devices.player.as_ref().map(|player| Volume::of(player.volume())).unwrap_or_default();
        Self::go_on(conversation, session, devices, bell, volume)
    }

    /// The same, with what somebody else has left to ring, and as loud as they were.
    pub(crate) fn go_on(
        conversation: Arc<Conversation>,
        session: Session,
        devices: Devices,
        bell: Bell,
        volume: Volume,
    ) -> std::io::Result<Self> {
        let cancel = CancellationToken::new();
        let (inbox, messages) = mpsc::channel(256);
        let Devices { capture, player, tap, cleaning, .. } = devices;
        let ears = Ears::start(session, Hearing { capture, cleaning, tap }, inbox.clone())?;
        let inputs = ears.inputs();
        let stage = Stage::new(conversation, player, inputs, inbox.clone(), cancel.clone(), bell, volume)?;
        let stage = tokio::spawn(stage.run(messages));
        Ok(Self { cancel, stage, ears, inbox })
    }

    /// Asks something of it.
    pub fn command(&self, command: Command) {
        let input = match command {
            Command::Attend => Input::Attend,
            Command::TalkPressed => Input::TalkPressed,
            Command::DictatePressed => Input::DictatePressed,
            Command::TalkReleased => Input::TalkReleased,
            Command::Stop => Input::Stop,
            Command::Mute(muted) => Input::Mute(muted),
            Command::Volume(change) => {
                // A full inbox means that the stage is busy with more than loudness.
                let _ = self.inbox.try_send(Message::Volume(change));
                return;
            }
        };
        self.ears.input(input);
    }

    /// Where inputs for the session go.
    pub(crate) fn inputs(&self) -> std::sync::mpsc::Sender<Input> {
        self.ears.inputs()
    }

    /// Stops and waits until everything has stopped.
    pub async fn stop(self) {
        self.hand_over().await;
    }

    /// The same. What is still to ring is for somebody else to ring, as loud as this was.
    pub(crate) async fn hand_over(self) -> (Bell, Volume) {
        self.cancel.cancel();
        // A panic of the stage was logged where it happened; there is nothing more to do about it here.
        let handed_over = self.stage.await.unwrap_or_default();
        self.ears.join();
        handed_over
    }
}
