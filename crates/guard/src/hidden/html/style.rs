//! Whether a style that stands in a tag hides what is in it.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// Letters smaller than this many pixels are not read by anybody.
const SMALLEST: f64 = 3.0;
/// Less than this is not seen.
const FAINTEST: f64 = 0.1;
/// Further than this is off the page, in pixels.
const OFF: f64 = -500.0;

/// A colour by its red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Color([f64; 3]);

/// What matters of a style.
#[derive(Debug, Default)]
pub(super) struct Style {
    pub color: Option<Color>,
    pub background: Option<Color>,
    pub hides: bool,
}

static COMMENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s)/\*.*?(?:\*/|\z)").expect("the tests compile it"));
static ESCAPE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)").expect("the tests compile it"));
static ENTITY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|(colon|semi|Tab|NewLine|lpar|rpar|num|period));?")
        .expect("the tests compile it")
});

/// The text with characters in place of how HTML writes them, as far as it matters to a style.
pub(super) fn without_entities(text: &str) -> String {
    let replaced = ENTITY.replace_all(text, |found: &Captures<'_>| {
        let number =
            |group: usize, base| found.get(group).and_then(|n| u32::from_str_radix(n.as_str(), base).ok());
        let c = number(1, 10).or_else(|| number(2, 16)).and_then(char::from_u32);
        c.unwrap_or(match found.get(3).map_or("", |name| name.as_str()) {
            "colon" => ':',
            "semi" => ';',
            "lpar" => '(',
            "rpar" => ')',
            "num" => '#',
            "period" => '.',
            _ => ' ',
        })
        .to_string()
    });
    replaced.into_owned()
}

impl Style {
    /// From the attribute's value.
    pub fn read(text: &str) -> Self {
        let text = COMMENT.replace_all(text, "");
        let text = ESCAPE.replace_all(&text, |found: &Captures<'_>| {
            let code = found.get(1).and_then(|code| u32::from_str_radix(code.as_str(), 16).ok());
            let literal = found.get(2).map_or(String::new(), |c| c.as_str().into());
            code.and_then(char::from_u32).map_or(literal, String::from)
        });
        let text = text.to_ascii_lowercase();
        let mut style = Self::default();
        let (mut cut_off, mut tiny, mut placed, mut off) = (false, false, false, false);
        for (name, value) in text.split(';').filter_map(|part| part.split_once(':')) {
            let value = value.trim().trim_end_matches("!important").trim();
            match name.trim() {
                "display" => style.hides |= value == "none",
                "visibility" | "content-visibility" => style.hides |= matches!(value, "hidden" | "collapse"),
                "opacity" => style.hides |= share(value).is_some_and(|n| n < FAINTEST),
                "filter" => style.hides |= value.replace(' ', "").contains("opacity(0"),
                "font-size" => style.hides |= pixels(value).is_some_and(|n| n < SMALLEST),
                "font" => style.hides |= font_size(value).is_some_and(|n| n < SMALLEST),
                "color" | "-webkit-text-fill-color" => {
                    style.hides |= is_clear(value);
                    style.color = Color::read(value);
                }
                "background" | "background-color" => {
                    let color = Color::read(value);
                    style.background = color.or_else(|| value.split_whitespace().find_map(Color::read));
                }
                "text-indent" => style.hides |= pixels(value).is_some_and(|n| n <= OFF),
                "overflow" | "overflow-x" | "overflow-y" => cut_off |= matches!(value, "hidden" | "clip"),
                "width" | "height" | "max-width" | "max-height" => {
                    tiny |= pixels(value).is_some_and(|n| n <= 1.0)
                }
                "position" => placed |= matches!(value, "absolute" | "fixed" | "relative"),
                "left" | "top" | "right" | "bottom" | "margin-left" | "margin-top" => {
                    off |= pixels(value).is_some_and(|n| n <= OFF);
                }
                "clip" => style.hides |= is_nothing(value),
                "clip-path" => {
                    style.hides |=
                        ["inset(100%", "inset(50%", "circle(0"].iter().any(|start| value.starts_with(start));
                }
                "transform" => style.hides |= value.replace(' ', "").contains("scale(0)"),
                "scale" | "zoom" => style.hides |= share(value).is_some_and(|n| n < FAINTEST),
                _ => {}
            }
        }
        style.hides |= cut_off && tiny || placed && off;
        style
    }
}

