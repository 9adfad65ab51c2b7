//! Versions of programs, and addresses of machines in figures.

use super::here::{Here, Said};
use super::numbers::is_digits;

/// Whether the figures behind a word are those of a version.
pub fn are_of(word: &str) -> bool {
    matches!(
        word,
        "version" | "release" | "python" | "ubuntu" | "debian" | "fedora" | "rust" | "node" | "java"
    )
}

/// Versions and addresses of machines: "v2.0.1" is "version 2 point 0 point 1", "192.168.0.1" has dots.
pub fn read(here: &Here) -> Option<Said> {
    let core = here.core();
    let named = core.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let groups: Vec<&str> = named.unwrap_or(core).split('.').collect();
    if !groups.iter().all(|group| is_digits(group)) {
        return None;
    }
    let thousands = groups.len() > 1 && groups[1..].iter().all(|group| group.len() == 3);
    let after_word = are_of(&here.word_before(1));
    let point = here.language.pick("point", "Punkt");
    let words = |between: &str| groups.join(&format!(" {between} "));
    match (named, groups.len()) {
        (Some(_), _) if after_word => Some(Said::one(words(point))),
        (Some(_), _) => Some(Said::one(format!("version {}", words(point)))),
        (None, 4) if groups.iter().all(|group| group.parse::<u8>().is_ok()) => {
            Some(Said::one(words(here.language.pick("dot", "Punkt"))))
        }
        (None, 3..) if !thousands => Some(Said::one(words(point))),
        (None, 2) if after_word => Some(Said::one(words(point))),
        _ => None,
    }
}
