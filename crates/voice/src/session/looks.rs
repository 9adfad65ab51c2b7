//! Before the session wakes, somebody else looks again at what its detector took for the wake word.
//!
//! A look takes a while. Meanwhile nothing is lost: what is said is kept, and heard when the look confirms. Where it does not and the
//! detector was surer meanwhile, or asks again, it is looked at again: the first look may have come before the word's end. Where
//! nobody could tell, the detector alone decides: Jarvis is not deaf for want of a recogniser.

use jarvis_core::audio::{FRAME_SAMPLES, ms_to_samples};

use super::ring::Ring;
use super::{Opening, Session, SessionError, Signal, State, WAKE_PRE_ROLL_MS};
use crate::wake::{Candidate, LookAllowance, SecondLook};

/// See the module.
pub(super) struct Looks {
    /// The score at which the detector alone is believed.
    threshold: f32,
    /// After it was woken, deaf to the wake word for so many samples.
    deaf_for: u64,
    deaf_until: u64,
    next: u64,
    allowance: LookAllowance,
    under_way: Option<Look>,
}

struct Look {
    name: u64,
    /// What is looked at.
    asked: Heard,
    /// The detector's highest score since.
    highest: Heard,
}

/// What the detector heard.
#[derive(Clone, Copy)]
pub(super) struct Heard {
    pub score: f32,
    pub at: u64,
}

/// What came of a look.
pub(super) enum Verdict {
    /// It is the wake word.
    Called(Heard),
    /// What came later is more like it.
    LookAgain(Signal),
    Nothing,
}

impl Looks {
    pub(super) fn new(threshold: f32, refractory_ms: u64) -> Self {
        Self {
            threshold,
            deaf_for: ms_to_samples(refractory_ms),
            deaf_until: 0,
            next: 1,
            allowance: LookAllowance::new(threshold),
            under_way: None,
        }
    }

    pub(super) fn is_deaf(&self, now: u64) -> bool {
        now < self.deaf_until
    }

    /// Asks for a look at the last of what was heard, unless one is under way, or there were too many.
    pub(super) fn ask(&mut self, score: f32, ring: &Ring) -> Option<Signal> {
        let heard = Heard { score, at: ring.end() };
        match &mut self.under_way {
            None => self.may(heard, ring).then(|| self.begin(heard, ring)),
            Some(look) => {
                if score > look.highest.score {
                    look.highest = heard;
                }
                None
            }
        }
    }

    fn may(&mut self, heard: Heard, ring: &Ring) -> bool {
        self.allowance.lets(heard.score, ring.end())
    }

    fn begin(&mut self, heard: Heard, ring: &Ring) -> Signal {
        let name = self.next;
        self.next += 1;
        self.under_way = Some(Look { name, asked: heard, highest: heard });
        let mut samples = ring.since(heard.at.saturating_sub(ms_to_samples(SecondLook::SOUND_MS)));
        samples.truncate(samples.len().saturating_sub((ring.end() - heard.at) as usize));
        Signal::Doubt { look: name, candidate: Candidate { score: heard.score, samples } }
    }

    /// The look is over, where it is still waited for.
    pub(super) fn end(&mut self, look: u64, confirmed: Option<bool>, ring: &Ring) -> Verdict {
        let Some(Look { asked, highest, .. }) = self.under_way.take_if(|under_way| under_way.name == look)
        else {
            return Verdict::Nothing;
        };
        match confirmed {
            Some(false) if highest.score > asked.score && self.may(highest, ring) => {
                Verdict::LookAgain(self.begin(highest, ring))
            }
            Some(false) => Verdict::Nothing,
            None if highest.score < self.threshold => Verdict::Nothing,
            Some(true) | None => Verdict::Called(Heard { score: highest.score, ..asked }),
        }
    }

    pub(super) fn is_under_way(&self) -> bool {
        self.under_way.is_some()
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
    /// The detector heard the wake word. While a key is held it has no meaning: the person is heard already.
    pub(super) fn may_be_called(&mut self, score: f32, out: &mut Vec<Signal>) {
        if matches!(&self.state, State::Listening(hearing) if hearing.opening.is_held()) {
            return;
        }
        let now = self.position();
        match &mut self.looks {
            Some(looks) if looks.is_deaf(now) => {}
            Some(looks) => out.extend(looks.ask(score, &self.ring)),
            None => self.woken(score, now, out),
        }
    }

    /// A look is over.
    pub(super) fn looked(&mut self, look: u64, confirmed: Option<bool>, out: &mut Vec<Signal>) {
        let Some(looks) = &mut self.looks else { return };
        match looks.end(look, confirmed, &self.ring) {
            Verdict::Called(heard) => self.woken(heard.score, heard.at, out),
            Verdict::LookAgain(doubt) => out.push(doubt),
            Verdict::Nothing => {}
        }
        if !self.looks.as_ref().is_some_and(Looks::is_under_way) {
            out.push(Signal::DoubtOver);
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
            let State::Listening(hearing) = &mut self.state else { break };
            now += FRAME_SAMPLES as u64;
            let edge = hearing.endpointer.push(self.vad.process(frame)?, now);
            self.heard(edge, out);
        }
        if let State::Thinking { heard_to, .. } = &mut self.state {
            *heard_to = now;
        }
        Ok(())
    }
}
