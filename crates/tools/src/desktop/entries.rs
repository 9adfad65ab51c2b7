//! The programs of the menus (freedesktop's desktop entries), and which of them is meant by what is said.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use freedesktop_desktop_entry::DesktopEntry;

use super::Desktop;
use super::likeness::{ENOUGH, likeness};

/// A program of the menus.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// Name of its file without the ending.
    pub(super) id: String,
    /// Its name in the person's language.
    pub(super) name: String,
    /// What kind of program it calls itself: "Text Editor".
    pub(super) kind: String,
    /// All else that it goes by, keywords first.
    also: Vec<String>,
    categories: Vec<String>,
    /// The program and its arguments, without those that stand for files.
    pub(super) line: Vec<String>,
    pub(super) terminal: bool,
    pub(super) folder: Option<PathBuf>,
    /// What its windows call themselves.
    pub(super) class: Option<String>,
}

/// What people call a kind of program, and the category that it is filed under.
const KINDS: &[(&str, &str)] = &[
    ("text editor", "TextEditor"),
    ("editor", "TextEditor"),
    ("texteditor", "TextEditor"),
    ("calculator", "Calculator"),
    ("taschenrechner", "Calculator"),
    ("rechner", "Calculator"),
    ("browser", "WebBrowser"),
    ("web browser", "WebBrowser"),
    ("internet", "WebBrowser"),
    ("terminal", "TerminalEmulator"),
    ("file manager", "FileManager"),
    ("files", "FileManager"),
    ("dateien", "FileManager"),
    ("dateimanager", "FileManager"),
    ("mail", "Email"),
    ("email", "Email"),
    ("music", "Audio"),
    ("musik", "Audio"),
    ("music player", "Audio"),
    ("video player", "Video"),
    ("videos", "Video"),
    ("calendar", "Calendar"),
    ("kalender", "Calendar"),
    ("pictures", "Viewer"),
    ("image viewer", "Viewer"),
    ("word processor", "WordProcessor"),
    ("spreadsheet", "Spreadsheet"),
    ("tabelle", "Spreadsheet"),
    ("settings", "Settings"),
    ("einstellungen", "Settings"),
    ("software", "PackageManager"),
];

/// All programs of the menus, by name. A file of the person's own stands before one of the system of the same name.
pub(super) fn all(desktop: &Desktop) -> Vec<Entry> {
    let locales = locales(desktop);
    let mut entries = BTreeMap::new();
    for folder in folders(desktop) {
        for path in freedesktop_desktop_entry::Iter::new(std::iter::once(folder)) {
            let Ok(entry) = DesktopEntry::from_path(path, Some(locales.as_slice())) else { continue };
            entries.entry(entry.id().to_owned()).or_insert(entry);
        }
    }
    let mut shown: Vec<Entry> = entries.values().filter_map(|entry| read(entry, &locales, desktop)).collect();
    shown.sort_by_key(|entry| entry.name.to_lowercase());
    shown
}

fn folders(desktop: &Desktop) -> Vec<PathBuf> {
    let home = desktop.var("HOME").map(PathBuf::from);
    let own = desktop.var("XDG_DATA_HOME").map(PathBuf::from).or(home.map(|home| home.join(".local/share")));
    // Where nobody says, flatpaks and snaps are looked for too; who sets the variable has them in it.
    let usual = "/usr/local/share:/usr/share:/var/lib/flatpak/exports/share:/var/lib/snapd/desktop";
    let shared = desktop.var("XDG_DATA_DIRS").unwrap_or_else(|| usual.into());
    let folders = own.into_iter().chain(std::env::split_paths(&shared)).collect::<Vec<_>>();
    folders.into_iter().map(|folder| folder.join("applications")).collect()
}

/// "de_DE.UTF-8" is "de_DE" and "de".
fn locales(desktop: &Desktop) -> Vec<String> {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let set = names.iter().find_map(|name| desktop.var(name)).unwrap_or_default();
    let set = set.to_string_lossy();
    let full = set.split(['.', '@']).next().unwrap_or_default();
    let short = full.split('_').next().unwrap_or_default();
    [full, short].into_iter().filter(|name| !name.is_empty() && *name != "C").map(str::to_owned).collect()
}

fn read(entry: &DesktopEntry, locales: &[String], desktop: &Desktop) -> Option<Entry> {
    let is_here = entry.try_exec().is_none_or(|program| {
        if program.contains('/') {
            super::launch::is_program(program.as_ref())
        } else {
            desktop.program(program).is_some()
        }
    });
    if entry.no_display() || entry.hidden() || entry.type_() != Some("Application") || !is_here {
        return None;
    }
    let line = entry.parse_exec().ok()?.iter().filter_map(|argument| plain(argument)).collect::<Vec<_>>();
    line.first()?;
    let listed = |words: Option<Vec<_>>| -> Vec<String> {
        let words = words.into_iter().flatten().map(|word: Cow<'_, str>| word.trim().to_owned());
        words.filter(|word| !word.is_empty()).collect()
    };
    let mut also = listed(entry.keywords(locales));
    // Its names in English, for people who call it so, and the program's file.
    also.extend(entry.name::<&str>(&[]).map(Cow::into_owned));
    also.extend(entry.generic_name::<&str>(&[]).map(Cow::into_owned));
    also.extend(PathBuf::from(&line[0]).file_name().map(|name| name.to_string_lossy().into_owned()));
    also.extend(entry.id().rsplit('.').next().map(str::to_owned));
    Some(Entry {
        id: entry.id().to_owned(),
        name: super::one_line(&entry.name(locales)?),
        kind: super::one_line(&entry.generic_name(locales).unwrap_or_default()),
        also,
        categories: entry.categories().unwrap_or_default().into_iter().map(str::to_owned).collect(),
        line,
        terminal: entry.terminal(),
        folder: entry.path().filter(|path| !path.is_empty()).map(PathBuf::from),
        class: entry.startup_wm_class().map(str::to_owned),
    })
}

/// An argument of `Exec` without its field codes: there are no files to stand in their place. None for one that was nothing
/// else; "%%" is a per cent sign.
fn plain(argument: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = argument.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => match chars.next() {
                Some('%') => out.push('%'),
                Some(code) if code.is_ascii_alphabetic() => {}
                Some(other) => out.extend(['%', other]),
                None => out.push('%'),
            },
            other => out.push(other),
        }
    }
    (!out.is_empty() || argument.is_empty()).then_some(out)
}

