//! The store on real SQLite files.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "in a test an unexpected error ends it")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use jarvis_core::{
    AttachmentId, AttachmentNote, Code, ConversationId, FactId, Limited, MessageId, Role, Source, TurnId,
    TurnTimings, Usage,
};
use jarvis_memory::{
    Message, MessageStatus, MessageUpdate, NewMessage, Store, StoreError, ToolUse, export_markdown,
};
use jiff::Timestamp;
use serde_json::json;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn said(role: Role, content: &str) -> NewMessage {
    NewMessage::new(role, content, None)
}

fn add(store: &Store, id: ConversationId, content: &str, second: i64) -> Message {
    store.append(id, said(Role::User, content), at(second)).unwrap()
}

/// Another request in place of `instead_of`, with an answer to come.
fn replace(
    store: &Store,
    id: ConversationId,
    instead_of: MessageId,
    content: &str,
) -> Result<Message, StoreError> {
    let answer = NewMessage { status: MessageStatus::Streaming, ..said(Role::Assistant, "") };
    let [request, _] = store.begin(id, Some(instead_of), [said(Role::User, content), answer], at(50))?;
    Ok(request)
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
    let unknown = ConversationId::new();
    for error in [
        store.conversation(unknown).unwrap_err(),
        store.rename(unknown, "x").unwrap_err(),
        store.set_pinned(unknown, true).unwrap_err(),
        store.delete(unknown, at(1)).unwrap_err(),
        store.page(unknown, None, 1).unwrap_err(),
    ] {
        assert_eq!(error.failure().code, Code::NotFound, "{error}");
    }
}

#[test]
fn nothing_of_what_is_purged_is_left_in_the_files() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&file(&dir)).unwrap();
    let keep = store.create(Some("keep"), at(0)).unwrap().id;
    let secret = store.create(None, at(0)).unwrap().id;
    for n in 0..50 {
        add(&store, keep, &"ordinary words ".repeat(50), n);
        add(&store, secret, &"Zanzibarian quetzalcoatl ".repeat(50), n);
    }
    // The index keeps words in small letters.
    let left = || {
        let files = std::fs::read_dir(file(&dir).parent().unwrap()).unwrap();
        let bytes = files.flat_map(|f| std::fs::read(f.unwrap().path()).unwrap());
        let text = String::from_utf8_lossy(&bytes.collect::<Vec<_>>()).to_lowercase();
        ["zanzibarian", "quetzalcoatl"].map(|word| text.matches(word).count())
    };
    assert!(left().iter().all(|found| *found > 0), "it was there");
    store.delete(secret, at(99)).unwrap();
    assert_eq!(store.purge(at(100)).unwrap(), 1);
    assert_eq!(left(), [0, 0]);
    assert_eq!(store.list(Some("ordinary wor")).unwrap().len(), 1);
}

#[test]
fn what_is_old_goes_for_good_but_for_what_is_pinned_and_what_was_learnt() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&file(&dir)).unwrap();
    let [old, pinned, young, deleted] =
        ["old", "pinned", "young", "deleted"].map(|title| store.create(Some(title), at(0)).unwrap().id);
    for n in 0..40 {
        add(&store, old, "Zanzibarian quetzalcoatl", n);
    }
    let told = add(&store, old, "I am vegetarian", 40);
    store.remember("I am vegetarian", Some(told.id), at(40)).unwrap();
    add(&store, pinned, "hello", 41);
    add(&store, young, "hello", 100);
    add(&store, deleted, "hello", 42);
    store.set_pinned(pinned, true).unwrap();
    store.delete(deleted, at(43)).unwrap();
    jarvis_memory::backup::keep_copy(&file(&dir).as_path().into(), at(50)).unwrap();
    assert_eq!(store.purge_old(at(0)).unwrap(), 0);
    assert_eq!(store.purge_old(at(100)).unwrap(), 2);
    assert_eq!(titles(&store, None), ["pinned", "young"]);
    assert_eq!(store.restore(deleted).unwrap_err().failure().code, Code::NotFound);
    let fact = store.facts(None, false).unwrap().remove(0);
    assert_eq!((fact.text.as_str(), fact.told_in), ("I am vegetarian", None));
    let files = std::fs::read_dir(file(&dir).parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    for path in files.filter(|path| path.is_file()) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).to_lowercase();
        assert!(!text.contains("quetzalcoatl"), "{}", path.display());
    }
    assert!(!dir.path().join("deep/jarvis.sqlite-copies").exists(), "nor in the copies");
}

