//! Sound, what plays, brightness, processes.

use std::process::Command;
use std::sync::{Arc, Mutex};

use jarvis_guard::{Circumstances, Effect};
use jarvis_testkit::screen::Screen;
use jarvis_testkit::sound_card::SoundCard;
use jarvis_tools::ToolError;
use jarvis_tools::desktop::Desktop;
use serde_json::{Value, json};

use crate::{Bench, on};

#[tokio::test(flavor = "multi_thread")]
async fn the_volume_is_set_changed_and_muted() {
    let card = SoundCard::start();
    let bench = Bench::new(jarvis_tools::sound::tools(&Desktop::on(None, card.env())));
    for (arguments, expected) in [
        (json!({ "percent": 30 }), "The volume is 30 %."),
        (json!({ "change": 25 }), "The volume is 55 %."),
        (json!({ "change": -10 }), "The volume is 45 %."),
        (json!({ "mute": true }), "The volume is 45 %, muted."),
        (json!({}), "The volume is 45 %, muted."),
        (json!({ "change": 100 }), "The volume is 100 %."),
        (json!({ "percent": 0 }), "The volume is 0 %."),
    ] {
        let shown = arguments.to_string();
        assert_eq!(bench.done("set_volume", arguments).await, expected, "{shown}");
    }
    let mut pactl = Command::new("pactl");
    let heard = pactl
        .args(["get-sink-volume", "@DEFAULT_SINK@"])
        .envs(card.env())
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&heard.stdout).contains(" 0%"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_sound_it_is_said_what_to_do() {
    let bench = Bench::new(jarvis_tools::sound::tools(&Desktop::on(None, [("PATH", "/nowhere")])));
    let Err(ToolError::Unavailable { reason }) = bench.call("set_volume", json!({ "percent": 10 })).await
    else {
        panic!()
    };
    assert!(reason.contains("Install"), "{reason}");
}

/// What was asked of it, in order.
type Asked = Arc<Mutex<Vec<String>>>;

struct Player {
    name: &'static str,
    state: &'static str,
    asked: Asked,
}

impl Player {
    fn note(&self, what: &str) {
        self.asked.lock().unwrap().push(format!("{} {what}", self.name));
    }
}

#[zbus::interface(name = "org.mpris.MediaPlayer2.Player")]
impl Player {
    fn play(&self) {
        self.note("play");
    }
    fn pause(&self) {
        self.note("pause");
    }
    fn next(&self) {
        self.note("next");
    }
    fn previous(&self) {
        self.note("previous");
    }
    fn stop(&self) {
        self.note("stop");
    }
    #[zbus(property)]
    fn playback_status(&self) -> String {
        self.state.to_owned()
    }
}

struct Session(Asked);

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl Session {
    fn set_brightness(&self, subsystem: &str, name: &str, value: u32) {
        self.0.lock().unwrap().push(format!("{subsystem} {name} {value}"));
    }
}

fn bus_of(screen: &Screen) -> String {
    let env = screen.env();
    let (_, address) = env.iter().find(|(name, _)| *name == "DBUS_SESSION_BUS_ADDRESS").unwrap();
    address.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn players_are_told_what_to_do() {
    let screen = Screen::start();
    let bench = Bench::new(jarvis_tools::sound::tools(&on(&screen)));
    let none = bench.call("media", json!({ "action": "pause" })).await;
    assert!(matches!(none, Err(ToolError::Failed { .. })), "{none:?}");

    let asked = Asked::default();
    let mut players = Vec::new();
    for (name, state) in [("Rhythmbox", "Paused"), ("firefox.instance7", "Playing"), ("vlc", "Stopped")] {
        let player = Player { name, state, asked: asked.clone() };
        let service = zbus::connection::Builder::address(bus_of(&screen).as_str()).unwrap();
        let service = service.name(format!("org.mpris.MediaPlayer2.{name}")).unwrap();
        players.push(service.serve_at("/org/mpris/MediaPlayer2", player).unwrap().build().await.unwrap());
    }
    for (arguments, expected) in [
        (json!({ "action": "pause" }), "firefox.instance7 pause"),
        (json!({ "action": "next" }), "firefox.instance7 next"),
        (json!({ "action": "play" }), "Rhythmbox play"),
        (json!({ "action": "previous", "player": "rhythm box" }), "Rhythmbox previous"),
        (json!({ "action": "stop", "player": "VLC" }), "vlc stop"),
        (json!({ "action": "stop", "player": "fire fox" }), "firefox.instance7 stop"),
    ] {
        let shown = arguments.to_string();
        bench.done("media", arguments).await;
        assert_eq!(asked.lock().unwrap().last().unwrap(), expected, "{shown}");
    }
    assert!(bench.call("media", json!({ "action": "stop", "player": "spotify" })).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_brightness_is_set_by_logind() {
    let screen = Screen::start();
    let lights = tempfile::tempdir().unwrap();
    let env = [("DBUS_SYSTEM_BUS_ADDRESS", bus_of(&screen))];
    let bench = Bench::new(jarvis_tools::sound::with_lights_in(&Desktop::on(None, env), lights.path()));
    let none = bench.call("set_brightness", json!({ "percent": 50 })).await;
    assert!(matches!(none, Err(ToolError::Unavailable { .. })), "{none:?}");

    let asked = Asked::default();
    let service = zbus::connection::Builder::address(bus_of(&screen).as_str()).unwrap();
    let service = service.name("org.freedesktop.login1").unwrap();
    let path = "/org/freedesktop/login1/session/auto";
    let _service = service.serve_at(path, Session(asked.clone())).unwrap().build().await.unwrap();
    std::fs::create_dir(lights.path().join("intel_backlight")).unwrap();
    std::fs::write(lights.path().join("intel_backlight/max_brightness"), "1500\n").unwrap();
    for (percent, value) in [(50, 750), (100, 1500), (0, 30)] {
        bench.done("set_brightness", json!({ "percent": percent })).await;
        assert_eq!(asked.lock().unwrap().last().unwrap(), &format!("backlight intel_backlight {value}"));
    }
    assert!(bench.call("set_brightness", json!({ "percent": 101 })).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_are_listed_and_ended() {
    let bench = Bench::new(jarvis_tools::system::tools());
    // A program of a name that nothing else has, and longer than the kernel keeps names.
    let program = bench.home.path().join("sleeps-for-a-test");
    std::fs::copy("/bin/sleep", &program).unwrap();
    let start = || Command::new(&program).arg("1000").spawn().unwrap();
    let mut children = [start(), start(), start()];
    let listed = bench.done("list_processes", json!({ "sort": "name", "limit": 100 })).await;
    assert!(!listed.is_empty());
    if let Some(line) = listed.lines().find(|line| line.starts_with("sleeps-for-a-test")) {
        assert!(line.contains("3 processes"), "{line}");
    } else {
        assert!(listed.contains("programs more"), "{listed}");
    }

    let one = json!({ "pid": children[0].id() });
    let (act, _) = bench.toolbox.explain("end_process", &one, &Circumstances::person()).unwrap();
    let end = |force| Effect::End { process: "sleeps-for-a-test".into(), own: true, force };
    assert_eq!(act.effects, [end(false)]);
    bench.done("end_process", one).await;
    assert!(!children[0].wait().unwrap().success());
    assert!(children[1].try_wait().unwrap().is_none(), "only the one that was named");

    bench.done("end_process", json!({ "name": "sleeps-for-a-test", "force": true })).await;
    for child in &mut children[1..] {
        assert!(!child.wait().unwrap().success());
    }
    for (arguments, refused) in [
        (json!({ "pid": std::process::id() }), true),
        (json!({ "pid": std::os::unix::process::parent_id() }), true),
        (json!({ "pid": 1 }), true),
        (json!({ "name": "sleeps-for-a-test" }), false),
        (json!({}), false),
        (json!({ "pid": 1, "name": "x" }), false),
    ] {
        let shown = arguments.to_string();
        let done = bench.call("end_process", arguments).await;
        assert!(done.is_err(), "{shown}");
        assert_eq!(matches!(done, Err(ToolError::Refused { .. })), refused, "{shown}: {done:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_machine_tells_its_condition() {
    let bench = Bench::new(jarvis_tools::system::tools());
    for (part, expected) in [
        ("system", "System: "),
        ("cpu", "cores"),
        ("memory", "Memory: "),
        ("disks", "Disk"),
        ("network", "Network: "),
        ("battery", "Battery"),
    ] {
        let told = bench.done("system_info", json!({ "about": part })).await;
        assert!(told.starts_with(expected) || told.contains(expected), "{part}: {told}");
    }
    let all = bench.done("system_info", Value::Null).await;
    assert!(all.contains("Memory: ") && all.contains("Battery"), "{all}");
}
