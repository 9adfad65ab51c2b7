//! The whole loop on recordings, faster than real time.
//!
//! Sound advances a simulated clock; whatever has to be computed is computed at once, timed, and its result
//! delivered when that much time has passed on the simulated clock. So latencies are those of a live
//! conversation on this machine, without waiting for the sound to play.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use jarvis_agents::reflex::Effect;
use jarvis_core::audio::{FRAME_SAMPLES, Pcm, ms_to_samples, samples_to_ms};
use jarvis_core::{EventKind, Outcome, TurnId, TurnTimings, VoiceState};
use jarvis_voice::session::{Input, Request, Session, SessionError, Signal};
use tokio_util::sync::CancellationToken;

use crate::conversation::{Answered, Conversation, Heard};
use crate::mouth::Sink;

/// Silence between two answers in the recorded reply.
const GAP_MS: u64 = 300;

/// A recording of what the speaker would have played, piece by piece as it came.
#[derive(Default)]
struct Recording {
    pieces: Mutex<Vec<(Instant, Pcm)>>,
}

impl Sink for Recording {
    fn play(&self, _utterance: u64, pcm: Pcm) {
        self.pieces.lock().unwrap_or_else(PoisonError::into_inner).push((Instant::now(), pcm));
    }

    fn finish(&self, _utterance: u64) {}
}

/// What is still to be delivered.
enum Due {
    Looked { look: u64, confirmed: Option<bool> },
    Drafted { draft: u64, settled: bool, heard: Option<Heard> },
    NoWords,
    Transcript(Heard),
    AnswerStarted,
    AnswerEnded,
}

/// A turn under way.
struct Turn {
    id: TurnId,
    timings: TurnTimings,
    answer: Option<Answered>,
    audio: Pcm,
}

/// Hears recordings as one conversation.
pub struct Hearing<'c> {
    conversation: &'c Conversation,
    session: Session,
    due: Vec<(u64, Due)>,
    drafts: Vec<(u64, Option<Heard>)>,
    wake_ms: Option<u64>,
    turn: Option<Turn>,
    reply: Pcm,
    turns: u32,
    failed: bool,
}

impl<'c> Hearing<'c> {
    /// A conversation that has not begun.
    pub fn new(conversation: &'c Conversation, session: Session) -> Self {
        Self {
            conversation,
            session,
            due: Vec::new(),
            drafts: Vec::new(),
            wake_ms: None,
            turn: None,
            reply: Pcm::default(),
            turns: 0,
            failed: false,
        }
    }

    /// Hears 16 kHz mono samples, and then silence until everything that follows from them is over.
    pub async fn hear(&mut self, samples: &[f32]) -> Result<(), SessionError> {
        for chunk in samples.chunks(FRAME_SAMPLES) {
            let mut frame = [0.0; FRAME_SAMPLES];
            frame[..chunk.len()].copy_from_slice(chunk);
            self.frame(&frame).await?;
        }
        while !matches!(self.session.state(), VoiceState::Idle | VoiceState::FollowUp) || !self.due.is_empty()
        {
            self.frame(&[0.0; FRAME_SAMPLES]).await?;
        }
        Ok(())
    }

    /// Every answer, one after the other.
    pub fn into_reply(self) -> Pcm {
        self.reply
    }

    /// Whether some turn so far has failed.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// Requests answered so far.
    pub fn turns(&self) -> u32 {
        self.turns
    }

    async fn frame(&mut self, frame: &[f32; FRAME_SAMPLES]) -> Result<(), SessionError> {
        let mut signals = self.session.frame(frame)?;
        loop {
            for signal in std::mem::take(&mut signals) {
                self.signal(signal).await;
            }
            let now = self.session.position();
            let Some(next) = self.due.iter().position(|(at, _)| *at <= now) else { return Ok(()) };
            let (_, due) = self.due.remove(next);
            signals = self.deliver(due).await;
        }
    }

