//! The folders that are watched: which files in them are to be read, and which documents have lost theirs.
//!
//! They are looked through every few seconds: that works on every file system, notices what happened while Jarvis did not run, and leaves a
//! file alone until it was quiet for a moment. What was read is known by its size and time, beside a sum of its path: a document that
//! the person let be forgotten is not read again before its file changes.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jarvis_core::{Code, DocumentId, Failure};
use jarvis_memory::Document;
use sha2::{Digest, Sha256};

use crate::library::{LARGEST_DOCUMENT, Library};

/// A file that changed just now may still be written.
const QUIET: Duration = Duration::from_secs(3);

/// A file's size in bytes, and when it changed, in nanoseconds since 1970.
type Stamp = (u64, u128);

/// What is known of the folders.
pub(crate) struct Watched {
    file: PathBuf,
    /// What was read, by the sum of its path.
    read: BTreeMap<String, Stamp>,
    /// What could not be read for a reason that may pass. It is tried again when Jarvis starts.
    put_off: BTreeMap<String, Stamp>,
    /// Folders that are not there, which was told.
    missing: HashSet<PathBuf>,
}

/// What is to be done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Files that are new or changed, in the order of their names.
    pub read: Vec<PathBuf>,
    /// Documents whose files have gone.
    pub gone: Vec<DocumentId>,
    /// What the person is to be told: folders that are not there.
    pub failures: Vec<Failure>,
}

impl Watched {
    /// What `file` knows; nothing, when it is not there or cannot be read.
    pub fn open(file: PathBuf) -> Self {
        let read = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let (read, put_off) = (read.unwrap_or_default(), BTreeMap::new());
        Self { file, read, put_off, missing: HashSet::new() }
    }

    /// Looks through the `folders`. `documents` are those that are kept.
    pub fn look(&mut self, folders: &[String], documents: &[Document], now: SystemTime) -> Changes {
        let (mut changes, mut there) = (Changes::default(), HashSet::new());
        let mut all = true;
        let mut seen = Vec::new();
        for folder in folders {
            let from_here = |folder: &Path| {
                let folder = folder.to_path_buf();
                documents.iter().filter(move |document| Path::new(&document.path).starts_with(&folder))
            };
            let found = Path::new(folder).canonicalize().ok().filter(|path| {
                // A disk that is not plugged in leaves an empty folder behind.
                fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some())
                    || path.is_dir() && !from_here(path).any(|document| self.is_known(&document.path))
            });
            let Some(found) = found else {
                all = false;
                if self.missing.insert(folder.into()) {
                    let message = format!("The watched folder {folder} is not there, or is empty.");
                    let remedy =
                        "What was read of it is kept. Put it back, or stop it with `jarvis docs unwatch`.";
                    changes.failures.push(Failure::new(Code::NotFound, message, remedy));
                }
                continue;
            };
            self.missing.remove(Path::new(folder));
            for path in Library::files_in(&found) {
                let sum = sum(&path);
                let Some((stamp, quiet)) = stamp(&path, now) else { continue };
                there.insert(sum.clone());
                seen.push((path.clone(), stamp.0));
                let known = [&self.read, &self.put_off].iter().any(|known| known.get(&sum) == Some(&stamp));
                if !known && quiet && stamp.0 <= LARGEST_DOCUMENT as u64 && !changes.read.contains(&path) {
                    changes.read.push(path);
                }
            }
            changes.gone.extend(
                from_here(&found)
                    .filter(|document| self.is_known(&document.path) && has_gone(Path::new(&document.path)))
                    .map(|document| document.id),
            );
        }
        // Of two equal files one document is kept, by the path of one: when that one goes, the other is read anew.
        for gone in documents.iter().filter(|document| changes.gone.contains(&document.id)) {
            let has_own = |path: &Path| documents.iter().any(|document| Path::new(&document.path) == path);
            for (path, size) in &seen {
                if *size == gone.size_bytes && !has_own(path) && !changes.read.contains(path) {
                    changes.read.push(path.clone());
                }
            }
        }
        // Where a folder is not there, nobody knows what is in it.
        if all {
            let before = self.read.len();
            self.read.retain(|sum, _| there.contains(sum));
            if self.read.len() < before {
                self.save();
            }
        }
        changes
    }

    fn is_known(&self, path: &str) -> bool {
        self.read.contains_key(&sum(Path::new(path)))
    }

    /// The file at `path` was read, or cannot be: not before it changes is it looked at again.
    pub fn is_read(&mut self, path: &Path) {
        if let Some((stamp, _)) = stamp(path, SystemTime::now()) {
            self.read.insert(sum(path), stamp);
            self.save();
        }
    }

    /// The file at `path` could not be read for a reason that may pass.
    pub fn put_off(&mut self, path: &Path) {
        if let Some((stamp, _)) = stamp(path, SystemTime::now()) {
            self.put_off.insert(sum(path), stamp);
        }
    }

    /// What cannot be written down is looked at again the next time: that takes time, and loses nothing.
    fn save(&self) {
        let read = serde_json::to_vec(&self.read).expect("sums and numbers are plain data");
        if let Err(error) = jarvis_files::replace(&self.file, &read) {
            tracing::warn!(%error, "what was read of watched folders cannot be written down");
        }
    }
}

