//! `jarvis doctor`.

use std::process::ExitCode;

use jarvis_assistant::examine;

use crate::output::Output;

pub async fn run(out: Output) -> anyhow::Result<ExitCode> {
    let checks = examine().await;
    for check in &checks {
        out.record(check, |check| {
            let mark = if check.ok { "ok     " } else { "MISSING" };
            let remedy = check.remedy.as_deref().map(|r| format!("\n         {r}")).unwrap_or_default();
            format!("{mark}  {}: {}{remedy}", check.what, check.found)
        });
    }
    Ok(if checks.iter().all(|c| c.ok) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
