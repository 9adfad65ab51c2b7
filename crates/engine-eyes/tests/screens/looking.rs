//! Looking at the screen: windows, parts of it, pictures found again; and what is said where there is nothing to look at.

use std::time::{Duration, Instant};

use jarvis_engine::eyes::{Area, Lack, Match, Reply, Request, View};
use jarvis_engine::{Engine, EngineSpec};
use jarvis_testkit::screen::Screen;

use crate::show::{self, Eyes, Program};

/// All that is answered, with the payloads.
async fn ask(eyes: &Eyes, request: Request, payload: Vec<u8>) -> Vec<(Reply, Vec<u8>)> {
    let mut replies = eyes.request(request, payload);
    let mut all = Vec::new();
    while let Some(reply) = replies.next().await {
        let (reply, payload) = reply.expect("it is answered");
        all.push((reply, payload.to_vec()));
    }
    all
}

/// Where the window with the focus is. The window manager gives it the focus some time after it shows it.
async fn focused(eyes: &Eyes) -> Area {
    let begin = Instant::now();
    loop {
        let windows = ask(eyes, Request::Windows, Vec::new()).await;
        let place = windows.iter().find_map(|(reply, _)| match reply {
            Reply::Window(info) if info.focused => Some(info.place),
            _ => None,
        });
        if let Some(place) = place {
            return place;
        }
        assert!(begin.elapsed() < show::PATIENCE, "no window has the focus: {windows:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_the_screen_is_seen_and_found_again() {
    let screen = Screen::start();
    let eyes = show::eyes(&screen);
    let text = "Find me\nif you can";
    let arguments = show::xterm(&screen.home(), "hide", "DejaVu Sans Mono", 16, "#eeeeee", "#202040", text);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let _program = Program::start(&screen, &[], "xterm", &arguments);
    let window = View::Window { title: Some("XTERM".into()) };
    show::settled(&eyes, &window, show::is_drawn).await;

    let place = focused(&eyes).await;

    // A part of the window is where it is on the screen.
    let part = Area { x: place.x + 2, y: place.y + 2, width: 60, height: 18 };
    let view = View::Region { x: part.x, y: part.y, width: part.width, height: part.height };
    let whole = show::capture(&eyes, View::Screen).await.expect("there is a screen");
    let small = show::capture(&eyes, view).await.expect("there is a screen");
    let request = Request::Find { haystack_bytes: whole.len() as u64, at_least: 0.95 };
    let found = ask(&eyes, request, [whole, small].concat()).await;
    let Some((Reply::Match(Match { place, likeness }), _)) = found.first() else {
        panic!("not found: {found:?}")
    };
    assert_eq!((*place, *likeness > 0.99), (part, true));

    let none =
        ask(&eyes, Request::Capture { view: View::Window { title: Some("Nowhere".into()) } }, Vec::new())
            .await;
    assert!(matches!(none[..], [(Reply::Lack { lack: Lack::Window, .. }, _)]), "{none:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_screen_it_says_so() {
    let eyes: Eyes = Engine::new(EngineSpec {
        name: "eyes",
        program: "/usr/bin/env".into(),
        fallback: None,
        args: ["-u", "DISPLAY", "-u", "WAYLAND_DISPLAY", env!("CARGO_BIN_EXE_jarvis-engine-eyes")]
            .map(Into::into)
            .into(),
        idle_stop: None,
    });
    for request in [Request::Windows, Request::Capture { view: View::Screen }] {
        let answer = ask(&eyes, request, Vec::new()).await;
        assert!(matches!(answer[..], [(Reply::Lack { lack: Lack::Screen, .. }, _)]), "{answer:?}");
    }
}
