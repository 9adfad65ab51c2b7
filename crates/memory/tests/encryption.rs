//! An encrypted database: nothing of what is kept can be read without its key, and all is found with it.
#![expect(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::path::Path;
use std::sync::Arc;

use jarvis_core::Role;
use jarvis_memory::encryption::{encrypt, is_encrypted};
use jarvis_memory::{
    By, DatabaseFile, DatabaseKey, EmbedderFiles, EmbeddingModel, Index, Kind, NewAttachment, NewMessage,
    Query, Recall, Store, StoreError, backup,
};
use jarvis_testkit::models;
use jiff::Timestamp;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// What is kept, and the words of it that tell of it.
const FACT: &str = "my sister Wilhelmina lives in Kilkenny";
const TELLING: [&str; 4] = ["Wilhelmina", "Kilkenny", "parsnips", "xylophone"];

/// The database in `folder`, with something of everything, and a copy of it.
fn filled(folder: &Path) -> DatabaseFile {
    let file = DatabaseFile { path: folder.join("jarvis.sqlite"), key: None };
    let store = Store::open(file.clone()).unwrap();
    store.remember(FACT, None, NOW).unwrap();
    let id = store.create(None, NOW).unwrap().id;
    store.append(id, NewMessage::new(Role::User, "I planted parsnips by the shed.", None), NOW).unwrap();
    let note = NewAttachment {
        name: "note.txt".into(),
        media_type: "text/plain".into(),
        content: b"xylophone lesson".to_vec(),
    };
    store.attach(&note, NOW, NOW).unwrap();
    assert!(backup::keep_copy(&file, NOW).unwrap());
    file
}

/// The words that stand in some file under `folder`.
fn readable(folder: &Path) -> Vec<&'static str> {
    let mut bytes = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() { folders.push(entry) } else { bytes.extend(std::fs::read(entry).unwrap()) }
        }
    }
    let text = String::from_utf8_lossy(&bytes).to_lowercase();
    TELLING.into_iter().filter(|word| text.contains(&word.to_lowercase())).collect()
}

fn facts(file: &DatabaseFile) -> Vec<String> {
    let store = Store::open(file.clone()).unwrap();
    store.facts(None, false).unwrap().into_iter().map(|fact| fact.text).collect()
}

#[test]
fn nothing_is_readable_without_the_key_and_everything_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let plain = filled(folder.path());
    assert_eq!(readable(folder.path()), TELLING, "it could be read");
    assert!(!is_encrypted(&plain.path).unwrap());

    let key = DatabaseKey::random().unwrap();
    {
        let _open = Store::open(plain.clone()).unwrap();
        let refused = encrypt(&plain, Some(key.clone())).unwrap_err();
        assert!(matches!(refused, StoreError::Locked), "{refused}");
    }
    encrypt(&plain, Some(key.clone())).unwrap();
    let file = DatabaseFile { key: Some(key), ..plain.clone() };
    assert!(is_encrypted(&file.path).unwrap());
    assert_eq!(readable(folder.path()), [""; 0], "neither the database nor its copies");
    assert_eq!(facts(&file), [FACT]);

    // What comes later is encrypted too: the log, a copy, a snapshot.
    let store = Store::open(file.clone()).unwrap();
    assert!(store.is_encrypted() && store.stats().unwrap().encrypted);
    store.remember("Kilkenny has a castle", None, NOW).unwrap();
    // Who has it open needs nobody for the key.
    assert!(backup::keep_copy(store.file(), NOW).unwrap());
    let snapshot = DatabaseFile { path: folder.path().join("snapshot"), ..file.clone() };
    backup::snapshot(&file, &snapshot.path).unwrap();
    assert_eq!(readable(folder.path()), [""; 0]);
    drop(store);
    backup::check(&snapshot).unwrap();
    assert_eq!(facts(&snapshot).len(), 2);

    for key in [None, Some(DatabaseKey::random().unwrap())] {
        let other = DatabaseFile { key, ..file.clone() };
        let before = std::fs::read(&file.path).unwrap();
        let refused = Store::open(other.clone()).unwrap_err();
        assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
        assert_eq!(backup::recover(&other, NOW).unwrap(), None, "no copy is put in its place");
        assert_eq!(std::fs::read(&file.path).unwrap(), before);
    }

    // Damaged, it is brought back from its encrypted copy.
    let mut bytes = std::fs::read(&file.path).unwrap();
    bytes[..2000].fill(7);
    std::fs::write(&file.path, bytes).unwrap();
    assert!(matches!(Store::open(file.clone()), Err(StoreError::Damaged { .. })));
    assert!(backup::recover(&file, NOW).unwrap().is_some());
    assert_eq!(facts(&file).len(), 2);

    encrypt(&file, None).unwrap();
    assert!(!is_encrypted(&plain.path).unwrap());
    assert_eq!(facts(&plain).len(), 2);
}

