//! Whole trees: surveyed before, copied under a name of their own, and removed only as far as they are known to be elsewhere.
//!
//! Nothing here follows a link, opens a device or replaces anything. The doing of a copy or of a move to another disk calls it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::Mode;

use super::handle::{Folder, Kind, Spot, Stamp, dress, look};

/// A tree with more in it is for a file manager.
pub(super) const MOST_THINGS: usize = 100_000;
/// Deeper trees are not walked: each level is held open.
const DEEPEST: usize = 200;
const PIECE: usize = 1 << 20;

/// Everything in a tree by its path in there; the tree itself is the empty path.
pub(super) type Manifest = BTreeMap<PathBuf, Stamp>;

fn other(reason: &str) -> io::Error {
    io::Error::other(reason.to_owned())
}

/// What lies in a tree. Refuses what cannot be moved or copied as a whole: devices, other disks, too much.
pub(super) fn survey(folder: &Folder, name: &OsStr) -> io::Result<Manifest> {
    let top = folder.stamp(name)?;
    let mut found = Manifest::new();
    walk(folder, name, Path::new(""), &top, 0, &mut found)?;
    Ok(found)
}

fn walk(
    folder: &Folder,
    name: &OsStr,
    at: &Path,
    top: &Stamp,
    depth: usize,
    found: &mut Manifest,
) -> io::Result<()> {
    let stamp = folder.stamp(name)?;
    if stamp.kind == Kind::Special {
        return Err(other("a device, a pipe or a socket is in it"));
    }
    if !stamp.same_disk(top) {
        return Err(other("another disk begins in it"));
    }
    if found.len() >= MOST_THINGS || depth > DEEPEST {
        return Err(other("there is too much in it; use the file manager"));
    }
    found.insert(at.to_owned(), stamp);
    if stamp.kind == Kind::Folder {
        let child = folder.child(name)?;
        for name in child.names()? {
            walk(&child, &name, &at.join(&name), top, depth + 1, found)?;
        }
    }
    Ok(())
}

/// Bytes of all files in it.
pub(super) fn bytes(found: &Manifest) -> u64 {
    found.values().filter(|stamp| stamp.kind == Kind::File).map(|stamp| stamp.size).sum()
}

/// Copies what lies at `from` to a new name, and has the disk keep it. Returns what was copied, as it was.
/// What was begun stays for the caller to remove.
pub(super) fn copy(from: &Spot, to: &Folder, new: &OsStr, stop: &AtomicBool) -> io::Result<Manifest> {
    let before = survey(&from.folder, &from.name)?;
    let mut copied = Manifest::new();
    copy_one(&from.folder, &from.name, to, new, Path::new(""), &mut copied, stop)?;
    // What came, went or changed meanwhile would be lost or half there.
    let unchanged = before.len() == copied.len()
        && before.iter().zip(&copied).all(|((a, x), (b, y))| a == b && x.untouched(y));
    if !unchanged || !matches(&copied, &survey(&from.folder, &from.name)?) {
        return Err(other("it changed while it was copied; try again"));
    }
    to.sync();
    Ok(copied)
}

/// Whether two surveys are of the same things, untouched.
pub(super) fn matches(one: &Manifest, other: &Manifest) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|((a, x), (b, y))| a == b && x.untouched(y))
}

fn copy_one(
    from: &Folder,
    name: &OsStr,
    to: &Folder,
    new: &OsStr,
    at: &Path,
    copied: &mut Manifest,
    stop: &AtomicBool,
) -> io::Result<()> {
    if stop.load(Ordering::Relaxed) {
        return Err(other("it was stopped"));
    }
    let stamp = from.stamp(name)?;
    match stamp.kind {
        Kind::File => {
            let (mut source, opened) = from.read(name)?;
            if !opened.identical(&stamp) {
                return Err(other("it changed while it was copied; try again"));
            }
            let mut target = to.create(new, Mode::RUSR | Mode::WUSR)?;
            pour(&mut source, &mut target, stop)?;
            dress(&target, &stamp)?;
            target.sync_all()?;
        }
        Kind::Link => {
            to.make_link(new, &from.link_target(name)?)?;
            // Some disks keep no time for links.
            let _ = to.dress_link(new, &stamp);
        }
        Kind::Folder => {
            to.make_folder(new, Mode::RWXU)?;
            let (source, target) = (from.child(name)?, to.child(new)?);
            for name in source.names()? {
                copy_one(&source, &name, &target, &name, &at.join(&name), copied, stop)?;
            }
            target.dress(&stamp)?;
            target.sync();
        }
        Kind::Special => return Err(other("a device, a pipe or a socket is in it")),
    }
    copied.insert(at.to_owned(), stamp);
    Ok(())
}

fn pour(source: &mut impl Read, target: &mut impl Write, stop: &AtomicBool) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(other("it was stopped"));
        }
        match source.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(n) => target.write_all(&piece[..n])?,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// Removes a tree as far as `may` says of each file and link that it may go; folders go when they are empty then.
/// Returns whether all of it is gone.
pub(super) fn remove(folder: &Folder, name: &OsStr, may: &dyn Fn(&Path, &Stamp) -> bool) -> io::Result<bool> {
    remove_one(folder, name, Path::new(""), may)
}

fn remove_one(
    folder: &Folder,
    name: &OsStr,
    at: &Path,
    may: &dyn Fn(&Path, &Stamp) -> bool,
) -> io::Result<bool> {
    let Some(stamp) = folder.look(name)? else { return Ok(true) };
    if stamp.kind != Kind::Folder {
        return if may(at, &stamp) { folder.remove(name).map(|()| true) } else { Ok(false) };
    }
    let child = folder.child(name)?;
    let mut gone = true;
    for name in child.names()? {
        gone &= remove_one(&child, &name, &at.join(&name), may)?;
    }
    if gone {
        folder.remove_folder(name)?;
    }
    Ok(gone)
}

/// Removes something unfinished of one's own, if it is there.
pub(super) fn discard(folder: &Folder, name: &OsStr) -> io::Result<()> {
    unlock(folder, name);
    remove(folder, name, &|_, _| true)?;
    folder.sync();
    Ok(())
}

/// Lets its owner remove what is in a tree that forbids it.
pub(super) fn unlock(folder: &Folder, name: &OsStr) {
    let Ok(Some(stamp)) = folder.look(name) else { return };
    if stamp.kind == Kind::Folder
        && let Ok(child) = folder.child(name)
    {
        let _ = child.dress(&Stamp { mode: 0o700, ..stamp });
        for name in child.names().unwrap_or_default() {
            unlock(&child, &name);
        }
    }
}

/// Removes of a tree what is just so at `copy` as well: the same path in it, kind, size, and time. What is not, stays.
/// Returns whether all of it is gone.
pub(super) fn remove_copied(folder: &Folder, name: &OsStr, copy: &Path) -> io::Result<bool> {
    let may = |at: &Path, stamp: &Stamp| {
        let there = if at.as_os_str().is_empty() { copy.to_owned() } else { copy.join(at) };
        // Some disks keep time in steps of two seconds.
        look(&there).ok().flatten().is_some_and(|twin| {
            let near = (twin.changed.0 - stamp.changed.0).abs() <= 2;
            (twin.kind, twin.size) == (stamp.kind, stamp.size) && (near || stamp.kind == Kind::Link)
        })
    };
    remove(folder, name, &may)
}
