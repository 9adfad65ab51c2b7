//! What is written, in the words that people say for it.
//!
//! Readers look at one word after another, each for one kind of thing: a date, an amount, an address. The first that knows
//! what it sees says it; what none of them knows stays as it is. Plain numbers, English ordinals and most signs are left
//! to the voice's own pronouncer, which knows them.

use super::clean::clean;
use super::here::{Here, Said};
use super::language::Language;
use super::{
    abbreviations, addresses, dates, money, numbers, phones, ranges, rates, roman, times, units, versions,
    years,
};

/// In the order in which they are asked.
const READERS: &[fn(&Here) -> Option<Said>] = &[
    abbreviations::read_sign,
    rates::read,
    dates::read_figures,
    dates::read_named,
    phones::read,
    times::read,
    money::read,
    units::read,
    ranges::read_sizes,
    versions::read,
    ranges::read,
    years::read,
    numbers::read_ordinal,
    roman::read,
    abbreviations::read,
    addresses::read,
    read_marks,
];

/// Writes out `text`; also drops what nobody reads aloud, and puts single spaces.
pub fn spell_out(text: &str, language: Language) -> String {
    let plain = clean(text);
    let tokens = rates::tokens(&plain, language);
    let mut said: Vec<String> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let here = Here { language, tokens: &tokens, at };
        let heard = READERS
            .iter()
            .find_map(|read| read(&here))
            .unwrap_or_else(|| Said::one(signs(here.core(), language)));
        let last = tokens[(at + heard.tokens - 1).min(tokens.len() - 1)];
        at += heard.tokens;
        // A full stop that belongs to an abbreviation ends the sentence too, where that is over.
        let behind = match last.behind.strip_prefix('.') {
            Some(rest) if heard.with_dot && !(at >= tokens.len() && rest.is_empty()) => rest,
            _ => last.behind,
        };
        // A bracket that is closed within what was read is gone with it.
        let closed = heard.tokens > 1 && here.token().behind.contains(')');
        let before = if closed { here.token().before.trim_end_matches('(') } else { here.token().before };
        push(&mut said, format!("{before}{}{behind}", heard.words));
    }
    said.join(" ")
}

/// A mark that lost its word, as after an emoji, belongs to the word before.
fn push(said: &mut Vec<String>, word: String) {
    let is_mark = |c: char| ".,;:!?".contains(c);
    match said.last_mut() {
        Some(last) if word.chars().all(is_mark) => {
            if !last.ends_with(is_mark) {
                last.push_str(&word);
            }
        }
        _ if word.chars().all(is_mark) => {}
        _ => said.push(word),
    }
}

/// "#1", "~5", "+5 °C".
fn read_marks(here: &Here) -> Option<Said> {
    let mut chars = here.core().chars();
    let (sign, rest) = (chars.next()?, chars.as_str());
    let words = match sign {
        '#' if numbers::is_number(rest) => here.language.pick("number", "Nummer"),
        '~' | '≈' if rest.starts_with(|c: char| c.is_ascii_digit()) => here.language.pick("about", "etwa"),
        '±' if numbers::is_number(rest) => here.language.pick("plus or minus", "plus minus"),
        _ => return None,
    };
    Some(Said::one(format!("{words} {rest}")))
}

/// Signs within a word.
fn signs(core: &str, language: Language) -> String {
    core.replace('→', language.pick(" to ", " nach "))
        .replace("->", language.pick(" to ", " nach "))
        .replace('²', language.pick(" squared", " hoch 2"))
        .replace('³', language.pick(" cubed", " hoch 3"))
        .replace('^', language.pick(" to the power of ", " hoch "))
}

#[cfg(test)]
mod tests;
