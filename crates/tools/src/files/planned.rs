//! A change as it is planned: the steps with what they are done to, what a folder holds that weighs more than the folder itself, and
//! whether there is room.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use jarvis_guard::{Effect, Place};

use super::Files;
use super::copying::{self, Manifest};
use super::handle::{Folder, Kind, Spot, Stamp};
use super::naming::{shown, sized};
use super::step::{Step, in_bin};
use crate::tool::{Plan, ToolError};

/// So much stays free on a disk.
const SPARE: u64 = 1 << 20;

/// A step, and what it needs besides.
pub(super) struct Work {
    pub(super) step: Step,
    /// What a file is to hold.
    pub(super) content: Vec<u8>,
    /// What it holds now, where that is to be kept.
    pub(super) old: Option<Vec<u8>>,
}

impl Work {
    pub(super) fn of(step: Step) -> Self {
        Self { step, content: Vec::new(), old: None }
    }
}

/// See the module.
pub(super) struct Planned {
    pub(super) works: Vec<Work>,
    /// What lies in folders that are touched, where it weighs more than they do.
    within: Vec<Effect>,
    /// What would be done.
    pub(super) words: String,
    /// What is said once it is done.
    pub(super) answer: String,
    /// The act that this one takes back.
    pub(super) undoes: Option<u64>,
}

impl Planned {
    /// Looks at everything that the steps would touch.
    pub(super) fn new(
        files: &Files,
        works: Vec<Work>,
        words: String,
        answer: String,
    ) -> Result<Self, ToolError> {
        let mut planned = Self { works, within: Vec::new(), words, answer, undoes: None };
        let (mut within, mut bytes) = (Vec::new(), 0);
        for work in &planned.works {
            let trees = Trees::of(&work.step);
            for path in [trees.from, trees.to].into_iter().flatten() {
                if path.to_str().is_none() {
                    return Err(ToolError::failed(format!(
                        "{} has a name that is no readable text, and is left alone. Rename it in the file manager.",
                        shown(path)
                    )));
                }
            }
            let (Some(source), Some(what)) = (&trees.source, work.step.what()) else { continue };
            let found = surveyed(source, what)?;
            within.extend(weighty(files, &trees, &found));
            if let Some(to) = trees.to.filter(|_| trees.copies) {
                bytes += needed(to, what, &found, matches!(work.step, Step::Move { .. }), bytes)?;
            }
        }
        if !within.is_empty() {
            let paths: BTreeSet<String> = within.iter().filter_map(path_of).map(shown).collect();
            let paths: Vec<String> = paths.into_iter().collect();
            planned.words.push_str(&format!(" This touches {} as well.", paths.join(", ")));
        }
        if bytes > 100_000_000 {
            planned.words.push_str(&format!(" It is {} large.", sized(bytes)));
        }
        planned.within = within;
        Ok(planned)
    }

    /// Everything it would touch.
    pub(super) fn effects(&self) -> Vec<Effect> {
        self.works.iter().flat_map(|work| work.step.effects()).chain(self.within.iter().cloned()).collect()
    }

    /// What it would be done to.
    pub(super) fn things(&self) -> Vec<Stamp> {
        self.works.iter().filter_map(|work| work.step.what().copied()).collect()
    }

    /// As the guard is told.
    pub(super) fn plan(&self) -> Plan {
        Plan { effects: self.effects(), words: self.words.clone(), undoable: true }
    }
}

/// The trees that a step touches.
struct Trees<'a> {
    /// Where it lies now, in the trash or not.
    source: Option<PathBuf>,
    /// From which place it leaves or is read, outside the trash.
    from: Option<&'a Path>,
    leaves: bool,
    /// At which place it comes to be, outside the trash.
    to: Option<&'a Path>,
    /// Whether that can need room.
    copies: bool,
}

impl<'a> Trees<'a> {
    fn of(step: &'a Step) -> Self {
        let none = Self { source: None, from: None, leaves: false, to: None, copies: false };
        match step {
            Step::Move { from, to, .. } => Self {
                source: Some(from.clone()),
                from: Some(from),
                leaves: true,
                to: Some(to),
                copies: true,
            },
            Step::Copy { from, to, .. } => Self {
                source: Some(from.clone()),
                from: Some(from),
                leaves: false,
                to: Some(to),
                copies: true,
            },
            Step::Trash { path, .. } => {
                Self { source: Some(path.clone()), from: Some(path), leaves: true, ..none }
            }
            Step::Restore { path, bin, name, .. } => {
                Self { source: Some(in_bin(bin, name)), to: Some(path), ..none }
            }
            Step::Write { path, .. } | Step::MakeFolder { path } => Self { to: Some(path), ..none },
            Step::Change { path, .. } | Step::RemoveFolder { path, .. } => Self { from: Some(path), ..none },
        }
    }
}

fn surveyed(source: &Path, what: &Stamp) -> Result<Manifest, ToolError> {
    if what.kind != Kind::Folder {
        return Ok(Manifest::from([(PathBuf::new(), *what)]));
    }
    Spot::open(source).and_then(|spot| copying::survey(&spot.folder, &spot.name)).map_err(|e| {
        let reason = if e.kind() == std::io::ErrorKind::PermissionDenied {
            "you do not have the right to see all that is in it".into()
        } else {
            e.to_string()
        };
        ToolError::failed(format!("{} is left alone: {reason}.", shown(source)))
    })
}

/// One path for each kind of place that weighs more than the place of the tree itself: a folder is judged by what is in it.
fn weighty(files: &Files, trees: &Trees<'_>, found: &Manifest) -> Vec<Effect> {
    let mut effects = Vec::new();
    let mut add = |top: &Path, effect: fn(PathBuf) -> Effect| {
        let own = files.places.of(top);
        let mut known: BTreeSet<Place> = BTreeSet::new();
        for at in found.keys().filter(|at| !at.as_os_str().is_empty()) {
            let path = top.join(at);
            let place = files.places.of(&path);
            if place > own && known.insert(place) {
                effects.push(effect(path));
            }
        }
    };
    if let Some(from) = trees.from {
        if trees.leaves {
            add(from, |path| Effect::Leave { path });
        } else {
            add(from, |path| Effect::Read { path });
        }
    }
    if let Some(to) = trees.to {
        add(to, |path| Effect::Create { path });
    }
    effects
}

fn path_of(effect: &Effect) -> Option<&Path> {
    match effect {
        Effect::Leave { path } | Effect::Read { path } | Effect::Create { path } => Some(path),
        _ => None,
    }
}

/// Bytes that a copy needs, if there is room for them besides `others`.
fn needed(to: &Path, what: &Stamp, found: &Manifest, moves: bool, others: u64) -> Result<u64, ToolError> {
    let Some(Ok(folder)) = to.parent().map(Folder::open) else { return Ok(0) };
    let same_disk = folder.own_stamp().is_ok_and(|own| own.same_disk(what));
    if moves && same_disk {
        return Ok(0);
    }
    let bytes = copying::bytes(found);
    let free = folder.room().unwrap_or(u64::MAX);
    if bytes.saturating_add(others).saturating_add(SPARE) > free {
        return Err(ToolError::failed(format!(
            "There is not enough room for {}: {} are needed, and {} are free. Free some space first.",
            shown(to.file_name().map_or_else(|| to, |name: &OsStr| Path::new(name))),
            sized(bytes.saturating_add(others)),
            sized(free)
        )));
    }
    Ok(bytes)
}
