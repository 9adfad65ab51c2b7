//! How like what was said is to a name: people say "fire fox", and recognisers write it so.

/// From here on a name may be what was meant.
pub(crate) const ENOUGH: f64 = 0.86;

/// Between 0 and 1. 1: the same, but for case, blanks and marks.
pub(crate) fn likeness(said: &str, name: &str) -> f64 {
    let (said, name) = (words(said), words(name));
    if said.is_empty() || name.is_empty() {
        return 0.0;
    }
    let (joined, target) = (said.concat(), name.concat());
    if joined == target {
        return 1.0;
    }
    // All of the words that were said, or a run of letters within the name that is not just a syllable.
    let all = said.iter().all(|word| name.contains(word));
    if all || (joined.chars().count() >= 4 && target.contains(&joined)) {
        let part = joined.chars().count() as f64 / target.chars().count() as f64;
        return 0.9 + 0.08 * part;
    }
    let whole = strsim::jaro_winkler(&joined, &target);
    // One word of a longer name, misheard.
    let one = name.iter().filter(|word| word.chars().count() >= 5);
    let one = one.map(|word| 0.98 * strsim::jaro_winkler(&joined, word)).fold(0.0, f64::max);
    let far = strsim::levenshtein(&joined, &target) > 1 + joined.chars().count() / 4;
    let whole = if far { whole.min(ENOUGH - 0.01) } else { whole };
    whole.max(if one > 0.93 { one - 0.05 } else { 0.0 }).min(0.97)
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_heard_finds_what_is_meant() {
        for (said, name, meant) in [
            ("fire fox", "Firefox", true),
            ("firefox", "Firefox Web Browser", true),
            ("mouse pad", "Mousepad", true),
            ("mousepat", "Mousepad", true),
            ("text editor", "Text Editor", true),
            ("letter", "letter.txt - Mousepad", true),
            ("libre office writer", "LibreOffice Writer", true),
            ("the gimp", "GNU Image Manipulation Program", false),
            ("calculator", "Calendar", false),
            ("writer", "LibreOffice Calc", false),
            ("vim", "Vi IMproved", false),
            ("a", "Mousepad", false),
            ("", "Mousepad", false),
            ("mail", "Terminal", false),
        ] {
            let found = likeness(said, name);
            assert_eq!(found >= ENOUGH, meant, "{said:?} and {name:?}: {found}");
        }
    }
}
