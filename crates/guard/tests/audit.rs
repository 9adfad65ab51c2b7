//! The audit log as a file: tampered with, written by programs that are killed, forgotten, exported.
#![allow(clippy::unwrap_used, reason = "in a test an unexpected error ends it")]
#![allow(clippy::print_stderr, reason = "how often a blow fell in mid-writing is worth a look")]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jarvis_guard::audit::{AuditError, AuditLog};
use jarvis_guard::audit::{AuditQuery, Ending, Entry, ExportFormat, Kind, NoteKind, Record, Verified};
use jarvis_guard::{Consent, Origin, Risk, Taint, TaintKind};
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

/// Where the child finds the log, and how often it writes.
const LOG: &str = "JARVIS_TEST_AUDIT_LOG";
const TIMES: &str = "JARVIS_TEST_AUDIT_TIMES";

fn entry<'a>(words: &'a str, arguments: &'a Value, tainted_by: &'a [Taint]) -> Entry<'a> {
    Entry {
        call: Uuid::now_v7(),
        tool: "move_file",
        arguments,
        words,
        risk: Risk::Medium,
        origin: Origin::Model,
        turn: None,
        tainted_by,
        decision: "ask",
        rule: "files leave their place",
        consent: Some(Consent::Once),
    }
}

fn log_in(folder: &TempDir) -> (PathBuf, AuditLog) {
    let path = folder.path().join("audit/audit.db");
    let log = AuditLog::open(&path).unwrap();
    (path, log)
}

/// Two calls that ended, a note, and a call that did not end: records 1 to 6.
fn filled() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (path, log) = log_in(&folder);
    let sources = [Taint { kind: TaintKind::Web, source: "example.org".into() }];
    for (number, how) in [(1, Ending::Done), (2, Ending::Failed)] {
        let arguments = json!({ "from": format!("/home/ada/{number}.txt") });
        let ticket = log.begin(&entry("Move a file.", &arguments, &sources)).unwrap();
        log.end(ticket, how, "moved", Duration::from_millis(7)).unwrap();
    }
    log.note(NoteKind::RulesChanged, None, "two rules more").unwrap();
    drop(log.begin(&entry("Move another.", &json!({ "to": "/tmp" }), &[])).unwrap());
    (folder, path)
}

fn verified(path: &Path) -> Verified {
    AuditLog::open(path).unwrap().verify().unwrap()
}

#[test]
fn what_was_recorded_is_shown_and_is_whole() {
    let (_folder, path) = filled();
    let log = AuditLog::open(&path).unwrap();
    let found = log.verify().unwrap();
    assert_eq!(found, Verified { records: 6, unfinished: 1, head_behind: 0, broken: Vec::new() });

    let all = log.show(&AuditQuery::default()).unwrap();
    assert_eq!(all.iter().map(|r| r.seq).collect::<Vec<_>>(), [6, 5, 4, 3, 2, 1]);
    let kinds = [Kind::Begun, Kind::RulesChanged, Kind::Failed, Kind::Begun, Kind::Done, Kind::Begun];
    assert_eq!(all.iter().map(|r| r.kind).collect::<Vec<_>>(), kinds);
    let (end, begin) = (&all[4], &all[5]);
    assert_eq!((begin.ended, end.began), (Some(2), Some(1)));
    assert_eq!(
        (end.ok, end.took_ms, end.call, end.tool.as_deref()),
        (Some(true), Some(7), begin.call, Some("move_file"))
    );
    assert_eq!(begin.arguments, Some(json!({ "from": "/home/ada/1.txt" })));
    assert_eq!(
        (begin.risk, begin.origin, begin.consent),
        (Some(Risk::Medium), Some(Origin::Model), Some(Consent::Once))
    );
    assert_eq!(begin.tainted_by[0].source, "example.org");
    assert_eq!(end.previous, begin.hash);

    let check = |query: AuditQuery, expected: &[u64]| {
        let found = log.show(&query).unwrap();
        assert_eq!(found.iter().map(|r| r.seq).collect::<Vec<_>>(), expected, "{query:?}");
    };
    let all = AuditQuery::default;
    check(AuditQuery { before: Some(3), ..all() }, &[2, 1]);
    check(AuditQuery { limit: 2, ..all() }, &[6, 5]);
    check(AuditQuery { tool: Some("move_file".into()), ..all() }, &[6, 4, 3, 2, 1]);
    check(AuditQuery { kind: Some(Kind::Failed), ..all() }, &[4]);
    check(AuditQuery { unfinished: true, ..all() }, &[6]);
    check(AuditQuery { text: Some("/HOME/ada/2".into()), ..all() }, &[3]);
    assert_eq!(log.unfinished().unwrap().len(), 1);
}

