//! Numbers where the voice's own pronouncer would read them otherwise than a person: years, ordinals of German, kings,
//! versions. Plain numbers are left to it.

use super::here::{Here, Said};
use super::language::Language;

/// Whether it is a number as people write it, "1,000.5" and "1.000,5" alike.
pub fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',')
}

/// Whether it is made of digits alone.
pub fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A day of a month or the like: digits, at most `most`.
pub fn small(text: &str, most: u32) -> Option<u32> {
    text.parse().ok().filter(|n| is_digits(text) && text.len() <= 2 && (1..=most).contains(n))
}

/// The words of a year: 1984 is "19 84", not "one thousand nine hundred ...".
pub fn year(digits: &str, language: Language) -> String {
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
const BEFORE_YEAR: &[&str] = &[
    "in",
    "since",
    "of",
    "by",
    "from",
    "until",
    "till",
    "before",
    "after",
    "year",
    "around",
    "circa",
    "early",
    "late",
    "mid",
    "summer",
    "winter",
    "spring",
    "autumn",
    "seit",
    "jahr",
    "jahre",
    "von",
    "bis",
    "vor",
    "nach",
    "um",
    "ab",
    "anno",
    "sommer",
    "winter",
    "herbst",
    "frühling",
];
/// Verbs behind a year with which a sentence begins.
const AFTER_YEAR: &[&str] = &["was", "is", "saw", "had", "will", "war", "ist", "wird", "begann"];

/// A year by the words around it. The number of something, "1500 people", is none.
pub fn read_year(here: &Here) -> Option<Said> {
    let core = here.core();
    let decade = core.strip_suffix('s');
    let digits = decade.unwrap_or(core);
    if digits.len() != 4 || !is_digits(digits) || !(1100..2100).contains(&digits.parse::<u32>().ok()?) {
        return None;
    }
    let before = here.word_before(1);
    let following = here.next_close();
    let month = super::dates::month(&before).is_some();
    let opens = here.at == 0 && following.is_some_and(|next| AFTER_YEAR.contains(&next.core));
    let bracketed = here.token().before.ends_with('(') || here.token().behind.starts_with(')');
    // "in 1500 cities" counts them.
    let counts = following.is_some_and(|next| {
        !next.is_capital() && next.core.ends_with('s') && next.core != "was" && next.core != "is"
    });
    let is_year =
        decade.is_some() || month || opens || bracketed || BEFORE_YEAR.contains(&before.as_str()) && !counts;
    let words = year(digits, here.language);
    let plural = match decade {
        None => "",
        Some(_) if words.ends_with("hundred") || words.ends_with('0') => "s",
        Some(_) => "'s",
    };
    is_year.then(|| Said::one(format!("{words}{plural}")))
}

/// Words that begin a German sentence more often than they follow an ordinal.
const OPENING: &[&str] = &[
    "Aber",
    "Also",
    "Bitte",
    "Da",
    "Dann",
    "Danach",
    "Das",
    "Der",
    "Die",
    "Du",
    "Er",
    "Es",
    "Hast",
    "Ich",
    "Ist",
    "Ja",
    "Jetzt",
    "Kann",
    "Möchtest",
    "Nein",
    "Oder",
    "Sie",
    "Sind",
    "So",
    "Soll",
    "Und",
    "Was",
    "Wenn",
    "Wer",
    "Wie",
    "Willst",
    "Wir",
];

/// German ordinals: "am 3. Versuch". English ones have letters, which the pronouncer knows.
pub fn read_ordinal(here: &Here) -> Option<Said> {
    let number = small(here.core(), 99)?;
    let next = here.next(1)?;
    let goes_on = next.core.starts_with(char::is_alphabetic) && !OPENING.contains(&next.core);
    if here.language != Language::German || here.token().behind != "." || !goes_on {
        return None;
    }
    Some(Said::one(ordinal(number, here)).with_dot(true))
}

/// A German ordinal in the form that the words before it ask for.
pub fn ordinal(number: u32, here: &Here) -> String {
    const OF_DATIVE: &[&str] = &[
        "am",
        "vom",
        "zum",
        "zur",
        "beim",
        "im",
        "dem",
        "den",
        "des",
        "einem",
        "einen",
        "einer",
        "ab",
        "bis",
        "seit",
        "nächsten",
        "letzten",
        "jedem",
        "jeden",
    ];
    const PREPOSITIONS: &[&str] =
        &["in", "an", "auf", "mit", "bei", "nach", "seit", "von", "zu", "aus", "vor", "ab"];
    let ending = match here.word_before(1).as_str() {
        before if OF_DATIVE.contains(&before) => "en",
        "der" if PREPOSITIONS.contains(&here.word_before(2).as_str()) => "en",
        "der" | "die" | "das" | "eine" | "ihre" | "seine" | "meine" | "jede" => "e",
        _ => "er",
    };
    format!("{}{ending}", german_ordinal(number))
}

/// "dritt" for 3: without the ending.
pub fn german_ordinal(number: u32) -> String {
    match number {
        1 => "erst".into(),
        3 => "dritt".into(),
        7 => "siebt".into(),
        8 => "acht".into(),
        20.. => format!("{}st", german(number)),
        _ => format!("{}t", german(number)),
    }
}

/// A German number below a thousand, in words.
pub fn german(number: u32) -> String {
    const SMALL: [&str; 20] = [
        "null",
        "eins",
        "zwei",
        "drei",
        "vier",
        "fünf",
        "sechs",
        "sieben",
        "acht",
        "neun",
        "zehn",
        "elf",
        "zwölf",
        "dreizehn",
        "vierzehn",
        "fünfzehn",
        "sechzehn",
        "siebzehn",
        "achtzehn",
        "neunzehn",
    ];
    const TENS: [&str; 10] =
        ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"];
    // Before another part "eins" has no "s".
    let joined = |n: u32| SMALL[n as usize].trim_end_matches(|c: char| n == 1 && c == 's').to_string();
    match number {
        0..20 => SMALL[number as usize].into(),
        20..100 if number % 10 == 0 => TENS[number as usize / 10].into(),
        20..100 => format!("{}und{}", joined(number % 10), TENS[number as usize / 10]),
        _ if number % 100 == 0 => format!("{}hundert", joined(number / 100 % 10)),
        _ => format!("{}hundert{}", joined(number / 100 % 10), german(number % 100)),
    }
}

/// The ending of an English ordinal.
pub fn english_ordinal(number: u32) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// An English ordinal below a hundred in words, which takes an "'s" where figures do not.
pub fn english_ordinal_words(number: u32) -> String {
    const SMALL: [&str; 20] = [
        "",
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
    ];
    const TENS: [&str; 10] =
        ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    match number {
        0..20 => SMALL[number as usize].into(),
        20..100 if number.is_multiple_of(10) => {
            format!("{}ieth", TENS[number as usize / 10].trim_end_matches('y'))
        }
        20..100 => format!("{}-{}", TENS[number as usize / 10], SMALL[number as usize % 10]),
        _ => english_ordinal(number),
    }
}

/// Versions and addresses of machines: "v2.0.1" is "version 2 point 0 point 1", "192.168.0.1" has dots.
pub fn read_version(here: &Here) -> Option<Said> {
    let core = here.core();
    let named = core.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let groups: Vec<&str> = named.unwrap_or(core).split('.').collect();
    if !groups.iter().all(|group| is_digits(group)) {
        return None;
    }
    let thousands = groups.len() > 1 && groups[1..].iter().all(|group| group.len() == 3);
    let after_word = matches!(
        here.word_before(1).as_str(),
        "version" | "release" | "python" | "ubuntu" | "rust" | "node" | "java"
    );
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

/// Ranges: "10-15", "1939–1945". A telephone number is none.
pub fn read_range(here: &Here) -> Option<Said> {
    let (from, to) = here.core().split_once(['-', '–', '—'])?;
    let (weekday, other) = (weekday(from, here.language), weekday(to, here.language));
    let joint = here.language.pick("to", "bis");
    if let (Some(from), Some(to)) = (weekday, other) {
        return Some(Said::one(format!("{from} {joint} {to}")));
    }
    let end = to.trim_end_matches(|c: char| !c.is_ascii_digit());
    if !is_range(from, end) {
        return None;
    }
    let years = from.len() == 4;
    let say = |n: &str| if years { year(n, here.language) } else { n.to_string() };
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
pub fn read_times(here: &Here) -> Option<Said> {
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
