//! Paths as a person says them, and as a person is shown them.
//!
//! "my downloads", "Bilder/Urlaub", "~/letter.txt" become absolute paths here; nothing is opened. Every tool for files calls it.

use std::path::{Path, PathBuf};

use jarvis_guard::place;
use unicode_normalization::UnicodeNormalization;

use crate::tool::ToolError;

/// A well-known folder: its name in `user-dirs.dirs`, the names it has on a fresh machine, and what people call it besides.
struct Known {
    key: &'static str,
    names: &'static [&'static str],
    called: &'static [&'static str],
}

const KNOWN: &[Known] = &[
    Known { key: "XDG_DESKTOP_DIR", names: &["Desktop", "Schreibtisch"], called: &[] },
    Known { key: "XDG_DOCUMENTS_DIR", names: &["Documents", "Dokumente"], called: &["dokumenten"] },
    Known {
        key: "XDG_DOWNLOAD_DIR",
        names: &["Downloads", "Heruntergeladen"],
        called: &["download", "heruntergeladenes"],
    },
    Known { key: "XDG_MUSIC_DIR", names: &["Music", "Musik"], called: &[] },
    Known {
        key: "XDG_PICTURES_DIR",
        names: &["Pictures", "Bilder"],
        called: &["photos", "images", "fotos", "bildern"],
    },
    Known { key: "XDG_VIDEOS_DIR", names: &["Videos", "Filme"], called: &["movies"] },
    Known { key: "XDG_TEMPLATES_DIR", names: &["Templates", "Vorlagen"], called: &[] },
    Known { key: "XDG_PUBLICSHARE_DIR", names: &["Public", "Öffentlich"], called: &[] },
];
const HOME: &[&str] = &["home", "persönlicher", "persönlichen", "benutzer"];
/// What people say before a folder's name, and after it.
const BEFORE: &[&str] =
    &["my ", "the ", "meine ", "meinen ", "meinem ", "mein ", "der ", "die ", "den ", "das ", "dem "];
const AFTER: &[&str] = &[" folder", " directory", "-ordner", " ordner", "ordner", " verzeichnis"];

