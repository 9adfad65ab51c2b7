//! Reflexes: everyday requests answered in milliseconds from templates in a data file, with no language model.
//!
//! A sentence matches as a whole or not at all; whatever is not understood goes to the model. Nothing here acts
//! on the machine beyond Jarvis's own timers: what else is to happen is handed back as an [`Effect`]. The
//! assistant asks here first, and the voice session asks whether a half-heard sentence is already complete.

mod action;
mod answers;
mod file;
mod memory_answers;
mod numbers;
mod request;
mod slots;
mod speech;
mod sums;
mod template;
mod timer_answers;
mod when;
mod wishes;
mod words;
pub(crate) mod zone;

use std::cmp::Reverse;

use jarvis_core::{Completeness, MessageId, Source};
use jarvis_memory::Store;
use jiff::Zoned;

use self::action::Action;
use self::answers::Matched;
pub use self::file::Asking;
use self::file::Language;
use self::request::{Leaves, Request};
use self::template::{Fit, Found};
pub use self::wishes::Wish;
use self::words::{Word, words};
use crate::machine::MachineStatus;
use crate::timers::{Due, Timer, TimerBook};

/// The data files that ship with Jarvis, by ISO 639-1 code.
const FILES: [(&str, &str); 2] =
    [("en", include_str!("../reflexes/en.toml")), ("de", include_str!("../reflexes/de.toml"))];

/// What a reflex may look at and change.
pub struct Context<'a> {
    /// The time, with the person's time zone.
    pub now: Zoned,
    /// Timers, alarms and reminders.
    pub timers: &'a mut TimerBook,
    /// Whether one of them rings, or has just been silenced by whoever makes the request.
    pub ringing: bool,
    /// The language of the request, ISO 639-1, as far as that is known: what a model sets rings in it.
    pub language: Option<&'a str>,
    /// What Jarvis was told to remember.
    pub memory: &'a Store,
    /// The request that is being answered, where it is recorded.
    pub request: Option<MessageId>,
    /// What was asked and answered last.
    pub last: Option<Exchange<'a>>,
    /// Looks at the computer; called only when that is asked for.
    pub machine: &'a dyn Fn() -> MachineStatus,
}

/// A request and its answer.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// What the person said.
    pub request: &'a str,
    /// What Jarvis said.
    pub answer: &'a str,
    /// The reflex that answered, when one did.
    pub reflex: Option<&'a str>,
    /// What the answer was known from.
    pub sources: &'a [Source],
}

/// An answer by reflex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Name of the reflex in the data file.
    pub reflex: &'static str,
    /// What to say; empty when it is better to say nothing.
    pub text: String,
    /// What else is to happen.
    pub effect: Effect,
    /// What the answer was known from.
    pub sources: Vec<Source>,
    /// A tool to call; its result is the answer.
    pub wish: Option<Wish>,
}

impl Reply {
    /// Of a reflex, without words yet.
    fn of(reflex: &'static str) -> Self {
        Self { reflex, text: String::new(), effect: Effect::None, sources: Vec::new(), wish: None }
    }
}

/// What is to happen besides the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    #[default]
    None,
    /// Be silent and leave the conversation; a timer that is ringing stops.
    Stop,
    /// Stop listening until the person turns the microphone on again.
    Mute,
    /// Change how loud Jarvis speaks.
    Volume(VolumeChange),
    /// A question was asked that "yes" answers.
    Asked,
    /// Something was remembered or forgotten.
    MemoryChanged,
    /// Stop everything that acts on the machine.
    StopEverything,
}

/// A change of the volume of Jarvis's own voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VolumeChange {
    /// A step louder.
    Up,
    /// A step softer.
    Down,
    /// To this many percent, 0 (silent) to 100.
    Set(u8),
    /// To what it was before it was silenced.
    Back,
}

/// Why a data file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReflexError {
    /// No file for this language ships with Jarvis.
    #[error("there are no reflexes for the language {language:?}; there are {known:?}")]
    UnknownLanguage {
        /// What was asked for.
        language: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// It is not the TOML it should be.
    #[error("the reflex file cannot be read: {reason}")]
    Syntax {
        /// Where and why.
        reason: String,
    },
    /// It names a reflex that there is not.
    #[error("there is no reflex called {name:?}")]
    UnknownReflex {
        /// The name.
        name: String,
    },
    /// A template cannot be read.
    #[error("a pattern of {reflex} cannot be read: {reason}")]
    Pattern {
        /// Of which reflex.
        reflex: String,
        /// Which one and why.
        reason: String,
    },
    /// A reply is missing or cannot be filled.
    #[error("the reply {reply:?} of {reflex} cannot be used: {reason}")]
    Reply {
        /// Of which reflex.
        reflex: String,
        /// Which one.
        reply: String,
        /// Why.
        reason: String,
    },
}

