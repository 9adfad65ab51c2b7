//! Windows.

use jarvis_tools::ToolError;
use jarvis_tools::desktop::{Desktop, tools};
use serde_json::json;

use crate::{Bench, Desk};

#[tokio::test(flavor = "multi_thread")]
async fn windows_are_listed_focused_placed_and_closed() {
    let mut desk = Desk::new();
    desk.terminal("shopping").await;
    desk.editor("letter.txt").await;
    let windows = desk.windows().await;
    assert!(windows.contains("\"shopping\" (XTerm)"), "{windows}");
    assert!(windows.contains("letter.txt"), "{windows}");
    assert!(!windows.to_lowercase().contains("trayer"), "a panel is no window: {windows}");

    for (said, expected) in [("Shopping", "shopping"), ("mouse pad", "letter.txt"), ("xterm", "shopping")] {
        desk.bench.done("focus_window", json!({ "title": said })).await;
        assert!(desk.focused().await.contains(expected), "{said}");
    }
    desk.bench.done("focus_window", json!({ "title": "letter" })).await;

    let (width, height) = jarvis_testkit::screen::SIZE;
    for (to, x, least) in
        [("left", 0, width / 2 - 20), ("right", width / 2, width / 2 - 20), ("maximise", 0, width - 20)]
    {
        desk.bench.done("move_window", json!({ "title": "letter", "where": to })).await;
        let (at, size) = place(&desk.focused().await);
        assert!(
            at.0 == i64::from(x) && size.0 >= i64::from(least) && size.1 <= i64::from(height),
            "{to}: {at:?}, {size:?}"
        );
    }
    desk.bench
        .done("move_window", json!({ "title": "letter", "x": 100, "y": 150, "width": 640, "height": 480 }))
        .await;
    assert_eq!(place(&desk.focused().await), ((100, 150), (640, 480)));

    desk.bench.done("move_window", json!({ "title": "shopping", "where": "minimise" })).await;
    let windows = desk.windows().await;
    assert!(
        windows.lines().any(|line| line.contains("shopping") && line.ends_with("minimised")),
        "{windows}"
    );

    desk.bench.done("close_window", json!({ "title": "shopping" })).await;
    assert!(!desk.windows().await.contains("shopping"));
    let gone = desk.bench.call("focus_window", json!({ "title": "shopping" })).await;
    assert_eq!(gone, Err(ToolError::failed("There is no window called \"shopping\".")));
}

/// Corner and size of a line like `"x" (y), at 1,2, 3 x 4, has the focus`.
fn place(line: &str) -> ((i64, i64), (i64, i64)) {
    let numbers = line.rsplit_once("), at ").unwrap().1;
    let mut numbers = numbers.split([',', ' ', 'x']).filter_map(|part| part.parse().ok());
    let mut next = || numbers.next().unwrap();
    ((next(), next()), (next(), next()))
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_are_alike_none_is_closed() {
    let mut desk = Desk::new();
    desk.terminal("notes one").await;
    desk.terminal("notes two").await;
    assert!(matches!(
        desk.bench.call("close_window", json!({ "title": "notes" })).await,
        Err(ToolError::Failed { .. })
    ));
    assert_eq!(desk.windows().await.lines().count(), 2);
    desk.bench.done("close_window", json!({ "title": "notes two" })).await;
    assert_eq!(desk.windows().await.lines().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_screen_it_is_said_what_to_do() {
    for (wayland, remedy) in [("", "desktop session"), ("wayland-0", "session with X11")] {
        let desktop = Desktop::on(Some(String::new()), [("WAYLAND_DISPLAY", wayland)]);
        let bench = Bench::new(tools(&desktop, None));
        for (tool, arguments) in [
            ("list_windows", json!({})),
            ("focus_window", json!({ "title": "x" })),
            ("type_text", json!({ "text": "x" })),
            ("click", json!({ "x": 1, "y": 1 })),
        ] {
            let Err(ToolError::Unavailable { reason }) = bench.call(tool, arguments).await else {
                panic!("{tool}")
            };
            assert!(reason.contains(remedy), "{tool}: {reason}");
        }
    }
}
