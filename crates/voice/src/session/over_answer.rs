//! What is heard while an answer is spoken: somebody who talks over it, or says something short that may mean "stop".

use jarvis_core::audio::ms_to_samples;
use jarvis_core::config::InterruptBy;

use super::{ONSET_PRE_ROLL_MS, Opening, Session, SessionConfig, Signal, State};
use crate::barge_in::{BargeIn, BargeInConfig};
use crate::endpoint::{Edge, Endpointer};

/// Longest utterance that is looked at for "stop" while the answer is being spoken.
const MAX_INTERJECTION_MS: u64 = 1500;

/// What is heard over an answer.
pub(super) struct Over {
    pub interrupt_by: InterruptBy,
    pub talk: BargeIn,
    pub endpointer: Endpointer,
}

impl Session {
    pub(super) fn speak(&mut self, interrupt_by: InterruptBy, out: &mut Vec<Signal>) {
        let SessionConfig { endpoint, interrupt_after_ms: after_ms, .. } = self.config;
        let talk = BargeIn::new(BargeInConfig { threshold: endpoint.threshold, after_ms });
        let over = Over { interrupt_by, talk, endpointer: self.endpointer() };
        // What the detector heard last was the request.
        self.vad.reset();
        self.enter(State::Speaking(Box::new(over)), out);
    }

    /// Somebody talks over the answer: it is silenced, and what they say is a request.
    pub(super) fn talked_over(&mut self, out: &mut Vec<Signal>) {
        let State::Speaking(over) = &self.state else { return };
        let endpointer = over.endpointer.clone();
        let position = endpointer.started().unwrap_or_else(|| self.position());
        let from = position.saturating_sub(ms_to_samples(ONSET_PRE_ROLL_MS));
        let until = self.position() + ms_to_samples(self.config.follow_up_ms);
        out.push(Signal::Interrupt);
        self.listen(Opening::FollowUp { until }, from, endpointer, out);
        out.push(Signal::SpeechStarted { position });
    }

    pub(super) fn heard_over_answer(&mut self, edge: Option<Edge>, out: &mut Vec<Signal>) {
        let now = self.position();
        let State::Speaking(over) = &mut self.state else { return };
        let Some(started) = over.endpointer.started() else { return };
        let long = now - started > ms_to_samples(MAX_INTERJECTION_MS);
        if edge == Some(Edge::Settled) && !long && over.interrupt_by != InterruptBy::Off {
            let from = started.saturating_sub(ms_to_samples(ONSET_PRE_ROLL_MS));
            let voiced_ms = over.endpointer.voiced_ms();
            out.push(Signal::Interjection { samples: self.ring.since(from), voiced_ms });
        }
        if matches!(edge, Some(Edge::Settled | Edge::Ended)) {
            over.endpointer = Endpointer::new(self.config.endpoint);
        }
    }
}
