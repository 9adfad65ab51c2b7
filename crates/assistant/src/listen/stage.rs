//! The stage: one inbox, one owner of everything that changes during a conversation.

mod announcing;
mod dictation;

use std::sync::{Arc, mpsc as sync};
use std::time::Instant;

use jarvis_agents::reflex::{Effect, VolumeChange};
use jarvis_agents::timers::Due;
use jarvis_audio::{Player, PlayerEvent};
use jarvis_core::{Code, EventKind, Failure, Outcome, TurnId, TurnTimings, VoiceState};
use jarvis_voice::session::{Input, Request, Signal};
use jarvis_voice::speech::SpeechError;
use jarvis_voice::wake::Candidate;
use tokio::sync::mpsc;
use tokio::time::sleep_until;
use tokio_util::sync::CancellationToken;

use super::bell::Bell;
use super::volume::Volume;
use crate::conversation::{Answered, Conversation, Heard};
use crate::mouth::Sink;
use dictation::Dictations;

type Recognised = Result<Option<Heard>, SpeechError>;

/// Everything that can happen to the stage.
pub(super) enum Message {
    /// The session says something; `now_ms` is its clock.
    Signal {
        signal: Signal,
        now_ms: u64,
    },
    /// The wake word or voice activity failed on a frame.
    EarsFailed(Failure),
    /// Level of the microphone, dBFS.
    Level(f32),
    MicrophoneLost {
        name: String,
    },
    MicrophoneFound {
        name: String,
    },
    /// A draft was recognised.
    Drafted {
        draft: u64,
        settled: bool,
        heard: Recognised,
    },
    /// A request without a usable draft was recognised.
    Transcribed {
        turn: TurnId,
        heard: Recognised,
    },
    /// What may be the wake word was looked at.
    Looked {
        look: u64,
        confirmed: Option<bool>,
    },
    /// Something said over the answer was recognised.
    Interjected(Recognised),
    /// An answer was given, as far as text and synthesis go; it may still be playing.
    Answered {
        turn: TurnId,
        answered: Box<Answered>,
    },
    /// What was dictated is typed, or cannot be; `turn` is the first of it.
    Typed {
        turn: TurnId,
        ok: bool,
    },
    Player(PlayerEvent),
    /// Speak louder or softer.
    Volume(VolumeChange),
    /// Timers have run out.
    Rang(Vec<Due>),
}

/// A turn under way.
struct Turn {
    id: TurnId,
    utterance: u64,
    request: Option<Request>,
    timings: TurnTimings,
    cancel: CancellationToken,
    answered: Option<Answered>,
    /// The speaker has nothing more to play for it.
    silent: bool,
}

/// A draft being recognised, or recognised.
struct Draft {
    draft: u64,
    /// It is to be typed, not answered.
    dictated: bool,
    cancel: CancellationToken,
    heard: Option<Recognised>,
}

pub(super) struct Stage {
    conversation: Arc<Conversation>,
    player: Option<Arc<Player>>,
    ears: sync::Sender<Input>,
    inbox: mpsc::Sender<Message>,
    cancel: CancellationToken,
    /// Bus clock minus session clock: places a position in the stream on the bus clock.
    clock_offset_ms: u64,
    wake_ms: Option<u64>,
    draft: Option<Draft>,
    turn: Option<Turn>,
    dictations: Dictations,
    /// Where the session is.
    state: VoiceState,
    bell: Bell,
    /// The answer is not heard while it is looked at whether somebody calls.
    hushed: bool,
    /// There was a speaker, and there will be one.
    speaker_lost: bool,
    volume: Volume,
    next_utterance: u64,
}

/// Where speech goes when there is no speaker.
struct Nowhere;

impl Sink for Nowhere {
    fn play(&self, _utterance: u64, _pcm: jarvis_core::audio::Pcm) {}
    fn finish(&self, _utterance: u64) {}
}

