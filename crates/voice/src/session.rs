//! The voice session: whose turn is it?
//!
//! Sans-IO. It takes 16 kHz mono frames and [`Input`]s, keeps time by counting samples, and returns
//! [`Signal`]s; microphones, files and tests all drive this same code. It never waits, never recognises and
//! never speaks: it says when that is due, and is told what came of it.
//!
//! ```text
//!          wake word / push-to-talk
//!   Idle ───────────────────────────▶ Listening ──request──▶ Thinking ──first sound──▶ Speaking
//!    ▲                                   ▲  ▲                   │                         │
//!    │ silence                  speech   │  └──── wake word ────┴── or talk over it ──────┤
//!    └───────────── FollowUp ────────────┘                                                │
//!                       ▲                                                  last sound     │
//!                       └─────────────────────────────────────────────────────────────────┘
//! ```
//!
//! What is dictated is no turn: with its request the session is idle, and hears the next while that is typed.

mod looks;
mod messages;
mod over_answer;
mod own_voice;
mod ring;
#[cfg(test)]
mod tests;

use jarvis_core::VoiceState;
use jarvis_core::audio::{CleanFrame, FRAME_SAMPLES, Frame, ms_to_samples, samples_to_ms};
use jarvis_core::config::InterruptBy;

use crate::endpoint::{Edge, EndpointConfig, Endpointer};
use crate::turn_end::TurnEnd;
use crate::vad::Vad;
use crate::wake::{GatedWake, WakeDetector};
use looks::Looks;
use over_answer::Over;
use own_voice::OwnVoice;
use ring::Ring;

pub use messages::{Input, Request, Signal};

/// Sound kept from before the wake word was recognised: the wake word itself and what followed it.
const WAKE_PRE_ROLL_MS: u64 = 1500;
/// Sound kept from before the first voiced frame: soft onsets.
const ONSET_PRE_ROLL_MS: u64 = 400;
/// Shortest voiced stretch after the wake word that can be a request; less is the wake word's own tail.
const MIN_REQUEST_VOICED_MS: u64 = 160;
/// Speech before the first guess at what is being said: early, because it also tells the language.
const FIRST_PARTIAL_MS: u64 = 400;
/// New speech between two guesses at what is being said.
const PARTIAL_EVERY_MS: u64 = 1000;
/// After the last sound of an answer, deaf for this long: the room still rings.
const ECHO_TAIL_MS: u64 = 200;

/// How the session behaves. Milliseconds throughout.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// When a request begins and ends.
    pub endpoint: EndpointConfig,
    /// Give up when nothing is said for this long after the wake word.
    pub no_speech_ms: u64,
    /// A request is never longer than this; what is dictated for longer comes in parts.
    pub max_request_ms: u64,
    /// Listen this long without a wake word after an answer; 0 is not at all.
    pub follow_up_ms: u64,
    /// Ask for guesses while the person is still speaking.
    pub partials: bool,
    /// What silences an answer besides the wake word. [`InterruptBy::Speech`] wants frames without the answer's echo.
    pub interrupt_by: InterruptBy,
    /// So much talk over an answer silences it, where talk does.
    pub interrupt_after_ms: u64,
}

/// How a request came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opening {
    Wake {
        position: u64,
    },
    FollowUp {
        until: u64,
    },
    Click,
    /// By the talk key, for as long as it is held.
    Talk,
    /// By the dictation key, for as long as it is held; it goes on once a part of it has become a request.
    Dictation {
        goes_on: bool,
    },
}

impl Opening {
    fn is_held(self) -> bool {
        self == Self::Talk || self.is_dictated()
    }

    fn is_dictated(self) -> bool {
        matches!(self, Self::Dictation { .. })
    }
}

/// A request being heard.
struct Hearing {
    opening: Opening,
    /// First sample of the request's sound.
    from: u64,
    /// When waiting began.
    since: u64,
    endpointer: Endpointer,
    draft: Option<u64>,
    next_partial_voiced_ms: u64,
}

enum State {
    Idle,
    Listening(Box<Hearing>),
    /// Remembers how the request came about, in case it turns out to hold no words.
    Thinking {
        opening: Opening,
        since: u64,
        /// Where the request's sound ends.
        heard_to: u64,
    },
    Speaking(Box<Over>),
    FollowUp {
        armed_at: u64,
        until: u64,
        endpointer: Box<Endpointer>,
    },
}

