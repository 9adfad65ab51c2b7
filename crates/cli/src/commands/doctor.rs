//! `jarvis doctor`.

use std::process::ExitCode;

use jarvis_assistant::examine_anew;

use crate::output::Output;

pub async fn run(out: Output) -> anyhow::Result<ExitCode> {
    let checks = examine_anew().await;
    for check in &checks {
        out.record(check, |check| {
            let found = check.found.as_deref().unwrap_or_default();
            match &check.failure {
                None => format!("ok       {}: {found}", check.what),
                Some(failure) => {
                    format!("MISSING  {}: {}\n         {}", check.what, failure.message, failure.remedy)
                }
            }
        });
    }
    Ok(if checks.iter().all(|c| c.ok) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
