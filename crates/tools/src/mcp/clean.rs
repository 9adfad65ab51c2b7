//! What a stranger says, made fit to be shown: nothing hidden in it, and no longer than it should be.

/// `text` without hidden characters, on one line, at most `most` characters long.
pub(super) fn line(text: &str, most: usize) -> String {
    let spaced: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let visible: String = spaced.chars().filter(|c| !is_hidden(*c)).collect();
    cut(&visible.split_whitespace().collect::<Vec<_>>().join(" "), most)
}

/// `text` without hidden characters; its lines stay.
pub(super) fn lines(text: &str) -> String {
    text.chars().filter(|c| matches!(c, '\n' | '\t') || !is_hidden(*c)).collect()
}

/// `text` with hidden characters written out, so that a person sees that they are there.
pub(super) fn written_out(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// At most `most` characters, with a sign where something was left out.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// Whether a character shows nothing, or changes in which order others are shown: control and format characters (Unicode's Cc and
/// Cf), fillers, variation selectors and tags.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0x00AD | 0x034F | 0x061C | 0x0600..=0x0605 | 0x06DD | 0x070F | 0x08E2
            | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F
            | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
            | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_goes() {
        for (text, expected) in [
            ("Adds  two\nnumbers.", "Adds two numbers."),
            ("Adds\u{200b} \u{202e}two\u{e0041}\u{feff}", "Adds two"),
            ("\u{1b}[8mx", "[8mx"),
            ("Grüße aus Zürich", "Grüße aus Zürich"),
            ("0123456789abc", "012345678…"),
        ] {
            assert_eq!(line(text, 10.max(expected.chars().count())), expected, "{text:?}");
        }
        assert_eq!(lines("a\n\tb\u{200d}\r"), "a\n\tb");
        assert_eq!(written_out("a\u{202e}b"), "a\\u{202e}b");
    }
}
