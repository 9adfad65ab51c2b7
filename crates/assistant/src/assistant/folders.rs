//! Folders are watched while Jarvis runs: what comes and changes in them is read, what goes is forgotten.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jarvis_core::{Code, EventKind, Failure};
use jarvis_memory::Store;

use super::Assistant;
use crate::library::Library;
use crate::settings;
use crate::watched::Watched;

/// They are looked through so often.
const EVERY: Duration = Duration::from_secs(10);

impl Assistant {
    /// Until Jarvis ends.
    pub(super) async fn watch_folders(self: Arc<Self>) {
        let stopping = self.stopping();
        let mut watched = Watched::open(self.paths().watched_file());
        loop {
            // What is being read is given up when Jarvis ends, and read the next time.
            let Some(looked) = stopping.run_until_cancelled(self.look_through(watched)).await else { return };
            watched = looked;
            if stopping.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_none() {
                return;
            }
        }
    }

    async fn look_through(&self, mut watched: Watched) -> Watched {
        // `jarvis docs watch` may have changed them; what cannot be read leaves them as they were.
        let file = self.paths().config_file();
        let folders = settings::load(&file).unwrap_or_else(|_| self.config()).documents.folders;
        let look = move |store: &Store| {
            let documents = if folders.is_empty() { Vec::new() } else { store.documents()? };
            let changes = watched.look(&folders, &documents, SystemTime::now());
            Ok((watched, changes))
        };
        let (mut watched, changes) = match self.journal().with(look).await {
            Ok(looked) => looked,
            Err(failure) => {
                tracing::warn!(code = ?failure.code, "watched folders cannot be looked through");
                return Watched::open(self.paths().watched_file());
            }
        };
        changes.failures.into_iter().for_each(|failure| self.bus.fail(None, failure));
        // First what went: a file that got another name is read again under that.
        for id in changes.gone {
            if let Err(failure) = self.change_memory(move |store| store.remove_document(id)).await {
                self.bus.fail(None, failure);
            }
        }
        for path in changes.read {
            match self.read_file(&path).await {
                Ok(()) => watched.is_read(&path),
                Err(failure) => {
                    let its_own =
                        matches!(failure.code, Code::BadRequest | Code::TooLarge | Code::Unsupported);
                    if its_own {
                        watched.is_read(&path)
                    } else {
                        watched.put_off(&path)
                    }
                    self.bus.fail(None, failure);
                }
            }
        }
        watched
    }

    /// Reads the file at `path`, as documents that are handed over are read.
    async fn read_file(&self, path: &Path) -> Result<(), Failure> {
        let _turn = self.reading.lock().await;
        // It may have become a link out of the folder meanwhile.
        if path.canonicalize().ok().as_deref() != Some(path) {
            return Ok(());
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let library = Library::new(self.parts().setup.document_engine());
        let progress = |done, of| {
            self.bus.publish(None, EventKind::DocumentProgress { name: name.clone(), done, of });
        };
        let file = Library::open(path).await?;
        let read = library.add(self.journal().memory().store(), file, progress).await?;
        // What it said before it became the same as another.
        let place = path.to_string_lossy().into_owned();
        self.change_memory(move |store| {
            let before = store.documents()?.into_iter().find(|old| old.path == place && old.id != read.id);
            before.map_or(Ok(()), |old| store.remove_document(old.id))
        })
        .await
    }
}
