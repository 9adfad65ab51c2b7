//! What the pages ask of the shell itself: only what the API cannot do for them.

use jarvis_core::{Code, Failure};
use jarvis_server::StreamItem;
use tauri::ipc::Channel;
use tauri::{AppHandle, State, Webview};
use tauri_plugin_dialog::DialogExt;

use crate::shell::Shell;
use crate::window;

/// Sends everything that happens, from the event after `after`, to `events`. A page follows once: following again ends
/// what was before. Returns the number for [`unfollow_events`].
#[tauri::command]
pub(crate) async fn follow_events(
    webview: Webview,
    shell: State<'_, Shell>,
    after: Option<u64>,
    events: Channel<StreamItem>,
) -> Result<u32, Failure> {
    let assistant = shell.ready().await;
    Ok(shell.followers.add(webview.label(), &assistant, after, events))
}

/// Ends what [`follow_events`] began.
#[tauri::command]
pub(crate) fn unfollow_events(webview: Webview, shell: State<'_, Shell>, id: u32) {
    shell.followers.remove(webview.label(), id);
}

/// Lets the person choose where to save `text`; `name` is proposed. Whether it was saved.
#[tauri::command]
pub(crate) async fn save_file(app: AppHandle, name: String, text: String) -> Result<bool, Failure> {
    let (chosen, choice) = tokio::sync::oneshot::channel();
    app.dialog().file().set_file_name(name).save_file(move |path| {
        // Nobody waits any more when the window is gone.
        let _ = chosen.send(path);
    });
    let Some(path) = choice.await.ok().flatten() else { return Ok(false) };
    let unwritable = |e: &dyn std::fmt::Display| {
        let message = format!("{path} cannot be written ({e}).");
        Failure::new(Code::DiskFull, message, "Choose another folder, or free some space.")
    };
    let path = path.clone().into_path().map_err(|e| unwritable(&e))?;
    tokio::fs::write(&path, text).await.map_err(|e| unwritable(&e))?;
    Ok(true)
}

/// Opens a link of the web, or to write a mail, outside.
#[tauri::command]
pub(crate) fn open_external(app: AppHandle, url: String) -> Result<(), Failure> {
    let refused = || {
        Failure::new(
            Code::BadRequest,
            "Only links of the web and mail addresses are opened.",
            "Copy it, and open it yourself if you trust it.",
        )
    };
    let url = tauri::Url::parse(&url).map_err(|_| refused())?;
    if window::open_outside(&app, &url) { Ok(()) } else { Err(refused()) }
}