impl Stage {
    pub fn new(
        conversation: Arc<Conversation>,
        player: Option<Player>,
        ears: sync::Sender<Input>,
        inbox: mpsc::Sender<Message>,
        cancel: CancellationToken,
        bell: Bell,
        volume: Volume,
    ) -> std::io::Result<Self> {
        let player = player.map(Arc::new);
        if let Some(player) = &player {
            player.set_volume(volume.now());
            let (events, inbox) = (player.events(), inbox.clone());
            std::thread::Builder::new().name("player events".into()).spawn(move || {
                for event in events {
                    if inbox.blocking_send(Message::Player(event)).is_err() {
                        return;
                    }
                }
            })?;
        }
        Ok(Self {
            conversation,
            player,
            ears,
            inbox,
            cancel,
            clock_offset_ms: 0,
            wake_ms: None,
            draft: None,
            turn: None,
            dictations: Dictations::default(),
            state: VoiceState::Idle,
            bell,
            hushed: false,
            speaker_lost: false,
            volume,
            next_utterance: 1,
        })
    }

    /// Runs until it is cancelled. Returns what is still to ring, and how loud that is.
    pub async fn run(mut self, mut messages: mpsc::Receiver<Message>) -> (Bell, Volume) {
        self.publish(EventKind::StateChanged { state: VoiceState::Idle });
        self.warm();
        let cancel = self.cancel.clone();
        let timers = Arc::clone(self.conversation.brain.timers());
        loop {
            tokio::select! {
                biased;
                () = cancel.cancelled() => break,
                due = timers.next() => self.message(Message::Rang(due)),
                () = sleep_until(self.bell_at()) => self.announce(),
                message = messages.recv() => match message {
                    Some(message) => self.message(message),
                    None => break,
                },
            }
        }
        let bell = self.bell.hand_over(Instant::now());
        self.interrupt();
        self.stop_dictating();
        (bell, self.volume)
    }

    fn message(&mut self, message: Message) {
        match message {
            Message::Signal { signal, now_ms } => {
                self.clock_offset_ms = self.conversation.bus.now_ms().saturating_sub(now_ms);
                self.signal(signal);
            }
            Message::EarsFailed(failure) => self.conversation.bus.fail(None, failure),
            Message::Level(rms_dbfs) => self.publish(EventKind::Level { rms_dbfs }),
            Message::MicrophoneLost { name } => {
                self.publish(EventKind::DeviceChanged { device: "microphone".into(), name: None });
                let message = format!("The microphone {name} went away.");
                let remedy = "Plug it in again; Jarvis goes on by itself.";
                self.conversation.bus.fail(None, Failure::new(Code::DeviceLost, message, remedy));
            }
            Message::MicrophoneFound { name } => {
                self.publish(EventKind::DeviceChanged { device: "microphone".into(), name: Some(name) });
            }
            Message::Drafted { draft, settled, heard } => self.drafted(draft, settled, heard),
            Message::Transcribed { turn, heard } => {
                if self.turn.as_ref().is_some_and(|t| t.id == turn) {
                    self.transcribed(heard);
                } else {
                    self.dictated(turn, heard);
                }
            }
            Message::Looked { look, confirmed } => self.tell_ears(Input::Looked { look, confirmed }),
            Message::Interjected(heard) => {
                let heard = heard.ok().flatten().and_then(Heard::request);
                if heard.is_some_and(|heard| self.conversation.brain.means_stop(&heard.text)) {
                    // What rings is silenced between two rings too.
                    self.bell.acknowledge();
                    self.tell_what_rings();
                    self.tell_ears(Input::SaidStop);
                }
            }
            Message::Answered { turn, answered } => self.answered(turn, *answered),
            Message::Typed { turn, ok } => self.typed(turn, ok),
            Message::Player(event) => self.player_event(event),
            Message::Volume(change) => self.change_volume(change),
            Message::Rang(due) => {
                for due in due {
                    let brain = &self.conversation.brain;
                    let ((words, label), language) = (brain.timer_words(&due), brain.timer_language(&due));
                    self.bell.ring(words, language, due.missed, Instant::now());
                    self.publish(EventKind::TimerRang { label });
                }
            }
        }
    }

