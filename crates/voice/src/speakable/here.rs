//! Where a reader is in a text: the word before it and those around, each without its punctuation.

use super::language::Language;

/// A word as it is written, taken apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Token<'a> {
    /// Brackets and quotes before it.
    pub before: &'a str,
    /// The word.
    pub core: &'a str,
    /// Punctuation behind it.
    pub behind: &'a str,
}

impl<'a> Token<'a> {
    /// Takes a word apart.
    pub fn of(word: &'a str) -> Self {
        let start = word.len() - word.trim_start_matches(['(', '[', '"', '“', '„', '«', '‘', '\'']).len();
        let rest = &word[start..];
        let end = rest
            .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '"', '“', '”', '»', '’', '\'', '…'])
            .len();
        Self { before: &word[..start], core: &rest[..end], behind: &rest[end..] }
    }

    /// Whether a full stop is the first behind it: an abbreviation, an ordinal or the end.
    pub fn dotted(&self) -> bool {
        self.behind.starts_with('.') && !self.behind.starts_with("..")
    }

    /// Whether its first letter is a capital.
    pub fn is_capital(&self) -> bool {
        self.core.starts_with(char::is_uppercase)
    }
}

/// What is said for one word or several.
#[derive(Debug, PartialEq)]
pub struct Said {
    /// The words.
    pub words: String,
    /// How many tokens they stand for.
    pub tokens: usize,
    /// Whether the full stop behind the last of them is part of it.
    pub with_dot: bool,
}

impl Said {
    /// `words` for the one token.
    pub fn one(words: impl Into<String>) -> Self {
        Self::several(words, 1)
    }

    /// `words` for so many.
    pub fn several(words: impl Into<String>, tokens: usize) -> Self {
        Self { words: words.into(), tokens, with_dot: false }
    }

    /// The same, the full stop included.
    pub fn with_dot(self, with_dot: bool) -> Self {
        Self { with_dot, ..self }
    }
}

/// A place in a text.
#[derive(Clone, Copy)]
pub struct Here<'a> {
    /// How it is read.
    pub language: Language,
    /// The whole text.
    pub tokens: &'a [Token<'a>],
    /// The token that is looked at.
    pub at: usize,
}

impl<'a> Here<'a> {
    /// The token that is looked at.
    pub fn token(&self) -> Token<'a> {
        self.tokens[self.at]
    }

    /// Its word.
    pub fn core(&self) -> &'a str {
        self.token().core
    }

    /// The token `n` behind it, where nothing but spaces and perhaps full stops lies between.
    pub fn next(&self, n: usize) -> Option<Token<'a>> {
        let between = self.tokens.get(self.at..self.at + n)?;
        let close = between.iter().all(|token| token.behind.is_empty() || token.behind == ".");
        self.tokens.get(self.at + n).copied().filter(|token| close && token.before.is_empty())
    }

    /// The token behind it, where only a space lies between.
    pub fn next_close(&self) -> Option<Token<'a>> {
        self.next(1).filter(|_| self.token().behind.is_empty())
    }

    /// The word `n` before it in lower case, with nothing but spaces between.
    pub fn word_before(&self, n: usize) -> String {
        let token = self.at.checked_sub(n).and_then(|at| self.tokens.get(at));
        token
            .filter(|token| token.behind.is_empty())
            .map(|token| token.core.to_lowercase())
            .unwrap_or_default()
    }

    /// Whether nothing comes behind `n` tokens from here.
    pub fn ends_after(&self, n: usize) -> bool {
        self.at + n >= self.tokens.len()
    }
}

/// Whether `word` is one of a list of words.
pub fn listed(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|listed| listed == word)
}
