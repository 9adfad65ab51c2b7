//! Keys by their names: "ctrl+s", "alt+F4", "page down", "Strg+Umschalt+T". Pure.

use enigo::Key;
use jarvis_guard::Input;

/// A key, and what is held down meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chord {
    pub(crate) held: Vec<Key>,
    pub(crate) key: Key,
}

impl Chord {
    /// Takes a name apart.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        // "Control S", as it is said.
        let said: Vec<&str> = text.split_whitespace().collect();
        let joined = match said.split_last() {
            Some((_, front)) if !front.is_empty() && front.iter().all(|word| modifier(word).is_some()) => said.join("+"),
            _ => text.to_owned(),
        };
        let text = joined.trim();
        // "ctrl++" is Ctrl with the plus key.
        let (front, last) = match text.strip_suffix('+') {
            Some("") => ("", "+"),
            Some(front) => (front.trim_end().strip_suffix('+').unwrap_or(front), "+"),
            None => text.rsplit_once('+').unwrap_or(("", text)),
        };
        let mut held = Vec::new();
        for name in front.split('+').map(str::trim).filter(|name| !name.is_empty()) {
            held.push(modifier(name).ok_or_else(|| format!("{name:?} is not a key that is held down"))?);
        }
        let key = key(last.trim()).ok_or_else(|| format!("there is no key called {last:?}"))?;
        Ok(Self { held, key })
    }

    /// What pressing it may do: send and confirm, or something else. In a terminal Ctrl with J, M or O is the Enter key;
    /// the space bar presses the button that has the focus.
    pub(crate) fn kind(&self) -> Input {
        let controls = self.held.contains(&Key::Control);
        match self.key {
            Key::Return | Key::Execute => Input::Submit,
            Key::Unicode('j' | 'm' | 'o') if controls => Input::Submit,
            Key::Space => Input::Submit,
            _ => Input::Keys,
        }
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn modifier(name: &str) -> Option<Key> {
    Some(match plain(name).as_str() {
        "ctrl" | "control" | "strg" | "steuerung" => Key::Control,
        "alt" | "option" => Key::Alt,
        "shift" | "umschalt" => Key::Shift,
        "super" | "win" | "windows" | "meta" | "cmd" | "command" => Key::Meta,
        _ => return None,
    })
}

fn key(name: &str) -> Option<Key> {
    let mut chars = name.chars();
    if let (Some(one), None) = (chars.next(), chars.next()) {
        // The key, not the letter: "Ctrl+S" has no Shift in it.
        let small = one.to_lowercase().next().unwrap_or(one);
        return (!one.is_control()).then_some(if one == ' ' { Key::Space } else { Key::Unicode(small) });
    }
    Some(match plain(name).as_str() {
        "enter" | "return" | "eingabe" | "eingabetaste" | "kpenter" | "numpadenter" => Key::Return,
        "escape" | "esc" => Key::Escape,
        "tab" | "tabulator" => Key::Tab,
        "space" | "spacebar" | "leertaste" | "leerzeichen" => Key::Space,
        "backspace" | "rücktaste" => Key::Backspace,
        "delete" | "del" | "entf" | "entfernen" => Key::Delete,
        "insert" | "ins" | "einfg" => Key::Insert,
        "home" | "pos1" => Key::Home,
        "end" | "ende" => Key::End,
        "pageup" | "pgup" | "bildauf" => Key::PageUp,
        "pagedown" | "pgdn" | "pgdown" | "bildab" => Key::PageDown,
        "up" | "arrowup" | "uparrow" | "hoch" => Key::UpArrow,
        "down" | "arrowdown" | "downarrow" | "runter" => Key::DownArrow,
        "left" | "arrowleft" | "leftarrow" | "links" => Key::LeftArrow,
        "right" | "arrowright" | "rightarrow" | "rechts" => Key::RightArrow,
        "print" | "printscreen" | "druck" => Key::PrintScr,
        "plus" => Key::Unicode('+'),
        "minus" => Key::Unicode('-'),
        "menu" => Key::LMenu,
        "f1" => Key::F1,
        "f2" => Key::F2,
        "f3" => Key::F3,
        "f4" => Key::F4,
        "f5" => Key::F5,
        "f6" => Key::F6,
        "f7" => Key::F7,
        "f8" => Key::F8,
        "f9" => Key::F9,
        "f10" => Key::F10,
        "f11" => Key::F11,
        "f12" => Key::F12,
        other => return modifier(other),
    })
}

/// What typing a text may do, all of it.
pub(crate) fn kinds(text: &str) -> Vec<Input> {
    let mut kinds = vec![Input::Text];
    if text.contains('\t') {
        kinds.push(Input::Keys);
    }
    if text.contains(['\n', '\r']) {
        kinds.push(Input::Submit);
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_by_many_names() {
        use Key::{Alt, Control, Shift, Unicode};
        for (name, held, key, kind) in [
            ("ctrl+s", &[Control][..], Unicode('s'), Input::Keys),
            ("Ctrl + S", &[Control], Unicode('s'), Input::Keys),
            ("Strg+Umschalt+T", &[Control, Shift], Unicode('t'), Input::Keys),
            ("alt+F4", &[Alt], Key::F4, Input::Keys),
            ("ctrl++", &[Control], Unicode('+'), Input::Keys),
            ("+", &[], Unicode('+'), Input::Keys),
            ("ctrl+-", &[Control], Unicode('-'), Input::Keys),
            ("page down", &[], Key::PageDown, Input::Keys),
            ("Page_Up", &[], Key::PageUp, Input::Keys),
            ("Enter", &[], Key::Return, Input::Submit),
            ("shift+Return", &[Shift], Key::Return, Input::Submit),
            ("ctrl+m", &[Control], Unicode('m'), Input::Submit),
            ("CTRL+J", &[Control], Unicode('j'), Input::Submit),
            ("m", &[], Unicode('m'), Input::Keys),
            ("space", &[], Key::Space, Input::Submit),
            ("super", &[], Key::Meta, Input::Keys),
            ("ü", &[], Unicode('ü'), Input::Keys),
        ] {
            let chord = Chord::parse(name).unwrap();
            assert_eq!(chord, Chord { held: held.to_vec(), key }, "{name}");
            assert_eq!(chord.kind(), kind, "{name}");
        }
        for wrong in ["", "ctrl+", "s+ctrl", "hyper+x", "rm -rf", "ctrl+foo"] {
            assert!(Chord::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_line_feed_sends() {
        for (text, kinds_of_it) in [
            ("hello", &[Input::Text][..]),
            ("a\tb", &[Input::Text, Input::Keys]),
            ("ls\n", &[Input::Text, Input::Submit]),
            ("ls\r", &[Input::Text, Input::Submit]),
        ] {
            assert_eq!(kinds(text), kinds_of_it, "{text:?}");
        }
    }
}
