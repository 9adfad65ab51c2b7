//! Abbreviations, initials and signs that stand for words.

use super::here::{Here, Said};
use super::language::Language;
use super::numbers::is_number;

/// With its full stop; also where that is left out.
const ENGLISH: &[(&str, &str)] = &[
    ("Dr", "Doctor"),
    ("Mr", "Mister"),
    ("Mrs", "Missus"),
    ("Ms", "Miz"),
    ("Prof", "Professor"),
    ("Rev", "Reverend"),
    ("Capt", "Captain"),
    ("Lt", "Lieutenant"),
    ("Sgt", "Sergeant"),
    ("Jr", "Junior"),
    ("Sr", "Senior"),
    ("vs", "versus"),
];
/// With its full stop only.
const ENGLISH_DOTTED: &[(&str, &str)] = &[
    ("e.g", "for example"),
    ("i.e", "that is"),
    ("etc", "et cetera"),
    ("approx", "approximately"),
    ("est", "estimated"),
    ("dept", "department"),
    ("Ave", "Avenue"),
    ("Rd", "Road"),
    ("Blvd", "Boulevard"),
    ("Ltd", "Limited"),
    ("Inc", "Incorporated"),
    ("Co", "Company"),
    ("max", "maximum"),
    ("min", "minimum"),
    ("incl", "including"),
    ("Ph.D", "P H D"),
    ("viz", "namely"),
    ("cf", "compare"),
];
const GERMAN: &[(&str, &str)] = &[
    ("bzw", "beziehungsweise"),
    ("usw", "und so weiter"),
    ("ca", "circa"),
    ("Mio", "Millionen"),
    ("Mrd", "Milliarden"),
    ("Dr", "Doktor"),
    ("Prof", "Professor"),
    ("vs", "gegen"),
];
const GERMAN_DOTTED: &[(&str, &str)] = &[
    ("z.B", "zum Beispiel"),
    ("d.h", "das heißt"),
    ("u.a", "unter anderem"),
    ("i.d.R", "in der Regel"),
    ("o.ä", "oder ähnliches"),
    ("u.U", "unter Umständen"),
    ("z.T", "zum Teil"),
    ("v.a", "vor allem"),
    ("Hr", "Herr"),
    ("Fr", "Frau"),
    ("etc", "et cetera"),
    ("evtl", "eventuell"),
    ("ggf", "gegebenenfalls"),
    ("inkl", "inklusive"),
    ("vgl", "vergleiche"),
    ("max", "maximal"),
    ("min", "minimal"),
    ("Str", "Straße"),
    ("geb", "geboren"),
    ("gest", "gestorben"),
    ("sog", "sogenannte"),
    ("Tel", "Telefon"),
];
/// Before a number only: with a full stop or without.
const BEFORE_NUMBER: &[(&str, &str, &str)] = &[
    ("No", "number", "Nummer"),
    ("Nos", "numbers", "Nummern"),
    ("Nr", "number", "Nummer"),
    ("p", "page", "Seite"),
    ("pp", "pages", "Seiten"),
    ("S", "S", "Seite"),
    ("Fig", "figure", "Abbildung"),
    ("Abb", "figure", "Abbildung"),
    ("Vol", "volume", "Band"),
    ("Ch", "chapter", "Kapitel"),
    ("Kap", "chapter", "Kapitel"),
];
/// Signs that are a word of their own, in English and in German.
const SIGNS: &[(&str, &str, &str)] = &[
    ("->", "to", "nach"),
    ("→", "to", "nach"),
    ("⟶", "to", "nach"),
    ("=>", "gives", "ergibt"),
    ("⇒", "gives", "ergibt"),
    ("<", "is less than", "ist kleiner als"),
    (">", "is greater than", "ist größer als"),
    ("<=", "is at most", "ist höchstens"),
    ("≤", "is at most", "ist höchstens"),
    (">=", "is at least", "ist mindestens"),
    ("≥", "is at least", "ist mindestens"),
    ("==", "equals", "ist gleich"),
    ("!=", "is not", "ist nicht"),
    ("≠", "is not", "ist nicht"),
    ("&", "and", "und"),
    ("and/or", "and or", "and or"),
    ("und/oder", "und oder", "und oder"),
    ("w/", "with", "mit"),
    ("w/o", "without", "ohne"),
    ("1/2", "½", "½"),
    ("1/3", "⅓", "⅓"),
    ("2/3", "⅔", "⅔"),
    ("1/4", "¼", "¼"),
    ("3/4", "¾", "¾"),
];

/// Signs.
pub fn read_sign(here: &Here) -> Option<Said> {
    let (_, english, german) = SIGNS.iter().find(|(sign, ..)| *sign == here.core())?;
    Some(Said::one(here.language.pick(*english, *german)))
}

/// Abbreviations and initials.
pub fn read(here: &Here) -> Option<Said> {
    let token = here.token();
    let core = token.core;
    let find = |table: &[(&str, &'static str)]| {
        table.iter().find(|(short, _)| *short == core).map(|(_, words)| *words)
    };
    let before_number = || {
        let next =
            here.next(1).filter(|next| is_number(next.core) || next.core.split(['-', '–']).all(is_number))?;
        let (_, english, german) = BEFORE_NUMBER.iter().find(|(short, ..)| *short == core)?;
        // "no 5" and "S 5" may be meant as they stand.
        let meant = token.dotted() || !matches!(core, "No" | "S" | "p" | "Ch");
        (meant && !next.core.is_empty()).then(|| here.language.pick(*english, *german))
    };
    let (plain, dotted) = here.language.pick((ENGLISH, ENGLISH_DOTTED), (GERMAN, GERMAN_DOTTED));
    if let Some(words) =
        find(plain).or_else(before_number).or_else(|| find(dotted).filter(|_| token.dotted()))
    {
        return Some(Said::one(words).with_dot(token.dotted()));
    }
    spaced(here).or_else(|| street(here)).or_else(|| initials(here))
}

/// German ones that are written apart: "z. B.", "d. h.".
fn spaced(here: &Here) -> Option<Said> {
    let token = here.token();
    let next = here
        .next(1)
        .filter(|next| here.language == Language::German && token.behind == "." && next.dotted())?;
    let joined = format!("{}.{}", token.core, next.core);
    let (_, words) = GERMAN_DOTTED.iter().find(|(short, _)| *short == joined)?;
    Some(Said::several(*words, 2).with_dot(true))
}

/// "St." is a saint before a name and a street behind one; "Hauptstr." is a street.
fn street(here: &Here) -> Option<Said> {
    let token = here.token();
    if !token.dotted() {
        return None;
    }
    if here.language == Language::German {
        let name = token.core.strip_suffix("str")?;
        return (name.len() > 2).then(|| Said::one(format!("{name}straße")).with_dot(true));
    }
    let before_name = here.next(1).is_some_and(|next| next.is_capital());
    (token.core == "St").then(|| Said::one(if before_name { "Saint" } else { "Street" }).with_dot(true))
}

/// "J. R. R. Tolkien" has no pauses; "U.S." is spelled.
fn initials(here: &Here) -> Option<Said> {
    let token = here.token();
    let letters: Vec<&str> = token.core.split('.').collect();
    let single = letters.iter().all(|part| part.chars().count() == 1 && part.chars().all(char::is_uppercase));
    if !single || !token.dotted() {
        return None;
    }
    let before_name = here.next(1).is_some_and(|next| next.is_capital());
    match letters.len() {
        1 if before_name && token.core != "I" => Some(Said::one(token.core).with_dot(true)),
        1 => None,
        _ => Some(Said::one(letters.join(" ")).with_dot(true)),
    }
}
