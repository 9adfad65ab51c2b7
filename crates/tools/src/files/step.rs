//! The steps that every change is made of, what each touches, and which step takes it back.
//!
//! A step is plain data: it stands in the undo journal. `doing` does it, `recovery` finds out whether it was done.

use std::path::{Path, PathBuf};

use jarvis_guard::Effect;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::handle::Stamp;

/// One thing that is done to one file or folder. Paths are absolute and lead through no links.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(super) enum Step {
    /// From one name to another; to another disk by way of a copy called `part`.
    Move { from: PathBuf, to: PathBuf, what: Stamp, part: Part },
    /// A second one of the same.
    Copy { from: PathBuf, to: PathBuf, what: Stamp, part: Part },
    /// A new file with text in it.
    Write { path: PathBuf, part: Part },
    /// Another content in a file that is there; what it held before is kept.
    Change { path: PathBuf, what: Stamp, kept: String, part: Part },
    /// A new folder.
    MakeFolder { path: PathBuf },
    /// A folder goes that is empty.
    RemoveFolder { path: PathBuf, what: Stamp },
    /// Into the trash folder `bin`, under `name` there.
    Trash { path: PathBuf, what: Stamp, bin: PathBuf, name: String },
    /// Out of it again.
    Restore { path: PathBuf, what: Stamp, bin: PathBuf, name: String },
}

/// What is made beside its place until it is whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Part(Uuid);

impl Part {
    pub(super) fn new() -> Self {
        Self(Uuid::new_v4())
    }

    /// The name of what comes.
    pub(super) fn coming(&self) -> String {
        format!(".jarvis-{}.part", self.0)
    }

    /// The name of what goes.
    pub(super) fn going(&self) -> String {
        format!(".jarvis-{}.gone", self.0)
    }
}

impl Step {
    /// What it touches, as the guard judges it.
    pub(super) fn effects(&self) -> Vec<Effect> {
        match self {
            Self::Move { from, to, .. } => {
                vec![Effect::Leave { path: from.clone() }, Effect::Create { path: to.clone() }]
            }
            Self::Copy { from, to, .. } => {
                vec![Effect::Read { path: from.clone() }, Effect::Create { path: to.clone() }]
            }
            Self::Write { path, .. } | Self::MakeFolder { path } | Self::Restore { path, .. } => {
                vec![Effect::Create { path: path.clone() }]
            }
            Self::Change { path, .. } => vec![Effect::Change { path: path.clone() }],
            Self::RemoveFolder { path, .. } | Self::Trash { path, .. } => {
                vec![Effect::Leave { path: path.clone() }]
            }
        }
    }

    /// What it is done to, as it was planned.
    pub(super) fn what(&self) -> Option<&Stamp> {
        match self {
            Self::Move { what, .. }
            | Self::Copy { what, .. }
            | Self::Change { what, .. }
            | Self::RemoveFolder { what, .. }
            | Self::Trash { what, .. }
            | Self::Restore { what, .. } => Some(what),
            Self::Write { .. } | Self::MakeFolder { .. } => None,
        }
    }

    /// Where what it leaves lies.
    pub(super) fn result(&self) -> PathBuf {
        match self {
            Self::Move { to, .. } | Self::Copy { to, .. } => to.clone(),
            Self::Write { path, .. }
            | Self::Change { path, .. }
            | Self::MakeFolder { path }
            | Self::RemoveFolder { path, .. }
            | Self::Restore { path, .. } => path.clone(),
            Self::Trash { bin, name, .. } => in_bin(bin, name),
        }
    }

    /// The name under which the journal keeps what a file held before.
    pub(super) fn kept(&self) -> Option<&str> {
        match self {
            Self::Change { kept, .. } => Some(kept),
            _ => None,
        }
    }
}

/// Where something in the trash lies.
pub(super) fn in_bin(bin: &Path, name: &str) -> PathBuf {
    bin.join("files").join(name)
}
