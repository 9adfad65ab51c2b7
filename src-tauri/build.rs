//! Checks the window's configuration, and gives each command a permission that a window must have been granted.

const COMMANDS: [&str; 4] = ["follow_events", "unfollow_events", "save_file", "open_external"];

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(&COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
        .expect("tauri.conf.json and the capabilities are valid");
}
