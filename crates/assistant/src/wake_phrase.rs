//! Takes the wake phrase off a transcript: "Hey Jarvis, what time is it?" asks "what time is it?".
//!
//! A recogniser spells the name as it likes ("Hey, Jervis", "Hey Jarvus"), so the name is found by likeness.

use jarvis_core::text::letters_apart;

/// Words that may go before the name.
const GREETINGS: [&str; 10] = ["hey", "hi", "hello", "okay", "ok", "a", "he", "hej", "ey", "oh"];
/// Letters that may be different in the name: so many, and of a short one every third.
const LIKENESS: usize = 2;
/// Letters at a name's beginning that are heard for one another.
const ALIKE: &str = "jcgdt";

/// What Jarvis is called by: its own name in any case.
#[derive(Clone, Debug)]
pub struct WakePhrase {
    /// Words of the phrase before its last, which is the name.
    before: Vec<String>,
    names: Vec<String>,
}

impl WakePhrase {
    /// The phrase of the wake word in use.
    pub fn new(phrase: &str) -> Self {
        let mut words: Vec<String> = phrase.split_whitespace().map(str::to_lowercase).collect();
        let own = words.pop();
        Self { before: words, names: own.into_iter().chain(["jarvis".to_string()]).collect() }
    }

    /// `text` without a wake phrase at its beginning; empty when there is nothing else.
    pub fn taken_off<'t>(&self, text: &'t str) -> &'t str {
        for (word, end) in word_ends(text, self.before.len().max(1) + 1) {
            let word = word.to_lowercase();
            if self.names.iter().any(|name| is_like(&word, name)) {
                return text[end..].trim_start_matches(|c: char| !c.is_alphanumeric()).trim();
            }
            if !GREETINGS.contains(&word.as_str()) && !self.before.contains(&word) {
                break;
            }
        }
        text.trim()
    }
}

/// The first `count` words, each with where it ends.
fn word_ends(text: &str, count: usize) -> Vec<(&str, usize)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '\'';
    let mut words = Vec::new();
    let mut at = 0;
    while words.len() < count {
        let Some(start) = text[at..].find(is_part).map(|i| at + i) else { break };
        let end = text[start..].find(|c| !is_part(c)).map_or(text.len(), |i| start + i);
        words.push((&text[start..end], end));
        at = end;
    }
    words
}

/// Whether it is like the name: it begins like it, and few letters are different.
fn is_like(word: &str, name: &str) -> bool {
    let word = word.strip_suffix("'s").unwrap_or(word);
    let (Some(first), Some(wanted)) = (word.chars().next(), name.chars().next()) else { return false };
    let begins = first == wanted || (ALIKE.contains(first) && ALIKE.contains(wanted));
    begins && letters_apart(word, name) <= LIKENESS.min(name.chars().count() / 3)
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
            assert_eq!(WakePhrase::new("hey jarvis").taken_off(text), rest, "{text:?}");
        }
    }

    #[test]
    fn a_phrase_of_the_persons_own_is_taken_off_too() {
        for (phrase, text, rest) in [
            ("computer", "Computer, what time is it?", "what time is it?"),
            ("computer", "Hey computer, stop.", "stop."),
            ("computer", "Commuter, stop.", "stop."),
            ("computer", "Jarvis, stop.", "stop."),
            ("computer", "Come over here.", "Come over here."),
            ("good old house", "Good old house, are you there?", "are you there?"),
            ("good old house", "Good morning.", "Good morning."),
            ("ada", "Ada, stop.", "stop."),
            ("ada", "And what day is it?", "And what day is it?"),
        ] {
            assert_eq!(WakePhrase::new(phrase).taken_off(text), rest, "{text:?}");
        }
    }
}
