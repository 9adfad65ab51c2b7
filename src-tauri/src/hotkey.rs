//! The talk key that works from anywhere.

use std::sync::Arc;

use jarvis_assistant::{Assistant, Command};
use jarvis_core::config::HotkeyMode;
use jarvis_core::{Code, Failure, VoiceState};
use tauri::{AppHandle, Manager};
use tauri_plugin_global_shortcut::{GlobalShortcutExt, ShortcutState};

use crate::shell::Shell;

/// Takes the keys that the settings name, in place of those before. What cannot be had is told.
pub(crate) fn apply(app: &AppHandle, assistant: &Arc<Assistant>) {
    let desktop = assistant.config().desktop;
    let taken = app.global_shortcut().unregister_all().and_then(|()| {
        if desktop.hotkey.is_empty() {
            return Ok(());
        }
        let (mode, assistant) = (desktop.hotkey_mode, Arc::clone(assistant));
        app.global_shortcut().on_shortcut(desktop.hotkey.as_str(), move |app, _, event| {
            if let Some(command) = meant(mode, event.state, assistant.bus().voice().0) {
                app.state::<Shell>().ask(command);
            }
        })
    });
    if let Err(e) = taken {
        let message = format!("The hotkey {} cannot be used ({e}).", desktop.hotkey);
        let remedy = "Choose other keys in the settings; another program may have taken these.";
        assistant.bus().fail(None, Failure::new(Code::BadConfig, message, remedy));
    }
}

fn meant(mode: HotkeyMode, keys: ShortcutState, voice: VoiceState) -> Option<Command> {
    match (mode, keys) {
        (HotkeyMode::Hold, ShortcutState::Pressed) => Some(Command::TalkPressed),
        (HotkeyMode::Hold, ShortcutState::Released) => Some(Command::TalkReleased),
        (HotkeyMode::Toggle, ShortcutState::Pressed) if voice == VoiceState::Listening => {
            Some(Command::TalkReleased)
        }
        (HotkeyMode::Toggle, ShortcutState::Pressed) => Some(Command::TalkPressed),
        (HotkeyMode::Toggle, ShortcutState::Released) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_keys_bracket_a_request_and_toggled_ones_begin_and_end_it() {
        use HotkeyMode::{Hold, Toggle};
        use ShortcutState::{Pressed, Released};
        use VoiceState::{Idle, Listening, Speaking};
        let table = [
            (Hold, Pressed, Idle, Some(Command::TalkPressed)),
            (Hold, Released, Listening, Some(Command::TalkReleased)),
            (Toggle, Pressed, Idle, Some(Command::TalkPressed)),
            (Toggle, Released, Listening, None),
            (Toggle, Pressed, Listening, Some(Command::TalkReleased)),
            (Toggle, Pressed, Speaking, Some(Command::TalkPressed)),
        ];
        for (mode, keys, voice, wanted) in table {
            assert_eq!(meant(mode, keys, voice), wanted, "{mode:?} {keys:?} {voice:?}");
        }
    }
}
