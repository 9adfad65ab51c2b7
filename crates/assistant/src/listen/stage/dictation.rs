//! What is dictated: recognised while the next is heard, and typed in the order in which it was said.
//!
//! It is no part of the conversation: whoever interrupts an answer does not interrupt it, only who wants everything to stop. Nothing is
//! typed while somebody is heard or what was said is still being recognised: a key may be held then, with which letters are shortcuts.

use std::collections::VecDeque;
use std::sync::Arc;

use jarvis_core::{EventKind, Outcome, TurnId, TurnTimings, VoiceState};
use jarvis_voice::session::Request;
use tokio_util::sync::CancellationToken;

use super::{Draft, Message, Recognised, Stage};
use crate::conversation::Heard;

/// What was said while the key was held, or a part of it.
struct Dictation {
    turn: TurnId,
    timings: TurnTimings,
    /// It goes on with the one before it: the key was held all the while.
    goes_on: bool,
    /// The draft that holds all of it.
    draft: Option<u64>,
    /// What was said, once that is known.
    heard: Option<Heard>,
}

/// What was dictated and is not typed yet, in the order in which it was said.
#[derive(Default)]
pub(super) struct Dictations {
    waiting: VecDeque<Dictation>,
    /// What is being typed, and how that is stopped.
    typing: Option<(Vec<Dictation>, CancellationToken)>,
}

impl Dictations {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.typing.is_none()
    }

    /// The one that waits for the words of a draft.
    pub(super) fn waiting_for(&self, draft: u64) -> Option<TurnId> {
        let mut waiting = self.waiting.iter();
        waiting.find(|d| d.heard.is_none() && d.draft == Some(draft)).map(|d| d.turn)
    }

    /// The one of that name, as long as its words are not known.
    fn unheard(&mut self, turn: TurnId) -> Option<&mut Dictation> {
        self.waiting.iter_mut().find(|d| d.turn == turn && d.heard.is_none())
    }

    /// Takes out one of which nothing is to be typed.
    fn take_out(&mut self, turn: TurnId) -> Option<Dictation> {
        let at = self.waiting.iter().position(|d| d.turn == turn)?;
        let gone = self.waiting.remove(at)?;
        if let Some(next) = self.waiting.get_mut(at) {
            // Where this one began with the key, the next does now.
            next.goes_on &= gone.goes_on;
        }
        Some(gone)
    }

    /// What is to be typed now, all parts of it as one, and its name. One at a time, and none before all that was said is known.
    fn take_next(&mut self, cancel: &CancellationToken) -> Option<(TurnId, Heard)> {
        if self.typing.is_some() || self.waiting.iter().any(|d| d.heard.is_none()) {
            return None;
        }
        let first = self.waiting.pop_front()?;
        let (turn, mut whole) = (first.turn, first.heard.clone()?);
        let mut parts = vec![first];
        while self.waiting.front().is_some_and(|next| next.goes_on) {
            parts.extend(self.waiting.pop_front());
        }
        let said: Vec<&str> = parts.iter().flat_map(|part| &part.heard).map(|h| h.said.as_str()).collect();
        whole.said = said.join(" ");
        self.typing = Some((parts, cancel.clone()));
        Some((turn, whole))
    }

    /// The typing of that name is over, unless it was stopped before. Returns what was typed.
    fn typed(&mut self, turn: TurnId) -> Vec<Dictation> {
        let typed = self.typing.take_if(|(parts, _)| parts.first().is_some_and(|d| d.turn == turn));
        typed.map(|(parts, _)| parts).unwrap_or_default()
    }

    /// Takes out all of them, and ends the typing.
    fn clear(&mut self) -> Vec<Dictation> {
        let typing = self.typing.take().map(|(parts, cancel)| {
            cancel.cancel();
            parts
        });
        typing.into_iter().flatten().chain(self.waiting.drain(..)).collect()
    }
}

impl Stage {
    /// Something was dictated. It is recognised, where no draft has done that already.
    pub(super) fn dictation(&mut self, turn: TurnId, request: Request, timings: TurnTimings) {
        let Request { samples, voiced_ms, draft: wanted, goes_on, .. } = request;
        self.dictations.waiting.push_back(Dictation { turn, timings, goes_on, draft: wanted, heard: None });
        match self.draft.take() {
            Some(Draft { draft, heard: Some(heard), .. }) if wanted == Some(draft) => {
                self.dictated(turn, heard)
            }
            // Still being recognised: `drafted` goes on with it.
            Some(Draft { draft, .. }) if wanted == Some(draft) => {}
            other => {
                if let Some(other) = other {
                    other.cancel.cancel();
                }
                let report = move |heard| Message::Transcribed { turn, heard };
                self.recognise(samples, voiced_ms, true, self.cancel.child_token(), report);
            }
        }
    }

    /// What was dictated is recognised, where it is still to be typed.
    pub(super) fn dictated(&mut self, turn: TurnId, heard: Recognised) {
        let Some(dictation) = self.dictations.unheard(turn) else { return };
        match heard {
            Ok(Some(heard)) => {
                dictation.timings.transcript_ms = Some(self.conversation.bus.now_ms());
                let (text, language) = (heard.said.clone(), heard.language.clone());
                dictation.heard = Some(heard);
                self.conversation.bus.publish(Some(turn), EventKind::Transcript { text, language });
                // A noise is no reaction.
                self.bell.acknowledge();
                self.tell_what_rings();
            }
            Ok(None) => self.nothing_to_type(turn, Outcome::NothingHeard),
            Err(e) => {
                self.conversation.bus.fail(None, e.failure());
                self.nothing_to_type(turn, Outcome::Failed);
            }
        }
        self.type_next();
    }

