//! Planning of changes: what is to be written, made, copied, moved, renamed and put into the trash, and whether it can be.
//!
//! Nothing is changed here. Each function is called twice for a call: when it is planned, and once it was approved.

use std::io::Read;
use std::path::{Path, PathBuf};

use jarvis_guard::place::{resolve, resolve_parent};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::Files;
use super::doing::told;
use super::handle::{Kind, Spot, Stamp, look};
use super::naming::{brief, folded, meant, new_name, shown, sized};
use super::planned::{Planned, Work};
use super::step::{Part, Step};
use super::{text, trashcan};
use crate::tool::ToolError;

/// Larger files are changed in an editor.
const LARGEST_CHANGED: u64 = 16 << 20;
/// So many files go by one pattern.
const MOST_AT_ONCE: usize = 50;
/// So much of a text is shown when it is asked about.
const SHOWN: usize = 200;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mode {
    /// A new file; one that is there stays as it is.
    Create,
    /// The text takes the place of all that is in the file.
    Replace,
    /// The text is added at the end, on a line of its own.
    Append,
}

/// What `write_file` is told.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WriteArgs {
    /// The file: "~/notes.txt", "Documents/list.txt", or a full path.
    path: String,
    /// The text.
    text: String,
    /// create: a new file; replace: instead of what is in it; append: added at its end.
    mode: Mode,
}

/// What `make_folder` is told.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MakeArgs {
    /// The new folder. Folders on the way to it are made as well.
    path: String,
}

/// What `copy_file` and `move_file` are told.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FromToArgs {
    /// The file or folder. For several at once a pattern in the last part: "Downloads/*.pdf".
    from: String,
    /// The folder to put it in, or the new path with a new name.
    to: String,
}

/// What `rename_file` is told.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RenameArgs {
    /// The file or folder.
    path: String,
    /// Its new name, without a folder, with its ending: "report.pdf".
    name: String,
}

/// What `trash_file` is told.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TrashArgs {
    /// The file or folder. For several at once a pattern in the last part: "Downloads/*.tmp".
    path: String,
}

pub(super) fn write(files: &Files, args: &WriteArgs) -> Result<Planned, ToolError> {
    let path = followed(files, &args.path)?;
    let (quoted, at) = (quoted(&args.text), shown(&path));
    let there = seen(&path)?;
    let Some(what) = there else {
        free(files, &path)?;
        let work = Work {
            step: Step::Write { path: path.clone(), part: Part::new() },
            content: args.text.clone().into_bytes(),
            old: None,
        };
        let answer = format!("Written to the new file {}.", brief(&path, files.home()));
        return Planned::new(files, vec![work], format!("Write {quoted} into the new file {at}."), answer);
    };
    if args.mode == Mode::Create {
        return Err(ToolError::failed(format!(
            "{at} is there already. Choose another name, or say whether to replace what is in it or to add to it."
        )));
    }
    let (old, what) = content(&path, &what)?;
    let (content, words, answer) = match args.mode {
        Mode::Append => {
            let added = text::appended(&old, &args.text).ok_or_else(|| {
                ToolError::failed(format!(
                    "This cannot be added to {at}: it holds no text, or not of a kind that could hold this."
                ))
            })?;
            (added, format!("Add {quoted} at the end of {at}."), "Added to")
        }
        Mode::Create | Mode::Replace => {
            let size = sized(what.size);
            let words = format!("Replace all that is in {at} ({size}) with {quoted}.");
            (args.text.clone().into_bytes(), words, "Replaced what was in")
        }
    };
    let step = Step::Change { path: path.clone(), what, kept: Uuid::new_v4().to_string(), part: Part::new() };
    let answer = format!("{answer} {}.", brief(&path, files.home()));
    Planned::new(files, vec![Work { step, content, old: Some(old) }], words, answer)
}

/// What a file holds that is to be changed, and its stamp just then.
pub(super) fn content(path: &Path, what: &Stamp) -> Result<(Vec<u8>, Stamp), ToolError> {
    let at = shown(path);
    if what.kind != Kind::File {
        return Err(ToolError::failed(format!("{at} is not a file that can be written to.")));
    }
    if what.size > LARGEST_CHANGED {
        return Err(ToolError::failed(format!(
            "{at} is too large to be changed here ({}). Open it in an editor.",
            sized(what.size)
        )));
    }
    // A changed file is a new one under the old name: other names, and another owner, would be lost.
    if what.links > 1 {
        return Err(ToolError::failed(format!(
            "{at} is one file under several names (hard links), and is not changed here. Open it in an editor."
        )));
    }
    if what.owner != rustix::process::geteuid().as_raw() {
        return Err(ToolError::failed(format!("{at} belongs to somebody else, and is not changed here.")));
    }
    let read = || -> std::io::Result<(Vec<u8>, Stamp)> {
        let spot = Spot::open(path)?;
        let (file, stamp) = spot.folder.read(&spot.name)?;
        let mut old = Vec::new();
        file.take(LARGEST_CHANGED + 1).read_to_end(&mut old)?;
        if !spot.stamp()?.untouched(&stamp) || old.len() as u64 != stamp.size {
            return Err(std::io::Error::other("something else is writing to it"));
        }
        Ok((old, stamp))
    };
    read().map_err(|e| told("read", path, path, &e))
}

