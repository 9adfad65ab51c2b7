//! Backups: one file with all that is kept of a person's Jarvis (what it remembers, the settings, the timers), checked when it is
//! made and again before anything is replaced by it. Models and keys are not in it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use jarvis_core::paths::Paths;
use jarvis_core::{Code, Failure};
use jarvis_memory::backup;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::encryption;

const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const DATABASE: &str = "jarvis.sqlite";
const SETTINGS: &str = "config.toml";
const TIMERS: &str = "timers.json";

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format: u32,
    /// When it was made.
    pub made_at: Timestamp,
    /// Its files with their sums.
    pub files: BTreeMap<String, Sum>,
}

/// What a file must add up to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Its size.
    pub size_bytes: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

/// Writes a backup to the new file `to`, for its owner alone to read. Jarvis may be running.
pub fn back_up(paths: &Paths, to: &Path, now: Timestamp) -> Result<Manifest, Failure> {
    let unwritten = |e: io::Error| unwritten(to, &e);
    // Both go with the end of this, unless the backup has come to its name.
    let folder = jarvis_files::folder_of(to);
    let work = tempfile::tempdir_in(folder).map_err(unwritten)?;
    let part = tempfile::NamedTempFile::new_in(folder).map_err(unwritten)?;
    let database = work.path().join(DATABASE);
    backup::snapshot(&encryption::database(&paths.database())?, &database)
        .map_err(|e| encryption::failure(&e))?;
    let others = [(SETTINGS, paths.config_file()), (TIMERS, paths.timers_file())];
    let files =
        std::iter::once((DATABASE, database)).chain(others.into_iter().filter(|(_, path)| path.exists()));
    write(part.as_file(), files, now).map_err(unwritten)?;
    let manifest = check(part.path())?;
    part.persist_noclobber(to).map_err(|e| unwritten(e.error))?;
    Ok(manifest)
}

/// Puts what is in the backup at `from` in the place of what is there, and returns where the database that was there is kept. Nothing is
/// touched before all of the backup was found whole and unpacked; refused while Jarvis is running.
pub fn restore(paths: &Paths, from: &Path, now: Timestamp) -> Result<(Manifest, Option<PathBuf>), Failure> {
    let manifest = check(from)?;
    let mut archive = open(from)?;
    let mut unpack =
        |name: &str, place: &Path| unpack(&mut archive, name, place).map_err(|e| unwritten(place, &e));
    let database = unpack(DATABASE, &paths.database())?;
    let mut others = Vec::new();
    for (name, place) in [(SETTINGS, paths.config_file()), (TIMERS, paths.timers_file())] {
        if manifest.files.contains_key(name) {
            others.push((unpack(name, &place)?, place));
        }
    }
    let new = encryption::database(database.path())?;
    let restored = backup::check(&new).and_then(|()| backup::restore(&new, &paths.database(), now));
    let kept = restored.map_err(encryption::told)?;
    for (file, place) in others {
        file.persist(&place).map_err(|e| unwritten(&place, &e.error))?;
    }
    Ok((manifest, kept))
}

/// A file of the backup, beside its place, for its owner alone to read. It goes when it is not put there.
fn unpack(
    archive: &mut ZipArchive<impl Read + Seek>,
    name: &str,
    place: &Path,
) -> io::Result<tempfile::NamedTempFile> {
    let folder = jarvis_files::folder_of(place);
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::copy(&mut archive.by_name(name)?, &mut file)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Reads the whole of a backup, and fails when anything in it is not as it was when it was made.
pub fn check(path: &Path) -> Result<Manifest, Failure> {
    let mut archive = open(path)?;
    let unread = |e: io::Error| unreadable(path, &e);
    let mut text = String::new();
    archive
        .by_name(MANIFEST)
        .map_err(io::Error::from)
        .map_err(unread)?
        .read_to_string(&mut text)
        .map_err(unread)?;
    let manifest: Manifest =
        serde_json::from_str(&text).map_err(|e| unreadable(path, &io::Error::other(e.to_string())))?;
    if manifest.format > FORMAT {
        let message = format!("{} was made by a later version of Jarvis.", path.display());
        return Err(Failure::new(Code::BadRequest, message, "Use that version to restore it."));
    }
    for (name, sum) in &manifest.files {
        let mut file = archive.by_name(name).map_err(io::Error::from).map_err(unread)?;
        if summed(&mut file, &mut io::sink()).map_err(unread)? != *sum {
            return Err(unreadable(path, &io::Error::other(format!("{name} is damaged"))));
        }
    }
    if !manifest.files.contains_key(DATABASE) {
        return Err(unreadable(path, &io::Error::other("it holds no database")));
    }
    Ok(manifest)
}

fn write(to: &File, files: impl Iterator<Item = (&'static str, PathBuf)>, now: Timestamp) -> io::Result<()> {
    let mut archive = ZipWriter::new(to);
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
    let mut manifest = Manifest { format: FORMAT, made_at: now, files: BTreeMap::new() };
    for (name, path) in files {
        archive.start_file(name, options)?;
        manifest.files.insert(name.into(), summed(&mut File::open(path)?, &mut archive)?);
    }
    archive.start_file(MANIFEST, options)?;
    archive.write_all(&serde_json::to_vec_pretty(&manifest)?)?;
    archive.finish()?.sync_all()
}

/// Copies, and adds up what went by.
fn summed(from: &mut impl Read, to: &mut impl Write) -> io::Result<Sum> {
    let (mut hash, mut size_bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            return Ok(Sum { size_bytes, sha256 });
        }
        hash.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        size_bytes += read as u64;
    }
}

fn open(path: &Path) -> Result<ZipArchive<File>, Failure> {
    let file = File::open(path).map_err(|e| unreadable(path, &e))?;
    ZipArchive::new(file).map_err(|e| unreadable(path, &e.into()))
}

pub(crate) fn unwritten(path: &Path, error: &io::Error) -> Failure {
    let (code, message, remedy) = match error.kind() {
        io::ErrorKind::AlreadyExists => {
            (Code::BadRequest, "is there already", "Choose another name, or remove it first.")
        }
        io::ErrorKind::StorageFull => {
            (Code::DiskFull, "has no room", "Free some space, or choose another disk.")
        }
        _ => (Code::BadRequest, "cannot be written", "Check the folder, and who may write there."),
    };
    Failure::new(code, format!("{} {message} ({error}).", path.display()), remedy)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let message = format!("{} is no backup that can be used ({error}).", path.display());
    Failure::new(Code::BadRequest, message, "Choose another backup; nothing was changed.")
}
