//! Ears and mouth: listening, lending the microphone to a trial and taking it back, and what is said aside from any
//! conversation.

use std::io;
use std::sync::Arc;
use std::sync::mpsc as sync;
use std::thread::ThreadId;
use std::time::Instant;

use jarvis_audio::{Capture, CaptureConfig};
use jarvis_core::{Code, Event, EventKind, Failure, VoiceState};
use jarvis_voice::session::Input;
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Assistant;
use crate::aloud::{Begun, Speaker};
use crate::announcer::{Alone, Announcer};
use crate::chime::chime;
use crate::conversation::Conversation;
use crate::listen::bell::Bell;
use crate::listen::volume::Volume;
use crate::listen::{Command, Devices, Listening};
use crate::mouth::Mouth;
use crate::preview::Preview;
use crate::trial::{Trial, TrialKind};

/// Who has the microphone, and who rings.
#[derive(Default)]
pub(super) struct Voice {
    /// Whether it is to listen whenever it can.
    wanted: bool,
    ears: Ears,
    /// Rings while nobody listens.
    announcer: Option<Announcer>,
    /// What is still to ring, between two who do.
    bell: Bell,
    /// How loud Jarvis was told to speak.
    volume: Volume,
    /// Whether it was told that somebody listens.
    told: bool,
}

enum Ears {
    /// Nobody listens; perhaps because something is missing.
    Closed(Option<Failure>),
    Open(Listening),
    /// The microphone is lent.
    Lent(Trial),
}

impl Default for Ears {
    fn default() -> Self {
        Self::Closed(None)
    }
}

impl Voice {
    /// What is to be said once, by whoever has the voice first.
    fn lacks_microphone(&self) -> bool {
        matches!(&self.ears, Ears::Closed(Some(problem)) if self.wanted && problem.code == Code::NoMicrophone)
    }

    pub(super) fn say_first(&mut self, sentences: Vec<String>) {
        self.bell = Bell::with(sentences, Instant::now());
    }
}

/// What the voice is doing, as a page shows it when it opens; events tell the rest.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VoiceStatus {
    /// Whether a microphone is listened to.
    pub available: bool,
    /// What it is doing.
    pub state: VoiceState,
    /// Whether it hears nothing at present.
    pub muted: bool,
    /// Why it is not available.
    pub problem: Option<Failure>,
}

impl Assistant {
    /// Opens microphone and speaker and listens, from now on whenever it can. What is missing is told, and kept for
    /// [`Self::voice`].
    pub async fn listen(&self) {
        let mut voice = self.voice.lock().await;
        voice.wanted = true;
        self.settle(&mut voice).await;
    }

    /// Listens where nothing but a microphone was missing for it, and now there is one.
    pub(super) async fn listen_if_plugged_in(&self) {
        if !self.voice.lock().await.lacks_microphone() {
            return;
        }
        let config = CaptureConfig { device: self.config().audio.input.clone() };
        let there = tokio::task::spawn_blocking(move || Capture::open(config).is_ok()).await;
        let mut voice = self.voice.lock().await;
        if there.is_ok_and(|there| there) && voice.lacks_microphone() {
            self.settle(&mut voice).await;
        }
    }

    /// Closes microphone and speaker, until [`Self::listen`]. What has run out rings all the same.
    pub async fn pause_listening(&self) {
        let mut voice = self.voice.lock().await;
        voice.wanted = false;
        self.settle(&mut voice).await;
    }

    /// Listens where that is wanted and possible; else only rings. What has changed is told.
    async fn settle(&self, voice: &mut Voice) {
        self.settle_quietly(voice).await;
        let listening = matches!(voice.ears, Ears::Open(_));
        if std::mem::replace(&mut voice.told, listening) != listening {
            self.bus.publish(None, EventKind::ListeningChanged { listening });
        }
    }

    async fn settle_quietly(&self, voice: &mut Voice) {
        self.close(voice).await;
        let mut problem = None;
        if voice.wanted {
            match self.open(voice) {
                Ok(listening) => {
                    voice.ears = Ears::Open(listening);
                    return;
                }
                Err(failure) => {
                    self.bus.fail(None, failure.clone());
                    problem = Some(failure);
                }
            }
        }
        voice.ears = Ears::Closed(problem);
        self.announce(voice);
    }

    /// Nobody listens and nobody rings.
    async fn close(&self, voice: &mut Voice) {
        if let Some(announcer) = voice.announcer.take() {
            voice.bell = announcer.hand_over().await;
        }
        match std::mem::take(&mut voice.ears) {
            Ears::Open(listening) => (voice.bell, voice.volume) = listening.hand_over().await,
            Ears::Lent(trial) => trial.end().await,
            Ears::Closed(_) => {}
        }
        if self.bus.voice().0 != VoiceState::Idle {
            self.bus.publish(None, EventKind::StateChanged { state: VoiceState::Idle });
        }
    }

