//! What was exported is taken in again: all of it or nothing, and only once.
#![expect(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]

use std::path::Path;

use jarvis_core::{Chunk, LeftOut, Role};
use jarvis_memory::{
    ArchiveError, ArchiveFormat, Counts, DatabaseFile, DatabaseKey, Imported, MessageStatus, MessageUpdate,
    NewAttachment, NewDocument, NewMessage, Store, ToolUse, entries,
};
use jiff::Timestamp;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// Of everything something.
fn full() -> Store {
    let store = Store::in_memory().unwrap();
    let id = store.create(Some("Holiday \u{201c}plans\u{201d}"), at(0)).unwrap().id;
    let picture = NewAttachment { name: "sea.png".into(), media_type: "image/png".into(), content: vec![7] };
    let picture = store.attach(&picture, at(0), at(1)).unwrap().id;
    let asked = NewMessage {
        attachments: vec![picture],
        ..NewMessage::new(Role::User, "Where to?\n\u{1f642}", None)
    };
    let asked = store.append(id, asked, at(2)).unwrap();
    let answer = store.append(id, NewMessage::new(Role::Assistant, "", None), at(3)).unwrap();
    let tool = ToolUse {
        tool: "time".into(),
        arguments: serde_json::json!({ "zone": "Europe/Lisbon" }),
        ok: true,
        result: "9:00".into(),
    };
    let update =
        MessageUpdate { tools: vec![tool], ..MessageUpdate::new("To the sea.", MessageStatus::Complete) };
    store.update(answer.id, &update).unwrap();
    let empty = store.create(None, at(4)).unwrap().id;
    store.set_pinned(empty, true).unwrap();
    let deleted = store.create(Some("deleted"), at(5)).unwrap().id;
    store.append(deleted, NewMessage::new(Role::User, "this goes", None), at(6)).unwrap();
    store.delete(deleted, at(7)).unwrap();
    let old = store.remember("I live in Bath", Some(asked.id), at(8)).unwrap();
    store.supersede(old.id, "I live in Leeds", None, at(9)).unwrap();
    let pinned = store.remember("I am vegetarian", None, at(10)).unwrap();
    store.pin(pinned.id, true).unwrap();
    let document = NewDocument {
        name: "boiler.pdf".into(),
        path: "/home/me/boiler.pdf".into(),
        hash: "ab12".into(),
        size_bytes: 99,
        pages: Some(2),
        left_out: vec![LeftOut::Page { page: 2 }],
    };
    let chunk =
        Chunk { page: Some(1), heading: Some("Pressure".into()), text: "Turn it\nto the left.".into() };
    store.keep_document(&document, &[chunk], at(11)).unwrap();
    store
}

fn export(store: &Store) -> String {
    let mut file = Vec::new();
    store.export(ArchiveFormat::Json, &mut file, at(50), |_, _| {}).unwrap();
    String::from_utf8(file).unwrap()
}

fn import(store: &Store, text: &str, dry_run: bool) -> Result<Imported, ArchiveError> {
    entries(text.as_bytes()).and_then(|entries| store.import(entries, dry_run))
}

const ALL: Counts =
    Counts { facts: 3, conversations: 2, messages: 2, attachments_left_out: 1, documents: 1, passages: 1 };

#[test]
fn what_is_taken_in_is_what_was_exported_and_only_once() {
    let (from, to) = (full(), Store::in_memory().unwrap());
    let text = export(&from);
    let all = Imported { added: ALL, known: Counts::default() };
    assert_eq!(import(&to, &text, true).unwrap(), all);
    assert_eq!(to.stats().unwrap().messages, 0, "that was only to see");
    assert_eq!(import(&to, &text, false).unwrap(), all);
    let [before, after] = [text.clone(), export(&to)].map(|text| {
        let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        lines
            .map(|mut line| {
                if line.get("attachments").is_some() {
                    line["attachments"] = serde_json::json!([]);
                }
                line
            })
            .collect::<Vec<_>>()
    });
    assert_eq!(before, after);
    assert_eq!(to.list(Some("sea")).unwrap().len(), 1, "and it is found");
    assert_eq!(to.facts(Some("Leeds"), false).unwrap().len(), 1);
    let again = Imported { added: Counts::default(), known: ALL };
    assert_eq!(import(&to, &text, false).unwrap(), again);
    assert_eq!(export(&to).lines().count(), text.lines().count());
}

#[test]
fn what_went_on_in_two_places_is_put_together() {
    let (from, to) = (full(), Store::in_memory().unwrap());
    import(&to, &export(&from), false).unwrap();
    let id = from.list(Some("Holiday")).unwrap()[0].id;
    from.append(id, NewMessage::new(Role::User, "said there", None), at(20)).unwrap();
    to.append(id, NewMessage::new(Role::User, "said here", None), at(21)).unwrap();
    let imported = import(&to, &export(&from), false).unwrap();
    assert_eq!((imported.added.messages, imported.added.conversations), (1, 0));
    let said: Vec<String> = to.all_messages(id).unwrap().into_iter().map(|m| m.content).skip(2).collect();
    assert_eq!(said, ["said here", "said there"]);
}

