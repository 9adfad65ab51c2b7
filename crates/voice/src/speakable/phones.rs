//! Telephone numbers: digit by digit, in the groups that they are written in.

use super::here::{Here, Said, listed};
use super::numbers::is_digits;

/// Digits of a whole number.
const LENGTH: std::ops::RangeInclusive<usize> = 7..=15;
/// Words before a short number.
const CALLING: &str = "call dial ring phone text wähle wählen rufe ruf anrufen notruf";

/// Words behind one.
const GOES_ON: &str = "for if now when in and or at immediately oder und wenn im bei an";

/// "+44 20 7946 0958", "(0)20 7946 0958", "555-1234", "call 999".
pub fn read(here: &Here) -> Option<Said> {
    // "call 100 people" is no number.
    let alone = here.next_close().is_none_or(|next| listed(GOES_ON, next.core));
    let short = is_digits(here.core()) && (3..=6).contains(&here.core().len());
    if listed(CALLING, &here.word_before(1)) && short && alone {
        return Some(Said::one(groups(&[here.core()], here)));
    }
    let mut found: Vec<&str> = Vec::new();
    let mut tokens = 0;
    while let Some(token) = here.tokens.get(here.at + tokens) {
        let inner = token.core.trim_start_matches('+');
        let parts: Vec<&str> =
            inner.split(['-', '/', '(', ')', '.']).filter(|part| !part.is_empty()).collect();
        let plain = parts.iter().all(|part| is_digits(part)) && !parts.is_empty();
        let bracketed = token.before == "(" && token.behind == ")";
        let first = tokens == 0;
        if !plain
            || !(first && token.before.is_empty()
                || token.before.is_empty() && !token.core.starts_with('+')
                || bracketed)
        {
            break;
        }
        found.extend(parts);
        tokens += 1;
        if !token.behind.is_empty() && !bracketed {
            break;
        }
    }
    let digits: usize = found.iter().map(|group| group.len()).sum();
    let core = here.core();
    let international = core.starts_with('+');
    let national = core.starts_with('0')
        && !core.contains('.')
        && (found.len() > 1 && found[0].len() > 1 || digits >= 9);
    let american = matches!(
        found.iter().map(|group| group.len()).collect::<Vec<_>>()[..],
        [3, 4] | [3, 3, 4] | [1, 3, 3, 4]
    ) && (here.token().before == "("
        || (core.contains('-') || core.contains('.') && found.len() > 2)
            && !found.iter().all(|group| group.ends_with('0')));
    let is_number = LENGTH.contains(&digits) && (international || national || american) && !is_date(&found);
    is_number.then(|| {
        let plus = if international { "plus " } else { "" };
        Said::several(format!("{plus}{}", groups(&found, here)), tokens)
    })
}

/// "01 02 2024" begins like a number.
fn is_date(groups: &[&str]) -> bool {
    matches!(groups, [day, month, year]
        if day.len() <= 2 && month.len() <= 2 && year.len() == 4 && day.parse::<u8>().is_ok_and(|d| d <= 31))
}

fn groups(groups: &[&str], here: &Here) -> String {
    let zero = here.language.pick("oh", "null");
    let digit = |c: char| if c == '0' { zero.to_string() } else { c.to_string() };
    let spoken = groups.iter().map(|group| group.chars().map(digit).collect::<Vec<_>>().join(" "));
    spoken.collect::<Vec<_>>().join(", ")
}
