//! Numbers as they are said or written: "twenty five", "a hundred and five", "three point five", "1,000",
//! "fünfundzwanzig". The words come from the language's data file, the grammar of putting them together is here.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::words::{Phrases, Word};

/// A language's number words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumberWords {
    /// The sign between whole and fraction in digits.
    decimal: char,
    /// Words that stand for a value.
    words: BTreeMap<String, f64>,
    /// Words that multiply what is before them.
    scales: BTreeMap<String, f64>,
    /// Words that join parts, such as "and".
    joiners: Vec<String>,
    /// Words that begin the decimals, such as "point".
    points: Vec<String>,
    /// Phrases after a number that add a half.
    halves: Vec<String>,
    /// Words that mean one before a unit or a scale.
    articles: Vec<String>,
    /// Whether numbers are written in one word, ones before tens: "fünfundzwanzig".
    glued: bool,
}

/// Reads numbers of one language.
#[derive(Debug)]
pub(super) struct Numbers {
    lexicon: BTreeMap<String, Lexeme>,
    articles: Vec<String>,
    halves: Phrases<()>,
    decimal: char,
    glued: bool,
}

#[derive(Clone, Copy, Debug)]
enum Lexeme {
    Value(f64),
    Scale(f64),
    And,
    Point,
}

impl From<NumberWords> for Numbers {
    fn from(w: NumberWords) -> Self {
        let mut lexicon = BTreeMap::new();
        lexicon.extend(w.words.into_iter().map(|(k, v)| (k, Lexeme::Value(v))));
        lexicon.extend(w.scales.into_iter().map(|(k, v)| (k, Lexeme::Scale(v))));
        lexicon.extend(w.joiners.into_iter().map(|k| (k, Lexeme::And)));
        lexicon.extend(w.points.into_iter().map(|k| (k, Lexeme::Point)));
        let lexicon = lexicon.into_iter().map(|(k, v)| (super::words::key(&k), v)).collect();
        let halves = Phrases::new(w.halves.into_iter().map(|h| (h, ())));
        Self { lexicon, articles: w.articles, halves, decimal: w.decimal, glued: w.glued }
    }
}

impl Numbers {
    /// The longest number that `words` begin with, and how many words it takes.
    pub(super) fn read(&self, words: &[Word]) -> Option<(f64, usize)> {
        let (value, mut used) = self.read_whole(words)?;
        if let Some((_, n)) = self.halves.at_start(&words[used..]) {
            used += n;
            return Some((value + 0.5, used));
        }
        Some((value, used))
    }

    /// As [`Self::read`], and an article counts as one.
    pub(super) fn read_counted(&self, words: &[Word]) -> Option<(f64, usize)> {
        self.read(words).or_else(|| self.is_article(words.first()?).then_some((1.0, 1)))
    }

    /// The half that follows in "an hour and a half", and how many words it takes.
    pub(super) fn read_half(&self, words: &[Word]) -> Option<usize> {
        self.halves.at_start(words).map(|(_, n)| n)
    }

    /// The value of `words`, all of them together, when it is a whole number of 0 to 100.
    pub(super) fn small(&self, words: &[Word]) -> Option<u8> {
        let (value, used) = self.read(words)?;
        (used == words.len() && value.fract() == 0.0 && (0.0..=100.0).contains(&value)).then_some(value as u8)
    }

    pub(super) fn is_joiner(&self, word: &Word) -> bool {
        matches!(self.lexicon.get(&word.key), Some(Lexeme::And))
    }

    fn is_article(&self, word: &Word) -> bool {
        self.articles.contains(&word.key)
    }

