//! Copies of the database: made in use, removed with what is forgotten, and put in the place of a damaged one.
#![expect(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::path::{Path, PathBuf};

use jarvis_memory::backup::{Recovered, check, keep_copy, recover, restore, snapshot};
use jarvis_memory::{DatabaseFile, Store, StoreError};
use jiff::Timestamp;

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(day * 86_400).unwrap()
}

fn texts(store: &Store) -> Vec<String> {
    store.facts(None, false).unwrap().into_iter().map(|fact| fact.text).collect()
}

fn file(path: &Path) -> DatabaseFile {
    path.into()
}

/// A database with one fact, and where it is.
fn one_fact(folder: &Path) -> (Store, PathBuf) {
    let path = folder.join("jarvis.sqlite");
    let store = Store::open(&path).unwrap();
    store.remember("I live in Bath", None, at(1)).unwrap();
    (store, path)
}

fn copies(path: &Path) -> usize {
    std::fs::read_dir(format!("{}-copies", path.display())).map_or(0, Iterator::count)
}

#[test]
fn a_snapshot_is_whole_while_the_database_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = one_fact(folder.path());
    let copy = folder.path().join("copy.sqlite");
    snapshot(&file(&path), &copy).unwrap();
    store.remember("I live in Leeds", None, at(2)).unwrap();
    check(&file(&copy)).unwrap();
    assert_eq!(texts(&Store::open(&copy).unwrap()), ["I live in Bath"]);
    let taken = snapshot(&file(&path), &copy).unwrap_err();
    assert!(matches!(taken, StoreError::Unusable { .. }), "{taken}");
    for (name, content) in [("empty", ""), ("text", "no database at all, but a text of some length")] {
        let other = folder.path().join(name);
        std::fs::write(&other, content).unwrap();
        assert!(matches!(check(&file(&other)), Err(StoreError::Damaged { .. })), "{name}");
    }
}

#[test]
fn three_copies_are_kept_a_day_apart_and_none_of_what_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = one_fact(folder.path());
    assert!(keep_copy(&file(&path), at(10)).unwrap());
    assert!(!keep_copy(&file(&path), at(10)).unwrap());
    for day in 11..15 {
        assert!(keep_copy(&file(&path), at(day)).unwrap());
    }
    assert_eq!(copies(&path), 3);
    store.forget("Bath").unwrap();
    assert_eq!(copies(&path), 0);
}

#[test]
fn a_damaged_database_is_as_it_was_when_the_last_whole_copy_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = one_fact(folder.path());
    keep_copy(&file(&path), at(10)).unwrap();
    store.remember("I have a dog", None, at(10)).unwrap();
    keep_copy(&file(&path), at(11)).unwrap();
    store.remember("It is called Bo", None, at(12)).unwrap();
    drop(store);
    std::fs::write(&path, "what a failing disk has left of it, and nothing that is a database").unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::Damaged { .. })));
    // The latest copy has suffered too.
    let copy = |day: i64| PathBuf::from(format!("{}-copies/{}.sqlite", path.display(), day * 86_400));
    std::fs::write(copy(11), "nor is this").unwrap();
    let damaged = PathBuf::from(format!("{}-copies/damaged-{}", path.display(), 13 * 86_400));
    let recovered = Recovered { from: at(10), damaged: Some(damaged.clone()) };
    assert_eq!(recover(&file(&path), at(13)).unwrap(), Some(recovered));
    assert_eq!(texts(&Store::open(&path).unwrap()), ["I live in Bath"]);
    assert!(damaged.exists() && copy(10).exists());
    std::fs::remove_dir_all(format!("{}-copies", path.display())).unwrap();
    assert_eq!(recover(&file(&path), at(14)).unwrap(), None);
}

#[test]
fn another_database_is_put_in_place_only_when_nobody_uses_the_one_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = one_fact(folder.path());
    let new = folder.path().join("new.sqlite");
    snapshot(&file(&path), &new).unwrap();
    store.remember("I live in Leeds", None, at(2)).unwrap();
    let refused = restore(&file(&new), &path, at(3)).unwrap_err();
    assert!(matches!(refused, StoreError::Locked), "{refused}");
    drop(store);
    let kept = restore(&file(&new), &path, at(3)).unwrap().unwrap();
    let store = Store::open(&path).unwrap();
    assert_eq!(texts(&store), ["I live in Bath"]);
    // What was there is kept, with what stood in its log.
    assert_eq!(texts(&Store::open(&kept).unwrap()), ["I live in Leeds", "I live in Bath"]);
}

#[test]
fn damage_that_is_met_on_the_way_is_mended_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = one_fact(folder.path());
    for number in 0..2000 {
        store.remember(&format!("There are {number} seagulls on the roof"), None, at(2)).unwrap();
    }
    keep_copy(&file(&path), at(10)).unwrap();
    drop(store);
    // The end of it is lost: to open it is no trouble, to read all of it is.
    let mut bytes = std::fs::read(&path).unwrap();
    let end = bytes.len() * 4 / 5;
    bytes[end..].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    let store = Store::open(&path).unwrap();
    let met = store.facts(None, false).unwrap_err();
    assert!(matches!(met, StoreError::Damaged { .. }), "{met}");
    drop(store);
    assert!(matches!(Store::open(&path), Err(StoreError::Damaged { .. })));
    assert!(recover(&file(&path), at(13)).unwrap().is_some());
    assert_eq!(Store::open(&path).unwrap().facts(None, false).unwrap().len(), 2001);
}
