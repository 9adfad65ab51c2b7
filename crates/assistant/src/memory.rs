//! The memory of this person's Jarvis: the database, and what finds in it by meaning.

use std::sync::Arc;

use jarvis_core::Failure;
use jarvis_core::paths::Paths;
use jarvis_memory::{EmbedderFiles, EmbeddingModel, Index, Recall, Store};
use jarvis_models::ModelCatalog;

/// What vectors are made with.
const EMBEDDING_MODEL: &str = "all-minilm-l6-v2";

/// Opens the memory. Where the embedding model is missing, things are found by their words until it is fetched.
pub fn open(paths: &Paths, catalog: &Arc<ModelCatalog>) -> Result<Recall, Failure> {
    let store = Arc::new(Store::open(&paths.database()).map_err(|e| e.failure())?);
    let catalog = Arc::clone(catalog);
    let files = move || {
        let file = |name| catalog.path(EMBEDDING_MODEL, name).map_err(|e| e.failure());
        Ok(EmbedderFiles {
            weights: file("model.safetensors")?,
            tokenizer: file("tokenizer.json")?,
            config: file("config.json")?,
        })
    };
    let model = EmbeddingModel { id: EMBEDDING_MODEL.into(), files: Box::new(files) };
    let index = Index::start(Arc::clone(&store), paths.vectors(), model);
    Ok(Recall::new(store, Some(index)))
}
