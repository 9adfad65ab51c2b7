//! What a person has allowed for always: bound to a tool and to what its arguments touch, listed, and revoked.
//!
//! A grant covers the like of what was asked about and no more: the same folder and not those below it, the same host, the same
//! window, the very same command line. It is never given for anything critical, nor by a turn that has read a stranger's text.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jarvis_files::Stamp;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::act::{Act, Effect, Risk};
use crate::circumstances::Origin;

/// One thing that is allowed for always.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Grant {
    /// By which it is revoked.
    pub id: Uuid,
    /// For which tool.
    pub tool: String,
    /// On whose wish.
    pub origin: Origin,
    /// Up to which risk.
    pub risk: Risk,
    /// What it covers, each effect as [`cover`] makes it.
    pub covers: Vec<String>,
    /// The same in one plain sentence.
    pub words: String,
    /// Since when, RFC 3339.
    pub since: String,
}

/// Why grants cannot be read or kept.
#[derive(Debug, thiserror::Error)]
#[error("what is allowed for always cannot be {what} ({reason})")]
pub struct GrantError {
    what: &'static str,
    reason: String,
}

/// All of them, in a file. What stands there holds, whichever Jarvis has written it.
#[derive(Debug)]
pub struct Grants {
    file: Option<PathBuf>,
    read: Mutex<Read>,
}

/// The file as it was read.
#[derive(Debug, Default)]
struct Read {
    list: Vec<Grant>,
    stamp: Stamp,
}

