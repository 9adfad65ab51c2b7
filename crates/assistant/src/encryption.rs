//! The memory encrypted where it lies. Its key is in the keyring of the operating system, or in an environment variable; whoever has
//! written it down can read the memory on another machine.

use std::path::Path;

use jarvis_core::paths::Paths;
use jarvis_core::{Code, Failure};
use jarvis_memory::{DatabaseFile, DatabaseKey, StoreError, backup, encryption};

use crate::keyring::{self, KeyringError};

/// Under which name the keyring keeps the key.
const ACCOUNT: &str = "memory";
/// Comes before the keyring.
const VARIABLE: &str = "JARVIS_MEMORY_KEY";

/// The database at `path`, with its key where it is encrypted. May wait for the person to unlock the keyring. A key that is not to be
/// had is no error here: what cannot be read then says so.
pub(crate) fn database(path: &Path) -> Result<DatabaseFile, Failure> {
    let encrypted = encryption::is_encrypted(path).map_err(|e| e.failure())?;
    let key = if encrypted { find_or_none()? } else { None };
    Ok(DatabaseFile { path: path.into(), key })
}

fn find_or_none() -> Result<Option<DatabaseKey>, Failure> {
    match find() {
        Err(failure) if failure.code == Code::NoKeyring => {
            tracing::warn!(%failure, "the memory's key is not to be had");
            Ok(None)
        }
        found => found,
    }
}

fn find() -> Result<Option<DatabaseKey>, Failure> {
    let kept = match std::env::var(VARIABLE) {
        Ok(given) if !given.trim().is_empty() => Some(given),
        _ => keyring::read(ACCOUNT).map_err(|error| error.failure(VARIABLE))?,
    };
    kept.map(|text| parsed(&text)).transpose()
}

fn parsed(text: &str) -> Result<DatabaseKey, Failure> {
    let remedy = "Give it as `jarvis encryption key` has shown it, whole.";
    text.parse().map_err(|error| Failure::sentence(Code::BadRequest, &error, remedy))
}

/// What the person is told.
pub(crate) fn failure(error: &StoreError) -> Failure {
    match error {
        StoreError::Damaged { path } if encryption::is_encrypted(path).unwrap_or_default() => {
            unreadable(path)
        }
        other => other.failure(),
    }
}

/// It can be read neither as it is nor with the key that was found.
fn unreadable(path: &Path) -> Failure {
    let message = format!(
        "The memory {} cannot be read: it is encrypted with a key that is not to be had here, or damaged.",
        path.display()
    );
    let remedy = format!(
        "Unlock the keyring, or give the key that `jarvis encryption key` has shown: by `jarvis encryption unlock`, or in the environment \
         variable {VARIABLE}. If it was never encrypted, move it away, and Jarvis begins a new one."
    );
    Failure::new(Code::NoKeyring, message, remedy)
}

/// The key that the memory is encrypted with, or would be.
pub fn key() -> Result<DatabaseKey, Failure> {
    let none = || {
        let message = "There is no key: nothing was encrypted here.";
        Failure::new(Code::NotFound, message, "`jarvis encryption on` makes one.")
    };
    find()?.ok_or_else(none)
}

/// Whether there is a memory that is encrypted.
pub fn is_on(paths: &Paths) -> Result<bool, Failure> {
    encryption::is_encrypted(&paths.database()).map_err(|e| e.failure())
}

/// Encrypts the memory, with the key that there is or a new one. Refused while Jarvis is running. Whether it was not encrypted before.
pub fn encrypt(paths: &Paths) -> Result<bool, Failure> {
    if is_on(paths)? {
        return Ok(false);
    }
    let key = match find()? {
        Some(key) => key,
        None => keep(random()?)?,
    };
    encryption::encrypt(&paths.database().as_path().into(), Some(key)).map_err(told)?;
    // They are in the database from now on.
    remove_vectors(paths)?;
    Ok(true)
}

/// Whoever can read its file can read the memory from now on. The key stays, for backups. Refused while Jarvis is running. Whether it
/// was encrypted before.
pub fn decrypt(paths: &Paths) -> Result<bool, Failure> {
    if !is_on(paths)? {
        return Ok(false);
    }
    let file = DatabaseFile { path: paths.database(), key: Some(key()?) };
    encryption::encrypt(&file, None).map_err(told)?;
    Ok(true)
}

/// Puts the key into the keyring that the memory is encrypted with.
pub fn unlock(paths: &Paths, written: &str) -> Result<(), Failure> {
    let file = DatabaseFile { path: paths.database(), key: Some(parsed(written)?) };
    if !is_on(paths)? {
        let message = "The memory is not encrypted.";
        return Err(Failure::new(Code::BadRequest, message, "It needs no key."));
    }
    backup::check(&file).map_err(|_| unreadable(&file.path))?;
    file.key.map_or(Ok(()), |key| keep(key).map(drop))
}

fn random() -> Result<DatabaseKey, Failure> {
    DatabaseKey::random().map_err(|error| {
        Failure::sentence(Code::Internal, &error, "The system gives no random numbers; restart it.")
    })
}

/// In the keyring, from where it is read again before anything is encrypted with it.
fn keep(key: DatabaseKey) -> Result<DatabaseKey, Failure> {
    let kept = keyring::write(ACCOUNT, key.reveal()).and_then(|()| keyring::read(ACCOUNT));
    let forgetful = || KeyringError::Unusable { reason: "it does not keep what it is given".into() };
    match kept {
        Ok(Some(kept)) if kept == key.reveal() => Ok(key),
        Ok(_) => Err(forgetful().failure(VARIABLE)),
        Err(error) => Err(error.failure(VARIABLE)),
    }
}

fn remove_vectors(paths: &Paths) -> Result<(), Failure> {
    match std::fs::remove_dir_all(paths.vectors()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            let remedy = format!("Remove the folder {} by hand.", paths.vectors().display());
            let message = format!("It is encrypted, but vectors of what it says are left ({error}).");
            Err(Failure::new(Code::Internal, message, remedy))
        }
        _ => Ok(()),
    }
}

/// What the person is told who wants the database for themselves.
pub(crate) fn told(error: StoreError) -> Failure {
    match error {
        StoreError::Locked => {
            Failure::new(Code::Busy, "Jarvis is running.", "Close it everywhere, and try again.")
        }
        other => failure(&other),
    }
}