    fn read_whole(&self, words: &[Word]) -> Option<(f64, usize)> {
        let first = words.first()?;
        let mut sum = Sum { glued: self.glued, ..Sum::default() };
        let mut best = None;
        let mut start = 0;
        if let Some(value) = self.literal(&first.key) {
            sum.part = Some(value);
            best = Some((value, 1));
            start = 1;
        } else if self.is_article(first) && words.get(1).is_some_and(|w| self.scale(w)) {
            start = 1;
        }
        for (i, word) in words.iter().enumerate().skip(start) {
            let Some(lexemes) = self.lexemes(&word.key) else { break };
            if !lexemes.into_iter().all(|lexeme| sum.push(lexeme)) {
                break;
            }
            if let Some(value) = sum.value() {
                best = Some((value, i + 1));
            }
        }
        best
    }

    fn scale(&self, word: &Word) -> bool {
        matches!(self.lexicon.get(&word.key), Some(Lexeme::Scale(_)))
    }

    fn lexemes(&self, word: &str) -> Option<Vec<Lexeme>> {
        match self.lexicon.get(word) {
            Some(lexeme) => Some(vec![*lexeme]),
            None if self.glued => self.unglue(word),
            None => None,
        }
    }

    /// Takes a compound apart, longest piece first.
    fn unglue(&self, word: &str) -> Option<Vec<Lexeme>> {
        // The longest number word in use is far shorter; anything longer is not a number.
        if word.len() > 60 {
            return None;
        }
        if word.is_empty() {
            return Some(Vec::new());
        }
        let mut cuts: Vec<usize> = word.char_indices().map(|(i, c)| i + c.len_utf8()).collect();
        cuts.reverse();
        cuts.into_iter().find_map(|cut| {
            let lexeme = *self.lexicon.get(&word[..cut])?;
            let mut lexemes = vec![lexeme];
            lexemes.extend(self.unglue(&word[cut..])?);
            Some(lexemes)
        })
    }

    /// Digits with either sign for thousands and fractions.
    fn literal(&self, key: &str) -> Option<f64> {
        if !key.starts_with(|c: char| c.is_ascii_digit()) || key.contains(':') {
            return None;
        }
        let thousands = if self.decimal == '.' { ',' } else { '.' };
        let (whole, fraction) = match key.split_once(self.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (key, None),
        };
        let mut groups = whole.split(thousands);
        let first = groups.next().unwrap_or_default();
        if first.len() <= 3 && groups.all(|group| group.len() == 3) || first.len() == whole.len() {
            let digits = whole.replace(thousands, "");
            return format!("{digits}.{}", fraction.unwrap_or("0")).parse().ok();
        }
        // Not thousands, so the other sign was meant: Whisper mixes them up.
        fraction.is_none().then(|| key.replace(thousands, ".").parse().ok()).flatten()
    }
}

/// A number as it builds up word by word.
#[derive(Debug, Default)]
struct Sum {
    total: f64,
    part: Option<f64>,
    /// A joiner was said and wants something after it.
    joining: bool,
    /// The weight of the next decimal.
    decimal: Option<f64>,
    /// A point was said and wants a digit.
    pointing: bool,
    glued: bool,
}

impl Sum {
    fn value(&self) -> Option<f64> {
        let open = self.joining || self.pointing || (self.part.is_none() && self.total == 0.0);
        (!open).then_some(self.total + self.part.unwrap_or(0.0))
    }

    /// Takes one more piece; false when it does not belong to this number.
    fn push(&mut self, lexeme: Lexeme) -> bool {
        match lexeme {
            Lexeme::Value(v) => self.push_value(v),
            Lexeme::Scale(s) => self.push_scale(s),
            Lexeme::And => {
                let fits = match self.part {
                    Some(p) => {
                        p >= 100.0 && p % 100.0 == 0.0 || self.glued && (1.0..10.0).contains(&(p % 100.0))
                    }
                    None => self.total > 0.0,
                };
                fits && self.decimal.is_none() && !std::mem::replace(&mut self.joining, true)
            }
            Lexeme::Point => {
                let fits = self.part.is_some() && self.decimal.is_none() && !self.joining;
                self.decimal = Some(0.1);
                self.pointing = true;
                fits
            }
        }
    }

