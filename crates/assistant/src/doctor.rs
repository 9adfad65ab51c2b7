//! Looks at everything that Jarvis needs, and says how to mend what is missing.

use jarvis_audio::{AudioError, Direction, devices};
use jarvis_core::Failure;
use jarvis_models::Stage;
use serde::Serialize;

use crate::brain::Brain;
use crate::bus::EventBus;
use crate::keys::Keys;
use crate::setup::Setup;

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Check {
    /// What.
    pub what: String,
    /// Whether it works.
    pub ok: bool,
    /// What was found.
    pub found: Option<String>,
    /// What is wrong, and what to do about it.
    pub failure: Option<Failure>,
}

impl Check {
    fn new(what: impl Into<String>, result: Result<String, Failure>) -> Self {
        let what = what.into();
        match result {
            Ok(found) => Self { what, ok: true, found: Some(found), failure: None },
            Err(failure) => Self { what, ok: false, found: None, failure: Some(failure) },
        }
    }
}

/// Looks at everything that the settings name now.
pub async fn examine_anew() -> Vec<Check> {
    match Setup::load() {
        Ok(setup) => {
            let brain = Brain::from_setup(&setup, EventBus::default()).await;
            examine(&setup, &brain).await
        }
        // Without a configuration there is nothing to look at.
        Err(failure) => vec![Check::new("configuration", Err(failure))],
    }
}

/// Looks at everything, really trying what can be tried: engines are started, models loaded.
pub(crate) async fn examine(setup: &Setup, brain: &Brain) -> Vec<Check> {
    let file = setup.paths.config_file();
    let settings = if file.exists() { file.display().to_string() } else { "defaults".into() };
    let hardware = setup.hardware();
    let gpu = hardware.gpu.as_ref().map_or("no graphics card", |gpu| gpu.name.as_str());
    let machine = format!("{} cores, {} MB memory, {gpu}", hardware.cores, hardware.ram_mb);
    let (recognition, voice, keys, model) =
        tokio::join!(recognition(setup), voice(setup), keys(setup), language_model(brain));
    vec![
        Check::new("configuration", Ok(settings)),
        Check::new("machine", Ok(machine)),
        Check::new("microphone", device(Direction::Input)),
        Check::new("speaker", device(Direction::Output)),
        Check::new("wake word and voice activity", setup.session().map(|_| setup.config.wake.model.clone())),
        Check::new("speech recognition", recognition),
        Check::new("voice", voice),
        Check::new("keys", Ok(keys)),
        Check::new("language model", model),
    ]
}

fn device(direction: Direction) -> Result<String, Failure> {
    let none = match direction {
        Direction::Input => AudioError::NoInput,
        Direction::Output => AudioError::NoOutput,
    };
    devices::list(direction).into_iter().next().map(|d| d.name).ok_or_else(|| none.failure())
}

async fn recognition(setup: &Setup) -> Result<String, Failure> {
    let transcriber = setup.transcriber(&setup.speech_engine())?;
    transcriber.warm().await.map_err(|e| e.failure())?;
    setup.model(Stage::Stt, &setup.config.stt.model)
}

async fn voice(setup: &Setup) -> Result<String, Failure> {
    let synthesizer = setup.synthesizer(&setup.speech_engine())?;
    synthesizer.warm().await.map_err(|e| e.failure())?;
    setup.voice_id()
}

/// Where the keys come from. None is a failure of its own: who needs one says so.
async fn keys(setup: &Setup) -> String {
    let config = setup.config.clone();
    let look = tokio::task::spawn_blocking(move || Keys::look(&config));
    let keys = look.await.expect("looking for keys does not panic");
    let mut found: Vec<String> =
        keys.keys.iter().map(|key| format!("{}: {}", key.name, key.origin())).collect();
    found.extend(keys.keyring.map(|failure| failure.message));
    found.join("; ")
}

async fn language_model(brain: &Brain) -> Result<String, Failure> {
    brain.warm().await?;
    Ok(brain.model_name().unwrap_or_default())
}