    async fn signal(&mut self, signal: Signal) {
        let bus = &self.conversation.bus;
        let turn = self.turn.as_ref().map(|t| t.id);
        let now = self.session.position();
        match signal {
            Signal::State(state) => bus.publish(turn, EventKind::StateChanged { state }),
            Signal::Muted(muted) => bus.publish(turn, EventKind::MuteChanged { muted }),
            Signal::Doubt { look, candidate } => {
                let began = Instant::now();
                let confirmed = self.conversation.is_wake_word(&candidate).await;
                self.due.push((now + duration_to_samples(began.elapsed()), Due::Looked { look, confirmed }));
            }
            // What is written to a file is hushed for nobody.
            Signal::DoubtOver => {}
            Signal::Wake { score, position } => {
                self.wake_ms = Some(samples_to_ms(position));
                bus.publish(None, EventKind::WakeDetected { score, position_ms: samples_to_ms(position) });
            }
            Signal::SpeechStarted { position } => {
                self.conversation.request_begins();
                bus.publish(None, EventKind::SpeechStarted { position_ms: samples_to_ms(position) });
            }
            // Nothing is dictated to a recording: that takes a key.
            Signal::Draft { draft, samples, settled, voiced_ms, .. } => {
                // A newer draft makes an unfinished one useless; live, it would be cancelled.
                self.due.retain(|(_, due)| !matches!(due, Due::Drafted { .. }));
                let (heard, took) = self.recognise(&samples, voiced_ms, settled).await;
                self.due.push((now + took, Due::Drafted { draft, settled, heard }));
            }
            Signal::Request(request) => self.request(request).await,
            Signal::Interjection { samples, voiced_ms } => {
                let (heard, took) = self.recognise(&samples, voiced_ms, true).await;
                if heard.is_some_and(|h| self.conversation.brain.means_stop(&h.text)) {
                    let (started, ended) = (now + took, now + took);
                    self.cut_answer(started);
                    self.due.push((ended, Due::AnswerEnded));
                }
            }
            Signal::Interrupt | Signal::Stop => {
                self.cut_answer(now);
                self.end_turn(Outcome::Interrupted);
            }
            Signal::NothingHeard => {
                let timings = TurnTimings { wake_ms: self.wake_ms.take(), ..Default::default() };
                let answer = String::new();
                let outcome = Outcome::NothingHeard;
                bus.publish(None, EventKind::TurnEnded { outcome, answer, timings, usage: None });
            }
        }
    }

    async fn request(&mut self, request: Request) {
        let id = TurnId::new();
        let end_of_speech_ms = samples_to_ms(request.end_of_speech);
        let timings = TurnTimings {
            wake_ms: request.wake.map(samples_to_ms),
            end_of_speech_ms: Some(end_of_speech_ms),
            ..Default::default()
        };
        self.turn = Some(Turn { id, timings, answer: None, audio: Pcm::default() });
        self.conversation.bus.publish(Some(id), EventKind::SpeechEnded { position_ms: end_of_speech_ms });
        let now = self.session.position();
        let known = request.draft.and_then(|draft| self.drafts.iter().find(|(d, _)| *d == draft));
        let (at, heard) = if let Some((_, heard)) = known {
            (now, heard.clone())
        } else if let Some(i) = request.draft.and_then(|draft| {
            self.due.iter().position(|(_, due)| matches!(due, Due::Drafted { draft: d, .. } if *d == draft))
        }) {
            match self.due.remove(i) {
                (at, Due::Drafted { heard, .. }) => (at, heard),
                _ => unreachable!("found by its kind above"),
            }
        } else {
            let (heard, took) = self.recognise(&request.samples, request.voiced_ms, true).await;
            (now + took, heard)
        };
        self.drafts.clear();
        self.due.retain(|(_, due)| !matches!(due, Due::Drafted { .. }));
        self.due.push((at, heard.map_or(Due::NoWords, Due::Transcript)));
    }

    async fn deliver(&mut self, due: Due) -> Vec<Signal> {
        match due {
            Due::Looked { look, confirmed } => self.session.input(Input::Looked { look, confirmed }),
            Due::Drafted { draft, settled, heard } => {
                let completeness = heard.as_ref().map(|h| h.completeness).unwrap_or_default();
                if let Some(heard) = &heard {
                    let text = heard.text.clone();
                    self.conversation.bus.publish(None, EventKind::PartialTranscript { text });
                }
                if settled {
                    self.drafts.push((draft, heard));
                }
                self.session.input(Input::Drafted { draft, completeness })
            }
            Due::NoWords => {
                self.turn = None;
                self.session.input(Input::NoWords)
            }
            Due::Transcript(heard) => {
                self.answer(heard).await;
                Vec::new()
            }
            Due::AnswerStarted => self.session.input(Input::AnswerStarted),
            Due::AnswerEnded => {
                let stop = self.end_turn(Outcome::Answered) == Effect::Stop;
                self.session.input(if stop { Input::Stop } else { Input::AnswerEnded })
            }
        }
    }

