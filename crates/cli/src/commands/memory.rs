//! `jarvis memory`.

use std::io::IsTerminal;
use std::process::ExitCode;

use jarvis_assistant::paths;
use jarvis_core::{Code, Failure};
use jarvis_memory::{Fact, Forgotten, Store, StoreError};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::args::MemoryCommand;
use crate::output::{self, Output};

pub fn run(command: MemoryCommand) -> anyhow::Result<ExitCode> {
    let store = Store::open(&paths().database()).map_err(told)?;
    let now = Timestamp::now();
    match command {
        MemoryCommand::Remember { text, json } => {
            let fact = store.remember(some(&text)?, None, now).map_err(told)?;
            Output::new(json).record(&fact, line);
        }
        MemoryCommand::Show { past, json } => return list(&store.facts(None, past).map_err(told)?, json),
        MemoryCommand::Search { query, past, json } => {
            return list(&store.facts(Some(some(&query)?), past).map_err(told)?, json);
        }
        MemoryCommand::Supersede { id, text } => {
            let fact = store.supersede(id, some(&text)?, None, now).map_err(told)?;
            Output::new(false).record(&fact, line);
        }
        MemoryCommand::Edit { id, text } => {
            let fact = store.reword(id, some(&text)?).map_err(told)?;
            Output::new(false).record(&fact, line);
        }
        MemoryCommand::Forget { query, yes, json } => return forget(&store, some(&query)?, yes, json),
    }
    Ok(ExitCode::SUCCESS)
}

fn told(error: StoreError) -> Failure {
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
fn forget(store: &Store, words: &str, yes: bool, json: bool) -> anyhow::Result<ExitCode> {
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
    Output::new(json).record(&gone, |gone| described(gone, "forgotten"));
    Ok(ExitCode::SUCCESS)
}

fn described(what: &Forgotten, done: &str) -> String {
    let facts = what.facts.iter().map(|fact| format!("  {}\n", fact.text));
    let messages = what.messages.iter().map(|message| {
        let beginning: String = message.content.chars().take(100).collect();
        format!("  said: {}\n", beginning.replace('\n', " "))
    });
    let all: String = facts.chain(messages).collect();
    format!("{all}{} facts and {} messages {done}.", what.facts.len(), what.messages.len())
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
