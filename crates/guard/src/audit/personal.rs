//! Personal data in text: e-mail addresses, telephone numbers, account and card numbers.
//!
//! What has a sum to check is checked; a telephone number has none and is known by how it is written.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

struct Kind {
    name: &'static str,
    pattern: Regex,
    check: fn(&str) -> bool,
}

static KINDS: LazyLock<[Kind; 4]> = LazyLock::new(|| {
    let kind = |name, pattern: &str, check| Kind {
        name,
        pattern: Regex::new(pattern).expect("the tests compile every pattern"),
        check,
    };
    [
        kind("e-mail address", r"(?i)\b[\p{L}\p{N}._%+-]+@(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}", |_| true),
        kind("account number", r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}\b", is_iban),
        kind("card number", r"\b[0-9](?:[ -]?[0-9]){12,18}\b", is_card),
        kind(
            "telephone number",
            r"(?x) (?:\+|\b00) [1-9] (?: [\x20()/.-]{0,2} [0-9] ){6,14} \b
                 | \b 0[1-9][0-9]{1,4} [\x20/-]{1,3} [0-9] (?: [\x20-]? [0-9] ){4,9} \b
                 | \(0[1-9][0-9]{1,4}\) \x20? [0-9] (?: [\x20-]? [0-9] ){4,9} \b
                 | (?: \([2-9][0-9]{2}\)\x20? | \b[2-9][0-9]{2}[\x20.-] ) [0-9]{3} [\x20.-] [0-9]{4} \b",
            |_| true,
        ),
    ]
});

/// The `text` without personal data: `[kind]` stands in its place.
pub(super) fn without(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for Kind { name, pattern, check } in KINDS.iter() {
        let replaced = pattern.replace_all(&text, |found: &Captures<'_>| match &found[0] {
            one if check(one) => format!("[{name}]"),
            one => one.to_string(),
        });
        if let Cow::Owned(replaced) = replaced {
            text = Cow::Owned(replaced);
        }
    }
    text
}

/// The sum of ISO 13616: the first four at the end, letters as numbers from ten on, and 1 is left after dividing by 97.
fn is_iban(text: &str) -> bool {
    let text: String = text.chars().filter(|c| *c != ' ').collect();
    let (first, rest) = text.split_at(4);
    let left = rest.chars().chain(first.chars()).fold(0, |left, c| match c.to_digit(36) {
        Some(n) if n < 10 => (left * 10 + n) % 97,
        Some(n) => (left * 100 + n) % 97,
        None => left,
    });
    (15..=34).contains(&text.len()) && left == 1
}

/// Luhn's sum: every second digit from the right doubled, and nothing left after dividing by ten.
fn is_card(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match at % 2 {
            0 => *digit,
            _ if *digit > 4 => digit * 2 - 9,
            _ => digit * 2,
        })
        .sum();
    digits.iter().any(|digit| *digit > 0) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_is_taken_out_and_nothing_else() {
        let cases = [
            ("Write to ada.l+x@mail.example.org now", "Write to [e-mail address] now"),
            ("an jörg@müller.example", "an [e-mail address]"),
            ("IBAN DE89 3704 0044 0532 0130 00.", "IBAN [account number]."),
            ("GB82WEST12345698765432", "[account number]"),
            ("NO93 8601 1117 947", "[account number]"),
            ("NO93 8601 1117 946", "NO93 8601 1117 946"),
            ("card 4111 1111 1111 1111", "card [card number]"),
            ("5500-0000-0000-0004", "[card number]"),
            ("4111 1111 1111 1112", "4111 1111 1111 1112"),
            ("call +49 30 901820", "call [telephone number]"),
            ("call +1 (555) 123-4567.", "call [telephone number]."),
            ("0171 2345678", "[telephone number]"),
            ("(030) 1234 567", "[telephone number]"),
            ("555-123-4567", "[telephone number]"),
            // Neither dates, times, addresses, versions, sums nor ids.
            ("2024-01-15 12:30:45", "2024-01-15 12:30:45"),
            ("15.01.2024", "15.01.2024"),
            ("192.168.100.123:8080", "192.168.100.123:8080"),
            ("2 + 30 000 000", "2 + 30 000 000"),
            ("550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"),
            ("git@ and user@host", "git@ and user@host"),
            ("0.123456789", "0.123456789"),
        ];
        for (text, expected) in cases {
            assert_eq!(without(text), expected, "{text:?}");
        }
    }
}
