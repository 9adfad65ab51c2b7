//! Recall, on the real embedding model.
#![expect(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::path::Path;
use std::sync::Arc;

use jarvis_core::{Code, Failure, Role, TurnId};
use jarvis_memory::{
    By, EmbedderFiles, EmbeddingModel, Index, Kind, NewMessage, Provenance, Query, Recall, Recalled, Store,
};
use jarvis_testkit::models;
use jiff::Timestamp;

const MODEL: &str = "all-minilm-l6-v2";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn model() -> EmbeddingModel {
    EmbeddingModel { id: MODEL.into(), files: Box::new(|| Ok(files())) }
}

fn files() -> EmbedderFiles {
    let file = |name| models::path(MODEL, name);
    EmbedderFiles {
        weights: file("model.safetensors"),
        tokenizer: file("tokenizer.json"),
        config: file("config.json"),
    }
}

/// The memory in `folder`, with everything embedded.
fn memory(folder: &Path) -> Recall {
    let store = Arc::new(Store::open(&folder.join("jarvis.sqlite")).unwrap());
    let index = Index::start(Arc::clone(&store), folder.join("vectors"), model());
    let memory = Recall::new(store, Some(index));
    settle(&memory);
    memory
}

fn settle(memory: &Recall) {
    memory.index().unwrap().settle(Box::new(|_| {})).unwrap();
    assert_eq!(memory.store().unindexed().unwrap(), 0);
}

fn vectors(memory: &Recall) -> usize {
    memory.index().unwrap().count().unwrap()
}

fn query(text: &str, by: By) -> Query<'_> {
    Query {
        text,
        kinds: &Kind::ALL,
        by,
        limit: 5,
        tokens: 500,
        past: false,
        pinned: true,
        not_in: None,
        now: at(1000),
    }
}

fn find(memory: &Recall, text: &str, by: By) -> Vec<String> {
    texts(memory.find(&query(text, by)).unwrap())
}

fn texts(found: Vec<Recalled>) -> Vec<String> {
    found.into_iter().map(|one| one.text).collect()
}

const FACTS: [&str; 5] = [
    "My sister Hanna must not eat walnuts.",
    "The boiler's serial number is QX-4471.",
    "The spare key hangs behind the water meter.",
    "Our wedding was in Lisbon in 2009.",
    "Dr Brandt is our dentist.",
];

fn tell(memory: &Recall, facts: &[&str]) {
    for (second, fact) in (0..).zip(facts) {
        memory.store().remember(fact, None, at(second)).unwrap();
    }
    settle(memory);
}

#[test]
fn what_was_told_is_found_by_its_meaning_and_by_its_words() {
    let folder = tempfile::tempdir().unwrap();
    let memory = memory(folder.path());
    tell(&memory, &FACTS);
    for (question, fact) in [
        ("Who in my family is allergic to nuts?", 0),
        ("Where can I find something to unlock the door?", 2),
        ("In which city did we get married?", 3),
        ("Who looks after our teeth?", 4),
    ] {
        assert_eq!(find(&memory, question, By::Meaning)[0], FACTS[fact], "{question}");
        assert_eq!(find(&memory, question, By::Both)[0], FACTS[fact], "{question}");
    }
    assert_eq!(find(&memory, "which city for marriage", By::Words), [""; 0]);
    assert_eq!(find(&memory, "QX 4471", By::Both)[0], FACTS[1]);
    // Nothing comes to mind at what has to do with nothing.
    assert_eq!(find(&memory, "Explain quantum chromodynamics", By::Both), [""; 0]);
    let query = Query { tokens: 15, ..query("Where is the spare key, and who is our dentist?", By::Both) };
    assert_eq!(memory.find(&query).unwrap().len(), 1);
}

#[test]
fn vectors_are_kept_and_made_again_where_they_are_lost() {
    let folder = tempfile::tempdir().unwrap();
    let first = memory(folder.path());
    tell(&first, &FACTS);
    assert_eq!(vectors(&first), FACTS.len());
    drop(first);
    // They are there in the next run: nothing has to be embedded.
    let store = Store::open(&folder.path().join("jarvis.sqlite")).unwrap();
    assert_eq!(store.unindexed().unwrap(), 0);
    let second = memory(folder.path());
    assert_eq!((vectors(&second), second.index().unwrap().count().unwrap()), (5, 5));
    second.index().unwrap().rebuild(Box::new(|_| {})).unwrap();
    assert_eq!(vectors(&second), FACTS.len());
    assert_eq!(find(&second, "allergic to nuts", By::Meaning)[0], FACTS[0]);
    drop(second);
    for lost in ["all", "some"] {
        let vectors_in = folder.path().join("vectors");
        match lost {
            "all" => std::fs::remove_dir_all(&vectors_in).unwrap(),
            _ => {
                // A file of a table, as a failing disk leaves it.
                let tables = std::fs::read_dir(&vectors_in).unwrap().map(|entry| entry.unwrap().path());
                for table in tables.filter(|path| path.join("_versions").is_dir()) {
                    for manifest in std::fs::read_dir(table.join("_versions")).unwrap() {
                        std::fs::write(manifest.unwrap().path(), "nonsense").unwrap();
                    }
                }
            }
        }
        let store = Arc::new(Store::open(&folder.path().join("jarvis.sqlite")).unwrap());
        let index = Index::start(Arc::clone(&store), vectors_in, model());
        let third = Recall::new(store, Some(index));
        // A search that comes first finds by words what meaning does not know yet.
        assert_eq!(find(&third, "Who is our dentist?", By::Both)[0], FACTS[4], "{lost}");
        settle(&third);
        assert_eq!(find(&third, "allergic to nuts", By::Meaning)[0], FACTS[0], "{lost}");
        assert_eq!(vectors(&third), FACTS.len(), "{lost}");
    }
}

