//! The person's configuration file: read with the environment over it, and changed without losing a comment.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jarvis_core::config::{CHOICES, Problem, Source};
use jarvis_core::{Code, Config, Failure};
use serde::Serialize;
use serde_json::Value as Json;
use toml_edit::{DocumentMut, Item, Table, Value};

/// Reads the configuration. Every problem in it becomes one failure that names file, line and reason.
pub fn load(file: &Path) -> Result<Config, Failure> {
    let (config, problems) =
        Config::parse(&read(file)?, variables().iter().map(|(k, v)| (k.as_str(), v.as_str())));
    match refuse(file, &problems) {
        Some(failure) => Err(failure),
        None => Ok(config),
    }
}

/// Changes one setting in the file, keeping its comments and everything else. A value that is not allowed
/// changes nothing.
pub fn set(file: &Path, key: &str, value: &str) -> Result<(), Failure> {
    // What is not a TOML value is taken as text, so that nobody has to quote twice in a shell.
    let value = value.parse::<Value>().unwrap_or_else(|_| Value::from(value));
    rewrite(file, &[(key, Some(value))])
}

/// Changes several settings in the file, all of them or none. Null takes a setting out: its default holds again.
/// The change has to be kept.
pub fn change(file: &Path, changes: &BTreeMap<String, Json>) -> Result<Change, Failure> {
    let before = read(file)?;
    let changes: Vec<_> = changes
        .iter()
        .map(|(key, value)| {
            if value.is_null() {
                return Ok((key.as_str(), None));
            }
            // JSON writes what a setting may be as TOML does.
            let value = value.to_string().parse::<Value>().map_err(|_| {
                let message = format!("{key} cannot be {value}.");
                Failure::new(Code::BadConfig, message, "See `jarvis config show`.")
            })?;
            Ok((key.as_str(), Some(value)))
        })
        .collect::<Result<_, Failure>>()?;
    rewrite(file, &changes)?;
    Ok(Change { file: file.to_owned(), before: Some(before) })
}

/// A change of the file, which is taken back when it is dropped and not kept.
#[derive(Debug)]
#[must_use]
pub struct Change {
    file: PathBuf,
    before: Option<String>,
}

impl Change {
    /// It stays.
    pub fn keep(mut self) {
        self.before = None;
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        let Some(before) = self.before.take() else { return };
        if let Err(error) = jarvis_files::replace(&self.file, before.as_bytes()) {
            tracing::error!(file = %self.file.display(), %error, "a change of the settings could not be taken back");
        }
    }
}

fn rewrite(file: &Path, changes: &[(&str, Option<Value>)]) -> Result<(), Failure> {
    let text = read(file)?;
    let bad_file = |e: &dyn std::fmt::Display| {
        Failure::new(
            Code::BadConfig,
            format!("{} is not valid TOML: {e}.", file.display()),
            "Correct that line, or move the file away.",
        )
    };
    let mut document: DocumentMut = text.parse().map_err(|e: toml_edit::TomlError| bad_file(&e.message()))?;
    for (key, value) in changes {
        lay(&mut document, key, value.clone())?;
    }
    let text = document.to_string();
    let before = Config::parse(&read(file)?, []).1;
    let problems = Config::parse(&text, []).1;
    // Problems that were there already are not this change's fault.
    if let Some(problem) = problems.iter().find(|p| !before.iter().any(|b| b.reason == p.reason)) {
        return Err(Failure::new(Code::BadConfig, sentence(&problem.reason), "See `jarvis config show`."));
    }
    jarvis_files::replace(file, text.as_bytes()).map_err(|e| unwritable(file, &e))
}

pub(crate) fn unwritable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        if error.kind() == ErrorKind::StorageFull { Code::DiskFull } else { Code::BadConfig },
        format!("{} cannot be written ({error}).", file.display()),
        "Free some space, or check who owns that folder; the old file is unchanged.",
    )
}

/// One setting, as a page shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Setting {
    /// Its name, section and all: `tts.speed`.
    pub key: String,
    /// The value in force.
    #[cfg_attr(feature = "openapi", schema(value_type = SettingValue))]
    pub value: Json,
    /// The value that it has when nothing is said.
    #[cfg_attr(feature = "openapi", schema(value_type = SettingValue))]
    pub default: Json,
    /// What it means and what it may be.
    pub description: String,
    /// What kind of value it takes.
    pub kind: SettingKind,
    /// Its values, where there are only a few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// What the value of a [`Setting`] may be, as the API's description says it.
#[cfg(feature = "openapi")]
#[derive(utoipa::ToSchema, Serialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// A text, or one of a few words.
    Text(String),
    /// A number.
    Number(f64),
    /// On or off.
    Boolean(bool),
    /// Several texts.
    List(Vec<String>),
}

/// What kind of value a [`Setting`] takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SettingKind {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// On or off.
    Boolean,
    /// Several texts.
    List,
    /// One of a few words.
    Choice,
}

