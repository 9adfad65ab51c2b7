//! `jarvis models`.

use std::process::ExitCode;

use indicatif::ProgressBar;
use jarvis_assistant::{paths, settings};
use jarvis_core::{Code, Failure};
use jarvis_llm::OllamaModel;
use jarvis_models::{Hardware, ModelCatalog, ModelState, ModelStatus, Verdict};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::args::{Models, ModelsCommand};
use crate::output::{self, Output};
use crate::progress::Bars;

pub async fn run(args: Models) -> anyhow::Result<ExitCode> {
    let catalog = jarvis_assistant::catalog(&paths())?;
    let cancel = cancel_on_ctrl_c();
    match args.command {
        ModelsCommand::List { json } => {
            list(&catalog, Output::new(json));
            Ok(ExitCode::SUCCESS)
        }
        ModelsCommand::Pull { ids } if ids.is_empty() => pull_recommended(&catalog, &cancel).await,
        ModelsCommand::Pull { ids } => pull(&catalog, &ids, &cancel).await,
        ModelsCommand::Verify { ids, repair, json } => {
            verify(&catalog, ids, repair, Output::new(json), &cancel).await
        }
        ModelsCommand::Remove { ids } => {
            let out = Output::new(false);
            for id in ids {
                let there = catalog.remove(&id, &cancel).await.map_err(|e| e.failure())?;
                out.line(format!("{id} {}", if there { "is removed." } else { "was not here." }));
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn list(catalog: &ModelCatalog, out: Output) {
    out.line(format!("{:<30} {:<14} {:>9}  {:<10} licence", "id", "stage", "size", "state"));
    for status in catalog.list() {
        out.record(&status, |s: &ModelStatus| {
            let state = match s.state {
                ModelState::Installed => "installed",
                ModelState::Damaged => "damaged",
                ModelState::Partial => "partial",
                ModelState::Missing => "-",
            };
            let size = indicatif::HumanBytes(s.size_bytes).to_string();
            let note = s.note.as_deref().map(|n| format!("\n    {n}")).unwrap_or_default();
            format!("{:<30} {:<14} {size:>9}  {state:<10} {}{note}", s.id, s.stage.to_string(), s.licence)
        });
    }
    out.line(format!("\nThey are kept in {}.", catalog.dir().display()));
}

async fn pull_recommended(catalog: &ModelCatalog, cancel: &CancellationToken) -> anyhow::Result<ExitCode> {
    let bars = Bars::default();
    let results = catalog.pull_recommended(&Hardware::detect(), &bars.callback(), cancel).await;
    bars.finish();
    let mut code = ExitCode::SUCCESS;
    for (stage, result) in results {
        match result {
            Ok(id) => output::note(format!("{stage}: {id}")),
            Err(e) => {
                output::note(format!("{stage}: {}", e.failure()));
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

async fn pull(
    catalog: &ModelCatalog,
    ids: &[String],
    cancel: &CancellationToken,
) -> anyhow::Result<ExitCode> {
    for id in ids {
        if let Some(model) = id.strip_prefix("ollama:") {
            pull_from_ollama(model, cancel).await?;
            continue;
        }
        let bars = Bars::default();
        // Asked for by name, it is looked at whole: what is damaged is fetched again, what is right is kept.
        let result = catalog.repair(id, &bars.callback(), cancel).await;
        bars.finish();
        result.map_err(|e| e.failure())?;
        output::note(format!("{id} is here."));
    }
    Ok(ExitCode::SUCCESS)
}

async fn verify(
    catalog: &ModelCatalog,
    ids: Vec<String>,
    repair: bool,
    out: Output,
    cancel: &CancellationToken,
) -> anyhow::Result<ExitCode> {
    let ids = if ids.is_empty() {
        catalog.list().into_iter().filter(|s| s.state != ModelState::Missing).map(|s| s.id).collect()
    } else {
        ids
    };
    let mut damaged = Vec::new();
    for id in &ids {
        for check in catalog.verify(id, cancel).await.map_err(|e| e.failure())? {
            out.record(&json!({"id": id, "file": check.file, "verdict": check.verdict}), |_| {
                let verdict = match check.verdict {
                    Verdict::Intact => "intact",
                    Verdict::Damaged => "DAMAGED",
                    Verdict::Missing => "MISSING",
                    Verdict::Unknown => "put there by hand; nothing to compare it with",
                };
                format!("{id}/{}: {verdict}", check.file)
            });
            if matches!(check.verdict, Verdict::Damaged | Verdict::Missing) && !damaged.contains(id) {
                damaged.push(id.clone());
            }
        }
    }
    if damaged.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    if !repair {
        let message = format!("Damaged or incomplete: {}.", damaged.join(", "));
        let remedy = "Mend it with `jarvis models verify --repair`.";
        return Err(Failure::new(Code::ModelDamaged, message, remedy).into());
    }
    for id in damaged {
        let bars = Bars::default();
        let files = catalog.repair(&id, &bars.callback(), cancel).await;
        bars.finish();
        output::note(format!("{id}: fetched {} again.", files.map_err(|e| e.failure())?.join(", ")));
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes the person's Ollama server fetch one of its own models.
async fn pull_from_ollama(model: &str, cancel: &CancellationToken) -> anyhow::Result<()> {
    let llm = settings::load(&paths().config_file())?.llm;
    let server = OllamaModel::new(&llm.ollama.url, model, llm.context_length, llm.timeout());
    let bar = ProgressBar::new(0);
    let pulling = server.pull(|progress| {
        bar.set_message(progress.status);
        bar.set_length(progress.total);
        bar.set_position(progress.done);
    });
    tokio::select! {
        result = pulling => result.map_err(|e| e.failure())?,
        () = cancel.cancelled() => anyhow::bail!("Stopped. Ollama keeps what it has; the next pull goes on from it."),
    }
    output::note(format!("Ollama has {model}."));
    Ok(())
}

/// Ctrl-C stops a download in good order: what is there is kept, and the next pull goes on from it.
pub(super) fn cancel_on_ctrl_c() -> CancellationToken {
    let cancel = CancellationToken::new();
    let token = cancel.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            token.cancel();
        }
    });
    cancel
}
