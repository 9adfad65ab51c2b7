//! What each tool of a server was when it was first seen, or accepted: a server that is friendly today may tell the model something
//! else tomorrow. Kept in a JSON file; one that cannot be read is an error, since then no change would be noticed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::McpError;
use super::describe::Described;

/// More tools of one server are not remembered, and so not offered.
const MOST_KEPT: usize = 1024;

/// By server, then by tool.
type Known = BTreeMap<String, BTreeMap<String, Pin>>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Pin {
    sha256: String,
    /// What the person sees as the words that were accepted.
    description: String,
}

impl Pin {
    fn of(tool: &Described) -> Self {
        Self { sha256: tool.sha256.clone(), description: tool.description.clone() }
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Pins {
    file: PathBuf,
    known: Mutex<Known>,
}

impl Pins {
    /// Reads `file`; where there is none, nothing has been seen yet.
    pub(super) fn open(file: PathBuf) -> Result<Self, McpError> {
        let unread = |reason: String| McpError::Pins { path: file.display().to_string(), reason };
        let known = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| unread(e.to_string()))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Known::new(),
            Err(e) => return Err(unread(e.to_string())),
        };
        Ok(Self { file, known: Mutex::new(known) })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers tools that were never seen. Returns those that are not what they were, as the server calls them.
    pub(super) fn see(&self, server: &str, tools: &[Described]) -> Result<BTreeSet<String>, McpError> {
        let mut known = self.known();
        let mut after = known.clone();
        let pins = after.entry(server.to_owned()).or_default();
        let mut changed = BTreeSet::new();
        for tool in tools {
            match pins.get(&tool.raw) {
                Some(pin) if pin.sha256 == tool.sha256 => {}
                None if pins.len() < MOST_KEPT => {
                    pins.insert(tool.raw.clone(), Pin::of(tool));
                }
                _ => {
                    changed.insert(tool.raw.clone());
                }
            }
        }
        if *known != after {
            write(&self.file, &after)?;
            *known = after;
        }
        Ok(changed)
    }

    /// From now on the tool is what it is now.
    pub(super) fn accept(&self, server: &str, tool: &Described) -> Result<(), McpError> {
        let mut known = self.known();
        let mut after = known.clone();
        after.entry(server.to_owned()).or_default().insert(tool.raw.clone(), Pin::of(tool));
        write(&self.file, &after)?;
        *known = after;
        Ok(())
    }

    /// The words that were accepted.
    pub(super) fn accepted(&self, server: &str, tool: &str) -> Option<String> {
        Some(self.known().get(server)?.get(tool)?.description.clone())
    }
}

/// Whole or not at all.
fn write(file: &Path, known: &Known) -> Result<(), McpError> {
    let written = || -> std::io::Result<()> {
        let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut temporary, known)?;
        temporary.write_all(b"\n")?;
        temporary.as_file().sync_all()?;
        temporary.persist(file)?;
        Ok(())
    };
    written().map_err(|e| McpError::PinsNotKept { path: file.display().to_string(), reason: e.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(sha256: &str) -> Described {
        Described {
            raw: "t".into(),
            name: "mcp_s_t".into(),
            description: format!("words of {sha256}"),
            schema: serde_json::Value::Null,
            sha256: sha256.into(),
        }
    }

    #[test]
    fn a_change_is_noticed_until_it_is_accepted_over_restarts() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/pins.json");
        let open = || Pins::open(file.clone()).unwrap();
        let changed = BTreeSet::from(["t".to_owned()]);
        assert!(open().see("s", &[tool("1")]).unwrap().is_empty(), "first sight");
        assert!(open().see("s", &[tool("1")]).unwrap().is_empty());
        assert_eq!(open().see("s", &[tool("2")]).unwrap(), changed);
        assert_eq!(open().see("s", &[tool("2")]).unwrap(), changed, "seeing is not accepting");
        assert!(open().see("other", &[tool("2")]).unwrap().is_empty(), "each server for itself");
        open().accept("s", &tool("2")).unwrap();
        assert!(open().see("s", &[tool("2")]).unwrap().is_empty());
        assert_eq!(open().accepted("s", "t").as_deref(), Some("words of 2"));
        std::fs::write(&file, "{").unwrap();
        let error = Pins::open(file.clone()).unwrap_err().to_string();
        assert!(error.contains("Remedy"), "{error}");
    }

    #[test]
    fn no_more_are_kept_than_fit() {
        let folder = tempfile::tempdir().unwrap();
        let pins = Pins::open(folder.path().join("pins.json")).unwrap();
        let many: Vec<_> =
            (0..MOST_KEPT + 1).map(|n| Described { raw: format!("{n:05}"), ..tool("1") }).collect();
        assert_eq!(pins.see("s", &many).unwrap().len(), 1);
    }
}
