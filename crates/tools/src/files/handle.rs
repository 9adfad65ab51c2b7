//! Folders held open, and what lies in them: whatever is done to a file is done by its name in a folder that is held.
//!
//! A path is walked once, through no link, and from then on nobody can put another folder in its place. Nothing here decides,
//! asks or records anything.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path};

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode, OFlags, RenameFlags, ResolveFlags, StatxFlags, Timespec, Timestamps,
    UTIME_OMIT,
};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

/// What kind of thing lies somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    /// A device, a pipe, a socket.
    Special,
}

/// By what a thing is known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    pub(super) kind: Kind,
    pub(super) dev: (u32, u32),
    pub(super) ino: u64,
    /// When it came to be, where the disk knows: numbers of things that are gone are given anew.
    pub(super) born: Option<(i64, u32)>,
    pub(super) size: u64,
    /// When its content changed last: seconds and nanoseconds since 1970.
    pub(super) changed: (i64, u32),
    pub(super) mode: u16,
    pub(super) links: u32,
    pub(super) owner: u32,
}

impl Stamp {
    /// Whether it is the same thing, whatever it holds by now. The number of the disk is another after each start of the machine.
    pub(super) fn same(&self, other: &Self) -> bool {
        (self.kind, self.ino, self.born) == (other.kind, other.ino, other.born)
    }

    /// Whether it is the same thing on the same disk: for what lies moments apart.
    pub(super) fn identical(&self, other: &Self) -> bool {
        self.same(other) && self.dev == other.dev
    }

    /// Whether it is the same thing, and holds what it held.
    pub(super) fn untouched(&self, other: &Self) -> bool {
        self.same(other) && (self.size, self.changed) == (other.size, other.changed)
    }

    /// Whether both are on one disk.
    pub(super) fn same_disk(&self, other: &Self) -> bool {
        self.dev == other.dev
    }
}

fn stamp_at(folder: impl AsFd, name: &OsStr, flags: AtFlags) -> io::Result<Stamp> {
    let found = rustix::fs::statx(folder, name, flags, StatxFlags::BASIC_STATS | StatxFlags::BTIME)?;
    let knows_birth = StatxFlags::from_bits_retain(found.stx_mask).contains(StatxFlags::BTIME);
    Ok(Stamp {
        kind: match FileType::from_raw_mode(u32::from(found.stx_mode)) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Link,
            _ => Kind::Special,
        },
        dev: (found.stx_dev_major, found.stx_dev_minor),
        ino: found.stx_ino,
        born: knows_birth.then_some((found.stx_btime.tv_sec, found.stx_btime.tv_nsec)),
        size: found.stx_size,
        changed: (found.stx_mtime.tv_sec, found.stx_mtime.tv_nsec),
        mode: found.stx_mode & 0o7777,
        links: found.stx_nlink,
        owner: found.stx_uid,
    })
}

/// A folder held open.
pub(super) struct Folder(OwnedFd);

const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

