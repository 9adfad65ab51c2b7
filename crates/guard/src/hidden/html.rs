//! What a browser would not show of HTML: comments, elements that are hidden by themselves, and attributes that nobody sees.
//!
//! Styles are read where they stand in a tag. What style sheets or scripts hide is not known here.

use std::sync::LazyLock;

use regex::Regex;

use super::count;

mod style;

use style::{Color, Style};

/// Nothing of these is shown.
const UNSEEN: &[&str] = &[
    "script", "style", "template", "noscript", "noembed", "noframes", "meta", "link", "metadata", "desc",
    "datalist",
];
/// What is in these is not read as HTML.
const RAW: &[&str] =
    &["script", "style", "noembed", "noframes", "noscript", "textarea", "title", "xmp", "iframe"];
/// These have no end.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];
/// One of these ends the one before.
const ITEMS: &[&str] = &["li", "td", "th", "tr", "dt", "dd", "option", "p"];
/// These end a paragraph.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "div",
    "dl",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "main",
    "nav",
    "ol",
    "pre",
    "section",
    "table",
    "ul",
];
/// An end of something outside does not reach into these, but for an end of a part of a table.
const CELLS: &[&str] = &["td", "th", "caption"];
const TABLE: &[&str] = &["table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "body", "html"];

static LOOKS: LazyLock<Regex> = LazyLock::new(|| {
    let names = "html|head|body|div|span|p|a|b|i|u|em|strong|br|hr|img|ul|ol|li|table|tr|td|th|h[1-6]|font|center|section\
                 |article|main|nav|header|footer|form|input|button|label|script|style|template|noscript|meta|link|title\
                 |iframe|svg|pre|code|blockquote|details|small|sup|sub|mark|textarea|video|audio|object";
    Regex::new(&format!(r"(?i)<!--|<!doctype\s|</?(?:{names})(?:[\s/][^<>]*)?>"))
        .expect("the tests compile it")
});

/// Whether a browser would make something of it.
pub(super) fn looks_like(text: &str) -> bool {
    LOOKS.is_match(text)
}

struct Element {
    name: String,
    hidden: bool,
    color: Option<Color>,
    background: Option<Color>,
}

/// The `text` without what would not be shown, tags and all, and how many characters that was.
pub(super) fn visible(text: &str) -> (String, u32) {
    let mut page = Page { out: String::with_capacity(text.len()), open: Vec::new() };
    // A style sheet may give the page any colour.
    let plain = !text.contains("<style") && !text.contains("stylesheet");
    page.open.push(Element {
        name: String::new(),
        hidden: false,
        color: None,
        background: plain.then_some(Color::WHITE),
    });
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        page.show(&rest[..at]);
        rest = page.mark(&rest[at..]);
    }
    page.show(rest);
    let removed = count(text).saturating_sub(count(&page.out));
    (page.out, removed)
}

struct Page {
    out: String,
    open: Vec<Element>,
}

impl Page {
    fn hidden(&self) -> bool {
        self.open.iter().any(|element| element.hidden)
    }

    fn show(&mut self, text: &str) {
        if !self.hidden() {
            self.out.push_str(text);
        }
    }

    /// Takes what begins with `<`, and returns what comes after it.
    fn mark<'a>(&mut self, text: &'a str) -> &'a str {
        if let Some(comment) = text.strip_prefix("<!--") {
            return after_comment(comment);
        }
        let next = text[1..].chars().next();
        match next {
            // What a browser takes for a comment, but for what a page begins with.
            Some('!' | '?') => {
                let (mark, rest) = text.split_at(text.find('>').map_or(text.len(), |end| end + 1));
                if mark.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) {
                    self.show(mark);
                }
                rest
            }
            Some('/') if text[2..].starts_with(|c: char| c.is_ascii_alphabetic()) => {
                let (mark, rest) = text.split_at(text.find('>').map_or(text.len(), |end| end + 1));
                let name =
                    mark[2..].trim_end_matches('>').split(|c: char| c.is_whitespace() || c == '/').next();
                // Shown or not as its beginning was.
                self.show_end(&name.unwrap_or_default().to_ascii_lowercase(), mark);
                rest
            }
            Some(c) if c.is_ascii_alphabetic() => {
                let (tag, rest) = Tag::read(text);
                self.begin(tag, rest)
            }
            _ => {
                self.show("<");
                &text[1..]
            }
        }
    }

    fn show_end(&mut self, name: &str, mark: &str) {
        let bound = |element: &Element| CELLS.contains(&element.name.as_str()) && !TABLE.contains(&name);
        let place = self.open.iter().rposition(|element| element.name == name || bound(element));
        match place.filter(|at| self.open[*at].name == name) {
            Some(at) => {
                // Whatever it is that was hidden, it ends with this mark.
                self.show(mark);
                self.open.truncate(at);
            }
            // An end without a beginning, which a browser does not show.
            None => self.show(mark),
        }
    }

    fn begin<'a>(&mut self, tag: Tag<'_>, rest: &'a str) -> &'a str {
        let name = tag.name.as_str();
        let ends = |open: &Element| {
            open.name == name && ITEMS.contains(&name) || open.name == "p" && BLOCKS.contains(&name)
        };
        if self.open.last().is_some_and(ends) {
            self.open.pop();
        }
        let element = self.element(&tag);
        let (hidden, void) = (element.hidden, VOID.contains(&name));
        if !hidden {
            self.show(&tag.seen());
        }
        if void {
            return rest;
        }
        if !RAW.contains(&name) {
            self.open.push(element);
            return rest;
        }
        // Up to its end, which stays where its beginning did.
        let end = end_of_raw(rest, name);
        let after = rest[end..].find('>').map_or(rest.len(), |at| end + at + 1);
        if !hidden {
            self.show(&rest[..after]);
        }
        &rest[after..]
    }

    fn element(&self, tag: &Tag<'_>) -> Element {
        let style = Style::read(&tag.value("style").unwrap_or_default());
        let parent = self.open.last();
        let of_tag = |name: &str| tag.value(name).and_then(|value| Color::read(&value.to_ascii_lowercase()));
        let color = style.color.or_else(|| of_tag("color")).or(parent.and_then(|parent| parent.color));
        // One that a style sheet can speak of may have any background.
        let named = tag.has("class") || tag.has("id");
        let inherited = parent.and_then(|parent| parent.background).filter(|_| !named);
        let background = style.background.or_else(|| of_tag("bgcolor")).or(inherited);
        let alike = color.zip(background).is_some_and(|(color, background)| color.is_like(background));
        let attribute = tag.has("hidden")
            || tag.value("aria-hidden").is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
            || tag.name == "input"
                && tag.value("type").is_some_and(|value| value.trim().eq_ignore_ascii_case("hidden"));
        let hidden = UNSEEN.contains(&tag.name.as_str()) || attribute || style.hides || alike;
        Element { name: tag.name.clone(), hidden, color, background }
    }
}

