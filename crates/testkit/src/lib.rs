//! Doubles and fixtures for tests; never part of a shipped program.

pub mod clips;
pub mod keyring;
pub mod models;
pub mod screen;
pub mod sound_card;

use std::path::PathBuf;

/// One of the workspace's executables, built before the tests run (`make test` does it).
///
/// # Panics
/// When it has not been built: the message says how.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    test.ancestors()
        .skip(1)
        .map(|dir| dir.join(name))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("{name} is not built; run `cargo build --workspace` first"))
}
