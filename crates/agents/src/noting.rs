//! Noting what a person says of themselves in passing: a language model draws it out under a schema, and what it draws out is believed
//! only as far as the person's own words say it.

use std::collections::HashSet;

use jarvis_core::Message;
use jarvis_core::text::plain_words;
use jarvis_llm::{ChatModel, ChatRequest, LlmError};
use jarvis_memory::{content_words, stems};
use serde::Deserialize;
use serde_json::json;

/// From one request so much is noted at most.
const MOST: usize = 4;
/// Tokens of an answer.
const ANSWER: u32 = 200;
/// A longer request is a text that was pasted.
const LONGEST: usize = 1_000;
/// A note has so many words that say something at least, and so many words at most.
const WORDS: [usize; 2] = [2, 25];
/// So much of what a note says must stand in what was said.
const GROUNDED: f32 = 0.8;

/// Who speaks of themselves says one of these; in English and German.
const OWN: [&str; 25] = [
    "i", "i'm", "i've", "my", "mine", "me", "we", "we're", "our", "ich", "mein", "meine", "meinen", "meinem",
    "meiner", "mir", "mich", "wir", "unser", "unsere", "unseren", "unserem", "uns", "myself", "i'd",
];

/// With these a note is no lasting fact, but a request or a mood.
const PASSING: [&str; 26] = [
    "i want",
    "i need",
    "i would like",
    "i'd like",
    "i wonder",
    "i am asking",
    "i'm asking",
    "i asked",
    "i think",
    "i guess",
    "i hope",
    "i don't know",
    "i do not know",
    "i can't",
    "i cannot",
    "i see",
    "i mean",
    "let me",
    "tell me",
    "ich will",
    "ich möchte",
    "ich brauche",
    "ich glaube",
    "ich hoffe",
    "ich weiß nicht",
    "sag mir",
];

/// What is so now, is not so for long.
const NOW: [&str; 8] = ["today", "tonight", "now", "currently", "heute", "gerade", "jetzt", "if"];

const INSTRUCTIONS: &str = "Copy the facts about the speaker and their family, friends, home, work, health and habits from the \
    message. One short sentence each. No questions, no requests.";

/// Messages, and what is noted of them. A small model that sees more of those that say nothing finds nothing any more; what it finds
/// too much is not believed.
const EXAMPLES: [(&str, Option<&str>); 6] = [
    (
        "My brother Tom is visiting, he works as a baker. What should we cook?",
        Some("My brother Tom works as a baker"),
    ),
    ("I'm diabetic, so give me a cake recipe without sugar.", Some("I am diabetic")),
    ("Our flat is on the ground floor. How do I keep burglars out?", Some("Our flat is on the ground floor")),
    ("My teacher is called Mrs Bell. What can I give her?", Some("My teacher is called Mrs Bell")),
    ("What is the capital of France?", None),
    ("I like jazz. Who was Miles Davis?", Some("I like jazz")),
];

#[derive(Deserialize)]
struct Notes {
    facts: Vec<String>,
}

/// Whether somebody may say something of themselves here: no model need be asked about the rest.
pub fn may_be_worth_noting(said: &str) -> bool {
    let words = plain_words(said);
    said.len() <= LONGEST && words.len() > 3 && words.iter().any(|word| OWN.contains(&word.as_str()))
}

