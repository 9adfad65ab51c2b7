//! A language's data file: what people say, and what is said back. Checked in full when it is loaded, so that an
//! answer never meets a missing sentence.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use super::ReflexError;
use super::action::Action;
use super::request::Leaves;
use super::slots::{Slot, SlotReader, SlotWords};
use super::speech::{Speech, check_names};
use super::sums::UnitWords;
use super::template::Template;
use super::words::{Phrases, Word, words};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// ISO 639-1.
    language: String,
    fillers: Fillers,
    listen: SlotWords,
    speech: Speech,
    asking: Asking,
    reflex: Vec<ReflexEntry>,
}

/// What is said of what a person is asked about, each once.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asking {
    /// The read-back, `{effect}` being what would be done, one sentence.
    pub aloud: String,
    /// It was not done, because the person said no.
    pub declined: String,
}

/// Words around a request that mean nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fillers {
    /// The ways in which Jarvis is called.
    wake: Vec<String>,
    leading: Vec<String>,
    /// Of what stands at the end of a sentence, that which no reminder says.
    courtesy: Vec<String>,
    trailing: Vec<String>,
    anywhere: Vec<String>,
    /// Words that hardly a finished sentence ends with.
    unfinished: Vec<String>,
    /// Such words, and how sentences begin that may end with them all the same.
    #[serde(default)]
    finished: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReflexEntry {
    name: String,
    patterns: Vec<String>,
    replies: BTreeMap<String, OneOrMany>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// A language, ready for use.
#[derive(Debug)]
pub(super) struct Language {
    /// ISO 639-1.
    pub code: String,
    pub wake: Phrases<()>,
    /// With the wake word.
    pub leading: Phrases<()>,
    pub courtesy: Phrases<()>,
    /// With politeness.
    pub trailing: Phrases<()>,
    pub anywhere: Phrases<()>,
    pub unfinished: Phrases<()>,
    /// By the last word.
    finished: BTreeMap<String, Phrases<()>>,
    /// Words that show that somebody speaks this language.
    pub familiar: HashSet<String>,
    pub reader: SlotReader,
    pub units: Vec<UnitWords>,
    pub speech: Speech,
    pub asking: Asking,
    pub reflexes: Vec<Reflex>,
}

/// One reflex of a language.
#[derive(Debug)]
pub(super) struct Reflex {
    pub action: Action,
    pub patterns: Vec<Pattern>,
    pub replies: BTreeMap<String, Vec<String>>,
}

/// One way to ask for it.
#[derive(Debug)]
pub(super) struct Pattern {
    pub template: Template,
    /// What of the words around a request it does without.
    pub leaves: Leaves,
}

impl Pattern {
    fn parse(text: &str, action: Action) -> Result<Self, String> {
        let template = Template::parse(text)?;
        let leaves = if action.types_the_rest() {
            Leaves::Nothing
        } else if !template.takes(&[Slot::Label, Slot::Text]) {
            Leaves::Any
        } else if action == Action::Remind {
            Leaves::Politeness
        } else {
            Leaves::All
        };
        Ok(Self { template, leaves })
    }
}

impl Language {
    pub(super) fn parse(text: &str) -> Result<Self, ReflexError> {
        let file: File = toml::from_str(text).map_err(|e| ReflexError::Syntax { reason: e.to_string() })?;
        let phrases = |texts: Vec<String>| Phrases::new(texts.into_iter().map(|t| (t, ())));
        let units = file.listen.units.clone();
        let pattern =
            |reflex: &str, reason: String| ReflexError::Pattern { reflex: reflex.to_owned(), reason };
        let reader = SlotReader::new(file.listen).map_err(|reason| pattern("listen.clock", reason))?;
        file.speech.check().map_err(|reason| ReflexError::Syntax { reason })?;
        let mut reflexes = Vec::new();
        for entry in file.reflex {
            let action = Action::named(&entry.name)
                .ok_or_else(|| ReflexError::UnknownReflex { name: entry.name.clone() })?;
            let patterns =
                entry.patterns.iter().map(|p| Pattern::parse(p, action).map_err(|e| format!("{p:?}: {e}")));
            let patterns: Vec<Pattern> =
                patterns.collect::<Result<_, _>>().map_err(|reason| pattern(&entry.name, reason))?;
            let replies: BTreeMap<_, _> = entry
                .replies
                .into_iter()
                .map(|(key, replies)| match replies {
                    OneOrMany::One(reply) => (key, vec![reply]),
                    OneOrMany::Many(replies) => (key, replies),
                })
                .collect();
            check_replies(action, &replies)?;
            reflexes.push(Reflex { action, patterns, replies });
        }
        let f = file.fillers;
        let mut familiar: HashSet<String> =
            f.leading.iter().chain(&f.trailing).chain(&f.unfinished).flat_map(|t| keys(t)).collect();
        for pattern in reflexes.iter().flat_map(|reflex| &reflex.patterns) {
            pattern.template.words(&mut familiar);
        }
        Ok(Self {
            code: file.language,
            leading: phrases(f.wake.iter().chain(&f.leading).cloned().collect()),
            wake: phrases(f.wake),
            trailing: phrases(f.courtesy.iter().chain(&f.trailing).cloned().collect()),
            courtesy: phrases(f.courtesy),
            anywhere: phrases(f.anywhere),
            unfinished: phrases(f.unfinished),
            finished: f
                .finished
                .into_iter()
                .map(|(last, first)| (keys(&last).join(" "), phrases(first)))
                .collect(),
            familiar,
            reader,
            units,
            speech: file.speech,
            asking: file.asking,
            reflexes,
        })
    }

    /// Whether a sentence that begins like `words` may end with `last`, with which others go on: "Mach das Licht aus."
    pub(super) fn may_end(&self, words: &[Word], last: &Word) -> bool {
        self.finished.get(&last.key).is_some_and(|first| first.at_start(words).is_some())
    }
}

/// The words of `text` as they are compared.
fn keys(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.key).collect()
}

/// Every reply that the action needs is there, and holds only placeholders that the action fills.
fn check_replies(action: Action, replies: &BTreeMap<String, Vec<String>>) -> Result<(), ReflexError> {
    let wrong = |reply: &str, reason: String| ReflexError::Reply {
        reflex: action.name().to_owned(),
        reply: reply.to_owned(),
        reason,
    };
    for (key, placeholders) in action.replies() {
        let texts = replies.get(*key).filter(|texts| !texts.is_empty());
        for text in texts.ok_or_else(|| wrong(key, "it is missing".to_owned()))? {
            check_names(text, placeholders).map_err(|reason| wrong(key, reason))?;
        }
    }
    match replies.keys().find(|key| action.replies().iter().all(|(known, _)| known != key)) {
        Some(key) => Err(wrong(key, "it is never said".to_owned())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_reflex() {
        for (code, text) in super::super::FILES {
            let language = Language::parse(text).unwrap_or_else(|e| panic!("{code}: {e}"));
            let there: Vec<&str> = language.reflexes.iter().map(|r| r.action.name()).collect();
            let missing: Vec<&str> = Action::names().filter(|name| !there.contains(name)).collect();
            assert!(missing.is_empty(), "{code}: {missing:?}");
        }
    }
}
