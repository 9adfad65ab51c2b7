//! The doing of a step: by handles, in one moment or not at all, and never over something that is there.
//!
//! [`super::Files`] calls it once what is about to be done stands in the journal. What fails here has left everything as it was,
//! or says what it could not put back.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use rustix::fs::Mode;
use rustix::io::Errno;

use super::copying;
use super::handle::{Folder, Kind, Spot, Stamp, dress};
use super::naming::shown;
use super::step::{Part, Step};
use super::trashcan::Bin;
use crate::tool::ToolError;

/// What is told to the journal midway: what lies ready beside its place.
pub(super) type Ready<'a> = dyn FnMut(Stamp) -> io::Result<()> + 'a;

/// Does a step. `content` is what a file is to hold, for those that write. Returns what now lies at [`Step::result`].
pub(super) fn perform(
    step: &Step,
    content: &[u8],
    stop: &AtomicBool,
    ready: &mut Ready<'_>,
) -> Result<Stamp, ToolError> {
    match step {
        Step::Move { from, to, what, part } => {
            moved(from, to, what, part, stop, ready).map_err(|e| told("moved", from, to, &e))
        }
        Step::Copy { from, to, what, part } => {
            copied(from, to, what, part, stop, ready).map_err(|e| told("copied", from, to, &e))
        }
        Step::Write { path, part } => {
            written(path, part, content, ready).map_err(|e| told("written", path, path, &e))
        }
        Step::Change { path, what, part, .. } => {
            changed(path, what, part, content, ready).map_err(|e| told("changed", path, path, &e))
        }
        Step::MakeFolder { path } => made(path).map_err(|e| told("made", path, path, &e)),
        Step::RemoveFolder { path, what } => removed(path, what).map_err(|e| told("removed", path, path, &e)),
        Step::Trash { path, what, bin, name } => {
            trashed(path, what, bin, name).map_err(|e| told("put into the trash", path, path, &e))
        }
        Step::Restore { path, what, bin, name } => {
            restored(path, what, bin, name).map_err(|e| told("taken out of the trash", path, path, &e))
        }
    }
}

/// What a person is told when something cannot be done to a file.
pub(super) fn told(done: &str, path: &Path, to: &Path, error: &io::Error) -> ToolError {
    let (path, to) = (shown(path), shown(to));
    ToolError::failed(match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOENT) => {
            format!("{path} could not be {done}: it, or a folder on the way, is not there.")
        }
        Some(Errno::ACCESS | Errno::PERM) => {
            format!("{path} could not be {done}: you do not have the right to.")
        }
        Some(Errno::ROFS) => format!("{path} could not be {done}: that disk is read-only."),
        Some(Errno::NOSPC | Errno::DQUOT) => {
            format!("{path} could not be {done}: the disk is full. Free some space and try again.")
        }
        Some(Errno::EXIST | Errno::NOTEMPTY) => {
            format!(
                "{path} could not be {done}: {to} is there already, and nothing is overwritten. Choose another name."
            )
        }
        Some(Errno::LOOP | Errno::NOTDIR) => {
            format!("{path} could not be {done}: a link now stands on the way that was not there before.")
        }
        Some(Errno::NAMETOOLONG) => format!("{path} could not be {done}: the name is too long."),
        Some(Errno::BUSY) => format!("{path} could not be {done}: the system is using it."),
        Some(Errno::INVAL) => format!("{path} could not be {done}: that disk cannot do it safely."),
        Some(Errno::XDEV) => format!("{path} could not be {done}: it lies on another disk."),
        _ => format!("{path} could not be {done}: {error}."),
    })
}

fn expected(spot: &Spot, what: &Stamp) -> io::Result<()> {
    if spot.stamp()?.identical(what) { Ok(()) } else { Err(swapped()) }
}

fn swapped() -> io::Error {
    io::Error::other("it is no longer what it was when this was planned")
}

