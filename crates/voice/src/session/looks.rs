//! Before the session wakes, somebody else looks again at what its detector took for the wake word.
//!
//! A look takes a while. Meanwhile nothing is lost: what is said is kept, and heard when the look confirms. Where it does not and the
//! detector still takes the sound for the wake word, it is asked again: the first look may have come before the word's end. Where nobody
//! could tell, the detector alone decides: Jarvis is not deaf for want of a recogniser.

use jarvis_core::audio::{FRAME_SAMPLES, ms_to_samples};

use super::ring::Ring;
use super::{Opening, Session, SessionError, Signal, State, WAKE_PRE_ROLL_MS};
use crate::wake::{Candidate, SecondLook};

/// See the module.
pub(super) struct Looks {
    /// The score at which the detector alone is believed.
    threshold: f32,
    /// After it was woken, deaf to the wake word for so many samples.
    deaf_for: u64,
    deaf_until: u64,
    next: u64,
    under_way: Option<Look>,
}

/// What is looked at.
pub(super) struct Look {
    name: u64,
    /// The detector's highest score since it began.
    pub score: f32,
    /// Where it was heard.
    pub at: u64,
}

impl Looks {
    pub(super) fn new(threshold: f32, refractory_ms: u64) -> Self {
        Self { threshold, deaf_for: ms_to_samples(refractory_ms), deaf_until: 0, next: 1, under_way: None }
    }

    pub(super) fn is_deaf(&self, now: u64) -> bool {
        now < self.deaf_until
    }

    /// Asks for a look at the last of what was heard, unless one is under way.
    pub(super) fn ask(&mut self, score: f32, ring: &Ring) -> Option<Signal> {
        if let Some(under_way) = &mut self.under_way {
            under_way.score = under_way.score.max(score);
            return None;
        }
        let (look, at) = (self.next, ring.end());
        self.next += 1;
        self.under_way = Some(Look { name: look, score, at });
        let samples = ring.since(at.saturating_sub(ms_to_samples(SecondLook::SOUND_MS)));
        Some(Signal::Doubt { look, candidate: Candidate { score, samples } })
    }

    /// The look is over. What it looked at, where that was the wake word and is still waited for.
    pub(super) fn end(&mut self, look: u64, confirmed: Option<bool>) -> Option<Look> {
        let looked = self.under_way.take_if(|under_way| under_way.name == look)?;
        confirmed.unwrap_or(looked.score >= self.threshold).then_some(looked)
    }

    /// The session is woken `now`, which may be long after it was called: who called is still heard.
    pub(super) fn woken(&mut self, now: u64) {
        self.deaf_until = now + self.deaf_for;
        self.under_way = None;
    }

    pub(super) fn forget(&mut self) {
        self.under_way = None;
    }
}

impl Session {
    /// The detector heard the wake word.
    pub(super) fn may_be_called(&mut self, score: f32, out: &mut Vec<Signal>) {
        let now = self.position();
        match &mut self.looks {
            Some(looks) if looks.is_deaf(now) => {}
            Some(looks) => out.extend(looks.ask(score, &self.ring)),
            None => self.woken(score, now, out),
        }
    }

    pub(super) fn woken(&mut self, score: f32, position: u64, out: &mut Vec<Signal>) {
        let now = self.position();
        self.looks.iter_mut().for_each(|looks| looks.woken(now));
        self.interrupt(out);
        out.push(Signal::Wake { score, position });
        let from = position.saturating_sub(ms_to_samples(WAKE_PRE_ROLL_MS));
        self.vad.reset();
        self.listen(Opening::Wake { position }, from, self.endpointer(), out);
        self.behind = (position < now).then_some(position);
    }

    /// Hears what was said while it was not sure that it had been called.
    pub(super) fn catch_up(&mut self, from: u64, out: &mut Vec<Signal>) -> Result<(), SessionError> {
        let missed = self.ring.since(from);
        let mut now = from;
        for frame in missed.as_chunks::<FRAME_SAMPLES>().0 {
            now += FRAME_SAMPLES as u64;
            let probability = self.vad.process(frame)?;
            let State::Listening(hearing) = &mut self.state else { break };
            let edge = hearing.endpointer.push(probability, now);
            self.heard(edge, out);
        }
        Ok(())
    }
}
