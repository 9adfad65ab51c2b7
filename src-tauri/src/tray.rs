//! The tray: an icon that tells how the voice stands, and a menu of what is wanted most.

use jarvis_assistant::{Command, VoiceStatus};
use jarvis_core::VoiceState;
use tauri::image::Image;
use tauri::menu::{CheckMenuItem, MenuBuilder, MenuEvent, MenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Wry, include_image};

use crate::shell::Shell;
use crate::texts::{Texts, texts};
use crate::window;

/// Its name, and its parts that change.
const ID: &str = "jarvis";

struct Items {
    talk: MenuItem<Wry>,
    mute: CheckMenuItem<Wry>,
    pause: CheckMenuItem<Wry>,
}

/// Puts the icon into the tray.
pub(crate) fn show(app: &AppHandle) -> tauri::Result<()> {
    let texts = texts();
    let items = Items {
        talk: MenuItem::with_id(app, "talk", texts.talk, false, None::<&str>)?,
        mute: CheckMenuItem::with_id(app, "mute", texts.mute, false, false, None::<&str>)?,
        pause: CheckMenuItem::with_id(app, "pause", texts.pause, true, true, None::<&str>)?,
    };
    let menu = MenuBuilder::new(app)
        .items(&[&items.talk, &items.mute, &items.pause])
        .separator()
        .text("new-chat", texts.new_chat)
        .text("screen", texts.screen)
        .text("open", texts.open)
        .text("settings", texts.settings)
        .separator()
        .text("stop", texts.stop)
        .text("quit", texts.quit)
        .build()?;
    app.manage(items);
    TrayIconBuilder::with_id(ID)
        .icon(include_image!("../icons/tray/off.png"))
        .tooltip(texts.off)
        .menu(&menu)
        .on_menu_event(chosen)
        .build(app)?;
    Ok(())
}

fn chosen(app: &AppHandle, event: MenuEvent) {
    let shell = app.state::<Shell>();
    match event.id().as_ref() {
        "talk" => shell.ask(Command::Attend),
        "mute" => shell.ask(Command::Mute(is_checked(&app.state::<Items>().mute))),
        "pause" => {
            let (shell, pause) = (shell.inner().clone(), is_checked(&app.state::<Items>().pause));
            let app = app.clone();
            tauri::async_runtime::spawn(async move {
                let assistant = shell.ready().await;
                if pause {
                    assistant.pause_listening().await;
                } else {
                    assistant.listen().await;
                    // Where it cannot listen nothing has changed, and nothing is told; the check mark did change.
                    update(&app, &assistant.voice().await);
                }
            });
        }
        "new-chat" => window::new_chat(app),
        "screen" => window::ask_about_screen(app),
        "stop" => {
            // Before it has started nothing runs.
            if let Some(assistant) = shell.assistant() {
                assistant.hands().stop_everything();
            }
        }
        "open" => window::show(app, None),
        "settings" => window::show(app, Some("/settings")),
        "quit" => app.exit(0),
        other => tracing::error!("the tray has no {other}"),
    }
}

/// An item that cannot be asked is gone, and nobody chose it.
fn is_checked(item: &CheckMenuItem<Wry>) -> bool {
    item.is_checked().unwrap_or(false)
}

/// Shows how the voice stands.
pub(crate) fn update(app: &AppHandle, voice: &VoiceStatus) {
    let (icon, tooltip) = face(voice, texts());
    let items = app.state::<Items>();
    let shown = || {
        items.talk.set_enabled(voice.available && !voice.muted)?;
        items.mute.set_enabled(voice.available)?;
        items.mute.set_checked(voice.muted)?;
        items.pause.set_checked(!voice.available)?;
        let Some(tray) = app.tray_by_id(ID) else { return Ok(()) };
        tray.set_icon(Some(icon))?;
        tray.set_tooltip(Some(tooltip))
    };
    if let Err(e) = shown() {
        tracing::warn!("the tray does not show how Jarvis stands: {e}");
    }
}

fn face(voice: &VoiceStatus, texts: &'static Texts) -> (Image<'static>, &'static str) {
    if !voice.available {
        return (include_image!("../icons/tray/off.png"), texts.off);
    }
    if voice.muted {
        return (include_image!("../icons/tray/muted.png"), texts.muted);
    }
    match voice.state {
        VoiceState::Idle => (include_image!("../icons/tray/idle.png"), texts.waiting),
        VoiceState::Listening | VoiceState::FollowUp => {
            (include_image!("../icons/tray/listening.png"), texts.listening)
        }
        VoiceState::Thinking => (include_image!("../icons/tray/thinking.png"), texts.thinking),
        VoiceState::Speaking => (include_image!("../icons/tray/speaking.png"), texts.speaking),
    }
}
