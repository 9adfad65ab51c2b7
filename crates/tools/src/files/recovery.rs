//! After a power cut or a kill: whether a step that was begun was done, and nothing left half done.
//!
//! It is asked once, when the journal is opened, about each step of an act that has a beginning and no end. What was not finished is
//! finished, or taken back; what cannot be told apart is left alone.

use std::ffi::OsStr;
use std::io;

use super::copying;
use super::handle::{Kind, Spot, Stamp, look};
use super::step::{Part, Step, in_bin};
use super::trashcan::Bin;

/// What the step left, if it was done. `made` is what lay ready for it.
pub(super) fn settle(step: &Step, made: Option<Stamp>) -> io::Result<Option<Stamp>> {
    match step {
        Step::Move { from, to, what, part } => {
            let to_spot = Spot::open(to)?;
            let there = to_spot.folder.look(&to_spot.name)?;
            let Some(made) = made else {
                copying::discard(&to_spot.folder, OsStr::new(&part.coming()))?;
                return Ok(there.filter(|there| there.same(what)));
            };
            let from = Spot::open(from)?;
            let going = part.going();
            let going = OsStr::new(&going);
            if !there.is_some_and(|there| there.same(&made)) {
                copying::discard(&to_spot.folder, OsStr::new(&part.coming()))?;
                if from.folder.look(going)?.is_some() {
                    from.folder.rename(going, &from.folder, &from.name)?;
                }
                return Ok(None);
            }
            // The copy is whole at its place. The old one goes, as far as it still is what was copied.
            if from.folder.look(&from.name)?.is_some_and(|old| old.same(what))
                && from.folder.look(going)?.is_none()
            {
                from.folder.rename(&from.name, &from.folder, going)?;
            }
            copying::unlock(&from.folder, going);
            if !copying::remove_copied(&from.folder, going, to)? {
                from.folder.rename(going, &from.folder, &from.name)?;
            }
            from.folder.sync();
            Ok(there)
        }
        Step::Copy { to: path, part, .. } | Step::Write { path, part } => settle_new(path, part, made),
        Step::Change { path, what, part, .. } => {
            let at = Spot::open(path)?;
            let coming = part.coming();
            let coming = OsStr::new(&coming);
            let there = at.folder.look(&at.name)?;
            let done = made.is_some_and(|made| there.is_some_and(|there| there.same(&made)));
            let old = at.folder.look(coming)?;
            if done && old.is_some_and(|old| !old.untouched(what)) {
                // Another file was there than the one that was planned: it gets its place back.
                at.folder.exchange(coming, &at.name)?;
                copying::discard(&at.folder, coming)?;
                return Ok(None);
            }
            copying::discard(&at.folder, coming)?;
            Ok(there.filter(|_| done))
        }
        Step::MakeFolder { path } => Ok(look(path)?.filter(|there| there.kind == Kind::Folder)),
        Step::RemoveFolder { path, what } => Ok(look(path)?.is_none().then_some(*what)),
        Step::Trash { path, what, bin, name } => {
            let there = look(&in_bin(bin, name))?;
            if let Some(there) = there {
                return Ok(Some(there).filter(|there| there.same(what)));
            }
            // The note was written first; without a file it says nothing true. It is only ours when the file never left.
            if look(path)?.is_some_and(|old| old.same(what))
                && let Ok(bin) = Bin::open(bin)
            {
                bin.forget(name);
            }
            Ok(None)
        }
        Step::Restore { path, what, bin, name } => {
            let there = look(path)?.filter(|there| there.same(what));
            if there.is_some()
                && look(&in_bin(bin, name))?.is_none()
                && let Ok(bin) = Bin::open(bin)
            {
                bin.forget(name);
            }
            Ok(there)
        }
    }
}

fn settle_new(path: &std::path::Path, part: &Part, made: Option<Stamp>) -> io::Result<Option<Stamp>> {
    let to = Spot::open(path)?;
    let there = to.folder.look(&to.name)?;
    copying::discard(&to.folder, OsStr::new(&part.coming()))?;
    Ok(there.filter(|there| made.is_some_and(|made| there.same(&made))))
}
