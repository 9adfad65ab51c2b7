//! How secrets look, and what they are called.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Captures, Regex, RegexSet};

use super::Found;

/// One kind of secret. Where the pattern has a group `s`, that is the secret; otherwise the whole match is.
struct Rule {
    kind: &'static str,
    pattern: &'static str,
    /// What the secret must be besides.
    check: fn(&str) -> bool,
}

const fn rule(kind: &'static str, pattern: &'static str) -> Rule {
    Rule { kind, pattern, check: |_| true }
}

const fn checked(kind: &'static str, pattern: &'static str, check: fn(&str) -> bool) -> Rule {
    Rule { kind, pattern, check }
}

/// From the particular to the general: where two fit from the same place, the first one names it.
const RULES: &[Rule] = &[
    rule(
        "private key",
        r"(?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\z)",
    ),
    rule("age key", r"\bAGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    rule("AWS key", r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b"),
    rule("GitHub token", r"\bgh[oprsu]_[A-Za-z0-9]{36,}"),
    rule("GitHub token", r"\bgithub_pat_[A-Za-z0-9_]{22,}"),
    rule("GitLab token", r"\bgl(?:pat|ptt|rt|dt|soat|cbt|ft)-[A-Za-z0-9_-]{20,}"),
    rule("Slack token", r"\bxox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}"),
    rule("Slack token", r"\bxapp-[0-9]-[A-Za-z0-9-]{10,}"),
    rule("Slack webhook", r"\bhooks\.slack\.com/(?:services|workflows|triggers)/(?P<s>[A-Za-z0-9/_-]{20,})"),
    rule("Anthropic key", r"\bsk-ant-[A-Za-z0-9_-]{16,}"),
    checked("OpenAI key", r"\bsk-[A-Za-z0-9_-]{20,}", mixed),
    rule("Google key", r"\bAIza[A-Za-z0-9_-]{35}"),
    rule("Google key", r"\bGOCSPX-[A-Za-z0-9_-]{20,}"),
    rule("Google token", r"\bya29\.[A-Za-z0-9_-]{20,}"),
    rule("Stripe key", r"\b[prs]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    rule("Stripe key", r"\bwhsec_[A-Za-z0-9+/]{24,}"),
    rule("npm token", r"\bnpm_[A-Za-z0-9]{36,}"),
    checked("PyPI token", r"\bpypi-[A-Za-z0-9_-]{32,}", mixed),
    checked("Hugging Face token", r"\bhf_[A-Za-z0-9]{30,}", |s| entropy(s) > 3.5),
    rule("SendGrid key", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    rule("DigitalOcean token", r"\bdo[opr]_v1_[a-f0-9]{64}"),
    checked("Telegram token", r"\b[0-9]{8,10}:[A-Za-z0-9_-]{35}\b", mixed),
    rule("JWT", r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]*"),
    rule(
        "password",
        r#"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@"'<>?#]*:(?P<s>[^\s/"'<>@]+(?:@[^\s/"'<>@]+)*)@"#,
    ),
    rule(
        "authorization",
        r#"(?i)\b(?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|token|digest|negotiate|apikey)\s+)?(?P<s>[A-Za-z0-9+/=._~:-]{8,})"#,
    ),
    checked("bearer token", r"(?i)\bbearer\s+(?P<s>[A-Za-z0-9+/=._~-]{16,})", digit_and_letter),
    checked("cookie", r"(?i)\b(?:set-)?cookie:\s*(?P<s>[^\r\n;=]{1,80}=[^\r\n]{8,})", digit_and_letter),
    rule("password", r#"\bsshpass\s+-p\s*["']?(?P<s>[^\s"']+)"#),
    rule("password", r#"\bcurl\b[^\n|;&]*?\s(?:-u|--user)[ =]?["']?[^\s:"']+:(?P<s>[^\s"']+)"#),
    checked(
        "password",
        r#"(?i)--(?:[a-z0-9]+-)*(?:password|passwd|passphrase|token|secret|api-?key)[ =]["']?(?P<s>[^\s"'-][^\s"']{3,})"#,
        is_a_value,
    ),
    // In quotes it may be anything, blanks included.
    checked(
        "password",
        r#"(?i)\b(?:[a-z0-9]+[_.-])*(?:password|passwd|passwort|kennwort|passphrase|passcode|pwd)["']?\s*(?:[:=]|=>|:=)\s*(?:"(?P<s>[^"\n]{3,})"|'(?P<t>[^'\n]{3,})')"#,
        is_a_value,
    ),
    // After an equals sign, or a colon with nothing between.
    checked(
        "password",
        r#"(?i)\b(?:[a-z0-9]+[_.-])*(?:password|passwd|passwort|kennwort|passphrase|passcode|pwd)(?:\s*=\s*|:)(?P<s>[^\s"',;&=]{3,})"#,
        is_a_value,
    ),
    // After a colon and a blank a sentence may go on: the value is alone on its line, or looks like no word.
    checked(
        "password",
        r#"(?im)^[\s>*-]*(?:[a-z0-9]+[_.-])*(?:password|passwd|passwort|kennwort|passphrase|passcode|pwd):[ \t]+(?P<s>[^\s"']{3,})[ \t]*$"#,
        is_a_value,
    ),
    checked(
        "password",
        r#"(?i)\b(?:[a-z0-9]+[_.-])*(?:password|passwd|passwort|kennwort|passphrase|passcode|pwd)(?:\s+is|\s+ist|\s+lautet)?:?\s+(?P<s>[^\s"',;]{4,})"#,
        digit_and_letter,
    ),
    checked(
        "token",
        r#"(?i)\b(?:[a-z0-9]+[_.-])*(?:token|api[_-]?key|secret|access[_-]?key|secret[_-]?key|private[_-]?key|auth[_-]?key|credentials?)(?:[_-](?:id|key|value))?["']?\s*(?:=>|:=|[:=])\s*["']?(?P<s>[^\s"',;&<>]{6,})"#,
        |s| is_a_value(s) && digit_and_letter(s),
    ),
    // Whatever is called a key and looks like chance.
    checked(
        "key",
        r#"(?i)\b[a-z0-9_.-]{0,40}(?:key|secret|token|auth|credential|signature|salt|seed)[a-z0-9_.-]{0,20}["']?\s*(?:=>|:=|[:=])\s*["']?(?P<s>[a-z0-9+/_-]{32,}={0,2})"#,
        by_chance,
    ),
];

static SET: LazyLock<(RegexSet, Vec<Regex>)> = LazyLock::new(|| {
    let patterns = RULES.iter().map(|rule| rule.pattern);
    let set = RegexSet::new(patterns.clone()).expect("the tests compile every pattern");
    let each = patterns.map(|pattern| Regex::new(pattern).expect("the set was compiled from the same"));
    (set, each.collect())
});

/// Every secret in `text`, rule by rule.
pub(super) fn all(text: &str) -> Vec<Found> {
    let (set, each) = &*SET;
    let mut found = Vec::new();
    for index in set.matches(text) {
        let Rule { kind, check, .. } = &RULES[index];
        let secrets = each[index].captures_iter(text).map(|captures| secret(&captures));
        found.extend(secrets.filter(|(_, secret)| check(secret)).map(|(range, _)| Found { range, kind }));
    }
    found
}

fn secret<'t>(captures: &Captures<'t>) -> (std::ops::Range<usize>, &'t str) {
    let group = captures.name("s").or_else(|| captures.name("t")).or_else(|| captures.get(0));
    let group = group.expect("the whole match is always there");
    (group.range(), group.as_str())
}

/// Whether a field of that name holds a secret: "password", "apiKey", "client_secret".
pub(crate) fn is_secret_name(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "password",
        "passwd",
        "passwort",
        "kennwort",
        "passphrase",
        "passcode",
        "pwd",
        "secret",
        "apikey",
        "accesskey",
        "privatekey",
        "secretkey",
        "authkey",
        "token",
        "authorization",
        "credential",
        "credentials",
        "cookie",
        "pin",
        "cvv",
    ];
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = name.to_ascii_lowercase();
    // Counts of tokens are no secrets, and a "pin" within another word is none either.
    NAMES.iter().any(|one| if one.len() > 3 { name.ends_with(one) } else { name == *one })
}

/// Stands for a value rather than being one: a variable, a gap to be filled, nothing.
fn is_a_value(text: &str) -> bool {
    const NONE: &[&str] =
        &["none", "null", "nil", "true", "false", "undefined", "required", "optional", "string", "changeme"];
    let bare = text.trim_end_matches(['.', ')', ']', '}', ';', ',']);
    let filler = bare.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '-' | '_' | '•'));
    let stands_for = bare.starts_with(['$', '<', '{', '%', '[', '('])
        || bare.contains(['(', '['])
        || ["os.environ", "process.env", "env.", "config."].iter().any(|start| bare.starts_with(start));
    !filler && !stands_for && !NONE.contains(&bare.to_ascii_lowercase().as_str())
}

fn digit_and_letter(text: &str) -> bool {
    is_a_value(text)
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Large letters, small letters and digits: no name is like that.
fn mixed(text: &str) -> bool {
    digit_and_letter(text)
        && text.bytes().any(|b| b.is_ascii_uppercase())
        && text.bytes().any(|b| b.is_ascii_lowercase())
}

/// Looks as if drawn by lot, and is no UUID.
fn by_chance(text: &str) -> bool {
    let hex = text.bytes().all(|b| b.is_ascii_hexdigit());
    let least = if hex { 3.0 } else { 3.7 };
    let uuid = text.len() == 36 && uuid::Uuid::try_parse(text).is_ok();
    !uuid && digit_and_letter(text) && entropy(text) >= least
}

/// Bits a character, after Shannon, by how often each one stands in the text.
fn entropy(text: &str) -> f64 {
    let mut counts: HashMap<char, f64> = HashMap::new();
    for c in text.chars() {
        *counts.entry(c).or_default() += 1.0;
    }
    let all: f64 = counts.values().sum();
    counts.values().map(|n| -(n / all) * (n / all).log2()).sum()
}
