//! What a server says of a tool, as Jarvis takes it: named so that no other is called so, cleaned, bounded, and with a fingerprint
//! of the words as they came. What does not fit is refused with a reason.

use std::collections::BTreeSet;

use rmcp::model;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{PREFIX, clean};

/// More tools of one server are not looked at.
pub(super) const MOST_TOOLS: usize = 128;
const LONGEST_NAME: usize = 64;
const LONGEST_DESCRIPTION: usize = 300;
const LARGEST_SCHEMA: usize = 16 * 1024;
const DEEPEST_SCHEMA: usize = 24;

/// A tool of a server.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Described {
    /// As the server calls it.
    pub(super) raw: String,
    /// As Jarvis does.
    pub(super) name: String,
    /// For the model.
    pub(super) description: String,
    /// Of its arguments.
    pub(super) schema: Value,
    /// SHA-256 of the name, the description and the schema as they came, in hexadecimal digits.
    pub(super) sha256: String,
}

/// How a server's name stands in the names of its tools. It has no underscore, so that no server's tools can be called like
/// another's: what was allowed for always is bound to a tool's name.
pub(super) fn short(server: &str) -> String {
    server.chars().filter(char::is_ascii_alphanumeric).take(20).collect::<String>().to_ascii_lowercase()
}

/// The first [`MOST_TOOLS`] tools, each once, and those that were refused, with the reason.
pub(super) fn all(server: &str, tools: &[model::Tool]) -> (Vec<Described>, Vec<(String, String)>) {
    let (mut fit, mut refused) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for tool in tools.iter().take(MOST_TOOLS) {
        let raw = tool.name.to_string();
        if !seen.insert(raw.clone()) {
            continue;
        }
        match one(server, tool) {
            Ok(described) => fit.push(described),
            Err(reason) => refused.push((clean::line(&raw, LONGEST_NAME), reason)),
        }
    }
    name(server, &mut fit);
    (fit, refused)
}

fn one(server: &str, tool: &model::Tool) -> Result<Described, String> {
    if tool.name.is_empty() || tool.name.chars().count() > 128 || tool.name.chars().any(clean::is_hidden) {
        return Err("its name is empty, too long, or has hidden characters".into());
    }
    let schema = Value::Object((*tool.input_schema).clone());
    let size = schema.to_string().len();
    if size > LARGEST_SCHEMA || depth(&schema) > DEEPEST_SCHEMA {
        return Err(format!("its arguments' schema is too large ({size} bytes)"));
    }
    if schema.get("type").is_some_and(|of| of != "object") {
        return Err("its arguments' schema is not that of an object".into());
    }
    let said = tool.description.as_deref().unwrap_or_default();
    let words = clean::line(said, LONGEST_DESCRIPTION);
    let server = clean::line(server, LONGEST_NAME);
    Ok(Described {
        raw: tool.name.to_string(),
        name: String::new(),
        description: format!("From the server {server}: {words}"),
        sha256: fingerprint(&tool.name, said, &schema),
        schema: cleaned(schema)?,
    })
}

/// Names every tool. Those that are called alike when written in small letters are told apart by a few digits of their name's hash;
/// the one that is written so goes first.
fn name(server: &str, tools: &mut [Described]) {
    let prefix = format!("{PREFIX}{}_", short(server));
    let mut order: Vec<usize> = (0..tools.len()).collect();
    order.sort_by_key(|&i| (snake(&tools[i].raw) != tools[i].raw, tools[i].raw.clone()));
    let mut taken = BTreeSet::new();
    for i in order {
        let plain = format!("{prefix}{}", snake(&tools[i].raw));
        let name = if plain.len() <= LONGEST_NAME && !taken.contains(&plain) {
            plain
        } else {
            let digits = &hex(&Sha256::digest(tools[i].raw.as_bytes()))[..8];
            format!("{}_{digits}", &plain[..plain.len().min(LONGEST_NAME - 9)])
        };
        taken.insert(name.clone());
        tools[i].name = name;
    }
}