#[test]
fn a_title_is_the_beginning_of_the_first_request_unless_one_was_chosen() {
    let store = Store::in_memory().unwrap();
    let long = "Why is it that the sky over the sea is of another blue than the sky over the mountains?";
    for (chosen, first, title) in [
        (None, "\n  What time is it?\nIn Tokyo.", "What time is it?"),
        (None, long, "Why is it that the sky over the sea is of another blue than\u{2026}"),
        (Some("Mine"), "What time is it?", "Mine"),
        (Some("  "), &"a".repeat(60), &"a".repeat(60)),
        (None, &"🙂".repeat(61), &format!("{}\u{2026}", "🙂".repeat(59))),
        (None, &format!("{} b", "a".repeat(59)), &format!("{}\u{2026}", "a".repeat(59))),
    ] {
        let id = store.create(chosen, at(0)).unwrap().id;
        add(&store, id, first, 1);
        add(&store, id, "and then?", 2);
        assert_eq!(store.conversation(id).unwrap().title, title);
        assert!(title.chars().count() <= 60);
    }
}

#[test]
fn a_title_that_nobody_chose_follows_the_first_request() {
    let store = Store::in_memory().unwrap();
    let id = store.create(None, at(0)).unwrap().id;
    let title = || store.conversation(id).unwrap().title;
    let first = add(&store, id, "What tim is it?", 1);
    add(&store, id, "Hello?", 2);
    let first = replace(&store, id, first.id, "What time is it?").unwrap();
    assert_eq!((title(), first.seq), ("What time is it?".into(), 1));
    assert_eq!(store.all_messages(id).unwrap().len(), 2);
    assert_eq!(titles(&store, Some("tim is")), Vec::<String>::new(), "what was replaced is not found");
    store.rename(id, "Clocks").unwrap();
    replace(&store, id, first.id, "And in Tokyo?").unwrap();
    assert_eq!(title(), "Clocks");
    store.rename(id, " ").unwrap();
    assert_eq!(title(), "And in Tokyo?");
}

#[test]
fn a_deleted_conversation_is_brought_back_whole() {
    let store = Store::in_memory().unwrap();
    let id = store.create(None, at(0)).unwrap().id;
    let asked = add(&store, id, "hello", 1);
    let answer = NewMessage { status: MessageStatus::Streaming, ..said(Role::Assistant, "") };
    let answer = store.append(id, answer, at(2)).unwrap();
    store.delete(id, at(3)).unwrap();
    assert!(matches!(replace(&store, id, asked.id, "hi"), Err(StoreError::NotFound { .. })));
    // An answer that is under way then comes to its end all the same.
    let update = MessageUpdate::new("Good morning.", MessageStatus::Complete);
    store.update(answer.id, &update).unwrap();
    store.restore(id).unwrap();
    let said: Vec<String> = store.all_messages(id).unwrap().into_iter().map(|m| m.content).collect();
    assert_eq!(said, ["hello", "Good morning."]);
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
            notes: vec![AttachmentNote {
                attachment: AttachmentId::new(),
                name: "sea.png".into(),
                limited: Limited::NotSeen,
            }],
            sources: vec![Source::Fact { id: FactId::new() }],
        };
        store.update(answer.id, &update).unwrap();
        (id, asked, update)
    };
    let store = Store::open(&file(&dir)).unwrap();
    let messages = store.all_messages(id).unwrap();
    assert_eq!((messages[0].clone(), messages[0].seq, messages[1].seq), (asked, 1, 2));
    let answer = &messages[1];
    let MessageUpdate { content, status, timings, usage, reflex, tools, notes, sources } = update;
    assert_eq!((&answer.content, answer.status, answer.timings), (&content, status, timings));
    assert_eq!((answer.usage, &answer.reflex, &answer.tools), (usage, &reflex, &tools));
    assert_eq!((&answer.notes, &answer.sources), (&notes, &sources));
    assert_eq!(store.last_request(id).unwrap().unwrap(), messages[0]);
    assert_eq!(store.recent_turns(9).unwrap()[0].timings.first_token_ms, Some(7));
    let text = export_markdown(&store.conversation(id).unwrap(), &messages);
    assert!(text.starts_with("# hi\n\n## You, 2027-01-15 08:00 UTC\n\nhi\n\n## Jarvis,"), "{text}");
    replace(&store, id, messages[1].id, "what?").unwrap();
    let gone = replace(&store, id, messages[1].id, "what?");
    assert!(matches!(gone, Err(StoreError::NotFound { what: "message" })), "{gone:?}");
    let words: Vec<_> = store.all_messages(id).unwrap().into_iter().map(|m| m.content).collect();
    assert_eq!(words, ["hi", "what?", ""], "what could not be done has changed nothing");
}

