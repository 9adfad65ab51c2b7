//! What a call would do, told before it is done.

use std::fs;

use jarvis_guard::{Circumstances, Effect};
use serde_json::{Value, json};

use crate::desk::Desk;

/// Effects as the table writes them: "leave a.txt".
fn effects(desk: &Desk, effects: &[Effect]) -> Vec<String> {
    let told = |effect: &Effect| match effect {
        Effect::Read { path }
        | Effect::Create { path }
        | Effect::Change { path }
        | Effect::Leave { path } => {
            format!("{} {}", effect.name(), path.strip_prefix(&desk.home).unwrap_or(path).display())
        }
        other => other.name().to_owned(),
    };
    effects.iter().map(told).collect()
}

fn check(desk: &Desk, tool: &str, arguments: Value, expected: &[&str], words: &str) {
    let (act, _) = desk.toolbox.explain(tool, &arguments, &Circumstances::person()).unwrap();
    let told = format!("{tool} {arguments}");
    assert_eq!(effects(desk, &act.effects), expected, "{told}");
    assert_eq!(act.words.replace(&*desk.home.to_string_lossy(), "/home/ada"), words, "{told}");
    let looks = expected.iter().all(|effect| effect.starts_with("read") || *effect == "look");
    assert_eq!(act.undoable, !looks, "{told}");
}

