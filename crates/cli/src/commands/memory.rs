//! `jarvis memory`.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use jarvis_assistant::{archive, catalog, open_memory, paths, settings};
use jarvis_core::{Code, Failure};
use jarvis_memory::{
    ArchiveFormat, By, Counts, Fact, Forgotten, Imported, Index, Kind, OnRemaining, Provenance, Query,
    Recall, Recalled, Stats, StoreError,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::args::{ExportFormat, MemoryCommand, SearchBy, SearchKind};
use crate::output::{self, Output};
use crate::progress;

pub fn run(command: MemoryCommand) -> anyhow::Result<ExitCode> {
    let memory = open()?;
    let store = memory.store();
    let now = Timestamp::now();
    match command {
        MemoryCommand::Remember { text, json } => {
            let fact = store.remember(some(&text)?, None, now).map_err(told)?;
            Output::new(json).record(&fact, line);
        }
        MemoryCommand::Show { past, json } => return list(&store.facts(None, past).map_err(told)?, json),
        MemoryCommand::Search { query, by, kind, limit, past, json } => {
            let kinds: Vec<Kind> = kind.into_iter().map(Kind::from).collect();
            let kinds = if kinds.is_empty() { &Kind::ALL[..] } else { &kinds };
            return search(&memory, some(&query)?, by.into(), kinds, (limit, past), json);
        }
        MemoryCommand::Supersede { id, text } => {
            let fact = store.supersede(id, some(&text)?, None, now).map_err(told)?;
            Output::new(false).record(&fact, line);
        }
        MemoryCommand::Edit { id, text } => {
            let fact = store.reword(id, some(&text)?).map_err(told)?;
            Output::new(false).record(&fact, line);
        }
        MemoryCommand::Forget { query, yes, json } => return forget(&memory, some(&query)?, yes, json),
        MemoryCommand::Export { file, format, json } => {
            let format = match format {
                ExportFormat::Json => ArchiveFormat::Json,
                ExportFormat::Markdown => ArchiveFormat::Markdown,
            };
            let written = archive::export(store, &file, format, now, progress::told("writing"))?;
            Output::new(json).record(&written, |written| format!("{}: {}", file.display(), counted(written)));
        }
        MemoryCommand::Import { file, dry_run, json } => {
            let imported = archive::import(store, &file, dry_run, progress::told("reading"))?;
            let done = if dry_run { "would be taken in" } else { "taken in" };
            Output::new(json).record(&imported, |Imported { added, known }| {
                format!("{done}: {}\nwas there already: {}", counted(added), counted(known))
            });
            if !dry_run {
                settle(&memory);
            }
        }
        MemoryCommand::Reindex => {
            index(&memory)?.rebuild(remaining("embedding")).map_err(|e| e.failure())?;
            output::note(format!("{} vectors.", index(&memory)?.count().map_err(|e| e.failure())?));
        }
        MemoryCommand::Stats { json } => {
            let keep_conversations_days =
                settings::load(&paths().config_file())?.memory.keep_conversations_days;
            let rule = match keep_conversations_days {
                0 => "Conversations are kept for ever.".to_string(),
                days => format!(
                    "Conversations are removed {days} days after their last message, but for those that are pinned."
                ),
            };
            let stats = Kept { stats: store.stats().map_err(told)?, keep_conversations_days };
            Output::new(json).record(&stats, |Kept { stats, .. }| {
                format!(
                    "{} facts, and {} that no longer hold\n{} conversations with {} messages\n{} documents with {} passages\n\
                     {} not found by meaning yet\n{:.1} MB in {}\n{rule}",
                    stats.facts,
                    stats.past_facts,
                    stats.conversations,
                    stats.messages,
                    stats.documents,
                    stats.chunks,
                    stats.unindexed,
                    stats.bytes as f64 / 1e6,
                    paths().database().display(),
                )
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// How much is kept, and for how long.
#[derive(Serialize)]
struct Kept {
    #[serde(flatten)]
    stats: Stats,
    keep_conversations_days: u32,
}

fn counted(counts: &Counts) -> String {
    let Counts { facts, conversations, messages, attachments_left_out, documents, passages } = counts;
    let without = match attachments_left_out {
        0 => String::new(),
        n => format!(" (without the {n} attachments, which only a backup keeps)"),
    };
    format!(
        "{facts} facts, {conversations} conversations with {messages} messages{without}, {documents} documents with {passages} passages"
    )
}

/// What is kept, and what finds it.
pub fn open() -> anyhow::Result<Recall> {
    let paths = paths();
    let catalog = Arc::new(catalog(&paths)?);
    let (memory, recovered) = open_memory(&paths, &catalog)?;
    if let Some(failure) = recovered {
        output::note(failure.to_string());
    }
    Ok(memory)
}

fn index(memory: &Recall) -> anyhow::Result<&Index> {
    memory.index().ok_or_else(|| unreachable!("a memory that was opened has an index"))
}

/// Tells how much is still to be done of something that takes a while.
pub fn remaining(what: &str) -> OnRemaining {
    let bar = progress::counting(what);
    Box::new(move |remaining| {
        let all = bar.length().unwrap_or(0).max(bar.position() + remaining);
        bar.set_length(all);
        bar.set_position(all - remaining);
        if remaining == 0 {
            bar.finish_and_clear();
        }
    })
}

/// Waits until everything is found by its meaning. Where it cannot be, that is said, and words must do.
pub fn settle(memory: &Recall) {
    let settled = memory.index().map_or(Ok(()), |index| index.settle(remaining("embedding")));
    if let Err(error) = settled {
        output::note(format!("Not found by meaning: {}", error.failure()));
    }
}

/// Prints what has to do with `query`.
pub fn search(
    memory: &Recall,
    query: &str,
    by: By,
    kinds: &[Kind],
    (limit, past): (usize, bool),
    json: bool,
) -> anyhow::Result<ExitCode> {
    if by != By::Words {
        settle(memory);
    }
    let now = Timestamp::now();
    let query =
        Query { text: query, kinds, by, limit, tokens: usize::MAX, past, pinned: false, not_in: None, now };
    let found = memory.find(&query).map_err(told)?;
    let out = Output::new(json);
    for one in &found {
        out.record(one, recalled);
    }
    if found.is_empty() {
        output::note("Nothing of the kind is known.");
    }
    Ok(if found.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn recalled(one: &Recalled) -> String {
    let id = match &one.from {
        Provenance::Fact { id, .. } => format!("{id}  "),
        _ => String::new(),
    };
    format!("{id}{}", known_from(one))
}

/// Where something is known from, and what it says.
pub fn known_from(one: &Recalled) -> String {
    let day = |at: Timestamp| at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d").to_string();
    let told = day(one.at);
    let from = match &one.from {
        Provenance::Fact { valid_to: None, .. } => format!("told on {told}"),
        Provenance::Fact { valid_to: Some(until), .. } => {
            format!("told on {told}, held until {}", day(*until))
        }
        Provenance::Message { title, .. } => format!("said on {told} in \u{201c}{title}\u{201d}"),
        Provenance::Document { name, page: Some(page), .. } => format!("{name}, page {page}"),
        Provenance::Document { name, heading: Some(heading), .. } => format!("{name}, {heading}"),
        Provenance::Document { name, .. } => name.clone(),
    };
    format!("{from}: {}", one.text.replace('\n', "\n    "))
}

impl From<SearchBy> for By {
    fn from(by: SearchBy) -> Self {
        match by {
            SearchBy::Both => Self::Both,
            SearchBy::Words => Self::Words,
            SearchBy::Meaning => Self::Meaning,
        }
    }
}

impl From<SearchKind> for Kind {
    fn from(kind: SearchKind) -> Self {
        match kind {
            SearchKind::Fact => Self::Fact,
            SearchKind::Message => Self::Message,
            SearchKind::Document => Self::Document,
        }
    }
}

/// A failure of the memory, for people.
pub fn told(error: StoreError) -> Failure {
    error.failure()
}

/// Text that says something.
fn some(text: &str) -> Result<&str, Failure> {
    if text.chars().any(char::is_alphanumeric) {
        return Ok(text);
    }
    let remedy = "Write it behind the command, between quotation marks.";
    Err(Failure::new(Code::BadRequest, "There are no words in that.", remedy))
}

fn list(facts: &[Fact], json: bool) -> anyhow::Result<ExitCode> {
    let out = Output::new(json);
    for fact in facts {
        out.record(fact, line);
    }
    if facts.is_empty() {
        output::note("Nothing of the kind is remembered.");
    }
    Ok(if facts.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn line(fact: &Fact) -> String {
    let day = |at: Timestamp| at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d").to_string();
    let until = fact.valid_to.map(|at| format!(" until {}", day(at))).unwrap_or_default();
    format!("{}  {}{until}  {}", fact.id, day(fact.valid_from), fact.text)
}

/// Shows what would go, and removes it when the person says so.
fn forget(memory: &Recall, words: &str, yes: bool, json: bool) -> anyhow::Result<ExitCode> {
    let store = memory.store();
    let would = store.would_forget(words).map_err(told)?;
    if would.is_empty() {
        output::note("There is nothing with these words in it.");
        return Ok(ExitCode::FAILURE);
    }
    if !yes {
        output::note(described(&would, "would be forgotten for good"));
        if !agreed()? {
            output::note("Nothing was forgotten.");
            return Ok(ExitCode::FAILURE);
        }
    }
    let gone = store.forget(words).map_err(told)?;
    settle(memory);
    Output::new(json).record(&gone, |gone| described(gone, "forgotten"));
    Ok(ExitCode::SUCCESS)
}

fn described(what: &Forgotten, done: &str) -> String {
    let facts = what.facts.iter().map(|fact| format!("  {}\n", fact.text));
    let messages = what.messages.iter().map(|message| {
        let beginning: String = message.content.chars().take(100).collect();
        format!("  said: {}\n", beginning.replace('\n', " "))
    });
    let passages = what.passages.iter().map(|passage| {
        let page = passage.page.map(|page| format!(", page {page}")).unwrap_or_default();
        format!("  read in {}{page}\n", passage.name)
    });
    let titles = what.titles.iter().map(|title| format!("  the title \u{201c}{title}\u{201d}\n"));
    let all: String = facts.chain(messages).chain(passages).chain(titles).collect();
    let (facts, messages, passages) = (what.facts.len(), what.messages.len(), what.passages.len());
    format!("{all}{facts} facts, {messages} messages and {passages} passages of documents {done}.")
}

/// Asks the person. Where nobody can answer, that is said.
fn agreed() -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        let remedy = "Add --yes to forget it without being asked.";
        return Err(Failure::new(Code::BadRequest, "Nobody is there to agree to that.", remedy));
    }
    output::prompt("Forget all of it? [y/N] ");
    let mut answer = String::new();
    // What cannot be read is no yes.
    let _ = std::io::stdin().read_line(&mut answer);
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
