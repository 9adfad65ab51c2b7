//! The model files of one person: where they lie, whether they are whole, fetching and removing them.
//!
//! Layout: `<dir>/<model id>/<file>`, beside `record.json` and, while a download is under way, its partial
//! files; locks in `<dir>/.locks`. A file under its own name is always complete and checked: it got there by
//! a rename. Everything here may be called by several processes at once.

mod pull;

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::disk;
use crate::error::CatalogError;
use crate::fetch::{self, Web};
use crate::manifest::{Expected, Manifest, Model, ModelFile, Stage};
use crate::record::{Entry, Record};
use crate::sum::{self, Measured};

/// The installed models and the way to more.
#[derive(Debug)]
pub struct ModelCatalog {
    dir: PathBuf,
    /// Models that came with the program, laid out in the same way. Never written to.
    shipped: Option<PathBuf>,
    manifest: Manifest,
    web: Web,
    /// Hosts that did not answer, and when; not tried again for a while.
    dead_hosts: Mutex<HashMap<String, Instant>>,
}

/// How much of a model is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ModelState {
    /// Every file, with its size.
    Installed,
    /// A file has the wrong size.
    Damaged,
    /// Some files, or a download that was stopped.
    Partial,
    /// Nothing.
    Missing,
}

/// One line of `jarvis models list`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelStatus {
    /// Id.
    pub id: String,
    /// What it is for.
    pub stage: Stage,
    /// Name for a person.
    pub name: String,
    /// Language tags.
    pub languages: Vec<String>,
    /// Licence.
    pub licence: String,
    /// What to know before using it.
    pub note: Option<String>,
    /// Bytes on disk if installed, else about how many it will be.
    pub size_bytes: u64,
    /// How much of it is there.
    pub state: ModelState,
    /// Bytes there: those of its files, and of downloads that were stopped.
    pub done_bytes: u64,
}

/// What a full check found out about one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileCheck {
    /// File name.
    pub file: String,
    /// Finding.
    pub verdict: Verdict,
}

/// Finding of a full check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Verdict {
    /// The bytes are those that they should be.
    Intact,
    /// They are not.
    Damaged,
    /// There is no such file.
    Missing,
    /// It was put there by hand and no sum is known to hold it against.
    Unknown,
}

/// What a look at the sizes says.
#[derive(PartialEq, Eq)]
enum Glance {
    Whole,
    WrongSize,
    Missing,
}

impl ModelCatalog {
    /// The catalogue of the embedded manifest over `dir`, which is made when something is put there.
    pub fn open(dir: PathBuf) -> Result<Self, CatalogError> {
        Self::with_manifest(dir, Manifest::embedded())
    }

    /// The catalogue of another manifest.
    pub fn with_manifest(dir: PathBuf, manifest: Manifest) -> Result<Self, CatalogError> {
        let web = Web::new().map_err(|error| CatalogError::io(&dir, std::io::Error::other(error)))?;
        Ok(Self { dir, shipped: None, manifest, web, dead_hosts: Mutex::default() })
    }

    /// The same, with models that came with the program in `shipped`: each is used until the person has one of their own.
    pub fn with_shipped(self, shipped: PathBuf) -> Self {
        Self { shipped: Some(shipped), ..self }
    }

    /// What can be had.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Where it is kept.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Every model with its state. Looks at sizes only.
    pub fn list(&self) -> Vec<ModelStatus> {
        self.manifest.models.iter().map(|model| self.status(model)).collect()
    }

    /// Bytes that may still be written where the models are kept.
    pub fn free_bytes(&self) -> Result<u64, CatalogError> {
        disk::free_bytes(&self.dir).map_err(|e| CatalogError::io(&self.dir, e))
    }

    /// For each file of `id` the bytes that are there, stopped downloads included.
    pub fn bytes_there(&self, id: &str) -> Vec<(&str, u64)> {
        let Some(model) = self.manifest.model(id) else { return Vec::new() };
        let folder = self.folder(id);
        let bytes = |file: &ModelFile| {
            let parts = (0..file.sources.len()).map(|source| fetch::part_path(&folder, file, source));
            let begun = parts.filter_map(|part| disk::size(&part).ok()).max();
            disk::size(&folder.join(&file.name)).ok().or(begun).unwrap_or(0)
        };
        model.files.iter().map(|file| (file.name.as_str(), bytes(file))).collect()
    }

