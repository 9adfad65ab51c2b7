//! What may be attached to a request, and under which name.
//!
//! Pictures are known by their first bytes, never by what a name or a client claims; they are not decoded here. Everything
//! else has to be plain text. Names come from strangers as often as from the person: what is kept of them is harmless as a
//! file name, in a page, and in what a model reads.

use jarvis_core::{Code, Failure};
use jarvis_memory::{Attachment, NewAttachment};
use jiff::{SignedDuration, Timestamp};

use crate::journal::Journal;

/// Attachments of one message at most.
pub const MOST_ATTACHMENTS: usize = 8;
/// Largest picture, in bytes.
pub const LARGEST_ATTACHMENT: usize = 20 * 1024 * 1024;
/// Largest text, in bytes.
const LARGEST_TEXT: usize = 1024 * 1024;
/// What was sent ahead waits so long for its message.
pub(crate) const WAITS: SignedDuration = SignedDuration::from_hours(24);
/// Longest name kept, in bytes, and longest ending.
const LONGEST_NAME: usize = 120;
const LONGEST_ENDING: usize = 12;

/// Endings and types that only pictures bear.
const PICTURES: [(&str, &[&str]); 4] = [
    ("image/png", &["png"]),
    ("image/jpeg", &["jpg", "jpeg"]),
    ("image/webp", &["webp"]),
    ("image/gif", &["gif"]),
];

impl Journal {
    /// Keeps what will go with a message that is still to be written: for a day, or as long as the message. `claimed` is
    /// the media type that its sender states, where one is.
    ///
    /// # Errors
    /// `TooLarge`, `Unsupported`, `BadRequest` when there is nothing in it; `DiskFull`.
    pub async fn attach(
        &self,
        name: &str,
        claimed: Option<&str>,
        content: Vec<u8>,
    ) -> Result<Attachment, Failure> {
        let new = accept(name, claimed, content)?;
        self.with(move |store| {
            let now = Timestamp::now();
            store.attach(&new, now - WAITS, now)
        })
        .await
    }
}

fn accept(name: &str, claimed: Option<&str>, content: Vec<u8>) -> Result<NewAttachment, Failure> {
    let takes = "Attach a picture (PNG, JPEG, WebP or GIF, up to 20 MiB) or a text (UTF-8, up to 1 MiB).";
    let refused = |code, message: &str| Err(Failure::new(code, message, takes));
    if content.is_empty() {
        return refused(Code::BadRequest, "There is nothing in that file.");
    }
    if content.len() > LARGEST_ATTACHMENT {
        return refused(Code::TooLarge, "That file is too large.");
    }
    let media_type = if let Some(picture) = picture(&content) {
        picture
    } else if claims_to_be_a_picture(name, claimed) {
        return refused(Code::Unsupported, "That is no picture, though it is called one.");
    } else if !is_text(&content) {
        return refused(Code::Unsupported, "That is neither a picture nor a text.");
    } else if content.len() > LARGEST_TEXT {
        return refused(Code::TooLarge, "That text is too long.");
    } else {
        "text/plain"
    };
    Ok(NewAttachment { name: harmless(name, media_type), media_type: media_type.into(), content })
}

/// The type of a picture by its first bytes, as the WHATWG's MIME Sniffing standard has them.
fn picture(content: &[u8]) -> Option<&'static str> {
    if content.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if content.starts_with(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if content.starts_with(b"RIFF") && content.get(8..14) == Some(b"WEBPVP") {
        Some("image/webp")
    } else if content.starts_with(b"GIF87a") || content.starts_with(b"GIF89a") {
        Some("image/gif")
    } else {
        None
    }
}

fn claims_to_be_a_picture(name: &str, claimed: Option<&str>) -> bool {
    let claimed = claimed.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    PICTURES
        .iter()
        .any(|(kind, endings)| kind.eq_ignore_ascii_case(claimed) || endings.contains(&ending.as_str()))
}

/// Whether it is UTF-8 without the characters that only machines write.
fn is_text(content: &[u8]) -> bool {
    let machine = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}');
    std::str::from_utf8(content).is_ok_and(|text| !text.contains(machine))
}

