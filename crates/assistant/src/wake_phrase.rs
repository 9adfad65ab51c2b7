//! Takes the wake phrase off a transcript: "Hey Jarvis, what time is it?" asks "what time is it?".
//!
//! A recogniser spells the name as it likes ("Hey, Jervis", "Hey Jarvus"), so the name is found by likeness.

use jarvis_core::text::letters_apart;

/// Words that may go before the name.
const GREETINGS: [&str; 10] = ["hey", "hi", "hello", "okay", "ok", "a", "he", "hej", "ey", "oh"];
/// Letters that may be different in the name.
const LIKENESS: usize = 2;

/// `text` without a wake phrase at its beginning; empty when there is nothing else.
pub fn without_wake_phrase(text: &str) -> &str {
    let words = word_ends(text);
    let is_greeting = |word: &str| GREETINGS.contains(&word.to_lowercase().as_str());
    let name = match words.as_slice() {
        [(first, end), ..] if is_name(first) => *end,
        [(greeting, _), (name, end), ..] if is_greeting(greeting) && is_name(name) => *end,
        _ => return text.trim(),
    };
    text[name..].trim_start_matches(|c: char| !c.is_alphanumeric()).trim()
}

/// The first two words, each with where it ends.
fn word_ends(text: &str) -> Vec<(&str, usize)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '\'';
    let mut words = Vec::new();
    let mut at = 0;
    while words.len() < 2 {
        let Some(start) = text[at..].find(is_part).map(|i| at + i) else { break };
        let end = text[start..].find(|c| !is_part(c)).map_or(text.len(), |i| start + i);
        words.push((&text[start..end], end));
        at = end;
    }
    words
}

/// Whether it is like "Jarvis": it begins like it, and few letters are different.
fn is_name(word: &str) -> bool {
    let word = word.to_lowercase();
    let word = word.strip_suffix("'s").unwrap_or(&word);
    word.starts_with(['j', 'c', 'g', 'd', 't']) && letters_apart(word, "jarvis") <= LIKENESS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_wake_phrase_is_taken_off() {
        for (text, rest) in [
            ("Hey Jarvis, what time is it?", "what time is it?"),
            ("Hey, Jarvis. What time is it?", "What time is it?"),
            ("Jarvis what time is it", "what time is it"),
            ("Hey Jervis, stop.", "stop."),
            ("Hey Davis, stop.", "stop."),
            ("Hey Jarvis.", ""),
            ("  hey jarvis  ", ""),
            ("What time is it, Jarvis?", "What time is it, Jarvis?"),
            ("Hey, what is it?", "Hey, what is it?"),
            ("Java is a language.", "Java is a language."),
            ("Travel is nice.", "Travel is nice."),
            ("", ""),
        ] {
            assert_eq!(without_wake_phrase(text), rest, "{text:?}");
        }
    }
}
