//! Jarvis on the desktop: a window, a tray, a hotkey and notifications round the same assistant.
//!
//! A shell: it translates what a person does into calls of the assistant, and shows what the bus tells. It decides
//! nothing of its own, and opens no port.
#![cfg_attr(windows, windows_subsystem = "windows")]

mod bubble;
mod commands;
mod door;
mod follow;
mod hotkey;
mod login;
mod shell;
mod texts;
mod tray;
mod window;

use std::process::ExitCode;

use shell::Shell;
use tauri::{Manager, RunEvent, WindowEvent};
use tauri_plugin_autostart::MacosLauncher;
use tauri_plugin_window_state::StateFlags;
use tracing_subscriber::EnvFilter;

/// Without a graphics card the web view is to draw by itself: a card that is imitated costs it 100 MB of memory.
fn draw_plainly_without_card() {
    if cfg!(target_os = "linux") && jarvis_assistant::Hardware::detect().gpu.is_none() {
        #[expect(unsafe_code, reason = "there is no safe way, and no other thread that could be reading")]
        // SAFETY: this is the first thing that the program does, and it has one thread.
        unsafe {
            std::env::set_var("WEBKIT_DISABLE_COMPOSITING_MODE", "1");
        }
    }
}

/// Given at login: Jarvis starts in the tray, without its window.
const HIDDEN: &str = "--hidden";

fn main() -> ExitCode {
    draw_plainly_without_card();
    let filter = EnvFilter::try_from_env("JARVIS_LOG").unwrap_or_else(|_| EnvFilter::new("warn,ort=error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            tracing::error!("Jarvis cannot start: {e}");
            return ExitCode::FAILURE;
        }
    };
    tauri::async_runtime::set(runtime.handle().clone());
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app, None)))
        .plugin(tauri_plugin_autostart::init(MacosLauncher::LaunchAgent, Some(vec![HIDDEN])))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_global_shortcut::Builder::new().build())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_filename(jarvis_assistant::paths().window().join("place.json").display().to_string())
                .with_state_flags(StateFlags::POSITION | StateFlags::SIZE | StateFlags::MAXIMIZED)
                .with_denylist(&[bubble::LABEL])
                .build(),
        )
        .register_asynchronous_uri_scheme_protocol(door::SCHEME, door::answer)
        .invoke_handler(tauri::generate_handler![
            commands::follow_events,
            commands::unfollow_events,
            commands::save_file,
            commands::open_external
        ])
        .setup(|app| {
            let shell = Shell::new();
            app.manage(shell.clone());
            tray::show(app.handle())?;
            tauri::async_runtime::spawn(shell.start(app.handle().clone()));
            if !std::env::args().any(|argument| argument == HIDDEN) {
                window::show(app.handle(), None);
            }
            Ok(())
        })
        .on_window_event(|window, event| {
            let WindowEvent::CloseRequested { api, .. } = event else { return };
            if window.label() != window::LABEL {
                return;
            }
            if window.state::<Shell>().closes_to_tray() {
                api.prevent_close();
                // A window that cannot be hidden is about to be gone.
                let _ = window.hide();
            } else {
                // The bubble, which is only ever hidden, is a window too, and nobody's reason to go on.
                window.app_handle().exit(0);
            }
        })
        .build(tauri::generate_context!());
    let app = match built {
        Ok(app) => app,
        Err(e) => {
            tracing::error!("Jarvis's window cannot be opened: {e}");
            return ExitCode::FAILURE;
        }
    };
    app.run(|app, event| match event {
        // The last window was closed: with the tray Jarvis stays, unless the person wants it otherwise.
        RunEvent::ExitRequested { code: None, api, .. } if app.state::<Shell>().closes_to_tray() => {
            api.prevent_exit();
        }
        RunEvent::Exit => app.state::<Shell>().stop(),
        _ => {}
    });
    ExitCode::SUCCESS
}
