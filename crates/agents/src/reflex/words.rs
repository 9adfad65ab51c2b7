//! From a transcript to words that can be compared: lower case, no punctuation, no apostrophes, digits apart
//! from letters. Templates go through the same door, so both sides always agree.

use std::ops::Range;

/// One word of a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// What is compared.
    pub key: String,
    /// As it was written.
    pub heard: String,
    /// Where it stands in the transcript, in characters, with the signs that belong to it: ".env", "~/Documents".
    pub place: Range<usize>,
}

/// Splits `text` into words; numbers such as `7:30` or `1,000.5` and signs such as `+` are words of their own.
pub(super) fn words(text: &str) -> Vec<Word> {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or(' ');
    let mut words = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let start = i;
        let c = chars[i];
        if c.is_alphabetic() {
            while at(i).is_alphabetic() || (is_apostrophe(at(i)) && at(i + 1).is_alphabetic()) {
                i += 1;
            }
            // Single letters with dots are one word: "p.m.".
            while i - start < 4 && at(i) == '.' && at(i + 1).is_alphabetic() && !at(i + 2).is_alphabetic() {
                i += 2;
            }
        } else if c.is_ascii_digit() {
            while at(i).is_ascii_digit() || (matches!(at(i), '.' | ',' | ':') && at(i + 1).is_ascii_digit()) {
                i += 1;
            }
        } else {
            i += 1;
            let minus = matches!(c, '-' | '−' | '–');
            let is_sign = if minus { is_minus(&chars, start) } else { "+*/^%=()×÷°√²³".contains(c) };
            if !is_sign {
                continue;
            }
        }
        let heard: String = chars[start..i].iter().collect();
        let key = match heard.as_str() {
            "−" | "–" => "-".to_owned(),
            other => other.to_lowercase().replace(is_dropped, "").replace('ß', "ss"),
        };
        let key = if c.is_ascii_digit() { heard.clone() } else { key };
        words.push(Word { key, heard, place: with_signs_before(&chars, start)..i });
    }
    words
}

/// Where the signs begin that stand directly before a word, as names of files and channels have them. Behind another word they
/// are punctuation.
fn with_signs_before(chars: &[char], start: usize) -> usize {
    let signs = chars[..start].iter().rev().take_while(|c| "~._-$@#".contains(**c)).count();
    let first = start - signs;
    let begins = first == 0 || !chars[first - 1].is_alphanumeric();
    if begins { first } else { start }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '`' | '´')
}

fn is_dropped(c: char) -> bool {
    is_apostrophe(c) || c == '.'
}

/// A dash is a minus only before a number and not after a word: "10 - 4", "-5", but not "10-minute". On its own it
/// is the sign itself, as the data files list it.
fn is_minus(chars: &[char], i: usize) -> bool {
    if chars.len() == 1 {
        return true;
    }
    let before =
        i == 0 || chars[i - 1].is_whitespace() || chars[i - 1].is_ascii_digit() || chars[i - 1] == '(';
    let after = chars[i + 1..].iter().find(|c| !c.is_whitespace());
    before && after.is_some_and(char::is_ascii_digit)
}

/// The comparable form of `text`, words joined by a blank.
pub(super) fn key(text: &str) -> String {
    joined(&words(text))
}

/// The comparable form of some words.
pub(super) fn joined(words: &[Word]) -> String {
    words.iter().map(|w| w.key.as_str()).collect::<Vec<_>>().join(" ")
}

/// Phrases of one or more words with what each means, longest first.
#[derive(Debug)]
pub(super) struct Phrases<T>(Vec<(Vec<String>, T)>);

impl<T> Phrases<T> {
    pub(super) fn new<S: AsRef<str>>(entries: impl IntoIterator<Item = (S, T)>) -> Self {
        let mut phrases: Vec<_> = entries
            .into_iter()
            .map(|(text, meaning)| {
                (words(text.as_ref()).into_iter().map(|w| w.key).collect::<Vec<_>>(), meaning)
            })
            .filter(|(phrase, _)| !phrase.is_empty())
            .collect();
        phrases.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        Self(phrases)
    }

    /// The longest phrase that `words` begin with, and its length.
    pub(super) fn at_start(&self, words: &[Word]) -> Option<(&T, usize)> {
        self.find(|n| words.get(..n))
    }

    /// The longest phrase that `words` end with, and its length.
    pub(super) fn at_end(&self, words: &[Word]) -> Option<(&T, usize)> {
        self.find(|n| words.len().checked_sub(n).map(|start| &words[start..]))
    }

    /// What `words` mean, all of them together.
    pub(super) fn exactly(&self, words: &[Word]) -> Option<&T> {
        self.at_start(words).filter(|(_, n)| *n == words.len()).map(|(meaning, _)| meaning)
    }

    /// Whether some phrase goes on after `words`.
    pub(super) fn goes_on(&self, words: &[Word]) -> bool {
        !words.is_empty()
            && self
                .0
                .iter()
                .any(|(phrase, _)| phrase.len() > words.len() && same(&phrase[..words.len()], words))
    }

    fn find<'w>(&self, part: impl Fn(usize) -> Option<&'w [Word]>) -> Option<(&T, usize)> {
        let found =
            self.0.iter().find(|(phrase, _)| part(phrase.len()).is_some_and(|words| same(phrase, words)));
        found.map(|(phrase, meaning)| (meaning, phrase.len()))
    }
}

fn same(phrase: &[String], words: &[Word]) -> bool {
    phrase.iter().zip(words).all(|(a, b)| *a == b.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet() {
        let check = |text: &str, expected: &str| assert_eq!(key(text), expected, "{text}");
        check("What's the time?", "whats the time");
        check("What’s the time", "whats the time");
        check("Hey, Jarvis. SET a 10-minute timer!", "hey jarvis set a 10 minute timer");
        check("7:30 p.m.", "7:30 pm");
        check("7:30PM", "7:30 pm");
        check("at 5 p.m. today", "at 5 pm today");
        check("1,000.5 + -5 - 3", "1,000.5 + - 5 - 3");
        check("twenty-five", "twenty five");
        check("12x12=?", "12 x 12 =");
        check("15% of 80.", "15 % of 80");
        check("eight o'clock", "eight oclock");
        check("dreißig Grad", "dreissig grad");
        check("60 km/h", "60 km / h");
        check("…!?", "");
    }

    #[test]
    fn signs_before_a_word_are_part_of_its_place() {
        for (text, expected) in [
            ("file .env", ".env"),
            ("to ~/Documents", "~/"),
            ("_notes", "_notes"),
            ("open \".env\"", ".env"),
            ("join #general", "#general"),
            ("cd ../x", "../"),
            ("that...my", "my"),
            ("file - env", "env"),
        ] {
            let chars: Vec<char> = text.chars().collect();
            let placed = |word: &Word| chars[word.place.clone()].iter().collect::<String>();
            let all: Vec<String> = words(text).iter().map(placed).collect();
            assert!(all.iter().any(|word| word == expected), "{text}: {all:?}");
        }
    }
}