#[test]
fn what_is_searched_for_is_text() {
    let store = Store::in_memory().unwrap();
    for text in [
        "Die Straße nach Österreich",
        "NEAR the sea OR not",
        "100% \"sure\" * 🙂",
        "plain words",
        "今日の天気は?",
        "cafe\u{301}s in hin\u{301}di हिन्दी",
    ] {
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
    check("plain * -", &["plain words"]);
    check("plain\0wor", &["plain words"]);
    check("天気", &["今日の天気は?"]);
    check("🙂 sure", &["100% \"sure\" * 🙂"]);
    check("🙃", &[]);
    check("cafés", &["cafe\u{301}s in hin\u{301}di हिन्दी"]);
    check("cafe\u{301}s हिन्दी", &["cafe\u{301}s in hin\u{301}di हिन्दी"]);
    check(&"plain ".repeat(100_000), &["plain words"]);
    check(&"🙂 ".repeat(100_000), &["100% \"sure\" * 🙂"]);
    for nothing in ["", "  ", "*", "\"", "\"\"", "(", "\0"] {
        assert_eq!(titles(&store, Some(nothing)).len(), 6, "{nothing:?} asks for nothing in particular");
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
fn an_answer_that_another_program_writes_is_left_alone_until_that_dies() {
    let dir = tempfile::tempdir().unwrap();
    let writer = Store::open(&file(&dir)).unwrap();
    let id = writer.create(None, at(0)).unwrap().id;
    let answer =
        |content: &str| NewMessage { status: MessageStatus::Streaming, ..said(Role::Assistant, content) };
    let [first, second] =
        ["first", "second"].map(|content| writer.append(id, answer(content), at(1)).unwrap().id);
    let other = Store::open(&file(&dir)).unwrap();
    let seen = |store: &Store| store.all_messages(id).unwrap().iter().map(|m| m.status).collect::<Vec<_>>();
    assert_eq!(seen(&other), [MessageStatus::Streaming; 2]);
    let over = MessageUpdate::new("first, all of it", MessageStatus::Complete);
    writer.update(first, &over).unwrap();
    assert_eq!(seen(&other), [MessageStatus::Complete, MessageStatus::Streaming]);
    // Where there is no such conversation, nothing is claimed.
    writer.append(ConversationId::new(), answer("lost"), at(2)).unwrap_err();
    let claims = || std::fs::read_dir(dir.path().join("deep/jarvis.sqlite-answers")).unwrap().count();
    assert_eq!(claims(), 1);
    drop(writer);
    assert_eq!(seen(&other), [MessageStatus::Complete, MessageStatus::Interrupted]);
    assert_eq!(claims(), 0);
    assert_eq!(other.page(id, None, 9).unwrap().0[1].id, second);
}

#[test]
fn several_programs_may_make_the_file_at_once() {
    let dir = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let path = file(&dir);
            scope.spawn(move || Store::open(&path).unwrap().create(Some(&n.to_string()), at(n)).unwrap());
        }
    });
    assert_eq!(titles(&Store::open(&file(&dir)).unwrap(), None).len(), 8);
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
    let claims = std::fs::read_dir(dir.path().join("deep/jarvis.sqlite-answers")).unwrap();
    assert_eq!(claims.count(), 0, "nothing is left of its claims");
}

