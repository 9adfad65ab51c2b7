//! The window, the tray and the hotkey, as a person uses them: a real window on a virtual screen, driven by WebDriver
//! and by X events, with the virtual sound card.

mod webdriver;

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use jarvis_journeys::{Home, clip};
use jarvis_testkit::screen::Screen;
use jarvis_testkit::sound_card::SoundCard;
use serde_json::json;
use webdriver::Page;

/// A home, a screen and a sound card.
struct Desk {
    home: Home,
    screen: Screen,
    card: SoundCard,
}

/// The driver of the running program's window. Ended when dropped, and the program with it.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Desk {
    fn new(config: &str) -> Self {
        let desk = Self { home: Home::new(), screen: Screen::start(), card: SoundCard::start() };
        let folder = desk.home.path().join("config");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), config).unwrap();
        desk
    }

    /// Starts the program and waits for its window.
    async fn open(&self) -> (Driver, Page) {
        let [port, native] = free_ports();
        let mut driver = Command::new("tauri-driver");
        driver.args(["--port", &port.to_string(), "--native-port", &native.to_string()]);
        self.home.lend(&mut driver).envs(self.screen.env()).envs(self.card.env());
        driver.env("JARVIS_LLM__PROVIDER", "embedded").env("JARVIS_LLM__MODEL", "smollm2-135m-instruct");
        let driver = driver.stdout(Stdio::null()).stdin(Stdio::null()).spawn();
        let driver = Driver(driver.expect("`make test` installs tauri-driver"));
        let program = jarvis_testkit::program("jarvis-desktop");
        (driver, Page::open(&format!("http://127.0.0.1:{port}"), &program).await)
    }

    fn config(&self) -> String {
        std::fs::read_to_string(self.home.path().join("config/config.toml")).unwrap()
    }
}

/// Two that nobody listens on.
fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

const SETTLED: &str = "[desktop]\nfirst_run = \"done\"\n[turn]\nfollow_up_ms = 0\n";

#[tokio::test]
async fn a_typed_and_a_spoken_question_are_answered_in_one_window() {
    let desk = Desk::new(SETTLED);
    let (_driver, page) = desk.open().await;
    page.type_into("textarea", "What time is it?\u{E007}").await;
    page.until_text("It's").await;
}