impl Read {
    fn of(file: &Path) -> (Self, Option<GrantError>) {
        let stamp = Stamp::of(file);
        let read = match std::fs::read_to_string(file) {
            Ok(text) => {
                serde_json::from_str(&text).map_err(|e| GrantError { what: "read", reason: e.to_string() })
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(e) => Err(GrantError { what: "read", reason: e.to_string() }),
        };
        let (list, problem) = match read {
            Ok(list) => (list, None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        (Self { list, stamp }, problem)
    }
}

impl Grants {
    /// Those in `file`. One that cannot be read grants nothing, and says so.
    pub fn open(file: &Path) -> (Self, Option<GrantError>) {
        let (read, problem) = Read::of(file);
        (Self { file: Some(file.to_owned()), read: Mutex::new(read) }, problem)
    }

    /// None, kept nowhere.
    pub fn none() -> Self {
        Self { file: None, read: Mutex::default() }
    }

    /// All of them, the oldest first.
    pub fn list(&self) -> Vec<Grant> {
        self.current().list.clone()
    }

    /// Whether the like of this effect was allowed.
    pub fn allow(&self, act: &Act, effect: &Effect, origin: Origin, risk: Risk) -> bool {
        self.current().list.iter().any(|grant| {
            grant.tool == act.tool
                && grant.origin == origin
                && risk <= grant.risk
                && grant.covers.contains(&cover(effect))
        })
    }

    /// Allows the like of `act` from now on.
    pub fn add(&self, act: &Act, origin: Origin, risk: Risk, now: Timestamp) -> Result<Grant, GrantError> {
        let grant = Grant {
            id: Uuid::now_v7(),
            tool: act.tool.clone(),
            origin,
            risk,
            covers: act.effects.iter().map(cover).collect(),
            words: words(act),
            since: now.to_string(),
        };
        let mut now = self.current();
        now.list.push(grant.clone());
        self.keep(&mut now).inspect_err(|_| {
            now.list.pop();
        })?;
        Ok(grant)
    }

    /// Takes one back. Says which; none when there is no such.
    pub fn revoke(&self, id: Uuid) -> Result<Option<Grant>, GrantError> {
        let mut now = self.current();
        let Some(at) = now.list.iter().position(|grant| grant.id == id) else { return Ok(None) };
        let gone = now.list.remove(at);
        // What cannot be written down is taken back all the same, as long as this program runs.
        self.keep(&mut now)?;
        Ok(Some(gone))
    }

    fn keep(&self, now: &mut Read) -> Result<(), GrantError> {
        let Some(file) = &self.file else { return Ok(()) };
        let kept = jarvis_files::replace_with(file, |file| {
            serde_json::to_writer_pretty(&mut *file, &now.list)?;
            file.write_all(b"\n")
        });
        kept.map_err(|e| GrantError { what: "kept", reason: e.to_string() })?;
        now.stamp = Stamp::of(file);
        Ok(())
    }

    /// What is allowed now: read anew where the file is another than before.
    fn current(&self) -> MutexGuard<'_, Read> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = self.file.as_ref().filter(|file| Stamp::of(file) != read.stamp) {
            let (now, problem) = Read::of(file);
            if let Some(problem) = problem {
                tracing::warn!(%problem, "nothing is allowed for always");
            }
            *read = now;
        }
        read
    }
}

/// What of an effect a grant is bound to.
fn cover(effect: &Effect) -> String {
    let name = effect.name();
    match effect {
        Effect::Read { path }
        | Effect::Create { path }
        | Effect::Change { path }
        | Effect::Leave { path } => {
            format!("{name} in {}", folder(path).display())
        }
        Effect::Run { command, folder, network } => {
            let folder = folder.as_deref().map(|f| f.display().to_string()).unwrap_or_default();
            format!("{name} {:?} in {folder:?} network {network}", command.text)
        }
        Effect::Launch { app } => format!("{name} {app}"),
        Effect::End { process, own, force } => format!("{name} {process} own {own} force {force}"),
        Effect::Send { host, data } => format!("{name} to {host} data {data}"),
        Effect::Input { window, kind } => format!("{name} {kind:?} into {window}"),
        Effect::Window { title, close } => format!("{name} {title} close {close}"),
        Effect::Foreign { server, .. } => format!("{name} {server}"),
        Effect::Look | Effect::See | Effect::Adjust | Effect::ReadClipboard | Effect::WriteClipboard => {
            name.into()
        }
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

/// What a grant for `act` would allow, one plain sentence.
pub fn words(act: &Act) -> String {
    let parts: Vec<String> = act.effects.iter().map(cover).collect();
    format!("{}: {}", act.tool, parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(from: &str, to: &str) -> Act {
        let effects = vec![Effect::Leave { path: from.into() }, Effect::Create { path: to.into() }];
        Act { tool: "move_file".into(), effects, words: String::new(), undoable: true }
    }

    fn covered(grants: &Grants, act: &Act, origin: Origin, risk: Risk) -> bool {
        act.effects.iter().all(|effect| grants.allow(act, effect, origin, risk))
    }

    #[test]
    fn a_grant_covers_the_like_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("always.json");
        let (grants, problem) = Grants::open(&file);
        assert!(problem.is_none());
        let act = moved("/home/ada/a/x", "/home/ada/b/x");
        let grant = grants.add(&act, Origin::Model, Risk::Medium, Timestamp::UNIX_EPOCH).unwrap();
        // Another program at the same file sees it.
        let (grants, _) = Grants::open(&file);
        for (from, to, origin, risk, expected) in [
            ("/home/ada/a/y", "/home/ada/b/z", Origin::Model, Risk::Medium, true),
            ("/home/ada/a/deep/y", "/home/ada/b/z", Origin::Model, Risk::Medium, false),
            ("/home/ada/y", "/home/ada/b/z", Origin::Model, Risk::Medium, false),
            ("/home/ada/a/y", "/home/ada/c/z", Origin::Model, Risk::Medium, false),
            ("/home/ada/a/y", "/home/ada/b/z", Origin::Program, Risk::Medium, false),
            ("/home/ada/a/y", "/home/ada/b/z", Origin::Model, Risk::High, false),
        ] {
            assert_eq!(
                covered(&grants, &moved(from, to), origin, risk),
                expected,
                "{from} {to} {origin:?} {risk:?}"
            );
        }
        assert_eq!(grants.revoke(grant.id).unwrap().map(|g| g.id), Some(grant.id));
        assert!(!covered(&grants, &act, Origin::Model, Risk::Low));
        assert!(grants.revoke(grant.id).unwrap().is_none());
    }

    #[test]
    fn what_one_program_allows_or_takes_back_holds_for_the_other_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("always.json");
        let ((one, _), (other, _)) = (Grants::open(&file), Grants::open(&file));
        let (act, now) = (moved("/home/ada/a/x", "/home/ada/b/x"), Timestamp::UNIX_EPOCH);
        let grant = one.add(&act, Origin::Model, Risk::Medium, now).unwrap();
        assert!(covered(&other, &act, Origin::Model, Risk::Medium));
        other.revoke(grant.id).unwrap().unwrap();
        assert!(!covered(&one, &act, Origin::Model, Risk::Medium));
        // And it does not come back with the next one.
        one.add(&moved("/home/ada/c/x", "/home/ada/d/x"), Origin::Model, Risk::Medium, now).unwrap();
        assert!(!covered(&other, &act, Origin::Model, Risk::Medium));
        assert_eq!(other.list().len(), 1);
    }

    #[test]
    fn a_damaged_file_grants_nothing_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("always.json");
        std::fs::write(&file, "[{\"tool\": 1}]").unwrap();
        let (grants, problem) = Grants::open(&file);
        assert!(problem.is_some() && grants.list().is_empty());
    }
}