#[test]
fn secrets_and_personal_data_are_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let (path, log) = log_in(&folder);
    let token = format!("ghp_{}", "aB3".repeat(12));
    let arguments = json!({ "headers": { "Authorization": format!("Bearer {token}") }, "to": "ada@example.org", "text": "long ".repeat(60) });
    let words = format!("Send {token} to ada@example.org.");
    log.note(NoteKind::Refused, Some(&entry(&words, &arguments, &[])), &words).unwrap();
    let record = log.show(&AuditQuery::default()).unwrap().remove(0);
    assert_eq!(record.words, "Send [secret: GitHub token] to [e-mail address].");
    assert_eq!(record.detail, record.words);
    drop(log);
    for text in [token.as_str(), "ada@example.org", &"long ".repeat(60)] {
        assert!(!stands_in_a_file(&path, text), "{text:?}");
    }
}

#[test]
fn a_known_key_is_in_no_record_wherever_it_stood() {
    // JSON writes it otherwise than it is.
    const KEY: &str = r#"quince"jam\on-toast"#;
    let folder = tempfile::tempdir().unwrap();
    let (path, log) = log_in(&folder);
    log.keep_secret(vec![KEY.into()]);
    let (said, written) = (format!("It is {KEY}, take it."), "It is [secret: known], take it.");
    let sources = [Taint { kind: TaintKind::Web, source: said.clone() }];
    let arguments = json!({
        "path": said,
        "list": [KEY],
        "inner": json!({ "key": KEY }).to_string(),
        KEY: 1,
        (format!("{KEY}_token")): "abc",
    });
    let told = Entry { tool: KEY, rule: KEY, ..entry(&said, &arguments, &sources) };
    let ticket = log.begin(&told).unwrap();
    log.end(ticket, Ending::Failed, &said, Duration::ZERO).unwrap();
    log.note(NoteKind::Refused, Some(&told), &said).unwrap();
    log.note(NoteKind::Granted, None, &said).unwrap();

    let all = everything(&log);
    let begun = &all[0];
    assert_eq!((begun.words.as_str(), begun.tainted_by[0].source.as_str()), (written, written));
    let names = (begun.tool.as_deref(), begun.rule.as_deref());
    assert_eq!(names, (Some("[secret: known]"), Some("[secret: known]")));
    let expected = json!({
        "path": written,
        "list": ["[secret: known]"],
        "inner": "[secret: known]",
        "[secret: known]": 1,
        "[secret: known]_token": "[secret: [secret: known]_token]",
    });
    assert_eq!(begun.arguments, Some(expected));
    assert_eq!(all[1..].iter().map(|record| record.detail.as_str()).collect::<Vec<_>>(), [written; 3]);
    let mut out = Vec::new();
    log.export(ExportFormat::Cef, &mut out).unwrap();
    assert!(!String::from_utf8(out).unwrap().contains("toast"));
    assert!(!format!("{log:?}").contains("toast"));
    assert_eq!(log.verify().unwrap().broken, []);
    assert!(!stands_in_a_file(&path, "toast"));
}

