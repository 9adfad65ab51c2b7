//! What Jarvis was told to remember: found, superseded, forgotten.
#![expect(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::path::Path;
use std::sync::Arc;

use jarvis_core::{Role, TurnId};
use jarvis_memory::{By, Chunk, Fact, Kind, NewDocument, NewMessage, Query, Recall, Store, StoreError};
use jiff::Timestamp;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn texts(facts: &[Fact]) -> Vec<&str> {
    facts.iter().map(|fact| fact.text.as_str()).collect()
}

/// By their words: without an index.
fn recall(store: &Arc<Store>, question: &str, limit: usize) -> Vec<String> {
    let query = Query {
        text: question,
        kinds: &[Kind::Fact],
        by: By::default(),
        limit,
        tokens: 1000,
        past: false,
        pinned: true,
        not_in: None,
        now: at(1000),
    };
    let found = Recall::new(Arc::clone(store), None).find(&query).unwrap();
    found.into_iter().map(|one| one.text).collect()
}

fn told(texts: &[&str]) -> Arc<Store> {
    let store = Arc::new(Store::in_memory().unwrap());
    for (second, text) in texts.iter().enumerate() {
        store.remember(text, None, at(second as i64)).unwrap();
    }
    store
}

#[test]
fn what_is_told_is_found_by_other_forms_of_its_words() {
    let store = told(&[
        "my car is parked in row seven",
        "Anna's birthday is on the third of May",
        "I am allergic to peanuts",
        "the door code is 4711",
    ]);
    for (question, first) in [
        ("Where did I park the car?", "my car is parked in row seven"),
        ("When are the birthdays?", "Anna's birthday is on the third of May"),
        ("Which peanut butter is it?", "I am allergic to peanuts"),
        ("what's the CODE for the door, \"please\" OR NEAR(", "the door code is 4711"),
    ] {
        assert_eq!(recall(&store, question, 1)[0], first, "{question}");
    }
    // Words that stand in every question bring nothing to mind, and there is never more than asked for.
    for question in
        ["?!", "", "What is my, and who am I?", "Was ist das, und wer bin ich?", "Why is the sky blue?"]
    {
        assert_eq!(recall(&store, question, 5), [""; 0], "{question}");
    }
    assert_eq!(recall(&store, "car, birthday, door, peanuts", 2).len(), 2);
    let car = store.facts(Some("car"), false).unwrap().remove(0);
    store.pin(car.id, true).unwrap();
    assert_eq!(recall(&store, "peanuts", 2)[0], car.text, "a pinned one always does");
    assert_eq!(store.facts(Some("peanut"), false).unwrap().len(), 1);
    assert!(store.facts(Some("submarine"), false).unwrap().is_empty());
}

#[test]
fn what_is_known_is_not_remembered_twice() {
    let store = told(&["My car is red", "  my CAR is red "]);
    assert_eq!(store.facts(None, false).unwrap().len(), 1);
}

#[test]
fn a_later_fact_takes_the_place_of_an_earlier_one_which_is_kept() {
    let store = told(&["I live in Bath"]);
    let bath = store.facts(None, false).unwrap().remove(0);
    let leeds = store.supersede(bath.id, "I live in Leeds", None, at(100)).unwrap();
    assert_eq!(texts(&store.facts(None, false).unwrap()), ["I live in Leeds"]);
    assert_eq!(recall(&store, "Where do I live? In Bath?", 5), ["I live in Leeds"]);
    let all = store.facts(None, true).unwrap();
    assert_eq!(texts(&all), ["I live in Leeds", "I live in Bath"]);
    assert_eq!((all[1].valid_to, all[1].superseded_by), (Some(at(100)), Some(leeds.id)));
    // One that no longer holds cannot be superseded again, and nothing is half done.
    let again = store.supersede(bath.id, "I live in York", None, at(200));
    assert!(matches!(again, Err(StoreError::NotFound { .. })), "{again:?}");
    assert_eq!(store.facts(None, true).unwrap().len(), 2);
    let reworded = store.reword(leeds.id, "I live in Leeds, by the river").unwrap();
    assert_eq!(reworded.valid_from, at(100));
    assert_eq!(recall(&store, "river", 1), ["I live in Leeds, by the river"]);
}

