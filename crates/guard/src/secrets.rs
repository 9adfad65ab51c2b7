//! Secrets in text: keys, tokens and passwords are found, taken out, and kept from leaving.
//!
//! [`find`] knows secrets by how they look and by what they are called; [`redacted_with`] takes out those that are known
//! by their value as well; [`leaks`] and [`holds`] look at text on its way out, or into a record, through the simple ways to
//! disguise it. None of them keeps what it is shown, and none says what a secret is. What looks like nothing in particular and
//! has no telling name beside it is not found. The audit log, the tools' output and whatever is sent ask here.

mod leaks;
mod rules;

use std::borrow::Cow;
use std::ops::Range;

pub use leaks::{holds, leaks};
pub(crate) use rules::is_secret_name;

/// Shorter values are not looked for: they stand in any text.
const SHORTEST_KNOWN: usize = 6;

/// A secret's place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where, in bytes: the secret alone, without the name before it.
    pub range: Range<usize>,
    /// What kind: "GitHub token", "password".
    pub kind: &'static str,
}

/// The secrets in `text`, from its beginning to its end. They do not overlap.
pub fn find(text: &str) -> Vec<Found> {
    apart(rules::all(text))
}

/// The `text` with every secret replaced by `[secret: kind]`.
pub fn redacted(text: &str) -> Cow<'_, str> {
    replaced(text, &find(text))
}

/// Like [`redacted`], and without the values that are `known`, from the keyring or the environment, either. Values of
/// fewer than six bytes are left: they stand in any text.
pub fn redacted_with<'a>(text: &'a str, known: &[String]) -> Cow<'a, str> {
    let mut found = rules::all(text);
    for value in worth_looking_for(known) {
        let places = text.match_indices(value);
        found.extend(places.map(|(at, _)| Found { range: at..at + value.len(), kind: "known" }));
    }
    replaced(text, &apart(found))
}

/// Those of the `known` values that are long enough to mean something.
fn worth_looking_for(known: &[String]) -> impl Iterator<Item = &str> {
    known.iter().map(|value| value.trim()).filter(|value| value.len() >= SHORTEST_KNOWN)
}

/// In order, those that overlap made one: no part of a secret stays because another one begins in it.
fn apart(mut found: Vec<Found>) -> Vec<Found> {
    // Rules stand from the particular to the general, and sorting keeps that order.
    found.sort_by_key(|one| one.range.start);
    let mut apart: Vec<Found> = Vec::new();
    for one in found {
        match apart.last_mut() {
            Some(last) if one.range.start < last.range.end => {
                last.range.end = last.range.end.max(one.range.end);
            }
            _ => apart.push(one),
        }
    }
    apart
}

fn replaced<'a>(text: &'a str, found: &[Found]) -> Cow<'a, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for one in found {
        out.push_str(&text[from..one.range.start]);
        out.push_str("[secret: ");
        out.push_str(one.kind);
        out.push(']');
        from = one.range.end;
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests;
