//! The real model files that the tests run on, as the catalogue keeps them.

use std::path::PathBuf;

/// Where the catalogue keeps its files for the tests: `JARVIS_TEST_MODELS`, else the ordinary place.
pub fn dir() -> PathBuf {
    match std::env::var_os("JARVIS_TEST_MODELS") {
        Some(dir) => dir.into(),
        None => jarvis_core::paths::Paths::from_env(|key| std::env::var_os(key)).models(),
    }
}

/// File `file` of model `id`.
///
/// # Panics
/// When it is not there: the message says how to get it. A test on a real model never skips itself silently.
pub fn path(id: &str, file: &str) -> PathBuf {
    let path = dir().join(id).join(file);
    assert!(path.exists(), "{} is missing; fetch it with `jarvis models pull {id}`", path.display());
    path
}
