//! Words by which a person says that something is not as it was, or asks how it was; in English and German.

use jarvis_core::text::plain_words;

/// In what asks for what no longer holds.
const PAST: [&str; 14] = [
    "used",
    "before",
    "previous",
    "previously",
    "former",
    "formerly",
    "earlier",
    "once",
    "old",
    "früher",
    "vorher",
    "damals",
    "ehemals",
    "alte",
];

/// In what says that something has changed.
const CHANGED: [&str; 9] = [
    "now",
    "instead",
    "no longer",
    "any more",
    "anymore",
    "from now on",
    "jetzt",
    "nicht mehr",
    "stattdessen",
];

/// Whether a question asks for what no longer holds: "what did I use to drink?", "where did I live before?"
pub fn asks_for_past(question: &str) -> bool {
    let words = plain_words(question);
    let used_to =
        words.windows(2).any(|pair| pair[0] == "use" && pair[1] == "to") && words.contains(&"did".into());
    used_to || words.iter().any(|word| PAST.contains(&word.as_str()))
}

/// Whether something that is told says that it was otherwise before: "the key is now under the mat".
pub(crate) fn says_changed(text: &str) -> bool {
    let text = format!(" {} ", plain_words(text).join(" "));
    CHANGED.iter().any(|changed| text.contains(&format!(" {changed} ")))
}
