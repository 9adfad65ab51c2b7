//! Where things are kept, by the XDG base-directory rules; all of it moved by `JARVIS_HOME`.

use std::ffi::OsString;
use std::path::PathBuf;

/// The folders of one person's Jarvis. Only names them; whoever writes there makes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    config: PathBuf,
    data: PathBuf,
    state: PathBuf,
    cache: PathBuf,
}

impl Paths {
    /// Reads `JARVIS_HOME`, `XDG_CONFIG_HOME`, `XDG_DATA_HOME`, `XDG_STATE_HOME`, `XDG_CACHE_HOME` and `HOME` through `env`.
    pub fn from_env(env: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |key: &str| env(key).filter(|v| !v.is_empty()).map(PathBuf::from);
        if let Some(home) = set("JARVIS_HOME") {
            return Self {
                config: home.join("config"),
                data: home.join("data"),
                state: home.join("state"),
                cache: home.join("cache"),
            };
        }
        let home = set("HOME").unwrap_or_else(|| PathBuf::from("."));
        let xdg = |key: &str, default: &str| {
            set(key).filter(|p| p.is_absolute()).unwrap_or_else(|| home.join(default)).join("jarvis")
        };
        Self {
            config: xdg("XDG_CONFIG_HOME", ".config"),
            data: xdg("XDG_DATA_HOME", ".local/share"),
            state: xdg("XDG_STATE_HOME", ".local/state"),
            cache: xdg("XDG_CACHE_HOME", ".cache"),
        }
    }

    /// The configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The database of conversations and memories.
    pub fn database(&self) -> PathBuf {
        self.data.join("jarvis.sqlite")
    }

    /// The vectors of what is in the database.
    pub fn vectors(&self) -> PathBuf {
        self.data.join("vectors")
    }

    /// The model catalogue's folder.
    pub fn models(&self) -> PathBuf {
        self.data.join("models")
    }

    /// Heads of wake words that were taught, each named for its phrase.
    pub fn taught(&self) -> PathBuf {
        self.data.join("wake-words")
    }

    /// What training made on the way and can make again.
    pub fn training_cache(&self) -> PathBuf {
        self.cache.join("wake-training")
    }

    /// Timers and alarms that have not rung yet.
    pub fn timers_file(&self) -> PathBuf {
        self.state.join("timers.json")
    }

    /// What was read of the folders that are watched, without their names.
    pub fn watched_file(&self) -> PathBuf {
        self.state.join("watched.json")
    }

    /// How the person wants words to be pronounced.
    pub fn pronunciation_file(&self) -> PathBuf {
        self.config.join("pronunciation.txt")
    }

    /// The person's own rules; where there is no such file, those that ship hold.
    pub fn rules_file(&self) -> PathBuf {
        self.config.join("rules.cedar")
    }

    /// What is allowed for always.
    pub fn grants_file(&self) -> PathBuf {
        self.config.join("always.json")
    }

    /// Servers of the Model Context Protocol whose tools are used, in the form that other programs use as well.
    pub fn mcp_file(&self) -> PathBuf {
        self.config.join("mcp.json")
    }

    /// What the tools of MCP servers were when they were first seen.
    pub fn mcp_seen_file(&self) -> PathBuf {
        self.state.join("mcp-seen.json")
    }

    /// What was done, asked and refused.
    pub fn audit_file(&self) -> PathBuf {
        self.state.join("audit").join("audit.sqlite")
    }

    /// What can be undone.
    pub fn undo_dir(&self) -> PathBuf {
        self.state.join("undo")
    }

    /// Every folder that is Jarvis's own.
    pub fn own(&self) -> Vec<PathBuf> {
        vec![self.config.clone(), self.data.clone(), self.state.clone()]
    }

    /// What the desktop window keeps for itself: its place on the screen, its theme, drafts.
    pub fn window(&self) -> PathBuf {
        self.state.join("window")
    }

    /// Diagnostic logs.
    pub fn log_dir(&self) -> PathBuf {
        self.state.join("log")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(env: &[(&str, &str)]) -> Paths {
        Paths::from_env(|key| env.iter().find(|(k, _)| *k == key).map(|(_, v)| OsString::from(v)))
    }

    #[test]
    fn one_variable_moves_everything() {
        let paths = paths(&[("JARVIS_HOME", "/j"), ("HOME", "/home/ada"), ("XDG_DATA_HOME", "/x")]);
        for path in [paths.config_file(), paths.models(), paths.timers_file(), paths.log_dir()] {
            assert!(path.starts_with("/j"), "{}", path.display());
        }
    }

    #[test]
    fn the_xdg_rules_hold() {
        let p = paths(&[("HOME", "/home/ada"), ("XDG_DATA_HOME", "/x"), ("XDG_STATE_HOME", "relative")]);
        assert_eq!(p.config_file(), PathBuf::from("/home/ada/.config/jarvis/config.toml"));
        assert_eq!(p.models(), PathBuf::from("/x/jarvis/models"));
        assert_eq!(p.timers_file(), PathBuf::from("/home/ada/.local/state/jarvis/timers.json"));
    }
}
