//! Fetching models: one, the best of a stage that can be had, or all that this machine should have.

use std::fs;

use tokio_util::sync::CancellationToken;

use super::{Glance, ModelCatalog, ModelState, Verdict};
use crate::disk;
use crate::error::CatalogError;
use crate::fetch::{self, Failed, Job, OnProgress, Phase};
use crate::hardware::{Hardware, recommend};
use crate::manifest::{Model, ModelFile, Stage};
use crate::record::Record;

impl ModelCatalog {
    /// Fetches the files of `id` that are missing or have the wrong size. What is there is not read; see
    /// [`Self::repair`]. A stopped download goes on where it stopped.
    pub async fn pull(
        &self,
        id: &str,
        progress: &OnProgress,
        cancel: &CancellationToken,
    ) -> Result<(), CatalogError> {
        let model = self.known(id)?;
        if self.installed(id) {
            return Ok(());
        }
        self.fetch(model, &[], progress, cancel).await
    }

    /// Reads every byte of `id` and fetches anew what is missing or damaged. Gives the names of the files fetched.
    pub async fn repair(
        &self,
        id: &str,
        progress: &OnProgress,
        cancel: &CancellationToken,
    ) -> Result<Vec<String>, CatalogError> {
        let checks = self.verify(id, cancel).await?;
        let bad: Vec<_> = checks
            .into_iter()
            .filter(|check| matches!(check.verdict, Verdict::Damaged | Verdict::Missing))
            .map(|check| check.file)
            .collect();
        self.fetch(self.known(id)?, &bad, progress, cancel).await?;
        Ok(bad)
    }

    /// Makes sure that `stage` has a model that suits `hardware`: what is installed is enough, else the best that
    /// can be had. Gives its id.
    pub async fn pull_stage(
        &self,
        stage: Stage,
        hardware: &Hardware,
        progress: &OnProgress,
        cancel: &CancellationToken,
    ) -> Result<String, CatalogError> {
        let ids = recommend(&self.manifest, hardware).remove(&stage).unwrap_or_default();
        if let Some(id) = self.first_installed(&ids) {
            return Ok(id.to_owned());
        }
        let mut failures = Vec::new();
        for id in ids {
            match self.pull(&id, progress, cancel).await {
                Ok(()) => return Ok(id),
                Err(error) if error.gives_way() => {
                    tracing::warn!(model = id, %error, "a model could not be fetched and gives way to the next");
                    failures.push(error);
                }
                Err(error) => return Err(error),
            }
        }
        // The last one is the easiest to have, so its failure says most about what is wrong.
        Err(failures.pop().unwrap_or_else(|| CatalogError::UnknownModel { id: stage.to_string() }))
    }

    /// [`Self::pull_stage`] for every stage that needs a model, one after the other; a stage that fails does not stop the others,
    /// but a full disk and a cancellation do.
    pub async fn pull_recommended(
        &self,
        hardware: &Hardware,
        progress: &OnProgress,
        cancel: &CancellationToken,
    ) -> Vec<(Stage, Result<String, CatalogError>)> {
        let mut results = Vec::new();
        for stage in recommend(&self.manifest, hardware).into_keys() {
            let result = self.pull_stage(stage, hardware, progress, cancel).await;
            let stop = matches!(result, Err(CatalogError::DiskFull { .. } | CatalogError::Cancelled));
            results.push((stage, result));
            if stop {
                break;
            }
        }
        results
    }

    /// Fetches what a look at the sizes finds wanting, and the files named in `bad`.
    async fn fetch(
        &self,
        model: &Model,
        bad: &[String],
        progress: &OnProgress,
        cancel: &CancellationToken,
    ) -> Result<(), CatalogError> {
        if bad.is_empty() && self.state(model) == ModelState::Installed {
            return Ok(());
        }
        let folder = self.folder(&model.id);
        let waiting = || Job::tell(progress, &model.id, "", "", Phase::Waiting, 0, None);
        let _lock = self.lock(&model.id, cancel, waiting).await?;
        fs::create_dir_all(&folder).map_err(|e| CatalogError::io(&folder, e))?;
        // Read only now: another process may have fetched the model while this one waited for the lock.
        let mut record = Record::load(&folder);
        for file in &model.files {
            if !bad.contains(&file.name) && self.glance(model, file, &record) == Glance::Whole {
                continue;
            }
            let entry = self.fetch_file(model, file, progress, cancel).await?;
            record.0.insert(file.name.clone(), entry);
            record.save(&folder).map_err(|e| CatalogError::io(&folder, e))?;
        }
        Ok(())
    }

    /// Tries the sources of one file in order.
    async fn fetch_file(
        &self,
        model: &Model,
        file: &ModelFile,
        progress: &OnProgress,
        cancel: &CancellationToken,
    ) -> Result<crate::record::Entry, CatalogError> {
        let folder = self.folder(&model.id);
        let (mut tried, mut wrong_bytes, mut no_tool) = (Vec::new(), false, None);
        for (index, source) in file.sources.iter().enumerate() {
            let job = Job {
                id: &model.id,
                file,
                source,
                label: source.label(),
                folder: &folder,
                index,
                web: &self.web,
                dead_hosts: &self.dead_hosts,
                progress,
                cancel,
            };
            let reason = match fetch::obtain(&job).await {
                Ok(entry) => {
                    for index in 0..file.sources.len() {
                        for leftover in fetch::leftovers(&folder, file, index) {
                            disk::remove(&leftover).map_err(|e| CatalogError::io(&leftover, e))?;
                        }
                    }
                    return Ok(entry);
                }
                Err(Failed::Stop(error)) => return Err(error),
                Err(Failed::Unreachable(reason)) => reason,
                Err(Failed::WrongBytes(reason)) => {
                    wrong_bytes = true;
                    reason
                }
                Err(Failed::NoTool(tool)) => {
                    let reason = format!("needs {tool}, which is not installed");
                    no_tool = Some(tool);
                    reason
                }
            };
            tracing::info!(source = job.label, reason, "a source failed");
            tried.push((job.label, reason));
        }
        let id = model.id.clone();
        // The kind that says most about what to do: a source that lies, then a tool to install, then the network.
        Err(match no_tool {
            _ if wrong_bytes => CatalogError::Checksum { id, file: file.name.clone(), tried },
            Some(tool) => CatalogError::ToolMissing { tool, id, tried },
            None => CatalogError::Unreachable { id, tried },
        })
    }
}