pub(super) fn make(files: &Files, args: &MakeArgs) -> Result<Planned, ToolError> {
    let path = followed(files, &args.path)?;
    if seen(&path)?.is_some() {
        return Err(ToolError::failed(format!("{} is there already.", shown(&path))));
    }
    let mut missing = vec![path.clone()];
    let mut above = path.parent();
    while let Some(folder) = above {
        match seen(folder)? {
            Some(what) if what.kind == Kind::Folder => break,
            Some(_) => return Err(ToolError::failed(format!("{} is not a folder.", shown(folder)))),
            None => missing.push(folder.to_owned()),
        }
        above = folder.parent();
    }
    for folder in &missing {
        new_name(&folder.file_name().unwrap_or_default().to_string_lossy())?;
    }
    missing.reverse();
    let words = format!("Make the folder {}.", shown(&path));
    let answer = format!("Made the folder {}.", brief(&path, files.home()));
    let works = missing.into_iter().map(|path| Work::of(Step::MakeFolder { path })).collect();
    Planned::new(files, works, words, answer)
}

pub(super) fn copy(files: &Files, args: &FromToArgs) -> Result<Planned, ToolError> {
    transfer(files, args, "Copy", "Copied", |from, to, what| Step::Copy { from, to, what, part: Part::new() })
}

pub(super) fn relocate(files: &Files, args: &FromToArgs) -> Result<Planned, ToolError> {
    transfer(files, args, "Move", "Moved", |from, to, what| Step::Move { from, to, what, part: Part::new() })
}

fn transfer(
    files: &Files,
    args: &FromToArgs,
    does: &str,
    did: &str,
    step: impl Fn(PathBuf, PathBuf, Stamp) -> Step,
) -> Result<Planned, ToolError> {
    let sources = sources(files, &args.from)?;
    let wanted = meant(&args.to, files.home())?;
    let to = followed(files, &args.to)?;
    let into = seen(&to)?.is_some_and(|what| what.kind == Kind::Folder);
    if !into && (sources.len() > 1 || args.to.trim().ends_with('/')) {
        return Err(ToolError::failed(format!(
            "There is no folder {}. Make it first, or choose another.",
            shown(&to)
        )));
    }
    let mut works = Vec::new();
    let mut pairs = Vec::new();
    for (from, what) in sources {
        let to = match from.file_name() {
            Some(name) if into => to.join(name),
            _ => {
                // What is there under the very name, a link to nowhere too, is in the way.
                let to = resolve_parent(&wanted).map_err(|e| told("found", &wanted, &wanted, &e))?;
                new_name(&to.file_name().unwrap_or_default().to_string_lossy())?;
                to
            }
        };
        if to == from {
            return Err(ToolError::failed(format!("{} is there already.", shown(&from))));
        }
        if what.kind == Kind::Folder && to.starts_with(&from) {
            return Err(ToolError::failed(format!("{} cannot go into itself.", shown(&from))));
        }
        free(files, &to)?;
        pairs.push((from.clone(), to.clone()));
        works.push(Work::of(step(from, to, what)));
    }
    let (words, answer) = match pairs.as_slice() {
        [(from, to)] => (
            format!("{does} {} to {}.", shown(from), shown(to)),
            format!("{did} {} to {}.", name(from), brief(to, files.home())),
        ),
        many => (
            format!("{does} {} to {}.", listed(many.iter().map(|(from, _)| from)), shown(&to)),
            format!("{did} {} files to {}.", many.len(), brief(&to, files.home())),
        ),
    };
    Planned::new(files, works, words, answer)
}

pub(super) fn rename(files: &Files, args: &RenameArgs) -> Result<Planned, ToolError> {
    let (from, what) = existing(files, &args.path)?;
    let new = args.name.trim();
    new_name(new)?;
    let to = from.with_file_name(new);
    if to == from {
        return Err(ToolError::failed(format!("{} has that name already.", shown(&from))));
    }
    free(files, &to)?;
    let words = format!("Rename {} to {}.", shown(&from), shown(&to));
    let answer = format!("Renamed {} to {}.", name(&from), name(&to));
    Planned::new(files, vec![Work::of(Step::Move { from, to, what, part: Part::new() })], words, answer)
}

pub(super) fn trash(files: &Files, args: &TrashArgs) -> Result<Planned, ToolError> {
    let sources = sources(files, &args.path)?;
    let words = format!("Put {} into the trash.", listed(sources.iter().map(|(path, _)| path)));
    let answer = match sources.as_slice() {
        [(path, _)] => format!("{} is in the trash.", name(path)),
        many => format!("{} files are in the trash.", many.len()),
    };
    let works =
        sources.into_iter().map(|(path, what)| trash_work(files, path, what)).collect::<Result<_, _>>()?;
    Planned::new(files, works, words, answer)
}

