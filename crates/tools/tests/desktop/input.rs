//! Typing, keys, clicks, scrolling.

use async_trait::async_trait;
use jarvis_guard::{Act, Approver, Circumstances, Consent, Effect, Input, Origin, Question};
use jarvis_tools::ToolError;
use serde_json::{Value, json};

use crate::{Desk, Yes, focused, is_changed};

const TEXT: &str = "Grüße aus Köln, Ærøskøbing und Łódź: 5 €, „schön“ — ÄÖÜ ß? Да!\n\tEnd.";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_is_in_the_file() {
    let mut desk = Desk::new();
    let file = desk.editor("letter.txt").await;
    desk.terminal("shopping").await;
    desk.bench.done("type_text", json!({ "text": TEXT, "window": "letter" })).await;
    desk.wait_for(is_changed).await;
    desk.bench.done("press_keys", json!({ "keys": "ctrl+s", "window": "letter" })).await;
    desk.wait_for(|windows| !is_changed(windows)).await;
    assert_eq!(std::fs::read_to_string(&file).unwrap().trim_end_matches('\n'), TEXT);

    // More than one chunk, and what was there is replaced.
    let long = "The quick brown fox jumps over the lazy dog. ".repeat(8);
    desk.bench.done("press_keys", json!({ "keys": "ctrl+a Delete" })).await;
    desk.bench.done("type_text", json!({ "text": long })).await;
    desk.wait_for(is_changed).await;
    desk.bench.done("press_keys", json!({ "keys": "Strg+S" })).await;
    desk.wait_for(|windows| !is_changed(windows)).await;
    assert_eq!(std::fs::read_to_string(&file).unwrap().trim_end_matches('\n'), long);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_names_the_window_and_what_is_sent() {
    let mut desk = Desk::new();
    desk.terminal("shopping").await;
    let person = Circumstances::person();
    let window = || "shopping (XTerm)".to_owned();
    let input = |kind| Effect::Input { window: window(), kind };
    for (tool, arguments, expected) in [
        ("type_text", json!({ "text": "ls" }), vec![input(Input::Text)]),
        ("type_text", json!({ "text": "ls\n" }), vec![input(Input::Text), input(Input::Submit)]),
        ("press_keys", json!({ "keys": "ctrl+c Enter" }), vec![input(Input::Keys), input(Input::Submit)]),
        ("scroll", json!({ "direction": "down" }), vec![input(Input::Scroll)]),
        (
            "close_window",
            json!({ "title": "shopping" }),
            vec![Effect::Window { title: window(), close: true }],
        ),
    ] {
        let (act, _) = desk.bench.toolbox.explain(tool, &arguments, &person).unwrap();
        assert_eq!(act.effects, expected, "{tool} {arguments}");
    }
    for wrong in ["\u{1b}[A", "a\u{3}", ""] {
        let refused = desk.bench.call("type_text", json!({ "text": wrong })).await;
        assert!(matches!(refused, Err(ToolError::BadArguments { .. })), "{wrong:?}");
    }
}

/// While it asks, something else happens.
struct Meanwhile<'a>(&'a (dyn Fn() + Sync));