#[test]
fn what_an_encryption_that_was_cut_short_left_behind_goes() {
    let folder = tempfile::tempdir().unwrap();
    let file = filled(folder.path());
    let left = folder.path().join("jarvis.sqlite-anew");
    std::fs::write(&left, "half of it").unwrap();
    assert_eq!(facts(&file), [FACT]);
    assert!(!left.exists());
}

/// The memory with everything embedded, or what was embedded before where there is no model.
fn memory(file: &DatabaseFile, with_model: bool) -> Recall {
    let store = Arc::new(Store::open(file.clone()).unwrap());
    let files = move || {
        assert!(with_model, "nothing is to be embedded");
        let file = |name| models::path("all-minilm-l6-v2", name);
        Ok(EmbedderFiles {
            weights: file("model.safetensors"),
            tokenizer: file("tokenizer.json"),
            config: file("config.json"),
        })
    };
    let model = EmbeddingModel { id: "all-minilm-l6-v2".into(), files: Box::new(files) };
    let index = Index::start(Arc::clone(&store), file.path.with_file_name("vectors"), model);
    index.settle(Box::new(|_| {})).unwrap();
    Recall::new(store, Some(index))
}

fn nearest(memory: &Recall, text: &str) -> String {
    let kinds = &Kind::ALL;
    let query = Query {
        text,
        kinds,
        by: By::Meaning,
        limit: 1,
        tokens: 500,
        past: false,
        pinned: false,
        not_in: None,
        now: NOW,
    };
    memory.find(&query).unwrap().remove(0).text
}

#[test]
fn it_is_found_by_its_meaning_and_no_vector_stands_beside_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let plain = filled(folder.path());
    let file = DatabaseFile { key: Some(DatabaseKey::random().unwrap()), ..plain.clone() };
    encrypt(&plain, file.key.clone()).unwrap();
    let first = memory(&file, true);
    assert_eq!(nearest(&first, "Where is my sibling's home?"), FACT);
    assert_eq!(nearest(&first, "vegetables in the garden"), "I planted parsnips by the shed.");
    let vectors = std::fs::read_dir(folder.path().join("vectors"))
        .map_or(0, |entries| entries.filter(|entry| entry.as_ref().unwrap().file_name() != "lock").count());
    assert_eq!(vectors, 0);

    // Another program sees what comes and goes meanwhile, and makes no vector a second time.
    let second = memory(&file, false);
    assert_eq!(second.index().unwrap().count().unwrap(), 2);
    let told = first.store().remember("the spare key hangs behind the clock", None, NOW).unwrap();
    first.index().unwrap().settle(Box::new(|_| {})).unwrap();
    assert_eq!(second.index().unwrap().count().unwrap(), 3);
    first.store().forget_fact(told.id).unwrap();
    first.index().unwrap().settle(Box::new(|_| {})).unwrap();
    assert_eq!(first.index().unwrap().count().unwrap(), 2);
    drop((first, second));
    assert_eq!(memory(&file, false).index().unwrap().count().unwrap(), 2);
}
