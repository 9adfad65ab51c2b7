//! The keys that work from anywhere: talk, dictate, ask about the screen, stop everything.

use std::sync::{Arc, PoisonError};

use jarvis_assistant::{Assistant, Command};
use jarvis_core::config::{Desktop, HotkeyMode};
use jarvis_core::{Code, Failure, VoiceState};
use tauri::{AppHandle, Manager};
use tauri_plugin_global_shortcut::{GlobalShortcutExt, ShortcutState};

use crate::shell::Shell;
use crate::window;

/// What the settings say of them.
#[derive(PartialEq, Eq)]
pub(crate) struct Hotkeys {
    talk: String,
    mode: HotkeyMode,
    dictation: String,
    screen: String,
    stop: String,
}

impl Hotkeys {
    fn of(desktop: &Desktop) -> Self {
        Self {
            talk: desktop.hotkey.clone(),
            mode: desktop.hotkey_mode,
            dictation: desktop.dictation_hotkey.clone(),
            screen: desktop.screen_hotkey.clone(),
            stop: desktop.stop_hotkey.clone(),
        }
    }
}

/// Takes the keys that the settings name, in place of those before. What cannot be had is told, once: not again with every other
/// setting that changes.
pub(crate) fn apply(app: &AppHandle, assistant: &Arc<Assistant>) {
    let desktop = assistant.config().desktop;
    let wanted = Hotkeys::of(&desktop);
    let shell = app.state::<Shell>();
    let mut last = shell.hotkeys.lock().unwrap_or_else(PoisonError::into_inner);
    if last.as_ref() == Some(&wanted) {
        return;
    }
    *last = Some(wanted);
    if let Err(e) = app.global_shortcut().unregister_all() {
        tracing::warn!("old hotkeys are still taken: {e}");
    }
    let (mode, voice) = (desktop.hotkey_mode, Arc::clone(assistant));
    take(app, assistant, &desktop.hotkey, move |app, keys| {
        if let Some(command) = meant(mode, keys, voice.bus().voice().0) {
            app.state::<Shell>().ask(command);
        }
    });
    take(app, assistant, &desktop.dictation_hotkey, |app, keys| {
        let command = match keys {
            ShortcutState::Pressed => Command::DictatePressed,
            ShortcutState::Released => Command::TalkReleased,
        };
        app.state::<Shell>().ask(command);
    });
    take(app, assistant, &desktop.screen_hotkey, |app, keys| {
        if keys == ShortcutState::Pressed {
            window::ask_about_screen(app);
        }
    });
    let hands = assistant.hands();
    take(app, assistant, &desktop.stop_hotkey, move |_, keys| {
        if keys == ShortcutState::Pressed {
            hands.stop_everything();
        }
    });
}

/// Takes one hotkey; an empty one is none.
fn take(
    app: &AppHandle,
    assistant: &Assistant,
    keys: &str,
    then: impl Fn(&AppHandle, ShortcutState) + Send + Sync + 'static,
) {
    if keys.is_empty() {
        return;
    }
    if let Err(e) = app.global_shortcut().on_shortcut(keys, move |app, _, event| then(app, event.state)) {
        let message = format!("The hotkey {keys} cannot be used ({e}).");
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