    /// Types what was dictated next, if it is time for that.
    pub(super) fn type_next(&mut self) {
        if self.state == VoiceState::Listening {
            return;
        }
        let cancel = self.cancel.child_token();
        let Some((turn, heard)) = self.dictations.take_next(&cancel) else { return };
        let (conversation, inbox) = (Arc::clone(&self.conversation), self.inbox.clone());
        tokio::spawn(async move {
            let ok = conversation.dictate(&heard, &cancel).await;
            // The stage ends before its tasks only when Jarvis ends.
            let _ = inbox.send(Message::Typed { turn, ok }).await;
        });
    }

    pub(super) fn typed(&mut self, turn: TurnId, ok: bool) {
        let outcome = if ok { Outcome::Answered } else { Outcome::Failed };
        for dictation in self.dictations.typed(turn) {
            self.end_dictation(dictation, outcome);
        }
        self.type_next();
    }

    /// Nothing more of what was dictated is typed.
    pub(super) fn stop_dictating(&mut self) {
        for dictation in self.dictations.clear() {
            self.end_dictation(dictation, Outcome::Interrupted);
        }
    }

    fn nothing_to_type(&mut self, turn: TurnId, outcome: Outcome) {
        if let Some(dictation) = self.dictations.take_out(turn) {
            self.end_dictation(dictation, outcome);
        }
    }

    fn end_dictation(&self, dictation: Dictation, outcome: Outcome) {
        let done_ms = Some(self.conversation.bus.now_ms());
        let timings = TurnTimings { done_ms, ..dictation.timings };
        let kind = EventKind::TurnEnded { outcome, answer: String::new(), timings, usage: None };
        self.conversation.bus.publish(Some(dictation.turn), kind);
    }
}

#[cfg(test)]
mod tests {
    use jarvis_core::Completeness;

    use super::*;

    /// So many dictations of which no words are known yet, and whether each goes on with the one before.
    fn said<const N: usize>(goes_on: [bool; N]) -> (Dictations, [TurnId; N]) {
        let turns = goes_on.map(|_| TurnId::new());
        let waiting = goes_on.into_iter().zip(turns).map(|(goes_on, turn)| Dictation {
            turn,
            timings: TurnTimings::default(),
            goes_on,
            draft: None,
            heard: None,
        });
        (Dictations { waiting: waiting.collect(), typing: None }, turns)
    }

    fn recognise(dictations: &mut Dictations, turn: TurnId, said: &str) {
        let (text, language) = (String::new(), "en".to_string());
        let heard = Heard { text, said: said.into(), language, completeness: Completeness::default() };
        dictations.unheard(turn).unwrap().heard = Some(heard);
    }

    fn next(dictations: &mut Dictations) -> Option<String> {
        dictations.take_next(&CancellationToken::new()).map(|(_, heard)| heard.said)
    }

    #[test]
    fn they_are_typed_one_after_another_in_the_order_in_which_they_were_said() {
        let (mut dictations, [first, second]) = said([false, false]);
        recognise(&mut dictations, second, "Second.");
        assert_eq!(next(&mut dictations), None, "what was said first is still being recognised");
        // As it was said, with what is like the wake word.
        recognise(&mut dictations, first, "Hi Davis, first.");
        assert_eq!(next(&mut dictations).as_deref(), Some("Hi Davis, first."));
        assert_eq!(next(&mut dictations), None, "one at a time");
        assert_eq!(dictations.typed(first).len(), 1);
        assert_eq!(next(&mut dictations).as_deref(), Some("Second."));
        assert!(!dictations.is_empty());
        assert_eq!(dictations.typed(second).len(), 1);
        assert!(dictations.is_empty());
    }

    #[test]
    fn parts_of_one_are_typed_as_one() {
        let (mut dictations, turns) = said([false, false, true, true, false]);
        for (turn, words) in turns.into_iter().zip(["Before.", "", "One", "comma two.", "Behind."]) {
            if words.is_empty() {
                dictations.take_out(turn).unwrap();
            } else {
                recognise(&mut dictations, turn, words);
            }
        }
        for (turn, words, parts) in
            [(turns[0], "Before.", 1), (turns[2], "One comma two.", 2), (turns[4], "Behind.", 1)]
        {
            assert_eq!(next(&mut dictations).as_deref(), Some(words));
            assert_eq!(dictations.typed(turn).len(), parts);
        }
        assert_eq!(next(&mut dictations), None);
    }

    #[test]
    fn a_draft_that_holds_all_of_it_is_waited_for_until_it_is_known() {
        let (mut dictations, [_, second]) = said([false, false]);
        dictations.unheard(second).unwrap().draft = Some(7);
        assert_eq!(dictations.waiting_for(7), Some(second));
        assert_eq!(dictations.waiting_for(6), None);
        recognise(&mut dictations, second, "Second.");
        assert_eq!(dictations.waiting_for(7), None);
    }

    #[test]
    fn stopped_nothing_more_of_them_is_typed_and_the_next_is_typed_all_the_same() {
        let (mut dictations, [first, second]) = said([false, false]);
        recognise(&mut dictations, first, "First.");
        recognise(&mut dictations, second, "Second.");
        let cancel = CancellationToken::new();
        dictations.take_next(&cancel).unwrap();
        assert_eq!(dictations.clear().len(), 2);
        assert!(cancel.is_cancelled() && dictations.is_empty());
        let (more, [third]) = said([false]);
        dictations.waiting.extend(more.waiting);
        recognise(&mut dictations, third, "Third.");
        dictations.take_next(&CancellationToken::new()).unwrap();
        // What was stopped tells its end late.
        assert!(dictations.typed(first).is_empty());
        assert_eq!(dictations.typed(third).len(), 1);
    }
}
