//! The person's configuration file: read with the environment over it, and changed without losing a comment.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use jarvis_core::config::{Problem, Source};
use jarvis_core::{Code, Config, Failure};
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
    let text = read(file)?;
    let bad_file = |e: &dyn std::fmt::Display| {
        Failure::new(
            Code::BadConfig,
            format!("{} is not valid TOML: {e}.", file.display()),
            "Correct that line, or move the file away.",
        )
    };
    let mut document: DocumentMut = text.parse().map_err(|e: toml_edit::TomlError| bad_file(&e.message()))?;
    // What is not a TOML value is taken as text, so that nobody has to quote twice in a shell.
    let value = value.parse::<Value>().unwrap_or_else(|_| Value::from(value));
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
    table[name] = Item::Value(value);
    let text = document.to_string();
    let before = Config::parse(&read(file)?, []).1;
    let problems = Config::parse(&text, []).1;
    // Problems that were there already are not this change's fault.
    if let Some(problem) = problems.iter().find(|p| !before.iter().any(|b| b.reason == p.reason)) {
        return Err(Failure::new(Code::BadConfig, sentence(&problem.reason), "See `jarvis config show`."));
    }
    write(file, &text).map_err(|e| {
        Failure::new(
            if e.kind() == ErrorKind::StorageFull { Code::DiskFull } else { Code::BadConfig },
            format!("{} cannot be written ({e}).", file.display()),
            "Free some space, or check who owns that folder; the old file is unchanged.",
        )
    })
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

/// Replaces the file whole or not at all.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut temp = tempfile::NamedTempFile::new_in(folder)?;
    temp.write_all(text.as_bytes())?;
    temp.as_file().sync_all()?;
    temp.persist(file).map_err(|e| e.error)?;
    Ok(())
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
    fn what_is_shown_is_what_is_in_force_with_its_documentation() {
        let mut config = Config::default();
        config.tts.speed = 1.2;
        let shown = annotated(&config);
        assert!(shown.contains("\nspeed = 1.2\n"), "{shown}");
        assert!(shown.contains("# 0.5 (half) to 2.0 (double)."));
        assert_eq!(Config::parse(&shown, []).0, config);
    }
}
