//! What nobody reads aloud: emoji, what Markdown left behind, and marks that have lost their word.

use unicode_segmentation::UnicodeSegmentation;

/// `text` without them.
pub fn clean(text: &str) -> String {
    text.graphemes(true).map(plain).collect()
}

fn plain(grapheme: &str) -> &str {
    let mut chars = grapheme.chars();
    match chars.next() {
        // Keycaps are a digit and two signs.
        Some(c @ '0'..='9') if chars.as_str().contains('\u{20e3}') => &grapheme[..c.len_utf8()],
        Some(c) if is_picture(c) || matches!(c, '*' | '_' | '`' | '\u{200b}' | '\u{feff}') => " ",
        Some('\u{2212}') => "-",
        Some('’') => "'",
        _ => grapheme,
    }
}

/// Emoji and dingbats; arrows, mathematical signs and letters are none.
fn is_picture(c: char) -> bool {
    matches!(u32::from(c),
        0x1f000..=0x1faff | 0x2600..=0x27bf | 0x2b00..=0x2bff | 0x231a..=0x23ff | 0x25a0..=0x25ff | 0xfe0f | 0xe0020..=0xe007f
            | 0x2022 | 0x203c | 0x2049)
}