    fn signal(&mut self, signal: Signal) {
        match signal {
            Signal::State(state) => {
                self.state = state;
                if state == VoiceState::Listening {
                    self.put_off_ring();
                }
                self.tell_what_rings();
                self.publish(EventKind::StateChanged { state });
                self.type_next();
            }
            Signal::Muted(muted) => self.publish(EventKind::MuteChanged { muted }),
            Signal::Doubt { look, candidate } => self.look_again(look, candidate),
            Signal::DoubtOver => self.unhush(),
            Signal::Wake { score, position } => {
                let position_ms = jarvis_core::audio::samples_to_ms(position);
                self.wake_ms = Some(position_ms + self.clock_offset_ms);
                self.put_off_ring();
                self.bell.acknowledge();
                self.publish(EventKind::WakeDetected { score, position_ms });
                self.warm();
            }
            Signal::SpeechStarted { position } => {
                self.conversation.request_begins();
                let position_ms = jarvis_core::audio::samples_to_ms(position);
                self.publish(EventKind::SpeechStarted { position_ms });
            }
            Signal::Draft { draft, samples, settled, dictated, voiced_ms } => {
                let cancel = self.new_draft(draft, dictated);
                self.recognise(samples, voiced_ms, settled, cancel, move |heard| Message::Drafted {
                    draft,
                    settled,
                    heard,
                });
            }
            Signal::Request(request) => self.request(request),
            Signal::Interjection { samples, voiced_ms } => {
                self.recognise(samples, voiced_ms, true, self.cancel.child_token(), Message::Interjected);
            }
            Signal::Interrupt => self.interrupt(),
            Signal::Stop => {
                self.interrupt();
                self.stop_dictating();
            }
            Signal::NothingHeard => {
                let timings = TurnTimings { wake_ms: self.wake_ms.take(), ..Default::default() };
                let outcome = Outcome::NothingHeard;
                self.publish(EventKind::TurnEnded { outcome, answer: String::new(), timings, usage: None });
            }
        }
    }

    /// Has it looked at whether somebody calls. Who calls over an answer is not to wait for that until it is silent.
    fn look_again(&mut self, look: u64, candidate: Candidate) {
        if let Some(player) = self.player.as_ref().filter(|_| self.state == VoiceState::Speaking) {
            player.hush();
            self.hushed = true;
        }
        let (conversation, inbox) = (Arc::clone(&self.conversation), self.inbox.clone());
        tokio::spawn(async move {
            let confirmed = conversation.is_wake_word(&candidate).await;
            // The stage ends before its tasks only when Jarvis ends.
            let _ = inbox.send(Message::Looked { look, confirmed }).await;
        });
    }

    fn unhush(&mut self) {
        if let Some(player) = self.player.as_ref().filter(|_| std::mem::take(&mut self.hushed)) {
            player.unhush();
        }
    }

    fn request(&mut self, request: Request) {
        let id = TurnId::new();
        let position_ms = jarvis_core::audio::samples_to_ms(request.end_of_speech);
        let timings = TurnTimings {
            wake_ms: request.wake.and(self.wake_ms.take()),
            end_of_speech_ms: Some(position_ms + self.clock_offset_ms),
            ..Default::default()
        };
        self.conversation.bus.publish(Some(id), EventKind::SpeechEnded { position_ms });
        if request.dictated {
            return self.dictation(id, request, timings);
        }
        let utterance = self.next_utterance;
        self.next_utterance += 1;
        let (wanted, samples, voiced_ms) = (request.draft, request.samples.clone(), request.voiced_ms);
        self.turn = Some(Turn {
            id,
            utterance,
            request: Some(request),
            timings,
            // Not cancelled with the stage, which ends the turn first.
            cancel: CancellationToken::new(),
            answered: None,
            silent: self.player.is_none(),
        });
        match self.draft.take() {
            Some(Draft { draft, heard: Some(heard), .. }) if wanted == Some(draft) => self.transcribed(heard),
            // Still being recognised: `drafted` goes on with it.
            Some(draft) if wanted == Some(draft.draft) => self.draft = Some(draft),
            _ => {
                let cancel = self.new_draft(0, false);
                self.recognise(samples, voiced_ms, true, cancel, move |heard| Message::Transcribed {
                    turn: id,
                    heard,
                });
            }
        }
    }

