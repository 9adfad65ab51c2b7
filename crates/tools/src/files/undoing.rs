//! Undo: the act that takes another back, if things are still as that one left them. It is an act like any other, and is undone like it.

use std::ffi::OsString;

use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::Files;
use super::changing::{content, seen, trash_work};
use super::handle::{Folder, Kind, Stamp};
use super::journal::{Journal, Record};
use super::naming::{brief, shown};
use super::planned::{Planned, Work};
use super::step::{Part, Step, in_bin};
use crate::tool::{Output, ToolError};

/// So many changes are told.
const LISTED: usize = 10;

/// What `undo` is told.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UndoArgs {
    /// The number of the change, as list_changes tells it; without it, the latest.
    number: Option<u64>,
}

/// What `list_changes` is told: nothing.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListChangesArgs {}

pub(super) fn undo(files: &Files, args: &UndoArgs) -> Result<Planned, ToolError> {
    let record = {
        let journal = files.journal();
        match args.number {
            None => journal
                .latest()
                .cloned()
                .ok_or_else(|| ToolError::failed("There is nothing that could be undone."))?,
            Some(number) => {
                let record = journal.record(number).cloned().ok_or_else(|| {
                    ToolError::failed(format!("No change has the number {number}. list_changes tells them."))
                })?;
                if record.done().is_empty() {
                    return Err(ToolError::failed(format!(
                        "Number {number} did not happen, so there is nothing to undo."
                    )));
                }
                if journal.undone(number) {
                    return Err(ToolError::failed(format!("Number {number} has been undone already.")));
                }
                record
            }
        }
    };
    planned(files, &record)
}

fn planned(files: &Files, record: &Record) -> Result<Planned, ToolError> {
    let (mut works, mut tells) = (Vec::new(), Vec::new());
    // What was done last goes first.
    for (step, left) in record.done().into_iter().rev() {
        let (work, tell) = reverse(files, record.number, step, left, &works)?;
        works.push(work);
        tells.push(tell);
    }
    let words = format!("Undo number {}: {}.", record.number, tells.join("; "));
    let answer = match record.done().as_slice() {
        [(step, _)] => said(files, step),
        done => format!("Undone: {} things are as they were.", done.len()),
    };
    let mut planned = Planned::new(files, works, words, answer)?;
    planned.undoes = Some(record.number);
    Ok(planned)
}

/// What something that an act left has become by the acts after it: a changed file is a new one, and so is what went to another disk
/// and came back. With `content`, only what holds the same as then.
fn descended(journal: &Journal, number: u64, left: &Stamp, content: bool) -> Vec<Stamp> {
    let mut kin = vec![*left];
    for record in journal.records().iter().filter(|record| record.number > number) {
        let undone = record.undoes.and_then(|undone| journal.record(undone));
        for (step, thing) in record.done() {
            let ours = |what: &Stamp| {
                kin.iter().any(|known| if content { known.untouched(what) } else { known.same(what) })
            };
            let descends = match step {
                Step::Move { what, .. } => ours(what),
                Step::Change { what, .. } if !content => ours(what),
                // What an undoing brought back is what there was before.
                Step::Change { path, .. } | Step::MakeFolder { path } => undone.is_some_and(|undone| {
                    let before = |step: &Step| step.result() == *path && step.what().is_some_and(ours);
                    undone.done().into_iter().any(|(step, _)| before(step))
                }),
                _ => false,
            };
            if descends {
                kin.push(*thing);
            }
        }
    }
    kin
}