    /// Whether every file of `id` is there with its size. Reads no content, so it is cheap at start-up.
    pub fn installed(&self, id: &str) -> bool {
        self.manifest.model(id).is_some_and(|model| self.state(model) == ModelState::Installed)
    }

    /// The first of `ids` that is installed.
    pub fn first_installed<'a, S: AsRef<str>>(&self, ids: &'a [S]) -> Option<&'a str> {
        ids.iter().map(AsRef::as_ref).find(|id| self.installed(id))
    }

    /// Where `file` of `id` lies, if it is there with its size.
    pub fn path(&self, id: &str, file: &str) -> Result<PathBuf, CatalogError> {
        let model = self.known(id)?;
        let file = model
            .files
            .iter()
            .find(|f| f.name == file)
            .ok_or_else(|| CatalogError::UnknownFile { id: id.to_owned(), file: file.to_owned() })?;
        match self.glance(model, file, &Record::load(&self.place(id))) {
            Glance::Whole => Ok(self.place(id).join(&file.name)),
            Glance::WrongSize => {
                Err(CatalogError::ModelDamaged { id: id.to_owned(), file: file.name.clone() })
            }
            Glance::Missing => Err(CatalogError::ModelMissing { id: id.to_owned() }),
        }
    }

    /// Reads every byte of the files of `id` and holds them against their sums.
    pub async fn verify(&self, id: &str, cancel: &CancellationToken) -> Result<Vec<FileCheck>, CatalogError> {
        let model = self.known(id)?;
        let folder = self.place(id);
        let record = Record::load(&folder);
        let mut checks = Vec::new();
        for file in &model.files {
            let path = folder.join(&file.name);
            let verdict = if path.exists() {
                let measured = measure(&path, cancel).await?;
                verdict(file, record.0.get(&file.name), &measured)
            } else {
                Verdict::Missing
            };
            checks.push(FileCheck { file: file.name.clone(), verdict });
        }
        Ok(checks)
    }

    /// Deletes `id` with everything of it. True if there was something.
    pub async fn remove(&self, id: &str, cancel: &CancellationToken) -> Result<bool, CatalogError> {
        self.known(id)?;
        let folder = self.folder(id);
        if !folder.exists() {
            return Ok(false);
        }
        let _lock = self.lock(id, cancel, || {}).await?;
        disk::remove(&folder).map_err(|e| CatalogError::io(&folder, e))?;
        Ok(true)
    }

    fn known(&self, id: &str) -> Result<&Model, CatalogError> {
        self.manifest.model(id).ok_or_else(|| CatalogError::UnknownModel { id: id.to_owned() })
    }

    /// Where the person's own files of `id` are.
    fn folder(&self, id: &str) -> PathBuf {
        self.dir.join(id)
    }

    /// Where the files of `id` are that are used.
    fn place(&self, id: &str) -> PathBuf {
        let own = self.folder(id);
        let shipped = self.shipped.as_ref().map(|shipped| shipped.join(id));
        shipped.filter(|shipped| !own.exists() && shipped.exists()).unwrap_or(own)
    }

    fn glance(&self, model: &Model, file: &ModelFile, record: &Record) -> Glance {
        let Ok(size) = disk::size(&self.place(&model.id).join(&file.name)) else { return Glance::Missing };
        let known: Vec<u64> = match record.0.get(&file.name) {
            Some(entry) => vec![entry.size],
            None => file.sources.iter().filter_map(|source| source.size(file)).collect(),
        };
        // A file put there by hand, of which no size is known, is taken as it is unless it is empty.
        let whole = if known.is_empty() { size > 0 } else { known.contains(&size) };
        if whole { Glance::Whole } else { Glance::WrongSize }
    }

    fn state(&self, model: &Model) -> ModelState {
        let folder = self.place(&model.id);
        let record = Record::load(&folder);
        let glances: Vec<_> = model.files.iter().map(|file| self.glance(model, file, &record)).collect();
        let begun = || {
            let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
            entries
                .into_iter()
                .any(|entry| entry.path().extension().is_some_and(|extension| extension == "part"))
        };
        if glances.iter().all(|glance| *glance == Glance::Whole) {
            ModelState::Installed
        } else if glances.contains(&Glance::WrongSize) {
            ModelState::Damaged
        } else if glances.contains(&Glance::Whole) || begun() {
            ModelState::Partial
        } else {
            ModelState::Missing
        }
    }

    fn status(&self, model: &Model) -> ModelStatus {
        let folder = self.place(&model.id);
        let state = self.state(model);
        let size = |file: &ModelFile| match state {
            ModelState::Installed => disk::size(&folder.join(&file.name)).unwrap_or(0),
            _ => file.about_bytes(),
        };
        ModelStatus {
            id: model.id.clone(),
            stage: model.stage,
            name: model.name.clone(),
            languages: model.languages.clone(),
            licence: model.licence.clone(),
            note: model.note.clone(),
            size_bytes: model.files.iter().map(size).sum(),
            state,
            done_bytes: self.bytes_there(&model.id).iter().map(|(_, bytes)| bytes).sum(),
        }
    }

    /// Waits for the right to change the files of `id`. Held by the returned handle; the operating system
    /// gives it back if the process dies. Calls `waiting` once if another process holds it.
    async fn lock(
        &self,
        id: &str,
        cancel: &CancellationToken,
        waiting: impl Fn(),
    ) -> Result<File, CatalogError> {
        let locks = self.dir.join(".locks");
        fs::create_dir_all(&locks).map_err(|e| CatalogError::io(&locks, e))?;
        // The lock files stay: deleting one that another process waits on would let two in at once.
        let path = locks.join(id);
        let file =
            File::options().create(true).append(true).open(&path).map_err(|e| CatalogError::io(&path, e))?;
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(fs::TryLockError::Error(error)) => return Err(CatalogError::io(&path, error)),
                Err(fs::TryLockError::WouldBlock) => {
                    if !std::mem::replace(&mut told, true) {
                        waiting();
                    }
                    // A blocking wait could not be cancelled and would hold up the end of the program.
                    tokio::select! {
                        () = cancel.cancelled() => return Err(CatalogError::Cancelled),
                        () = tokio::time::sleep(Duration::from_millis(200)) => {}
                    }
                }
            }
        }
    }
}