/// Lower snake case, of ASCII letters and digits.
fn snake(raw: &str) -> String {
    let mut out = String::new();
    let mut small = false;
    for c in raw.chars() {
        if c.is_ascii_uppercase() && small {
            out.push('_');
        }
        small = c.is_ascii_lowercase() || c.is_ascii_digit();
        match c.is_ascii_alphanumeric() {
            true => out.push(c.to_ascii_lowercase()),
            false if !out.is_empty() && !out.ends_with('_') => out.push('_'),
            false => {}
        }
    }
    let out = out.trim_end_matches('_');
    if out.is_empty() { "tool".to_owned() } else { out.to_owned() }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or_default(),
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

/// A schema whose prose is cleaned and cut. Elsewhere hidden characters have no business.
fn cleaned(schema: Value) -> Result<Value, String> {
    let hidden = |text: &str| text.chars().any(clean::is_hidden);
    let refused = || "its arguments' schema has hidden characters".to_owned();
    Ok(match schema {
        Value::Object(fields) => {
            let mut out = Map::new();
            for (key, value) in fields {
                if hidden(&key) {
                    return Err(refused());
                }
                let value = match value {
                    Value::String(text) if matches!(key.as_str(), "description" | "title" | "$comment") => {
                        Value::String(clean::line(&text, LONGEST_DESCRIPTION))
                    }
                    other => cleaned(other)?,
                };
                out.insert(key, value);
            }
            Value::Object(out)
        }
        Value::Array(items) => Value::Array(items.into_iter().map(cleaned).collect::<Result<_, _>>()?),
        Value::String(text) if hidden(&text) => return Err(refused()),
        other => other,
    })
}

/// The same for the same words, in whatever order a server writes an object's fields.
fn fingerprint(name: &str, description: &str, schema: &Value) -> String {
    let mut hash = Sha256::new();
    for part in [name, description] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.update(sorted(schema));
    hex(&hash.finalize())
}

fn sorted(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| key.as_str());
            let fields: Vec<String> =
                fields.iter().map(|(key, value)| format!("{key:?}:{}", sorted(value))).collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(sorted).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tool(name: &str, description: &str, schema: Value) -> model::Tool {
        let Value::Object(schema) = schema else { panic!("{schema} is no object") };
        model::Tool::new(name.to_owned(), description.to_owned(), schema)
    }

    #[test]
    fn names_are_small_unique_and_short() {
        let long = "x".repeat(80);
        let given = ["getTime", "get_time", "get-time", "HTTPServer", "größe", "!!", long.as_str()];
        let tools: Vec<_> = given.iter().map(|name| tool(name, "", json!({ "type": "object" }))).collect();
        let (fit, refused) = all("My Server", &tools);
        assert_eq!(refused, []);
        let names: Vec<&str> = fit.iter().map(|tool| tool.name.as_str()).collect();
        assert_eq!(names[1], "mcp_myserver_get_time", "the one that is written so");
        assert_eq!(names[3], "mcp_myserver_httpserver");
        assert_eq!(names[4], "mcp_myserver_gr_e");
        assert_eq!(names[5], "mcp_myserver_tool");
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), given.len(), "{names:?}");
        for name in names {
            assert!(name.len() <= LONGEST_NAME, "{name}");
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'), "{name}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let deep = (0..40).fold(json!({}), |inner, _| json!({ "items": inner }));
        for (schema, sign) in [
            (json!({ "type": "array" }), "not that of an object"),
            (json!({ "x": "y".repeat(20_000) }), "too large"),
            (deep, "too large"),
            (json!({ "properties": { "a\u{200b}": {} } }), "hidden"),
            (json!({ "enum": ["a\u{e0041}"] }), "hidden"),
        ] {
            let (fit, refused) = all("s", &[tool("t", "", schema)]);
            assert_eq!(fit, []);
            assert!(refused[0].1.contains(sign), "{refused:?}");
        }
        let (_, refused) = all("s", &[tool("a\u{200b}", "", json!({}))]);
        assert_eq!(refused.len(), 1);
    }

    #[test]
    fn prose_is_cleaned_and_the_fingerprint_is_of_what_came() {
        let of = |words: &str, schema: Value| all("s", &[tool("t", words, schema)]).0.remove(0);
        let plain = of("Adds.", json!({ "a": 1, "b": 2 }));
        assert_eq!(plain.description, "From the server s: Adds.");
        assert_eq!(plain.sha256, of("Adds.", json!({ "b": 2, "a": 1 })).sha256, "the order tells nothing");
        for other in [
            of("Adds.\u{200b}", json!({ "a": 1, "b": 2 })),
            of("Adds. ", json!({ "a": 1, "b": 2 })),
            of("Adds.", json!({ "a": 1, "b": 3 })),
        ] {
            assert_ne!(plain.sha256, other.sha256);
        }
        let told = of("", json!({ "description": "line\u{202e}\n".repeat(100) })).schema;
        assert_eq!(told["description"].as_str().unwrap().chars().count(), LONGEST_DESCRIPTION);
    }
}
