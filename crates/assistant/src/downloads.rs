//! Model downloads in the background: begun, watched over the bus, stopped, and begun again where they stopped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jarvis_core::{Code, DownloadState, EventKind, Failure};
use jarvis_models::{FileCheck, ModelCatalog, ModelFile, ModelStatus, OnProgress, Progress, Verdict};
use tokio_util::sync::CancellationToken;

use crate::bus::EventBus;

/// Progress is told at most this often: a person sees no more.
const TELL_EVERY: Duration = Duration::from_millis(200);

/// A download under way.
struct Download {
    cancel: CancellationToken,
    /// Bytes of each file so far, those from before included.
    files: HashMap<String, u64>,
    told: Option<Instant>,
}

/// The downloads under way.
#[derive(Clone)]
pub struct Downloads {
    catalog: Arc<ModelCatalog>,
    bus: EventBus,
    running: Arc<Mutex<HashMap<String, Download>>>,
}

impl Downloads {
    /// None yet.
    pub fn new(catalog: Arc<ModelCatalog>, bus: EventBus) -> Self {
        Self { catalog, bus, running: Arc::default() }
    }

    /// Every model, and for one that is being fetched, the bytes that are there.
    pub fn list(&self) -> Vec<(ModelStatus, Option<u64>)> {
        let running = self.running();
        let done = |id: &str| running.get(id).map(|d| d.files.values().sum());
        self.catalog.list().into_iter().map(|model| (done(&model.id), model)).map(|(d, m)| (m, d)).collect()
    }

    /// Begins to fetch `id`, unless that is under way. What is there and damaged is fetched anew.
    pub fn begin(&self, id: &str) {
        let cancel = CancellationToken::new();
        let there = self.catalog.bytes_there(id).into_iter().map(|(file, bytes)| (file.to_string(), bytes));
        {
            let mut running = self.running();
            if running.contains_key(id) {
                return;
            }
            let download = Download { cancel: cancel.clone(), files: there.collect(), told: None };
            running.insert(id.to_string(), download);
        }
        let (downloads, id) = (self.clone(), id.to_string());
        tokio::spawn(async move {
            let on: OnProgress = Arc::new({
                let downloads = downloads.clone();
                move |progress| downloads.progress(progress)
            });
            let result = downloads.catalog.repair(&id, &on, &cancel).await;
            let done = downloads.running().remove(&id).map_or(0, |d| d.files.values().sum());
            let state = match &result {
                Ok(_) => DownloadState::Installed,
                Err(_) if cancel.is_cancelled() => DownloadState::Cancelled,
                Err(_) => DownloadState::Failed,
            };
            if let Err(error) = result
                && state == DownloadState::Failed
            {
                downloads.bus.fail(None, error.failure());
            }
            downloads.tell(&id, done, state);
        });
    }

    /// Stops fetching `id`; what is there is kept. Whether it was being fetched.
    pub fn stop(&self, id: &str) -> bool {
        self.running().get(id).inspect(|d| d.cancel.cancel()).is_some()
    }

    /// Stops everything.
    pub fn stop_all(&self) {
        self.running().values().for_each(|d| d.cancel.cancel());
    }

    /// Reads every byte of `id`, and says what is wrong with it.
    pub async fn verify(&self, id: &str) -> Result<(), Failure> {
        let checks = self.catalog.verify(id, &CancellationToken::new()).await.map_err(|e| e.failure())?;
        let bad = |check: &&FileCheck| matches!(check.verdict, Verdict::Damaged | Verdict::Missing);
        let bad: Vec<_> = checks.iter().filter(bad).map(|check| check.file.as_str()).collect();
        if bad.is_empty() {
            return Ok(());
        }
        let message = format!("{id} is damaged: {}.", bad.join(", "));
        Err(Failure::new(Code::ModelDamaged, message, "Fetch it again; what is right of it is kept."))
    }

    /// Removes `id`, or what is there of it; a download ends first. Whether there was something.
    pub async fn remove(&self, id: &str) -> Result<bool, Failure> {
        self.stop(id);
        self.catalog.remove(id, &CancellationToken::new()).await.map_err(|e| e.failure())
    }

    fn progress(&self, progress: &Progress) {
        let done = {
            let mut running = self.running();
            let Some(download) = running.get_mut(&progress.id) else { return };
            if !progress.file.is_empty() {
                download.files.insert(progress.file.clone(), progress.done_bytes);
            }
            if download.told.is_some_and(|told| told.elapsed() < TELL_EVERY) {
                return;
            }
            download.told = Some(Instant::now());
            download.files.values().sum()
        };
        self.tell(&progress.id, done, DownloadState::Fetching);
    }

    fn tell(&self, id: &str, done_bytes: u64, state: DownloadState) {
        let total_bytes =
            self.catalog.manifest().model(id).map_or(0, |m| m.files.iter().map(ModelFile::about_bytes).sum());
        self.bus.publish(None, EventKind::ModelProgress { model: id.into(), done_bytes, total_bytes, state });
    }

    fn running(&self) -> MutexGuard<'_, HashMap<String, Download>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
