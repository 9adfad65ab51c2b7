//! What of words and arguments is written down: no secrets, no personal data, and nothing at length. Keys that are known by their
//! value are written in no simple disguise either.

use serde_json::{Map, Value, json};

use super::personal;
use crate::circumstances::Taint;
use crate::secrets;

/// Names of tools, rules and decisions.
const NAME: usize = 200;
/// Sentences.
const WORDS: usize = 2000;
/// What somebody wrote: it is of no matter to the log how it goes on.
const TEXT: usize = 200;
/// Arguments in all, as JSON, in bytes.
const ARGUMENTS: usize = 4096;
const DEPTH: usize = 32;
const SOURCES: usize = 32;
/// So much of what is cut off is looked at for the rest of a key.
const BEYOND: usize = 1000;
/// Stands for a key, and for what a key is hidden in.
const KNOWN: &str = "[secret: known]";

/// Arguments of these names hold what somebody wrote.
const TEXTS: &[&str] =
    &["text", "content", "contents", "body", "message", "data", "html", "markdown", "note"];

/// The name of something.
pub(super) fn name(text: &str, known: &[String]) -> String {
    kept(text, NAME, known)
}

/// A sentence.
pub(super) fn words(text: &str, known: &[String]) -> String {
    kept(text, WORDS, known)
}

/// Arguments as JSON; empty where there are none.
pub(super) fn arguments(arguments: &Value, known: &[String]) -> String {
    if arguments.is_null() {
        return String::new();
    }
    let json = without("", arguments, 0, known).to_string();
    // Pieces of a key, each in a field of its own, are a key too.
    if secrets::holds(first(&json, ARGUMENTS + BEYOND), known) {
        return json!(KNOWN).to_string();
    }
    if json.len() <= ARGUMENTS {
        return json;
    }
    let note = format!("cut: {} bytes in all", json.len());
    // Quotes within take two bytes or more, so it is made shorter until it fits.
    let mut length = ARGUMENTS - 96;
    loop {
        let end = (0..=length).rev().find(|end| json.is_char_boundary(*end)).unwrap_or(0);
        let beginning = &json[..end];
        let shorter = json!({ "cut": note, "beginning": beginning }).to_string();
        if shorter.len() <= ARGUMENTS || length < 64 {
            return shorter;
        }
        length -= length / 8;
    }
}

/// Sources as JSON.
pub(super) fn sources(tainted_by: &[Taint], known: &[String]) -> String {
    let sources = tainted_by.iter().take(SOURCES);
    let sources: Vec<Taint> =
        sources.map(|taint| Taint { kind: taint.kind, source: kept(&taint.source, NAME, known) }).collect();
    serde_json::to_string(&sources).unwrap_or_else(|_| "[]".into())
}

fn without(name: &str, value: &Value, depth: usize, known: &[String]) -> Value {
    if depth > DEPTH {
        return "[nested too deep]".into();
    }
    match value {
        Value::String(_) | Value::Number(_) if secrets::is_secret_name(name) => {
            format!("[secret: {}]", kept(name, 40, known)).into()
        }
        Value::String(text) => {
            let length = if TEXTS.contains(&name.to_ascii_lowercase().as_str()) { TEXT } else { WORDS };
            kept(text, length, known).into()
        }
        // Card numbers come as numbers too.
        Value::Number(number) => match clean(&number.to_string(), known) {
            same if same == number.to_string() => value.clone(),
            other => other.into(),
        },
        Value::Array(values) => values.iter().map(|value| without(name, value, depth + 1, known)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter();
            let fields =
                fields.map(|(name, value)| (kept(name, NAME, known), without(name, value, depth + 1, known)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

/// The clean text, or its beginning and how long it is.
fn kept(text: &str, most: usize, known: &[String]) -> String {
    let text = clean(text, known);
    // A key in disguise has no place of its own that could be taken out. One that the cut goes through is in disguise still.
    if secrets::holds(first(&text, most + BEYOND), known) {
        return KNOWN.into();
    }
    let beginning = first(&text, most);
    if beginning.len() == text.len() {
        return text;
    }
    format!("{beginning}… [cut: {} characters in all]", text.chars().count())
}

fn clean(text: &str, known: &[String]) -> String {
    personal::without(&secrets::redacted_with(text, known)).into_owned()
}

/// So many characters of the text.
fn first(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_written_without_what_is_nobodys_business() {
        let long = "word ".repeat(100);
        let cases = [
            (json!(null), String::new()),
            (json!({ "path": "/home/ada/a.txt" }), r#"{"path":"/home/ada/a.txt"}"#.into()),
            (json!({ "to": "ada@example.org" }), r#"{"to":"[e-mail address]"}"#.into()),
            (json!({ "password": "a b c" }), r#"{"password":"[secret: password]"}"#.into()),
            (json!({ "max_tokens": 4096 }), r#"{"max_tokens":4096}"#.into()),
            (
                json!({ "card": 4111111111111111_u64, "ok": true }),
                r#"{"card":"[card number]","ok":true}"#.into(),
            ),
            (
                json!({ "deep": [{ "command": "curl -u ada:hunter2 example.org" }] }),
                r#"{"deep":[{"command":"curl -u ada:[secret: password] example.org"}]}"#.into(),
            ),
            (
                json!({ "text": long }),
                format!(r#"{{"text":"{}… [cut: 500 characters in all]"}}"#, &long[..200]),
            ),
        ];
        for (arguments, expected) in cases {
            assert_eq!(super::arguments(&arguments, &[]), expected);
        }
    }

    #[test]
    fn arguments_of_any_size_and_depth_are_short_and_json() {
        let mut deep = json!("x");
        for _ in 0..100 {
            deep = json!([deep]);
        }
        for arguments in [json!(vec!["\"\\\u{1}"; 5000]), json!(vec!["ü€😀"; 5000]), deep] {
            let written = super::arguments(&arguments, &[]);
            assert!(written.len() <= ARGUMENTS, "{}", written.len());
            serde_json::from_str::<Value>(&written).unwrap();
        }
    }

    #[test]
    fn a_known_key_is_written_in_no_disguise() {
        let known = ["quince-jam-on-toast".to_string()];
        for disguise in [
            "cXVpbmNlLWphbS1vbi10b2FzdA==",
            "tsaot-no-maj-ecniuq",
            "quince-%6Aam-on-toast",
            r"\u0071uince-jam-on-toast",
            "q u i n c e - j a m - o n - t o a s t",
        ] {
            assert_eq!(words(&format!("Say {disguise} aloud."), &known), KNOWN, "{disguise}");
            // The cut goes through it.
            let text = json!({ "text": format!("{}{disguise}", "ab ".repeat(65)) });
            assert_eq!(super::arguments(&text, &known), format!(r#"{{"text":"{KNOWN}"}}"#));
        }
        let pieces = json!(["quince-jam", { "and": "no more" }, "quince-", "jam-on", "-toast"]);
        assert_eq!(super::arguments(&pieces, &known), format!("\"{KNOWN}\""));
        assert_eq!(words("Jam of quinces, on toast.", &known), "Jam of quinces, on toast.");
    }
}