#[test]
fn a_line_that_is_not_as_it_should_be_is_named_and_nothing_is_changed() {
    let text = export(&full());
    let lines: Vec<&str> = text.lines().collect();
    let place =
        |kind: &str| lines.iter().position(|line| line.contains(&format!("\"kind\":\"{kind}\""))).unwrap();
    let without = |kind: &str| {
        let gone = place(kind);
        lines.iter().enumerate().filter(|(i, _)| *i != gone).map(|(_, l)| *l).collect::<Vec<_>>().join("\n")
    };
    let (fact, message, passage) = (place("fact"), place("message"), place("passage"));
    for (broken, line) in [
        (text.replacen("\"kind\":\"passage\"", "\"kind\":\"song\"", 1), passage + 1),
        (text.replacen("\"seq\":1", "\"seq\":-1", 1), message + 1),
        (text.replacen("\"role\":\"user\"", "\"role\":\"dog\"", 1), message + 1),
        (text.replacen("\"text\":\"I live in Bath\"", "\"text\":\" \"", 1), fact + 1),
        (format!("{text}what is this?\n"), lines.len() + 1),
        // What belongs to nothing.
        (without("conversation"), message),
        (without("document"), passage),
        (without("message"), fact + 1),
    ] {
        let store = Store::in_memory().unwrap();
        let error = import(&store, &broken, false).unwrap_err();
        assert!(matches!(error, ArchiveError::Line { line: l, .. } if l == line as u64), "{line}: {error}");
        let stats = store.stats().unwrap();
        assert_eq!((stats.facts, stats.messages, stats.documents, stats.conversations), (0, 0, 0, 0));
    }
    let store = Store::in_memory().unwrap();
    let newer = text.replacen("\"version\":1", "\"version\":2", 1);
    assert!(matches!(import(&store, &newer, false), Err(ArchiveError::TooNew { found: 2 })));
    for other in ["", "{}", "# Notes\n", "\u{0}"] {
        assert!(matches!(import(&store, other, false), Err(ArchiveError::NotOurs)), "{other:?}");
    }
}

#[test]
fn nothing_is_taken_in_while_somebody_else_has_the_memory_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jarvis.sqlite");
    let (store, other) = (Store::open(&path).unwrap(), Store::open(&path).unwrap());
    let text = export(&full());
    assert!(matches!(import(&store, &text, false), Err(ArchiveError::Running)));
    drop(other);
    assert_eq!(import(&store, &text, false).unwrap().added, ALL);
    Store::open(&path).unwrap();
}

/// Whether the word can be read in some file of the folder.
fn stands_in(folder: &Path, word: &str) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut bytes = files.filter(|path| path.is_file()).map(|path| std::fs::read(path).unwrap());
    bytes.any(|bytes| String::from_utf8_lossy(&bytes).contains(word))
}

#[test]
fn who_writes_during_an_export_does_not_wait_and_changes_nothing_of_it() {
    for key in [None, Some(DatabaseKey::random().unwrap())] {
        let folder = tempfile::tempdir().unwrap();
        let readable = key.is_none();
        let store = Store::open(DatabaseFile { path: folder.path().join("jarvis.sqlite"), key }).unwrap();
        import(&store, &export(&full()), false).unwrap();
        let talk = store.list(Some("Holiday")).unwrap()[0].id;
        assert_eq!(stands_in(folder.path(), "vegetarian"), readable);
        let meanwhile = |done: u64, _: u64| {
            if done == 1 {
                // Or the next line would wait for ever.
                assert!(!store.is_busy());
                store.append(talk, NewMessage::new(Role::User, "said meanwhile", None), at(51)).unwrap();
                store.forget("vegetarian").unwrap();
            }
        };
        let mut file = Vec::new();
        let counts = store.export(ArchiveFormat::Json, &mut file, at(50), meanwhile).unwrap();
        assert_eq!(counts, Counts { attachments_left_out: 0, ..ALL });
        let before = String::from_utf8(file).unwrap();
        assert!(before.contains("I am vegetarian") && !before.contains("said meanwhile"), "{before}");
        assert!(!stands_in(folder.path(), "vegetarian"), "nor in the log, which the export had need of");
        let after = export(&store);
        assert!(!after.contains("I am vegetarian") && after.contains("said meanwhile"), "{after}");
    }
}

#[test]
fn people_can_read_it() {
    let mut file = Vec::new();
    let counts = full().export(ArchiveFormat::Markdown, &mut file, at(50), |_, _| {}).unwrap();
    assert_eq!(counts, ALL);
    let text = String::from_utf8(file).unwrap();
    for part in [
        "- I live in Bath (since 2027-01-15, until 2027-01-15)",
        "# Holiday \u{201c}plans\u{201d}\n\n## You, 2027-01-15 08:00 UTC\n\nWhere to?",
        "`sea.png`",
        "# boiler.pdf\n\n## Pressure, page 1\n\nTurn it\nto the left.",
    ] {
        assert!(text.contains(part), "{part:?} in {text}");
    }
}
