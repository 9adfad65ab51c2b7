//! Roman numerals: "Henry VIII" is the 8th, "Chapter IV" is 4.

use super::here::{Here, Said, listed};
use super::language::Language;
use super::numbers::{english_ordinal_words, german_ordinal};

/// Names of kings, queens and popes; those of women come last.
const RULERS: &str = "Albert Alexander Benedict Benedikt Boniface Charles Christian Clement Edward Ferdinand Francis Franz \
    Frederick Friedrich George Georg Gregory Gregor Haakon Harald Heinrich Henry Innocent Ivan James \
    John Johannes Joseph Josef Juan Karl Leo Leopold Louis Ludwig Napoleon Nicholas Nikolaus \
    Otto Paul Peter Philip Philipp Pius Ramses Richard Robert Rudolf Tsar Urban Wilhelm William Xerxes";
const QUEENS: &str = "Anne Catherine Christina Elisabeth Elizabeth Isabella Katharina Margaret Margrethe Maria Mary \
    Victoria Viktoria";
/// Words before a numeral that counts.
const COUNTED: &str = "act appendix article book chapter class episode figure grade level mark part phase scene section \
    stage table title type volume war akt artikel band buch kapitel klasse stufe szene tabelle teil typ \
    weltkrieg";

/// Behind them letters are no numeral: "an IV drip".
const ARTICLES: &str = "A An The My Her His Der Die Das Ein Eine";

/// A numeral by the word before it.
pub fn read(here: &Here) -> Option<Said> {
    let core = here.core();
    let (numeral, possessive) = match core.strip_suffix("'s") {
        Some(numeral) => (numeral, "'s"),
        None => (core, ""),
    };
    let value = value(numeral)?;
    let before = here.at.checked_sub(1).map(|at| here.tokens[at]).filter(|token| token.behind.is_empty())?;
    // "Part I deals with", "World War I ended", but "the best part I know".
    let is_pronoun = numeral == "I" && !before.is_capital() && !is_meant(numeral, here);
    if listed(COUNTED, &before.core.to_lowercase()) && !is_pronoun {
        return Some(Said::one(format!("{value}{possessive}")));
    }
    // "James L. Brooks": an initial.
    if numeral.len() == 1 && here.token().dotted() && here.next(1).is_some_and(|next| next.is_capital()) {
        return None;
    }
    let queen = listed(QUEENS, before.core);
    if !queen && !listed(RULERS, before.core) || !is_meant(numeral, here) {
        // "Apollo XI", "Rocky II": things are counted.
        let counted = before.is_capital()
            && !listed(ARTICLES, before.core)
            && numeral.len() > 1
            && numeral.chars().all(|c| "IVX".contains(c))
            && value < 40;
        return counted.then(|| Said::one(format!("{value}{possessive}")));
    }
    Some(match here.language {
        Language::German => {
            let article = if queen { "die" } else { "der" };
            let mut ordinal = german_ordinal(value);
            if let Some(first) = ordinal.get(..1) {
                ordinal = format!("{}{}", first.to_uppercase(), &ordinal[1..]);
            }
            Said::one(format!("{article} {ordinal}e")).with_dot(here.token().dotted())
        }
        _ => Said::one(format!("the {}{possessive}", english_ordinal_words(value))),
    })
}

/// "Charles I" is a king, "Charles I met" is a person who speaks of one.
fn is_meant(numeral: &str, here: &Here) -> bool {
    const GOES_ON: &str = "of was is and had ruled reigned who von war und ist";
    numeral != "I"
        || !here.token().behind.is_empty()
        || here.next_close().is_none_or(|next| listed(GOES_ON, next.core))
}

/// The value of a numeral that is written as numerals are.
fn value(numeral: &str) -> Option<u32> {
    const SIGNS: [(&str, u32); 9] =
        [("C", 100), ("XC", 90), ("L", 50), ("XL", 40), ("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1)];
    let mut rest = numeral;
    let mut value = 0;
    for (sign, worth) in SIGNS {
        let mut times = 0;
        while let Some(after) = rest.strip_prefix(sign) {
            (rest, value, times) = (after, value + worth, times + 1);
            if times > 3 || times > 1 && (sign.len() == 2 || sign == "V" || sign == "L") {
                return None;
            }
        }
    }
    (rest.is_empty() && value > 0 && value < 100).then_some(value)
}