#[cfg(unix)]
#[test]
fn the_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path) = filled();
    let _log = AuditLog::open(&path).unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.path().join("audit")), 0o700);
    let files: Vec<PathBuf> = files_beside(&path);
    assert!(files.len() >= 2, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn the_database_itself_refuses_to_change_what_was_recorded() {
    let (_folder, path) = filled();
    // Without the settings that Jarvis makes.
    let raw = Connection::open(&path).unwrap();
    let copied = "seq, at, 'done', call, tool, risk, origin, turn, decision, rule, consent, NULL, ok, took_ms, about, digest, previous, hash FROM records WHERE seq = 3";
    for sql in [
        "UPDATE records SET tool = 'look' WHERE seq = 3".to_string(),
        "DELETE FROM records WHERE seq = 6".to_string(),
        "DELETE FROM records".to_string(),
        format!("INSERT OR REPLACE INTO records SELECT {copied}"),
        format!("INSERT INTO records SELECT 7 + {copied}"),
        format!("INSERT OR IGNORE INTO records SELECT 4 + {copied}"),
        "UPDATE details SET words = '' WHERE seq = 3".to_string(),
        "INSERT OR REPLACE INTO details VALUES (6, x'', '', '', '', '')".to_string(),
        "INSERT INTO details VALUES (9, x'', '', '', '', '')".to_string(),
    ] {
        let error = raw.execute(&sql, []).expect_err(&sql).to_string();
        assert!(error.contains("audit log"), "{sql}: {error}");
    }
    assert_eq!(verified(&path).broken, []);
}

/// Changes the file as somebody does who takes its seals off and puts them on again.
fn tamper(path: &Path, sql: &str) {
    let raw = Connection::open(path).unwrap();
    let mut statement = raw.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let triggers: Vec<(String, String)> = rows.collect::<Result<_, _>>().unwrap();
    drop(statement);
    triggers.iter().for_each(|(name, _)| raw.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
    raw.execute_batch(sql).unwrap();
    triggers.iter().for_each(|(_, sql)| raw.execute_batch(sql).unwrap());
}

#[test]
fn every_kind_of_tampering_is_found() {
    const ROW: &str = "at, kind, call, tool, risk, origin, turn, decision, rule, consent, NULL, ok, took_ms, about, digest, previous, hash FROM records";
    /// What is done, how, and where what is found.
    type Case = (&'static str, String, &'static [(u64, &'static str)]);
    let cases: [Case; 17] = [
        ("a name", "UPDATE records SET tool = 'look' WHERE seq = 3".into(), &[(3, "was changed")]),
        ("an outcome", "UPDATE records SET ok = 1 WHERE seq = 4".into(), &[(4, "was changed")]),
        ("a time", "UPDATE records SET at = replace(at, '20', '19') WHERE seq = 2".into(), &[(2, "was changed")]),
        ("a hash", "UPDATE records SET hash = randomblob(32) WHERE seq = 2".into(), &[(2, "was changed"), (3, "does not follow")]),
        ("the last hash", "UPDATE records SET hash = randomblob(32) WHERE seq = 6".into(), &[(6, "was changed"), (6, "head file")]),
        ("words", "UPDATE details SET words = 'Look.' WHERE seq = 1".into(), &[(1, "words")]),
        ("arguments", "UPDATE details SET arguments = '{}' WHERE seq = 1".into(), &[(1, "words")]),
        ("removed words", "DELETE FROM details WHERE seq = 1".into(), &[(1, "not forgotten")]),
        ("words of nothing", "INSERT INTO details SELECT 60, salt, words, arguments, tainted_by, detail FROM details WHERE seq = 1".into(), &[(60, "no record")]),
        ("a removed note", "DELETE FROM records WHERE seq = 5; DELETE FROM details WHERE seq = 5".into(), &[(6, "missing"), (6, "does not follow")]),
        ("a removed beginning", "DELETE FROM records WHERE seq = 1; DELETE FROM details WHERE seq = 1".into(), &[(2, "missing"), (2, "does not follow"), (2, "did not begin")]),
        ("the end cut off", "DELETE FROM records WHERE seq = 6; DELETE FROM details WHERE seq = 6".into(), &[(5, "knows of 6 records")]),
        ("all removed", "DELETE FROM records; DELETE FROM details".into(), &[(0, "knows of 6 records")]),
        ("a replaced record", format!("INSERT OR REPLACE INTO records SELECT 5, {ROW} WHERE seq = 3"), &[(5, "does not follow"), (5, "was changed"), (5, "words"), (6, "does not follow")]),
        ("one put in", format!("UPDATE records SET seq = 7 WHERE seq = 6; UPDATE details SET seq = 7 WHERE seq = 6; INSERT INTO records SELECT 6, {ROW} WHERE seq = 5; INSERT INTO details SELECT 6, salt, words, arguments, tainted_by, detail FROM details WHERE seq = 5"), &[(6, "does not follow"), (6, "was changed"), (7, "was changed"), (7, "head file")]),
        ("two swapped", "UPDATE records SET seq = 99 WHERE seq = 3; UPDATE records SET seq = 3 WHERE seq = 5; UPDATE records SET seq = 5 WHERE seq = 99".into(), &[(3, "does not follow"), (3, "was changed"), (3, "words"), (4, "does not follow"), (4, "did not begin"), (5, "does not follow"), (5, "was changed"), (5, "words"), (6, "does not follow")]),
        ("the seals off", "CREATE TABLE another (one)".into(), &[(0, "keeps records")]),
    ];
    for (what, sql, expected) in cases {
        let (_folder, path) = filled();
        tamper(&path, &sql);
        let broken = verified(&path).broken;
        let fits = broken.len() == expected.len()
            && expected.iter().all(|(seq, why)| broken.iter().any(|b| b.seq == *seq && b.why.contains(why)));
        assert!(fits, "{what}: {broken:#?}");
    }
}

#[test]
fn what_is_written_later_does_not_cover_that_the_end_was_cut_off() {
    let (_folder, path) = filled();
    tamper(&path, "DELETE FROM records WHERE seq > 4; DELETE FROM details WHERE seq > 4");
    let log = AuditLog::open(&path).unwrap();
    for _ in 0..3 {
        log.note(NoteKind::EmergencyStop, None, "").unwrap();
    }
    let broken = log.verify().unwrap().broken;
    assert_eq!((broken.len(), broken[0].seq), (1, 5), "{broken:?}");
    assert!(broken[0].why.contains("the head file knows of 6 records, the log of 4"), "{broken:?}");
    assert_eq!(log.show(&AuditQuery::default()).unwrap()[3].kind, Kind::Gap);
}

#[test]
fn a_head_file_that_is_gone_or_nonsense_is_told() {
    type Deed = fn(&Path);
    let cases: [(Deed, &str); 3] = [
        (|head| std::fs::remove_file(head).unwrap(), "the head file is gone"),
        (|head| std::fs::write(head, "what").unwrap(), "the head file is damaged"),
        (
            |head| std::fs::write(head, format!("jarvis-audit-head-1 6 {}", "0".repeat(64))).unwrap(),
            "not the one",
        ),
    ];
    for (deed, why) in cases {
        let (_folder, path) = filled();
        deed(&path.with_extension("head"));
        let broken = verified(&path).broken;
        assert!(broken.len() == 1 && broken[0].why.contains(why), "{broken:?}");
    }
    // One that a crash left behind is no harm, and is said.
    let (_folder, path) = filled();
    let head = std::fs::read(path.with_extension("head")).unwrap();
    AuditLog::open(&path).unwrap().note(NoteKind::Granted, None, "").unwrap();
    std::fs::write(path.with_extension("head"), head).unwrap();
    let found = verified(&path);
    assert_eq!((found.head_behind, found.broken), (1, Vec::new()));
}

#[test]
fn a_log_that_is_gone_or_damaged_is_told_and_not_made_anew() {
    let (_folder, path) = filled();
    std::fs::remove_file(&path).unwrap();
    let error = AuditLog::open(&path).unwrap_err();
    assert!(matches!(error, AuditError::Missing { .. }), "{error:?}");
    assert!(!path.exists());
    assert!(error.failure().remedy.contains("audit.head"), "{}", error.failure());

    std::fs::write(&path, "").unwrap();
    assert!(matches!(AuditLog::open(&path).unwrap_err(), AuditError::Missing { .. }));

    for bytes in [b"no database at all, but long enough to be taken for one".repeat(40), vec![0xff; 9000]] {
        std::fs::write(&path, &bytes).unwrap();
        let error = AuditLog::open(&path).unwrap_err();
        assert!(matches!(error, AuditError::Damaged { .. }), "{error:?}");
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "it is left as it is");
    }
}

/// Not a test by itself: what the children of the tests below do, in this same program.
#[test]
fn writes_as_a_child() {
    let Some(path) = std::env::var_os(LOG) else { return };
    let times: u64 = std::env::var(TIMES).unwrap().parse().unwrap();
    let log = AuditLog::open(Path::new(&path)).unwrap();
    // Straight to the pipe: a killed program flushes nothing.
    let say = |what: &str, seq: u64| writeln!(std::io::stderr(), "{what} {seq}").unwrap();
    for _ in 0..times {
        let ticket = patiently(|| log.begin(&entry("Move a file.", &json!({ "from": "/tmp/a" }), &[])));
        let seq = ticket.seq();
        say("begun", seq);
        log.end(ticket, Ending::Done, "", Duration::ZERO).unwrap();
        say("ended", seq);
    }
}

/// On a machine that has much to do the others may have the log for long. What was refused was not recorded.
fn patiently<T>(act: impl Fn() -> Result<T, AuditError>) -> T {
    loop {
        match act() {
            Err(AuditError::Busy) => {}
            done => return done.unwrap(),
        }
    }
}

fn child(path: &Path, times: u64) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "writes_as_a_child", "--nocapture"])
        .env(LOG, path)
        .env(TIMES, times.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_program_that_is_killed_leaves_a_whole_log_and_an_unfinished_call() {
    const ROUNDS: u64 = 60;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.db");
    let (mut begun, mut ended) = (BTreeSet::new(), BTreeSet::new());
    let mut behind = 0;
    for round in 0..ROUNDS {
        let mut child = child(&path, u64::MAX);
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut take = |line: String| match line.split_once(' ') {
            Some(("begun", seq)) => drop(begun.insert(seq.parse::<u64>().unwrap())),
            Some(("ended", seq)) => drop(ended.insert(seq.parse::<u64>().unwrap())),
            _ => panic!("the child says: {line}"),
        };
        for _ in 0..=round % 5 {
            take(lines.next().unwrap().unwrap());
        }
        // So that the blow falls at another moment of writing each time.
        let until = Instant::now() + Duration::from_micros(round * 131 % 4000);
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        lines.for_each(|line| take(line.unwrap()));
        let found = verified(&path);
        assert_eq!(found.broken, [], "after round {round}");
        behind += found.head_behind;
    }
    let log = AuditLog::open(&path).unwrap();
    let unfinished: BTreeSet<u64> = log.unfinished().unwrap().iter().map(|record| record.seq).collect();
    let all: BTreeSet<u64> =
        everything(&log).iter().filter(|r| r.kind == Kind::Begun).map(|r| r.seq).collect();
    assert!(begun.is_subset(&all), "whatever was told as begun is there");
    assert!(ended.is_disjoint(&unfinished), "whatever was told as ended has ended");
    for record in everything(&log).iter().filter(|r| r.kind == Kind::Begun) {
        assert_eq!(unfinished.contains(&record.seq), record.ended.is_none(), "{record:?}");
    }
    assert!(!unfinished.is_empty() && unfinished.len() as u64 <= ROUNDS);
    eprintln!(
        "{ROUNDS} kills: {} calls begun, {} unfinished, head behind {behind} times",
        all.len(),
        unfinished.len()
    );
}

#[test]
fn several_programs_write_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let (path, log) = log_in(&folder);
    let mut children = [child(&path, 40), child(&path, 40), child(&path, 40)];
    for _ in 0..40 {
        patiently(|| log.note(NoteKind::Asked, None, ""));
    }
    for child in &mut children {
        let said =
            BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap).collect::<Vec<_>>();
        assert!(child.wait().unwrap().success(), "{said:?}");
    }
    let found = log.verify().unwrap();
    assert_eq!(found, Verified { records: 3 * 80 + 40, unfinished: 0, head_behind: 0, broken: Vec::new() });
}

fn files_beside(path: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().path()).collect()
}

