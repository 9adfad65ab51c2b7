//! `jarvis docs`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jarvis_assistant::{Library, Setup, paths, settings};
use jarvis_core::{Code, Failure};
use jarvis_memory::{By, Document, Kind, Recall, describe};
use tokio::sync::oneshot;

use super::memory::{open, search, settle};
use crate::args::DocsCommand;
use crate::output::{self, Output};
use crate::progress;

pub async fn run(command: DocsCommand) -> anyhow::Result<ExitCode> {
    match command {
        DocsCommand::Add { paths, json } => add(&paths, json).await,
        DocsCommand::List { json } => {
            let documents = open()?.store().documents().map_err(|e| e.failure())?;
            documents.iter().for_each(|document| Output::new(json).record(document, line));
            if documents.is_empty() {
                output::note("Nothing was read yet. `jarvis docs add FILE` reads something.");
            }
            for folder in settings::load(&paths().config_file())?.documents.folders {
                Output::new(json).line(format!("watched: {folder}"));
            }
            Ok(ExitCode::SUCCESS)
        }
        DocsCommand::Search { query, limit, json } => {
            search(&open()?, &query, By::Both, &[Kind::Document], (limit, false), json)
        }
        DocsCommand::Watch { folder } => {
            let folder = folder.canonicalize().ok().filter(|folder| folder.is_dir()).ok_or_else(|| {
                let message = format!("{} is no folder that can be read.", folder.display());
                Failure::new(Code::BadRequest, message, "Check the path, and who may read it.")
            })?;
            let folder = folder.to_string_lossy().into_owned();
            watch(|folders| {
                if !folders.contains(&folder) {
                    folders.push(folder.clone());
                }
            })?;
            output::note(format!("{folder} is watched: its documents are read while Jarvis runs."));
            Ok(ExitCode::SUCCESS)
        }
        DocsCommand::Unwatch { folder } => {
            // It may be gone.
            let named = [Some(folder.clone()), folder.canonicalize().ok()].into_iter().flatten();
            let named: Vec<String> = named.map(|path| path.to_string_lossy().into_owned()).collect();
            let mut found = false;
            watch(|folders| {
                found = folders.iter().any(|folder| named.contains(folder));
                folders.retain(|folder| !named.contains(folder));
            })?;
            if !found {
                let message = format!("{} is not watched.", folder.display());
                return Err(Failure::new(Code::NotFound, message, "See `jarvis docs list`.").into());
            }
            output::note("It is watched no longer. What was read of it is kept.");
            Ok(ExitCode::SUCCESS)
        }
        DocsCommand::Remove { ids } => {
            let memory = open()?;
            for id in ids {
                memory.store().remove_document(id).map_err(|e| e.failure())?;
            }
            settle(&memory);
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Changes which folders are watched.
fn watch(change: impl FnOnce(&mut Vec<String>)) -> Result<(), Failure> {
    let file = paths().config_file();
    let mut folders = settings::load(&file)?.documents.folders;
    change(&mut folders);
    settings::change(&file, &[("documents.folders".to_string(), folders.into())].into())
        .map(settings::Change::keep)
}

/// Reads all of them; one that cannot be read keeps the others from nothing.
async fn add(paths: &[PathBuf], json: bool) -> anyhow::Result<ExitCode> {
    let setup = Setup::load()?;
    let (memory, library) = (open()?, Library::new(setup.document_engine()));
    let mut failed = false;
    for path in paths.iter().flat_map(|path| files(path)) {
        let bar = progress::counting(&path.file_name().unwrap_or_default().to_string_lossy());
        let counted = bar.clone();
        let told = move |done: u32, of: u32| {
            counted.set_length(of.into());
            counted.set_position(done.into());
        };
        let added = tokio::select! {
            added = async { library.add(memory.store(), Library::open(&path).await?, told).await } => added,
            _ = tokio::signal::ctrl_c() => {
                bar.finish_and_clear();
                output::note("Stopped. What was read before is kept.");
                return Ok(ExitCode::FAILURE);
            }
        };
        bar.finish_and_clear();
        match added {
            Ok(document) => Output::new(json).record(&document, line),
            Err(failure) => {
                failed = true;
                output::note(format!("{failure}"));
            }
        }
    }
    if !settled(memory).await? {
        output::note("Stopped. What was read is kept, and found by its meaning later.");
        return Ok(ExitCode::FAILURE);
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Waits until everything is found by its meaning; Ctrl-C waits no longer. On a thread of its own, since the end of the program
/// would wait for one of tokio's.
async fn settled(memory: Recall) -> std::io::Result<bool> {
    let (done, settled) = oneshot::channel();
    std::thread::Builder::new().name("settle".into()).spawn(move || {
        settle(&memory);
        // Nobody waits after Ctrl-C.
        let _ = done.send(());
    })?;
    Ok(tokio::select! {
        _ = settled => true,
        _ = tokio::signal::ctrl_c() => false,
    })
}

/// The file, or those of a folder that can be read as documents.
fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_dir() { Library::files_in(path) } else { vec![path.into()] }
}

fn line(document: &Document) -> String {
    let pages = document.pages.map(|pages| format!("{pages} pages, ")).unwrap_or_default();
    let left_out: Vec<String> = document.left_out.iter().map(describe).collect();
    let left_out = if left_out.is_empty() { String::new() } else { format!(" ({})", left_out.join("; ")) };
    format!("{}  {}  {pages}{} passages{left_out}", document.id, document.name, document.chunk_count)
}
