//! The window, the tray and the hotkey, as a person uses them: a real window on a virtual screen, driven by WebDriver
//! and by X events, with the virtual sound card.

mod webdriver;

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

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

/// Past the first run, and with no follow-up window that would hear the next test's noise.
const SETTLED: &str = "[desktop]\nfirst_run = \"done\"\n[turn]\nfollow_up_ms = 0\n";
/// What the last answer says, once it is complete.
const ANSWER: &str = "const all = document.querySelectorAll('article[aria-label=Jarvis]'); const last = all[all.length - 1]; \
                      return last && last.getAttribute('aria-busy') !== 'true' ? last.innerText : ''";

impl Desk {
    /// Speaks into the microphone.
    fn say(&self, recording: &str) {
        self.card.play_into_microphone(&clip(recording));
    }

    /// The programs's windows that can be seen, by their titles.
    fn windows(&self) -> Vec<String> {
        let ids =
            self.screen.output("sh", &["-c", "xdotool search --onlyvisible --class jarvis-desktop || true"]);
        ids.lines().map(|id| self.screen.xdotool(&["getwindowname", id]).trim().to_string()).collect()
    }

    async fn until_window(&self, title: &str, there: bool) {
        while self.windows().iter().any(|window| window == title) != there {
            tokio::time::sleep(POLL).await;
        }
    }

    /// Has the driver end the program, and waits until it is gone: a second one would only call the first.
    async fn quit(&self, page: Page) {
        page.quit().await;
        let ask = "dbus-send --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
                   string:app.jarvis.desktop.SingleInstance";
        while self.screen.output("sh", &["-c", ask]).contains("true") {
            tokio::time::sleep(POLL).await;
        }
    }

    /// Opens the tray's menu and chooses the entry that is so many steps down.
    fn choose_in_tray(&self, steps: usize) {
        let tray = self.screen.xdotool(&["search", "--onlyvisible", "--class", "trayer"]);
        let tray = tray.lines().next().expect("the tray is there").to_string();
        self.screen.xdotool(&["mousemove", "--window", &tray, "24", "24", "click", "1"]);
        let keys = vec!["Down"; steps];
        self.screen
            .xdotool(&[&["sleep", "1", "key", "--delay", "100"], keys.as_slice(), &["Return"]].concat());
    }

    /// The notifications that were shown.
    fn notifications(&self) -> String {
        self.screen.output("dunstctl", &["history"]) + &self.screen.output("dunstctl", &["count"])
    }
}

/// How often what cannot be waited for is looked at.
const POLL: Duration = Duration::from_millis(200);

#[tokio::test]
async fn the_first_run_is_left_and_gone_on_with() {
    let desk = Desk::new("");
    let (driver, page) = desk.open().await;
    page.until_text("This is what I found").await;
    page.press("Next").await;
    page.until_text("Can we hear each other?").await;
    page.press("Next").await;
    page.until_text("What fits this machine").await;
    page.until("return document.body.innerText.includes('free on the disk')").await;
    desk.quit(page).await;
    drop(driver);
    assert!(desk.config().contains("first_run = \"models\""), "{}", desk.config());

    let (_driver, page) = desk.open().await;
    page.until_text("What fits this machine").await;
    page.press("Next").await;
    page.until_text("How shall I sound?").await;
    page.press("Next").await;
    page.until_text("Call me once").await;
    page.press("Test the wake word").await;
    page.until(
        "return [...document.querySelectorAll('button')].some(button => button.innerText.trim() === 'Stop')",
    )
    .await;
    desk.say("hey-jarvis.wav");
    page.until_text("There you are!").await;
    page.press("Next").await;
    page.until_text("All set").await;
    page.press("Start talking").await;
    page.until_text("What can I do for you?").await;
    desk.quit(page).await;
    assert!(desk.config().contains("first_run = \"done\""), "{}", desk.config());
}

#[tokio::test]
async fn typed_and_spoken_questions_are_answered_in_one_window_and_settings_are_kept() {
    let desk = Desk::new(SETTLED);
    let (driver, page) = desk.open().await;
    page.type_into("textarea", "Name one colour.\u{E007}").await;
    page.until(&format!("return (() => {{ {ANSWER} }})() !== ''")).await;

    // What is said is shown as it is heard, and answered in the conversation at hand.
    page.until_text("Ready").await;
    page.run(
        "window.drafts = []; new MutationObserver(() => { if (/what/i.test(document.body.innerText)) \
         window.drafts.push(document.querySelectorAll('article[aria-label=You]').length); }) \
         .observe(document.body, {subtree: true, childList: true, characterData: true})",
    )
    .await;
    desk.say("hey-jarvis-what-time-is-it.wav");
    // Both are in one conversation.
    page.until("return document.querySelectorAll('article[aria-label=You]').length === 2").await;
    page.until(&format!("return / (AM|PM)/.test((() => {{ {ANSWER} }})())")).await;
    let drafts = page.run("return window.drafts").await;
    assert_eq!(drafts[0], json!(1), "words show before the question is complete: {drafts}");

    page.run("location.hash = '#/settings'").await;
    page.click("//select[@aria-label='Hotkey mode']/option[@value='toggle']").await;
    page.until_text("Hotkey mode").await;
    while !desk.config().contains("hotkey_mode = \"toggle\"") {
        tokio::time::sleep(POLL).await;
    }
    desk.quit(page).await;
    drop(driver);
    let (_driver, page) = desk.open().await;
    page.until("return document.querySelectorAll('nav a, aside a').length > 0").await;
    page.run("location.hash = '#/settings'").await;
    page.until("return document.querySelector('select[aria-label=\"Hotkey mode\"]')?.value === 'toggle'")
        .await;
    desk.quit(page).await;
}

#[tokio::test]
async fn the_hotkey_the_tray_and_notifications_work_with_the_window_closed() {
    let desk = Desk::new(SETTLED);
    let (_driver, page) = desk.open().await;
    page.until_text("Ready").await;
    desk.until_window("Jarvis", true).await;
    page.type_into("textarea", "Set a timer for twenty seconds\u{E007}").await;
    page.until(&format!("return (() => {{ {ANSWER} }})() !== ''")).await;

    // Closed, it stays in the tray.
    desk.screen.xdotool(&["key", "--clearmodifiers", "alt+F4"]);
    desk.until_window("Jarvis", false).await;
    // Held keys bracket a request, and the bubble shows itself over whatever is in front.
    desk.screen.xdotool(&["keydown", "ctrl", "keydown", "alt", "keydown", "space"]);
    desk.until_window("Jarvis's voice", true).await;
    desk.say("what-is-fifteen-percent-of-eighty.wav");
    desk.screen.xdotool(&["keyup", "space", "keyup", "alt", "keyup", "ctrl"]);
    page.until("return document.body.innerText.includes('12')").await;
    while !desk.notifications().contains("timer") {
        tokio::time::sleep(POLL).await;
    }

    // A second start brings the window of the first to the front.
    let program = jarvis_testkit::program("jarvis-desktop");
    let mut second = Command::new(program);
    desk.home.lend(&mut second).envs(desk.screen.env()).envs(desk.card.env());
    assert!(second.status().unwrap().success());
    desk.until_window("Jarvis", true).await;

    desk.screen.xdotool(&["key", "--clearmodifiers", "alt+F4"]);
    desk.until_window("Jarvis", false).await;
    // The tray: talk, mute, pause, then new chat, open and settings.
    desk.choose_in_tray(6);
    desk.until_window("Jarvis", true).await;
    page.until("return location.hash === '#/settings'").await;
}