impl Folder {
    /// Opens the folder at an absolute path. A link anywhere on the way is an error ([`Errno::LOOP`] or [`Errno::NOTDIR`]).
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        match rustix::fs::openat2(CWD, path, FOLDER, Mode::empty(), ResolveFlags::NO_SYMLINKS) {
            Ok(held) => Ok(Self(held)),
            // Kernels before 5.6 do not know it, and some sandboxes do not let it through.
            Err(Errno::NOSYS | Errno::PERM) => Self::open_by_steps(path),
            Err(e) => Err(e.into()),
        }
    }

    fn open_by_steps(path: &Path) -> io::Result<Self> {
        let mut held = Self(rustix::fs::openat(CWD, "/", FOLDER, Mode::empty())?);
        for component in path.components() {
            match component {
                Component::RootDir => {}
                Component::Normal(name) => held = held.child(name)?,
                Component::CurDir | Component::ParentDir | Component::Prefix(_) => {
                    return Err(Errno::INVAL.into());
                }
            }
        }
        Ok(held)
    }

    /// A folder in this one; never where a link leads.
    pub(super) fn child(&self, name: &OsStr) -> io::Result<Self> {
        Ok(Self(rustix::fs::openat(&self.0, name, FOLDER, Mode::empty())?))
    }

    /// What lies here under a name; a link is itself.
    pub(super) fn stamp(&self, name: &OsStr) -> io::Result<Stamp> {
        stamp_at(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)
    }

    /// The same; none when nothing does.
    pub(super) fn look(&self, name: &OsStr) -> io::Result<Option<Stamp>> {
        match self.stamp(name) {
            Ok(stamp) => Ok(Some(stamp)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Of the folder itself.
    pub(super) fn own_stamp(&self) -> io::Result<Stamp> {
        stamp_at(&self.0, OsStr::new(""), AtFlags::EMPTY_PATH)
    }

    /// Opens a file for reading: a plain file only, so that nothing hangs at a pipe.
    pub(super) fn read(&self, name: &OsStr) -> io::Result<(File, Stamp)> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let held = rustix::fs::openat(&self.0, name, flags, Mode::empty())?;
        let stamp = stamp_at(&held, OsStr::new(""), AtFlags::EMPTY_PATH)?;
        if stamp.kind != Kind::File {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a plain file"));
        }
        Ok((File::from(held), stamp))
    }

    /// Makes a file that was not there, for writing.
    pub(super) fn create(&self, name: &OsStr, mode: Mode) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::openat(&self.0, name, flags, mode)?))
    }

    /// Makes a folder that was not there.
    pub(super) fn make_folder(&self, name: &OsStr, mode: Mode) -> io::Result<()> {
        Ok(rustix::fs::mkdirat(&self.0, name, mode)?)
    }

    /// Makes a link that was not there.
    pub(super) fn make_link(&self, name: &OsStr, target: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::symlinkat(target, &self.0, name)?)
    }

    /// Where a link says that it leads.
    pub(super) fn link_target(&self, name: &OsStr) -> io::Result<OsString> {
        let target = rustix::fs::readlinkat(&self.0, name, Vec::new())?;
        Ok(OsStr::from_bytes(target.as_bytes()).to_owned())
    }

    /// Everything that lies here, by name.
    pub(super) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::new(self.readable()?)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(OsStr::from_bytes(name).to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// Removes a file or a link.
    pub(super) fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
    }

    /// Removes a folder that is empty.
    pub(super) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
    }

    /// Renames; what is there already stays, and that is an error.
    pub(super) fn rename(&self, name: &OsStr, to: &Self, new: &OsStr) -> io::Result<()> {
        match rustix::fs::renameat_with(&self.0, name, &to.0, new, RenameFlags::NOREPLACE) {
            Ok(()) => Ok(()),
            // This disk does not know how to. A second name for the file cannot replace anything either.
            Err(Errno::INVAL | Errno::NOSYS) if self.stamp(name)?.kind == Kind::File => {
                rustix::fs::linkat(&self.0, name, &to.0, new, AtFlags::empty())?;
                self.remove(name)
            }
            Err(e) => Err(e.into()),
        }
    }

    /// Lets two names change their files in one moment.
    pub(super) fn exchange(&self, one: &OsStr, other: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::renameat_with(&self.0, one, &self.0, other, RenameFlags::EXCHANGE)?)
    }

    /// Renames over what is there.
    pub(super) fn replace(&self, name: &OsStr, over: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.0, name, &self.0, over)?)
    }

    /// Gives the folder the rights and the time of another.
    pub(super) fn dress(&self, like: &Stamp) -> io::Result<()> {
        dress(self.readable()?, like)
    }

    /// Gives a link in here the time of another.
    pub(super) fn dress_link(&self, name: &OsStr, like: &Stamp) -> io::Result<()> {
        Ok(rustix::fs::utimensat(&self.0, name, &times(like), AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// Has the disk keep what was done to the names in here. A disk that cannot is not worth failing for.
    pub(super) fn sync(&self) {
        if let Ok(held) = self.readable() {
            let _ = rustix::fs::fsync(held);
        }
    }

    /// Bytes that may still be written on this disk.
    pub(super) fn room(&self) -> io::Result<u64> {
        let disk = rustix::fs::fstatvfs(self.readable()?)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    fn readable(&self) -> io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.0, ".", flags, Mode::empty())?)
    }
}

