//! The catalogue against real servers on this machine, real packages and the real file system.
#![expect(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]

mod downloads;
mod mirrors;
mod server;

use std::path::Path;
use std::sync::{Arc, Mutex};

use jarvis_models::{CatalogError, Manifest, ModelCatalog, OnProgress, Progress};
use tokio_util::sync::CancellationToken;

/// A manifest of one model `m` with the given `[[model.file]]` tables.
fn model(id: &str, files: &str) -> String {
    format!(
        "[[model]]\nid = \"{id}\"\nstage = \"stt\"\nname = \"{id}\"\nlicence = \"MIT\"\norigin = \"here\"\nmin_ram_mb = 0\n{files}\n"
    )
}

fn catalog(dir: &Path, manifest: &str) -> ModelCatalog {
    ModelCatalog::with_manifest(dir.to_owned(), Manifest::parse(manifest).unwrap()).unwrap()
}

/// Remembers everything it is told.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Progress>>>);

impl Seen {
    fn listener(&self) -> OnProgress {
        let seen = self.0.clone();
        Arc::new(move |progress| seen.lock().unwrap().push(progress.clone()))
    }

    fn all(&self) -> Vec<Progress> {
        self.0.lock().unwrap().clone()
    }
}

async fn pull(catalog: &ModelCatalog, id: &str) -> Result<(), CatalogError> {
    catalog.pull(id, &Seen::default().listener(), &CancellationToken::new()).await
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