#[test]
fn a_missing_model_leaves_the_words() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(Store::open(&folder.path().join("jarvis.sqlite")).unwrap());
    let missing = Failure::new(Code::ModelMissing, "There is none.", "Fetch it.");
    let model = EmbeddingModel { files: Box::new(move || Err(missing.clone())), ..model() };
    let index = Index::start(Arc::clone(&store), folder.path().join("vectors"), model);
    store.remember(FACTS[4], None, at(1)).unwrap();
    let failed = index.settle(Box::new(|_| {})).unwrap_err();
    assert_eq!(failed.to_string(), "There is none.");
    let memory = Recall::new(store, Some(index));
    assert_eq!(find(&memory, "the dentist", By::Both), [FACTS[4]]);
    assert_eq!(memory.store().unindexed().unwrap(), 1);
}

#[test]
fn what_was_said_is_found_with_where_it_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let memory = memory(folder.path());
    let store = memory.store();
    let talk = store.create(Some("Holidays"), at(1)).unwrap().id;
    let say = |request: &str, answer: &str| {
        let turn = TurnId::new();
        let turn = [
            NewMessage::new(Role::User, request, Some(turn)),
            NewMessage::new(Role::Assistant, answer, Some(turn)),
        ];
        store.begin(talk, None, turn, at(2)).unwrap()
    };
    say("We are flying to Porto on the third of May.", "That sounds lovely.");
    let [_, answer] = say("Which port wine is dry?", "A white port can be dry, a tawny is sweet.");
    settle(&memory);
    let found = memory.find(&query("When is our flight to Portugal?", By::Both)).unwrap();
    assert_eq!(found[0].text, "We are flying to Porto on the third of May.");
    let Provenance::Message { conversation, title, role, .. } = &found[0].from else { panic!("{found:?}") };
    assert_eq!((*conversation, title.as_str(), *role), (talk, "Holidays", Role::User));
    // A question tells nothing; its answer does.
    let port = memory.find(&query("dry port wine", By::Both)).unwrap();
    assert!(matches!(&port[0].from, Provenance::Message { id, .. } if *id == answer.id), "{port:?}");
    assert!(port.iter().all(|one| !one.text.ends_with('?')), "{port:?}");
    // Not what is at hand, nor what was deleted.
    let elsewhere = Query { not_in: Some(talk), ..query("flight to Porto", By::Both) };
    assert_eq!(memory.find(&elsewhere).unwrap(), []);
    store.delete(talk, at(3)).unwrap();
    assert_eq!(find(&memory, "flight to Porto", By::Both), [""; 0]);
}

/// Whether `bytes` stand in a file in or below `folder`.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| {
        if path.is_dir() {
            return holds(&path, bytes);
        }
        std::fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes)
    })
}

#[test]
fn what_is_forgotten_leaves_no_vector() {
    let folder = tempfile::tempdir().unwrap();
    let memory = memory(folder.path());
    tell(&memory, &FACTS);
    // Embedded beside the same others, a text's vector is the same to the last bit.
    let embedded = jarvis_memory::Embedder::open(&files()).unwrap().embed(&FACTS).unwrap();
    let bytes =
        |fact: usize| -> Vec<u8> { embedded[fact][..4].iter().flat_map(|n| n.to_le_bytes()).collect() };
    let kept = |fact| holds(&folder.path().join("vectors"), &bytes(fact));
    assert_eq!([kept(0), kept(1)], [true, true]);
    memory.store().forget("walnuts").unwrap();
    settle(&memory);
    assert_eq!([kept(0), kept(1)], [false, true]);
    assert_eq!(vectors(&memory), FACTS.len() - 1);
    assert!(!find(&memory, "allergic to nuts", By::Meaning).contains(&FACTS[0].to_string()));
}

#[test]
fn a_table_whose_making_was_cut_short_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let first = memory(folder.path());
    first.store().remember("I live in Bath", None, at(1)).unwrap();
    settle(&first);
    drop(first);
    // Listed, and no table: its folder is there, and nothing says yet what belongs to it.
    let tables: Vec<_> = std::fs::read_dir(folder.path().join("vectors"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "lance"))
        .collect();
    assert_eq!(tables.len(), 3);
    for table in tables {
        std::fs::remove_dir_all(table.join("_versions")).unwrap();
    }
    let store = Store::open(&folder.path().join("jarvis.sqlite")).unwrap();
    store.remember("I have a dog", None, at(2)).unwrap();
    drop(store);
    let again = memory(folder.path());
    assert_eq!(vectors(&again), 2);
}
