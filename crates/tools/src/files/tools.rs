//! The tools as the toolbox has them: each is told by its name, its arguments, and the two functions that plan and do it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jarvis_guard::{Effect, Running, TaintKind};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::changing::{self, FromToArgs, MakeArgs, RenameArgs, TrashArgs, WriteArgs};
use super::finding::{self, FindArgs};
use super::looking::{self, ListArgs, ReadArgs, Sight};
use super::planned::Planned;
use super::undoing::{self, ListChangesArgs, UndoArgs};
use super::{Files, PoisonError};
use crate::tool::{About, Output, Plan, Tool, ToolError, arguments, spec};

/// Looking is quick, or ends by itself.
const LOOKING: Duration = Duration::from_secs(20);
/// A copy of a large folder takes its time.
const CHANGING: Duration = Duration::from_secs(1800);

pub(super) fn all(files: &Arc<Files>) -> Vec<Arc<dyn Tool>> {
    vec![
        Look::new(
            files,
            about::<FindArgs>(
                "find_files",
                "Finds files and folders by name (roughly, or a pattern such as *.pdf) or by words in their text.",
                &[
                    "find my tax report",
                    "where is the file",
                    "which files mention the meeting",
                    "such die Datei",
                ],
                Some(TaintKind::Names),
            ),
            finding::see,
            finding::find,
        ),
        Look::new(
            files,
            about::<ListArgs>(
                "list_folder",
                "Lists what is in a folder.",
                &["what is in my downloads", "list the files in Documents", "was ist in meinem Ordner"],
                Some(TaintKind::Names),
            ),
            looking::see_folder,
            |files, sight, _, _| looking::list(files, sight),
        ),
        Look::new(
            files,
            about::<ReadArgs>(
                "read_file",
                "Reads a text file, or some of its lines.",
                &[
                    "read notes.txt",
                    "what does the file say",
                    "show me the first lines",
                    "lies die Datei vor",
                ],
                Some(TaintKind::Document),
            ),
            looking::see_file,
            |_, sight, args, _| looking::read(sight, args),
        ),
        Deed::new(
            files,
            about::<WriteArgs>(
                "write_file",
                "Writes text into a file: a new one, instead of what is in one, or added at its end. Can be undone.",
                &[
                    "write this to a file",
                    "add milk to my shopping list",
                    "save that as notes.txt",
                    "schreib das auf",
                ],
                None,
            ),
            changing::write,
        ),
        Deed::new(
            files,
            about::<MakeArgs>(
                "make_folder",
                "Makes a folder. Can be undone.",
                &["make a folder called taxes", "create a new directory", "leg einen Ordner an"],
                None,
            ),
            changing::make,
        ),
        Deed::new(
            files,
            about::<FromToArgs>(
                "copy_file",
                "Copies a file or folder, or all that fit a pattern. Overwrites nothing. Can be undone.",
                &["copy the report to Documents", "make a copy of this file", "kopiere die Datei"],
                None,
            ),
            changing::copy,
        ),
        Deed::new(
            files,
            about::<FromToArgs>(
                "move_file",
                "Moves a file or folder, or all that fit a pattern. Overwrites nothing. Can be undone.",
                &["move a.txt to Documents", "put the PDFs into my taxes folder", "verschieb die Datei"],
                None,
            ),
            changing::relocate,
        ),
        Deed::new(
            files,
            about::<RenameArgs>(
                "rename_file",
                "Gives a file or folder another name, where it is. Can be undone.",
                &["rename this file", "call it report.pdf instead", "benenne die Datei um"],
                None,
            ),
            changing::rename,
        ),
        Deed::new(
            files,
            about::<TrashArgs>(
                "trash_file",
                "Puts a file or folder into the trash. Can be undone.",
                &["delete old.txt", "throw that file away", "put it in the trash", "lösch die Datei"],
                None,
            ),
            changing::trash,
        ),
        Deed::new(
            files,
            about::<UndoArgs>(
                "undo",
                "Undoes the latest change to files, or the one with a number.",
                &["undo that", "take that back", "mach das rückgängig", "put it back where it was"],
                Some(TaintKind::Names),
            ),
            undoing::undo,
        ),
        Arc::new(ListChanges {
            files: Arc::clone(files),
            about: about::<ListChangesArgs>(
                "list_changes",
                "Lists the latest changes to files, with the numbers by which they are undone.",
                &["what did you change", "which files did you move", "was hast du geändert"],
                Some(TaintKind::Names),
            ),
        }),
    ]
}

fn about<A: JsonSchema>(
    name: &str,
    description: &str,
    examples: &'static [&'static str],
    taint: Option<TaintKind>,
) -> About {
    About { spec: spec::<A>(name, description), group: "files", examples, taint, time_limit: LOOKING }
}