    fn announce(&self, voice: &mut Voice) {
        let parts = self.parts();
        voice.volume = voice.volume.under(parts.setup.config.audio.volume);
        let (bell, volume) = (std::mem::take(&mut voice.bell), voice.volume.now());
        voice.announcer = Some(Announcer::start(parts, self.bus.clone(), bell, volume));
    }

    fn open(&self, voice: &mut Voice) -> Result<Listening, Failure> {
        let parts = self.parts();
        let audio = &parts.setup.config.audio;
        let capture =
            Capture::open(CaptureConfig { device: audio.input.clone() }).map_err(|e| e.failure())?;
        let (devices, problem) = Devices::open(capture, audio);
        // Without a speaker answers are given in writing.
        if let Some(problem) = problem {
            self.bus.fail(None, problem.failure());
        }
        let conversation =
            Conversation::with_brain(&parts.setup, Arc::clone(&parts.brain), self.bus.clone())?;
        let mut session = parts.setup.session()?;
        if self.bus.voice().1 {
            // It was muted before it was closed, and everybody knows.
            session.input(Input::Mute(true));
        }
        voice.volume = voice.volume.under(audio.volume);
        let (bell, volume) = (std::mem::take(&mut voice.bell), voice.volume);
        Listening::go_on(Arc::new(conversation), session, devices, bell, volume)
            .map_err(|e| Failure::sentence(Code::Internal, &e, "Restart Jarvis."))
    }

    /// What the voice is doing.
    pub async fn voice(&self) -> VoiceStatus {
        let (state, muted) = self.bus.voice();
        let voice = self.voice.lock().await;
        let (available, problem) = match &voice.ears {
            Ears::Open(_) => (true, None),
            Ears::Lent(_) => (voice.wanted, None),
            Ears::Closed(problem) => (false, problem.clone()),
        };
        VoiceStatus { available, state, muted, problem }
    }

    /// Asks something of the voice. A trial ends where its microphone is needed. Silence can be had in any case.
    pub async fn command(&self, command: Command) -> Result<(), Failure> {
        if command == Command::Stop {
            self.solo.end().await;
        }
        let mut voice = self.voice.lock().await;
        let needs_ears = matches!(
            command,
            Command::Attend | Command::TalkPressed | Command::DictatePressed | Command::Mute(_)
        );
        if needs_ears && matches!(voice.ears, Ears::Lent(_)) {
            self.settle(&mut voice).await;
        }
        if command == Command::Stop
            && let Some(announcer) = &voice.announcer
        {
            announcer.silence();
            return Ok(());
        }
        match &voice.ears {
            Ears::Open(listening) => {
                listening.command(command);
                Ok(())
            }
            Ears::Lent(_) => Ok(()),
            Ears::Closed(problem) => Err(problem.clone().unwrap_or_else(|| {
                Failure::new(
                    Code::NoMicrophone,
                    "Jarvis is not listening.",
                    "Start it with `jarvis serve`, without `--no-voice`.",
                )
            })),
        }
    }

    /// What was made of the settings is made anew.
    pub(super) async fn renew_voice(&self) {
        let mut voice = self.voice.lock().await;
        match &voice.ears {
            // The microphone stays where it is; the rest is taken up when the trial is over.
            Ears::Lent(trial) if trial.hears_wake_word() => match self.parts().setup.wake_on_trial() {
                Ok(wake) => trial.replace_wake(wake),
                Err(failure) => self.bus.fail(None, failure),
            },
            Ears::Lent(_) => {}
            Ears::Open(_) | Ears::Closed(_) => self.settle(&mut voice).await,
        }
    }

    /// Silences everything, and listens no more.
    pub(super) async fn close_voice(&self) {
        self.solo.end().await;
        let mut voice = self.voice.lock().await;
        voice.wanted = false;
        self.close(&mut voice).await;
    }

    /// Tries a microphone, the configured one when none is named, for a minute or until [`Self::end_trial`]. It takes the
    /// place of listening, and of an earlier trial.
    pub async fn begin_trial(
        self: &Arc<Self>,
        what: TrialKind,
        device: Option<String>,
    ) -> Result<(), Failure> {
        let parts = self.parts();
        let wake = match what {
            TrialKind::Level => None,
            TrialKind::Wake => Some(parts.setup.wake_on_trial()?),
        };
        let bus = self.bus.clone();
        // It ends without a word.
        self.lend(device, move |capture| Trial::start(capture, wake, bus)).await.map(drop)
    }

    /// Records so many samples (16 kHz) of the configured microphone. It takes the place of listening, as a trial does.
    pub(super) async fn record(self: &Arc<Self>, samples: usize) -> Result<Vec<f32>, Failure> {
        let bus = self.bus.clone();
        let recording = self.lend(None, move |capture| Trial::record(capture, samples, bus)).await?;
        let said = recording.await.ok().flatten().filter(|said| said.len() >= samples);
        said.ok_or_else(|| Failure::new(Code::Cancelled, "The recording was broken off.", "Record it again."))
    }

