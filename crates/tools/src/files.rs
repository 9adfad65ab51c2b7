//! Files: found, listed, read, written, moved, copied, renamed, put into the trash, and every change of that undone.
//!
//! A change is planned with what it would touch, as it lies there (`changing`, `undoing`); approved by the guard; planned once more and
//! compared, so that nothing has been put in its place meanwhile; written into the undo journal; done by handle (`doing`); and its
//! end written down. After a kill `recovery` finishes or takes back what was half done. Nothing that exists is ever overwritten but by
//! `write_file`, which keeps what was there.

mod changing;
mod copying;
mod doing;
mod finding;
mod handle;
mod journal;
mod looking;
mod naming;
mod planned;
mod recovery;
mod step;
mod text;
mod tools;
mod trashcan;
mod undoing;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jarvis_guard::{Act, Places};
use jiff::Timestamp;
use serde::Serialize;

use self::handle::Stamp;
pub use self::journal::JournalError;
use self::journal::{End, Journal};
use self::planned::Planned;
use crate::tool::{Output, Tool, ToolError};

/// So many plans are remembered until they run.
const MOST_PLANS: usize = 256;

/// A change that was made, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// By which it is undone.
    pub number: u64,
    /// When, RFC 3339.
    pub at: String,
    /// What was done, one plain sentence.
    pub words: String,
    /// Whether it happened, wholly or in part.
    pub done: bool,
    /// Whether it was taken back since.
    pub undone: bool,
    /// The change that this one took back.
    pub undoes: Option<u64>,
}

/// A person's files, and what Jarvis has done to them.
pub struct Files {
    places: Places,
    /// The person's own trash folder.
    home_bin: PathBuf,
    journal: Mutex<Journal>,
    /// Held while something is changed: one change at a time, each on what the last one left.
    acting: Mutex<()>,
    /// What plans found where, by tool and arguments.
    found: Mutex<VecDeque<(String, Vec<Stamp>)>>,
}

impl Files {
    /// The files of the person whose home folder is `home`, with the undo journal in `journal_folder`. What an act that was cut off
    /// left half done is finished or taken back here.
    pub fn open(home: &Path, journal_folder: &Path, places: Places) -> Result<Arc<Self>, JournalError> {
        // The variable belongs to the person who started this.
        let own = std::env::var_os("HOME").is_some_and(|own| Path::new(&own) == home);
        let data =
            std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|data| own && data.is_absolute());
        let data = data.unwrap_or_else(|| home.join(".local/share"));
        let home_bin =
            jarvis_guard::place::resolve(&data.join("Trash")).unwrap_or_else(|_| data.join("Trash"));
        let mut journal = Journal::open(journal_folder)?;
        settle(&mut journal);
        Ok(Arc::new(Self {
            places,
            home_bin,
            journal: Mutex::new(journal),
            acting: Mutex::default(),
            found: Mutex::default(),
        }))
    }

    /// Every tool for files.
    pub fn tools(self: &Arc<Self>) -> Vec<Arc<dyn Tool>> {
        tools::all(self)
    }

    /// What was changed, the latest first.
    pub fn changes(&self) -> Vec<Change> {
        let journal = self.journal();
        let change = |record: &journal::Record| Change {
            number: record.number,
            at: record.at.to_string(),
            words: record.words.clone(),
            done: !record.done().is_empty(),
            undone: journal.undone(record.number),
            undoes: record.undoes,
        };
        journal.records().iter().rev().map(change).collect()
    }

    fn home(&self) -> &Path {
        self.places.home()
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what a plan found, until it runs.
    fn remember(&self, key: String, things: Vec<Stamp>) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.retain(|(other, _)| *other != key);
        if found.len() >= MOST_PLANS {
            found.pop_front();
        }
        found.push_back((key, things));
    }

    /// Whether a call is still what was approved: the same effects, on the very same things.
    fn still(&self, key: &str, act: &Act, planned: &Planned) -> Result<(), ToolError> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let at = found.iter().position(|(other, _)| other == key);
        let before = at.and_then(|at| found.remove(at)).map(|(_, things)| things);
        let now = planned.things();
        let same = before.is_some_and(|before| {
            before.len() == now.len() && before.iter().zip(&now).all(|(a, b)| a.identical(b))
        });
        if same && planned.effects() == act.effects {
            return Ok(());
        }
        Err(ToolError::failed(
            "Something else is there now than when this was approved, so nothing was done. Look again, and ask anew.",
        ))
    }

    /// Does what was planned, step by step, with its beginning and its end in the journal.
    fn act(&self, planned: Planned, stop: &AtomicBool) -> Result<Output, ToolError> {
        let unwritten = |e: std::io::Error| {
            ToolError::failed(format!(
                "It could not be written into the undo journal, so it was not done ({e})."
            ))
        };
        let keep = || -> std::io::Result<u64> {
            let mut journal = self.journal();
            for work in &planned.works {
                if let (Some(name), Some(old)) = (work.step.kept(), &work.old) {
                    journal.keep(name, old)?;
                }
            }
            let steps = planned.works.iter().map(|work| work.step.clone()).collect();
            journal.will(&planned.words, steps, planned.undoes)
        };
        let dropped = || {
            let journal = self.journal();
            planned.works.iter().filter_map(|work| work.step.kept()).for_each(|name| journal.drop_kept(name));
        };
        let number = keep().map_err(unwritten).inspect_err(|_| dropped())?;
        let (mut left, mut problem) = (Vec::new(), None);
        for (n, work) in planned.works.iter().enumerate() {
            if stop.load(Ordering::Relaxed) {
                problem = Some(ToolError::failed("It was stopped."));
                break;
            }
            let mut ready = |thing| self.journal().made(number, n, thing);
            match doing::perform(&work.step, &work.content, stop, &mut ready) {
                Ok(thing) => left.push(thing),
                Err(error) => {
                    problem = Some(error);
                    break;
                }
            }
        }
        let (done, all) = (left.len(), planned.works.len());
        match problem {
            Some(error) if left.is_empty() => {
                self.journal().end(number, End::Failed(error.to_string()));
                dropped();
                Err(error)
            }
            problem => {
                let text = match &problem {
                    Some(error) => format!("Only {done} of {all} were done. {error}"),
                    None => planned.answer,
                };
                let problem = problem.map(|error| error.to_string());
                self.journal().end(number, End::Done { left, problem });
                Ok(Output { text, undo: Some(number), ..Output::default() })
            }
        }
    }
}

/// Looks at what was begun and has no end.
fn settle(journal: &mut Journal) {
    let open: Vec<journal::Record> = journal.records().iter().filter(|r| r.end.is_none()).cloned().collect();
    for record in open {
        let began = Timestamp::now();
        let settled: std::io::Result<Vec<Option<Stamp>>> =
            record.steps.iter().enumerate().map(|(n, step)| recovery::settle(step, record.made(n))).collect();
        match settled {
            Ok(settled) => {
                let left: Vec<Stamp> = settled.into_iter().map_while(|thing| thing).collect();
                let problem = (left.len() < record.steps.len()).then(|| "It was cut off.".to_owned());
                let end = match problem {
                    Some(reason) if left.is_empty() => End::Failed(reason),
                    problem => End::Done { left, problem },
                };
                journal.end(record.number, end);
                tracing::info!(number = record.number, %began, "an act that was cut off was settled");
            }
            // Its disk may be unplugged: it is looked at again next time.
            Err(error) => {
                tracing::warn!(number = record.number, %error, "an act that was cut off stays open")
            }
        }
    }
}
