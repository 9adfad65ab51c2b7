//! What of words and arguments is written down: no secrets, no personal data, and nothing at length.

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

/// Arguments of these names hold what somebody wrote.
const TEXTS: &[&str] =
    &["text", "content", "contents", "body", "message", "data", "html", "markdown", "note"];

/// The name of something.
pub(super) fn name(text: &str) -> String {
    cut(&clean(text), NAME)
}

/// A sentence.
pub(super) fn words(text: &str) -> String {
    cut(&clean(text), WORDS)
}

/// Arguments as JSON; empty where there are none.
pub(super) fn arguments(arguments: &Value) -> String {
    if arguments.is_null() {
        return String::new();
    }
    let value = without("", arguments, 0);
    let json = value.to_string();
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
pub(super) fn sources(tainted_by: &[Taint]) -> String {
    let sources = tainted_by.iter().take(SOURCES);
    let sources: Vec<Taint> =
        sources.map(|taint| Taint { kind: taint.kind, source: cut(&clean(&taint.source), NAME) }).collect();
    serde_json::to_string(&sources).unwrap_or_else(|_| "[]".into())
}

fn without(name: &str, value: &Value, depth: usize) -> Value {
    if depth > DEPTH {
        return "[nested too deep]".into();
    }
    match value {
        Value::String(_) | Value::Number(_) if secrets::is_secret_name(name) => {
            format!("[secret: {}]", cut(name, 40)).into()
        }
        Value::String(text) => {
            let length = if TEXTS.contains(&name.to_ascii_lowercase().as_str()) { TEXT } else { WORDS };
            cut(&clean(text), length).into()
        }
        // Card numbers come as numbers too.
        Value::Number(number) => match clean(&number.to_string()) {
            same if same == number.to_string() => value.clone(),
            other => other.into(),
        },
        Value::Array(values) => values.iter().map(|value| without(name, value, depth + 1)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter();
            let fields =
                fields.map(|(name, value)| (cut(&clean(name), NAME), without(name, value, depth + 1)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

fn clean(text: &str) -> String {
    personal::without(&secrets::redacted(text)).into_owned()
}

/// The text, or its beginning and how long it is.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_string(),
        Some((end, _)) => format!("{}… [cut: {} characters in all]", &text[..end], text.chars().count()),
    }
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
            assert_eq!(super::arguments(&arguments), expected);
        }
    }

    #[test]
    fn arguments_of_any_size_and_depth_are_short_and_json() {
        let mut deep = json!("x");
        for _ in 0..100 {
            deep = json!([deep]);
        }
        for arguments in [json!(vec!["\"\\\u{1}"; 5000]), json!(vec!["ü€😀"; 5000]), deep] {
            let written = super::arguments(&arguments);
            assert!(written.len() <= ARGUMENTS, "{}", written.len());
            serde_json::from_str::<Value>(&written).unwrap();
        }
    }
}