/// Every setting with its value in `config`, in the order of the defaults file.
pub fn describe(config: &Config) -> Vec<Setting> {
    let defaults: DocumentMut = jarvis_core::config::DEFAULTS.parse().expect("the defaults are valid TOML");
    let values = serde_json::to_value(config).expect("a configuration is plain data");
    let default_values = serde_json::to_value(Config::default()).expect("a configuration is plain data");
    let mut settings = Vec::new();
    collect(defaults.as_table(), "", &values, &default_values, &mut settings);
    settings
}

fn collect(table: &Table, section: &str, values: &Json, defaults: &Json, into: &mut Vec<Setting>) {
    for (name, item) in table {
        let key = if section.is_empty() { name.to_string() } else { format!("{section}.{name}") };
        let (value, default) = (&values[name], &defaults[name]);
        if let Some(inner) = item.as_table() {
            collect(inner, &key, value, default, into);
            continue;
        }
        let choices = CHOICES.iter().find(|(setting, _)| *setting == key).map_or(&[][..], |(_, words)| words);
        let kind = match default {
            _ if !choices.is_empty() => SettingKind::Choice,
            Json::Bool(_) => SettingKind::Boolean,
            Json::Number(_) => SettingKind::Number,
            Json::Array(_) => SettingKind::List,
            _ => SettingKind::Text,
        };
        let comment = table.key(name).and_then(|k| k.leaf_decor().prefix()?.as_str()).unwrap_or_default();
        let lines: Vec<&str> =
            comment.lines().map(|l| l.trim_start_matches(['#', ' '])).filter(|l| !l.is_empty()).collect();
        into.push(Setting {
            value: short(value),
            default: short(default),
            description: lines.join(" "),
            kind,
            choices: choices.iter().map(|c| (*c).to_string()).collect(),
            key,
        });
    }
}

/// A number without the digits that f64 adds to an f32.
fn short(value: &Json) -> Json {
    match value.as_f64() {
        Some(f) if value.is_f64() => {
            (f as f32).to_string().parse::<f64>().map_or_else(|_| value.clone(), Json::from)
        }
        _ => value.clone(),
    }
}

fn lay(document: &mut DocumentMut, key: &str, value: Option<Value>) -> Result<(), Failure> {
    let mut path: Vec<&str> = key.split('.').collect();
    let name = path.pop().unwrap_or_default();
    let mut table = document.as_table_mut();
    for section in path {
        let item = table.entry(section).or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        table = item.as_table_mut().ok_or_else(|| {
            Failure::new(Code::BadConfig, format!("{key} is not a setting."), "See `jarvis config show`.")
        })?;
    }
    match value {
        Some(value) => table[name] = Item::Value(value),
        None => drop(table.remove(name)),
    }
    Ok(())
}

/// The defaults file with the values in force: what `jarvis config show` prints.
pub fn annotated(config: &Config) -> String {
    let mut document: DocumentMut =
        jarvis_core::config::DEFAULTS.parse().expect("the defaults are valid TOML");
    let values: DocumentMut =
        toml::to_string(config).expect("a configuration is plain data").parse().expect("we wrote it as TOML");
    overlay(document.as_table_mut(), values.as_table());
    document.to_string()
}

fn overlay(into: &mut Table, from: &Table) {
    for (key, item) in from {
        match (into.get_mut(key), item) {
            (Some(Item::Table(into)), Item::Table(from)) => overlay(into, from),
            (Some(slot), Item::Value(value)) => {
                let decor = slot.as_value().map(|v| v.decor().clone());
                let mut value = value.clone();
                // f32 written as TOML shows the digits that f64 adds to it.
                if let Value::Float(f) = &value {
                    let short: f64 = (*f.value() as f32).to_string().parse().unwrap_or(*f.value());
                    value = Value::from(short);
                }
                if let Some(decor) = decor {
                    *value.decor_mut() = decor;
                }
                *slot = Item::Value(value);
            }
            _ => {}
        }
    }
}

fn variables() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
        .filter(|(k, _)| k.starts_with("JARVIS_"))
        .collect()
}

fn read(file: &Path) -> Result<String, Failure> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(text),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(e) => Err(Failure::new(
            Code::BadConfig,
            format!("{} cannot be read ({e}).", file.display()),
            "Check who owns it, or move it away; Jarvis works without it.",
        )),
    }
}

fn refuse(file: &Path, problems: &[Problem]) -> Option<Failure> {
    let first = problems.first()?;
    let more = match problems.len() {
        1 => String::new(),
        n => format!(" There are {} more such problems.", n - 1),
    };
    let (place, remedy) = match &first.source {
        Source::Line(line) => (
            format!("{}, line {line}", file.display()),
            "Correct that line, or delete it to get the default.",
        ),
        Source::Variable(name) => (format!("The environment variable {name}"), "Correct or unset it."),
    };
    let reason = first.reason.trim_end_matches('.');
    Some(Failure::new(Code::BadConfig, format!("{place}: {reason}.{more}"), remedy))
}