/// A file name without a path, without what a page, a shell or Markdown could take for something else, and without
/// characters that nobody sees; short, with its ending.
fn harmless(name: &str, media_type: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| !is_unseen(*c))
        .map(|c| match c {
            '<' | '>' | '"' | '`' | '|' | '?' | '*' | ':' => '_',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect();
    let plain = plain.trim_matches(|c: char| c == '.' || c == ' ');
    if plain.is_empty() {
        let ending = media_type.strip_prefix("image/").unwrap_or("txt");
        return format!("attachment.{ending}");
    }
    if plain.len() <= LONGEST_NAME {
        return plain.into();
    }
    let (stem, ending) = match plain.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= LONGEST_ENDING => (stem, format!(".{ending}")),
        _ => (plain, String::new()),
    };
    let room = LONGEST_NAME - ending.len() - '\u{2026}'.len_utf8();
    let kept: String =
        stem.char_indices().take_while(|(at, c)| at + c.len_utf8() <= room).map(|(_, c)| c).collect();
    format!("{}\u{2026}{ending}", kept.trim_end())
}

/// Control characters, and those that change how others are shown (Unicode's Cf and Zl, Zp): with them a name can look
/// like another one, or say something that only a model reads.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_decided_by_the_bytes() {
        let png = b"\x89PNG\r\n\x1a\n...".as_slice();
        type Case<'c> = (&'c str, Option<&'c str>, &'c [u8], Result<&'c str, Code>);
        let table: [Case<'_>; 17] = [
            ("sea.png", Some("image/png"), png, Ok("image/png")),
            ("sea.txt", Some("text/plain"), png, Ok("image/png")),
            ("sea.jpg", None, b"\xff\xd8\xff\xe0", Ok("image/jpeg")),
            ("sea.webp", None, b"RIFF\x10\0\0\0WEBPVP8 ", Ok("image/webp")),
            ("sea.gif", None, b"GIF89a", Ok("image/gif")),
            ("notes.md", Some("text/markdown"), "# Gr\u{fc}\u{df}e\n".as_bytes(), Ok("text/plain")),
            ("a.svg", Some("image/svg+xml"), b"<svg onload='alert(1)'/>", Ok("text/plain")),
            ("page.html", Some("text/html"), b"<script>alert(1)</script>", Ok("text/plain")),
            ("log", None, b"\x1b[1mbold\x1b[0m", Ok("text/plain")),
            ("sea.png", None, b"<script>alert(1)</script>", Err(Code::Unsupported)),
            ("sea", Some("image/PNG; q=1"), b"no picture", Err(Code::Unsupported)),
            ("a.zip", None, b"PK\x03\x04", Err(Code::Unsupported)),
            ("a.txt", None, b"\xff\xfeh\0i\0", Err(Code::Unsupported)),
            ("a.bin", None, b"text\0", Err(Code::Unsupported)),
            ("empty.txt", None, b"", Err(Code::BadRequest)),
            ("long.txt", None, &vec![b'a'; LARGEST_TEXT + 1], Err(Code::TooLarge)),
            ("large.png", None, &[png, &vec![0; LARGEST_ATTACHMENT]].concat(), Err(Code::TooLarge)),
        ];
        for (name, claimed, content, expected) in table {
            let taken = accept(name, claimed, content.to_vec());
            let found = taken.as_ref().map(|new| new.media_type.as_str()).map_err(|failure| failure.code);
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn hostile_names_are_made_harmless() {
        let table = [
            ("sea.png", "sea.png"),
            ("Q&A \u{dc}bersicht \u{1f642}.txt", "Q&A \u{dc}bersicht \u{1f642}.txt"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ada\\notes.txt", "notes.txt"),
            ("<img src=x onerror=alert(1)>.txt", "_img src=x onerror=alert(1)_.txt"),
            ("a`b`|\"c\".txt", "a_b___c_.txt"),
            ("a\r\nSet-Cookie: x\0.txt", "aSet-Cookie_ x.txt"),
            ("gpj.\u{202e}exe.txt", "gpj.exe.txt"),
            ("do\u{e0041}\u{e0042} it.txt", "do it.txt"),
            ("...", "attachment.txt"),
            ("", "attachment.txt"),
            ("dir/", "attachment.txt"),
        ];
        for (name, expected) in table {
            assert_eq!(harmless(name, "text/plain"), expected, "{name:?}");
        }
        assert_eq!(harmless(" ", "image/webp"), "attachment.webp");
        let long = harmless(&format!("{}.tar.gz", "\u{1f642}".repeat(5000)), "text/plain");
        assert!(long.len() <= LONGEST_NAME && long.ends_with("\u{2026}.gz"), "{long}");
        let long = harmless(&format!("a.{}", "b".repeat(5000)), "text/plain");
        assert!(long.len() <= LONGEST_NAME && long.starts_with("a.bbb"), "{long}");
    }
}
