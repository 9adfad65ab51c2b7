//! `jarvis backup` and `jarvis restore`.

use std::path::Path;
use std::process::ExitCode;

use jarvis_assistant::{backup, encryption, paths};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::output::{self, Output};

pub fn back_up(to: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let made = backup::back_up(&paths(), to, Timestamp::now())?;
    Output::new(json).record(&made, |made| {
        let bytes: u64 = made.files.values().map(|sum| sum.size_bytes).sum();
        format!("{}: {:.1} MB of memory and settings, checked", to.display(), bytes as f64 / 1e6)
    });
    Ok(ExitCode::SUCCESS)
}

pub fn restore(from: &Path) -> anyhow::Result<ExitCode> {
    let encrypted = encryption::is_on(&paths())?;
    let (restored, kept) = backup::restore(&paths(), from, Timestamp::now())?;
    let made = restored.made_at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M");
    output::note(format!("All is as it was on {made}."));
    if let Some(kept) = kept {
        output::note(format!(
            "What was there before is kept as {}, until you let something be forgotten.",
            kept.display()
        ));
    }
    if encrypted && !encryption::is_on(&paths())? {
        output::note(
            "The backup was not encrypted, so the memory is not any more. `jarvis encryption on` encrypts it.",
        );
    }
    Ok(ExitCode::SUCCESS)
}
