//! `jarvis config`.

use std::process::ExitCode;

use jarvis_assistant::{paths, settings};

use crate::args::{Config, ConfigCommand};
use crate::output::Output;

pub fn run(args: Config) -> anyhow::Result<ExitCode> {
    let file = paths().config_file();
    match args.command {
        ConfigCommand::Show { json } => {
            let config = settings::load(&file)?;
            Output::new(json).record(&config, |config| settings::annotated(config).trim_end().to_string());
        }
        ConfigCommand::Set { key, value } => {
            settings::set(&file, &key, &value)?;
            Output::new(false).line(format!("{key} is set in {}.", file.display()));
        }
        ConfigCommand::Path => Output::new(false).line(file.display().to_string()),
    }
    Ok(ExitCode::SUCCESS)
}
