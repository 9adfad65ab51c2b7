//! Starting with the person's session.

use jarvis_assistant::Assistant;
use jarvis_core::{Code, Failure};
use tauri::AppHandle;
use tauri_plugin_autostart::ManagerExt;

/// Does as the settings say. What fails is told.
pub(crate) fn apply(app: &AppHandle, assistant: &Assistant) {
    let (wanted, entry) = (assistant.config().desktop.start_at_login, app.autolaunch());
    let done = entry.is_enabled().and_then(|is| match (is, wanted) {
        (false, true) => entry.enable(),
        (true, false) => entry.disable(),
        _ => Ok(()),
    });
    if let Err(e) = done {
        let message = format!("Whether Jarvis starts with your session could not be changed ({e}).");
        let remedy = "Add or remove Jarvis in your desktop's own settings for what starts at login.";
        assistant.bus().fail(None, Failure::new(Code::BadConfig, message, remedy));
    }
}
