//! Wake words: which there are, the one that is listened for, and recordings for one that is being taught.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::sync::Arc;

use jarvis_core::audio::ms_to_samples;
use jarvis_core::config::WakeEngine;
use jarvis_core::{Code, Failure, Teaching};
use serde_json::Value;

use super::Assistant;
use crate::settings::unwritable;
use crate::teacher::Recorded;
use crate::wake_words::teach::RECORDED_MS;
use crate::wake_words::{WakeWord, WakeWordOrigin};

impl Assistant {
    /// Every wake word that can be listened for.
    pub fn wake_words(&self) -> Vec<WakeWord> {
        self.parts().setup.wake_words()
    }

    fn wake_word(&self, id: &str) -> Result<WakeWord, Failure> {
        self.wake_words().into_iter().find(|word| word.id == id).ok_or_else(|| {
            let remedy = "Look at the list again; it may have been removed elsewhere.";
            Failure::new(Code::NotFound, format!("There is no wake word {id:?}."), remedy)
        })
    }

    /// Listens for another wake word. That is a setting, and stays.
    pub async fn use_wake_word(&self, id: &str) -> Result<(), Failure> {
        let word = self.wake_word(id)?;
        // One that is not there is refused with what to do.
        self.parts().setup.head(&word.id)?;
        if word.in_use {
            return Ok(());
        }
        let mut changes = BTreeMap::from([("wake.model".to_owned(), Value::from(word.id))]);
        if self.config().wake.engine != WakeEngine::OpenWakeWord {
            changes.insert("wake.engine".into(), "openwakeword".into());
        }
        self.change_settings(&changes).await
    }

    /// Removes a wake word that was taught. Where it is the one that is listened for, the default is again.
    pub async fn remove_wake_word(&self, id: &str) -> Result<(), Failure> {
        let word = self.wake_word(id)?;
        if word.origin != WakeWordOrigin::Taught {
            let message = "Only a wake word that was taught can be removed here.";
            let remedy = "Models of the catalogue are removed on the page that lists them.";
            return Err(Failure::new(Code::BadRequest, message, remedy));
        }
        // First the setting: where it cannot be changed, the wake word in use stays.
        if word.in_use {
            self.change_settings(&BTreeMap::from([("wake.model".to_owned(), Value::Null)])).await?;
        }
        let file = self.parts().setup.taught_file(&word.id);
        if let Err(error) = std::fs::remove_file(&file)
            && error.kind() != ErrorKind::NotFound
        {
            return Err(unwritable(&file, &error));
        }
        if word.in_use {
            // The default may have the same name, and then no setting has changed.
            self.renew_voice().await;
        }
        Ok(())
    }

    /// Begins to teach a wake word, where there is what it is trained with.
    pub fn teach_wake_word(&self, phrase: &str) -> Result<Teaching, Failure> {
        self.parts().setup.teaching(phrase, Vec::new())?;
        self.teacher().begin(phrase)
    }

    /// Records the wake word that is being taught, once, from the configured microphone. Jarvis does not listen meanwhile.
    pub async fn record_wake_word(self: &Arc<Self>) -> Result<Recorded, Failure> {
        self.teacher().may_record()?;
        let said = self.record(ms_to_samples(RECORDED_MS) as usize).await?;
        self.teacher().take(&said)
    }
}