    fn drafted(&mut self, draft: u64, settled: bool, heard: Recognised) {
        if let Some(turn) = self.dictations.waiting_for(draft) {
            return self.dictated(turn, heard);
        }
        let Some(current) = self.draft.as_mut().filter(|d| d.draft == draft) else { return };
        if let Ok(Some(heard)) = &heard
            && !heard.shown(current.dictated).is_empty()
        {
            let completeness = heard.completeness;
            let text = heard.shown(current.dictated).to_owned();
            self.conversation.bus.publish(None, EventKind::PartialTranscript { text });
            let _ = self.ears.send(Input::Drafted { draft, completeness });
        }
        if !settled {
            return;
        }
        let waited_for =
            self.turn.as_ref().and_then(|t| t.request.as_ref()).is_some_and(|r| r.draft == Some(draft));
        if waited_for {
            self.draft = None;
            self.transcribed(heard);
        } else {
            current.heard = Some(heard);
        }
    }

    /// The request's words are known: answer.
    fn transcribed(&mut self, heard: Recognised) {
        let Some(turn) = &mut self.turn else { return };
        turn.request = None;
        let id = turn.id;
        let heard = match heard.map(|heard| heard.and_then(Heard::request)) {
            Ok(Some(heard)) => heard,
            Ok(None) => {
                self.turn = None;
                return self.tell_ears(Input::NoWords);
            }
            Err(e) => {
                self.conversation.bus.fail(Some(id), e.failure());
                self.end_turn(Outcome::Failed);
                return self.tell_ears(Input::AnswerEnded);
            }
        };
        // A noise is no reaction.
        self.bell.acknowledge();
        turn.timings.transcript_ms = Some(self.conversation.bus.now_ms());
        let (text, language) = (heard.text.clone(), heard.language.clone());
        self.conversation.bus.publish(Some(id), EventKind::Transcript { text, language });
        let (conversation, inbox) = (Arc::clone(&self.conversation), self.inbox.clone());
        let (utterance, cancel, player) = (turn.utterance, turn.cancel.clone(), self.player.clone());
        tokio::spawn(async move {
            let sink: &dyn Sink = match &player {
                Some(player) => &**player,
                None => &Nowhere,
            };
            let answered = conversation.answer(id, &heard, utterance, sink, &cancel).await;
            // The stage ends before its tasks only when Jarvis ends.
            let _ = inbox.send(Message::Answered { turn: id, answered: Box::new(answered) }).await;
        });
    }

    fn answered(&mut self, id: TurnId, answered: Answered) {
        let Some(turn) = self.turn.as_mut().filter(|t| t.id == id) else { return };
        let bus = &self.conversation.bus;
        let on_bus = |at: Instant| bus.now_ms().saturating_sub(at.elapsed().as_millis() as u64);
        turn.timings.first_token_ms = answered.first_token.map(on_bus);
        turn.answered = Some(answered);
        self.finish_if_over();
    }

    fn player_event(&mut self, event: PlayerEvent) {
        match event {
            PlayerEvent::Started { utterance } => {
                let now = self.conversation.bus.now_ms();
                if let Some(turn) = self.turn.as_mut().filter(|t| t.utterance == utterance) {
                    turn.timings.first_audio_ms = Some(now);
                    self.tell_ears(Input::AnswerStarted);
                }
            }
            // Not by the person, who would have silenced the bell: the speaker has gone.
            PlayerEvent::Interrupted { utterance } if self.bell.broken_off(utterance, Instant::now()) => {
                self.tell_ears(Input::Announced);
            }
            PlayerEvent::Ended { utterance } | PlayerEvent::Interrupted { utterance } => {
                if self.bell.said(utterance, Instant::now()) {
                    // Else the session has never heard of it: somebody spoke first.
                    if self.state == VoiceState::Speaking {
                        self.tell_ears(Input::AnswerEnded);
                    }
                } else if let Some(turn) = self.turn.as_mut().filter(|t| t.utterance == utterance) {
                    turn.silent = true;
                    self.finish_if_over();
                }
            }
            // Who opened it has told.
            PlayerEvent::Missing => self.speaker_lost = true,
            PlayerEvent::Lost { name } => {
                self.speaker_lost = true;
                self.publish(EventKind::DeviceChanged { device: "speaker".into(), name: None });
                let message = format!("The speaker {name} went away.");
                let remedy = "Plug it in again; until then answers are given in writing.";
                self.conversation.bus.fail(None, Failure::new(Code::DeviceLost, message, remedy));
            }
            PlayerEvent::Found { name } => {
                self.speaker_lost = false;
                self.publish(EventKind::DeviceChanged { device: "speaker".into(), name: Some(name) });
            }
        }
    }

