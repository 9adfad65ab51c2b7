//! A language's data file: what people say, and what is said back. Checked in full when it is loaded, so that an
//! answer never meets a missing sentence.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::ReflexError;
use super::action::Action;
use super::slots::{SlotReader, SlotWords};
use super::speech::{Speech, check_names};
use super::sums::UnitWords;
use super::template::Template;
use super::words::Phrases;

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
    /// The same where only the window, a terminal or another program can answer.
    pub elsewhere: String,
    /// It was not done, because the person said no.
    pub declined: String,
}

/// Words around a request that mean nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fillers {
    leading: Vec<String>,
    trailing: Vec<String>,
    anywhere: Vec<String>,
    /// Words that no finished sentence ends with.
    unfinished: Vec<String>,
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
    pub leading: Phrases<()>,
    pub trailing: Phrases<()>,
    pub anywhere: Phrases<()>,
    pub unfinished: Phrases<()>,
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
    pub patterns: Vec<Template>,
    pub replies: BTreeMap<String, Vec<String>>,
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
                entry.patterns.iter().map(|p| Template::parse(p).map_err(|e| format!("{p:?}: {e}")));
            let patterns =
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
        Ok(Self {
            code: file.language,
            leading: phrases(f.leading),
            trailing: phrases(f.trailing),
            anywhere: phrases(f.anywhere),
            unfinished: phrases(f.unfinished),
            reader,
            units,
            speech: file.speech,
            asking: file.asking,
            reflexes,
        })
    }
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
