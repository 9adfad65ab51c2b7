//! Lays values over the defaults one at a time, so that each problem has an address.

use std::fmt;

use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use super::{Config, DEFAULTS};
use crate::text::letters_apart;

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The configuration file, counting from 1.
    Line(usize),
    /// An environment variable.
    Variable(String),
}

/// A value that could not be used; the default stands in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands.
    pub source: Source,
    /// What is wrong with it, naming the setting.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Line(line) => write!(f, "line {line}: {}", self.reason),
            Source::Variable(name) => write!(f, "{name}: {}", self.reason),
        }
    }
}

struct Leaf {
    source: Source,
    path: Vec<String>,
    value: Value,
}

pub(super) fn parse<'a>(
    text: &str,
    env: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> (Config, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut leaves = Vec::new();
    match DeTable::parse(text) {
        Ok(table) => collect(text, table.get_ref(), &mut Vec::new(), &mut leaves),
        Err(e) => {
            let at = e.span().map_or(0, |span| span.start);
            problems
                .push(Problem { source: Source::Line(line_of(text, at)), reason: e.message().to_string() });
        }
    }
    leaves.sort_by_key(|leaf| match leaf.source {
        Source::Line(line) => line,
        Source::Variable(_) => usize::MAX,
    });
    leaves.extend(env.into_iter().filter_map(from_variable));

    let defaults: Table =
        toml::from_str(DEFAULTS).expect("the defaults file is well-formed; a test reads it");
    let mut table = defaults.clone();
    // Two settings may only be right together (a minimum and a maximum), so what fails at first gets a
    // second chance once the others stand.
    let mut pending = leaves;
    for last_round in [false, true] {
        let mut failed: Vec<Leaf> = Vec::new();
        for leaf in pending {
            match lay(&table, &leaf) {
                Ok(next) => {
                    table = next;
                    // What comes later wins: the same setting from before it gets no second chance.
                    failed.retain(|earlier| earlier.path != leaf.path);
                }
                Err(reason) if last_round => problems.push(Problem { source: leaf.source, reason }),
                Err(_) => failed.push(leaf),
            }
        }
        pending = failed;
    }
    let config = table.try_into().expect("every value was checked when it was laid");
    (config, problems)
}

/// The table with one value replaced, if that makes a valid configuration.
fn lay(table: &Table, leaf: &Leaf) -> Result<Table, String> {
    let key = leaf.path.join(".");
    let mut next = table.clone();
    let slot = slot(&mut next, &leaf.path).ok_or_else(|| match similar(table, &key) {
        Some(other) => format!("{key} is not a setting; did you mean {other}?"),
        None => format!("{key} is not a setting"),
    })?;
    let value = match (&*slot, &leaf.value) {
        (Value::Float(_), Value::Integer(i)) => Value::Float(*i as f64),
        _ => leaf.value.clone(),
    };
    if !slot.same_type(&value) {
        let wanted = match slot {
            Value::Float(_) => "a number",
            Value::Integer(_) => "a whole number",
            Value::Boolean(_) => "true or false",
            Value::Array(_) => "a list such as [\"one\", \"two\"]",
            Value::Table(_) => "a section",
            _ => "text in quotes",
        };
        return Err(format!("{key} must be {wanted}, not {}", leaf.value));
    }
    *slot = value;
    let config: Config =
        next.clone().try_into().map_err(|e: toml::de::Error| enum_reason(&key, &leaf.value, &e))?;
    config.check()?;
    Ok(next)
}

/// Turns serde's "unknown variant" into a sentence of ours.
fn enum_reason(key: &str, value: &Value, error: &toml::de::Error) -> String {
    match error.message().split_once("expected one of ").or_else(|| error.message().split_once("expected ")) {
        Some((_, choices)) if error.message().starts_with("unknown variant") => {
            let choices = choices.lines().next().unwrap_or(choices).replace('`', "").replace(" or ", ", ");
            format!("{key} must be one of {choices}, not {value}")
        }
        _ => format!("{key} must not be {value} ({})", error.message()),
    }
}

fn slot<'t>(table: &'t mut Table, path: &[String]) -> Option<&'t mut Value> {
    let (first, rest) = path.split_first()?;
    let value = table.get_mut(first)?;
    match (rest.is_empty(), value) {
        (true, value) => Some(value),
        (false, Value::Table(inner)) => slot(inner, rest),
        (false, _) => None,
    }
}

fn collect(text: &str, table: &DeTable<'_>, path: &mut Vec<String>, leaves: &mut Vec<Leaf>) {
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(inner) => collect(text, inner, path, leaves),
            _ => leaves.push(Leaf {
                source: Source::Line(line_of(text, key.span().start)),
                path: path.clone(),
                value: parse_value(&text[value.span()]),
            }),
        }
        path.pop();
    }
}

/// A TOML value; what is none is taken as text, so that variables need no quotes.
fn parse_value(text: &str) -> Value {
    toml::from_str::<Table>(&format!("value = {text}"))
        .ok()
        .and_then(|mut t| t.remove("value"))
        .unwrap_or_else(|| Value::String(text.to_string()))
}

/// `JARVIS_TTS__SPEED=1.5` is `tts.speed = 1.5`. Variables without `__` are not settings.
fn from_variable((name, text): (&str, &str)) -> Option<Leaf> {
    let path = name.strip_prefix("JARVIS_")?;
    if !path.contains("__") {
        return None;
    }
    let path = path.split("__").map(str::to_lowercase).collect();
    Some(Leaf { source: Source::Variable(name.to_string()), path, value: parse_value(text) })
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at.min(text.len())].matches('\n').count() + 1
}

/// The setting that was probably meant: at most two letters different.
fn similar(table: &Table, key: &str) -> Option<String> {
    let mut keys = Vec::new();
    list(table, "", &mut keys);
    keys.into_iter().map(|k| (letters_apart(&k, key), k)).filter(|(d, _)| *d <= 2).min().map(|(_, k)| k)
}

fn list(table: &Table, prefix: &str, keys: &mut Vec<String>) {
    for (key, value) in table {
        match value {
            Value::Table(inner) => list(inner, &format!("{prefix}{key}."), keys),
            _ => keys.push(format!("{prefix}{key}")),
        }
    }
}