/// Part of the test above: does nothing unless that has started it.
#[test]
fn writes_until_it_is_killed() {
    let Some(path) = std::env::var_os("JARVIS_TEST_DATABASE") else { return };
    let store = Store::open(Path::new(&path)).unwrap();
    let id = store.create(None, at(0)).unwrap().id;
    let mut kept = 0;
    loop {
        // Each answer under way keeps a file open: no more of them than a program may have.
        if kept < 200 {
            let answer = NewMessage { status: MessageStatus::Streaming, ..said(Role::Assistant, "so far") };
            kept = store.append(id, answer, at(1)).unwrap().seq;
        }
        // A line of its own, whatever the test harness has printed before.
        println!("\nkept {kept}");
    }
}

#[test]
fn a_damaged_file_is_named_and_left_alone() {
    let text = "this is no database, however long it may be. ".repeat(100);
    let check = |what: &str, damage: &dyn Fn(&mut Vec<u8>)| {
        let dir = tempfile::tempdir().unwrap();
        let path = file(&dir);
        let store = Store::open(&path).unwrap();
        let id = store.create(None, at(0)).unwrap().id;
        for n in 0..200 {
            add(&store, id, &format!("{n} {}", "words ".repeat(100)), n);
        }
        drop(store);
        let mut bytes = std::fs::read(&path).unwrap();
        damage(&mut bytes);
        std::fs::write(&path, &bytes).unwrap();
        let error = Store::open(&path).and_then(|store| store.all_messages(id)).unwrap_err();
        assert!(matches!(&error, StoreError::Damaged { path: named } if *named == path), "{what}: {error}");
        assert!(error.failure().remedy.contains("move the file away"), "{what}");
        assert!(std::fs::read(&path).unwrap() == bytes, "{what}: it was changed");
    };
    check("something else", &|bytes| *bytes = text.clone().into_bytes());
    check("its beginning is gone", &|bytes| bytes[..100].fill(0));
    check("its end is gone", &|bytes| bytes.truncate(bytes.len() / 2));
    check("its end was overwritten", &|bytes| {
        let half = bytes.len() / 2;
        bytes[half..].fill(0xff);
    });
}

#[test]
fn the_file_of_a_later_version_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("newer.sqlite");
    // As a later version might have made it, in a mode of its own.
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.execute_batch("CREATE TABLE of_tomorrow (x); PRAGMA user_version = 99").unwrap();
    drop(newer);
    let before = std::fs::read(&path).unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found: 99, .. }), "{error}");
    assert!(error.failure().remedy.contains("later version"));
    assert!(std::fs::read(&path).unwrap() == before);
    let beside = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let beside: Vec<_> = beside.filter(|name| name != "newer.sqlite").collect();
    assert_eq!(
        beside,
        ["newer.sqlite-open"],
        "nothing is put beside it but the lock that is held while it is read"
    );
}

#[test]
fn a_place_that_cannot_be_used_is_said_so() {
    let error = Store::open(Path::new("/dev/null/jarvis.sqlite")).unwrap_err();
    assert!(matches!(error, StoreError::Unusable { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&file(&dir)).unwrap();
    store.create(None, at(0)).unwrap();
    let files: Vec<_> =
        std::fs::read_dir(file(&dir).parent().unwrap()).unwrap().map(|f| f.unwrap()).collect();
    assert!(files.len() > 1, "the log stands beside the database");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "{file:?}");
    }
}

#[test]
fn what_is_exported_as_json_can_be_read_again() {
    let store = Store::in_memory().unwrap();
    let id = store.create(None, at(0)).unwrap().id;
    add(&store, id, "hello", 1);
    let messages = store.all_messages(id).unwrap();
    let text = serde_json::to_string(&messages).unwrap();
    assert!(text.contains("\"created_at\":\"2027-01-15T08:00:01Z\""), "{text}");
    assert_eq!(serde_json::from_str::<Vec<Message>>(&text).unwrap(), messages);
}