/// What is worth noting of what a person said, in sentences.
pub async fn notes(model: &dyn ChatModel, said: &str) -> Result<Vec<String>, LlmError> {
    let mut messages = vec![Message::system(INSTRUCTIONS)];
    for (message, facts) in EXAMPLES {
        messages.push(Message::user(message));
        let facts: Vec<String> = facts.iter().map(|fact| format!("\"{fact}\"")).collect();
        messages.push(Message::assistant(format!("{{\"facts\": [{}]}}", facts.join(", "))));
    }
    messages.push(Message::user(said));
    let schema = json!({
        "type": "object",
        "properties": {"facts": {"type": "array", "maxItems": MOST, "items": {"type": "string", "maxLength": 200}}},
        "required": ["facts"],
        "additionalProperties": false
    });
    let request = ChatRequest {
        messages,
        tools: Vec::new(),
        json_schema: Some(schema),
        temperature: 0.0,
        max_tokens: ANSWER,
    };
    let reply = model.complete(request).await?;
    // What is cut off, or is no such list, notes nothing.
    let Ok(Notes { facts }) = serde_json::from_str(&reply.text) else { return Ok(Vec::new()) };
    let mut noted: Vec<String> = Vec::new();
    for fact in facts.iter().map(|fact| fact.trim().trim_end_matches('.')) {
        if is_stated(fact, said) && !noted.iter().any(|known| known.eq_ignore_ascii_case(fact)) {
            noted.push(fact.into());
        }
    }
    Ok(noted)
}

/// Whether a note is a statement about the person's life that their own words make.
fn is_stated(fact: &str, said: &str) -> bool {
    let (words, told) = (plain_words(fact), stems(said).collect::<HashSet<_>>());
    let content: Vec<String> = stems(fact).collect();
    let known = content.iter().filter(|word| told.contains(*word)).count();
    let grounded = known as f32 >= GROUNDED * content.len() as f32;
    // What is only asked, is not stated.
    let asked = questions(said).any(|question| content.iter().all(|word| question.contains(word)));
    content.len() >= WORDS[0]
        && words.len() <= WORDS[1]
        && grounded
        && speaks_of_somebody(fact, &words, said)
        && !is_passing(&words)
        && !asked
        && !fact.ends_with('?')
}

/// Whether it begins with the person, or with a name that they said.
fn speaks_of_somebody(fact: &str, words: &[String], said: &str) -> bool {
    let first = fact.split_whitespace().next().unwrap_or_default();
    // Where a sentence begins, every word is written so.
    let sentences = said.split(['.', '!', '?', '\n']);
    let mut later = sentences.flat_map(|sentence| sentence.split_whitespace().skip(1));
    let is_name = first.starts_with(char::is_uppercase)
        && later.any(|word| word.trim_matches(|c: char| !c.is_alphanumeric()) == first)
        && content_words(first).next().is_some();
    is_name || words.first().is_some_and(|first| OWN.contains(&first.as_str()))
}

/// Whether it is a request, a guess, or true only now.
fn is_passing(words: &[String]) -> bool {
    let plain = words.join(" ");
    PASSING.iter().any(|passing| plain == *passing || plain.starts_with(&format!("{passing} ")))
        || words.iter().any(|word| NOW.contains(&word.as_str()))
}

/// The words of each question in a text.
fn questions(said: &str) -> impl Iterator<Item = HashSet<String>> {
    let sentences = said.split_inclusive(['.', '!', '?', '\n']);
    sentences.filter(|sentence| sentence.trim_end().ends_with('?')).map(|sentence| stems(sentence).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_stated_is_noted() {
        let said = "My sister Anna moved to Kiel last year. Can I take my dog Rex to the beach there? I want an ice cream.";
        for (fact, stated) in [
            ("My sister Anna moved to Kiel last year", true),
            ("My sister Anna moved to Kiel", true),
            ("My sister Anna lives in Hamburg with her husband", false),
            ("My dog Rex goes to the beach", false),
            ("I want an ice cream", false),
            ("Where is Kiel?", false),
            ("Kiel", false),
            ("", false),
        ] {
            assert_eq!(is_stated(fact, said), stated, "{fact}");
        }
    }

    #[test]
    fn most_requests_need_no_model_to_be_left_alone() {
        for (said, may) in [
            ("I live in Potsdam with my two cats.", true),
            ("Meine Schwester heißt Anna und wohnt in Kiel.", true),
            ("Why is the sky blue?", false),
            ("Tell it", false),
            (&"my ".repeat(600), false),
        ] {
            assert_eq!(may_be_worth_noting(said), may, "{said}");
        }
    }
}