/// Gives a file or a folder the rights and the time of another. Bits that lend a program its owner's rights do not travel.
pub(super) fn dress(held: impl AsFd, like: &Stamp) -> io::Result<()> {
    rustix::fs::fchmod(&held, Mode::from_bits_truncate(u32::from(like.mode) & 0o777))?;
    Ok(rustix::fs::futimens(&held, &times(like))?)
}

fn times(like: &Stamp) -> Timestamps {
    let (tv_sec, nanos) = like.changed;
    Timestamps {
        last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
        last_modification: Timespec { tv_sec, tv_nsec: i64::from(nanos) },
    }
}

/// A name in a folder that is held.
pub(super) struct Spot {
    pub(super) folder: Folder,
    pub(super) name: OsString,
}

impl Spot {
    /// Of an absolute path: its folder is opened, its last name is not looked at.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        match (path.parent(), path.file_name()) {
            (Some(folder), Some(name)) => Ok(Self { folder: Folder::open(folder)?, name: name.to_owned() }),
            _ => Err(Errno::BUSY.into()),
        }
    }

    /// What lies there.
    pub(super) fn stamp(&self) -> io::Result<Stamp> {
        self.folder.stamp(&self.name)
    }
}

/// What lies at an absolute path that leads through no link; none when nothing does.
pub(super) fn look(path: &Path) -> io::Result<Option<Stamp>> {
    if path.parent().is_none() {
        return Folder::open(path)?.own_stamp().map(Some);
    }
    match Spot::open(path) {
        Ok(spot) => spot.folder.look(&spot.name),
        // Nothing is below a file either.
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_link_leads_to_a_folder_with_either_way_of_opening() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        std::os::unix::fs::symlink("a", root.join("link")).unwrap();
        std::fs::write(root.join("file"), "x").unwrap();
        for (path, expected) in
            [("a/b", true), ("link/b", false), ("link", false), ("file", false), ("none", false)]
        {
            let path = root.join(path);
            assert_eq!(Folder::open(&path).is_ok(), expected, "{path:?}");
            assert_eq!(Folder::open_by_steps(&path).is_ok(), expected, "{path:?}, step by step");
        }
    }

    #[test]
    fn nothing_is_replaced_and_a_thing_is_known_again() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::write(root.join("a"), "a").unwrap();
        std::fs::write(root.join("b"), "b").unwrap();
        let held = Folder::open(&root).unwrap();
        let (a, b, c) = (OsStr::new("a"), OsStr::new("b"), OsStr::new("c"));
        assert_eq!(held.rename(a, &held, b).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        let before = held.stamp(a).unwrap();
        held.rename(a, &held, c).unwrap();
        assert!(held.look(a).unwrap().is_none());
        assert!(before.untouched(&held.stamp(c).unwrap()) && !before.same(&held.stamp(b).unwrap()));
        held.exchange(b, c).unwrap();
        assert!(before.identical(&held.stamp(b).unwrap()));
    }

    #[test]
    fn a_pipe_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let held = Folder::open(&root).unwrap();
        rustix::fs::mknodat(&held.0, "pipe", FileType::Fifo, Mode::RWXU, 0).unwrap();
        assert_eq!(held.stamp(OsStr::new("pipe")).unwrap().kind, Kind::Special);
        assert!(held.read(OsStr::new("pipe")).is_err());
    }
}
