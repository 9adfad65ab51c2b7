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

/// "$5", "€3.50", "5 EUR", "£2m", "$2 million", "3,50 €", "$5-10".
pub fn read(here: &Here) -> Option<Said> {
    let core = here.core();
    let next = here.next_close();
    // The sign before the amount, with it or as a word of its own.
    for currency in CURRENCIES {
        for sign in currency.signs {
            let (amount, tokens) = match (core.strip_prefix(sign), next) {
                (Some(""), Some(next)) if is_amount(next.core) => (next.core, 2),
                (Some(amount), _) if is_amount(amount) => (amount, 1),
                _ => match core.strip_prefix('-').and_then(|core| core.strip_prefix(sign)) {
                    Some(amount) if is_amount(amount) => {
                        let minus = format!("minus {}", say(amount, currency, here.language));
                        return Some(Said::one(minus));
                    }
                    _ => continue,
                },
            };
            let scale = here.next(tokens).filter(|_| here.tokens[here.at + tokens - 1].behind.is_empty());
            if let Some(scale) =
                scale.and_then(|scale| of_scale(scale.core, here.language)).filter(|_| is_number(amount))
            {
                return Some(Said::several(
                    format!("{amount} {scale} {}", several(currency, here.language)),
                    tokens + 1,
                ));
            }
            return Some(Said::several(say(amount, currency, here.language), tokens));
        }
    }
    // The sign behind it.
    let behind = |text: &str| CURRENCIES.iter().find(|currency| currency.signs.contains(&text));
    if let Some(end) = core.find(|c: char| !(c.is_ascii_digit() || ".,-–".contains(c)))
        && let (amount, Some(currency)) = (&core[..end], behind(&core[end..]))
        && is_amount(amount)
    {
        return Some(Said::one(say(amount, currency, here.language)));
    }
    let next = next.filter(|_| is_amount(core))?;
    if let Some(currency) = behind(next.core) {
        return Some(Said::several(say(core, currency, here.language), 2));
    }
    let scale = of_scale(next.core, here.language).filter(|_| next.core.chars().count() > 1)?;
    let currency = behind(here.next(2)?.core)?;
    Some(Said::several(format!("{core} {scale} {}", several(currency, here.language)), 3))
}

/// A number, a range of two, or a number with a letter that multiplies it.
fn is_amount(text: &str) -> bool {
    is_number(text)
        || text.split_once(['-', '–']).is_some_and(|(from, to)| is_range(from, to))
        || SCALES.iter().any(|(short, ..)| text.strip_suffix(short).is_some_and(is_number))
}

fn of_scale(word: &str, language: Language) -> Option<&'static str> {
    let (_, english, german) = SCALES.iter().find(|(short, ..)| *short == word)?;
    Some(language.pick(english, german))
}

fn several(currency: &Currency, language: Language) -> &'static str {
    language.pick(currency.english.1, currency.german)
}

fn say(amount: &str, currency: &Currency, language: Language) -> String {
    if let Some((from, to)) = amount.split_once(['-', '–']).filter(|(from, _)| !from.is_empty()) {
        return format!("{from} {} {to} {}", language.pick("to", "bis"), several(currency, language));
    }
    let scaled = SCALES.iter().find_map(|(short, ..)| Some((amount.strip_suffix(short)?, *short)));
    if let Some((number, short)) = scaled.filter(|(number, _)| is_number(number)) {
        let scale = of_scale(short, language).unwrap_or_default();
        return format!("{number} {scale} {}", several(currency, language));
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