/// Reads all of a file off the async threads.
pub(crate) async fn measure(path: &Path, cancel: &CancellationToken) -> Result<Measured, CatalogError> {
    let (owned, token) = (path.to_owned(), cancel.clone());
    let result = tokio::task::spawn_blocking(move || sum::measure(&owned, &token)).await;
    match result.expect("measuring does not panic") {
        Ok(measured) => Ok(measured),
        Err(_) if cancel.is_cancelled() => Err(CatalogError::Cancelled),
        Err(error) => Err(CatalogError::io(path, error)),
    }
}

/// A stated sum outranks the record, so that a new manifest notices a file of the old one. The record speaks
/// for what was checked against its publisher.
fn verdict(file: &ModelFile, entry: Option<&Entry>, measured: &Measured) -> Verdict {
    let mut stated = file.sources.iter().filter_map(|source| match source.expected(file) {
        Some(Expected::Sha256(sum)) => Some(sum),
        _ => None,
    });
    let from_publisher = file.sources.iter().any(|s| s.expected(file) == Some(Expected::Publisher));
    if stated.any(|sum| sum == measured.sha256) {
        return Verdict::Intact;
    }
    match entry {
        Some(entry) if from_publisher && entry.sha256 == measured.sha256 => Verdict::Intact,
        Some(_) => Verdict::Damaged,
        None if from_publisher => Verdict::Unknown,
        None => Verdict::Damaged,
    }
}