fn stands_in_a_file(path: &Path, text: &str) -> bool {
    files_beside(path).iter().any(|file| {
        std::fs::read(file)
            .unwrap()
            .windows(text.len())
            .any(|part| part.eq_ignore_ascii_case(text.as_bytes()))
    })
}

#[test]
fn what_is_forgotten_is_in_no_file_and_the_chain_holds() {
    let folder = tempfile::tempdir().unwrap();
    let (path, log) = log_in(&folder);
    let quoted = json!({ "query": "the \"quince\" recipe" });
    let sources = [Taint { kind: TaintKind::Screen, source: "Quince\u{a0}jam - Browser".into() }];
    for number in 0..30 {
        let words = if number % 3 == 0 { "Look for Grandmother's quince jam." } else { "Look at the clock." };
        let arguments = if number % 3 == 1 { &quoted } else { &Value::Null };
        let ticket = log.begin(&entry(words, arguments, if number == 2 { &sources } else { &[] })).unwrap();
        log.end(ticket, Ending::Done, "", Duration::ZERO).unwrap();
    }
    assert!(stands_in_a_file(&path, "quince"), "or the test says nothing");
    let cases = [
        ("  ", 0),
        ("nobody ever said this", 0),
        ("QUINCE   jam", 11),
        ("\"quince\" recipe", 10),
        ("quince", 0),
    ];
    for (words, expected) in cases {
        assert_eq!(log.forget(words).unwrap(), expected, "{words:?}");
    }
    assert!(!stands_in_a_file(&path, "quince"));
    let found = log.verify().unwrap();
    assert_eq!((found.records, found.broken), (62, Vec::new()));
    let all = everything(&log);
    assert_eq!(all.iter().filter(|record| record.forgotten).count(), 21);
    assert_eq!(all[60].about.as_deref(), Some("1,5,7,13,19,25,31,37,43,49,55"));
    drop(log);
    // The salt is gone too: a forgotten record keeps nothing that could be guessed at.
    let raw = Connection::open(&path).unwrap();
    let left: i64 =
        raw.query_row("SELECT count(*) FROM details WHERE seq = 1", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn words_that_somebody_reads_just_now_are_said_to_linger() {
    let (_folder, path) = filled();
    let log = AuditLog::open(&path).unwrap();
    log.note(NoteKind::Granted, None, "quince").unwrap();
    let reader = Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM records").unwrap();
    let error = log.forget("quince").unwrap_err();
    assert!(matches!(error, AuditError::Lingers), "{error:?}");
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(log.forget("quince").unwrap(), 0);
    assert!(!stands_in_a_file(&path, "quince"));
}

fn everything(log: &AuditLog) -> Vec<Record> {
    let mut out = Vec::new();
    log.export(ExportFormat::Jsonl, &mut out).unwrap();
    String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Reads a line of the Common Event Format as its description says: fields of the header, pairs of the extension.
fn read_cef(line: &str) -> (Vec<String>, Vec<(String, String)>) {
    let (mut fields, mut chars) = (vec![String::new()], line.chars());
    while fields.len() < 8 {
        let last = fields.last_mut().unwrap();
        match chars.next().expect("seven bars") {
            '\\' => last.push(chars.next().unwrap()),
            '|' => fields.push(String::new()),
            c => last.push(c),
        }
    }
    fields.pop();
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(match chars.next().unwrap() {
                'n' => '\n',
                'r' => '\r',
                other => other,
            }),
            // The last word before it is the key; what stands before that ends the value of the one before.
            '=' => {
                let (value, key) = text.rsplit_once(' ').unwrap_or(("", &text));
                let (value, key) = (value.to_string(), key.to_string());
                if let Some(last) = pairs.last_mut() {
                    last.1 = value;
                }
                pairs.push((key, String::new()));
                text.clear();
            }
            c => text.push(c),
        }
    }
    pairs.last_mut().unwrap().1 = text;
    (fields, pairs)
}

#[test]
fn what_is_exported_reads_again() {
    let folder = tempfile::tempdir().unwrap();
    let (_path, log) = log_in(&folder);
    let words = "Write a=b|c\\d to x.\r\nCEF:0|Somebody|else|1|2|3|4|act=run";
    let arguments = json!({ "q": "x=1 | y" });
    let odd = Entry { tool: "a|b\\c\nd", ..entry(words, &arguments, &[]) };
    let ticket = log.begin(&odd).unwrap();
    log.end(ticket, Ending::TimedOut, "gave up=yes", Duration::from_secs(60)).unwrap();
    for _ in 0..600 {
        log.note(NoteKind::Asked, Some(&entry("May it?", &Value::Null, &[])), "").unwrap();
    }

    let records = everything(&log);
    assert_eq!(records.len(), 602);
    let mut shown = log.show(&AuditQuery { limit: 1000, ..AuditQuery::default() }).unwrap();
    shown.reverse();
    assert_eq!(records, shown);

    let mut out = Vec::new();
    assert_eq!(log.export(ExportFormat::Cef, &mut out).unwrap(), 602);
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<_> = text.lines().map(read_cef).collect();
    assert_eq!(lines.len(), 602);
    let (header, pairs) = &lines[0];
    assert_eq!(header[..3], ["CEF:0", "Jarvis", "Jarvis"]);
    assert_eq!(header[4..], ["begun", "begun: a|b\\c d", "4"]);
    let value =
        |pairs: &[(String, String)], key: &str| pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone());
    assert_eq!(value(pairs, "msg").as_deref(), Some(words));
    assert_eq!(value(pairs, "cs3").as_deref(), Some(r#"{"q":"x=1 | y"}"#));
    assert_eq!(value(pairs, "cs4"), Some(records[0].hash.clone()));
    assert_eq!(value(pairs, "act").as_deref(), Some("ask"));
    let ending = &lines[1].1;
    assert_eq!(value(ending, "outcome").as_deref(), Some("failure"));
    assert_eq!(value(ending, "cn1").as_deref(), Some("60000"));
    assert_eq!(value(ending, "msg").as_deref(), Some("gave up=yes"));
}

#[test]
fn a_log_in_working_memory_does_the_same() {
    let log = AuditLog::in_memory().unwrap();
    let ticket = log.begin(&entry("Look.", &Value::Null, &[])).unwrap();
    log.end(ticket, Ending::Undone, "", Duration::ZERO).unwrap();
    assert_eq!(log.forget("look").unwrap(), 1);
    let found = log.verify().unwrap();
    assert_eq!((found.records, found.unfinished, found.broken), (3, 0, Vec::new()));
}