/// The path that is meant by `said`: absolute, its links not yet followed.
pub(super) fn meant(said: &str, home: &Path) -> Result<PathBuf, ToolError> {
    let trimmed = said.trim();
    let bare = ['"', '\'', '`']
        .iter()
        .find_map(|quote| trimmed.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(trimmed);
    if bare.is_empty() {
        return Err(ToolError::failed("No file was named. Say which file or folder."));
    }
    if bare.contains('\0') {
        return Err(ToolError::failed("No file can have such a name."));
    }
    let literal = place::named(bare, home);
    if Path::new(bare).is_absolute() || bare.starts_with('~') {
        return Ok(literal);
    }
    let (first, rest) = bare.split_once('/').unwrap_or((bare, ""));
    if home.join(first).symlink_metadata().is_ok() {
        return Ok(literal);
    }
    Ok(match known(first, home) {
        Some(folder) if rest.is_empty() => folder,
        Some(folder) => folder.join(rest),
        None => literal,
    })
}

/// The well-known folder that is called so, if any is.
fn known(said: &str, home: &Path) -> Option<PathBuf> {
    let said = folded(said);
    let mut name = said.as_str();
    if let Some(rest) = BEFORE.iter().find_map(|before| name.strip_prefix(before)) {
        name = rest;
    }
    if let Some(rest) = AFTER.iter().find_map(|after| name.strip_suffix(after)) {
        name = rest;
    }
    let name = name.trim();
    if HOME.contains(&name) {
        return Some(home.to_owned());
    }
    let known = KNOWN
        .iter()
        .find(|known| known.called.contains(&name) || known.names.iter().any(|n| folded(n) == name))?;
    let fresh = || {
        let there = known.names.iter().map(|n| home.join(n)).find(|folder| folder.is_dir());
        there.or_else(|| Some(home.join(known.names.first()?)))
    };
    configured(known.key, home).or_else(fresh)
}

/// Where the desktop says that a folder is.
fn configured(key: &str, home: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(home.join(".config/user-dirs.dirs")).ok()?;
    let value = text
        .lines()
        .find_map(|line| line.trim().strip_prefix(key)?.trim_start().strip_prefix('='))?
        .trim()
        .trim_matches('"');
    let folder = match value.strip_prefix("$HOME") {
        Some(rest) => home.join(rest.trim_start_matches('/')),
        None => PathBuf::from(value),
    };
    // A folder that is not wanted is set to the home folder itself.
    (folder.is_absolute() && folder != home).then_some(folder)
}

/// For comparing what was said with what is there: one way of writing accents, small letters.
pub(super) fn folded(text: &str) -> String {
    text.nfc().collect::<String>().to_lowercase()
}

/// A path as it is shown and asked about. What a name can hide in a line (control characters, marks that turn the direction of
/// writing) is spelt out.
pub(super) fn shown(path: &Path) -> String {
    spelt(&path.to_string_lossy())
}

/// The same, with `~` for the home folder: for answers, which are spoken.
pub(super) fn brief(path: &Path, home: &Path) -> String {
    match path.strip_prefix(home) {
        Ok(below) if below.as_os_str().is_empty() => "your home folder".into(),
        Ok(below) => format!("~/{}", shown(below)),
        Err(_) => shown(path),
    }
}

fn spelt(text: &str) -> String {
    let hides = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().map(|c| if hides(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// Whether something new may have this name.
pub(super) fn new_name(name: &str) -> Result<(), ToolError> {
    if name.is_empty() || name == "." || name == ".." || name.contains('/') {
        return Err(ToolError::failed("That is no name for a file. Give a name without slashes."));
    }
    if name.len() > 255 {
        return Err(ToolError::failed("That name is too long for a file. Choose a shorter one."));
    }
    if spelt(name) != name {
        return Err(ToolError::failed(
            "That name has characters in it that cannot be seen. Choose a plain one.",
        ));
    }
    Ok(())
}

/// A size for people: "1.2 MB".
pub(super) fn sized(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "kB", "MB", "GB", "TB"];
    let (mut size, mut unit) = (bytes as f64, 0);
    while size >= 999.5 && unit < UNITS.len() - 1 {
        (size, unit) = (size / 1000.0, unit + 1);
    }
    match (unit, bytes) {
        (0, 1) => "1 byte".into(),
        (0, _) => format!("{bytes} bytes"),
        _ if size < 9.95 => format!("{size:.1} {}", UNITS[unit]),
        _ => format!("{size:.0} {}", UNITS[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_known_by_what_people_call_them() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path();
        for (said, expected) in [
            ("my downloads", "Downloads"),
            ("Documents/a.txt", "Documents/a.txt"),
            ("the pictures folder", "Pictures"),
            ("Bilder", "Pictures"),
            ("dokumente/brief.txt", "Documents/brief.txt"),
            ("letter.txt", "letter.txt"),
            ("'~/a b.txt'", "a b.txt"),
            ("-rf", "-rf"),
        ] {
            assert_eq!(meant(said, home).unwrap(), home.join(expected), "{said}");
        }
        assert_eq!(meant("my home folder", home).unwrap(), home);
        assert_eq!(meant("/etc/hosts", home).unwrap(), Path::new("/etc/hosts"));
        assert!(meant("  ", home).is_err() && meant("a\0b", home).is_err());
    }

    #[test]
    fn the_desktop_has_the_first_word_and_what_is_there_the_last() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path();
        std::fs::create_dir(home.join(".config")).unwrap();
        let dirs =
            "# written by the desktop\nXDG_DOWNLOAD_DIR=\"$HOME/Geladen\"\nXDG_MUSIC_DIR=\"/data/m\"\n";
        std::fs::write(home.join(".config/user-dirs.dirs"), dirs).unwrap();
        std::fs::create_dir(home.join("Bilder")).unwrap();
        for (said, expected) in [
            ("downloads/x", home.join("Geladen/x")),
            ("meine Musik", PathBuf::from("/data/m")),
            ("my pictures", home.join("Bilder")),
            ("Fotos", home.join("Bilder")),
        ] {
            assert_eq!(meant(said, home).unwrap(), expected, "{said}");
        }
        std::fs::create_dir(home.join("downloads")).unwrap();
        assert_eq!(meant("downloads/x", home).unwrap(), home.join("downloads/x"));
    }

    #[test]
    fn a_name_hides_nothing() {
        assert_eq!(shown(Path::new("/a\nb/\u{202e}fdp.exe")), "/a\\nb/\\u{202e}fdp.exe");
        assert_eq!(brief(Path::new("/home/ada/x"), Path::new("/home/ada")), "~/x");
        for bad in ["", ".", "..", "a/b", "a\nb", "a\u{202e}b"] {
            assert!(new_name(bad).is_err(), "{bad:?}");
        }
        assert!(new_name("-Über uns.txt").is_ok());
        for (bytes, expected) in [(1, "1 byte"), (999, "999 bytes"), (1_200_000, "1.2 MB"), (12_000, "12 kB")]
        {
            assert_eq!(sized(bytes), expected);
        }
    }
}
