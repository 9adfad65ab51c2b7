//! What a full stop, a word or a line's beginning means for cutting.

use crate::speakable::{Language, asks_for_ordinal, is_digits, is_month, listed};

/// Words that end with a full stop and do not end a sentence.
const ABBREVIATIONS: &str = "mr mrs ms dr prof st vs e.g i.e approx fig vol dept est feb apr jun jul aug sep sept oct okt nov dec dez z.b \
    d.h bzw ca nr evtl ggf inkl incl vgl hr fr geb rev capt lt sgt gen sen gov col mt cf pp pg ch tel kap abb abs sog";
/// Words that end with a full stop and may also stand at the end of a sentence.
const ALSO_FINAL: &str = "etc inc ltd co no min max usw jr sr str mio mrd jan mar ft pres a.m p.m u.s u.k";

/// Words with which sentences begin, and hardly any name does.
const ENGLISH_BEGINNINGS: &str = "The It He She They We You I In This That These Those There And But Then So If When While What Who How \
    Why Where Is Are Was Were Do Did Does Have Has Can Could Would Will Should Let My Your His Her Its Their Our A An At On For After \
    Before Please Yes Not Also Still Now Here Just Some Most All";
const GERMAN_BEGINNINGS: &str = "Der Die Das Dem Den Ein Eine Einen Er Sie Es Ich Wir Ihr Du Man In Im Am An Auf Bei Mit Nach Aus Von Zu Zum \
    Zur Für Und Aber Oder Also Bitte Da Dann Danach Dort Hier Hast Hat Ist Sind War Ja Nein Nicht Jetzt Kann Kannst Möchtest So Soll \
    Was Wenn Wer Wie Willst Warum Wo Wann Mein Meine Dein Deine Ihre Seine Heute Morgen Gestern Noch Nur Auch";

/// Words before which a speaker may breathe.
const OPENERS: &[&str] = &[
    "and", "or", "but", "because", "which", "that", "who", "when", "while", "where", "if", "so", "with",
    "for", "to", "in", "on", "at", "by", "from", "of", "as", "than", "into", "through", "during", "after",
    "before",
];

/// What a full stop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FullStop {
    /// The end of a sentence.
    End,
    /// That of an abbreviation, or of the number of a list entry.
    Inner,
    /// Either; what comes next decides: [`goes_on`].
    Either,
}

/// What the full stop is with which `text` ends. `line` is the part of the text in its last line.
pub fn full_stop(text: &str, line: &str, language: Language) -> FullStop {
    let word = last_word(text.trim_end_matches('.'));
    let lower = word.to_lowercase();
    let letters = || word.split('.').all(|part| part.chars().count() == 1);
    let is_number = is_digits(word);
    if is_number && line.trim() == format!("{word}.") || listed(ABBREVIATIONS, &lower) {
        FullStop::Inner
    } else if listed(ALSO_FINAL, &lower)
        || word != "I" && word.chars().count() == 1 && word.chars().all(char::is_alphabetic)
        || language == Language::German && is_number && word.len() <= 2
    {
        FullStop::Either
    } else if word.contains('.') && letters() && text.ends_with('.') {
        FullStop::Inner
    } else {
        FullStop::End
    }
}

/// Whether a sentence that may have ended with `text` goes on with `next`. None while its first word is not there in full.
pub fn goes_on(text: &str, next: &str, complete: bool, language: Language) -> Option<bool> {
    let word = next.split(char::is_whitespace).next().unwrap_or("");
    if word.len() == next.len() && !complete {
        return None;
    }
    let word = word.trim_start_matches(BEFORE).trim_end_matches([',', ':']);
    let word = word.split(['\'', '’']).next().unwrap_or("");
    let text = text.trim_end_matches('.');
    let number = last_word(text);
    if language == Language::German && is_digits(number) {
        // "am 3. Versuch", "Donnerstag, 25. Dezember", but "3 mal 4 ist 12. Brauchst du noch etwas?"
        let before = last_word(text[..text.len() - number.len()].trim_end());
        return Some(asks_for_ordinal(before) || is_month(word));
    }
    let beginnings = language.pick(ENGLISH_BEGINNINGS, GERMAN_BEGINNINGS);
    Some(!listed(beginnings, word))
}

/// Whether the comma after `before` is one within a date: "May 5th, 2026". None while `next` does not tell.
pub fn within_date(before: &str, next: &str, complete: bool) -> Option<bool> {
    if !last_word(before.trim_end_matches(',')).starts_with(|c: char| c.is_ascii_digit()) {
        return Some(false);
    }
    let digits = next.len() - next.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    (digits < next.len() || complete).then_some(digits == 4)
}

const BEFORE: [char; 8] = ['(', '"', '“', '„', '[', '*', '_', '\''];

fn last_word(text: &str) -> &str {
    text.rsplit(char::is_whitespace).next().unwrap_or("").trim_start_matches(BEFORE)
}

/// Whether a phrase begins with the first word of `next`, which must be there in full.
pub fn opens_phrase(next: &str) -> bool {
    next.split_once(char::is_whitespace).is_some_and(|(word, _)| OPENERS.contains(&word))
}

/// Whether a line begins a block of its own: heading, list entry, quotation, table, code. None while too little of
/// the line is there to tell.
pub fn starts_block(line: &str) -> Option<bool> {
    let mut chars = line.chars();
    match chars.next() {
        None => None,
        Some('#' | '>' | '|' | '\n') => Some(true),
        Some(c @ ('-' | '*' | '+')) => match chars.next() {
            None => None,
            Some(' ') => Some(true),
            Some(next) => Some(next == c && line.trim_end().chars().all(|x| x == c)),
        },
        Some(c @ ('`' | '~')) if line.chars().take(3).all(|x| x == c) => (line.len() >= 3).then_some(true),
        Some('0'..='9') => {
            let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
            match rest.as_bytes() {
                [] | [b'.' | b')'] => None,
                [b'.' | b')', b' ', ..] => Some(true),
                _ => Some(false),
            }
        }
        Some(_) => Some(false),
    }
}