    fn push_value(&mut self, v: f64) -> bool {
        if let Some(weight) = self.decimal {
            if v.fract() != 0.0 || v >= 10.0 {
                return false;
            }
            self.part = self.part.map(|p| p + v * weight);
            self.decimal = Some(weight / 10.0);
            self.pointing = false;
            return true;
        }
        let Some(p) = self.part else {
            self.part = Some(v);
            self.joining = false;
            return true;
        };
        let tens = |x: f64| (20.0..100.0).contains(&x) && x % 10.0 == 0.0;
        let ones = |x: f64| (1.0..10.0).contains(&x);
        let fits = p >= 100.0 && p % 100.0 == 0.0 && v < 100.0
            || self.glued && self.joining && ones(p % 100.0) && tens(v)
            || !self.glued && !self.joining && tens(p % 100.0) && ones(v);
        self.part = Some(p + v);
        self.joining = false;
        fits
    }

    fn push_scale(&mut self, scale: f64) -> bool {
        if self.joining || self.pointing {
            return false;
        }
        let part = self.part.take();
        if scale < 1000.0 {
            self.part = Some(part.unwrap_or(1.0) * scale);
            return part.is_none_or(|p| p < 100.0);
        }
        self.total += part.unwrap_or(1.0) * scale;
        self.decimal = None;
        part.is_some() || self.total == scale
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;

    fn numbers(text: &str) -> Numbers {
        #[derive(Deserialize)]
        struct File {
            listen: Listen,
        }
        #[derive(Deserialize)]
        struct Listen {
            numbers: NumberWords,
        }
        toml::from_str::<File>(text).unwrap().listen.numbers.into()
    }

    fn check(numbers: &Numbers, table: &[(&str, f64, usize)]) {
        for (text, value, used) in table {
            let (got, n) = numbers.read(&words(text)).unwrap_or_else(|| panic!("{text}"));
            assert!((got - value).abs() < 1e-9 && n == *used, "{text}: {got} from {n} words");
        }
    }

    #[test]
    fn english_numbers_are_read() {
        let english = numbers(include_str!("../../reflexes/en.toml"));
        check(
            &english,
            &[
                ("five", 5.0, 1),
                ("twenty five minutes", 25.0, 2),
                ("twenty-five", 25.0, 2),
                ("one hundred and five", 105.0, 4),
                ("a hundred", 100.0, 2),
                ("nineteen hundred", 1900.0, 2),
                ("two thousand three hundred and forty five", 2345.0, 7),
                ("one million", 1e6, 2),
                ("1.5 million", 1.5e6, 2),
                ("a dozen", 12.0, 2),
                ("three point one seven", 3.17, 4),
                ("two and a half", 2.5, 4),
                ("1,234.5", 1234.5, 1),
                ("1,5", 1.5, 1),
                ("five and", 5.0, 1),
                ("seven thirty", 7.0, 1),
                ("five six", 5.0, 1),
                ("zero", 0.0, 1),
            ],
        );
        for text in ["", "and", "point five", "a minute", "love", "7:30", "1.2.3"] {
            assert_eq!(english.read(&words(text)), None, "{text}");
        }
    }

    #[test]
    fn german_numbers_are_read() {
        let german = numbers(include_str!("../../reflexes/de.toml"));
        check(
            &german,
            &[
                ("fünfundzwanzig", 25.0, 1),
                ("einundzwanzig Minuten", 21.0, 1),
                ("hundertfünf", 105.0, 1),
                ("hundertfünfundzwanzig", 125.0, 1),
                ("zweitausenddreihundertsechsundvierzig", 2346.0, 1),
                ("dreißig", 30.0, 1),
                ("zwei Millionen", 2e6, 2),
                ("drei Komma eins sieben", 3.17, 4),
                ("anderthalb", 1.5, 1),
                ("1.250,5", 1250.5, 1),
                ("sieben dreißig", 7.0, 1),
            ],
        );
        for text in ["und", "undzwanzig", "Einheit", "Komma"] {
            assert_eq!(german.read(&words(text)), None, "{text}");
        }
    }
}