/// The files under `folder` that hold `words`, in any case.
fn holding(folder: &Path, words: &str) -> Vec<String> {
    let words = words.to_lowercase().into_bytes();
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.is_file());
    let holds = |path: &Path| {
        let bytes = std::fs::read(path).unwrap().to_ascii_lowercase();
        bytes.windows(words.len()).any(|window| window == words)
    };
    files.filter(|path| holds(path)).map(|path| path.display().to_string()).collect()
}

#[test]
fn what_is_forgotten_is_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("jarvis.sqlite")).unwrap();
    let talk = store.create(None, at(0)).unwrap().id;
    let named = store.create(Some("All about Zebulon"), at(0)).unwrap().id;
    let (first, second) = (TurnId::new(), TurnId::new());
    let told = store
        .append(talk, NewMessage::new(Role::User, "remember that my password is Zebulon", Some(first)), at(1))
        .unwrap();
    store.append(talk, NewMessage::new(Role::Assistant, "I shall.", Some(first)), at(2)).unwrap();
    store.append(talk, NewMessage::new(Role::User, "what is a tide?", Some(second)), at(3)).unwrap();
    store
        .append(talk, NewMessage::new(Role::Assistant, "Water, and the moon.", Some(second)), at(4))
        .unwrap();
    let old = store.remember("my password is Quibble", None, at(0)).unwrap();
    store.supersede(old.id, "my password is Zebulon", Some(told.id), at(1)).unwrap();
    store.remember("I like the seaside", None, at(5)).unwrap();
    assert!(!holding(dir.path(), "zebulon").is_empty(), "or the search below would find nothing anyway");

    let would = store.would_forget("zebulon password").unwrap();
    assert_eq!(texts(&would.facts), ["my password is Quibble", "my password is Zebulon"]);
    assert_eq!(would.messages.len(), 2, "the answer that belongs to it too");
    assert_eq!(store.facts(None, true).unwrap().len(), 3, "that was only a question");
    assert!(
        store.would_forget("").unwrap().is_empty() && store.would_forget("submarine").unwrap().is_empty()
    );

    assert_eq!(store.forget("password").unwrap(), would);
    store.forget("Zebulon").unwrap();
    assert!(store.forget("sea").unwrap().is_empty(), "a word is no beginning of another");
    assert_eq!(texts(&store.facts(None, true).unwrap()), ["I like the seaside"]);
    let left: Vec<String> = store.all_messages(talk).unwrap().into_iter().map(|m| m.content).collect();
    assert_eq!(left, ["what is a tide?", "Water, and the moon."]);
    assert_eq!(store.conversation(talk).unwrap().title, "what is a tide?");
    assert_eq!(store.conversation(named).unwrap().title, "");
    for gone in ["zebulon", "quibble", "password"] {
        assert_eq!(holding(dir.path(), gone), Vec::<String>::new(), "{gone}");
    }
}

#[test]
fn a_document_keeps_its_place_unless_the_words_stand_in_that() {
    let store = Store::in_memory().unwrap();
    let path = "/home/joanna/papers/a.txt";
    let new = NewDocument {
        name: "a.txt".into(),
        path: path.into(),
        hash: "h".into(),
        size_bytes: 1,
        pages: None,
        left_out: Vec::new(),
    };
    store.keep_document(&new, &[Chunk { text: "A tide.".into(), page: None, heading: None }], at(1)).unwrap();
    store.forget("ann").unwrap();
    assert_eq!(store.documents().unwrap()[0].path, path, "it is no word there");
    store.forget("Papers").unwrap();
    assert_eq!(store.documents().unwrap()[0].path, "h/a.txt");
}