fn after_comment(comment: &str) -> &str {
    // Two short forms that a browser takes for whole comments.
    if let Some(rest) = comment.strip_prefix('>').or_else(|| comment.strip_prefix("->")) {
        return rest;
    }
    let ends = ["-->", "--!>"].map(|end| comment.find(end).map(|at| at + end.len()));
    ends.into_iter().flatten().min().map_or("", |end| &comment[end..])
}

fn end_of_raw(text: &str, name: &str) -> usize {
    let ends = text.match_indices("</").map(|(at, _)| at);
    let of_it = |at: &usize| {
        let after = &text[at + 2..];
        after.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
            && !after[name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
    };
    ends.into_iter().find(of_it).unwrap_or(text.len())
}

/// A tag that begins an element.
struct Tag<'a> {
    name: String,
    text: &'a str,
    /// Name, value, and the place in the text.
    attributes: Vec<(String, String, std::ops::Range<usize>)>,
}

impl<'a> Tag<'a> {
    /// From the text that begins with it; returns what comes after it, too.
    fn read(text: &'a str) -> (Self, &'a str) {
        let stop = |c: char| c.is_whitespace() || matches!(c, '/' | '>');
        let mut at = text[1..].find(stop).map_or(text.len(), |end| end + 1);
        let name = text[1..at].to_ascii_lowercase();
        let mut attributes: Vec<(String, String, std::ops::Range<usize>)> = Vec::new();
        loop {
            let rest = &text[at..];
            let begin =
                at + (rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/').len());
            let rest = &text[begin..];
            if rest.is_empty() || rest.starts_with('>') {
                at = (begin + 1).min(text.len());
                break;
            }
            // The first one belongs to the name, whatever it is: so a browser reads it.
            let first = rest.chars().next().map_or(0, char::len_utf8);
            let end = rest[first..].find(|c: char| stop(c) || c == '=').map_or(rest.len(), |end| end + first);
            let name = rest[..end].to_ascii_lowercase();
            let (value, length) = match rest[end..].trim_start().strip_prefix('=') {
                Some(value) => {
                    let value = value.trim_start();
                    let (value, after) = value_of(value);
                    (value, rest.len() - after.len())
                }
                None => ("", end),
            };
            at = begin + length;
            // Of two of the same name the first holds.
            if !attributes.iter().any(|(other, ..)| *other == name) {
                attributes.push((name, style::without_entities(value), begin..at));
            } else {
                attributes.push((String::new(), String::new(), begin..at));
            }
        }
        (Self { name, text: &text[..at], attributes }, &text[at..])
    }

    fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(other, ..)| other == name)
    }

    fn value(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(other, ..)| other == name).map(|(_, value, _)| value.clone())
    }

    /// As it stands, without the attributes that hold text which nobody sees.
    fn seen(&self) -> String {
        let unseen = |name: &str| {
            let beginnings = ["aria-", "data-", "on"];
            name.is_empty()
                || matches!(name, "title" | "alt" | "content" | "summary" | "srcdoc" | "longdesc")
                || beginnings.iter().any(|start| name.starts_with(start))
        };
        let (mut out, mut from) = (String::new(), 0);
        for (_, _, place) in self.attributes.iter().filter(|(name, ..)| unseen(name)) {
            out.push_str(self.text[from..place.start].trim_end());
            from = place.end;
        }
        out.push_str(&self.text[from..]);
        out
    }
}

/// A value and what comes after it.
fn value_of(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    text.split_at(text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len()))
}