/// Renames, and takes it back when something else was renamed than what was planned.
fn renamed(from: &Spot, to: &Folder, new: &OsStr, what: &Stamp) -> io::Result<Stamp> {
    expected(from, what)?;
    from.folder.rename(&from.name, to, new)?;
    let there = to.stamp(new)?;
    if !there.identical(what) {
        to.rename(new, &from.folder, &from.name)?;
        return Err(swapped());
    }
    to.sync();
    from.folder.sync();
    Ok(there)
}

fn moved(
    from: &Path,
    to: &Path,
    what: &Stamp,
    part: &Part,
    stop: &AtomicBool,
    ready: &mut Ready<'_>,
) -> io::Result<Stamp> {
    let (from, to) = (Spot::open(from)?, Spot::open(to)?);
    match renamed(&from, &to.folder, &to.name, what) {
        Err(e) if e.raw_os_error() == Some(Errno::XDEV.raw_os_error()) => {}
        ended => return ended,
    }
    let (coming, going) = (part.coming(), part.going());
    let (coming, going) = (OsStr::new(&coming), OsStr::new(&going));
    let manifest = copying::copy(&from, &to.folder, coming, stop).and_then(|manifest| {
        if !manifest.get(Path::new("")).is_some_and(|top| top.identical(what)) {
            return Err(swapped());
        }
        ready(to.folder.stamp(coming)?)?;
        to.folder.rename(coming, &to.folder, &to.name)?;
        to.folder.sync();
        Ok(manifest)
    });
    let manifest = match manifest {
        Ok(manifest) => manifest,
        Err(e) => {
            copying::discard(&to.folder, coming)?;
            return Err(e);
        }
    };
    // The old one gets a name that nobody else uses, is looked at once more, and only then goes.
    let parted = from.folder.rename(&from.name, &from.folder, going).and_then(|()| {
        let now = copying::survey(&from.folder, going);
        if now.is_ok_and(|now| copying::matches(&manifest, &now)) {
            return Ok(());
        }
        from.folder.rename(going, &from.folder, &from.name)?;
        Err(io::Error::other("it changed while it was moved, and stays where it was"))
    });
    if let Err(e) = parted {
        to.folder.rename(&to.name, &to.folder, coming)?;
        copying::discard(&to.folder, coming)?;
        return Err(e);
    }
    copying::unlock(&from.folder, going);
    let may = |at: &Path, stamp: &Stamp| manifest.get(at).is_some_and(|known| known.untouched(stamp));
    let gone = copying::remove(&from.folder, going, &may);
    if !matches!(gone, Ok(true)) {
        // It is whole at its new place. What cannot be removed at the old one is not hidden either.
        let _ = from.folder.rename(going, &from.folder, &from.name);
        tracing::warn!("something that was moved to another disk could not be removed at its old place");
    }
    from.folder.sync();
    to.stamp()
}

fn copied(
    from: &Path,
    to: &Path,
    what: &Stamp,
    part: &Part,
    stop: &AtomicBool,
    ready: &mut Ready<'_>,
) -> io::Result<Stamp> {
    let (from, to) = (Spot::open(from)?, Spot::open(to)?);
    expected(&from, what)?;
    let coming = part.coming();
    let coming = OsStr::new(&coming);
    let manifest = copying::copy(&from, &to.folder, coming, stop);
    let same = manifest.and_then(|manifest| match manifest.get(Path::new("")) {
        Some(top) if top.identical(what) => Ok(()),
        _ => Err(swapped()),
    });
    settled(&to, coming, same, ready)
}

fn written(path: &Path, part: &Part, content: &[u8], ready: &mut Ready<'_>) -> io::Result<Stamp> {
    let to = Spot::open(path)?;
    let coming = part.coming();
    let coming = OsStr::new(&coming);
    let mode = Mode::RUSR | Mode::WUSR | Mode::RGRP | Mode::WGRP | Mode::ROTH | Mode::WOTH;
    let filled = filled(&to.folder, coming, mode, content).map(|_| ());
    settled(&to, coming, filled, ready)
}

