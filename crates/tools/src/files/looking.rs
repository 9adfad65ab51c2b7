//! Looking: what is in a folder, and what is in a text file. Nothing is changed.

use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::{Timestamp, tz::TimeZone};
use schemars::JsonSchema;
use serde::Deserialize;

use super::changing::{followed, seen};
use super::doing::told;
use super::handle::{Folder, Kind, Spot, Stamp};
use super::naming::{brief, shown, sized};
use super::{Files, text};
use crate::tool::{Output, ToolError};

/// So much of a text is given at once.
const MOST_TEXT: usize = 64 << 10;
/// So much of a file is looked at.
const MOST_READ: u64 = 32 << 20;
/// So many names are told.
const MOST_NAMES: usize = 100;

/// What `list_folder` is told.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListArgs {
    /// The folder: "~", "Downloads", "~/project", or a full path.
    path: String,
}

/// What `read_file` is told.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadArgs {
    /// The file: "~/notes.txt", "Documents/list.txt", or a full path.
    path: String,
    /// The first line to read, counted from 1.
    from_line: Option<usize>,
    /// How many lines to read.
    lines: Option<usize>,
}

/// Something that is looked at: where, what it is, and in what words.
pub(super) struct Sight {
    pub(super) path: PathBuf,
    pub(super) what: Stamp,
    pub(super) words: String,
}

pub(super) fn see_folder(files: &Files, args: &ListArgs) -> Result<Sight, ToolError> {
    let path = followed(files, &args.path)?;
    folder(path, |at| format!("List what is in {at}."))
}

/// A folder that is there.
pub(super) fn folder(path: PathBuf, words: impl Fn(&str) -> String) -> Result<Sight, ToolError> {
    let at = shown(&path);
    match seen(&path)? {
        Some(what) if what.kind == Kind::Folder => Ok(Sight { path, what, words: words(&at) }),
        Some(_) => Err(ToolError::failed(format!("{at} is not a folder."))),
        None => Err(ToolError::failed(format!("There is no folder {at}."))),
    }
}

pub(super) fn see_file(files: &Files, args: &ReadArgs) -> Result<Sight, ToolError> {
    let path = followed(files, &args.path)?;
    let at = shown(&path);
    match seen(&path)? {
        Some(what) if what.kind == Kind::File => Ok(Sight { path, what, words: format!("Read {at}.") }),
        Some(what) if what.kind == Kind::Folder => {
            Err(ToolError::failed(format!("{at} is a folder. Use list_folder.")))
        }
        Some(_) => Err(ToolError::failed(format!("{at} is a device, a pipe or a socket, and is not read."))),
        None => Err(ToolError::failed(format!("There is no {at}. Look for it with find_files."))),
    }
}

/// What is in a folder: folders first, hidden things only counted.
pub(super) fn list(files: &Files, sight: &Sight) -> Result<Output, ToolError> {
    let failed = |e| told("looked into", &sight.path, &sight.path, &e);
    let held = Folder::open(&sight.path).map_err(failed)?;
    let (mut folders, mut others, mut hidden) = (Vec::new(), Vec::new(), 0);
    for name in held.names().map_err(failed)? {
        if name.to_string_lossy().starts_with('.') {
            hidden += 1;
            continue;
        }
        let Ok(what) = held.stamp(&name) else { continue };
        let name = shown(Path::new(&name));
        match what.kind {
            Kind::Folder => folders.push(format!("{name}/")),
            Kind::File => others.push(format!("{name} ({}, {})", sized(what.size), day(&what))),
            Kind::Link => others.push(format!("{name} (a link)")),
            Kind::Special => others.push(format!("{name} (a device, a pipe or a socket)")),
        }
    }
    let counted = |n: usize, what: &str| match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    };
    let mut text = match folders.len() + others.len() {
        0 => format!("{} is empty", brief(&sight.path, files.home())),
        _ => format!(
            "In {} are {} and {}",
            brief(&sight.path, files.home()),
            counted(folders.len(), "folder"),
            counted(others.len(), "file")
        ),
    };
    if hidden > 0 {
        text.push_str(&format!(" ({hidden} hidden not counted)"));
    }
    let all: Vec<String> = folders.into_iter().chain(others).collect();
    text.push_str(if all.is_empty() { "." } else { ":" });
    for line in all.iter().take(MOST_NAMES) {
        text.push('\n');
        text.push_str(line);
    }
    if all.len() > MOST_NAMES {
        text.push_str(&format!("\nand {} more. Look for them with find_files.", all.len() - MOST_NAMES));
    }
    Ok(Output { text, source: Some(shown(&sight.path)), ..Output::default() })
}

