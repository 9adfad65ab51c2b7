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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_the_model_the_time() {
        let now: Zoned = "2026-03-01T16:10:00+00:00[UTC]".parse().unwrap();
        assert!(system_prompt("en", &now).ends_with("It is Sunday, 1 March 2026, 4:10 PM."));
    }
}
