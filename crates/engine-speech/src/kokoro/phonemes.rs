//! From text to the signs that Kokoro was trained on.
//!
//! espeak-ng says how words are pronounced; its signs are changed into those of Kokoro's own pronouncer, Misaki, as that
//! does with the words that are not in its dictionary (`EspeakFallback`, <https://github.com/hexgrad/misaki>): one letter
//! for a diphthong or an affricate (`eɪ` is `A`), length marks in British English only. Punctuation stays where it was,
//! because the network makes pauses and melody of it.

use espeak_rs::text_to_phonemes;
use jarvis_engine::speech::Accent;
use jarvis_engine::{Fault, FaultCode};

/// What espeak-ng writes, and what it becomes in both accents. What is longer comes first.
const BOTH: &[(&str, &str)] = &[
    ("tʃ", "ʧ"),
    ("dʒ", "ʤ"),
    ("eɪ", "A"),
    ("aɪ", "I"),
    ("aʊ", "W"),
    ("ɔɪ", "Y"),
    ("əl", "ᵊl"),
    ("ɚ", "əɹ"),
    ("r", "ɹ"),
    ("x", "k"),
    ("ç", "k"),
    ("ɐ", "ə"),
    ("ɬ", "l"),
    ("ʔ", "t"),
    ("ʲ", ""),
    ("\u{303}", ""),
];
const BRITISH: &[(&str, &str)] =
    &[("eə", "ɛː"), ("iə", "ɪə"), ("əʊ", "Q"), ("oʊ", "Q"), ("o", "ɔ"), ("æ", "a"), ("e", "ɛ")];
const AMERICAN: &[(&str, &str)] = &[
    ("oʊ", "O"),
    ("əʊ", "O"),
    ("ɜːɹ", "ɜɹ"),
    ("ɜː", "ɜɹ"),
    ("ɪə", "iə"),
    ("ɾ", "T"),
    ("o", "ɔ"),
    ("ː", ""),
    ("e", "A"),
];
/// Words that have a sign of their own when nothing stresses them.
const WEAK: [&str; 2] = ["ɐ", "ɐn"];

/// Pronunciation of `text`, with its punctuation.
pub fn of(text: &str, accent: Accent) -> Result<String, Fault> {
    let mut said = String::new();
    for part in parts(text) {
        match part {
            Part::Words(words) => {
                let phonemes = words_of(words, accent)?;
                // Words that were cut at a mark have kept their space; what is silent needs none.
                if words.starts_with(char::is_whitespace) && !said.ends_with(' ') && !phonemes.is_empty() {
                    said.push(' ');
                }
                said.push_str(&phonemes);
                if words.ends_with(char::is_whitespace) && !said.ends_with(' ') {
                    said.push(' ');
                }
            }
            Part::Mark(mark) => said.push(mark),
        }
    }
    Ok(said.trim().to_string())
}

fn words_of(words: &str, accent: Accent) -> Result<String, Fault> {
    if !words.contains(char::is_alphanumeric) {
        return Ok(String::new());
    }
    let voice = match accent {
        // Its tag is en-gb, its name is this.
        Accent::British => "en",
        Accent::American => "en-us",
    };
    let damaged = |e| {
        let message = format!("the pronunciation data is damaged: {e}");
        Fault::new(FaultCode::ModelDamaged, message)
    };
    let clauses = text_to_phonemes(words.trim(), voice, Some('_')).map_err(damaged)?;
    let words = clauses.iter().flat_map(|clause| clause.split_whitespace());
    let words: Vec<String> = words.map(|word| mapped(word, accent)).filter(|word| !word.is_empty()).collect();
    Ok(words.join(" "))
}

/// A word of espeak-ng, its sounds apart (`h_ˈəʊ_m`), in Kokoro's signs. The marks that espeak-ng puts behind are dropped:
/// the text's own are kept.
fn mapped(word: &str, accent: Accent) -> String {
    let word = word.trim_matches(|c: char| ".,;:?!¿¡".contains(c));
    if WEAK.contains(&word.replace('_', "").as_str()) {
        return word.replace('_', "");
    }
    let of_accent = match accent {
        Accent::British => BRITISH,
        Accent::American => AMERICAN,
    };
    let mut said = String::new();
    for sound in word.split('_') {
        // A consonant that is a syllable has a mark behind it (`n̩`) and gets a small vowel before it.
        let syllabic = sound.contains('\u{329}');
        let mut rest = sound;
        while let Some(first) = rest.chars().next() {
            let found = of_accent.iter().chain(BOTH).filter(|(from, _)| rest.starts_with(from));
            match found.max_by_key(|(from, _)| from.len()) {
                Some((from, to)) => {
                    said.push_str(to);
                    rest = &rest[from.len()..];
                }
                None => {
                    let is_mark = matches!(first, 'ˈ' | 'ˌ');
                    if syllabic && !is_mark && first != '\u{329}' {
                        said.push('ᵊ');
                    }
                    if first != '\u{329}' {
                        said.push(first);
                    }
                    rest = &rest[first.len_utf8()..];
                }
            }
        }
    }
    said
}

