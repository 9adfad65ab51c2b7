//! `jarvis keys`.

use std::process::ExitCode;

use jarvis_assistant::{Keys, Setup};

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
            name.keep(&config, &output::secret("key")?)?;
            output::note(
                "It is kept in the keyring. A Jarvis that is running takes it when it is started again.",
            );
        }
        KeysCommand::Remove { name } => name.forget(&config)?,
    }
    Ok(ExitCode::SUCCESS)
}
