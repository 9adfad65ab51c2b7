//! The voice bubble: small, over other windows while Jarvis listens or speaks, never in the way of typing.

use tauri::{AppHandle, LogicalPosition, Manager, WebviewWindow};

use crate::window;

/// Its name.
pub(crate) const LABEL: &str = "bubble";

const WIDTH: f64 = 220.0;
const HEIGHT: f64 = 64.0;
/// From the edges of the screen, logical pixels.
const MARGIN: f64 = 24.0;

/// Shows it when it is `wanted` and the main window is not being looked at; hides it otherwise.
pub(crate) fn update(app: &AppHandle, wanted: bool) {
    let main = app.get_webview_window(window::LABEL);
    let looked_at = main.is_some_and(|main| main.is_focused().unwrap_or(false));
    let done = match (wanted && !looked_at, app.get_webview_window(LABEL)) {
        (true, Some(bubble)) => bubble.show(),
        (true, None) => open(app).and_then(|bubble| bubble.show()),
        (false, Some(bubble)) => bubble.hide(),
        (false, None) => Ok(()),
    };
    if let Err(e) = done {
        tracing::warn!("the bubble cannot be shown: {e}");
    }
}

fn open(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let bubble = window::builder(app, LABEL, "/bubble")
        .title("Jarvis's voice")
        .inner_size(WIDTH, HEIGHT)
        .resizable(false)
        .decorations(false)
        .transparent(true)
        .shadow(false)
        .always_on_top(true)
        .visible_on_all_workspaces(true)
        .skip_taskbar(true)
        .focused(false)
        .focusable(false)
        .visible(false)
        .build()?;
    if let Some(monitor) = bubble.primary_monitor()? {
        let (size, corner) = (
            monitor.size().to_logical::<f64>(monitor.scale_factor()),
            monitor.position().to_logical::<f64>(monitor.scale_factor()),
        );
        bubble.set_position(LogicalPosition::new(
            corner.x + size.width - WIDTH - MARGIN,
            corner.y + size.height - HEIGHT - 2.0 * MARGIN,
        ))?;
    }
    Ok(bubble)
}
