//! Looks for secrets in text on its way out, through the simple ways to disguise it.

use std::collections::HashSet;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use regex::{Captures, Regex};

/// A disguise within a disguise is followed so far.
const DEPTH: usize = 3;
/// More than this many bytes, or so many times the text, are not looked through: what unfolds like that is not sent.
const MOST: usize = 1 << 20;
const TIMES: usize = 64;
/// Letters and digits alone must be so many to be told from chance.
const SHORTEST_SQUEEZED: usize = 8;

static BASE64: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9+/_-]{8,}").expect("the tests compile it"));
static HEX: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[0-9A-Fa-f]{12,}").expect("the tests compile it"));
static HEX_MARKS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)0x|\\x|\\u00|[\s:,;-]").expect("the tests compile it"));

/// As JSON writes a character, and JSON within JSON.
static ESCAPED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\\+u([0-9A-Fa-f]{4})").expect("the tests compile it"));

/// The end of a run need not fall on the end of a group.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether `text` holds a secret: one that looks like one, or one of the `known` values. Looked through are Base64,
/// hexadecimal, percent signs and JSON's escapes, each within another up to three times, text written backwards, and text
/// with marks, blanks or invisible characters spread in it. Not looked through: ciphers, compression, pieces sent one by one.
pub fn leaks(text: &str, known: &[String]) -> bool {
    let known = Known::all(known);
    looked_through(text, |view| !super::find(view).is_empty() || known.iter().any(|known| known.is_in(view)))
}

/// Whether `text` holds one of the `known` values, looked through as [`leaks`] does. What only looks like a secret is none here:
/// it may be what a server goes on by, as a page's token.
pub fn holds(text: &str, known: &[String]) -> bool {
    let known = Known::all(known);
    !known.is_empty() && looked_through(text, |view| known.iter().any(|known| known.is_in(view)))
}

/// Whether something is found in `text`, or in what it may be a disguise of.
fn looked_through(text: &str, found: impl Fn(&str) -> bool) -> bool {
    let most = MOST.max(text.len().saturating_mul(TIMES));
    let (mut seen, mut looked_at) = (HashSet::new(), 0);
    let mut views = vec![(text.to_string(), 0)];
    while let Some((view, depth)) = views.pop() {
        looked_at += view.len();
        if looked_at > most {
            return true;
        }
        if found(&view) {
            return true;
        }
        if depth < DEPTH {
            let children = unfolded(&view).into_iter().filter(|child| seen.insert(child.clone()));
            views.extend(children.map(|child| (child, depth + 1)));
        }
    }
    false
}

struct Known<'a> {
    value: &'a str,
    /// Letters and digits alone, small; none where these are too few.
    squeezed: Option<String>,
}

impl<'a> Known<'a> {
    fn all(values: &'a [String]) -> Vec<Self> {
        super::worth_looking_for(values).map(Self::new).collect()
    }

    fn new(value: &'a str) -> Self {
        let squeezed = squeezed(value);
        Self { value, squeezed: (squeezed.chars().count() >= SHORTEST_SQUEEZED).then_some(squeezed) }
    }

    fn is_in(&self, view: &str) -> bool {
        if view.contains(self.value) {
            return true;
        }
        let Some(known) = &self.squeezed else { return false };
        let view = squeezed(view);
        let backwards: String = known.chars().rev().collect();
        view.contains(known.as_str()) || view.contains(&backwards)
    }
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What `view` may be a disguise of.
fn unfolded(view: &str) -> Vec<String> {
    let mut out = Vec::new();
    let (plain, hidden) = crate::hidden::visible_characters(view);
    if hidden > 0 {
        out.push(plain);
    }
    if view.contains('%') {
        out.push(without_percent(view));
    }
    if view.contains("\\u") {
        out.push(without_escapes(view));
    }
    out.push(view.chars().rev().collect());
    let close: String =
        view.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | ',' | '"' | '\'' | '\\')).collect();
    let closer = (close != view).then_some(close.as_str());
    for text in [Some(view), closer].into_iter().flatten() {
        for run in BASE64.find_iter(text) {
            let run = run.as_str().replace('-', "+").replace('_', "/");
            // What stands before it, a path for instance, may look like a part of it.
            for begin in 0..4 {
                let run = &run[begin..];
                let whole = if run.len() % 4 == 1 { &run[..run.len() - 1] } else { run };
                out.extend(LENIENT.decode(whole).ok().and_then(readable));
            }
        }
    }
    let close = HEX_MARKS.replace_all(view, "");
    for run in HEX.find_iter(&close) {
        for begin in 0..2 {
            let bytes = run.as_str().as_bytes()[begin..].chunks_exact(2).map(|pair| {
                pair.iter()
                    .fold(0, |byte, digit| byte * 16 + char::from(*digit).to_digit(16).unwrap_or(0) as u8)
            });
            out.extend(readable(bytes.collect()));
        }
    }
    out
}

/// What can be read of the bytes, if there is anything: what is junk between is not followed any further.
fn readable(bytes: Vec<u8>) -> Option<String> {
    let text = String::from_utf8_lossy(&bytes);
    let is_readable = |c: char| matches!(c, ' '..='~' | '\n' | '\r' | '\t') || c.is_alphanumeric();
    let runs = text.split(|c| !is_readable(c)).filter(|run| run.len() >= super::SHORTEST_KNOWN);
    let runs: Vec<&str> = runs.collect();
    (!runs.is_empty()).then(|| runs.join("\0"))
}

fn without_escapes(text: &str) -> String {
    let written = ESCAPED.replace_all(text, |found: &Captures<'_>| {
        let character = u32::from_str_radix(&found[1], 16).ok().and_then(char::from_u32);
        character.map_or_else(|| found[0].to_string(), String::from)
    });
    written.into_owned()
}

fn without_percent(text: &str) -> String {
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
