//! What each tool of a server was when it was first seen, or accepted: a server that is friendly today may tell the model something
//! else tomorrow. Kept in a JSON file; one that cannot be read is an error, since then no change would be noticed.
//!
//! Several programs may have the same file: each change is made to what it holds at that moment, while no other program changes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{ErrorKind, Write};
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
    /// The file as it was read or written last.
    known: Mutex<Known>,
}

impl Pins {
    /// Reads `file`; where there is none, nothing has been seen yet.
    pub(super) fn open(file: PathBuf) -> Result<Self, McpError> {
        let known = read(&file)?.unwrap_or_default();
        Ok(Self { file, known: Mutex::new(known) })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers tools that were never seen. Returns those that are not what they were, as the server calls them.
    pub(super) fn see(&self, server: &str, tools: &[Described]) -> Result<BTreeSet<String>, McpError> {
        self.change(|known| {
            let pins = known.entry(server.to_owned()).or_default();
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
            changed
        })
    }

    /// From now on the tool is what it is now.
    pub(super) fn accept(&self, server: &str, tool: &Described) -> Result<(), McpError> {
        self.change(|known| {
            known.entry(server.to_owned()).or_default().insert(tool.raw.clone(), Pin::of(tool));
        })
    }

    /// Changes what the file holds now. Where there is none any more, what was known of it is kept.
    fn change<T>(&self, change: impl FnOnce(&mut Known) -> T) -> Result<T, McpError> {
        let mut known = self.known();
        // Where it cannot be locked, it mostly cannot be written either, and that is told.
        let _alone = jarvis_files::lock(&self.file)
            .inspect_err(|error| tracing::debug!(%error, "what is known of servers' tools is not locked"));
        let before = match read(&self.file)? {
            Some(held) => held,
            None => known.clone(),
        };
        let mut after = before.clone();
        let outcome = change(&mut after);
        if before != after {
            write(&self.file, &after)?;
        }
        *known = after;
        Ok(outcome)
    }

    /// The words that were accepted.
    pub(super) fn accepted(&self, server: &str, tool: &str) -> Option<String> {
        Some(self.known().get(server)?.get(tool)?.description.clone())
    }
}

/// What `file` holds; none where there is no such file.
fn read(file: &Path) -> Result<Option<Known>, McpError> {
    let unread = |reason: String| McpError::Pins { path: file.display().to_string(), reason };
    match fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|e| unread(e.to_string())),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(unread(e.to_string())),
    }
}

fn write(file: &Path, known: &Known) -> Result<(), McpError> {
    let written = jarvis_files::replace_with(file, |file| {
        serde_json::to_writer_pretty(&mut *file, known)?;
        file.write_all(b"\n")
    });
    written.map_err(|e| McpError::PinsNotKept { path: file.display().to_string(), reason: e.to_string() })
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
    fn only_what_is_accepted_changes_and_what_another_program_has_written_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pins.json");
        let open = || Pins::open(file.clone()).unwrap();
        let changed = BTreeSet::from(["t".to_owned()]);
        let (ours, theirs) = (open(), open());
        ours.see("s", &[tool("1")]).unwrap();
        theirs.see("other", &[tool("1")]).unwrap();
        ours.accept("s", &tool("2")).unwrap();
        assert_eq!(theirs.see("s", &[tool("1")]).unwrap(), changed, "accepted here, it is so there");
        assert_eq!(open().see("other", &[tool("2")]).unwrap(), changed, "seen there, it is known here");
        std::fs::remove_file(&file).unwrap();
        assert_eq!(ours.see("s", &[tool("3")]).unwrap(), changed, "what was known is not forgotten");
        std::fs::write(&file, "{").unwrap();
        assert!(ours.accept("s", &tool("3")).is_err(), "what cannot be read is not written over");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "{");
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
