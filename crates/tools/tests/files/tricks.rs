//! Something else is put in a file's place between the question and the answer.

use std::fs;
use std::os::unix::fs::symlink;

use jarvis_guard::Nobody;
use serde_json::{Value, json};

use crate::desk::{Desk, Yes, tree};

/// What is done while the person is asked; the call must then do nothing.
async fn check(tool: &str, arguments: Value, trick: fn(&std::path::Path)) {
    let desk = Desk::asking();
    desk.write("a.txt", "mine");
    desk.write("Documents/b.txt", "b");
    desk.write("folder/x", "x");
    desk.write("secret/key", "secret");
    fs::create_dir(desk.path("into")).unwrap();
    // A change to undo, so that there is one.
    desk.does("write_file", json!({ "path": "new.txt", "text": "n", "mode": "create" })).await;
    let home = desk.home.clone();
    let after = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = std::sync::Arc::clone(&after);
    let approver = Yes::but(move || {
        trick(&home);
        *seen.lock().unwrap() = tree(&home);
    });
    let told = format!("{tool} {arguments}");
    let called = desk.call_with(tool, arguments, &approver).await;
    assert!(called.result.is_err(), "{told}: {called:?}");
    let visible = |lines: &[String]| -> Vec<String> {
        lines.iter().filter(|line| !line.starts_with(".local")).cloned().collect()
    };
    let expected = visible(&after.lock().unwrap());
    assert!(!expected.is_empty(), "{told}: nobody was asked");
    assert_eq!(visible(&tree(&desk.home)), expected, "{told}: {:?}", called.result);
}

fn swap(home: &std::path::Path, at: &str, target: &str) {
    fs::rename(home.join(at), home.join("aside")).unwrap();
    symlink(home.join(target), home.join(at)).unwrap();
}

#[tokio::test]
async fn a_swapped_path_is_refused() {
    let file = |home: &std::path::Path| swap(home, "a.txt", "secret/key");
    let folder = |home: &std::path::Path| swap(home, "into", "secret");
    let source = |home: &std::path::Path| swap(home, "folder", "secret");
    let another = |home: &std::path::Path| {
        fs::rename(home.join("a.txt"), home.join("aside")).unwrap();
        fs::write(home.join("a.txt"), "another").unwrap();
    };
    for (tool, arguments) in [
        ("move_file", json!({ "from": "a.txt", "to": "into" })),
        ("copy_file", json!({ "from": "a.txt", "to": "into" })),
        ("trash_file", json!({ "path": "a.txt" })),
        ("rename_file", json!({ "path": "a.txt", "name": "c.txt" })),
        ("write_file", json!({ "path": "a.txt", "text": "x", "mode": "replace" })),
        ("write_file", json!({ "path": "a.txt", "text": "x", "mode": "append" })),
    ] {
        check(tool, arguments.clone(), file).await;
        check(tool, arguments, another).await;
    }
    check("read_file", json!({ "path": "a.txt" }), file).await;
    check("list_folder", json!({ "path": "into" }), folder).await;
    for (tool, arguments) in [
        ("move_file", json!({ "from": "a.txt", "to": "into" })),
        ("copy_file", json!({ "from": "a.txt", "to": "into/c.txt" })),
        ("write_file", json!({ "path": "into/c.txt", "text": "x", "mode": "create" })),
        ("make_folder", json!({ "path": "into/deeper" })),
    ] {
        check(tool, arguments, folder).await;
    }
    for (tool, arguments) in [
        ("move_file", json!({ "from": "folder", "to": "into" })),
        ("move_file", json!({ "from": "folder/x", "to": "into" })),
        ("trash_file", json!({ "path": "folder" })),
    ] {
        check(tool, arguments, source).await;
    }
    let taken = |home: &std::path::Path| fs::write(home.join("into/a.txt"), "taken").unwrap();
    check("move_file", json!({ "from": "a.txt", "to": "into" }), taken).await;
    check("copy_file", json!({ "from": "a.txt", "to": "into" }), taken).await;
    check("undo", json!({}), |home| fs::write(home.join("new.txt"), "changed").unwrap()).await;
}

#[tokio::test]
async fn a_link_is_itself() {
    let desk = Desk::new();
    desk.write("secret/key", "secret");
    symlink("secret/key", desk.path("link")).unwrap();
    symlink("secret", desk.path("links")).unwrap();
    fs::create_dir(desk.path("into")).unwrap();
    desk.does("move_file", json!({ "from": "link", "to": "into" })).await;
    desk.does("copy_file", json!({ "from": "links", "to": "into" })).await;
    desk.does("trash_file", json!({ "path": "links" })).await;
    assert_eq!(tree(&desk.path("into")), ["link -> secret/key", "links -> secret"]);
    assert_eq!(desk.text("secret/key").as_deref(), Some("secret"));
    for _ in 0..3 {
        desk.does("undo", json!({})).await;
    }
    assert_eq!(fs::read_link(desk.path("links")).unwrap(), std::path::Path::new("secret"));
    assert_eq!(desk.text("link").as_deref(), Some("secret"));
}

#[tokio::test]
async fn nothing_is_changed_when_nobody_says_yes() {
    let desk = Desk::asking();
    desk.write("a.txt", "mine");
    let before = tree(&desk.home);
    for (tool, arguments) in [
        ("trash_file", json!({ "path": "a.txt" })),
        ("write_file", json!({ "path": "a.txt", "text": "x", "mode": "replace" })),
    ] {
        let called = desk.call_with(tool, arguments, &Nobody).await;
        assert!(called.result.is_err(), "{called:?}");
    }
    assert_eq!(tree(&desk.home), before);
}