    fn finish_if_over(&mut self) {
        let Some(turn) = &self.turn else { return };
        let Some(answered) = turn.answered.as_ref().filter(|_| turn.silent) else { return };
        let (effect, outcome) = (answered.effect, answered.outcome);
        self.end_turn(outcome);
        match effect {
            Effect::Stop => return self.tell_ears(Input::Stop),
            Effect::Mute => self.tell_ears(Input::Mute(true)),
            Effect::Volume(change) => self.change_volume(change),
            Effect::None | Effect::Asked | Effect::MemoryChanged | Effect::StopEverything => {}
        }
        self.tell_ears(Input::AnswerEnded);
    }

    fn interrupt(&mut self) {
        let cancel = self.turn.as_ref().map(|turn| turn.cancel.clone());
        if let Some(player) = &self.player {
            if let Some(turn) = &self.turn {
                // Of an answer that has not begun to sound there is nothing to stop yet.
                player.finish(turn.utterance);
            }
            player.stop();
        }
        self.unhush();
        self.bell.acknowledge();
        self.tell_what_rings();
        self.end_turn(Outcome::Interrupted);
        // Only now: where the turn's record has begun after its end was told, who answers tells it once more.
        if let Some(cancel) = cancel {
            cancel.cancel();
        }
    }

    fn end_turn(&mut self, outcome: Outcome) {
        let Some(mut turn) = self.turn.take() else { return };
        turn.timings.done_ms = Some(self.conversation.bus.now_ms());
        let (answer, usage) = turn.answered.map_or((String::new(), None), |a| (a.text, a.usage));
        let kind = EventKind::TurnEnded { outcome, answer, timings: turn.timings, usage };
        self.conversation.bus.publish(Some(turn.id), kind);
    }

    fn change_volume(&mut self, change: VolumeChange) {
        let volume = self.volume.change(change);
        if let Some(player) = &self.player {
            player.set_volume(volume);
        }
    }

    fn warm(&self) {
        let conversation = Arc::clone(&self.conversation);
        tokio::spawn(async move {
            // What died is started anew by the request that needs it, and told should it die of that too.
            if let Err(e) = conversation.warm().await
                && !e.engine_died()
            {
                conversation.bus.fail(None, e.failure());
            }
            // Behind the ears and the mouth, which every request needs. A model that cannot be had is told when
            // it is asked, since a reflex may do without it.
            if let Err(failure) = conversation.brain.warm().await {
                tracing::info!(code = ?failure.code, "the language model is not ready");
            }
        });
    }

    /// A newer draft replaces an older one, finished or not.
    fn new_draft(&mut self, draft: u64, dictated: bool) -> CancellationToken {
        let cancel = self.cancel.child_token();
        let old = self.draft.replace(Draft { draft, dictated, cancel: cancel.clone(), heard: None });
        if let Some(old) = old {
            old.cancel.cancel();
        }
        cancel
    }

    fn recognise(
        &self,
        samples: Vec<f32>,
        voiced_ms: u64,
        settled: bool,
        cancel: CancellationToken,
        report: impl FnOnce(Recognised) -> Message + Send + 'static,
    ) {
        let (conversation, inbox) = (Arc::clone(&self.conversation), self.inbox.clone());
        tokio::spawn(async move {
            tokio::select! {
                heard = conversation.recognise(&samples, voiced_ms, settled) => {
                    // The stage ends before its tasks only when Jarvis ends.
                    let _ = inbox.send(report(heard)).await;
                }
                () = cancel.cancelled() => {}
            }
        });
    }

    fn tell_ears(&self, input: Input) {
        // The ears end after the stage.
        let _ = self.ears.send(input);
    }

    fn publish(&self, kind: EventKind) {
        self.conversation.bus.publish(self.turn.as_ref().map(|t| t.id), kind);
    }
}