fn sentence(reason: &str) -> String {
    format!("{}.", reason.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_keeps_comments_and_a_bad_one_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("deep/config.toml");
        set(&file, "tts.speed", "1.5").unwrap();
        fs::write(&file, format!("# mine\n{}", fs::read_to_string(&file).unwrap())).unwrap();
        set(&file, "stt.model", "whisper-base").unwrap();
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("# mine\n"), "{text}");
        let config = load(&file).unwrap();
        assert_eq!((config.tts.speed, config.stt.model.as_str()), (1.5, "whisper-base"));

        for (key, value) in
            [("tts.speed", "9"), ("tts.spead", "1"), ("nonsense", "1"), ("tts", "1"), ("tts.speed.x", "1")]
        {
            let failure = set(&file, key, value).unwrap_err();
            assert_eq!(failure.code, Code::BadConfig, "{key}");
            assert_eq!(fs::read_to_string(&file).unwrap(), text, "{key}");
        }
    }

    #[test]
    fn several_settings_change_together_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        let changes = |changes: serde_json::Value| serde_json::from_value(changes).unwrap();
        let good = changes(serde_json::json!({
            "tts.speed": 1.5, "wake.enabled": false, "stt.languages": ["de", "en"], "audio.input": "USB \"best\" \u{e9}\n"
        }));
        let before = load(&file).unwrap();
        drop(change(&file, &good).unwrap());
        assert_eq!(load(&file).unwrap(), before, "what is not kept is taken back");
        change(&file, &good).unwrap().keep();
        let config = load(&file).unwrap();
        assert_eq!((config.tts.speed, config.wake.enabled), (1.5, false));
        assert_eq!((config.stt.languages.len(), config.audio.input.as_str()), (2, "USB \"best\" \u{e9}\n"));

        let text = fs::read_to_string(&file).unwrap();
        for bad in [
            serde_json::json!({"tts.speed": 1.0, "tts.spead": 2}),
            serde_json::json!({"tts.speed": 1.0, "wake.enabled": "yes"}),
            serde_json::json!({"tts.speed": {"a": 1}}),
            serde_json::json!({"tts": null, "no.such": 1}),
        ] {
            let failure = change(&file, &changes(bad.clone())).unwrap_err();
            assert_eq!(failure.code, Code::BadConfig, "{bad}");
            assert_eq!(fs::read_to_string(&file).unwrap(), text, "{bad}");
        }
        change(&file, &changes(serde_json::json!({"tts.speed": null}))).unwrap().keep();
        assert_eq!(load(&file).unwrap().tts.speed, Config::default().tts.speed);
    }

    #[test]
    fn a_malformed_file_is_named_with_its_line() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        fs::write(&file, "[wake]\n\nthreshold = \"high\"\n").unwrap();
        let failure = load(&file).unwrap_err();
        assert_eq!(failure.code, Code::BadConfig);
        assert!(
            failure.message.contains("config.toml, line 3: wake.threshold must be a number"),
            "{failure}"
        );
    }

    #[test]
    fn every_setting_is_described() {
        let mut config = Config::default();
        config.tts.speed = 1.2;
        let settings = describe(&config);
        let of = |key: &str| settings.iter().find(|s| s.key == key).unwrap_or_else(|| panic!("{key}"));
        let speed = of("tts.speed");
        assert_eq!((&speed.value, &speed.default), (&Json::from(1.2), &Json::from(1.0)));
        assert_eq!((speed.kind, speed.description.contains("2.0 (double)")), (SettingKind::Number, true));
        assert_eq!(of("wake.enabled").kind, SettingKind::Boolean);
        assert_eq!(of("stt.languages").kind, SettingKind::List);
        assert_eq!(of("llm.ollama.url").kind, SettingKind::Text);
        for setting in &settings {
            assert_eq!(setting.kind == SettingKind::Choice, !setting.choices.is_empty(), "{}", setting.key);
            // Every choice is allowed, and what is none is refused.
            for choice in &setting.choices {
                let text = format!("{} = {choice:?}", setting.key);
                assert_eq!(Config::parse(&text, []).1, [], "{text}");
            }
            if setting.kind == SettingKind::Choice {
                let text = format!("{} = \"nonsense\"", setting.key);
                let problem = &Config::parse(&text, []).1[0].reason;
                assert!(setting.choices.iter().all(|c| problem.contains(c)), "{problem}");
            }
        }
    }

    #[test]
    fn what_is_shown_is_what_is_in_force_with_its_documentation() {
        let mut config = Config::default();
        config.tts.speed = 1.2;
        let shown = annotated(&config);
        assert!(shown.contains("\nspeed = 1.2\n"), "{shown}");
        assert!(shown.contains("# 0.5 (half) to 2.0 (double)."));
        assert_eq!(Config::parse(&shown, []).0, config);
    }
}
