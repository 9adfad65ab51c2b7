//! The store on real SQLite files.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "in a test an unexpected error ends it")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use jarvis_core::{Code, ConversationId, Role, TurnId, TurnTimings, Usage};
use jarvis_memory::{
    Message, MessageStatus, MessageUpdate, NewMessage, Store, StoreError, ToolUse, export_markdown,
};
use jiff::Timestamp;
use serde_json::json;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn said(role: Role, content: &str) -> NewMessage {
    NewMessage { role, content: content.into(), status: MessageStatus::Complete, spoken: false, turn: None }
}

fn add(store: &Store, id: ConversationId, content: &str, second: i64) -> Message {
    store.append(id, said(Role::User, content), at(second)).unwrap()
}

fn titles(store: &Store, search: Option<&str>) -> Vec<String> {
    store.list(search).unwrap().into_iter().map(|c| c.title).collect()
}

fn file(dir: &tempfile::TempDir) -> std::path::PathBuf {
    dir.path().join("deep/jarvis.sqlite")
}

#[test]
fn conversations_are_listed_renamed_pinned_deleted_and_brought_back() {
    let store = Store::in_memory().unwrap();
    let [first, second, third] =
        [1, 2, 3].map(|n| store.create(Some(&format!("talk {n}")), at(n)).unwrap().id);
    assert_eq!(titles(&store, None), ["talk 3", "talk 2", "talk 1"]);
    add(&store, first, "hello", 9);
    store.set_pinned(second, true).unwrap();
    store.rename(third, "  the third ").unwrap();
    assert_eq!(titles(&store, None), ["talk 2", "talk 1", "the third"]);
    store.delete(first, at(10)).unwrap();
    assert_eq!(titles(&store, None), ["talk 2", "the third"]);
    assert!(matches!(store.append(first, said(Role::User, "x"), at(11)), Err(StoreError::NotFound { .. })));
    assert_eq!(store.restore(first).unwrap().message_count, 1);
    store.delete(first, at(12)).unwrap();
    assert_eq!(store.purge(at(12)).unwrap(), 0);
    assert_eq!(store.purge(at(13)).unwrap(), 1);
    let gone = store.restore(first).unwrap_err();
    assert_eq!(gone.failure().code, Code::NotFound);
    assert_eq!(titles(&store, Some("hello")), Vec::<String>::new(), "what is purged is not found");
}

#[test]
fn a_title_is_the_beginning_of_the_first_request_unless_one_was_chosen() {
    let store = Store::in_memory().unwrap();
    let long = "Why is it that the sky over the sea is of another blue than the sky over the mountains?";
    for (chosen, first, title) in [
        (None, "\n  What time is it?\nIn Tokyo.", "What time is it?"),
        (None, long, "Why is it that the sky over the sea is of another blue than\u{2026}"),
        (Some("Mine"), "What time is it?", "Mine"),
    ] {
        let id = store.create(chosen, at(0)).unwrap().id;
        add(&store, id, first, 1);
        add(&store, id, "and then?", 2);
        assert_eq!(store.conversation(id).unwrap().title, title);
    }
}

#[test]
fn everything_about_an_answer_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (id, asked, update) = {
        let store = Store::open(&file(&dir)).unwrap();
        let id = store.create(None, at(0)).unwrap().id;
        let turn = Some(TurnId::new());
        let asked =
            store.append(id, NewMessage { spoken: true, turn, ..said(Role::User, "hi") }, at(1)).unwrap();
        let answer = NewMessage { status: MessageStatus::Streaming, turn, ..said(Role::Assistant, "") };
        let answer = store.append(id, answer, at(2)).unwrap();
        let tool = ToolUse {
            tool: "time".into(),
            arguments: json!({"city": "Ōsaka"}),
            ok: true,
            result: "7".into(),
        };
        let update = MessageUpdate {
            content: "Grüß Gott 🙂".into(),
            status: MessageStatus::Interrupted,
            timings: Some(TurnTimings { first_token_ms: Some(7), ..TurnTimings::default() }),
            usage: Some(Usage { prompt_tokens: 3, ..Usage::default() }),
            reflex: Some("time".into()),
            tools: vec![tool],
        };
        store.update(answer.id, &update).unwrap();
        (id, asked, update)
    };
    let store = Store::open(&file(&dir)).unwrap();
    let messages = store.all_messages(id).unwrap();
    assert_eq!((messages[0].clone(), messages[0].seq, messages[1].seq), (asked, 1, 2));
    let answer = &messages[1];
    let MessageUpdate { content, status, timings, usage, reflex, tools } = update;
    assert_eq!((&answer.content, answer.status, answer.timings), (&content, status, timings));
    assert_eq!((answer.usage, &answer.reflex, &answer.tools), (usage, &reflex, &tools));
    assert_eq!(store.last_request(id).unwrap().unwrap(), messages[0]);
    assert_eq!(store.recent_turns(9).unwrap()[0].timings.first_token_ms, Some(7));
    let text = export_markdown(&store.conversation(id).unwrap(), &messages);
    assert!(text.starts_with("# hi\n\n## You, 2027-01-15 08:00 UTC\n\nhi\n\n## Jarvis,"), "{text}");
    store.truncate_from(id, messages[1].id).unwrap();
    assert_eq!(store.all_messages(id).unwrap().len(), 1);
    assert!(matches!(store.truncate_from(id, messages[1].id), Err(StoreError::NotFound { .. })));
}

