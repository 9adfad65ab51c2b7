//! What a number is, and ordinals in words. Plain numbers are left to the voice's own pronouncer.

use super::here::{Here, Said, listed};
use super::language::Language;

/// Whether it is a number as people write it, "1,000.5" and "1.000,5" alike.
pub fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',')
}

/// Whether it is made of digits alone.
pub fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A day of a month or the like: digits, at most `most`.
pub fn small(text: &str, most: u32) -> Option<u32> {
    text.parse().ok().filter(|n| is_digits(text) && text.len() <= 2 && (1..=most).contains(n))
}

/// German words behind which a number with a full stop is an ordinal: those that ask for the ending "en", and others.
const OF_DATIVE: &str =
    "am vom zum zur beim im dem den des einem einen einer ab bis seit nächsten letzten jedem jeden";
const OF_OTHERS: &str = "der die das eine ein ihre seine meine deine unsere ihr sein mein dein unser kein keine jede jeder jedes dieser \
    diese dieses welcher nächste nächster letzte letzter";

/// Whether a German number with a full stop behind this word is an ordinal.
pub fn asks_for_ordinal(word: &str) -> bool {
    let word = word.to_lowercase();
    listed(OF_DATIVE, &word) || listed(OF_OTHERS, &word)
}

/// German ordinals: "am 3. Versuch". English ones have letters, which the pronouncer knows.
pub fn read_ordinal(here: &Here) -> Option<Said> {
    let number = small(here.core(), 99)?;
    let next = here.next(1)?;
    let is_word = next.core.starts_with(char::is_alphabetic);
    // "3 mal 4 ist 12. Brauchst du noch etwas?"
    let goes_on = is_word && (asks_for_ordinal(&here.word_before(1)) || !next.is_capital());
    if here.language != Language::German || here.token().behind != "." || !goes_on {
        return None;
    }
    Some(Said::one(ordinal(number, here)).with_dot(true))
}

/// A German ordinal in the form that the words before it ask for.
pub fn ordinal(number: u32, here: &Here) -> String {
    const PREPOSITIONS: &str = "in an auf mit bei nach seit von zu aus vor ab";
    let ending = match here.word_before(1).as_str() {
        before if listed(OF_DATIVE, before) => "en",
        "der" if listed(PREPOSITIONS, &here.word_before(2)) => "en",
        "der" | "die" | "das" | "eine" | "ihre" | "seine" | "meine" | "jede" => "e",
        _ => "er",
    };
    format!("{}{ending}", german_ordinal(number))
}

/// "dritt" for 3: without the ending.
pub fn german_ordinal(number: u32) -> String {
    match number {
        1 => "erst".into(),
        3 => "dritt".into(),
        7 => "siebt".into(),
        8 => "acht".into(),
        20.. => format!("{}st", german(number)),
        _ => format!("{}t", german(number)),
    }
}

/// A German number below a thousand, in words.
pub fn german(number: u32) -> String {
    const SMALL: &str = "null eins zwei drei vier fünf sechs sieben acht neun \
        zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn";
    const TENS: [&str; 10] =
        ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"];
    // Before another part "eins" has no "s".
    let joined = |n: u32| nth(SMALL, n).trim_end_matches(|c: char| n == 1 && c == 's').to_string();
    match number {
        0..20 => nth(SMALL, number).into(),
        20..100 if number.is_multiple_of(10) => TENS[number as usize / 10].into(),
        20..100 => format!("{}und{}", joined(number % 10), TENS[number as usize / 10]),
        _ if number.is_multiple_of(100) => format!("{}hundert", joined(number / 100 % 10)),
        _ => format!("{}hundert{}", joined(number / 100 % 10), german(number % 100)),
    }
}

/// The word at place `n`, counting from 0.
fn nth(words: &'static str, n: u32) -> &'static str {
    words.split_whitespace().nth(n as usize).unwrap_or_default()
}

/// An English ordinal in figures: "21st".
pub fn english_ordinal(number: u32) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// An English ordinal below a hundred in words, which takes an "'s" where figures do not.
pub fn english_ordinal_words(number: u32) -> String {
    const SMALL: &str = "zeroth first second third fourth fifth sixth seventh eighth ninth \
        tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth";
    const TENS: [&str; 10] =
        ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    match number {
        0..20 => nth(SMALL, number).into(),
        20..100 if number.is_multiple_of(10) => {
            format!("{}ieth", TENS[number as usize / 10].trim_end_matches('y'))
        }
        20..100 => format!("{}-{}", TENS[number as usize / 10], nth(SMALL, number % 10)),
        _ => english_ordinal(number),
    }
}