/// The reflexes of one language.
#[derive(Debug)]
pub struct Reflexes {
    language: Language,
}

impl Reflexes {
    /// The languages that ship with Jarvis, ISO 639-1.
    pub fn languages() -> impl Iterator<Item = &'static str> {
        FILES.iter().map(|(code, _)| *code)
    }

    /// The reflexes that ship with Jarvis for `language`, an ISO 639-1 code.
    pub fn load(language: &str) -> Result<Self, ReflexError> {
        let Some((_, text)) = FILES.iter().find(|(code, _)| *code == language) else {
            let known = Self::languages().collect();
            return Err(ReflexError::UnknownLanguage { language: language.to_owned(), known });
        };
        Self::parse(text)
    }

    /// Reflexes from a data file's text, for a language or a taste of the person's own.
    pub fn parse(text: &str) -> Result<Self, ReflexError> {
        Ok(Self { language: Language::parse(text)? })
    }

    /// Language of these reflexes, ISO 639-1.
    pub fn language(&self) -> &str {
        &self.language.code
    }

    /// Answers `text` when some reflex understands all of it. May set or cancel timers.
    pub fn respond(&self, text: &str, ctx: &mut Context) -> Option<Reply> {
        let request = self.request(&words(text));
        self.fits(&request).find_map(|(reflex, fit)| {
            let Fit::Whole(Found { values, .. }) = fit else { return None };
            let matched = Matched { language: &self.language, reflex, values, said: text };
            match reflex.action {
                Action::Yes => return self.agreed(ctx),
                // "No thanks" to a question is its answer.
                Action::Stop if memory_answers::has_asked(ctx) && self.consent(text).is_some() => {
                    return None;
                }
                Action::Wish(call) => return wishes::wish(&matched, &call, ctx),
                _ => {}
            }
            let reflex = reflex.action.name();
            if let Some((text, effect, sources)) = memory_answers::answer(&matched, ctx) {
                let reflex = if effect == Effect::Asked { memory_answers::ASKED } else { reflex };
                return Some(Reply { text, effect, sources, ..Reply::of(reflex) });
            }
            let (text, effect) = matched.answer(ctx)?;
            Some(Reply { text, effect, ..Reply::of(reflex) })
        })
    }

    /// Does what the last answer asked about. What is to be done stands in the request before it.
    fn agreed(&self, ctx: &Context) -> Option<Reply> {
        let asked = ctx.last.filter(|_| memory_answers::has_asked(ctx))?;
        let request = self.request(&words(asked.request));
        let (reflex, values) = self.fits(&request).find_map(|(reflex, fit)| match fit {
            Fit::Whole(Found { values, .. })
                if matches!(reflex.action, Action::Forget | Action::ForgetThat) =>
            {
                Some((reflex, values))
            }
            _ => None,
        })?;
        let matched = Matched { language: &self.language, reflex, values, said: asked.request };
        let (text, effect) = memory_answers::forget(&matched, ctx)?;
        Some(Reply { text, effect, ..Reply::of(Action::Yes.name()) })
    }

    /// Whether `text` is a whole request that a reflex understands. Changes nothing.
    pub fn would_match(&self, text: &str) -> bool {
        self.completeness(text) == Completeness::Complete
    }

    /// How finished `text` is, as far as it was heard. Changes nothing.
    pub fn completeness(&self, text: &str) -> Completeness {
        let heard = words(text);
        let request = self.request(&heard);
        let mut incomplete = self.language.unfinished.at_end(&heard).is_some();
        let may_end = heard
            .last()
            .is_some_and(|last| request.forms(Leaves::Nothing).any(|form| self.language.may_end(form, last)));
        for (reflex, fit) in self.fits(&request) {
            match fit {
                // Anything may be a question for the graph.
                Fit::Whole(_) if reflex.action == Action::Relation => {}
                Fit::Whole(Found { open: true, .. }) => return Completeness::Unknown,
                // "No ... I meant Tuesday."
                Fit::Whole(_) if matches!(reflex.action, Action::Yes | Action::No) => {}
                Fit::Whole(_) => return Completeness::Complete,
                Fit::Beginning => incomplete = true,
                Fit::None => {}
            }
        }
        if incomplete && !may_end { Completeness::Incomplete } else { Completeness::Unknown }
    }

    /// Whether `text` tells Jarvis to be silent, or where a timer is `ringing`, that. Changes nothing.
    pub fn means_stop(&self, text: &str, ringing: bool) -> bool {
        let request = self.request(&words(text));
        self.fits(&request).any(|(reflex, fit)| {
            let stops = reflex.action == Action::Stop || (ringing && reflex.action == Action::StopRinging);
            stops && matches!(fit, Fit::Whole(_))
        })
    }

    /// All of `languages`, the one that `text` is in first, as far as its words tell. What only one of them understands is
    /// answered in that; what several do, in the language in which it was asked.
    pub fn likeliest<'r>(languages: &'r [Self], text: &str) -> Vec<&'r Self> {
        let heard = words(text);
        let mut all: Vec<&Self> = languages.iter().collect();
        all.sort_by_key(|one| Reverse(one.familiar(&heard)));
        all
    }

    /// How many of the words are this language's.
    fn familiar(&self, heard: &[Word]) -> usize {
        heard.iter().filter(|word| self.language.familiar.contains(&word.key)).count()
    }

    /// Whether `text` says yes, or no, and nothing else. Changes nothing.
    pub fn consent(&self, text: &str) -> Option<bool> {
        let request = self.request(&words(text));
        self.fits(&request).find_map(|(reflex, fit)| match (reflex.action, fit) {
            (Action::Yes, Fit::Whole(_)) => Some(true),
            (Action::No, Fit::Whole(_)) => Some(false),
            _ => None,
        })
    }

    /// What is said of what is asked about.
    pub fn asking(&self) -> &Asking {
        &self.language.asking
    }

    /// What is said when a timer rings.
    pub fn ring_text(&self, due: &Due, now: &Zoned) -> String {
        self.language.speech.ring(due, now)
    }

    /// What a timer is called in a list: "the pasta timer", "the 10 minute timer", "the alarm at 7 AM".
    pub fn timer_name(&self, timer: &Timer, now: &Zoned) -> String {
        self.language.speech.timer_name(timer, now)
    }

    fn request(&self, heard: &[Word]) -> Request {
        Request::new(&self.language, heard)
    }

    /// How each pattern fits `request`, from top to bottom, and for each the request's forms, the fullest first.
    fn fits<'a>(&'a self, request: &'a Request) -> impl Iterator<Item = (&'a file::Reflex, Fit)> {
        let patterns = self.language.reflexes.iter().flat_map(|r| r.patterns.iter().map(move |p| (r, p)));
        patterns.flat_map(move |(reflex, pattern)| {
            let reader = move |slot, words: &[Word]| self.language.reader.read(slot, words);
            let fit = move |form: &[Word]| (reflex, pattern.template.fit(form, &reader));
            request.forms(pattern.leaves).map(fit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many sentences of one pattern are enough.
    const OF_ONE: usize = 40;

    #[test]
    fn every_pattern_understands_its_own_sentences() {
        for (code, text) in FILES {
            let reflexes = Reflexes::parse(text).unwrap();
            let all = reflexes.language.reflexes.iter();
            let missed: Vec<String> = all
                .flat_map(|reflex| reflex.patterns.iter().map(move |pattern| (reflex.action, pattern)))
                .flat_map(|(action, pattern)| {
                    let sentences = pattern.template.sentences();
                    let every = sentences.len().div_ceil(OF_ONE).max(1);
                    sentences.into_iter().step_by(every).map(move |sentence| (action, sentence))
                })
                .filter(|(action, sentence)| {
                    !sentence.is_empty() && taken_by(&reflexes, sentence, *action) != Some(*action)
                })
                .map(|(action, sentence)| format!("{}: {sentence}", action.name()))
                .collect();
            assert!(missed.is_empty(), "{code}:\n{}", missed.join("\n"));
        }
    }

    /// The first reflex that takes `sentence`, leaving out those that pass on what is meant for `action`.
    fn taken_by(reflexes: &Reflexes, sentence: &str, action: Action) -> Option<Action> {
        let request = reflexes.request(&words(sentence));
        let mut whole = reflexes.fits(&request).filter(|(_, fit)| matches!(fit, Fit::Whole(_)));
        let passes_on = |other: Action| match other {
            Action::StopRinging => action != Action::StopRinging,
            Action::Stop => matches!(action, Action::Yes | Action::No),
            _ => false,
        };
        whole.find(|(other, _)| !passes_on(other.action)).map(|(other, _)| other.action)
    }
}