#[derive(Debug, PartialEq)]
enum Part<'a> {
    /// Words with the spaces around them.
    Words(&'a str),
    /// A mark as the network knows it.
    Mark(char),
}

/// Words and the marks between them. A mark within a word or a number is part of it: "3.5", "10:30", "o'clock".
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut begun = 0;
    let mut quoted = false;
    let mut before = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map_or(' ', |(_, c)| *c);
        if let Some(mark) = mark(c, before, after, &mut quoted) {
            if begun < at {
                parts.push(Part::Words(&text[begun..at]));
            }
            parts.push(Part::Mark(mark));
            begun = at + c.len_utf8();
        }
        before = c;
    }
    if begun < text.len() {
        parts.push(Part::Words(&text[begun..]));
    }
    parts
}

fn mark(c: char, before: char, after: char, quoted: &mut bool) -> Option<char> {
    let within = before.is_alphanumeric() && after.is_alphanumeric();
    match c {
        ';' | ':' | ',' | '.' | '!' | '?' => (!within && !after.is_ascii_digit()).then_some(c),
        '…' | '(' | ')' | '“' | '”' | '—' => Some(c),
        '–' | '-' if before.is_whitespace() && after.is_whitespace() => Some('—'),
        '«' | '„' => Some('“'),
        '»' => Some('”'),
        '[' => Some('('),
        ']' => Some(')'),
        '"' => {
            *quoted = !*quoted;
            Some(if *quoted { '“' } else { '”' })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kokoro::tokens::token;

    /// What espeak-ng writes becomes what Misaki writes.
    #[test]
    fn espeak_is_read_in_both_accents() {
        let check = |word: &str, british: &str, american: &str| {
            assert_eq!(mapped(word, Accent::British), british, "{word}, British");
            assert_eq!(mapped(word, Accent::American), american, "{word}, American");
            let known = |said: &str| said.chars().all(|c| token(c).is_some());
            assert!(known(british) && known(american), "{word}");
        };
        check("tʃ_ˈɜː_tʃ", "ʧˈɜːʧ", "ʧˈɜɹʧ");
        // Two sounds are not an affricate.
        check("n_ˈʌ_t_ʃ_ɛ_l", "nˈʌtʃɛl", "nˈʌtʃɛl");
        check("ɡ_ˈəʊ", "ɡˈQ", "ɡˈO");
        check("ɡ_ˈoʊ", "ɡˈQ", "ɡˈO");
        check("h_ˈeə", "hˈɛː", "hˈAə");
        check("h_ˈɛɹ", "hˈɛɹ", "hˈɛɹ");
        check("f_ˈaɪə", "fˈIə", "fˈIə");
        check("f_ˈaɪɚ", "fˈIəɹ", "fˈIəɹ");
        check("n_ˈɔːɹ_θ", "nˈɔːɹθ", "nˈɔɹθ");
        check("m_ˈoːɹ", "mˈɔːɹ", "mˈɔɹ");
        check("l_ˈɛ_ɾ_ɚ", "lˈɛɾəɹ", "lˈɛTəɹ");
        check("b_ˈʌ_ʔ_n̩", "bˈʌtᵊn", "bˈʌtᵊn");
        check("l_ˈɪ_t_əl", "lˈɪtᵊl", "lˈɪtᵊl");
        check("s_ˈiː__ɪ_ŋ.", "sˈiːɪŋ", "sˈiɪŋ");
        check("ð_ɪ_", "ðɪ", "ðɪ");
        check("ɐ", "ɐ", "ɐ");
        check("ɐ_b_ˈaʊ_t", "əbˈWt", "əbˈWt");
    }

    #[test]
    fn marks_are_told_from_what_is_within_a_word() {
        use Part::{Mark, Words};
        let check = |text: &str, expected: &[Part]| assert_eq!(parts(text), expected, "{text}");
        check("Hi, you.", &[Words("Hi"), Mark(','), Words(" you"), Mark('.')]);
        check("3.5 of 1,000 at 10:30", &[Words("3.5 of 1,000 at 10:30")]);
        check("about .5", &[Words("about .5")]);
        check("well - no", &[Words("well "), Mark('—'), Words(" no")]);
        check("well-known", &[Words("well-known")]);
        check(
            "\"So\" (he)",
            &[Mark('“'), Words("So"), Mark('”'), Words(" "), Mark('('), Words("he"), Mark(')')],
        );
    }
}
