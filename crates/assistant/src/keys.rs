//! Keys of services: from an environment variable, else from the keyring of the operating system. Nowhere else is a key
//! kept, and none is ever told: only where it comes from. The guard knows those that were read, as soon as they are, so that no call
//! carries one off and no record holds one.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use jarvis_core::{Code, Config, Failure};
use jarvis_guard::Guard;
use serde::{Deserialize, Serialize};

use crate::keyring::{self, KeyringError};

/// Longest key that is taken, in bytes.
const LONGEST: usize = 4096;

/// What is shorter is a word that stands in for a key, where a server asks for none ("ollama", "lm-studio"), and is said in talk too.
const SHORTEST: usize = 12;

/// What this program has read.
static READ: Mutex<Read> = Mutex::new(Read { keys: BTreeSet::new(), guards: Vec::new() });

/// Every key that was read or handed in, and the guards that are told.
struct Read {
    keys: BTreeSet<String>,
    guards: Vec<Weak<Guard>>,
}

fn lock() -> MutexGuard<'static, Read> {
    READ.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells a guard of every key that was read, and of every other as soon as it is.
pub(crate) fn tell(guard: &Arc<Guard>) {
    let mut read = lock();
    guard.keep_secret(read.keys.iter().cloned().collect());
    read.guards.push(Arc::downgrade(guard));
}

fn note(key: &str) {
    if key.len() < SHORTEST {
        return;
    }
    let mut read = lock();
    read.keys.insert(key.to_owned());
    read.guards.retain(|guard| guard.strong_count() > 0);
    for guard in read.guards.iter().filter_map(Weak::upgrade) {
        guard.keep_secret(vec![key.to_owned()]);
    }
}

/// Whose key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum KeyName {
    /// A server that speaks OpenAI's protocol.
    OpenAi,
    /// Anthropic.
    Anthropic,
    /// Picovoice, for the wake word.
    Porcupine,
}

/// Where a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum KeySource {
    /// The variable that the settings name. It comes before the keyring.
    Environment,
    /// The keyring of the operating system.
    Keyring,
}

/// Whether there is a key.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyStanding {
    /// Whose.
    pub name: KeyName,
    /// Where it comes from; null when there is none.
    pub from: Option<KeySource>,
    /// The environment variable that it can be given in.
    pub variable: String,
}

/// Which keys there are.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Keys {
    /// Why the keyring cannot be used; null when it can.
    pub keyring: Option<Failure>,
    /// Every key that Jarvis can use.
    pub keys: Vec<KeyStanding>,
}

impl KeyName {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::OpenAi, Self::Anthropic, Self::Porcupine];

    fn word(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::Porcupine => "porcupine",
        }
    }

    fn variable(self, config: &Config) -> &str {
        match self {
            Self::OpenAi => &config.llm.openai.api_key_env,
            Self::Anthropic => &config.llm.anthropic.api_key_env,
            Self::Porcupine => &config.wake.porcupine.access_key_env,
        }
    }

    fn in_environment(self, config: &Config) -> Option<String> {
        let key = std::env::var(self.variable(config)).ok()?;
        let key = Some(key.trim().to_string()).filter(|key| !key.is_empty())?;
        note(&key);
        Some(key)
    }

    fn in_keyring(self) -> Result<Option<String>, KeyringError> {
        let key = keyring::read(self.word())?;
        if let Some(key) = &key {
            note(key);
        }
        Ok(key)
    }

    /// The key, if there is one. May wait for the person to unlock the keyring.
    ///
    /// # Errors
    /// When it is not in the environment, and the keyring cannot be used.
    pub fn find(self, config: &Config) -> Result<Option<String>, Failure> {
        match self.in_environment(config) {
            Some(key) => Ok(Some(key)),
            None => self.in_keyring().map_err(|e| e.failure(self.variable(config))),
        }
    }

    /// Keeps a key in the keyring.
    ///
    /// # Errors
    /// When it is none, or the keyring cannot be used.
    pub fn keep(self, config: &Config, key: &str) -> Result<(), Failure> {
        let key = key.trim();
        if key.is_empty() || key.len() > LONGEST || !key.bytes().all(|b| b.is_ascii_graphic()) {
            let message = "That is no key: a key is one word of letters, digits and signs.";
            return Err(Failure::new(Code::BadRequest, message, "Copy it from where it was made, whole."));
        }
        note(key);
        keyring::write(self.word(), key.into()).map_err(|e| e.failure(self.variable(config)))
    }

    /// Takes the key out of the keyring, if it is there.
    ///
    /// # Errors
    /// When the keyring cannot be used.
    pub fn forget(self, config: &Config) -> Result<(), Failure> {
        keyring::remove(self.word()).map_err(|e| e.failure(self.variable(config)))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for KeyName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || Self::ALL.map(Self::word).join(", ");
        let found = Self::ALL.into_iter().find(|name| name.word() == text);
        found.ok_or_else(|| format!("there are {}", known()))
    }
}

impl Keys {
    /// Looks where each key is.
    pub fn look(config: &Config) -> Self {
        let (mut unusable, mut keys) = (None, Vec::new());
        for name in KeyName::ALL {
            // Where it cannot be used once it need not be tried again.
            let kept = match &unusable {
                None => name.in_keyring(),
                Some(_) => Ok(None),
            };
            let kept = kept.unwrap_or_else(|error| {
                unusable = Some(error.failure(name.variable(config)));
                None
            });
            let from = match name.in_environment(config) {
                Some(_) => Some(KeySource::Environment),
                None => kept.map(|_| KeySource::Keyring),
            };
            keys.push(KeyStanding { name, from, variable: name.variable(config).into() });
        }
        Self { keyring: unusable, keys }
    }
}

impl KeyStanding {
    /// Where it comes from, for people.
    pub fn origin(&self) -> String {
        match self.from {
            Some(KeySource::Environment) => format!("the environment variable {}", self.variable),
            Some(KeySource::Keyring) => "the keyring".into(),
            None => "none".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use jarvis_guard::audit::{AuditQuery, NoteKind};

    use super::*;

    #[test]
    fn a_key_that_was_read_is_one_that_the_guard_is_told() {
        let guard = Arc::new(Guard::without_records());
        tell(&guard);
        let mut config = Config::default();
        // Stands in every environment.
        config.llm.openai.api_key_env = "PATH".into();
        let key = KeyName::OpenAi.find(&config).unwrap().unwrap();
        guard.audit().note(NoteKind::Granted, None, &key).unwrap();
        let record = guard.audit().show(&AuditQuery::default()).unwrap().remove(0);
        assert_eq!(record.detail, "[secret: known]");
        let later = Arc::new(Guard::without_records());
        tell(&later);
        later.audit().note(NoteKind::Granted, None, &key).unwrap();
        assert_eq!(later.audit().show(&AuditQuery::default()).unwrap()[0].detail, "[secret: known]");
    }
}
