//! Dictation: punctuation and layout that are said aloud become what they mean, and sentences begin with capitals.
//!
//! Pure text in, pure text out; which words mean what stands in `dictation/*.json`. A recogniser puts marks of its own where
//! somebody pauses: one that was said aloud takes the place of such a one next to it. Called by the assistant before it types.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// What was said, as it is to be written. `language` is a tag like "en" or "de-AT"; another than German counts as English.
pub fn dictated(text: &str, language: &str) -> String {
    let german = language.to_ascii_lowercase().split(['-', '_']).next() == Some("de");
    let table = if german { &*GERMAN } else { &*ENGLISH };
    let mut written = Written::default();
    let words: Vec<Word> = text.split_whitespace().map(Word::of).filter(|word| !word.is_empty()).collect();
    let mut at = 0;
    while at < words.len() {
        let rest = &words[at..];
        if let Some((count, drops)) = table.escape(rest) {
            let shown = if drops { &rest[count.0..count.0 + count.1] } else { &rest[..count.0 + count.1] };
            shown.iter().for_each(|word| written.word(word));
            at += count.0 + count.1;
            continue;
        }
        match table.command(rest) {
            Some((count, sign, what)) => {
                let between =
                    at > 0 && words[at - 1].is_number() && words.get(at + count).is_some_and(Word::is_number);
                match (what, table.decimal(rest).filter(|_| between)) {
                    (_, Some(decimal)) => written.sign(decimal, Kind::Joining),
                    (Kind::Decimal, None) => rest[..count].iter().for_each(|word| written.word(word)),
                    (kind, None) => written.sign(sign, kind),
                }
                at += count;
            }
            None => {
                written.word(&words[at]);
                at += 1;
            }
        }
    }
    written.text
}

static ENGLISH: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("../dictation/en.json")));
static GERMAN: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("../dictation/de.json")));

/// How a sign stands among words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Mark,
    Opening,
    Joining,
    Standing,
    Layout,
    Decimal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    marks: BTreeMap<String, String>,
    opening: BTreeMap<String, String>,
    joining: BTreeMap<String, String>,
    standing: BTreeMap<String, String>,
    layout: BTreeMap<String, String>,
    decimal: BTreeMap<String, String>,
    escapes: BTreeMap<String, bool>,
}

struct Table {
    /// Words, sign, kind; those of more words first.
    commands: Vec<(Vec<String>, String, Kind)>,
    decimals: BTreeMap<String, String>,
    /// Words, and whether they are left out; those of more words first.
    escapes: Vec<(Vec<String>, bool)>,
}

impl Table {
    fn read(json: &str) -> Self {
        let file: File =
            serde_json::from_str(json).expect("the tables that are built in are read by the tests");
        let split = |phrase: &str| -> Vec<String> { phrase.split(' ').map(str::to_owned).collect() };
        let decimals = file.decimal;
        let mut commands = Vec::new();
        for (kind, phrases) in [
            (Kind::Mark, file.marks),
            (Kind::Opening, file.opening),
            (Kind::Joining, file.joining),
            (Kind::Standing, file.standing),
            (Kind::Layout, file.layout),
            (Kind::Decimal, decimals.clone()),
        ] {
            commands.extend(phrases.into_iter().map(|(phrase, sign)| (split(&phrase), sign, kind)));
        }
        // Stable: of the same words, a mark stands before a decimal sign.
        commands.sort_by_key(|(words, _, _)| std::cmp::Reverse(words.len()));
        let mut escapes: Vec<_> =
            file.escapes.iter().map(|(phrase, drops)| (split(phrase), *drops)).collect();
        escapes.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        Self { commands, decimals, escapes }
    }

    /// How many words it takes, what is written for them, and how.
    fn command(&self, words: &[Word]) -> Option<(usize, &str, Kind)> {
        let found = self.commands.iter().find(|(phrase, _, _)| is_said(phrase, words));
        found.map(|(phrase, sign, kind)| (phrase.len(), sign.as_str(), *kind))
    }

    fn decimal(&self, words: &[Word]) -> Option<&str> {
        self.decimals.get(&words.first()?.plain).map(String::as_str)
    }

    /// How many words an escape takes and how many the command after it, and whether the escape is left out.
    fn escape(&self, words: &[Word]) -> Option<((usize, usize), bool)> {
        let (phrase, drops) = self.escapes.iter().find(|(phrase, _)| is_said(phrase, words))?;
        let (count, _, _) = self.command(&words[phrase.len()..])?;
        Some(((phrase.len(), count), *drops))
    }
}

/// Whether the words begin with a phrase. A mark of the recogniser's within it parts it no more than a blank does.
fn is_said(phrase: &[String], words: &[Word]) -> bool {
    words.len() >= phrase.len() && phrase.iter().zip(words).all(|(phrase, word)| *phrase == word.plain)
}

/// What a recogniser puts at the end of a word by itself.
const BY_ITSELF: [char; 7] = ['.', ',', '?', '!', ';', ':', '…'];

/// A word as it was heard.
struct Word {
    /// As it is written.
    text: String,
    /// Without the recogniser's marks, in small letters.
    plain: String,
}

impl Word {
    fn of(text: &str) -> Self {
        let bare = text.trim_matches(|c: char| BY_ITSELF.contains(&c));
        Self { text: text.to_owned(), plain: bare.to_lowercase() }
    }

    /// A mark that stands alone is none of anybody's words.
    fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn is_number(&self) -> bool {
        !self.plain.is_empty() && self.plain.chars().all(|c| c.is_ascii_digit())
    }
}