/// Gives what lies ready its name; takes it away when it did not come to be whole, or the name is taken.
fn settled(to: &Spot, coming: &OsStr, whole: io::Result<()>, ready: &mut Ready<'_>) -> io::Result<Stamp> {
    let settled = whole.and_then(|()| {
        ready(to.folder.stamp(coming)?)?;
        to.folder.rename(coming, &to.folder, &to.name)
    });
    if let Err(e) = settled {
        copying::discard(&to.folder, coming)?;
        return Err(e);
    }
    to.folder.sync();
    to.stamp()
}

fn filled(folder: &Folder, name: &OsStr, mode: Mode, content: &[u8]) -> io::Result<std::fs::File> {
    let mut file = folder.create(name, mode)?;
    file.write_all(content)?;
    file.sync_all()?;
    Ok(file)
}

fn changed(
    path: &Path,
    what: &Stamp,
    part: &Part,
    content: &[u8],
    ready: &mut Ready<'_>,
) -> io::Result<Stamp> {
    let to = Spot::open(path)?;
    if !to.stamp()?.untouched(what) {
        return Err(swapped());
    }
    let coming = part.coming();
    let coming = OsStr::new(&coming);
    let prepared = || -> io::Result<()> {
        let file = filled(&to.folder, coming, Mode::RUSR | Mode::WUSR, content)?;
        let new = to.folder.stamp(coming)?;
        dress(&file, &Stamp { mode: what.mode, ..new })?;
        file.sync_all()?;
        ready(to.folder.stamp(coming)?)?;
        Ok(())
    };
    let exchanged = prepared().and_then(|()| match to.folder.exchange(coming, &to.name) {
        // Now the old file has the other name, and is looked at where nobody can reach for it.
        Ok(()) if to.folder.stamp(coming)?.untouched(what) => Ok(()),
        Ok(()) => {
            to.folder.exchange(coming, &to.name)?;
            Err(swapped())
        }
        Err(e) if e.raw_os_error() == Some(Errno::INVAL.raw_os_error()) => {
            if !to.stamp()?.untouched(what) {
                return Err(swapped());
            }
            to.folder.replace(coming, &to.name)
        }
        Err(e) => Err(e),
    });
    // Either the old file, of which the journal keeps the content, or the new one that did not come to its place.
    copying::discard(&to.folder, coming)?;
    exchanged?;
    to.stamp()
}

fn made(path: &Path) -> io::Result<Stamp> {
    let to = Spot::open(path)?;
    to.folder.make_folder(&to.name, Mode::from_bits_truncate(0o777))?;
    to.folder.sync();
    to.stamp()
}

fn removed(path: &Path, what: &Stamp) -> io::Result<Stamp> {
    let at = Spot::open(path)?;
    expected(&at, what)?;
    at.folder.remove_folder(&at.name)?;
    at.folder.sync();
    Ok(*what)
}

fn trashed(path: &Path, what: &Stamp, bin: &Path, name: &str) -> io::Result<Stamp> {
    let from = Spot::open(path)?;
    if what.kind == Kind::Special {
        return Err(io::Error::other("it is a device, a pipe or a socket"));
    }
    expected(&from, what)?;
    let open = Bin::make(bin)?;
    open.note(name, bin, path)?;
    let gone = renamed(&from, &open.files, OsStr::new(name), what);
    if gone.is_err() {
        open.forget(name);
    }
    gone
}

fn restored(path: &Path, what: &Stamp, bin: &Path, name: &str) -> io::Result<Stamp> {
    let (open, to) = (Bin::open(bin)?, Spot::open(path)?);
    let from = Spot { folder: open.files, name: name.into() };
    let there = renamed(&from, &to.folder, &to.name, what)?;
    Bin::open(bin)?.forget(name);
    Ok(there)
}