#[tokio::test]
async fn each_call_tells_its_effects_and_its_exact_words() {
    let desk = Desk::new();
    desk.write("a.txt", "a");
    desk.write("b c.txt", "b");
    desk.write("Documents/old.txt", "old");
    desk.write("project/.git/hooks/pre-commit", "x");
    std::os::unix::fs::symlink("Documents", desk.path("docs")).unwrap();
    let check = |tool, arguments, effects: &[&str], words| check(&desk, tool, arguments, effects, words);
    check(
        "move_file",
        json!({ "from": "a.txt", "to": "Documents" }),
        &["leave a.txt", "create Documents/a.txt"],
        "Move /home/ada/a.txt to /home/ada/Documents/a.txt.",
    );
    check(
        "move_file",
        json!({ "from": "~/a.txt", "to": "my documents/b.txt" }),
        &["leave a.txt", "create Documents/b.txt"],
        "Move /home/ada/a.txt to /home/ada/Documents/b.txt.",
    );
    check(
        "copy_file",
        json!({ "from": "*.txt", "to": "docs" }),
        &["read a.txt", "create Documents/a.txt", "read b c.txt", "create Documents/b c.txt"],
        "Copy /home/ada/a.txt, /home/ada/b c.txt to /home/ada/Documents.",
    );
    // A link is itself when it is moved, and where it leads when it is written through.
    check(
        "move_file",
        json!({ "from": "docs", "to": "links" }),
        &["leave docs", "create links"],
        "Move /home/ada/docs to /home/ada/links.",
    );
    check(
        "rename_file",
        json!({ "path": "docs/old.txt", "name": "new.txt" }),
        &["leave Documents/old.txt", "create Documents/new.txt"],
        "Rename /home/ada/Documents/old.txt to /home/ada/Documents/new.txt.",
    );
    check("trash_file", json!({ "path": "a.txt" }), &["leave a.txt"], "Put /home/ada/a.txt into the trash.");
    check(
        "write_file",
        json!({ "path": "docs/new.txt", "text": "hi", "mode": "create" }),
        &["create Documents/new.txt"],
        "Write \"hi\" into the new file /home/ada/Documents/new.txt.",
    );
    check(
        "write_file",
        json!({ "path": "docs/old.txt", "text": "new\nline", "mode": "replace" }),
        &["change Documents/old.txt"],
        "Replace all that is in /home/ada/Documents/old.txt (3 bytes) with \"new\\nline\".",
    );
    check(
        "write_file",
        json!({ "path": "docs/old.txt", "text": "x", "mode": "append" }),
        &["change Documents/old.txt"],
        "Add \"x\" at the end of /home/ada/Documents/old.txt.",
    );
    check(
        "make_folder",
        json!({ "path": "x/y" }),
        &["create x", "create x/y"],
        "Make the folder /home/ada/x/y.",
    );
    check(
        "read_file",
        json!({ "path": "docs/old.txt" }),
        &["read Documents/old.txt"],
        "Read /home/ada/Documents/old.txt.",
    );
    check(
        "list_folder",
        json!({ "path": "docs" }),
        &["read Documents"],
        "List what is in /home/ada/Documents.",
    );
    check(
        "find_files",
        json!({ "name": "old", "folder": null }),
        &["read "],
        "Look in /home/ada for files called \"old\".",
    );
    check("list_changes", Value::Null, &["look"], "Look at what was changed.");
    // A folder is judged by what is in it.
    check(
        "move_file",
        json!({ "from": "project", "to": "Documents" }),
        &[
            "leave project",
            "create Documents/project",
            "leave project/.git",
            "leave project/.git/hooks",
            "create Documents/project/.git",
            "create Documents/project/.git/hooks",
        ],
        "Move /home/ada/project to /home/ada/Documents/project. This touches /home/ada/Documents/project/.git, \
         /home/ada/Documents/project/.git/hooks, /home/ada/project/.git, /home/ada/project/.git/hooks as well.",
    );
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_a_plain_reason() {
    let desk = Desk::new();
    desk.write("a.txt", "a");
    desk.write("b.txt", "b");
    desk.write("folder/inner/x", "x");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        desk.path("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RWXU,
        0,
    )
    .unwrap();
    fs::hard_link(desk.path("b.txt"), desk.path("b2.txt")).unwrap();
    std::os::unix::fs::symlink("nowhere", desk.path("dangling")).unwrap();
    for (tool, arguments, sign) in [
        ("move_file", json!({ "from": "a.txt", "to": "b.txt" }), "nothing is overwritten"),
        ("copy_file", json!({ "from": "a.txt", "to": "dangling" }), "nothing is overwritten"),
        ("move_file", json!({ "from": "a.txt", "to": "." }), "is there already"),
        ("move_file", json!({ "from": "none", "to": "b" }), "There is no"),
        ("move_file", json!({ "from": "a.txt", "to": "none/b" }), "There is no folder ~/none"),
        ("move_file", json!({ "from": "a.txt", "to": "none/" }), "There is no folder"),
        ("move_file", json!({ "from": "*.txt", "to": "none" }), "There is no folder"),
        ("move_file", json!({ "from": "*.nothing", "to": "folder" }), "is called so"),
        ("move_file", json!({ "from": "folder", "to": "folder/inner" }), "into itself"),
        ("copy_file", json!({ "from": "folder", "to": "folder" }), "into itself"),
        ("move_file", json!({ "from": "pipe", "to": "folder" }), "a pipe or a socket"),
        ("read_file", json!({ "path": "pipe" }), "a pipe or a socket"),
        ("move_file", json!({ "from": "/", "to": "folder" }), "root folder"),
        ("rename_file", json!({ "path": "a.txt", "name": "../x" }), "without slashes"),
        ("rename_file", json!({ "path": "a.txt", "name": "x\u{202e}y" }), "cannot be seen"),
        ("rename_file", json!({ "path": "a.txt", "name": "x".repeat(300) }), "too long"),
        ("rename_file", json!({ "path": "a.txt", "name": "a.txt" }), "that name already"),
        ("write_file", json!({ "path": "a.txt", "text": "", "mode": "create" }), "is there already"),
        ("write_file", json!({ "path": "b.txt", "text": "", "mode": "replace" }), "hard links"),
        ("write_file", json!({ "path": "folder", "text": "", "mode": "append" }), "not a file"),
        ("write_file", json!({ "path": "x/y", "text": "", "mode": "create" }), "Make it first"),
        ("make_folder", json!({ "path": "folder" }), "is there already"),
        ("make_folder", json!({ "path": "a.txt/x" }), "is not a folder"),
        ("read_file", json!({ "path": "folder" }), "Use list_folder"),
        ("read_file", json!({ "path": "" }), "No file was named"),
        ("list_folder", json!({ "path": "a.txt" }), "not a folder"),
        ("find_files", json!({}), "Say a name"),
        ("undo", json!({}), "nothing that could be undone"),
        ("undo", json!({ "number": 7 }), "No change has the number 7"),
        ("trash_file", json!({ "path": ".local" }), "the trash itself"),
        ("move_file", json!({ "from": "a.txt", "to": "b", "more": 1 }), "more"),
    ] {
        desk.fails(tool, arguments, sign).await;
    }
    let before: Vec<_> = desk.files.changes();
    assert!(before.is_empty(), "{before:?}");
}