impl Entry {
    /// How like it is to what was said; 0 where it is not enough.
    fn likeness(&self, said: &str) -> f64 {
        let like = |name: &str| Some(likeness(said, name)).filter(|like| *like >= ENOUGH).unwrap_or(0.0);
        let category = KINDS.iter().any(|(kind, category)| {
            likeness(said, kind) >= 1.0 && self.categories.iter().any(|own| own == category)
        });
        // A name counts for more than a kind, and that for more than a keyword, which others have as well.
        let kind = like(&self.kind).max(if category { 0.98 } else { 0.0 });
        let also = self.also.iter().map(|name| like(name)).fold(0.0, f64::max);
        like(&self.name).max(kind * 0.97).max(also * 0.93)
    }
}

/// What people put around a name.
fn bare(said: &str) -> &str {
    let said = said.trim().trim_end_matches(['.', '!', '?']);
    let mut rest = said;
    for article in
        ["the ", "my ", "a ", "den ", "die ", "das ", "meinen ", "The ", "My ", "Den ", "Die ", "Das "]
    {
        if let Some(after) = said.strip_prefix(article) {
            rest = after;
            break;
        }
    }
    rest.strip_suffix(" app").or_else(|| rest.strip_suffix(" program")).unwrap_or(rest).trim()
}

/// Those that may be meant, the likeliest first.
pub(super) fn meant<'a>(entries: &'a [Entry], said: &str) -> Vec<&'a Entry> {
    let said = bare(said);
    let mut found: Vec<(f64, &Entry)> =
        entries.iter().map(|entry| (entry.likeness(said), entry)).filter(|(like, _)| *like > 0.0).collect();
    // Of two that are as like, one with a window of its own stands first.
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.terminal.cmp(&b.1.terminal)));
    found.into_iter().map(|(_, entry)| entry).collect()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn field_codes_go() {
        for (argument, expected) in [
            ("%U", None),
            ("%f", None),
            ("--file=%f", Some("--file=")),
            ("100%%", Some("100%")),
            ("--new-window", Some("--new-window")),
            ("", Some("")),
        ] {
            assert_eq!(plain(argument).as_deref(), expected, "{argument}");
        }
    }

    #[test]
    fn programs_are_found_by_what_is_said() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("applications");
        std::fs::create_dir(&folder).unwrap();
        for (file, text) in [
            (
                "firefox",
                "Name=Firefox Web Browser\nGenericName=Web Browser\nExec=/bin/true %u\nCategories=Network;WebBrowser;\nKeywords=Internet;WWW;",
            ),
            (
                "org.xfce.mousepad",
                "Name=Mousepad\nGenericName=Text Editor\nGenericName[de]=Texteditor\nExec=/bin/true %F\nCategories=Utility;TextEditor;",
            ),
            (
                "org.gnome.Calculator",
                "Name=Calculator\nName[de]=Rechner\nExec=/bin/true\nCategories=Utility;Calculator;",
            ),
            ("hidden", "Name=Hidden\nExec=/bin/true\nNoDisplay=true"),
            ("gone", "Name=Gone\nExec=gone\nTryExec=/nowhere/gone"),
            ("top", "Name=Top\nExec=/bin/true -x \"two words\"\nTerminal=true"),
        ] {
            let text = format!("[Desktop Entry]\nType=Application\n{text}\n");
            std::fs::write(folder.join(format!("{file}.desktop")), text).unwrap();
        }
        let german = [
            ("XDG_DATA_HOME", home.path().as_os_str()),
            ("XDG_DATA_DIRS", OsStr::new("/nowhere")),
            ("LC_ALL", OsStr::new("de_DE.UTF-8")),
        ];
        let entries = all(&Desktop::on(None, german));
        let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["Firefox Web Browser", "Mousepad", "Rechner", "Top"]);
        assert_eq!(entries[3].line, ["/bin/true", "-x", "two words"]);
        for (said, expected) in [
            ("fire fox", Some("Firefox Web Browser")),
            ("Firefox.", Some("Firefox Web Browser")),
            ("the browser", Some("Firefox Web Browser")),
            ("internet", Some("Firefox Web Browser")),
            ("mouse pad", Some("Mousepad")),
            ("text editor", Some("Mousepad")),
            ("den Texteditor", Some("Mousepad")),
            ("editor", Some("Mousepad")),
            ("calculator", Some("Rechner")),
            ("Taschenrechner", Some("Rechner")),
            ("the calculator app", Some("Rechner")),
            ("hidden", None),
            ("photoshop", None),
        ] {
            let found = meant(&entries, said).first().map(|entry| entry.name.as_str());
            assert_eq!(found, expected, "{said}");
        }
    }
}
