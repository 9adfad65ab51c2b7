//! What was said, in the forms in which a pattern is tried on it: with the words around it that mean nothing, and without them.
//!
//! Such words can belong to what a pattern knows ("no thanks"), to what a reminder says ("say thank you") and to what is typed, so
//! that they are never simply taken off. The wake word and hesitation are.

use std::ops::Range;

use super::file::Language;
use super::words::{Phrases, Word};

/// A sentence with more words is no everyday request.
const LONGEST: usize = 40;

/// What of the words around a request a pattern does without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaves {
    /// Nothing at the end: it is typed as it was said.
    Nothing,
    /// Politeness at the end first, and then the rest.
    Politeness,
    /// Nothing first, then politeness, and then all of them.
    Any,
    /// All of them: no name is made of such words.
    All,
}

/// See the module.
pub(super) struct Request {
    words: Vec<Word>,
    typed: Vec<Range<usize>>,
    polite: Vec<Range<usize>>,
    any: Vec<Range<usize>>,
    bare: Vec<Range<usize>>,
}

impl Request {
    pub(super) fn new(language: &Language, heard: &[Word]) -> Self {
        let mut words = without(heard, &language.anywhere);
        words.drain(..start(&words, &language.wake));
        let (all, led) = (words.len(), start(&words, &language.leading));
        let polite = [0, led].map(|from| from..end(&words, from, &language.courtesy));
        let bare = [0, led].map(|from| from..end(&words, from, &language.trailing));
        Self {
            typed: distinct([0..all, led..all]),
            any: distinct([0..all, led..all].into_iter().chain(polite.clone()).chain(bare.clone())),
            polite: distinct(polite.into_iter().chain(bare.clone())),
            bare: distinct(bare.into_iter().skip(1)),
            words,
        }
    }

    /// The forms in which a pattern that does without some of them is tried, the fullest first.
    pub(super) fn forms(&self, leaves: Leaves) -> impl Iterator<Item = &[Word]> {
        let forms = match leaves {
            Leaves::Nothing => &self.typed,
            Leaves::Politeness => &self.polite,
            Leaves::Any => &self.any,
            Leaves::All => &self.bare,
        };
        let forms = forms.iter().filter(|form| (1..=LONGEST).contains(&form.len()));
        forms.map(move |form| &self.words[form.clone()])
    }
}

/// `words` with none of `phrases` among them.
fn without(words: &[Word], phrases: &Phrases<()>) -> Vec<Word> {
    let mut kept: Vec<Word> = Vec::with_capacity(words.len());
    let mut rest = words;
    while let Some(first) = rest.first() {
        match phrases.at_start(rest) {
            Some((_, n)) => rest = &rest[n..],
            None => {
                kept.push(first.clone());
                rest = &rest[1..];
            }
        }
    }
    kept
}

/// Where a request begins behind any of `phrases`, which are never all there is.
fn start(words: &[Word], phrases: &Phrases<()>) -> usize {
    let mut start = 0;
    while let Some((_, n)) = phrases.at_start(&words[start..]).filter(|(_, n)| start + n < words.len()) {
        start += n;
    }
    start
}

/// Where one that begins at `start` ends before any of `phrases`.
fn end(words: &[Word], start: usize, phrases: &Phrases<()>) -> usize {
    let mut end = words.len();
    while let Some((_, n)) = phrases.at_end(&words[start..end]).filter(|(_, n)| start + n < end) {
        end -= n;
    }
    end
}

fn distinct(forms: impl IntoIterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut distinct: Vec<Range<usize>> = Vec::new();
    for form in forms {
        if !distinct.contains(&form) {
            distinct.push(form);
        }
    }
    distinct
}
