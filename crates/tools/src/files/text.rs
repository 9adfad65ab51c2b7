//! Text in whatever encoding it is written: told apart from what is no text, and read.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// By so many bytes it is told what a file holds.
const SAMPLE: usize = 8192;

/// How the text in `bytes` is written; none when it is no text.
pub(super) fn encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return Some(encoding);
    }
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    if sample.contains(&0) {
        return utf16(sample);
    }
    let odd = |b: &u8| *b < 32 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    if sample.iter().filter(|b| odd(b)).count() * 50 > sample.len() || sample.starts_with(b"%PDF-") {
        return None;
    }
    let cut_short = |e: std::str::Utf8Error| e.error_len().is_none() && bytes.len() > SAMPLE;
    match std::str::from_utf8(sample) {
        Ok(_) => Some(UTF_8),
        Err(e) if cut_short(e) => Some(UTF_8),
        // Every byte means something there, so this is the last guess.
        Err(_) => Some(WINDOWS_1252),
    }
}

/// UTF-16 without a mark at its beginning: every second byte of what is mostly Latin is zero.
fn utf16(sample: &[u8]) -> Option<&'static Encoding> {
    let pairs = sample.len() / 2;
    let zeros = |at: usize| sample.iter().skip(at).step_by(2).filter(|b| **b == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    if pairs < 2 || sample.len() % 2 == 1 && sample.len() < SAMPLE {
        None
    } else if second * 10 > pairs * 7 && first * 20 < pairs {
        Some(UTF_16LE)
    } else if first * 10 > pairs * 7 && second * 20 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The text in `bytes`; none when there is none.
pub(super) fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    Some(encoding(bytes)?.decode(bytes).0)
}

/// `text` at the end of `old`, on a line of its own, written as `old` is. None when that cannot be.
pub(super) fn appended(old: &[u8], text: &str) -> Option<Vec<u8>> {
    let mut new = old.to_vec();
    if old.is_empty() {
        new.extend_from_slice(text.as_bytes());
        return Some(new);
    }
    let encoding = encoding(old)?;
    let written = encoding.decode(old).0;
    let windows = written.contains("\r\n");
    let mut more = if written.is_empty() || written.ends_with('\n') { String::new() } else { "\n".into() };
    more.push_str(text);
    if windows {
        more = more.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    if encoding == UTF_16LE {
        new.extend(more.encode_utf16().flat_map(u16::to_le_bytes));
    } else if encoding == UTF_16BE {
        new.extend(more.encode_utf16().flat_map(u16::to_be_bytes));
    } else {
        let (bytes, _, lost) = encoding.encode(&more);
        if lost {
            return None;
        }
        new.extend_from_slice(&bytes);
    }
    Some(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn text_is_read_in_any_encoding_and_told_from_what_is_none() {
        let marked = [&[0xff, 0xfe][..], &utf16le("Grüße")].concat();
        let long = "ä".repeat(5000);
        for (bytes, expected) in [
            (b"".as_slice(), Some("")),
            ("Grüße".as_bytes(), Some("Grüße")),
            (b"Gr\xfc\xdfe", Some("Grüße")),
            (&marked, Some("Grüße")),
            (&utf16le("plain words"), Some("plain words")),
            (b"\xef\xbb\xbfmarked", Some("marked")),
            ([b"x", long.as_bytes()].concat().as_slice(), Some(format!("x{long}").as_str())),
            (b"%PDF-1.7 and so on", None),
            (b"\x7fELF\0\0\0\x01\x02\x03", None),
            (&[1, 2, 3, 4, 5, 6], None),
        ] {
            assert_eq!(decode(bytes).as_deref(), expected, "{:?}", &bytes[..bytes.len().min(20)]);
        }
    }

    #[test]
    fn what_is_added_is_written_as_the_rest_is() {
        for (old, text, expected) in [
            (b"".to_vec(), "a", Some(b"a".to_vec())),
            (b"a".to_vec(), "b", Some(b"a\nb".to_vec())),
            (b"a\n".to_vec(), "b", Some(b"a\nb".to_vec())),
            (b"a\r\n".to_vec(), "b\nc", Some(b"a\r\nb\r\nc".to_vec())),
            (b"Gr\xfc\xdfe\n".to_vec(), "\u{fc}", Some(b"Gr\xfc\xdfe\n\xfc".to_vec())),
            (b"Gr\xfc\xdfe\n".to_vec(), "\u{65e5}", None),
            (utf16le("plain\n"), "x", Some(utf16le("plain\nx"))),
            (vec![0, 1, 2, 3], "x", None),
        ] {
            assert_eq!(appended(&old, text), expected, "{old:?} and {text:?}");
        }
    }
}