/// See the module.
pub struct Session {
    config: SessionConfig,
    wake: Option<GatedWake>,
    own_voice: Option<OwnVoice>,
    looks: Option<Looks>,
    vad: Box<dyn Vad>,
    turn_end: Option<Box<dyn TurnEnd>>,
    ring: Ring,
    state: State,
    muted: bool,
    next_draft: u64,
    /// From here on it was heard by the wake word's detector alone: it was being looked at.
    behind: Option<u64>,
    /// Where the sound of what was dictated last ends: none of it is typed twice.
    dictated_to: u64,
}

/// The wake word or another model failed; the stream can go on.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The wake word.
    #[error(transparent)]
    Wake(#[from] crate::wake::WakeError),
    /// Voice activity.
    #[error(transparent)]
    Vad(#[from] crate::vad::VadError),
    /// The end of a turn; from here on only words and silence tell it.
    #[error(transparent)]
    TurnEnd(#[from] crate::turn_end::TurnEndError),
}

impl SessionError {
    /// What a person is told.
    pub fn failure(&self) -> jarvis_core::Failure {
        match self {
            Self::Wake(e) => e.failure(),
            Self::Vad(e) => e.failure(),
            Self::TurnEnd(e) => e.failure(),
        }
    }
}

impl Session {
    /// An idle session. Without a wake word only push-to-talk begins a turn.
    pub fn new(config: SessionConfig, wake: Option<Box<dyn WakeDetector>>, vad: Box<dyn Vad>) -> Self {
        let kept = ms_to_samples(config.max_request_ms + WAKE_PRE_ROLL_MS + config.endpoint.max_silence_ms);
        Self {
            config,
            wake: wake.map(GatedWake::new),
            own_voice: None,
            looks: None,
            vad,
            turn_end: None,
            ring: Ring::new(kept as usize),
            state: State::Idle,
            muted: false,
            next_draft: 1,
            behind: None,
            dictated_to: 0,
        }
    }

    /// Has the end of a request told by its sound too, not by words and silence alone.
    pub fn with_turn_end(self, turn_end: Box<dyn TurnEnd>) -> Self {
        Self { turn_end: Some(turn_end), ..self }
    }

    /// Has somebody look again, by [`Signal::Doubt`], before it wakes. The detector reports every score that is worth a look; from
    /// `threshold` on it is believed where nobody can tell. After it was woken the session is deaf for a while.
    pub fn with_second_look(self, threshold: f32, refractory_ms: u64) -> Self {
        Self { looks: Some(Looks::new(threshold, refractory_ms)), ..self }
    }

    /// Has the wake word looked for in what the speaker plays too, by a detector of its own
    /// ([`WakeConfig::own_voice`](crate::wake::WakeConfig::own_voice)): so that the session does not wake itself.
    pub fn with_own_voice(self, detector: Box<dyn WakeDetector>) -> Self {
        Self { own_voice: Some(OwnVoice::new(detector)), ..self }
    }

    /// Samples heard so far: the session's clock.
    pub fn position(&self) -> u64 {
        self.ring.end()
    }

    /// The session's clock in milliseconds.
    pub fn now_ms(&self) -> u64 {
        samples_to_ms(self.position())
    }

    /// What it is doing.
    pub fn state(&self) -> VoiceState {
        match self.state {
            State::Idle => VoiceState::Idle,
            State::Listening(_) => VoiceState::Listening,
            State::Thinking { .. } => VoiceState::Thinking,
            State::Speaking(_) => VoiceState::Speaking,
            State::FollowUp { .. } => VoiceState::FollowUp,
        }
    }

    /// Hears one frame of a microphone that hears nothing of what is answered.
    pub fn frame(&mut self, frame: &Frame) -> Result<Vec<Signal>, SessionError> {
        self.clean_frame(&CleanFrame::from(*frame), &[0.0; FRAME_SAMPLES])
    }

    /// Hears one frame; `played` is what the speaker plays meanwhile, or up to half a second before it is heard.
    pub fn clean_frame(&mut self, frame: &CleanFrame, played: &Frame) -> Result<Vec<Signal>, SessionError> {
        let CleanFrame { detection, recognition } = frame;
        let mut out = Vec::new();
        if self.muted {
            // The clock runs on; what is said while muted is not even kept.
            self.ring.push(&[0.0; FRAME_SAMPLES]);
            return Ok(out);
        }
        if let Some(from) = self.behind.take() {
            self.catch_up(from, &mut out)?;
        }
        self.ring.push(recognition);
        // At rest, in a silent room, nobody can be saying it.
        let awake = !matches!(self.state, State::Idle);
        // Where the echo is suppressed, so is who talks over it. What is left of an echo that is only subtracted seldom wakes: its
        // words are known.
        let knows_itself = matches!(self.state, State::Speaking(_)) && self.own_voice.is_some();
        let sound = if knows_itself { recognition } else { detection };
        let wake = match &mut self.wake {
            Some(detector) => detector.process(sound, awake)?,
            None => None,
        };
        let now = self.position();
        let own = match &mut self.own_voice {
            Some(own) => own.says_it(played, now)?,
            None => false,
        };
        if let Some(detection) = wake.filter(|_| !own) {
            self.may_be_called(detection.score, &mut out);
        }
        // Voice activity is only asked for where somebody may be speaking to us.
        if matches!(self.state, State::Idle | State::Thinking { .. }) {
            return Ok(out);
        }
        let sound = match &self.state {
            // Before the canceller knows the room, suppressing the echo takes "stop" away as well. What is recognised of the echo
            // that is left does no harm: it does not mean "stop".
            State::Speaking(over) if over.interrupt_by == InterruptBy::Words => recognition,
            _ => detection,
        };
        let probability = self.vad.process(sound)?;
        match &mut self.state {
            State::Idle | State::Thinking { .. } => {}
            State::Listening(hearing) => {
                let edge = hearing.endpointer.push(probability, now);
                if edge.is_none() {
                    self.judge_pause()?;
                }
                self.heard(edge, &mut out);
            }
            State::Speaking(over) => {
                let edge = over.endpointer.push(probability, now);
                if over.interrupt_by == InterruptBy::Speech && over.talk.push(frame, probability) {
                    self.talked_over(&mut out);
                } else {
                    self.heard_over_answer(edge, &mut out);
                }
            }
            State::FollowUp { armed_at, until, endpointer } => {
                let (armed_at, until) = (*armed_at, *until);
                if now < armed_at {
                    return Ok(out);
                }
                let edge = endpointer.push(probability, now);
                if let Some(Edge::Started { position }) = edge {
                    let endpointer = (**endpointer).clone();
                    let from = position.saturating_sub(ms_to_samples(ONSET_PRE_ROLL_MS));
                    self.listen(Opening::FollowUp { until }, from, endpointer, &mut out);
                    out.push(Signal::SpeechStarted { position });
                } else if now >= until {
                    self.enter(State::Idle, &mut out);
                }
            }
        }
        Ok(out)
    }

    /// Is told something.
    pub fn input(&mut self, input: Input) -> Vec<Signal> {
        let mut out = Vec::new();
        match input {
            Input::Looked { look, confirmed } => self.looked(look, confirmed, &mut out),
            Input::Drafted { draft, completeness } => {
                if let State::Listening(hearing) = &mut self.state
                    && hearing.draft == Some(draft)
                {
                    hearing.endpointer.expect(completeness);
                }
            }
            Input::NoWords => {
                // By now another request may be heard.
                if matches!(self.state, State::Thinking { .. }) {
                    self.no_words(&mut out);
                }
            }
            Input::AnswerStarted => {
                if matches!(self.state, State::Thinking { .. }) {
                    self.speak(self.config.interrupt_by, &mut out);
                }
            }
            Input::AnswerEnded => {
                if matches!(self.state, State::Thinking { .. } | State::Speaking(_)) {
                    self.follow_up(&mut out);
                }
            }
            Input::Announcing | Input::Aside => {
                if matches!(self.state, State::Idle | State::FollowUp { .. }) {
                    let by = match self.config.interrupt_by {
                        InterruptBy::Speech if input == Input::Aside => InterruptBy::Words,
                        by => by,
                    };
                    self.speak(by, &mut out);
                }
            }
            Input::Announced => {
                if matches!(self.state, State::Speaking(_)) {
                    self.enter(State::Idle, &mut out);
                }
            }
            Input::Attend => self.attend(Opening::Click, &mut out),
            Input::TalkPressed => self.attend(Opening::Talk, &mut out),
            Input::DictatePressed => self.attend(Opening::Dictation { goes_on: false }, &mut out),
            Input::TalkReleased => {
                if matches!(&self.state, State::Listening(hearing) if hearing.opening.is_held()) {
                    self.finish_request(&mut out);
                }
            }
            // Whatever state it is in: the person wants silence, also from what is about to be said.
            Input::Stop => {
                out.push(Signal::Stop);
                self.enter(State::Idle, &mut out);
            }
            Input::SaidStop => {
                if matches!(self.state, State::Speaking(_)) {
                    out.push(Signal::Interrupt);
                    self.enter(State::Idle, &mut out);
                }
            }
            Input::Mute(muted) => self.mute(muted, &mut out),
        }
        out
    }

    fn attend(&mut self, opening: Opening, out: &mut Vec<Signal>) {
        self.interrupt(out);
        if self.muted {
            return self.enter(State::Idle, out);
        }
        self.looks.iter_mut().for_each(Looks::forget);
        // What voice activity heard last may be long ago.
        self.vad.reset();
        let from = self.position().saturating_sub(ms_to_samples(ONSET_PRE_ROLL_MS)).max(self.dictated_to);
        self.listen(opening, from, self.endpointer(), out);
    }

    /// Asks once in a pause whether what was said sounds finished. A frame after the pause's draft was asked for, which takes longer.
    fn judge_pause(&mut self) -> Result<(), SessionError> {
        let State::Listening(hearing) = &mut self.state else { return Ok(()) };
        let asked = !hearing.opening.is_held()
            && hearing.endpointer.is_undecided()
            && hearing.endpointer.voiced_ms() >= MIN_REQUEST_VOICED_MS;
        // Taken away while it is asked: one that fails is not asked again.
        if let Some(mut turn_end) = self.turn_end.take_if(|_| asked) {
            hearing.endpointer.sounds_finished(turn_end.finished(&self.ring.since(hearing.from))?);
            self.turn_end = Some(turn_end);
        }
        Ok(())
    }

    fn heard(&mut self, edge: Option<Edge>, out: &mut Vec<Signal>) {
        let State::Listening(hearing) = &mut self.state else { return };
        let now = self.ring.end();
        let SessionConfig { no_speech_ms, max_request_ms, .. } = self.config;
        let long = now - hearing.from;
        let too_long = long >= ms_to_samples(max_request_ms);
        // A pause is a better place to part what is dictated than the middle of a word.
        let to_part = hearing.opening.is_dictated() && long >= ms_to_samples(max_request_ms * 2 / 3);
        let has_words = hearing.endpointer.voiced_ms() >= MIN_REQUEST_VOICED_MS;
        match edge {
            Some(Edge::Started { position }) => {
                // After a long pause the wake word and the silence behind it are left out. After a short one
                // they stay: cutting between them is where first words get lost.
                let onset = position.saturating_sub(ms_to_samples(ONSET_PRE_ROLL_MS));
                if onset > hearing.since {
                    hearing.from = onset;
                }
                out.push(Signal::SpeechStarted { position });
            }
            Some(Edge::Settled | Edge::Ended) if to_part && has_words => self.part(out),
            Some(Edge::Settled) if has_words => self.draft(true, out),
            Some(Edge::Resumed) => hearing.draft = None,
            Some(Edge::Ended) => match hearing.opening {
                // The click of a key, a breath: who asked to be heard has not spoken yet.
                Opening::Click | Opening::Talk | Opening::Dictation { .. } if !has_words => {
                    hearing.endpointer = Endpointer::new(self.config.endpoint);
                }
                Opening::Talk | Opening::Dictation { .. } if !too_long => {}
                _ if !has_words => self.no_words(out),
                _ => self.finish_request(out),
            },
            _ => {
                let patience_ms = if hearing.opening.is_held() { max_request_ms } else { no_speech_ms };
                let waited = now - hearing.since >= ms_to_samples(patience_ms);
                if hearing.endpointer.has_started() && too_long {
                    if to_part { self.part(out) } else { self.finish_request(out) }
                } else if !hearing.endpointer.has_started() && waited {
                    out.push(Signal::NothingHeard);
                    self.enter(State::Idle, out);
                } else if self.config.partials
                    && hearing.endpointer.voiced_ms() >= hearing.next_partial_voiced_ms
                {
                    hearing.next_partial_voiced_ms = hearing.endpointer.voiced_ms() + PARTIAL_EVERY_MS;
                    self.draft(false, out);
                }
            }
        }
    }

    fn draft(&mut self, settled: bool, out: &mut Vec<Signal>) {
        let State::Listening(hearing) = &mut self.state else { return };
        let draft = self.next_draft;
        self.next_draft += 1;
        hearing.draft = settled.then_some(draft);
        let (samples, voiced_ms) = (self.ring.since(hearing.from), hearing.endpointer.voiced_ms());
        let dictated = hearing.opening.is_dictated();
        out.push(Signal::Draft { draft, samples, settled, dictated, voiced_ms });
    }

    /// What was dictated so far becomes a request. The key is still held: what comes is heard on.
    fn part(&mut self, out: &mut Vec<Signal>) {
        let State::Listening(hearing) = &self.state else { return };
        out.push(Signal::Request(self.request(hearing)));
        let now = self.position();
        self.dictated_to = now;
        self.listen(Opening::Dictation { goes_on: true }, now, self.endpointer(), out);
    }

    fn finish_request(&mut self, out: &mut Vec<Signal>) {
        let State::Listening(hearing) = &self.state else { return };
        let (opening, since, heard_to) = (hearing.opening, hearing.since, self.position());
        // Behind the last part of what was dictated there may be nothing more.
        if opening != (Opening::Dictation { goes_on: true }) || hearing.endpointer.has_started() {
            out.push(Signal::Request(self.request(hearing)));
        }
        if opening.is_dictated() {
            self.dictated_to = heard_to;
            self.enter(State::Idle, out);
        } else {
            self.enter(State::Thinking { opening, since, heard_to }, out);
        }
    }

    fn request(&self, hearing: &Hearing) -> Request {
        let wake = match hearing.opening {
            Opening::Wake { position } => Some(position),
            Opening::FollowUp { .. } | Opening::Click | Opening::Talk | Opening::Dictation { .. } => None,
        };
        let end_of_speech =
            if hearing.endpointer.has_started() { hearing.endpointer.last_voiced() } else { self.position() };
        Request {
            samples: self.ring.since(hearing.from),
            end_of_speech,
            wake,
            voiced_ms: hearing.endpointer.voiced_ms(),
            draft: hearing.draft,
            dictated: hearing.opening.is_dictated(),
            goes_on: hearing.opening == Opening::Dictation { goes_on: true },
        }
    }

    /// Goes back to where it was before the sound that was no request.
    fn no_words(&mut self, out: &mut Vec<Signal>) {
        let now = self.position();
        let (opening, since, heard_to) = match &self.state {
            State::Listening(hearing) => (hearing.opening, hearing.since, now),
            State::Thinking { opening, since, heard_to } => (*opening, *since, *heard_to),
            _ => return,
        };
        if self.muted {
            return self.enter(State::Idle, out);
        }
        match opening {
            // "Hey Jarvis" and a breath: the question is still to come, or has begun while that was found out.
            Opening::Wake { .. } if now - since < ms_to_samples(self.config.no_speech_ms) => {
                let from = heard_to.saturating_sub(ms_to_samples(ONSET_PRE_ROLL_MS));
                self.listen(opening, from, self.endpointer(), out);
                if let State::Listening(hearing) = &mut self.state {
                    hearing.since = since;
                }
                self.behind = (heard_to < now).then_some(heard_to);
            }
            Opening::FollowUp { until } if now < until => {
                let endpointer = Box::new(self.endpointer());
                self.enter(State::FollowUp { armed_at: now, until, endpointer }, out);
            }
            Opening::FollowUp { .. } => self.enter(State::Idle, out),
            Opening::Wake { .. } | Opening::Click | Opening::Talk | Opening::Dictation { .. } => {
                out.push(Signal::NothingHeard);
                self.enter(State::Idle, out);
            }
        }
    }

    fn follow_up(&mut self, out: &mut Vec<Signal>) {
        if self.config.follow_up_ms == 0 || self.muted {
            return self.enter(State::Idle, out);
        }
        let armed_at = self.position() + ms_to_samples(ECHO_TAIL_MS);
        let until = armed_at + ms_to_samples(self.config.follow_up_ms);
        self.vad.reset();
        self.enter(State::FollowUp { armed_at, until, endpointer: Box::new(self.endpointer()) }, out);
    }

    fn mute(&mut self, muted: bool, out: &mut Vec<Signal>) {
        if muted == self.muted {
            return;
        }
        self.muted = muted;
        out.push(Signal::Muted(muted));
        if let Some(wake) = &mut self.wake {
            wake.reset();
        }
        self.looks.iter_mut().for_each(Looks::forget);
        self.vad.reset();
        if matches!(self.state, State::Listening(_) | State::FollowUp { .. }) {
            self.enter(State::Idle, out);
        }
    }

    /// Silences the answer and drops the turn, where there is one.
    fn interrupt(&mut self, out: &mut Vec<Signal>) {
        if matches!(self.state, State::Thinking { .. } | State::Speaking(_)) {
            out.push(Signal::Interrupt);
        }
    }

    fn listen(&mut self, opening: Opening, from: u64, endpointer: Endpointer, out: &mut Vec<Signal>) {
        let since = self.position();
        let hearing = Hearing {
            opening,
            from,
            since,
            endpointer,
            draft: None,
            next_partial_voiced_ms: FIRST_PARTIAL_MS,
        };
        self.enter(State::Listening(Box::new(hearing)), out);
    }

    fn endpointer(&self) -> Endpointer {
        Endpointer::new(self.config.endpoint)
    }

    fn enter(&mut self, state: State, out: &mut Vec<Signal>) {
        let before = self.state();
        self.state = state;
        if self.state() != before {
            out.push(Signal::State(self.state()));
        }
    }
}
