//! So much for each: "/month" behind an amount.

use super::here::{Here, Said, Token, listed};
use super::language::Language;
use super::money::is_sign;
use super::units::unit;

/// What stands behind the stroke besides units, in lower case; what it is called in English and in German.
const EACH: &[(&str, &str, &str)] = &[
    ("day tag", "day", "Tag"),
    ("night nacht", "night", "Nacht"),
    ("week wk woche", "week", "Woche"),
    ("month mo monat", "month", "Monat"),
    ("quarter quartal", "quarter", "Quartal"),
    ("year yr jahr", "year", "Jahr"),
    ("hour stunde", "hour", "Stunde"),
    ("minute", "minute", "Minute"),
    ("second sekunde", "second", "Sekunde"),
    ("person", "person", "Person"),
    ("head kopf", "head", "Kopf"),
    ("user nutzer", "user", "Nutzer"),
    ("piece stück", "piece", "Stück"),
];

/// "/month", as [`tokens`] puts it.
pub fn read(here: &Here) -> Option<Said> {
    let each = each(here.core().strip_prefix('/')?, here.language)?;
    Some(Said::one(format!("{} {each}", here.language.pick("per", "pro"))))
}

/// The words of a text, and "/month" behind an amount as one of its own: so the amount is read as it would be without.
pub fn tokens(text: &str, language: Language) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for word in text.split_whitespace() {
        push(Token::of(word), language, &mut tokens);
    }
    tokens
}

fn push<'a>(token: Token<'a>, language: Language, tokens: &mut Vec<Token<'a>>) {
    let stroke = token.core.rfind('/').filter(|at| {
        each(&token.core[at + 1..], language).is_some() && is_amount(&token.core[..*at], tokens.last())
    });
    let Some(stroke) = stroke else { return tokens.push(token) };
    // "$20/user/month" has two.
    push(Token { core: &token.core[..stroke], behind: "", ..token }, language, tokens);
    tokens.push(Token { before: "", core: &token.core[stroke..], ..token });
}

/// Whether so much can be for each: "$20", the "km" of "30 km", "€". The "src" of "src/day" is a folder, and "day/month" no rate.
fn is_amount(text: &str, before: Option<&Token>) -> bool {
    let has_figure = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let is_figure = has_figure(text) && !text.starts_with(|c: char| c.is_alphabetic() || "./".contains(c));
    let is_counted = before.is_some_and(|before| before.behind.is_empty() && has_figure(before.core))
        && !text.is_empty()
        && !text.contains(['/', '.', ':']);
    is_figure || is_counted || is_sign(text)
}

fn each(sign: &str, language: Language) -> Option<&'static str> {
    let lower = sign.to_lowercase();
    let known = EACH.iter().find(|(signs, ..)| listed(signs, &lower));
    known.map(|(_, english, german)| language.pick(*english, *german)).or_else(|| unit("1", sign, language))
}
