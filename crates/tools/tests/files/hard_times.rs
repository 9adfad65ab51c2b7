//! Another disk, a full one, a folder that nobody may write to, two programs at one journal, and a program that is killed.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use jarvis_guard::Places;
use jarvis_tools::Files;
use serde_json::json;

use crate::desk::{Desk, state, tree};

/// A folder on another disk than the one where home folders are made here; none, said aloud, where there is none.
fn other_disk(home: &Path) -> Option<tempfile::TempDir> {
    let there = tempfile::tempdir_in("/dev/shm").ok();
    let other =
        there.filter(|there| fs::metadata(there.path()).unwrap().dev() != fs::metadata(home).unwrap().dev());
    if other.is_none() {
        eprintln!("SKIPPED: there is no second disk here (/dev/shm), so nothing was moved across disks");
    }
    other
}

#[tokio::test]
async fn across_disks_and_back() {
    let desk = Desk::new();
    let Some(other) = other_disk(&desk.home) else { return };
    desk.write("tree/a/b.txt", "b");
    desk.write("tree/empty", "");
    desk.write("tree/locked/x", "x");
    std::os::unix::fs::symlink("../nowhere", desk.path("tree/link")).unwrap();
    fs::set_permissions(desk.path("tree/empty"), fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(desk.path("tree/locked"), fs::Permissions::from_mode(0o555)).unwrap();
    let changed = fs::metadata(desk.path("tree/a/b.txt")).unwrap().modified().unwrap();
    let before = tree(&desk.home);
    let before: Vec<_> = before.iter().filter(|line| !line.starts_with('.')).collect();
    let to = other.path().to_str().unwrap();
    desk.does("move_file", json!({ "from": "tree", "to": to })).await;
    let there = other.path().join("tree");
    assert!(!desk.path("tree").exists());
    assert_eq!(fs::metadata(there.join("a/b.txt")).unwrap().modified().unwrap(), changed);
    assert_eq!(fs::metadata(there.join("empty")).unwrap().permissions().mode() & 0o777, 0o600);
    desk.fails("move_file", json!({ "from": there.to_str(), "to": there.join("a").to_str() }), "itself")
        .await;
    desk.does("undo", json!({})).await;
    assert_eq!(fs::read_dir(other.path()).unwrap().count(), 0);
    let after = tree(&desk.home);
    assert_eq!(after.iter().filter(|line| !line.starts_with('.')).collect::<Vec<_>>(), before);
    fs::set_permissions(desk.path("tree/locked"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn two_programs_do_not_share_a_journal() {
    let desk = Desk::new();
    let second = Files::open(&desk.home, &state(&desk.home), Places::new(&desk.home, &[]));
    assert!(second.err().unwrap().to_string().contains("another Jarvis"));
}

/// Runs a test of this program in another process, in its own way.
fn rerun(mut command: Command, test: &str, home: &Path) -> std::process::Output {
    command.arg("--exact").arg(test).arg("--nocapture").env("JARVIS_TEST_HOME", home).output().unwrap()
}

#[test]
fn a_full_disk_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c"]);
    command.arg("mount -t tmpfs -o size=3m none \"$JARVIS_TEST_HOME\" || exit 99; exec \"$@\"");
    command.arg("sh").arg(std::env::current_exe().unwrap());
    let ended = rerun(command, "hard_times::helper_on_a_small_disk", folder.path());
    if ended.status.code() == Some(99) || ended.status.code() == Some(1) {
        eprintln!(
            "SKIPPED: no small disk can be mounted here: {}",
            String::from_utf8_lossy(&ended.stderr).trim()
        );
        return;
    }
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[tokio::test]
async fn helper_on_a_small_disk() {
    let Some(disk) = std::env::var_os("JARVIS_TEST_HOME") else { return };
    let disk = PathBuf::from(disk).canonicalize().unwrap();
    if fs::metadata(&disk).unwrap().dev() == fs::metadata("/").unwrap().dev() {
        return;
    }
    let desk = Desk::new();
    let at = |name: &str| disk.join(name).to_str().unwrap().to_owned();
    desk.write("large", vec![1; 4 << 20]);
    desk.write("small", "s");
    fs::write(disk.join("there"), "as it was").unwrap();
    // Told beforehand: nothing is begun.
    desk.fails("copy_file", json!({ "from": "large", "to": at("") }), "not enough room").await;
    desk.fails("move_file", json!({ "from": "large", "to": at("") }), "not enough room").await;
    desk.does("move_file", json!({ "from": "small", "to": at("") })).await;
    desk.does("undo", json!({})).await;
    // Met underway.
    let text = "x".repeat(4 << 20);
    for (name, mode) in [("new", "create"), ("there", "replace"), ("there", "append")] {
        let arguments = json!({ "path": at(name), "text": text, "mode": mode });
        let reason = desk.call("write_file", arguments).await.unwrap_err();
        assert!(reason.contains("the disk is full"), "{name} {mode}: {reason}");
    }
    assert_eq!(tree(&disk), ["there: as it was"]);
    assert!(desk.path("large").exists() && desk.path("small").exists());
    assert!(desk.files.changes().iter().filter(|change| !change.done).count() == 3);
}

#[test]
fn without_the_right_to_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    // Root may do everything, unless it gives that up.
    let mut command = if rustix::process::geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--bounding-set=-all", "--inh-caps=-all"]).arg(std::env::current_exe().unwrap());
        command
    } else {
        Command::new(std::env::current_exe().unwrap())
    };
    command.env("JARVIS_TEST_POWERLESS", "1");
    let ended = rerun(command, "hard_times::helper_without_rights", folder.path());
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[tokio::test]
async fn helper_without_rights() {
    if std::env::var_os("JARVIS_TEST_POWERLESS").is_none() {
        return;
    }
    let desk = Desk::new();
    desk.write("locked/a.txt", "a");
    desk.write("b.txt", "b");
    let mode = |mode| fs::set_permissions(desk.path("locked"), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o555);
    for (tool, arguments) in [
        ("move_file", json!({ "from": "locked/a.txt", "to": "c.txt" })),
        ("copy_file", json!({ "from": "b.txt", "to": "locked" })),
        ("trash_file", json!({ "path": "locked/a.txt" })),
        ("rename_file", json!({ "path": "locked/a.txt", "name": "c.txt" })),
        ("write_file", json!({ "path": "locked/a.txt", "text": "x", "mode": "replace" })),
        ("write_file", json!({ "path": "locked/c.txt", "text": "x", "mode": "create" })),
        ("make_folder", json!({ "path": "locked/c" })),
    ] {
        desk.fails(tool, arguments, "do not have the right").await;
    }
    // Across disks the old one could not go: the new one must not stay either.
    if let Some(other) = other_disk(&desk.home) {
        let to = other.path().to_str().unwrap();
        desk.fails("move_file", json!({ "from": "locked/a.txt", "to": to }), "do not have the right").await;
        assert_eq!(tree(other.path()), Vec::<String>::new());
    }
    mode(0o000);
    desk.fails("read_file", json!({ "path": "locked/a.txt" }), "do not have the right").await;
    desk.fails("list_folder", json!({ "path": "locked" }), "do not have the right").await;
    desk.fails("trash_file", json!({ "path": "locked" }), "do not have the right").await;
    mode(0o755);
    assert_eq!(tree(&desk.path("locked")), ["a.txt: a"]);
    let trash = desk.path(".local/share/Trash/info");
    assert!(
        !trash.exists() || fs::read_dir(trash).unwrap().count() == 0,
        "a note of nothing stays in the trash"
    );
    assert!(desk.files.changes().iter().all(|change| !change.done));
}

/// What is moved to and fro: files of several sizes, and a folder.
fn belongings() -> BTreeMap<String, Vec<u8>> {
    let mut all: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for n in 0..6_usize {
        all.insert(format!("file {n}"), vec![n as u8; n * n * 200_000]);
    }
    for n in 0..12_usize {
        all.insert(format!("folder/{}/{n}", n % 3), vec![n as u8; 1000 * n]);
    }
    all
}

/// What can be named at the top of a folder.
const THINGS: [&str; 7] = ["file 0", "file 1", "file 2", "file 3", "file 4", "file 5", "folder"];

/// Moves everything to and fro between two disks, and copies some of it, until it is killed.
#[tokio::test]
async fn helper_that_is_killed() {
    let (Some(home), Some(other)) =
        (std::env::var_os("JARVIS_TEST_KILL_HOME"), std::env::var_os("JARVIS_TEST_KILL_OTHER"))
    else {
        return;
    };
    let (home, other) = (PathBuf::from(home), PathBuf::from(other));
    let desk = Desk::at(&home, None);
    eprintln!("ready");
    for round in 0.. {
        for thing in THINGS {
            let (here, there) = (home.join("things").join(thing), other.join(thing));
            let (from, to) = if here.exists() { (here, &other) } else { (there, &home.join("things")) };
            desk.does("move_file", json!({ "from": from.to_str(), "to": to.to_str() })).await;
            let copy = other.join(format!("copies/{thing} {round} {}", std::process::id()));
            let now = to.join(thing);
            desk.does("copy_file", json!({ "from": now.to_str(), "to": copy.to_str() })).await;
            let note = home.join("note.txt");
            let text = format!("{round} {thing}");
            desk.does("write_file", json!({ "path": note.to_str(), "text": text, "mode": "replace" })).await;
        }
    }
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, top: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, top, found);
            } else {
                let name = path.strip_prefix(top).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found);
    found
}

#[test]
fn killed_at_any_moment_nothing_is_lost_doubled_or_half_there() {
    const KILLS: u64 = 40;
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().canonicalize().unwrap();
    let Some(other) = other_disk(&home) else { return };
    let other = other.path();
    let all = belongings();
    for (name, content) in &all {
        let path = home.join("things").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    fs::write(home.join("note.txt"), "at first").unwrap();
    fs::create_dir(other.join("copies")).unwrap();
    let mut midway = 0;
    for kill in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "hard_times::helper_that_is_killed", "--nocapture"])
            .env("JARVIS_TEST_KILL_HOME", &home)
            .env("JARVIS_TEST_KILL_OTHER", other)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == "ready"), "kill {kill}: it never began");
        // Nothing is waited for here: this chooses the moment of the kill, another one each time.
        std::thread::sleep(Duration::from_millis(kill * 37 % 400) + Duration::from_micros(kill * 131));
        assert!(child.try_wait().unwrap().is_none(), "kill {kill}: it ended by itself: {:?}", lines.next());
        child.kill().unwrap();
        child.wait().unwrap();
        let parts = |folder: &Path| contents(folder).keys().any(|name| name.contains(".jarvis-"));
        midway += u32::from(parts(&home.join("things")) || parts(other));

        let files = Files::open(&home, &state(&home), Places::new(&home, &[state(&home)])).unwrap();
        let (here, there) = (contents(&home.join("things")), contents(other));
        let mut found: BTreeMap<String, Vec<u8>> = here.clone();
        for (name, content) in &there {
            if let Some(copy) = name.strip_prefix("copies/") {
                let (top, rest) = copy.split_once('/').unwrap_or((copy, ""));
                let mut words = top.rsplitn(3, ' ');
                let original = words.nth(2).unwrap();
                let name = if rest.is_empty() { original.to_owned() } else { format!("{original}/{rest}") };
                assert!(all.get(&name) == Some(content), "kill {kill}: the copy {copy} is not whole");
                continue;
            }
            assert!(
                found.insert(name.clone(), content.clone()).is_none(),
                "kill {kill}: {name} is there twice"
            );
        }
        let (names, expected): (Vec<_>, Vec<_>) = (found.keys().collect(), all.keys().collect());
        assert_eq!(names, expected, "kill {kill}");
        assert!(found == all, "kill {kill}: something is not whole");
        // A copied folder is there as a whole or not at all.
        for copy in fs::read_dir(other.join("copies")).unwrap() {
            let path = copy.unwrap().path();
            if path.is_dir() {
                assert_eq!(contents(&path).len(), 12, "kill {kill}: {path:?}");
                fs::remove_dir_all(path).unwrap();
            } else {
                fs::remove_file(path).unwrap();
            }
        }
        let note = fs::read_to_string(home.join("note.txt")).unwrap();
        assert!(note == "at first" || note.contains(' '), "kill {kill}: {note:?}");
        let left: Vec<String> = tree(&home).into_iter().filter(|line| line.contains(".jarvis-")).collect();
        assert!(left.is_empty(), "kill {kill}: {left:?}");
        drop(files);
    }
    let journal = fs::read_to_string(state(&home).join("journal.jsonl")).unwrap();
    assert!(!journal.is_empty(), "it was killed {KILLS} times before it began");
    eprintln!("{midway} of {KILLS} kills left something half done, which was then settled");
}