#[test]
fn what_is_searched_for_is_text() {
    let store = Store::in_memory().unwrap();
    for text in ["Die Straße nach Österreich", "NEAR the sea OR not", "100% \"sure\" * 🙂", "plain words"]
    {
        let id = store.create(None, at(0)).unwrap().id;
        add(&store, id, text, 1);
    }
    let check = |search: &str, found: &[&str]| {
        let mut titles = titles(&store, Some(search));
        titles.sort();
        assert_eq!(titles, found, "{search:?}");
    };
    check("straße öst", &["Die Straße nach Österreich"]);
    check("osterreich", &["Die Straße nach Österreich"]);
    check("NEAR(", &["NEAR the sea OR not"]);
    check("sea OR plain", &[]);
    check("\"sure\" *", &["100% \"sure\" * 🙂"]);
    check("wor", &["plain words"]);
    check("words plain", &["plain words"]);
    check("word sea", &[]);
    for nothing in ["", "  ", "*", "\"", "🙂", "\0"] {
        assert_eq!(titles(&store, Some(nothing)).len(), 4, "{nothing:?} asks for nothing in particular");
    }
    check("x' OR '1'='1", &[]);
}

#[test]
fn ten_thousand_messages_are_paged_through() {
    let store = Store::in_memory().unwrap();
    let id = store.create(None, at(0)).unwrap().id;
    for n in 1..=10_000 {
        add(&store, id, &n.to_string(), n);
    }
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let (page, has_more) = store.page(id, before, 200).unwrap();
        before = page.first().map(|m| m.seq);
        seen.splice(0..0, page.into_iter().map(|m| m.content));
        if !has_more {
            break;
        }
    }
    assert!(
        seen.iter().map(String::as_str).eq((1..=10_000).map(|n| n.to_string()).collect::<Vec<_>>().iter())
    );
    assert_eq!(store.page(id, Some(1), 200).unwrap(), (Vec::new(), false));
    assert_eq!(store.list(Some("9999")).unwrap().len(), 1);
}

#[test]
fn two_programs_may_have_the_file_open() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (Store::open(&file(&dir)).unwrap(), Store::open(&file(&dir)).unwrap());
    let id = one.create(None, at(0)).unwrap().id;
    std::thread::scope(|scope| {
        for store in [&one, &other] {
            scope.spawn(move || (0..100).for_each(|n| drop(add(store, id, "hello", n))));
        }
    });
    let places: Vec<u64> = other.all_messages(id).unwrap().iter().map(|m| m.seq).collect();
    assert_eq!(places, (1..=200).collect::<Vec<_>>());
}

#[test]
fn what_was_kept_survives_a_kill_and_an_answer_under_way_is_interrupted() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writes_until_it_is_killed", "--nocapture"])
        .env("JARVIS_TEST_DATABASE", file(&dir))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let kept =
        lines.by_ref().filter_map(|line| line.unwrap().strip_prefix("kept ")?.parse::<u64>().ok()).nth(50);
    child.kill().unwrap();
    child.wait().unwrap();
    let store = Store::open(&file(&dir)).unwrap();
    let id = store.list(None).unwrap()[0].id;
    let messages = store.all_messages(id).unwrap();
    assert!(messages.len() as u64 >= kept.unwrap(), "{} of {kept:?}", messages.len());
    assert!(messages.iter().all(|m| m.status == MessageStatus::Interrupted));
}

/// Part of the test above: does nothing unless that has started it.
#[test]
fn writes_until_it_is_killed() {
    let Some(path) = std::env::var_os("JARVIS_TEST_DATABASE") else { return };
    let store = Store::open(Path::new(&path)).unwrap();
    let id = store.create(None, at(0)).unwrap().id;
    loop {
        let answer = NewMessage { status: MessageStatus::Streaming, ..said(Role::Assistant, "so far") };
        let message = store.append(id, answer, at(1)).unwrap();
        // A line of its own, whatever the test harness has printed before.
        println!("\nkept {}", message.seq);
    }
}

#[test]
fn files_that_cannot_be_used_are_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("jarvis.sqlite");
    std::fs::write(&path, "this is no database, however long it may be. ".repeat(100)).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(Store::open(&path).unwrap_err(), StoreError::Damaged { .. }));
    assert_eq!(std::fs::read(&path).unwrap(), before);

    let newer = dir.path().join("newer.sqlite");
    drop(Store::open(&newer).unwrap());
    rusqlite::Connection::open(&newer).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = Store::open(&newer).unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found: 99, .. }), "{error}");
    assert!(error.failure().remedy.contains("later version"));

    let error = Store::open(Path::new("/dev/null/jarvis.sqlite")).unwrap_err();
    assert!(matches!(error, StoreError::Unusable { .. }), "{error}");
}
