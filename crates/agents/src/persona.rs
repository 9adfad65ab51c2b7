//! Who Jarvis is when a language model speaks for it.

use jiff::Zoned;

/// The standing instructions of a spoken conversation. Short, because a small model on a small machine reads
/// them word by word; the changing part (the time) comes last, so that what is before it stays cached.
pub fn system_prompt(language: &str, now: &Zoned) -> String {
    let speak = match language {
        "de" => "Antworte auf Deutsch.",
        _ => "Answer in the language of the question.",
    };
    format!(
        "You are Jarvis, a courteous, quick-witted British assistant who lives on this computer and works \
         entirely offline. Your answers are spoken aloud: one to three short sentences, plain words, no lists, no \
         markdown, no emoji. Give more only when asked. If you do not know, say so. {speak} \
         It is {}.",
        now.strftime("%A, %-d %B %Y, %-I:%M %p")
    )
}

/// A question with what the person once told, which may have to do with it, before it: in the midst of what is asked a small
/// model sees it best, and all that stands before the question stays cached.
pub fn with_told(told: &[String], question: &str) -> String {
    if told.is_empty() {
        return question.into();
    }
    let told: String = told.iter().map(|fact| format!("- {}\n", fact.replace('\n', " "))).collect();
    format!(
        "What I told you about myself before, in my own words:\n{told}\nUse it where it helps. {question}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_stands_before_the_question() {
        assert_eq!(with_told(&[], "Why?"), "Why?");
        let asked = with_told(&["my car is red".into(), "I like\nthe sea".into()], "Why?");
        assert!(
            asked.contains("words:\n- my car is red\n- I like the sea\n") && asked.ends_with(" Why?"),
            "{asked}"
        );
    }

    #[test]
    fn it_tells_the_model_the_time() {
        let now: Zoned = "2026-03-01T16:10:00+00:00[UTC]".parse().unwrap();
        assert!(system_prompt("en", &now).ends_with("It is Sunday, 1 March 2026, 4:10 PM."));
    }
}