fn sum(path: &Path) -> String {
    let sum = Sha256::digest(path.as_os_str().as_encoded_bytes());
    sum.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// And whether it was quiet for a moment; none for what is no file any more.
fn stamp(path: &Path, now: SystemTime) -> Option<(Stamp, bool)> {
    let file = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
    let changed = file.modified().ok()?;
    // A clock that was set back keeps nothing from being read.
    let quiet = now.duration_since(changed).map_or(true, |age| age >= QUIET);
    Some(((file.len(), changed.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos()), quiet))
}

fn has_gone(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err_and(|e| e.kind() == ErrorKind::NotFound)
}

#[cfg(test)]
mod tests {
    use jarvis_memory::{NewDocument, Store};
    use jiff::Timestamp;

    use super::*;

    /// A folder, and what is read of it.
    struct Desk {
        home: tempfile::TempDir,
        store: Store,
        watched: Watched,
    }

    impl Desk {
        fn new() -> Self {
            let home = tempfile::tempdir().unwrap();
            fs::create_dir_all(home.path().join("papers/deep")).unwrap();
            let watched = Watched::open(home.path().join("state/watched.json"));
            Self { home, store: Store::in_memory().unwrap(), watched }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.home.path().canonicalize().unwrap().join(name)
        }

        fn write(&self, name: &str, text: &str) {
            fs::write(self.path(name), text).unwrap();
        }

        /// Looks, a while later, and reads what is to be read. Returns the names of what was read, and how many documents have gone.
        fn look(&mut self) -> (Vec<String>, usize, usize) {
            let folders = [self.path("papers").to_string_lossy().into_owned()];
            let later = SystemTime::now() + Duration::from_secs(10);
            let changes = self.watched.look(&folders, &self.store.documents().unwrap(), later);
            for id in &changes.gone {
                self.store.remove_document(*id).unwrap();
            }
            for path in &changes.read {
                let document = NewDocument {
                    name: path.file_name().unwrap().to_string_lossy().into_owned(),
                    path: path.to_string_lossy().into_owned(),
                    hash: fs::read_to_string(path).unwrap(),
                    size_bytes: 1,
                    pages: None,
                    left_out: Vec::new(),
                };
                self.store.keep_document(&document, &[], Timestamp::UNIX_EPOCH).unwrap();
                self.watched.is_read(path);
            }
            let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
            (changes.read.iter().map(name).collect(), changes.gone.len(), changes.failures.len())
        }
    }

    fn read(names: &[&str]) -> (Vec<String>, usize, usize) {
        (names.iter().map(ToString::to_string).collect(), 0, 0)
    }

    #[test]
    fn what_comes_and_changes_is_read_once() {
        let mut desk = Desk::new();
        desk.write("papers/a.txt", "one");
        desk.write("papers/deep/b.md", "two");
        for left_alone in ["papers/.hidden.txt", "papers/picture.png", "outside.txt"] {
            desk.write(left_alone, "no");
        }
        std::os::unix::fs::symlink(desk.path("outside.txt"), desk.path("papers/link.txt")).unwrap();
        let large = fs::File::create(desk.path("papers/large.txt")).unwrap();
        large.set_len(LARGEST_DOCUMENT as u64 + 1).unwrap();
        assert_eq!(desk.look(), read(&["a.txt", "b.md"]));
        assert_eq!(desk.look(), read(&[]));
        desk.write("papers/a.txt", "one, and more of it");
        assert_eq!(desk.look(), read(&["a.txt"]));
        // What was read is known to the next one; what came and changed meanwhile is caught up with.
        desk.write("papers/c.txt", "three");
        desk.watched = Watched::open(desk.path("state/watched.json"));
        assert_eq!(desk.look(), read(&["c.txt"]));
        let known = fs::read_to_string(desk.path("state/watched.json")).unwrap();
        assert!(!known.contains("a.txt"), "{known}");
    }

    #[test]
    fn of_two_equal_files_the_other_is_read_when_one_goes() {
        let mut desk = Desk::new();
        desk.write("papers/a.txt", "1");
        assert_eq!(desk.look(), read(&["a.txt"]));
        desk.write("papers/b.txt", "1");
        // The library keeps one document of both.
        desk.watched.is_read(&desk.path("papers/b.txt"));
        assert_eq!(desk.look(), read(&[]));
        fs::remove_file(desk.path("papers/a.txt")).unwrap();
        assert_eq!(desk.look(), (vec!["b.txt".to_string()], 1, 0));
        assert_eq!(desk.look(), read(&[]));
    }

    #[test]
    fn a_file_that_is_being_written_is_left_alone() {
        let mut desk = Desk::new();
        desk.write("papers/a.txt", "one");
        let folders = [desk.path("papers").to_string_lossy().into_owned()];
        assert_eq!(desk.watched.look(&folders, &[], SystemTime::now()), Changes::default());
        assert_eq!(desk.look(), read(&["a.txt"]));
    }

    #[test]
    fn what_goes_is_forgotten_when_it_came_from_there() {
        let mut desk = Desk::new();
        desk.write("papers/a.txt", "one");
        desk.write("papers/b.txt", "two");
        assert_eq!(desk.look(), read(&["a.txt", "b.txt"]));
        // Added by hand, from the same folder and from another.
        for (name, hash) in [("papers/mine.txt", "x"), ("elsewhere.txt", "y")] {
            let path = desk.path(name).to_string_lossy().into_owned();
            let (name, hash) = (name.to_string(), hash.to_string());
            let document = NewDocument { name, path, hash, size_bytes: 1, pages: None, left_out: Vec::new() };
            desk.store.keep_document(&document, &[], Timestamp::UNIX_EPOCH).unwrap();
        }
        fs::remove_file(desk.path("papers/a.txt")).unwrap();
        assert_eq!(desk.look(), (Vec::new(), 1, 0));
        let left: HashSet<String> = desk.store.documents().unwrap().into_iter().map(|d| d.name).collect();
        let wanted: HashSet<String> = ["b.txt", "papers/mine.txt", "elsewhere.txt"].map(String::from).into();
        assert_eq!(left, wanted);
    }

    #[test]
    fn what_the_person_let_be_forgotten_stays_forgotten() {
        let mut desk = Desk::new();
        desk.write("papers/a.txt", "one");
        assert_eq!(desk.look(), read(&["a.txt"]));
        let id = desk.store.documents().unwrap()[0].id;
        desk.store.remove_document(id).unwrap();
        desk.watched = Watched::open(desk.path("state/watched.json"));
        assert_eq!(desk.look(), read(&[]));
        desk.write("papers/a.txt", "something else");
        assert_eq!(desk.look(), read(&["a.txt"]));
    }

    #[test]
    fn a_folder_that_is_gone_is_told_once_and_nothing_is_forgotten() {
        let mut desk = Desk::new();
        desk.write("papers/a.txt", "one");
        assert_eq!(desk.look(), read(&["a.txt"]));
        let (papers, away) = (desk.path("papers"), desk.path("away"));
        fs::rename(&papers, &away).unwrap();
        assert_eq!(desk.look(), (Vec::new(), 0, 1));
        assert_eq!(desk.look(), read(&[]));
        // So is a disk that is not plugged in.
        fs::create_dir(&papers).unwrap();
        assert_eq!(desk.look(), read(&[]));
        fs::remove_dir(&papers).unwrap();
        fs::rename(&away, &papers).unwrap();
        assert_eq!(desk.look(), read(&[]));
        assert_eq!(desk.store.documents().unwrap().len(), 1);
    }

    #[test]
    fn what_may_pass_is_tried_again_at_the_next_start() {
        let mut desk = Desk::new();
        desk.write("papers/a.txt", "one");
        desk.watched.put_off(&desk.path("papers/a.txt"));
        assert_eq!(desk.look(), read(&[]));
        desk.watched = Watched::open(desk.path("state/watched.json"));
        assert_eq!(desk.look(), read(&["a.txt"]));
    }
}
