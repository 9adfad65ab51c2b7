//! Documents: read by an engine of their own, and kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jarvis_core::Failure;
use jarvis_memory::{Document, DocumentEngine, DocumentFile, Format, Store};
use jiff::Timestamp;

/// Folders are looked into so deep.
const DEPTH: usize = 16;

/// Largest document that is read, in bytes.
pub const LARGEST_DOCUMENT: usize = jarvis_engine::documents::MAX_BYTES as usize;

/// See the module.
pub struct Library {
    engine: Arc<DocumentEngine>,
}

impl Library {
    /// With the engine, which the first document starts.
    pub fn new(engine: Arc<DocumentEngine>) -> Self {
        Self { engine }
    }

    /// Reads a document and keeps what it says, in the place of what was read from the same file before. The same document
    /// is not read twice. `progress` is told how many of how many pages are done; dropping the future cancels.
    pub async fn add(
        &self,
        store: &Arc<Store>,
        file: DocumentFile,
        progress: impl FnMut(u32, u32),
    ) -> Result<Document, Failure> {
        let (hash, known) = (file.hash(), Arc::clone(store));
        let known = blocking(move || known.document_by_hash(&hash).map_err(|e| e.failure())).await?;
        if let Some(known) = known {
            return Ok(known);
        }
        let reading = file.read(&self.engine, progress).await.map_err(|e| e.failure())?;
        // What one document left behind in memory is no matter of the next one's.
        self.engine.stop();
        let store = Arc::clone(store);
        let keep = move || store.keep_document(&reading.document, &reading.chunks, Timestamp::now());
        blocking(move || keep().map_err(|e| e.failure())).await
    }

    /// Opens the file at `path`.
    pub async fn open(path: &Path) -> Result<DocumentFile, Failure> {
        let path = path.to_path_buf();
        blocking(move || DocumentFile::open(&path).map_err(|e| e.failure())).await
    }

    /// The files in and below `folder` that can be read as documents, in the order of their names. Hidden ones are left out.
    pub fn files_in(folder: &Path) -> Vec<PathBuf> {
        let (mut files, mut folders) = (Vec::new(), vec![(folder.to_path_buf(), 0)]);
        while let Some((folder, depth)) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
                // A link may lead round in a circle, or anywhere.
                let Ok(kind) = entry.file_type() else { continue };
                if name.starts_with('.') {
                    continue;
                }
                if kind.is_dir() && depth < DEPTH {
                    folders.push((path, depth + 1));
                } else if kind.is_file() && Format::of(&name).is_some() {
                    files.push(path);
                }
            }
        }
        files.sort();
        files
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.expect("reading and keeping do not panic")
}
