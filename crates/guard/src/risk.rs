//! How much harm a call can do: by what it touches, and where. Never by what it is called or why it is wanted.

use std::path::Path;

use crate::act::{Act, Effect, Input, Risk};
use crate::place::{Place, Places};

/// The risk of a whole call: that of its worst effect.
pub fn of_act(act: &Act, places: &Places) -> Risk {
    act.effects.iter().map(|effect| of(effect, act.undoable, places)).max().unwrap_or(Risk::Low)
}

/// The risk of one effect of a call that can be undone, or cannot.
pub fn of(effect: &Effect, undoable: bool, places: &Places) -> Risk {
    match effect {
        Effect::Look | Effect::See | Effect::Adjust | Effect::Launch { .. } => Risk::Low,
        Effect::ReadClipboard | Effect::WriteClipboard => Risk::Low,
        Effect::Read { path } => match places.of(path) {
            Place::Temporary | Place::Documents | Place::Outside | Place::System => Risk::Low,
            Place::Hidden | Place::Startup => Risk::Medium,
            Place::Jarvis => Risk::High,
            Place::Secrets => Risk::Critical,
        },
        Effect::Create { path } => in_place(path, places),
        Effect::Change { path } | Effect::Leave { path } => {
            // The home folder itself, or one above it, is everything that a person has.
            if places.home().starts_with(path) {
                return Risk::Critical;
            }
            let risk = in_place(path, places);
            if undoable { risk } else { risk.max(Risk::High) }
        }
        Effect::Run { command, folder, network } => {
            let writes = folder.as_deref().map_or(Risk::Low, |folder| {
                // Whatever runs there has all that is below.
                let all = places.home().starts_with(folder);
                if all { Risk::Critical } else { of_place(places.weightiest_in(folder)).max(Risk::Medium) }
            });
            let reaches = if *network { Risk::High } else { Risk::Low };
            command.risk.max(writes).max(reaches)
        }
        Effect::End { own: false, .. } => Risk::Critical,
        Effect::End { force, .. } => {
            if *force {
                Risk::High
            } else {
                Risk::Medium
            }
        }
        Effect::Send { data, .. } => {
            if *data {
                Risk::High
            } else {
                Risk::Low
            }
        }
        Effect::Input { window, kind } => match (kind, takes_commands(window)) {
            (Input::Scroll, _) => Risk::Low,
            (Input::Submit, true) => Risk::Critical,
            (_, true) => Risk::High,
            (Input::Text | Input::Submit | Input::Keys | Input::Click, false) => Risk::Medium,
        },
        Effect::Window { close, .. } => {
            if *close {
                Risk::Medium
            } else {
                Risk::Low
            }
        }
        Effect::Foreign { reads_only, .. } => {
            if *reads_only {
                Risk::Medium
            } else {
                Risk::High
            }
        }
    }
}

/// Something new, or something else, at a place.
fn in_place(path: &Path, places: &Places) -> Risk {
    of_place(places.of(path))
}

fn of_place(place: Place) -> Risk {
    match place {
        Place::Temporary => Risk::Low,
        Place::Documents | Place::Outside => Risk::Medium,
        Place::Hidden => Risk::High,
        Place::System | Place::Startup | Place::Secrets | Place::Jarvis => Risk::Critical,
    }
}

/// Whether what is typed into a window is run: a terminal, or a box that runs commands. An unknown window may be one.
fn takes_commands(window: &str) -> bool {
    const SIGNS: &[&str] = &[
        "terminal",
        "konsole",
        "xterm",
        "rxvt",
        "alacritty",
        "kitty",
        "wezterm",
        "foot",
        "terminator",
        "tilix",
        "ptyxis",
        "console",
        "shell",
        "powershell",
        "bash",
        "zsh",
        "fish",
        "tmux",
        "run command",
        "run dialog",
        "krunner",
        "ulauncher",
        "rofi",
        "dmenu",
        "root@",
        "python",
        "psql",
        "ssh",
    ];
    let window = window.trim().to_lowercase();
    // "ada@laptop: ~" is how shells title their windows.
    let prompt = window.split_once('@').is_some_and(|(_, host)| host.contains(':'));
    // "Football" is no `foot`, but "lxterminal" is a terminal.
    let words = || window.split(|c: char| !c.is_alphanumeric());
    let has = |sign: &str| if sign.len() <= 4 { words().any(|w| w == sign) } else { window.contains(sign) };
    window.is_empty() || prompt || SIGNS.iter().any(|sign| has(sign))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_folder_for_a_command_weighs_what_lies_below_it() {
        let run = |folder: &str| Effect::Run {
            command: crate::command::read("true"),
            folder: Some(folder.into()),
            network: false,
        };
        check(run("/home/ada/notes"), false, Risk::Medium);
        check(run("/home/ada/.config/editor"), false, Risk::High);
        for folder in ["/home/ada/.config", "/home/ada/.local", "/home/ada/.cargo", "/home/ada"] {
            check(run(folder), false, Risk::Critical);
        }
    }

    fn check(effect: Effect, undoable: bool, expected: Risk) {
        let places = Places::new(Path::new("/home/ada"), &["/home/ada/.config/jarvis".into()]);
        assert_eq!(of(&effect, undoable, &places), expected, "{effect:?}, undoable: {undoable}");
    }

    #[test]
    fn files_by_their_place() {
        let at = |path: &str| PathBuf::from(path);
        check(Effect::Read { path: at("/home/ada/x.txt") }, false, Risk::Low);
        check(Effect::Read { path: at("/home/ada/.ssh/id_rsa") }, false, Risk::Critical);
        check(Effect::Create { path: at("/home/ada/x.txt") }, true, Risk::Medium);
        check(Effect::Create { path: at("/home/ada/.config/autostart/x") }, true, Risk::Critical);
        check(Effect::Change { path: at("/home/ada/x.txt") }, true, Risk::Medium);
        check(Effect::Change { path: at("/home/ada/x.txt") }, false, Risk::High);
        check(Effect::Leave { path: at("/home/ada") }, true, Risk::Critical);
        check(Effect::Leave { path: at("/home") }, true, Risk::Critical);
        check(Effect::Leave { path: at("/etc/hosts") }, true, Risk::Critical);
    }

    #[test]
    fn input_by_its_window() {
        let into = |window: &str, kind| Effect::Input { window: window.into(), kind };
        check(into("Letter - Mousepad", Input::Text), false, Risk::Medium);
        check(into("Football - Firefox", Input::Text), false, Risk::Medium);
        for terminal in ["Terminal", "foot", "lxterminal", "bash - notes"] {
            check(into(terminal, Input::Text), false, Risk::High);
        }
        check(into("Terminal", Input::Submit), false, Risk::Critical);
        check(into("ada@laptop: ~/x", Input::Submit), false, Risk::Critical);
        check(into("", Input::Text), false, Risk::High);
        check(into("Terminal", Input::Scroll), false, Risk::Low);
    }
}
