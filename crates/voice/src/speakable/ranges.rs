//! Two numbers or days with a sign between them: ranges and sizes.

use super::here::{Here, Said};
use super::language::Language;
use super::numbers::{is_digits, is_number};
use super::years;

/// Ranges: "10-15", "1939–1945"; seasons: "2019-20"; scores: "3-1". A telephone number is none.
pub fn read(here: &Here) -> Option<Said> {
    let (from, to) = here.core().split_once(['-', '–', '—'])?;
    let (weekday, other) = (weekday(from, here.language), weekday(to, here.language));
    let joint = here.language.pick("to", "bis");
    if let (Some(from), Some(to)) = (weekday, other) {
        return Some(Said::one(format!("{from} {joint} {to}")));
    }
    let end = to.trim_end_matches(|c: char| !c.is_ascii_digit());
    let (years, short) = (from.len() == 4, |n: &str| is_digits(n) && n.len() <= 2);
    let say = |n: &str| if years { years::spoken(n, here.language) } else { n.to_string() };
    if !is_range(from, end) {
        let season = years && is_digits(from) && to.len() == 2 && is_digits(to) && from[2..] < *to;
        return (season || short(from) && short(to)).then(|| Said::one(format!("{} {to}", say(from))));
    }
    Some(Said::one(format!("{} {joint} {}{}", say(from), say(end), &to[end.len()..])))
}

/// Whether "from-to" is meant as a range: two small numbers or two years, rising.
pub fn is_range(from: &str, to: &str) -> bool {
    let number = |n: &str| n.replace(',', ".").parse::<f32>().ok().filter(|_| is_number(n));
    let years = from.len() == 4 && to.len() == 4 && is_digits(from) && is_digits(to);
    let alike =
        (from.len() <= 3 && to.len() <= 4) || years || from.contains(['.', ',']) && to.contains(['.', ',']);
    alike && number(from).zip(number(to)).is_some_and(|(from, to)| from < to)
}

fn weekday(short: &str, language: Language) -> Option<&'static str> {
    const ENGLISH: [(&str, &str); 8] = [
        ("Mon", "Monday"),
        ("Tue", "Tuesday"),
        ("Wed", "Wednesday"),
        ("Thu", "Thursday"),
        ("Thurs", "Thursday"),
        ("Fri", "Friday"),
        ("Sat", "Saturday"),
        ("Sun", "Sunday"),
    ];
    const GERMAN: [(&str, &str); 7] = [
        ("Mo", "Montag"),
        ("Di", "Dienstag"),
        ("Mi", "Mittwoch"),
        ("Do", "Donnerstag"),
        ("Fr", "Freitag"),
        ("Sa", "Samstag"),
        ("So", "Sonntag"),
    ];
    let table = language.pick(&ENGLISH[..], &GERMAN[..]);
    table.iter().find(|(known, _)| *known == short).map(|(_, name)| *name)
}

/// Sizes: "3 x 4" and "1920x1080" are "3 by 4", "2×3" is "2 times 3".
pub fn read_sizes(here: &Here) -> Option<Said> {
    let number = |n: &str| is_number(n);
    if matches!(here.core(), "x" | "×") {
        let before = here.at.checked_sub(1).map(|at| here.tokens[at].core)?;
        let next = here.next_close()?.core;
        return (number(before) && number(next)).then(|| Said::one(by(here.core(), here.language)));
    }
    let (from, to) = here.core().split_once(['x', '×'])?;
    let sign = &here.core()[from.len()..here.core().len() - to.len()];
    match to {
        "" if number(from) => Some(Said::one(format!("{from} {}", here.language.pick("times", "mal")))),
        // "0x10" is written by machines.
        _ if from != "0" && number(from) && number(to) => {
            Some(Said::one(format!("{from} {} {to}", by(sign, here.language))))
        }
        _ => None,
    }
}

fn by(sign: &str, language: Language) -> &'static str {
    language.pick(if sign == "x" { "by" } else { "times" }, "mal")
}
