//! The model catalogue: which files, from where, checked and kept.
//!
//! `models/manifest.toml` says what exists ([`Manifest`]), the machine says what fits ([`Hardware`],
//! [`recommend`]), and [`ModelCatalog`] fetches, checks, finds and removes the files under
//! `<data>/models/<id>/`. It never loads a model and never runs code that came with one. The command
//! line, the assistant and the engines' clients call it.

mod catalog;
mod convert;
mod disk;
mod error;
mod fetch;
mod hardware;
mod manifest;
mod record;
mod sum;

pub use catalog::{FileCheck, ModelCatalog, ModelState, ModelStatus, Verdict};
pub use error::CatalogError;
pub use fetch::{OnProgress, Phase, Progress};
pub use hardware::{Gpu, Hardware, recommend};
pub use manifest::{
    Convert, ConvertKind, Expected, FileKind, Manifest, ManifestError, Model, ModelFile, Package, Part,
    Source, Stage, Verify, Voice,
};