/// The step that takes a step of an act back, and what it does. `before` is what will have been taken back by then.
fn reverse(
    files: &Files,
    number: u64,
    step: &Step,
    left: &Stamp,
    before: &[Work],
) -> Result<(Work, String), ToolError> {
    let result = step.result();
    let at = shown(&result);
    let there = seen(&result)?;
    let still = || match there {
        Some(there)
            if descended(&files.journal(), number, left, false).iter().any(|known| known.same(&there)) =>
        {
            Ok(there)
        }
        Some(_) => Err(ToolError::failed(format!("It cannot be undone: {at} is another file by now."))),
        None => Err(ToolError::failed(format!("It cannot be undone: {at} is no longer there."))),
    };
    let untouched = || {
        let there = still()?;
        // A folder's time changes with what is put into it.
        if descended(&files.journal(), number, left, true).iter().any(|known| known.untouched(&there)) {
            return Ok(there);
        }
        Err(ToolError::failed(format!(
            "It is not undone: {at} has been changed since, and that would be lost."
        )))
    };
    let vacant = |path: &std::path::Path| match seen(path)? {
        None => Ok(()),
        Some(_) => {
            Err(ToolError::failed(format!("It cannot be undone: something else is at {} now.", shown(path))))
        }
    };
    Ok(match step {
        Step::Move { from, to, .. } => {
            let what = still()?;
            vacant(from)?;
            let tell = format!("move {at} back to {}", shown(from));
            let step = Step::Move { from: to.clone(), to: from.clone(), what, part: Part::new() };
            (Work::of(step), tell)
        }
        Step::Copy { to: path, .. } | Step::Write { path, .. } => {
            (trash_work(files, path.clone(), untouched()?)?, format!("put {at} into the trash"))
        }
        Step::Restore { path, .. } => {
            (trash_work(files, path.clone(), still()?)?, format!("put {at} into the trash"))
        }
        Step::Change { path, kept, .. } => {
            let (old, what) = content(path, &untouched()?)?;
            let content = files.journal().read_kept(kept).map_err(|e| {
                ToolError::failed(format!("It cannot be undone: what {at} held is no longer kept ({e})."))
            })?;
            let kept = Uuid::new_v4().to_string();
            let step = Step::Change { path: path.clone(), what, kept, part: Part::new() };
            (Work { step, content, old: Some(old) }, format!("give {at} the content that it had before"))
        }
        Step::MakeFolder { path } => {
            let what = still()?;
            let names = Folder::open(path).and_then(|held| held.names());
            let goes = |name: &OsString| before.iter().any(|work| work.step.result() == path.join(name));
            if what.kind != Kind::Folder || names.is_ok_and(|names| !names.iter().all(goes)) {
                return Err(ToolError::failed(format!("It is not undone: {at} is no longer empty.")));
            }
            (
                Work::of(Step::RemoveFolder { path: path.clone(), what }),
                format!("remove the empty folder {at}"),
            )
        }
        Step::RemoveFolder { path, .. } => {
            vacant(path)?;
            (Work::of(Step::MakeFolder { path: path.clone() }), format!("make the folder {at}"))
        }
        Step::Trash { path, bin, name, .. } => {
            let what = match seen(&in_bin(bin, name))? {
                Some(there) if there.same(left) => there,
                _ => {
                    return Err(ToolError::failed(format!(
                        "It cannot be undone: {} is no longer in the trash.",
                        shown(path)
                    )));
                }
            };
            vacant(path)?;
            let step = Step::Restore { path: path.clone(), what, bin: bin.clone(), name: name.clone() };
            (Work::of(step), format!("take {} out of the trash", shown(path)))
        }
    })
}

fn said(files: &Files, step: &Step) -> String {
    let home = files.home();
    match step {
        Step::Move { from, .. } => format!("Undone: it is back at {}.", brief(from, home)),
        Step::Copy { to: path, .. } | Step::Write { path, .. } | Step::Restore { path, .. } => {
            format!("Undone: {} is in the trash.", brief(path, home))
        }
        Step::Change { path, .. } => format!("Undone: {} holds what it held before.", brief(path, home)),
        Step::MakeFolder { path } => format!("Undone: the folder {} is gone.", brief(path, home)),
        Step::RemoveFolder { path, .. } | Step::Trash { path, .. } => {
            format!("Undone: {} is back.", brief(path, home))
        }
    }
}

/// The latest changes, for people.
pub(super) fn list_changes(files: &Files) -> Output {
    let changes = files.changes();
    let lines: Vec<String> = changes
        .iter()
        .take(LISTED)
        .map(|change| {
            let mark = match (change.done, change.undone) {
                (false, _) => " (did not happen)",
                (true, true) => " (undone)",
                (true, false) => "",
            };
            format!("{}: {}{mark}", change.number, change.words)
        })
        .collect();
    if lines.is_empty() {
        return Output::text("Nothing has been changed.");
    }
    let more = changes.len() - lines.len();
    let rest = if more > 0 { format!("\nAnd {more} before that.") } else { String::new() };
    Output::text(format!("The latest first:\n{}{rest}", lines.join("\n")))
}
