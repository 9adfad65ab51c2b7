//! The memory of this person's Jarvis: the database, and what finds in it by meaning.

use std::sync::Arc;

use jarvis_core::paths::Paths;
use jarvis_core::{Code, Failure};
use jarvis_memory::{DatabaseFile, EmbedderFiles, EmbeddingModel, Index, Recall, Store, StoreError, backup};
use jarvis_models::ModelCatalog;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::encryption;

/// What vectors are made with.
const EMBEDDING_MODEL: &str = "all-minilm-l6-v2";

/// Opens the memory, and tells when it was damaged and is now as it was earlier. Where the embedding model is missing, things are
/// found by their words until it is fetched.
pub fn open(paths: &Paths, catalog: &Arc<ModelCatalog>) -> Result<(Recall, Option<Failure>), Failure> {
    let file = encryption::database(&paths.database())?;
    let (store, recovered) = open_or_recover(&file).map_err(|error| encryption::failure(&error))?;
    let store = Arc::new(store);
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
    Ok((Recall::new(store, Some(index)), recovered))
}

fn open_or_recover(file: &DatabaseFile) -> Result<(Store, Option<Failure>), StoreError> {
    let damaged = match Store::open(file.clone()) {
        Err(error @ StoreError::Damaged { .. }) => error,
        opened => return Ok((opened?, None)),
    };
    let Some(recovered) = backup::recover(file, Timestamp::now())? else { return Err(damaged) };
    let day = recovered.from.to_zoned(TimeZone::system()).strftime("%-d %B %Y, %-I:%M %p");
    let remedy = match recovered.damaged {
        Some(kept) => format!("What came after that may be in {}.", kept.display()),
        None => "What came after that is lost.".into(),
    };
    let message = format!("My memory was damaged, and is now as it was on {day}.");
    Ok((Store::open(file.clone())?, Some(Failure::new(Code::Internal, message, remedy))))
}
