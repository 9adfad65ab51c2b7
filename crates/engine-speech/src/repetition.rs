//! The model talking to itself: with a short encoder context it sometimes says the same thing again and again.
//!
//! The first time is as good as with the full context (the same word errors on 74 short clips), so that is kept.

/// What a text turned out to be.
#[derive(Debug, PartialEq)]
pub enum Heard<'a> {
    /// Nothing suspicious.
    Once(&'a str),
    /// The part that was repeated, from the text's start.
    Repeated(&'a str),
    /// It goes round in circles, but not in one that can be cut.
    Lost,
}

/// Judges `text`. Three words or more said twice over are a repetition; fewer may be meant ("five five",
/// "no, no, no"), so they must come six times.
pub fn judge(text: &str) -> Heard<'_> {
    let words = words(text);
    let same = |a: usize, b: usize| words[a].0 == words[b].0;
    for unit in 1..=words.len() / 2 {
        // How far the text is the same as itself, `unit` words earlier.
        let agreeing = (unit..words.len()).take_while(|i| same(*i, i - unit)).count();
        let times = 1 + agreeing / unit;
        if unit + agreeing == words.len() && times >= if unit < 3 { 6 } else { 2 } {
            return Heard::Repeated(&text[..words[unit - 1].1]);
        }
    }
    let often = |window: &[(String, usize)]| {
        words.windows(3).filter(|w| w.iter().map(|x| &x.0).eq(window.iter().map(|x| &x.0))).count() >= 3
    };
    if words.windows(3).any(often) { Heard::Lost } else { Heard::Once(text) }
}

/// Words in lower case without punctuation, each with where it ends, its punctuation included.
fn words(text: &str) -> Vec<(String, usize)> {
    let mut words = Vec::new();
    let mut at = 0;
    for part in text.split_inclusive(|c: char| c.is_whitespace() || c == '-') {
        at += part.len();
        let word: String =
            part.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        if !word.is_empty() {
            words.push((word, at - part.len() + part.trim_end().len()));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_is_cut_to_its_first_round() {
        let check = |text: &str, expected: Heard| assert_eq!(judge(text), expected, "{text}");
        check("What time is it?", Heard::Once("What time is it?"));
        check("", Heard::Once(""));
        check("five five", Heard::Once("five five"));
        check("No, no, no.", Heard::Once("No, no, no."));
        check("5 5 5 5 5 5 5", Heard::Repeated("5"));
        check(
            "Good morning. Good morning. Good morning. Good morning. Good morning. Good morning. Good",
            Heard::Repeated("Good morning."),
        );
        check(
            "Set a timer for ten minutes. Set a timer for 10",
            Heard::Once("Set a timer for ten minutes. Set a timer for 10"),
        );
        check("Close the door. close the door, Close the", Heard::Repeated("Close the door."));
        check("10 of clubs 10 of clubs 10 of clubs clubs 10 of clubs", Heard::Lost);
    }
}
