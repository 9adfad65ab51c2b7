//! The keyring of the operating system: the Secret Service on Linux, Keychain on macOS, the Credential Manager on Windows.
//!
//! It is opened anew for each call, so that one that was started, or started again, after Jarvis is found. A call may wait
//! for the person to unlock it, in a window of the system's own, but not for ever. What is kept is never logged or told.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;
use jarvis_core::{Code, Failure};
use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};
#[cfg(windows)]
use windows_native_keyring_store::Store;
#[cfg(all(unix, not(target_os = "macos")))]
use zbus_secret_service_keyring_store::Store;

/// Under which name the keyring shows what is ours.
const APPLICATION: &str = "jarvis";
/// How long the person may take to unlock it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why the keyring cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum KeyringError {
    /// There is none, or it refuses.
    #[error("the keyring of this system cannot be used ({reason})")]
    Unusable {
        /// What it said.
        reason: String,
    },
    /// It is locked and was not unlocked.
    #[error("the keyring of this system is locked")]
    Locked,
}

impl KeyringError {
    /// What the person is told; instead of the keyring the environment `variable` would do.
    pub(crate) fn failure(&self, variable: &str) -> Failure {
        let mend = match self {
            Self::Unusable { .. } => "Start it (on Linux a Secret Service such as GNOME Keyring or KWallet)",
            Self::Locked => "Unlock it",
        };
        let remedy = format!("{mend}, or put the key into the environment variable {variable}.");
        Failure::sentence(Code::NoKeyring, self, remedy)
    }
}

/// What is kept for `account`, none when nothing is.
pub(crate) fn read(account: &'static str) -> Result<Option<String>, KeyringError> {
    with(account, |entry| match entry.get_password() {
        Ok(kept) => Ok(Some(kept)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    })
}

/// Keeps `secret` for `account`, in place of what was kept before.
pub(crate) fn write(account: &'static str, secret: String) -> Result<(), KeyringError> {
    with(account, move |entry| entry.set_password(&secret))
}

/// Forgets what is kept for `account`, if anything is.
pub(crate) fn remove(account: &'static str) -> Result<(), KeyringError> {
    with(account, |entry| match entry.delete_credential() {
        Err(Error::NoEntry) => Ok(()),
        done => done,
    })
}

/// On a thread of its own, which is left behind when nobody unlocks the keyring: it must not keep Jarvis from ending.
fn with<T: Send + 'static>(
    account: &'static str,
    work: impl FnOnce(Entry) -> keyring_core::Result<T> + Send + 'static,
) -> Result<T, KeyringError> {
    let (done, outcome) = mpsc::channel();
    std::thread::spawn(move || {
        let store: keyring_core::Result<Arc<Store>> = Store::new();
        // Nobody waits any more when that took too long.
        let _ = done.send(store.and_then(|store| work(store.build(APPLICATION, account, None)?)));
    });
    match outcome.recv_timeout(PATIENCE) {
        Ok(outcome) => outcome.map_err(|error| match error {
            Error::NoStorageAccess(_) => KeyringError::Locked,
            Error::PlatformFailure(cause) => KeyringError::Unusable { reason: cause.to_string() },
            other => KeyringError::Unusable { reason: other.to_string() },
        }),
        Err(_) => Err(KeyringError::Locked),
    }
}