/// The day on which something changed last.
pub(super) fn day(what: &Stamp) -> String {
    let time = Timestamp::from_second(what.changed.0).unwrap_or_default();
    time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d").to_string()
}

/// The text of a file, or some lines of it.
pub(super) fn read(sight: &Sight, args: &ReadArgs) -> Result<Output, ToolError> {
    let at = shown(&sight.path);
    let failed = |e| told("read", &sight.path, &sight.path, &e);
    let spot = Spot::open(&sight.path).map_err(failed)?;
    let (file, what) = spot.folder.read(&spot.name).map_err(failed)?;
    if !what.identical(&sight.what) {
        return Err(ToolError::failed(format!("{at} was just replaced by another file. Try again.")));
    }
    let mut bytes = Vec::new();
    file.take(MOST_READ).read_to_end(&mut bytes).map_err(failed)?;
    let Some(whole) = text::decode(&bytes) else {
        return Err(ToolError::failed(format!(
            "{at} is not a text file ({}). Add it to the library if it is a document.",
            sized(what.size)
        )));
    };
    let (text, note) = excerpt(&whole, args.from_line, args.lines, what.size > MOST_READ);
    let text = if text.is_empty() && note.is_empty() { format!("{at} is empty.") } else { text + &note };
    Ok(Output { text, source: Some(at), ..Output::default() })
}

/// The lines that were asked for, as far as they can be given at once, and what is to be said of the rest.
fn excerpt(whole: &str, from: Option<usize>, count: Option<usize>, more_in_file: bool) -> (String, String) {
    let first = from.unwrap_or(1).max(1);
    let all = whole.lines().count();
    if first > all && all > 0 {
        return (String::new(), format!("It has only {all} lines."));
    }
    let mut given = String::new();
    let mut next = first;
    for line in whole.split_inclusive('\n').skip(first - 1).take(count.unwrap_or(usize::MAX)) {
        if given.len() + line.len() > MOST_TEXT {
            if given.is_empty() {
                // One line that is too long by itself is given as far as it goes.
                given.extend(line.char_indices().take_while(|(at, _)| *at < MOST_TEXT - 4).map(|(_, c)| c));
                next += 1;
            }
            break;
        }
        given.push_str(line);
        next += 1;
    }
    if next > all && !more_in_file {
        return (given, String::new());
    }
    if !given.ends_with('\n') {
        given.push('\n');
    }
    let known = if more_in_file { format!("more than {all}") } else { all.to_string() };
    (given, format!("[lines {first} to {} of {known}; for more, read from line {next}]", next - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_lines_of_a_text() {
        let text = "one\ntwo\nthree\nfour";
        for (from, count, expected, note) in [
            (None, None, "one\ntwo\nthree\nfour", ""),
            (Some(2), Some(2), "two\nthree\n", "[lines 2 to 3 of 4; for more, read from line 4]"),
            (Some(4), Some(9), "four", ""),
            (Some(0), Some(1), "one\n", "[lines 1 to 1 of 4; for more, read from line 2]"),
            (Some(9), None, "", "It has only 4 lines."),
        ] {
            let (given, told) = excerpt(text, from, count, false);
            assert_eq!((given.as_str(), told.as_str()), (expected, note), "{from:?} {count:?}");
        }
        let long = "ä".repeat(MOST_TEXT);
        let (given, note) = excerpt(&format!("{long}\nnext\n"), None, None, false);
        assert!(given.len() <= MOST_TEXT && note.contains("read from line 2"), "{note}");
    }
}
