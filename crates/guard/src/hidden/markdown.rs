//! What a reader of Markdown would not see: titles of links, comments made of references, links without a text.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::count;

/// Where a link leads, in angles or not, with a pair of brackets in it at most.
const TO: &str = r"(?:<[^<>\n]*>|[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)";
/// What is said of it when the mouse rests there. It may go on over lines, not over an empty one.
const TITLE: &str = r#"(?:"(?:[^"\n]|\n[^\n"])*"|'(?:[^'\n]|\n[^\n'])*'|\((?:[^()\n]|\n[^\n()])*\))"#;

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the tests compile it")
}

static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(\]\([ \t]*{TO})\s+{TITLE}\s*\)")));
static EMPTY: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(^|[^!\]\w])\[[ \t]*\]\([ \t]*{TO}[ \t]*\)")));
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?m)^[ ]{{0,3}}\[([^\[\]\n^][^\[\]\n]*)\]:[ \t]*\n?[ \t]*(<[^<>\n]*>|[^\s<]\S*)((?:[ \t]+|[ \t]*\n[ \t]*){TITLE})?[ \t]*$"
    ))
});

/// The `text` without that, and how many characters it was.
pub(super) fn visible(text: &str) -> (String, u32) {
    let without_titles = LINK.replace_all(text, "$1)");
    let without_empty = EMPTY.replace_all(&without_titles, "$1");
    let whole = without_empty.to_lowercase();
    let visible = REFERENCE.replace_all(&without_empty, |found: &Captures<'_>| {
        let (label, to, title) = (&found[1], &found[2], found.get(3).map_or("", |title| title.as_str()));
        let nowhere = matches!(to, "#" | "<>" | "<#>") || to.starts_with('#');
        let address = to.contains("://") || to.starts_with(['/', '<', '#', '.']) || to.starts_with("mailto:");
        // What a log says in brackets is no reference.
        if !nowhere && !address {
            return found[0].to_string();
        }
        let mentions = whole.matches(&format!("[{}]", label.to_lowercase())).count();
        let sentence = label.split_whitespace().count() > 2;
        match mentions < 2 && (nowhere && !title.is_empty() || sentence) {
            true => String::new(),
            false => found[0][..found[0].trim_end().len() - title.trim_end().len()].trim_end().to_string(),
        }
    });
    let removed = count(text).saturating_sub(count(&visible));
    (visible.into_owned(), removed)
}
