//! Years: 1984 is "19 84", the pronouncer would say "one thousand nine hundred ...".

use super::dates;
use super::here::{Here, Said, listed};
use super::language::Language;
use super::numbers::{german, is_digits};

/// The words of a year: 1984 is "19 84", not "one thousand nine hundred ...".
pub fn spoken(digits: &str, language: Language) -> String {
    let Ok(number) = digits.parse::<u32>() else { return digits.into() };
    let (century, rest) = (number / 100, number % 100);
    match language {
        _ if digits.len() != 4 || number < 1100 || (2000..2010).contains(&number) => digits.into(),
        Language::German if number >= 2000 => digits.into(),
        Language::German if rest == 0 => format!("{}hundert", german(century)),
        Language::German => format!("{}hundert{}", german(century), german(rest)),
        _ if rest == 0 => format!("{century} hundred"),
        _ if rest < 10 => format!("{century} oh {rest}"),
        _ => format!("{century} {rest}"),
    }
}

/// Words before a year.
const BEFORE_YEAR: &str = "in since of by from until till before after year around circa between during early late mid summer winter spring \
    autumn seit zwischen jahr jahre von bis vor nach um ab anno sommer winter herbst frühling";
/// Verbs behind a year with which a sentence begins.
const AFTER_YEAR: &str = "was is saw had will war ist wird begann";

/// A year by the words around it. The number of something, "1500 people", is none.
pub fn read(here: &Here) -> Option<Said> {
    let core = here.core();
    let decade = core.strip_suffix('s');
    let digits = decade.unwrap_or(core);
    if digits.len() != 4 || !is_digits(digits) || !(1100..2100).contains(&digits.parse::<u32>().ok()?) {
        return None;
    }
    let before = here.word_before(1);
    let following = here.next_close();
    let month = dates::month(&before).is_some();
    let opens = here.at == 0 && following.is_some_and(|next| listed(AFTER_YEAR, next.core));
    let bracketed = here.token().before.ends_with('(') || here.token().behind.starts_with(')');
    // "in 1500 cities" counts them.
    let counts = following.is_some_and(|next| {
        !next.is_capital() && next.core.ends_with('s') && next.core != "was" && next.core != "is"
    });
    let is_year = decade.is_some() || month || opens || bracketed || listed(BEFORE_YEAR, &before) && !counts;
    let words = spoken(digits, here.language);
    let plural = match decade {
        None => "",
        Some(_) if words.ends_with("hundred") || words.ends_with('0') => "s",
        Some(_) => "'s",
    };
    is_year.then(|| Said::one(format!("{words}{plural}")))
}
