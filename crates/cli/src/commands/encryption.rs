//! `jarvis encryption`.

use std::process::ExitCode;

use jarvis_assistant::{encryption, paths};

use crate::args::EncryptionCommand;
use crate::output::{self, Output};

pub fn run(command: EncryptionCommand) -> anyhow::Result<ExitCode> {
    let paths = paths();
    match command {
        EncryptionCommand::Status { json } => {
            let encrypted = encryption::is_on(&paths)?;
            Output::new(json).record(&serde_json::json!({ "encrypted": encrypted }), |_| {
                let not = if encrypted { "" } else { "not " };
                format!("{} is {not}encrypted.", paths.database().display())
            });
        }
        EncryptionCommand::On => {
            let done = encryption::encrypt(&paths)?;
            output::note(if done {
                "The memory is encrypted from now on. `jarvis encryption key` shows its key: write it down and keep it elsewhere. Without it \
                 nobody can read the memory or its backups, you neither. Backups and exports that were made before are not encrypted."
            } else {
                "The memory is encrypted already."
            });
        }
        EncryptionCommand::Off => {
            let done = encryption::decrypt(&paths)?;
            output::note(if done {
                "The memory is not encrypted any more. The key stays where it is, for backups."
            } else {
                "The memory is not encrypted."
            });
        }
        EncryptionCommand::Key => Output::new(false).line(encryption::key()?.reveal()),
        EncryptionCommand::Unlock => {
            encryption::unlock(&paths, &output::secret("key")?)?;
            output::note("The memory can be read again; the key is in the keyring.");
        }
    }
    Ok(ExitCode::SUCCESS)
}