/// What is written so far.
struct Written {
    text: String,
    /// How long it was after the latest sign that was said.
    said: usize,
    /// Whether the next word begins a sentence.
    begins: bool,
    /// Whether the next word follows without a blank.
    joins: bool,
}

impl Default for Written {
    fn default() -> Self {
        Self { text: String::new(), said: 0, begins: true, joins: true }
    }
}

impl Written {
    fn word(&mut self, word: &Word) {
        self.blank();
        if std::mem::take(&mut self.begins) {
            let mut letters = word.text.chars();
            self.text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            self.text.push_str(letters.as_str());
        } else {
            self.text.push_str(&word.text);
        }
        // After its own marks the recogniser has written the capital itself, and none after "e.g.".
        self.joins = false;
    }

    fn sign(&mut self, sign: &str, kind: Kind) {
        match kind {
            Kind::Mark | Kind::Joining => {
                // The recogniser's own mark at that place was a guess. A mark that was said stays: "?!", "..." and "),".
                if self.text.ends_with(BY_ITSELF) && self.text.len() > self.said {
                    self.text.truncate(self.text.trim_end_matches(BY_ITSELF).len());
                }
                self.text.push_str(sign);
                self.joins = kind == Kind::Joining;
                self.begins = match kind {
                    // A closing mark after the end of a sentence leaves it ended.
                    Kind::Mark => ends_sentence(&self.text),
                    _ => false,
                };
            }
            Kind::Opening | Kind::Standing | Kind::Decimal => {
                self.blank();
                self.text.push_str(sign);
                self.joins = kind == Kind::Opening;
                self.begins |= sign == "•";
            }
            Kind::Layout => {
                self.text.truncate(self.text.trim_end_matches(' ').len());
                self.text.push_str(sign);
                (self.joins, self.begins) = (true, true);
            }
        }
        self.said = self.text.len();
    }

    fn blank(&mut self) {
        if !self.joins {
            self.text.push(' ');
        }
    }
}

/// Whether a sentence has ended, a closing mark after its end or not.
fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['”', '“', ')']).ends_with(['.', '?', '!', '…'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(language: &str, table: &[(&str, &str)]) {
        for (said, written) in table {
            assert_eq!(dictated(said, language), *written, "{said:?}");
        }
    }

    #[test]
    fn english() {
        check(
            "en",
            &[
                ("", ""),
                ("hello comma how are you question mark", "Hello, how are you?"),
                (
                    "dear ada comma new paragraph thank you full stop new line kind regards",
                    "Dear ada,\n\nThank you.\nKind regards",
                ),
                ("Hello, comma, how are you? Question mark.", "Hello, how are you?"),
                ("Dear Ada. New line. I am well. Period.", "Dear Ada.\nI am well."),
                ("wait exclamation mark really question mark exclamation mark", "Wait! Really?!"),
                (
                    "he said colon open quote come in period close quote then left",
                    "He said: “come in.” Then left",
                ),
                ("open bracket as always close bracket comma late", "(As always), late"),
                ("well hyphen known and slash or", "Well-known and/or"),
                ("pi is 3 point 14 full stop that is the point", "Pi is 3.14. That is the point"),
                ("write literal comma here", "Write comma here"),
                ("the word comma has five letters", "The word comma has five letters"),
                ("Literal new line period", "New line."),
                ("the words are few", "The words are few"),
                ("first dash then dot dot dot", "First – then…"),
                ("bullet point milk new line bullet point bread", "• Milk\n• Bread"),
                ("use e.g. this one", "Use e.g. this one"),
                ("comma", ","),
                ("ada at sign example period org", "Ada@example. Org"),
                ("10 percent sign semi-colon done", "10%; done"),
            ],
        );
    }

    #[test]
    fn german() {
        check(
            "de-DE",
            &[
                ("hallo Komma wie geht es dir Fragezeichen", "Hallo, wie geht es dir?"),
                ("Hallo, Komma, wie geht es dir? Fragezeichen.", "Hallo, wie geht es dir?"),
                (
                    "liebe Ada Komma neue Zeile danke Punkt Absatz viele Grüße",
                    "Liebe Ada,\nDanke.\n\nViele Grüße",
                ),
                (
                    "er sagte Doppelpunkt Anführungszeichen auf komm Punkt Anführungszeichen zu dann ging er",
                    "Er sagte: „komm.“ Dann ging er",
                ),
                ("Klammer auf wie immer Klammer zu", "(Wie immer)"),
                ("das Wort Komma hat fünf Buchstaben Punkt", "Das Wort Komma hat fünf Buchstaben."),
                ("wörtlich Punkt ist ein Wort", "Punkt ist ein Wort"),
                ("3 Komma 5 Grad Ausrufezeichen", "3,5 Grad!"),
                ("über Punkt öl Punkt", "Über. Öl."),
                ("E Bindestrich Mail", "E-Mail"),
                ("das Wort zum Sonntag", "Das Wort zum Sonntag"),
            ],
        );
    }

    #[test]
    fn the_tables_hold_no_phrase_twice() {
        for table in [&*ENGLISH, &*GERMAN] {
            let mut phrases: Vec<_> = table
                .commands
                .iter()
                .filter(|(_, _, kind)| *kind != Kind::Decimal)
                .map(|(words, _, _)| words)
                .collect();
            let count = phrases.len();
            phrases.sort();
            phrases.dedup();
            assert_eq!(phrases.len(), count);
        }
    }
}
