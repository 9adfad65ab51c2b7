//! The trash, as the desktops share it (freedesktop.org's Trash specification 1.0): which trash folder a file belongs into, and the
//! note that says where it came from.
//!
//! Whatever is put there is renamed by handle, like all else here; a library that takes paths could be led elsewhere between its look
//! and its act. It never empties a trash.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use jiff::Zoned;
use rustix::fs::Mode;

use super::handle::{Folder, Kind, Stamp, look};

/// The trash folder for what lies at `path`: the person's own, or that of the disk where it lies. Nothing is made yet.
pub(super) fn bin_for(path: &Path, what: &Stamp, home_bin: &Path) -> io::Result<PathBuf> {
    let mut at = home_bin;
    // It may not be there yet; then the folder above it tells its disk.
    let home_disk = loop {
        match (look(at)?, at.parent()) {
            (Some(stamp), _) => break Some(stamp),
            (None, Some(above)) => at = above,
            (None, None) => break None,
        }
    };
    if home_disk.is_some_and(|home| home.same_disk(what)) {
        return Ok(home_bin.to_owned());
    }
    let top = top_of_disk(path, what)?;
    let person = rustix::process::getuid().as_raw();
    // A trash for everybody counts only as the specification wants it: a real folder, in which nobody can remove another's files.
    let shared = top.join(".Trash");
    let sound = |s: Stamp| s.kind == Kind::Folder && s.mode & 0o1000 != 0;
    if look(&shared)?.is_some_and(sound) {
        return Ok(shared.join(person.to_string()));
    }
    Ok(top.join(format!(".Trash-{person}")))
}

/// The topmost folder of the disk that `path` is on.
fn top_of_disk(path: &Path, what: &Stamp) -> io::Result<PathBuf> {
    let mut top = path.parent().unwrap_or(path);
    while let Some(above) = top.parent() {
        if !look(above)?.is_some_and(|stamp| stamp.same_disk(what)) {
            break;
        }
        top = above;
    }
    Ok(top.to_owned())
}

/// Both halves of a trash folder, held open; made where they are not there.
pub(super) struct Bin {
    pub(super) files: Folder,
    info: Folder,
}

impl Bin {
    /// Opens one, and makes what is missing of it.
    pub(super) fn make(bin: &Path) -> io::Result<Self> {
        let mut missing = Vec::new();
        let mut at = bin;
        while look(at)?.is_none() {
            missing.push(at.file_name().unwrap_or_default());
            at = at.parent().ok_or(io::ErrorKind::NotFound)?;
        }
        let mut held = Folder::open(at)?;
        for name in missing.into_iter().rev() {
            held = ensured(&held, name)?;
        }
        // Another's trash would hand the file to them.
        if held.own_stamp()?.owner != rustix::process::geteuid().as_raw() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(Self { files: ensured(&held, OsStr::new("files"))?, info: ensured(&held, OsStr::new("info"))? })
    }

    /// Opens one that must be there.
    pub(super) fn open(bin: &Path) -> io::Result<Self> {
        Ok(Self { files: Folder::open(&bin.join("files"))?, info: Folder::open(&bin.join("info"))? })
    }

    /// Writes the note of where something came from. Fails when the name is taken.
    pub(super) fn note(&self, name: &str, bin: &Path, from: &Path) -> io::Result<()> {
        let top = if bin.file_name() == Some(OsStr::new("Trash")) {
            None
        } else {
            // In a disk's own trash the path starts at the top of the disk, which may be mounted elsewhere tomorrow.
            bin.ancestors().skip(1).find(|above| above.file_name() != Some(OsStr::new(".Trash")))
        };
        let from = top.and_then(|top| from.strip_prefix(top).ok()).unwrap_or(from);
        let when = Zoned::now().strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let note = format!("[Trash Info]\nPath={}\nDeletionDate={when}\n", escaped(from));
        let note_name = note_of(name);
        let mut file = self.info.create(OsStr::new(&note_name), Mode::RUSR | Mode::WUSR)?;
        let written = file.write_all(note.as_bytes()).and_then(|()| file.sync_all());
        if written.is_err() {
            self.forget(name);
        }
        self.info.sync();
        written
    }

    /// Takes the note away.
    pub(super) fn forget(&self, name: &str) {
        let _ = self.info.remove(OsStr::new(&note_of(name)));
        self.info.sync();
    }
}

/// A name for something in a trash folder that nothing there has.
pub(super) fn free_name(bin: &Path, path: &Path) -> io::Result<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let taken = |name: &str| -> io::Result<bool> {
        Ok(look(&bin.join("files").join(name))?.is_some()
            || look(&bin.join("info").join(note_of(name)))?.is_some())
    };
    // The note's name is longer by its ending.
    if name.len() <= 240 && !taken(&name)? {
        return Ok(name);
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 16 => (stem, format!(".{ending}")),
        _ => (name.as_str(), String::new()),
    };
    let stem: String = stem.chars().take(40).collect();
    Ok(format!("{stem} {}{ending}", uuid::Uuid::new_v4().simple()))
}

fn note_of(name: &str) -> String {
    format!("{name}.trashinfo")
}

fn ensured(folder: &Folder, name: &OsStr) -> io::Result<Folder> {
    match folder.make_folder(name, Mode::RWXU) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(e),
        _ => folder.child(name),
    }
}

fn escaped(path: &Path) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}
