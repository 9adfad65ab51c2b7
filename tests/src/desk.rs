//! A desk to sit at: a home, a virtual screen and a virtual sound card, with the real window on it.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jarvis_testkit::screen::Screen;
use jarvis_testkit::sound_card::SoundCard;

use crate::webdriver::Page;
use crate::{Home, clip};

/// How often what cannot be waited for is looked at.
pub const POLL: Duration = Duration::from_millis(200);

/// A home, a screen and a sound card.
pub struct Desk {
    /// The home.
    pub home: Home,
    /// The screen.
    pub screen: Screen,
    /// The sound card.
    pub card: SoundCard,
}

/// The driver of the running program's window. Ended when dropped, and the program with it.
pub struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Desk {
    /// A desk at which Jarvis finds `config` as the person's settings.
    pub fn new(config: &str) -> Self {
        let desk = Self { home: Home::new(), screen: Screen::start(), card: SoundCard::start() };
        let folder = desk.home.path().join("config");
        std::fs::create_dir_all(&folder).expect("a temporary folder is writable");
        std::fs::write(folder.join("config.toml"), config).expect("a temporary folder is writable");
        desk
    }

    /// Starts the program and waits for its window. The smallest model thinks.
    pub async fn open(&self) -> (Driver, Page) {
        let [port, native] = free_ports();
        let mut driver = Command::new("tauri-driver");
        driver.args(["--port", &port.to_string(), "--native-port", &native.to_string()]);
        self.lend(&mut driver);
        let driver = driver.stdout(Stdio::null()).stdin(Stdio::null()).spawn();
        let driver = Driver(driver.expect("`make test` installs tauri-driver"));
        let program = jarvis_testkit::program("jarvis-desktop");
        (driver, Page::open(&format!("http://127.0.0.1:{port}"), &program).await)
    }

    /// Makes this the desk of what `command` starts.
    pub fn lend<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        self.home.lend(command).envs(self.screen.env()).envs(self.card.env());
        command.env("JARVIS_LLM__PROVIDER", "embedded").env("JARVIS_LLM__MODEL", "smollm2-135m-instruct")
    }

    /// The person's settings, as they are kept.
    pub fn config(&self) -> String {
        let file = self.home.path().join("config/config.toml");
        std::fs::read_to_string(file).expect("the settings are there")
    }

    /// Speaks into the microphone.
    pub fn say(&self, recording: &str) {
        self.card.play_into_microphone(&clip(recording));
    }

    /// The program's windows that can be seen, by their titles.
    pub fn windows(&self) -> Vec<String> {
        let ids =
            self.screen.output("sh", &["-c", "xdotool search --onlyvisible --class jarvis-desktop || true"]);
        ids.lines().map(|id| self.screen.xdotool(&["getwindowname", id]).trim().to_string()).collect()
    }

    /// Waits until a window of that title can be seen, or cannot.
    pub async fn until_window(&self, title: &str, there: bool) {
        while self.windows().iter().any(|window| window == title) != there {
            tokio::time::sleep(POLL).await;
        }
    }

    /// Closes the main window by its key. A key that is pressed before the window has the focus is nobody's, and is pressed
    /// again.
    pub async fn close_window(&self) {
        let is_open = || self.windows().iter().any(|window| window == "Jarvis");
        while is_open() {
            self.screen.xdotool(&["key", "--clearmodifiers", "alt+F4"]);
            for _ in 0..10 {
                if !is_open() {
                    return;
                }
                tokio::time::sleep(POLL).await;
            }
        }
    }

    /// Has the driver end the program, and waits until it is gone: a second one would only call the first.
    pub async fn quit(&self, page: Page) {
        page.quit().await;
        let ask = "dbus-send --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
                   string:app.jarvis.desktop.SingleInstance";
        while self.screen.output("sh", &["-c", ask]).contains("true") {
            tokio::time::sleep(POLL).await;
        }
    }

    /// Opens the tray's menu and chooses the entry that is so many steps down.
    pub fn choose_in_tray(&self, steps: usize) {
        let tray = self.screen.xdotool(&["search", "--onlyvisible", "--class", "trayer"]);
        let tray = tray.lines().next().expect("the tray is there").to_string();
        self.screen.xdotool(&["mousemove", "--window", &tray, "24", "24", "click", "1"]);
        let keys = vec!["Down"; steps];
        self.screen
            .xdotool(&[&["sleep", "1", "key", "--delay", "100"], keys.as_slice(), &["Return"]].concat());
    }

    /// The notifications that were shown.
    pub fn notifications(&self) -> String {
        self.screen.output("dunstctl", &["history"]) + &self.screen.output("dunstctl", &["count"])
    }
}

/// Two that nobody listens on.
fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("there are ports"));
    listeners.map(|listener| listener.local_addr().expect("it is bound").port())
}