    /// Lends a microphone, the configured one when none is named, to a trial that begins with it. Listening, where it is wanted,
    /// is back when what is returned is over; that has what the trial told in the end.
    async fn lend<T: Send + 'static>(
        self: &Arc<Self>,
        device: Option<String>,
        start: impl FnOnce(Capture) -> io::Result<(Trial, oneshot::Receiver<T>)> + Send,
    ) -> Result<JoinHandle<Option<T>>, Failure> {
        let device = device.unwrap_or_else(|| self.config().audio.input);
        let mut voice = self.voice.lock().await;
        // Some microphones can be opened only once.
        self.close(&mut voice).await;
        let begun = Capture::open(CaptureConfig { device }).map_err(|e| e.failure()).and_then(|capture| {
            start(capture).map_err(|e| Failure::sentence(Code::Internal, &e, "Restart Jarvis."))
        });
        let (trial, is_over) = match begun {
            Ok(begun) => begun,
            Err(failure) => {
                self.settle(&mut voice).await;
                return Err(failure);
            }
        };
        let (assistant, id) = (Arc::clone(self), trial.id());
        voice.ears = Ears::Lent(trial);
        self.announce(&mut voice);
        Ok(tokio::spawn(async move {
            let told = is_over.await.ok();
            assistant.take_back(Some(id)).await;
            told
        }))
    }

    /// Ends the trial of the microphone, if there is one. Jarvis listens again where it did.
    pub async fn end_trial(&self) {
        self.take_back(None).await;
    }

    /// Takes the microphone back from that trial, or from any.
    async fn take_back(&self, id: Option<ThreadId>) {
        let mut voice = self.voice.lock().await;
        if matches!(&voice.ears, Ears::Lent(trial) if id.is_none_or(|id| trial.id() == id)) {
            self.settle(&mut voice).await;
        }
    }

    /// Plays a short tone on a speaker, the configured one when none is named. Returns when it is heard.
    pub async fn test_tone(&self, device: Option<String>) -> Result<(), Failure> {
        let parts = self.parts();
        let play = |begun: Begun| async move {
            let audio = &parts.setup.config.audio;
            let device = device.as_ref().unwrap_or(&audio.output);
            Speaker::open(device, audio.volume).await?.play(Some(chime()), None, &begun).await
        };
        self.solo.begin(&self.bus, play).await
    }

    /// Says a sentence with another voice or speed. Returns when it is heard. Nobody is answered meanwhile; whoever speaks
    /// to Jarvis ends it.
    pub async fn preview(self: &Arc<Self>, preview: Preview) -> Result<(), Failure> {
        let (mouth, text) = preview.prepare(&self.parts().setup, &self.bus)?;
        let assistant = Arc::clone(self);
        let play = |begun: Begun| async move { assistant.say_aside(&mouth, text, &begun).await };
        self.solo.begin(&self.bus, play).await
    }

    async fn say_aside(&self, mouth: &Mouth, text: String, begun: &Begun) -> Result<(), Failure> {
        let parts = self.parts();
        let audio = &parts.setup.config.audio;
        let speaker = Speaker::open(&audio.output, audio.volume).await?;
        let events = self.bus.subscribe();
        let _floor = match &self.voice.lock().await.ears {
            Ears::Open(listening) => Floor::taken(listening.inputs()),
            Ears::Closed(_) | Ears::Lent(_) => Floor::Alone(Alone::speaks(&self.bus)),
        };
        tokio::select! {
            said = speaker.play(None, Some((mouth, text)), begun) => said,
            () = lost(events) => Ok(()),
        }
    }
}

/// The right to speak aside from any conversation; given back when dropped.
enum Floor {
    /// With somebody listening, who must not take it for the person's voice.
    Session(sync::Sender<Input>),
    Alone(#[expect(dead_code, reason = "it is there to be dropped")] Alone),
}

impl Floor {
    /// Whatever is being said or thought about is given up for it.
    fn taken(session: sync::Sender<Input>) -> Self {
        for input in [Input::Stop, Input::Aside] {
            // Ears that have gone hear nothing.
            let _ = session.send(input);
        }
        Self::Session(session)
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        if let Self::Session(session) = self {
            // As above.
            let _ = session.send(Input::Announced);
        }
    }
}

/// Waits until somebody else has the floor: a person who speaks, or wants silence.
async fn lost(mut events: Receiver<Event>) {
    let mut had = false;
    loop {
        match events.recv().await {
            Ok(Event { kind: EventKind::StateChanged { state }, .. }) => match state {
                VoiceState::Speaking => had = true,
                _ if had => return,
                _ => {}
            },
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return std::future::pending().await,
        }
    }
}
