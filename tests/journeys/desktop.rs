//! The window, the tray and the hotkey, as a person uses them: a real window on a virtual screen, driven by WebDriver
//! and by X events, with the virtual sound card.

use std::process::Command;

use jarvis_journeys::desk::{Desk, POLL};
use jarvis_memory::{Attachment, Store};
use serde_json::json;

/// Past the first run, and with no follow-up window that would hear the next test's noise.
const SETTLED: &str = "[desktop]\nfirst_run = \"done\"\n[turn]\nfollow_up_ms = 0\n";
/// What the last answer says, once it is complete.
const ANSWER: &str = "const all = document.querySelectorAll('article[aria-label=Jarvis]'); const last = all[all.length - 1]; \
                      return last && last.getAttribute('aria-busy') !== 'true' ? last.innerText : ''";

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
    desk.close_window().await;
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
    desk.lend(&mut second);
    assert!(second.status().unwrap().success());
    desk.until_window("Jarvis", true).await;

    desk.close_window().await;
    // The tray: talk, mute, pause, then new chat, screen, open and settings.
    desk.choose_in_tray(7);
    desk.until_window("Jarvis", true).await;
    page.until("return location.hash === '#/settings'").await;
}

/// Attaches a picture of so many bytes, as a file picker does.
fn attach(bytes: u64) -> String {
    format!(
        "const bytes = new Uint8Array({bytes}); bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]); \
         const files = new DataTransfer(); files.items.add(new File([bytes], 'large.png', {{type: 'image/png'}})); \
         const picker = document.querySelector('[data-testid=file-picker]'); picker.files = files.files; \
         picker.dispatchEvent(new Event('change', {{bubbles: true}}))"
    )
}

#[tokio::test]
async fn a_large_picture_comes_through_whole() {
    const BYTES: u64 = 19_000_001;
    let desk = Desk::new(SETTLED);
    let (_driver, page) = desk.open().await;
    page.type_into("textarea", "What is in it?").await;
    page.run(&attach(BYTES)).await;
    page.until_text("large.png").await;
    page.until("return document.querySelector('[role=progressbar]') === null").await;
    let refused = page.run("return document.querySelector('[role=alert]')?.innerText ?? ''").await;
    assert_eq!(refused, json!(""));
    page.type_into("textarea", "\u{E007}").await;
    page.until(&format!("return (() => {{ {ANSWER} }})() !== ''")).await;
    let store = Store::open(&desk.home.path().join("data/jarvis.sqlite")).unwrap();
    let conversation = store.list(None).unwrap()[0].id;
    let asked = store.all_messages(conversation).unwrap().swap_remove(0);
    let Attachment { id, size_bytes, .. } = asked.attachments[0];
    assert_eq!(size_bytes, BYTES);
    page.run(&format!(
        "fetch('/api/attachments/{id}').then(it => it.blob()).then(it => window.back = it.size)"
    ))
    .await;
    page.until(&format!("return window.back === {BYTES}")).await;
}

#[tokio::test]
async fn what_is_told_and_read_in_the_window_is_found_drawn_and_forgotten() {
    let desk = Desk::new(SETTLED);
    let (_driver, page) = desk.open().await;
    page.type_into("textarea", "Remember that Anna works at Siemens\u{E007}").await;
    page.until(&format!("return (() => {{ {ANSWER} }})().includes('remember')")).await;

    // A document is read, and stands in the list with its passages.
    page.run("location.hash = '#/documents'").await;
    page.until("return document.querySelector('[data-testid=document-picker]') !== null").await;
    page.run(
        "const files = new DataTransfer(); files.items.add(new File(['The boiler wants 1.4 bar.'], 'boiler.txt')); \
         const picker = document.querySelector('[data-testid=document-picker]'); picker.files = files.files; \
         picker.dispatchEvent(new Event('change', {bubbles: true}))",
    )
    .await;
    page.until(
        "return [...document.querySelectorAll('a')].some(one => one.innerText.includes('boiler.txt'))",
    )
    .await;

    // The graph is laid out by a worker of its own and drawn.
    page.run("location.hash = '#/graph'").await;
    page.until(
        "return document.querySelector('canvas') !== null \
         && !document.body.innerText.includes('The picture is being laid out')",
    )
    .await;
    let drawn = "const canvas = document.querySelector('canvas'); const {width, height} = canvas; \
                 const pixels = canvas.getContext('2d').getImageData(0, 0, width, height).data; \
                 return pixels.some(value => value !== 0)";
    page.until(drawn).await;

    // Forgotten on its page, it is gone from the picture.
    page.run("location.hash = '#/memory'").await;
    page.until("return document.querySelector('article[aria-label=\"Anna works at Siemens\"]') !== null")
        .await;
    page.run(
        "document.querySelector('article[aria-label=\"Anna works at Siemens\"] button[aria-label=Forget]').click()",
    )
    .await;
    page.until("return document.querySelector('[role=alertdialog]') !== null").await;
    page.run(
        "[...document.querySelectorAll('[role=alertdialog] button')].find(one => one.innerText.trim() === 'Forget').click()",
    )
    .await;
    page.until("return document.querySelector('article[aria-label=\"Anna works at Siemens\"]') === null")
        .await;
    page.run("location.hash = '#/graph'").await;
    page.until_text("Nobody and nothing is known yet.").await;
}
