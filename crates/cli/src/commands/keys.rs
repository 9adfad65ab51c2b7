//! `jarvis keys`.

use std::io::{IsTerminal, Read};
use std::process::ExitCode;

use console::Term;
use jarvis_assistant::{Keys, Setup};
use jarvis_core::{Code, Failure};

use crate::args::KeysCommand;
use crate::output::{self, Output};

pub fn run(command: KeysCommand) -> anyhow::Result<ExitCode> {
    let config = Setup::load()?.config;
    match command {
        KeysCommand::List { json } => {
            let (out, keys) = (Output::new(json), Keys::look(&config));
            for key in &keys.keys {
                out.record(key, |key| format!("{:<10} {}", key.name.to_string(), key.origin()));
            }
            if let Some(problem) = keys.keyring {
                output::note(problem.to_string());
            }
        }
        KeysCommand::Set { name } => {
            name.keep(&config, &typed()?)?;
            output::note(
                "It is kept in the keyring. A Jarvis that is running takes it when it is started again.",
            );
        }
        KeysCommand::Remove { name } => name.forget(&config)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A key from standard input; a person who types it does not see it.
fn typed() -> Result<String, Failure> {
    let mut key = String::new();
    let read = if std::io::stdin().is_terminal() {
        output::prompt("key (it is not shown): ");
        Term::stderr().read_secure_line().map(|line| key = line)
    } else {
        std::io::stdin().lock().take(1 << 16).read_to_string(&mut key).map(drop)
    };
    read.map_err(|e| {
        Failure::new(Code::BadRequest, format!("No key could be read ({e})."), "Type it, or pipe it in.")
    })?;
    Ok(key)
}
