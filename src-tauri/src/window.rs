//! The main window: opened when it is first wanted, then shown and hidden.

use jarvis_assistant::settings;
use jarvis_core::config::FirstRun;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Emitter, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use tauri_plugin_opener::OpenerExt;

use crate::door;
use crate::shell::Shell;

/// Its name.
pub(crate) const LABEL: &str = "main";

/// Brings the window to the front, at `place` ("/settings") when one is named.
pub(crate) fn show(app: &AppHandle, place: Option<&str>) {
    let Some(window) = app.get_webview_window(LABEL) else {
        let (app, place) = (app.clone(), place.unwrap_or_else(|| first_place()).to_string());
        // A window cannot everywhere be made in the midst of an event.
        tauri::async_runtime::spawn(async move {
            if let Err(e) = open(&app, &place) {
                tracing::error!("the window cannot be opened: {e}");
            }
        });
        return;
    };
    let shown = || {
        window.show()?;
        window.unminimize()?;
        window.set_focus()?;
        place.map_or(Ok(()), |place| window.emit_to(LABEL, "navigate", place))
    };
    if let Err(e) = shown() {
        tracing::error!("the window cannot be shown: {e}");
    }
}

/// Where the window opens. It does not wait for the assistant, which may take longer than the person's patience.
fn first_place() -> &'static str {
    match settings::load(&jarvis_assistant::paths().config_file()) {
        Ok(config) if config.desktop.first_run == FirstRun::Done => "/",
        Ok(_) => "/welcome",
        // The assistant says what is wrong with them.
        Err(_) => "/",
    }
}

/// Begins a new conversation in the window.
pub(crate) fn new_chat(app: &AppHandle) {
    let was_there = app.get_webview_window(LABEL).is_some();
    show(app, (!was_there).then_some("/"));
    // A window that is only now being opened begins with a new one.
    if was_there && let Err(e) = app.emit_to(LABEL, "new-chat", ()) {
        tracing::error!("no conversation was begun: {e}");
    }
}

/// Asks about what is on the screen, as it is before our own window comes up.
pub(crate) fn ask_about_screen(app: &AppHandle) {
    let (app, shell) = (app.clone(), app.state::<Shell>().inner().clone());
    tauri::async_runtime::spawn(async move {
        let assistant = shell.ready().await;
        if let Err(failure) = assistant.hands().look().await {
            assistant.bus().fail(None, failure);
        }
        show(&app, Some("/screen"));
    });
}

fn open(app: &AppHandle, place: &str) -> tauri::Result<WebviewWindow> {
    builder(app, LABEL, place).title("Jarvis").inner_size(1120.0, 780.0).min_inner_size(380.0, 480.0).build()
}

/// A window of ours: its pages stay ours, links go to the browser.
pub(crate) fn builder<'a>(
    app: &'a AppHandle,
    label: &str,
    place: &str,
) -> WebviewWindowBuilder<'a, tauri::Wry, AppHandle> {
    let (leaving, opening) = (app.clone(), app.clone());
    WebviewWindowBuilder::new(app, label, WebviewUrl::CustomProtocol(door::address(place)))
        // The pages take dropped files themselves.
        .disable_drag_drop_handler()
        .data_directory(jarvis_assistant::paths().window().join("pages"))
        .on_navigation(move |url| {
            let stays = door::is_ours(url);
            if !stays {
                open_outside(&leaving, url);
            }
            stays
        })
        .on_new_window(move |url, _| {
            open_outside(&opening, &url);
            NewWindowResponse::Deny
        })
}

/// Opens a link of the web in the person's browser, and an address in the program that writes mails. Whether it was one.
pub(crate) fn open_outside(app: &AppHandle, url: &Url) -> bool {
    if !matches!(url.scheme(), "http" | "https" | "mailto") {
        return false;
    }
    if let Err(e) = app.opener().open_url(url.as_str(), None::<&str>) {
        tracing::error!("{url} cannot be opened: {e}");
    }
    true
}