/// A length in pixels, as far as it can be told without the page: 16 of them an `em`.
fn pixels(value: &str) -> Option<f64> {
    let end = value.find(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+')).unwrap_or(value.len());
    let number: f64 = value[..end].parse().ok()?;
    let unit = match value[end..].trim() {
        "" | "px" => 1.0,
        "pt" => 4.0 / 3.0,
        "em" | "rem" => 16.0,
        "ex" | "ch" => 8.0,
        "%" => 0.16,
        "vw" | "vh" | "vmin" | "vmax" => 10.0,
        "cm" => 37.8,
        "mm" => 3.78,
        "in" => 96.0,
        _ => return (number == 0.0).then_some(0.0),
    };
    Some(number * unit)
}

fn font_size(value: &str) -> Option<f64> {
    let mut words = value.split_whitespace();
    // The size is what has a unit, or is nothing.
    words.find_map(|word| {
        let size = word.split('/').next().unwrap_or(word);
        let weight = size.parse::<u32>().is_ok_and(|n| n >= 100);
        (!weight).then(|| pixels(size)).flatten()
    })
}

fn share(value: &str) -> Option<f64> {
    match value.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok().map(|n| n / 100.0),
        None => value.parse().ok(),
    }
}

/// `rect(0, 0, 0, 0)` and the like.
fn is_nothing(value: &str) -> bool {
    let inner = value.strip_prefix("rect(").and_then(|inner| inner.strip_suffix(')'));
    inner.is_some_and(|inner| {
        let mut sides = inner.split([',', ' ']).filter(|side| !side.is_empty());
        sides.all(|side| pixels(side).is_some_and(|n| n <= 1.0))
    })
}

fn is_clear(value: &str) -> bool {
    value == "transparent"
        || numbers(value).is_some_and(|(_, all)| all.get(3).is_some_and(|n| *n < FAINTEST))
        || value.strip_prefix('#').filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit())).is_some_and(
            |hex| match hex.len() {
                4 => hex.ends_with('0'),
                8 => hex.ends_with("00"),
                _ => false,
            },
        )
}

/// The numbers of `rgb(1, 2, 3)` and its like, with its name; a share is one of 1.
fn numbers(value: &str) -> Option<(&str, Vec<f64>)> {
    let (name, inner) = value.strip_suffix(')')?.split_once('(')?;
    let parts = inner.split([',', ' ', '/']).filter(|part| !part.is_empty());
    let numbers = parts.enumerate().map(|(at, part)| match part.strip_suffix('%') {
        Some(percent) if at < 3 && name.starts_with("rgb") => percent.parse::<f64>().ok().map(|n| n * 2.55),
        Some(percent) => percent.parse::<f64>().ok().map(|n| n / 100.0),
        None => part.trim_end_matches("deg").parse().ok(),
    });
    Some((name.trim(), numbers.collect::<Option<_>>()?))
}

impl Color {
    /// What a page has where nothing is said.
    pub const WHITE: Self = Self([255.0; 3]);

    /// From its usual ways of writing. Of the names only those that pages are made of.
    pub fn read(value: &str) -> Option<Self> {
        let value = value.trim();
        if let Some(digits) = value.strip_prefix('#') {
            let digit =
                |at: usize| digits.get(at..=at).and_then(|d| u8::from_str_radix(d, 16).ok()).map(f64::from);
            return match digits.len() {
                3 | 4 => Some(Self([digit(0)? * 17.0, digit(1)? * 17.0, digit(2)? * 17.0])),
                6 | 8 => {
                    let pair = |at: usize| Some(digit(at)? * 16.0 + digit(at + 1)?);
                    Some(Self([pair(0)?, pair(2)?, pair(4)?]))
                }
                _ => None,
            };
        }
        match numbers(value) {
            Some(("rgb" | "rgba", all)) => return Some(Self([*all.first()?, *all.get(1)?, *all.get(2)?])),
            // Without light it is black, with all of it white, whatever the hue.
            Some(("hsl" | "hsla", all)) if matches!(all.get(2), Some(light) if *light <= 0.0 || *light >= 1.0) =>
            {
                return Some(Self([if all[2] <= 0.0 { 0.0 } else { 255.0 }; 3]));
            }
            _ => {}
        }
        let named = match value {
            "white" => [255.0; 3],
            "snow" => [255.0, 250.0, 250.0],
            "ivory" => [255.0, 255.0, 240.0],
            "ghostwhite" => [248.0, 248.0, 255.0],
            "whitesmoke" => [245.0; 3],
            "black" => [0.0; 3],
            "gray" | "grey" => [128.0; 3],
            "silver" => [192.0; 3],
            "lightgray" | "lightgrey" => [211.0; 3],
            "red" => [255.0, 0.0, 0.0],
            "green" => [0.0, 128.0, 0.0],
            "lime" => [0.0, 255.0, 0.0],
            "blue" => [0.0, 0.0, 255.0],
            "navy" => [0.0, 0.0, 128.0],
            "yellow" => [255.0, 255.0, 0.0],
            _ => return None,
        };
        Some(Self(named))
    }

    /// Whether nobody could read the one on the other.
    pub fn is_like(self, other: Self) -> bool {
        self.0.iter().zip(other.0).all(|(one, other)| (one - other).abs() <= 16.0)
    }
}
