//! Dates, in figures and with the month's name.

use super::here::{Here, Said};
use super::language::Language;
use super::numbers::{english_ordinal, is_digits, ordinal, small};
use super::{versions, years};

const MONTHS: [(&str, &str); 12] = [
    ("January", "Januar"),
    ("February", "Februar"),
    ("March", "März"),
    ("April", "April"),
    ("May", "Mai"),
    ("June", "Juni"),
    ("July", "Juli"),
    ("August", "August"),
    ("September", "September"),
    ("October", "Oktober"),
    ("November", "November"),
    ("December", "Dezember"),
];

/// The number of a month by its name or the beginning of it, in either language.
pub fn month(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.').to_lowercase();
    let known = |name: &str| {
        let name = name.to_lowercase();
        let short = name.chars().take(3).collect::<String>();
        word == name || word == short || word == "sept" && name == "september"
    };
    let at = MONTHS.iter().position(|(english, german)| known(english) || known(german))?;
    Some(at as u32 + 1)
}

/// Whether a word is a month's name, or the beginning of it.
pub fn is_month(word: &str) -> bool {
    month(word).is_some() && word.starts_with(char::is_uppercase)
}

/// A month at the token `n` from here: its number. A capital tells May from "may".
fn month_at(here: &Here, n: usize) -> Option<u32> {
    let token = here.next(n)?;
    month(token.core).filter(|_| token.is_capital())
}

fn month_name(number: u32, language: Language) -> &'static str {
    let (english, german) = MONTHS[number as usize - 1];
    language.pick(english, german)
}

/// "2024-05-01", "1/5/2024", "1.5.2024", "1.5.".
pub fn read_figures(here: &Here) -> Option<Said> {
    let token = here.token();
    let core = token.core;
    let is_version = versions::are_of(&here.word_before(1));
    let (day, month, digits) = if let Some([year, month, day]) = parts(core, '-').filter(|p| p[0].len() == 4)
    {
        (day, month, Some(year))
    } else if let Some([first, second, year]) = parts(core, '/') {
        match here.language {
            Language::American => (second, first, Some(year)),
            _ => (first, second, Some(year)),
        }
    } else if let Some([day, month, year]) =
        parts(core, '.').filter(|p| p[2].len() == 4 || here.language == Language::German && !is_version)
    {
        (day, month, Some(year))
    } else if here.language == Language::German && token.dotted() && !is_version {
        // "1.5." has no year, and "3.5" is a number.
        let (day, month) = core.split_once('.')?;
        (day, month, None)
    } else {
        return None;
    };
    let (day, month) = (small(day, 31)?, small(month, 12)?);
    let spoken = match digits {
        None => None,
        Some(digits) if digits.len() == 4 && is_digits(digits) => Some(digits.to_string()),
        Some(digits) if digits.len() == 2 && is_digits(digits) => Some(format!("20{digits}")),
        Some(_) => return None,
    };
    // A date that ends with a full stop of its own keeps the sentence's.
    Some(Said::one(date(day, month, spoken.as_deref(), here)).with_dot(digits.is_none()))
}

fn parts(text: &str, between: char) -> Option<[&str; 3]> {
    let parts: Vec<&str> = text.split(between).collect();
    parts.try_into().ok().filter(|parts: &[&str; 3]| parts.iter().all(|part| is_digits(part)))
}

fn date(day: u32, month: u32, digits: Option<&str>, here: &Here) -> String {
    let name = month_name(month, here.language);
    let day = match here.language {
        Language::British | Language::American if here.word_before(1) == "the" => {
            format!("{} of {name}", english_ordinal(day))
        }
        Language::British => format!("the {} of {name}", english_ordinal(day)),
        Language::American => format!("{name} {}", english_ordinal(day)),
        Language::German => format!("{} {name}", ordinal(day, here)),
    };
    match digits {
        Some(digits) => {
            let year = years::spoken(digits, here.language);
            format!("{day}{} {year}", if here.language == Language::American { "," } else { "" })
        }
        None => day,
    }
}

/// "1 May 2024", "1st of May", "May 1, 2024", "3. Mai".
pub fn read_named(here: &Here) -> Option<Said> {
    match month_at(here, 0) {
        Some(month) => month_first(month, here),
        None => day_first(here),
    }
}

fn day_first(here: &Here) -> Option<Said> {
    let core = here.core();
    let bare = ["st", "nd", "rd", "th"].iter().find_map(|ending| core.strip_suffix(ending)).unwrap_or(core);
    let day = small(bare, 31)?;
    let german = here.language == Language::German;
    if german != here.token().dotted() {
        return None;
    }
    let of = !german && here.next_close().is_some_and(|next| next.core == "of");
    let tokens = 2 + usize::from(of);
    let month = month_at(here, tokens - 1)?;
    with_year(day, month, tokens, here)
}

fn month_first(month: u32, here: &Here) -> Option<Said> {
    let token = here.token();
    let full = || Said::one(month_name(month, here.language)).with_dot(token.dotted());
    let is_short = !MONTHS.iter().any(|(english, german)| token.core == *english || token.core == *german);
    // "Jan" alone is a name, "Mar" a beginning; with a full stop or a number they are months.
    let next = here.next(1);
    let day = next.and_then(|next| {
        let bare = ["st", "nd", "rd", "th"].iter().find_map(|ending| next.core.strip_suffix(ending));
        small(bare.unwrap_or(next.core), 31)
    });
    match day {
        Some(day) if here.language != Language::German => {
            let comma = next.is_some_and(|next| next.behind == ",");
            let year_at = |n: usize| {
                let token = here.tokens.get(here.at + n)?;
                (token.core.len() == 4 && is_digits(token.core)).then_some(token.core)
            };
            let digits = year_at(2).filter(|_| comma || next.is_some_and(|next| next.behind.is_empty()));
            let said = match here.language {
                Language::American => {
                    format!("{} {}", month_name(month, here.language), english_ordinal(day))
                }
                _ => format!("{} the {}", month_name(month, here.language), english_ordinal(day)),
            };
            Some(match digits {
                Some(digits) => Said::several(format!("{said}, {}", years::spoken(digits, here.language)), 3),
                None => Said::several(said, 2),
            })
        }
        _ if is_short && (token.dotted() && token.core.chars().count() <= 4 && !here.ends_after(1)) => {
            Some(full())
        }
        _ if is_short && next.is_some_and(|next| next.core.len() == 4 && is_digits(next.core)) => {
            Some(full())
        }
        _ => None,
    }
}

fn with_year(day: u32, month: u32, tokens: usize, here: &Here) -> Option<Said> {
    let last = here.tokens.get(here.at + tokens - 1)?;
    let short_with_dot = last.dotted() && month_name(month, here.language) != last.core;
    let close = matches!(last.behind, "" | ",") || short_with_dot && last.behind == ".";
    let digits = here
        .tokens
        .get(here.at + tokens)
        .filter(|next| close && next.core.len() == 4 && is_digits(next.core) && next.before.is_empty())
        .map(|next| next.core);
    let said = date(day, month, digits, here);
    Some(
        Said::several(said, tokens + usize::from(digits.is_some()))
            .with_dot(digits.is_none() && short_with_dot),
    )
}
