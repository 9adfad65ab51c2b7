//! What is to be said unasked: timers that have run out, again and again until somebody reacts.
//!
//! It has no voice. The stage rings it while Jarvis listens, and the announcer while it does not; they hand it to each other.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How often something rings that nobody reacts to.
const RINGS: u32 = 8;
/// Silence between two rings of the same thing: time to say "stop".
const PAUSE: Duration = Duration::from_secs(5);

/// Something to announce.
struct Announcement {
    words: String,
    /// Theirs, ISO 639-1.
    language: String,
    rings_left: u32,
    rung: bool,
    not_before: Instant,
}

/// What waits to be announced, and what is being announced.
#[derive(Default)]
pub(crate) struct Bell {
    waiting: VecDeque<Announcement>,
    saying: Option<(u64, Announcement)>,
}

impl Bell {
    /// With what is to be said once, in English.
    pub fn with(sentences: Vec<String>, now: Instant) -> Self {
        let mut bell = Self::default();
        sentences.into_iter().for_each(|words| bell.ring(words, "en", true, now));
        bell
    }

    /// Something is to be said until somebody reacts; `once` only once, since it is past anyway.
    pub fn ring(&mut self, words: String, language: &str, once: bool, now: Instant) {
        let (language, rings_left) = (language.into(), if once { 1 } else { RINGS });
        self.waiting.push_back(Announcement { words, language, rings_left, rung: false, not_before: now });
    }

    /// When the next announcement is due; none while one is being said.
    pub fn next_at(&self) -> Option<Instant> {
        if self.saying.is_some() { None } else { self.waiting.iter().map(|a| a.not_before).min() }
    }

    /// The words that are due, and their language; they will be said under the name `utterance`.
    pub fn say(&mut self, utterance: u64, now: Instant) -> Option<(String, String)> {
        let next = self.waiting.iter().position(|a| a.not_before <= now).filter(|_| self.saying.is_none())?;
        let next = self.waiting.remove(next)?;
        let said = (next.words.clone(), next.language.clone());
        self.saying = Some((utterance, next));
        Some(said)
    }

    /// The speaker is done with `utterance`. Whether that was an announcement; it will be repeated.
    pub fn said(&mut self, utterance: u64, now: Instant) -> bool {
        let Some((_, mut announcement)) = self.saying.take_if(|(saying, _)| *saying == utterance) else {
            return false;
        };
        announcement.rings_left -= 1;
        announcement.rung = true;
        if announcement.rings_left > 0 {
            announcement.not_before = now + PAUSE;
            self.waiting.push_back(announcement);
        }
        true
    }

    /// Somebody reacted: what has rung rings no more. What has not is still to be said.
    pub fn acknowledge(&mut self) {
        self.saying = None;
        self.waiting.retain(|a| !a.rung);
    }

    /// The speaker broke off `utterance` by itself. Whether that was an announcement; it is to be said again.
    pub fn broken_off(&mut self, utterance: u64, now: Instant) -> bool {
        let Some((_, announcement)) = self.saying.take_if(|(saying, _)| *saying == utterance) else {
            return false;
        };
        self.waiting.push_front(Announcement { not_before: now, ..announcement });
        true
    }

    /// Somebody else speaks: what is being said is to be said again. Returns the name under which it was said.
    pub fn put_off(&mut self, now: Instant) -> Option<u64> {
        let utterance = self.saying.as_ref().map(|(utterance, _)| *utterance)?;
        self.broken_off(utterance, now).then_some(utterance)
    }

    /// Nobody says it any more: what was being said is to be said again.
    pub fn hand_over(&mut self, now: Instant) -> Self {
        self.put_off(now);
        std::mem::take(self)
    }

    /// Nothing can be said aloud.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rings_until_somebody_reacts() {
        let (mut bell, start) = (Bell::default(), Instant::now());
        bell.ring("The pasta timer is over.".into(), "en", false, start);
        bell.ring("Der Eiertimer ist abgelaufen.".into(), "de", false, start);
        assert_eq!(bell.say(1, start).unwrap(), ("The pasta timer is over.".to_string(), "en".to_string()));
        assert_eq!((bell.next_at(), bell.say(2, start)), (None, None), "one at a time");
        assert!(!bell.said(7, start), "that was an answer");
        assert!(bell.said(1, start));
        assert_eq!(bell.next_at(), Some(start), "the other is still to be said");
        bell.acknowledge();
        let egg = bell.say(3, start + PAUSE).unwrap();
        assert_eq!(egg, ("Der Eiertimer ist abgelaufen.".to_string(), "de".to_string()));
        assert!(bell.said(3, start));
        assert_eq!(bell.say(4, start), None, "there is a pause between two rings");
        assert!(bell.say(4, start + PAUSE).is_some());
        bell.acknowledge();
        assert_eq!(bell.next_at(), None);
    }

    #[test]
    fn what_has_not_rung_is_still_to_be_said_whatever_the_person_reacts_to() {
        let (mut bell, start) = (Bell::default(), Instant::now());
        bell.ring("You missed an alarm at seven.".into(), "en", true, start);
        bell.acknowledge();
        bell.say(1, start).unwrap();
        assert!(bell.broken_off(1, start), "the speaker was pulled out");
        bell.say(2, start).unwrap();
        bell.acknowledge();
        assert!(!bell.broken_off(2, start), "the person did that");
        assert_eq!(bell.next_at(), None);
    }

    #[test]
    fn what_somebody_begins_to_speak_over_is_said_when_they_are_done() {
        let (mut bell, start) = (Bell::default(), Instant::now());
        assert_eq!(bell.put_off(start), None);
        bell.ring("The pasta timer is over.".into(), "en", false, start);
        bell.say(1, start).unwrap();
        assert_eq!(bell.put_off(start), Some(1));
        assert!(!bell.said(1, start), "the speaker was stopped");
        // What they say is no reaction to what they have not heard.
        bell.acknowledge();
        assert!(bell.say(2, start).is_some());
        assert!(bell.said(2, start));
        bell.say(3, start + PAUSE).unwrap();
        assert_eq!(bell.put_off(start + PAUSE), Some(3));
        bell.acknowledge();
        assert_eq!(bell.next_at(), None, "it had rung before");
    }

    #[test]
    fn what_was_cut_off_is_said_by_whoever_goes_on() {
        let (mut bell, start) = (Bell::default(), Instant::now());
        bell.ring("The pasta timer is over.".into(), "en", true, start);
        bell.ring("The egg timer is over.".into(), "en", true, start);
        bell.say(1, start).unwrap();
        let mut next = bell.hand_over(start);
        assert_eq!(bell.next_at(), None);
        for words in ["The pasta timer is over.", "The egg timer is over."] {
            assert_eq!(next.say(1, start).unwrap().0, words);
            next.said(1, start);
        }
    }

    #[test]
    fn it_gives_up_at_last_and_rings_once_what_is_past() {
        for (once, rings) in [(false, RINGS), (true, 1)] {
            let (mut bell, mut now, mut rung) = (Bell::default(), Instant::now(), 0);
            bell.ring("Over.".into(), "en", once, now);
            while let Some(at) = bell.next_at() {
                now = now.max(at);
                bell.say(1, now).unwrap();
                bell.said(1, now);
                rung += 1;
            }
            assert_eq!(rung, rings);
        }
    }
}