#[async_trait]
impl Approver for Meanwhile<'_> {
    async fn ask(&self, _: &Question, _: &Act) -> Consent {
        (self.0)();
        Consent::Once
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_typed_into_another_window_than_was_asked_about() {
    let mut desk = Desk::new();
    let file = desk.editor("letter.txt").await;
    desk.terminal("shopping").await;
    desk.bench.done("focus_window", json!({ "title": "letter" })).await;
    let model = Circumstances { origin: Origin::Model, ..Circumstances::person() };
    let other = || {
        desk.screen.xdotool(&["search", "--name", "^shopping$", "windowactivate", "--sync"]);
    };
    for (tool, arguments) in
        [("type_text", json!({ "text": "rm -rf x" })), ("press_keys", json!({ "keys": "ctrl+d" }))]
    {
        desk.bench.done("focus_window", json!({ "title": "letter" })).await;
        let done = desk.bench.asked(tool, arguments, &model, &Meanwhile(&other)).await;
        assert!(matches!(done, Err(ToolError::Refused { .. })), "{tool}: {done:?}");
    }
    assert!(desk.windows().await.contains("shopping"), "the terminal was not sent its end");
    assert_eq!(std::fs::read_to_string(file).unwrap(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn jarvis_does_not_press_its_own_buttons() {
    let mut desk = Desk::new();
    desk.terminal("Jarvis").await;
    for (tool, arguments) in [
        ("type_text", json!({ "text": "y" })),
        ("press_keys", json!({ "keys": "Enter" })),
        ("type_text", json!({ "text": "y", "window": "Jarvis" })),
        ("scroll", json!({ "direction": "up" })),
    ] {
        let done = desk.bench.call(tool, arguments).await;
        assert!(matches!(done, Err(ToolError::Refused { .. })), "{tool}: {done:?}");
    }
    let (x, y) = middle(&desk.focused().await);
    let done = desk.bench.call("click", json!({ "x": x, "y": y })).await;
    assert!(matches!(done, Err(ToolError::Refused { .. })), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_stops_when_everything_stops() {
    let mut desk = Desk::new();
    desk.editor("letter.txt").await;
    let long = "a".repeat(20_000);
    let call = desk.bench.call("type_text", json!({ "text": long }));
    let stop = async {
        desk.wait_for(is_changed).await;
        desk.bench.toolbox.guard().stop_everything();
    };
    let (done, ()) = tokio::join!(call, stop);
    assert!(matches!(done, Err(ToolError::Stopped { .. })), "{done:?}");
}

/// A terminal that writes what the mouse does into a file, and ends.
async fn mouse_trap(desk: &mut Desk) -> std::path::PathBuf {
    let file = desk.screen.home().join("mouse");
    let script = format!(
        "stty raw -echo; printf '\\033[?1000h\\033]2;ready\\007'; head -c 4 > {0}.part; mv {0}.part {0}; printf '\\033]2;caught\\007'; cat",
        file.display()
    );
    desk.start("xterm", &["-e", "sh", "-c", &script], "\"ready\"").await;
    file
}

fn middle(line: &str) -> (i64, i64) {
    let numbers = line.rsplit_once("), at ").unwrap().1;
    let numbers: Vec<i64> = numbers.split([',', ' ', 'x']).filter_map(|part| part.parse().ok()).collect();
    (numbers[0] + numbers[2] / 2, numbers[1] + numbers[3] / 2)
}

#[tokio::test(flavor = "multi_thread")]
async fn clicks_and_wheels_arrive() {
    // As terminals tell it (xterm's mouse tracking): the button plus 32, the wheel from 64 on.
    for (tool, extra, expected) in [
        ("click", json!({}), b"\x1b[M "),
        ("click", json!({ "button": "right" }), b"\x1b[M\""),
        ("scroll", json!({ "direction": "up", "amount": 1 }), b"\x1b[M`"),
        ("scroll", json!({ "direction": "down" }), b"\x1b[Ma"),
    ] {
        let mut desk = Desk::new();
        let file = mouse_trap(&mut desk).await;
        let mut arguments = extra;
        if tool == "click" {
            let (x, y) = middle(&desk.focused().await);
            (arguments["x"], arguments["y"]) = (json!(x), json!(y));
        }
        let shown = arguments.to_string();
        let done = desk.bench.asked(tool, arguments, &Circumstances::person(), &Yes).await;
        done.unwrap_or_else(|error| panic!("{tool} {shown}: {error}"));
        desk.wait_for(|windows| windows.contains("\"caught\"")).await;
        assert_eq!(std::fs::read(file).unwrap(), expected, "{tool} {shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_raises_the_window_that_lies_there() {
    let mut desk = Desk::new();
    desk.terminal("below").await;
    desk.terminal("above").await;
    desk.bench.done("move_window", json!({ "title": "below", "where": "left" })).await;
    desk.bench.done("move_window", json!({ "title": "above", "where": "right" })).await;
    desk.bench.done("focus_window", json!({ "title": "above" })).await;
    let windows = desk.windows().await;
    let (x, y) = middle(windows.lines().find(|line| line.contains("below")).unwrap());
    desk.bench.done("click", json!({ "x": x, "y": y })).await;
    // The window manager gives the focus in its own time; the runner's time limit ends a wait in vain.
    desk.wait_for(|windows| focused(windows).contains("below")).await;
    let often = desk.bench.call("click", json!({ "x": 1, "y": 1, "count": 9 })).await;
    assert!(matches!(often, Err(ToolError::BadArguments { .. })));
    assert!(desk.bench.call("scroll", Value::Null).await.is_err(), "without a direction");
}
