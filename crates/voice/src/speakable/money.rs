//! Amounts of money.

use super::here::{Here, Said};
use super::language::Language;
use super::numbers::is_number;
use super::ranges::is_range;

/// What it is written as, and what it is called: one and several, and the hundredths, in English and in German.
struct Currency {
    signs: &'static [&'static str],
    english: (&'static str, &'static str),
    hundredths: (&'static str, &'static str),
    german: &'static str,
    german_hundredths: &'static str,
}

const CURRENCIES: &[Currency] = &[
    Currency {
        signs: &["$", "US$", "USD"],
        english: ("dollar", "dollars"),
        hundredths: ("cent", "cents"),
        german: "Dollar",
        german_hundredths: "Cent",
    },
    Currency {
        signs: &["€", "EUR"],
        english: ("euro", "euros"),
        hundredths: ("cent", "cents"),
        german: "Euro",
        german_hundredths: "Cent",
    },
    Currency {
        signs: &["£", "GBP"],
        english: ("pound", "pounds"),
        hundredths: ("penny", "pence"),
        german: "Pfund",
        german_hundredths: "Pence",
    },
    Currency {
        signs: &["¥", "JPY"],
        english: ("yen", "yen"),
        hundredths: ("", ""),
        german: "Yen",
        german_hundredths: "",
    },
    Currency {
        signs: &["CHF"],
        english: ("Swiss franc", "Swiss francs"),
        hundredths: ("centime", "centimes"),
        german: "Franken",
        german_hundredths: "Rappen",
    },
];

/// Words and letters that multiply an amount, in English and in German.
const SCALES: &[(&str, &str, &str)] = &[
    ("million", "million", "Millionen"),
    ("billion", "billion", "Milliarden"),
    ("trillion", "trillion", "Billionen"),
    ("thousand", "thousand", "tausend"),
    ("hundred", "hundred", "hundert"),
    ("k", "thousand", "tausend"),
    ("K", "thousand", "tausend"),
    ("m", "million", "Millionen"),
    ("M", "million", "Millionen"),
    ("bn", "billion", "Milliarden"),
    ("B", "billion", "Milliarden"),
    ("Mio", "million", "Millionen"),
    ("Mrd", "billion", "Milliarden"),
    ("Millionen", "million", "Millionen"),
    ("Milliarden", "billion", "Milliarden"),
];

/// "$5", "€3.50", "5 EUR", "£2m", "$2 million", "3,50 €", "$5-10", "$5-$10".
pub fn read(here: &Here) -> Option<Said> {
    let core = here.core();
    let next = here.next_close();
    // The sign before the amount, with it or as a word of its own.
    for currency in CURRENCIES {
        for sign in currency.signs {
            let (amount, tokens) = match (core.strip_prefix(sign), next) {
                (Some(""), Some(next)) if is_amount(next.core, currency) => (next.core, 2),
                (Some(amount), _) if is_amount(amount, currency) => (amount, 1),
                _ => match core.strip_prefix('-').and_then(|core| core.strip_prefix(sign)) {
                    Some(amount) if is_amount(amount, currency) => {
                        let minus = format!("minus {}", say(amount, currency, here.language));
                        return Some(Said::one(minus));
                    }
                    _ => continue,
                },
            };
            let scale = here.next(tokens).filter(|_| here.tokens[here.at + tokens - 1].behind.is_empty());
            let scale = scale.and_then(|scale| of_scale(scale.core, here.language));
            if let Some(scale) = scale.filter(|_| scaled(amount).is_none()) {
                let words = say_scaled(amount, scale, currency, here.language);
                return Some(Said::several(words, tokens + 1));
            }
            return Some(Said::several(say(amount, currency, here.language), tokens));
        }
    }
    // The sign behind it.
    let attached = CURRENCIES.iter().find_map(|currency| {
        let mut amounts = currency.signs.iter().filter_map(|sign| core.strip_suffix(*sign));
        Some((amounts.find(|amount| is_amount(amount, currency))?, currency))
    });
    if let Some((amount, currency)) = attached {
        return Some(Said::one(say(amount, currency, here.language)));
    }
    let next = next?;
    if let Some(currency) = of_sign(next.core).filter(|currency| is_amount(core, currency)) {
        return Some(Said::several(say(core, currency, here.language), 2));
    }
    let scale = of_scale(next.core, here.language).filter(|_| next.core.chars().count() > 1)?;
    let currency = of_sign(here.next(2)?.core).filter(|currency| is_amount(core, currency))?;
    Some(Said::several(say_scaled(core, scale, currency, here.language), 3))
}