    /// Answers, and lays the answer's sound on the simulated clock from now on.
    async fn answer(&mut self, heard: Heard) {
        let Some(turn) = &mut self.turn else { return };
        let now = self.session.position();
        let (text, language) = (heard.text.clone(), heard.language.clone());
        self.conversation.bus.publish(Some(turn.id), EventKind::Transcript { text, language });
        turn.timings.transcript_ms = Some(samples_to_ms(now));
        let recording = Recording::default();
        let began = Instant::now();
        let answer =
            self.conversation.answer(turn.id, &heard, 0, &recording, &CancellationToken::new()).await;
        let since = |at: Instant| now + duration_to_samples(at.saturating_duration_since(began));
        turn.timings.first_token_ms = answer.first_token.map(|at| samples_to_ms(since(at)));
        turn.timings.first_audio_ms = answer.first_audio.map(|at| samples_to_ms(since(at)));
        let mut over = since(Instant::now());
        if let Some(first) = answer.first_audio {
            self.due.push((since(first), Due::AnswerStarted));
            over = since(first);
        }
        // The player plays a piece when it is there and the one before it is over.
        for (came, piece) in recording.pieces.into_inner().unwrap_or_else(PoisonError::into_inner) {
            over = over.max(since(came)) + ms_to_samples(piece.duration_ms());
            turn.audio.sample_rate = piece.sample_rate;
            turn.audio.samples.extend(piece.samples);
        }
        turn.answer = Some(answer);
        self.due.push((over, Due::AnswerEnded));
    }

    /// Drops what would have been played after `at`.
    fn cut_answer(&mut self, at: u64) {
        self.due
            .retain(|(_, due)| !matches!(due, Due::AnswerStarted | Due::AnswerEnded | Due::Transcript(_)));
        if let Some(turn) = &mut self.turn {
            let heard_ms =
                turn.timings.first_audio_ms.map_or(0, |first| samples_to_ms(at).saturating_sub(first));
            let keep = heard_ms * u64::from(turn.audio.sample_rate) / 1000;
            turn.audio.samples.truncate(keep as usize);
        }
    }

    fn end_turn(&mut self, outcome: Outcome) -> Effect {
        let Some(mut turn) = self.turn.take() else { return Effect::default() };
        turn.timings.done_ms = Some(self.session.now_ms());
        let (answer, usage, effect, outcome) = match turn.answer {
            Some(a) if a.outcome == Outcome::Answered => (a.text, a.usage, a.effect, outcome),
            Some(a) => (a.text, a.usage, a.effect, a.outcome),
            None => (String::new(), None, Effect::default(), outcome),
        };
        let timings = turn.timings;
        self.conversation
            .bus
            .publish(Some(turn.id), EventKind::TurnEnded { outcome, answer, timings, usage });
        if !turn.audio.samples.is_empty() {
            if !self.reply.samples.is_empty() {
                let gap = GAP_MS * u64::from(self.reply.sample_rate) / 1000;
                self.reply.samples.extend(std::iter::repeat_n(0.0, gap as usize));
            }
            self.reply.sample_rate = turn.audio.sample_rate;
            self.reply.samples.extend(turn.audio.samples);
        }
        self.turns += 1;
        self.failed |= outcome == Outcome::Failed;
        effect
    }

    async fn recognise(&self, samples: &[f32], voiced_ms: u64, settled: bool) -> (Option<Heard>, u64) {
        let began = Instant::now();
        let heard = self.conversation.recognise(samples, voiced_ms, settled).await.unwrap_or_else(|e| {
            self.conversation.bus.fail(self.turn.as_ref().map(|t| t.id), e.failure());
            None
        });
        let heard = heard.and_then(Heard::request);
        (heard, duration_to_samples(began.elapsed()))
    }
}

fn duration_to_samples(duration: Duration) -> u64 {
    duration.as_micros() as u64 * u64::from(jarvis_core::audio::SAMPLE_RATE) / 1_000_000
}
