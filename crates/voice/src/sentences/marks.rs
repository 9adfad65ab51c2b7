//! What a full stop, a word or a line's beginning means for cutting.

use crate::speakable::Language;

/// Words that end with a full stop and do not end a sentence.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "e.g", "i.e", "etc", "approx", "no", "fig",
    "vol", "inc", "ltd", "co", "dept", "est", "min", "max", "jan", "feb", "mar", "apr", "jun", "jul", "aug",
    "sep", "sept", "oct", "nov", "dec", "z.b", "d.h", "bzw", "usw", "ca", "nr", "mio", "mrd", "evtl", "ggf",
    "inkl", "vgl", "hr", "geb", "rev", "capt", "lt", "sgt", "pp", "str",
];
/// Of those, the ones that may also stand at the end of a sentence: then a capital decides.
const ALSO_FINAL: &[&str] =
    &["etc", "inc", "ltd", "co", "no", "min", "max", "usw", "jr", "sr", "str", "mio", "mrd"];

/// Words before which a speaker may breathe.
const OPENERS: &[&str] = &[
    "and", "or", "but", "because", "which", "that", "who", "when", "while", "where", "if", "so", "with",
    "for", "to", "in", "on", "at", "by", "from", "of", "as", "than", "into", "through", "during", "after",
    "before",
];

/// Whether `text`, which ends with a full stop, ends with an abbreviation, an initial, the number of a list entry or, in
/// German, an ordinal. `line` is the part of the text in its last line.
pub fn is_abbreviation(text: &str, line: &str, language: Language) -> bool {
    let word = text.trim_end_matches('.').rsplit(char::is_whitespace).next().unwrap_or("");
    let word = word.trim_start_matches(['(', '"', '“', '[', '*', '_']);
    let lower = word.to_lowercase();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase) && word != "I";
    let dotted =
        word.contains('.') && word.split('.').all(|part| part.chars().count() == 1) && text.ends_with('.');
    let entry =
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) && line.trim() == format!("{word}.");
    // "am 3. Mai": sentences that end with a small number are rarer.
    let ordinal = language == Language::German
        && (1..=2).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_digit());
    let known = ABBREVIATIONS.contains(&lower.as_str()) && !ALSO_FINAL.contains(&lower.as_str());
    initial || entry || ordinal || known || dotted && !matches!(lower.as_str(), "a.m" | "p.m" | "u.s" | "u.k")
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