/// By which a plan is found again when it runs.
fn key(name: &str, arguments: &Value) -> String {
    format!("{name} {arguments}")
}

/// Tells a thread that nobody waits for it any more.
struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs what waits for disks where that holds up nobody. When the future is dropped, `work` is told to stop.
async fn aside(
    work: impl FnOnce(&AtomicBool) -> Result<Output, ToolError> + Send + 'static,
) -> Result<Output, ToolError> {
    let stop = Stop(Arc::default());
    let told = Arc::clone(&stop.0);
    match tokio::task::spawn_blocking(move || work(&told)).await {
        Ok(result) => result,
        Err(_) => Err(ToolError::failed("It broke off. Look whether anything was changed.")),
    }
}

/// A tool that only looks.
struct Look<A> {
    files: Arc<Files>,
    about: About,
    see: fn(&Files, &A) -> Result<Sight, ToolError>,
    look: fn(&Files, &Sight, &A, &AtomicBool) -> Result<Output, ToolError>,
}

impl<A: DeserializeOwned + Send + Sync + 'static> Look<A> {
    #[expect(clippy::new_ret_no_self, reason = "a toolbox has no use for it but as a tool")]
    fn new(
        files: &Arc<Files>,
        about: About,
        see: fn(&Files, &A) -> Result<Sight, ToolError>,
        look: fn(&Files, &Sight, &A, &AtomicBool) -> Result<Output, ToolError>,
    ) -> Arc<dyn Tool> {
        Arc::new(Self { files: Arc::clone(files), about, see, look })
    }
}

fn reads(sight: &Sight) -> Vec<Effect> {
    vec![Effect::Read { path: sight.path.clone() }]
}

#[async_trait]
impl<A: DeserializeOwned + Send + Sync + 'static> Tool for Look<A> {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let sight = (self.see)(&self.files, &arguments(&self.about.spec.name, given)?)?;
        Ok(Plan { effects: reads(&sight), words: sight.words, undoable: false })
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let args: A = arguments(&self.about.spec.name, running.arguments())?;
        let (files, see, look) = (Arc::clone(&self.files), self.see, self.look);
        let planned = running.act().effects.clone();
        aside(move |stop| {
            let sight = see(&files, &args)?;
            if reads(&sight) != planned {
                return Err(ToolError::failed(
                    "It leads elsewhere now than when this was approved. Ask anew.",
                ));
            }
            look(&files, &sight, &args, stop)
        })
        .await
    }
}

/// A tool that changes something.
struct Deed<A> {
    files: Arc<Files>,
    about: About,
    plan: fn(&Files, &A) -> Result<Planned, ToolError>,
}

impl<A: DeserializeOwned + Send + Sync + 'static> Deed<A> {
    #[expect(clippy::new_ret_no_self, reason = "a toolbox has no use for it but as a tool")]
    fn new(
        files: &Arc<Files>,
        about: About,
        plan: fn(&Files, &A) -> Result<Planned, ToolError>,
    ) -> Arc<dyn Tool> {
        let about = About { time_limit: CHANGING, ..about };
        Arc::new(Self { files: Arc::clone(files), about, plan })
    }
}

#[async_trait]
impl<A: DeserializeOwned + Send + Sync + 'static> Tool for Deed<A> {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let name = &self.about.spec.name;
        let planned = (self.plan)(&self.files, &arguments(name, given)?)?;
        self.files.remember(key(name, given), planned.things());
        Ok(planned.plan())
    }

    async fn run(&self, running: &Running) -> Result<Output, ToolError> {
        let name = &self.about.spec.name;
        let args: A = arguments(name, running.arguments())?;
        let (files, plan) = (Arc::clone(&self.files), self.plan);
        let (key, act) = (key(name, running.arguments()), running.act().clone());
        aside(move |stop| {
            let _alone = files.acting.lock().unwrap_or_else(PoisonError::into_inner);
            if stop.load(Ordering::Relaxed) {
                return Err(ToolError::failed("It was stopped before it began."));
            }
            let planned = plan(&files, &args)?;
            files.still(&key, &act, &planned)?;
            files.act(planned, stop)
        })
        .await
    }
}

/// `list_changes`.
struct ListChanges {
    files: Arc<Files>,
    about: About,
}

#[async_trait]
impl Tool for ListChanges {
    fn about(&self) -> &About {
        &self.about
    }

    fn plan(&self, given: &Value) -> Result<Plan, ToolError> {
        let ListChangesArgs {} = arguments(&self.about.spec.name, given)?;
        Ok(Plan::look("Look at what was changed."))
    }

    async fn run(&self, _: &Running) -> Result<Output, ToolError> {
        Ok(undoing::list_changes(&self.files))
    }
}
