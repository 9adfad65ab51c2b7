//! The clipboard. It is that of the process's own session, so each side of it is a process that is started on the screen.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use jarvis_testkit::screen::Screen;
use jarvis_tools::desktop::{Desktop, tools};
use serde_json::{Value, json};

use crate::Bench;

const SIDE: &str = "JARVIS_TEST_CLIPBOARD";
const TEXT: &str = "Grüße,\n\"Ada\" ✓";

fn side(screen: &Screen, which: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "clipboard::one_side_of_it", "--nocapture"]);
    command.envs(screen.env()).env_remove("WAYLAND_DISPLAY").env(SIDE, which);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

#[test]
fn what_is_put_there_is_there_for_others() {
    let screen = Screen::start();
    let mut writer = side(&screen, "write").spawn().unwrap();
    let mut told = BufReader::new(writer.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(told.any(|line| line.contains("It is on the clipboard.")));
    let reader = side(&screen, "read").output().unwrap();
    let read = String::from_utf8(reader.stdout).unwrap();
    assert!(read.contains(&format!("read {TEXT:?}")), "{read}");
    writer.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert!(writer.wait().unwrap().success());

    let none = String::from_utf8(side(&screen, "read").output().unwrap().stdout).unwrap();
    assert!(none.contains("no text on the clipboard"), "it goes with the one who offers it: {none}");
}

/// Part of the test above: does nothing unless that has started it.
#[tokio::test(flavor = "multi_thread")]
async fn one_side_of_it() {
    let Ok(which) = std::env::var(SIDE) else { return };
    let bench = Bench::new(tools(&Desktop::here(), None));
    let mut out = std::io::stdout();
    if which == "write" {
        let done = bench.done("write_clipboard", json!({ "text": TEXT })).await;
        writeln!(out, "\n{done}").unwrap();
        out.flush().unwrap();
        std::io::stdin().read_line(&mut String::new()).unwrap();
    } else {
        match bench.call("read_clipboard", Value::Null).await {
            Ok(text) => writeln!(out, "\nread {text:?}").unwrap(),
            Err(error) => writeln!(out, "\n{error}").unwrap(),
        }
    }
}
