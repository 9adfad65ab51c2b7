//! What a person types to find a conversation, as a condition in SQL. Whatever signs are in it, it is text.
//!
//! Words are looked up in an index, which knows no case and no accents. It takes what stands between spaces and
//! punctuation for one word and leaves symbols out, so it can find neither a word inside a sentence of a script that is
//! written without spaces, nor an emoji: for these the text itself is looked through.

use std::collections::HashSet;
use std::sync::LazyLock;

use jarvis_core::text::plain_words;
use rust_stemmers::{Algorithm, Stemmer};
use stop_words::Language;

/// Of what is typed so many words count: a long text that was pasted by mistake would keep everybody waiting.
const WORDS: usize = 32;
/// Words of a question that count when something is brought to mind.
const QUESTION: usize = 64;

/// What must be found, all of it in one text.
#[derive(Debug, PartialEq)]
pub(crate) struct Search {
    /// For the index: words that must be there, the last one perhaps only begun. None when there are none.
    pub words: Option<String>,
    /// For the text: what must stand in it, as a list in JSON.
    pub pieces: String,
}

impl Search {
    /// None when nothing in particular is asked for.
    pub fn of(typed: &str) -> Option<Self> {
        let typed = typed.split(|c: char| c.is_whitespace() || c.is_control());
        let typed =
            typed.filter(|w| w.contains(|c: char| c.is_alphanumeric() || stands_alone(c))).take(WORDS);
        let (pieces, words): (Vec<&str>, Vec<&str>) = typed.partition(|w| w.contains(stands_alone));
        // Between quotation marks nothing has a meaning to the index but these, which are doubled.
        let words: Vec<String> =
            words.into_iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
        if words.is_empty() && pieces.is_empty() {
            return None;
        }
        let words = (!words.is_empty()).then(|| words.join(" ") + "*");
        Some(Self { words, pieces: crate::rows::json(&pieces) })
    }

    /// The same where the last word is whole: "car" is not the beginning of "carpet".
    pub fn whole(self) -> Self {
        Self { words: self.words.map(|words| words.trim_end_matches('*').to_string()), ..self }
    }

    /// The condition that a `text` of a table with the key `n`, both as SQL, is found; `index` is the table's index.
    /// [`Self::words`] are its parameter `?1`, [`Self::pieces`] are `?2`.
    pub fn condition(&self, index: &str, n: &str, text: &str) -> String {
        let words = match self.words {
            Some(_) => format!("{n} IN (SELECT rowid FROM {index} WHERE {index} MATCH ?1)"),
            None => "?1 IS NULL".into(),
        };
        format!("{words} AND {}", Self::pieces_stand_in(text))
    }

    /// The condition that all [`Self::pieces`] stand in `text`.
    pub fn pieces_stand_in(text: &str) -> String {
        format!("(?2 = '[]' OR NOT EXISTS (SELECT 1 FROM json_each(?2) WHERE instr({text}, value) = 0))")
    }

    /// Whether there are pieces to look for in texts.
    pub fn has_pieces(&self) -> bool {
        self.pieces != "[]"
    }

    /// How many letters the last word has, which is perhaps only begun.
    pub fn begun(&self) -> usize {
        let last = self.words.as_deref().and_then(|words| words.rsplit(' ').next()).unwrap_or_default();
        last.chars().filter(|c| c.is_alphanumeric()).count()
    }
}

/// Whether it is of a script that is written without spaces (Thai, Lao, Burmese, Khmer, Chinese, Japanese), or a symbol.
fn stands_alone(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}'
        | '\u{2190}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Words that say nothing of what a question is about, in the languages that Jarvis has reflexes for.
static STOP_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    [Language::English, Language::German].into_iter().flat_map(stop_words::get).copied().collect()
});

/// The words of a text that say something, in small letters.
pub fn content_words(text: &str) -> impl Iterator<Item = String> {
    plain_words(text).into_iter().filter(|word| !STOP_WORDS.contains(word.as_str()))
}

/// The stems of those words, as the English language forms them: "keys" and "key" are one.
pub fn stems(text: &str) -> impl Iterator<Item = String> {
    let stemmer = Stemmer::create(Algorithm::English);
    content_words(text).map(move |word| stemmer.stem(&word).into_owned())
}

/// For the index: the words that say something.
pub(crate) fn asked_words(question: &str) -> impl Iterator<Item = String> {
    content_words(question).take(QUESTION).map(|word| format!("\"{word}\""))
}

/// For the index: any of the words that say something. A text without such words asks for one that nothing has.
pub(crate) fn any_of(question: &str) -> String {
    let words: Vec<String> = asked_words(question).collect();
    if words.is_empty() { "\"\"".into() } else { words.join(" OR ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_words_and_pieces() {
        for (typed, words, pieces) in [
            ("plain wor", Some("\"plain\" \"wor\"*"), "[]"),
            ("say \"sure\" *", Some("\"say\" \"\"\"sure\"\"\"*"), "[]"),
            ("a\0b OR", Some("\"a\" \"b\" \"OR\"*"), "[]"),
            ("天気 now 🙂", Some("\"now\"*"), "[\"天気\",\"🙂\"]"),
            ("🙂", None, "[\"🙂\"]"),
        ] {
            let wanted = Search { words: words.map(String::from), pieces: pieces.into() };
            assert_eq!(Search::of(typed), Some(wanted), "{typed:?}");
        }
        for nothing in ["", " \t", "*", "\"\"", "-- (", "\0"] {
            assert_eq!(Search::of(nothing), None, "{nothing:?}");
        }
    }
}