/// Whether it is what a currency is written as.
pub fn is_sign(text: &str) -> bool {
    of_sign(text).is_some()
}

fn of_sign(text: &str) -> Option<&'static Currency> {
    CURRENCIES.iter().find(|currency| currency.signs.contains(&text))
}

/// A number, one with a letter that multiplies it, or a range of two.
fn is_amount(text: &str, currency: &Currency) -> bool {
    is_count(text) || ends(text, currency).is_some()
}

fn is_count(text: &str) -> bool {
    is_number(text) || scaled(text).is_some()
}

/// A number and what the letters behind it are, which multiply it.
fn scaled(text: &str) -> Option<(&str, &'static str)> {
    SCALES.iter().find_map(|(short, ..)| {
        let number = text.strip_suffix(*short).filter(|number| is_number(number))?;
        Some((number, *short))
    })
}

/// Both ends of a range: "5-10". With a sign at each, the outer of which is taken off ("5-$10", "5€-10"), it is one in any case.
fn ends<'a>(amount: &'a str, currency: &Currency) -> Option<(&'a str, &'a str)> {
    let (from, to) = amount.split_once(['-', '–'])?;
    let signed = currency.signs.iter().find_map(|sign| {
        let ends = match (from.strip_suffix(*sign), to.strip_prefix(*sign)) {
            (Some(from), None) => (from, to),
            (None, Some(to)) => (from, to),
            _ => return None,
        };
        (is_count(ends.0) && is_count(ends.1)).then_some(ends)
    });
    signed.or_else(|| is_range(from, to).then_some((from, to)))
}

fn of_scale(word: &str, language: Language) -> Option<&'static str> {
    let (_, english, german) = SCALES.iter().find(|(short, ..)| *short == word)?;
    Some(language.pick(english, german))
}

fn several(currency: &Currency, language: Language) -> &'static str {
    language.pick(currency.english.1, currency.german)
}

/// An amount without its currency: "5 thousand" for "5k", "5 to 10" for "5-$10".
fn count(amount: &str, currency: &Currency, language: Language) -> String {
    if let Some((from, to)) = ends(amount, currency) {
        let [from, to] = [from, to].map(|end| count(end, currency, language));
        return format!("{from} {} {to}", language.pick("to", "bis"));
    }
    match scaled(amount) {
        Some((number, short)) => format!("{number} {}", of_scale(short, language).unwrap_or_default()),
        None => amount.into(),
    }
}

/// "5 to 10 million dollars".
fn say_scaled(amount: &str, scale: &str, currency: &Currency, language: Language) -> String {
    format!("{} {scale} {}", count(amount, currency, language), several(currency, language))
}

fn say(amount: &str, currency: &Currency, language: Language) -> String {
    if !is_number(amount) {
        return format!("{} {}", count(amount, currency, language), several(currency, language));
    }
    let point = language.pick('.', ',');
    let (whole, part) =
        amount.rsplit_once(point).filter(|(_, part)| part.len() == 2).unwrap_or((amount, "00"));
    let (one, many) = language.pick(currency.english, (currency.german, currency.german));
    let (cent, cents) =
        language.pick(currency.hundredths, (currency.german_hundredths, currency.german_hundredths));
    let name = if whole == "1" { one } else { many };
    let part = part.trim_start_matches('0');
    match (whole, part) {
        (_, "") => format!("{} {name}", one_of(whole, language)),
        ("0", _) => format!("{part} {}", if part == "1" { cent } else { cents }),
        _ => format!("{} {name} {part}", one_of(whole, language)),
    }
}

/// In German one says "ein Euro", not "eins".
pub fn one_of(number: &str, language: Language) -> &str {
    language.pick(number, if number == "1" { "ein" } else { number })
}