/// The step that puts something into the trash.
pub(super) fn trash_work(files: &Files, path: PathBuf, what: Stamp) -> Result<Work, ToolError> {
    let chosen = trashcan::bin_for(&path, &what, &files.home_bin)
        .and_then(|bin| Ok((trashcan::free_name(&bin, &path)?, bin)));
    let (name, bin) = chosen.map_err(|e| told("put into the trash", &path, &path, &e))?;
    if bin.starts_with(&path) || path.starts_with(&bin) {
        return Err(ToolError::failed(format!("{} is, or holds, the trash itself.", shown(&path))));
    }
    Ok(Work::of(Step::Trash { path, what, bin, name }))
}

/// What lies at a path, for planning.
pub(super) fn seen(path: &Path) -> Result<Option<Stamp>, ToolError> {
    look(path).map_err(|e| told("looked at", path, path, &e))
}

/// A path as it was said, with every link followed.
pub(super) fn followed(files: &Files, said: &str) -> Result<PathBuf, ToolError> {
    let path = meant(said, files.home())?;
    resolve(&path).map_err(|e| told("found", &path, &path, &e))
}

/// Something that is there and can be moved, copied or put away; a link is itself.
pub(super) fn existing(files: &Files, said: &str) -> Result<(PathBuf, Stamp), ToolError> {
    let path = meant(said, files.home())?;
    let path = resolve_parent(&path).map_err(|e| told("found", &path, &path, &e))?;
    match seen(&path)? {
        None => Err(ToolError::failed(format!("There is no {}. Look for it with find_files.", shown(&path)))),
        Some(what) if what.kind == Kind::Special => Err(ToolError::failed(format!(
            "{} is a device, a pipe or a socket, and is left alone.",
            shown(&path)
        ))),
        Some(_) if path.parent().is_none() => Err(ToolError::failed("The root folder stays where it is.")),
        Some(what) => Ok((path, what)),
    }
}

/// The same, for a pattern in the last part: all that it fits. Hidden files are not meant by `*`.
fn sources(files: &Files, said: &str) -> Result<Vec<(PathBuf, Stamp)>, ToolError> {
    let path = meant(said, files.home())?;
    let pattern = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if !pattern.contains(['*', '?']) || path.symlink_metadata().is_ok() {
        return Ok(vec![existing(files, said)?]);
    }
    let folder = path.parent().unwrap_or(&path);
    let folder = resolve(folder).map_err(|e| told("found", folder, folder, &e))?;
    let names = super::handle::Folder::open(&folder).and_then(|held| held.names());
    let pattern = folded(&pattern);
    let mut found = Vec::new();
    for name in names.map_err(|e| told("looked into", &folder, &folder, &e))? {
        let text = name.to_string_lossy();
        if fits(&pattern, &folded(&text)) && (pattern.starts_with('.') || !text.starts_with('.')) {
            let path = folder.join(&name);
            match seen(&path)? {
                Some(what) if what.kind != Kind::Special => found.push((path, what)),
                _ => {}
            }
        }
        if found.len() > MOST_AT_ONCE {
            return Err(ToolError::failed(format!(
                "More than {MOST_AT_ONCE} files are meant by that. Name fewer, or their folder."
            )));
        }
    }
    if found.is_empty() {
        return Err(ToolError::failed(format!("Nothing in {} is called so.", shown(&folder))));
    }
    Ok(found)
}

/// Whether a name fits a pattern of `*` and `?`.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where the latest star stands, and how much of the name it covers so far.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((at, covered)) => {
                    star = Some((at, covered + 1));
                    (p, n) = (at + 1, covered + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// Whether something new can be put at a path.
fn free(files: &Files, path: &Path) -> Result<(), ToolError> {
    if seen(path)?.is_some() {
        return Err(ToolError::failed(format!(
            "{} is there already, and nothing is overwritten. Choose another name.",
            shown(path)
        )));
    }
    let folder = path.parent().unwrap_or(path);
    match seen(folder)? {
        Some(what) if what.kind == Kind::Folder => {}
        _ => {
            return Err(ToolError::failed(format!(
                "There is no folder {}. Make it first, or choose another.",
                brief(folder, files.home())
            )));
        }
    }
    // A name that comes along with an old file may be odd; it was let through before.
    match path.file_name() {
        Some(name) if name.len() <= 255 => Ok(()),
        _ => new_name(""),
    }
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| shown(path), |name| shown(Path::new(name)))
}

fn listed<'a>(paths: impl Iterator<Item = &'a PathBuf>) -> String {
    paths.map(|path| shown(path)).collect::<Vec<_>>().join(", ")
}

fn quoted(text: &str) -> String {
    if text.is_empty() {
        return "nothing".into();
    }
    let start: String = text.chars().take(SHOWN).collect();
    let more = text.chars().count() - start.chars().count();
    let rest = if more > 0 { format!(" and {more} characters more") } else { String::new() };
    format!("{start:?}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("*", "a", true),
            ("*.pdf", "a.pdf", true),
            ("*.pdf", "a.pdf.txt", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbY", false),
            ("?", "ä", true),
            ("?", "ab", false),
            ("a**", "a", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
