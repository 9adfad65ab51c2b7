//! Finding: by a name, roughly or by pattern, or by words in text files; in the folders that a person sees.
//!
//! What is hidden, secret or Jarvis's own is passed by, links are not followed, and it ends after some seconds whatever is left.

use std::collections::VecDeque;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jarvis_guard::Place;
use schemars::JsonSchema;
use serde::Deserialize;

use super::changing::{fits, followed};
use super::handle::{Folder, Kind, Stamp};
use super::looking::{self, Sight};
use super::naming::{brief, folded, shown, sized};
use super::{Files, text};
use crate::tool::{Output, ToolError};

/// Looking takes no longer.
const PATIENCE: Duration = Duration::from_secs(8);
/// So many things are looked at.
const MOST_THINGS: usize = 300_000;
/// So much of each file is read for words.
const MOST_READ: u64 = 1 << 20;
const DEFAULT_LIMIT: usize = 10;
const MOST_RESULTS: usize = 50;
/// Two names are alike from here on (1 is the same).
const ALIKE: f64 = 0.88;

/// What `find_files` is told.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindArgs {
    /// The name, or a part of it, as the person says it; or a pattern: "*.pdf".
    name: Option<String>,
    /// Words that stand in the text of the file.
    contains: Option<String>,
    /// Where to look; without it, in all folders of the person.
    folder: Option<String>,
    /// How many to tell; 10 without it.
    limit: Option<usize>,
}

pub(super) fn see(files: &Files, args: &FindArgs) -> Result<Sight, ToolError> {
    let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    if !given(&args.name) && !given(&args.contains) {
        return Err(ToolError::failed("Say a name, or words that stand in the file."));
    }
    let path = followed(files, args.folder.as_deref().unwrap_or("~"))?;
    looking::folder(path, |at| {
        let name = args.name.as_deref().map(|name| format!(" called {name:?}"));
        let words = args.contains.as_deref().map(|words| format!(" with the words {words:?}"));
        format!("Look in {at} for files{}{}.", name.unwrap_or_default(), words.unwrap_or_default())
    })
}

struct Hit {
    path: PathBuf,
    what: Stamp,
    score: f64,
}

pub(super) fn find(
    files: &Files,
    sight: &Sight,
    args: &FindArgs,
    stop: &AtomicBool,
) -> Result<Output, ToolError> {
    let wanted = Wanted::new(args);
    let until = Instant::now() + PATIENCE;
    let limit = args.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MOST_RESULTS);
    let own = files.places.of(&sight.path);
    let (mut hits, mut seen, mut whole) = (Vec::new(), 0, true);
    let mut ahead = VecDeque::from([sight.path.clone()]);
    'folders: while let Some(at) = ahead.pop_front() {
        // What was a folder a moment ago may be none now, or not for us.
        let Ok(folder) = Folder::open(&at) else { continue };
        for name in folder.names().unwrap_or_default() {
            seen += 1;
            if seen > MOST_THINGS || Instant::now() > until || stop.load(Ordering::Relaxed) {
                whole = false;
                break 'folders;
            }
            let path = at.join(&name);
            let place = files.places.of(&path);
            let hidden = name.to_string_lossy().starts_with('.') && own != Place::Hidden;
            if hidden || (place != own && place != Place::Documents) {
                continue;
            }
            let Ok(what) = folder.stamp(&name) else { continue };
            if let Some(score) = wanted.score(&name.to_string_lossy(), &what, &folder, &name) {
                hits.push(Hit { path: path.clone(), what, score });
            }
            if what.kind == Kind::Folder {
                ahead.push_back(path);
            }
        }
    }
    // The best first; of equals the one that was changed last.
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.what.changed.cmp(&a.what.changed)));
    let text = told(files, &hits, limit, whole);
    Ok(Output { text, source: Some(shown(&sight.path)), ..Output::default() })
}

fn told(files: &Files, hits: &[Hit], limit: usize, whole: bool) -> String {
    let rest =
        if whole { "" } else { " Not everything could be looked at in time; name a folder to look in." };
    let mut text = match hits.len() {
        0 => return format!("Nothing was found.{rest}"),
        1 => format!("Found one.{rest}"),
        n if n > limit => format!("Found {n}; the first {limit}.{rest}"),
        n => format!("Found {n}.{rest}"),
    };
    for Hit { path, what, .. } in hits.iter().take(limit) {
        let at = brief(path, files.home());
        text.push_str(&match what.kind {
            Kind::Folder => format!("\n{at}/"),
            Kind::File => format!("\n{at} ({}, {})", sized(what.size), looking::day(what)),
            Kind::Link | Kind::Special => format!("\n{at}"),
        });
    }
    text
}

/// What is looked for, made ready for comparing.
struct Wanted {
    name: Option<String>,
    words: Vec<String>,
}

impl Wanted {
    fn new(args: &FindArgs) -> Self {
        let name = args.name.as_deref().map(|name| folded(name.trim())).filter(|name| !name.is_empty());
        let contains = folded(args.contains.as_deref().unwrap_or_default());
        Self { name, words: contains.split_whitespace().map(str::to_owned).collect() }
    }

    /// How well something fits; none when it does not.
    fn score(&self, name: &str, what: &Stamp, folder: &Folder, in_folder: &std::ffi::OsStr) -> Option<f64> {
        let score = match &self.name {
            Some(wanted) => alike(wanted, &folded(name))?,
            None => 1.0,
        };
        if self.words.is_empty() {
            return Some(score);
        }
        if what.kind != Kind::File {
            return None;
        }
        let (file, _) = folder.read(in_folder).ok()?;
        let mut bytes = Vec::new();
        file.take(MOST_READ).read_to_end(&mut bytes).ok()?;
        let text = folded(&text::decode(&bytes)?);
        self.words.iter().all(|word| text.contains(word)).then_some(score)
    }
}

/// How alike a wanted name and one that is there are, both folded: 1 for the same, none for strangers.
fn alike(wanted: &str, name: &str) -> Option<f64> {
    if wanted.contains(['*', '?']) {
        return fits(wanted, name).then_some(1.0);
    }
    let stem = Path::new(name).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    if wanted == name || wanted == stem {
        return Some(1.0);
    }
    if name.contains(wanted) {
        return Some(0.95);
    }
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    let (wanted_words, name_words) = (words(wanted), words(&stem));
    // "report tax" finds "tax-report-2026": each word for itself, misheard by a letter or two.
    let best = |word: &String| {
        let near = |other: &String| {
            if other.starts_with(word.as_str()) { 1.0 } else { strsim::jaro_winkler(word, other) }
        };
        name_words.iter().map(near).fold(0.0, f64::max)
    };
    let worst = wanted_words.iter().map(best).fold(1.0, f64::min);
    let score = if wanted_words.is_empty() { 0.0 } else { worst * 0.9 };
    let whole = strsim::jaro_winkler(wanted, &stem) * 0.9;
    let score = score.max(whole);
    (score >= ALIKE * 0.9).then_some(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_alike() {
        for (wanted, name, expected) in [
            ("report", "report.pdf", true),
            ("tax report", "report-tax-2026.pdf", true),
            ("tacks report", "tax-notes.txt", false),
            ("raport", "report.txt", true),
            ("holiday", "holidays 2025", true),
            ("*.pdf", "a.pdf", true),
            ("*.pdf", "a.txt", false),
            ("letter", "invoice.pdf", false),
            ("...", "a.pdf", false),
        ] {
            assert_eq!(alike(wanted, name).is_some(), expected, "{wanted} {name}");
        }
    }
}
