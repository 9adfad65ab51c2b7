//! A running assistant: what every shell holds, and asks.
//!
//! It owns what the settings made, and makes it anew when they change. The window, the server and the command line
//! translate what a person does into calls of it, and show what the bus tells.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use jarvis_agents::reflex::Effect;
use jarvis_audio::{Capture, CaptureConfig, Direction, Player, devices};
use jarvis_core::{Code, ConversationId, Failure, MessageId, TurnId, VoiceState};
use jarvis_memory::Message;
use jarvis_models::{ModelState, ModelStatus, Stage, recommend};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::brain::Brain;
use crate::bus::EventBus;
use crate::conversation::Conversation;
use crate::doctor::{self, Check};
use crate::downloads::Downloads;
use crate::journal::{Journal, Request};
use crate::keys::{KeyName, Keys};
use crate::listen::{Command, Listening};
use crate::settings::{self, Setting};
use crate::setup::Setup;
use crate::typed::answer_typed;

/// What the settings made.
struct Parts {
    setup: Setup,
    brain: Arc<Brain>,
}

/// Ears and mouth.
enum Voice {
    Off(Option<Failure>),
    On(Listening),
}

/// What the voice is doing, as a page shows it when it opens; events tell the rest.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VoiceStatus {
    /// Whether a microphone is listened to.
    pub available: bool,
    /// What it is doing.
    pub state: VoiceState,
    /// Whether it hears nothing at present.
    pub muted: bool,
    /// Why it is not available.
    pub problem: Option<Failure>,
}

/// How a model stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ModelStanding {
    /// Not there, or not all of it.
    Missing,
    /// There, with the right sizes.
    Installed,
    /// Being fetched.
    Fetching,
    /// A file of it has the wrong size.
    Damaged,
}

/// A model of the catalogue, as a page shows it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelEntry {
    /// Its id in the catalogue.
    pub id: String,
    /// Its name for a person.
    pub name: String,
    /// What it is for.
    pub stage: Stage,
    /// Its licence.
    pub licence: String,
    /// Where it comes from.
    pub origin: String,
    /// Its languages, ISO 639-1.
    pub languages: Vec<String>,
    /// What to know before using it.
    pub note: Option<String>,
    /// Bytes on disk when it is there, else about how many it will be.
    pub size_bytes: u64,
    /// Whether it is what this machine should have.
    pub recommended: bool,
    /// How it stands.
    pub state: ModelStanding,
    /// Bytes there, while it is being fetched.
    pub done_bytes: u64,
}

/// A microphone or a speaker, as a page shows it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceInfo {
    /// Its name, which can be configured.
    pub name: String,
    /// Whether the system has chosen it.
    pub default: bool,
}

/// See the module.
pub struct Assistant {
    bus: EventBus,
    downloads: Downloads,
    parts: RwLock<Arc<Parts>>,
    voice: tokio::sync::Mutex<Voice>,
    /// Typed turns under way.
    typed: Mutex<HashMap<TurnId, CancellationToken>>,
    stopping: CancellationToken,
}

impl Assistant {
    /// Made of what the configuration names, with conversations kept in the person's data folder. Nothing is heard
    /// before [`Self::listen`]. Without a language model it starts all the same, or nobody could choose one in the window.
    pub async fn start() -> Result<Arc<Self>, Failure> {
        let setup = Setup::load()?;
        let bus = EventBus::new(Journal::open(&setup.paths.database(), Timestamp::now())?);
        let downloads = Downloads::new(Arc::clone(&setup.catalog), bus.clone());
        let brain = Arc::new(Brain::as_can_be(&setup, bus.clone()).await);
        let parts = RwLock::new(Arc::new(Parts { setup, brain }));
        let voice = tokio::sync::Mutex::new(Voice::Off(None));
        Ok(Arc::new(Self {
            bus,
            downloads,
            parts,
            voice,
            typed: Mutex::default(),
            stopping: CancellationToken::new(),
        }))
    }

    /// Where everything that happens is told.
    pub fn bus(&self) -> &EventBus {
        &self.bus
    }

    /// What was said, and is kept.
    pub fn journal(&self) -> &Journal {
        self.bus.journal()
    }

    /// Downloads of models.
    pub fn downloads(&self) -> &Downloads {
        &self.downloads
    }

    /// The language model that thinks, for people.
    pub fn model_name(&self) -> String {
        self.parts().brain.model_name()
    }

    /// Opens microphone and speaker and listens. What is missing is told, and kept for [`Self::voice`].
    pub async fn listen(&self) {
        let mut voice = self.voice.lock().await;
        *voice = match self.open_voice().await {
            Ok(listening) => Voice::On(listening),
            Err(failure) => {
                self.bus.fail(None, failure.clone());
                Voice::Off(Some(failure))
            }
        };
    }

    async fn open_voice(&self) -> Result<Listening, Failure> {
        let parts = self.parts();
        let audio = &parts.setup.config.audio;
        let capture =
            Capture::open(CaptureConfig { device: audio.input.clone() }).map_err(|e| e.failure())?;
        // Without a speaker answers are given in writing.
        let player =
            Player::open(&audio.output, audio.volume).inspect_err(|e| self.bus.fail(None, e.failure())).ok();
        let conversation =
            Conversation::with_brain(&parts.setup, Arc::clone(&parts.brain), self.bus.clone())?;
        let session = parts.setup.session()?;
        Listening::start(Arc::new(conversation), session, capture, player)
            .map_err(|e| Failure::sentence(Code::Internal, &e, "Restart Jarvis."))
    }

    /// What the voice is doing.
    pub async fn voice(&self) -> VoiceStatus {
        let (state, muted) = self.bus.voice();
        let (available, problem) = match &*self.voice.lock().await {
            Voice::On(_) => (true, None),
            Voice::Off(problem) => (false, problem.clone()),
        };
        VoiceStatus { available, state, muted, problem }
    }

    /// Asks something of the voice.
    pub async fn command(&self, command: Command) -> Result<(), Failure> {
        match &*self.voice.lock().await {
            Voice::On(listening) => {
                listening.command(command);
                Ok(())
            }
            Voice::Off(problem) => Err(problem.clone().unwrap_or_else(|| {
                Failure::new(
                    Code::NoMicrophone,
                    "Jarvis is not listening.",
                    "Start it with `jarvis serve --listen`.",
                )
            })),
        }
    }

    /// A typed request: recorded, and answered in the background. In place of an earlier one when that is named: it and
    /// everything behind it is forgotten, an answer under way too. Returns its turn and the request as it is recorded.
    pub async fn send(
        self: &Arc<Self>,
        conversation: ConversationId,
        instead_of: Option<MessageId>,
        request: Request<'_>,
    ) -> Result<(TurnId, Message), Failure> {
        for turn in self.journal().under_way(conversation) {
            if instead_of.is_none() {
                let remedy = "Wait for the answer, or stop it first.";
                let message = "An answer is being given in this conversation.";
                return Err(Failure::new(Code::Busy, message, remedy));
            }
            self.cancel(turn).await;
        }
        let turn = TurnId::new();
        let text = request.text.to_string();
        let message = self.journal().begin(turn, conversation, instead_of, request, Timestamp::now())?;
        let cancel = CancellationToken::new();
        self.typed().insert(turn, cancel.clone());
        let assistant = Arc::clone(self);
        tokio::spawn(async move { assistant.answer(turn, &text, &cancel).await });
        Ok((turn, message))
    }

    async fn answer(&self, turn: TurnId, text: &str, cancel: &CancellationToken) {
        let brain = Arc::clone(&self.parts().brain);
        let answered = answer_typed(&brain, &self.bus, turn, text, cancel).await;
        self.typed().remove(&turn);
        if let Ok(effect) = answered {
            self.apply(effect).await;
        }
    }

    /// What an answer does besides being read.
    async fn apply(&self, effect: Effect) {
        let command = match effect {
            Effect::None => return,
            Effect::Stop => Command::Stop,
            Effect::Mute => Command::Mute(true),
            Effect::Volume(change) => Command::Volume(change),
        };
        // Without a voice there is nothing to silence.
        let _ = self.command(command).await;
    }

    /// Stops an answer, typed or spoken. One that is over is none.
    pub async fn cancel(&self, turn: TurnId) {
        let typed = self.typed().remove(&turn);
        match typed {
            Some(cancel) => cancel.cancel(),
            None if self.journal().conversation_of(turn).is_some() => {
                // Only a spoken turn is left; without a voice there is none.
                let _ = self.command(Command::Stop).await;
            }
            None => {}
        }
    }

    /// The settings' file, and every setting.
    pub fn settings(&self) -> (PathBuf, Vec<Setting>) {
        let parts = self.parts();
        (parts.setup.paths.config_file(), settings::describe(&parts.setup.config))
    }

    /// Changes settings, all of them or none; they hold at once. Null takes the default again.
    pub async fn change_settings(&self, changes: &BTreeMap<String, Value>) -> Result<(), Failure> {
        let file = self.parts().setup.paths.config_file();
        let before = settings::change(&file, changes)?;
        let made = async {
            let setup = Setup::load()?;
            let brain = Brain::from_setup(&setup, self.bus.clone()).await?;
            Ok::<_, Failure>((setup, Arc::new(brain)))
        };
        // What nobody can think with is not kept.
        let (setup, brain) = match made.await {
            Ok(made) => made,
            Err(failure) => {
                settings::restore(&file, &before)?;
                return Err(failure);
            }
        };
        self.put_in_place(setup, brain).await;
        Ok(())
    }

    /// Where each key comes from.
    pub async fn keys(&self) -> Keys {
        let parts = self.parts();
        let look = tokio::task::spawn_blocking(move || Keys::look(&parts.setup.config));
        look.await.expect("looking for keys does not panic")
    }

    /// Keeps a key in the keyring, or takes it out; that holds at once.
    pub async fn set_key(&self, name: KeyName, key: Option<String>) -> Result<(), Failure> {
        let parts = self.parts();
        let changed = tokio::task::spawn_blocking(move || match key {
            Some(key) => name.keep(&parts.setup.config, &key),
            None => name.forget(&parts.setup.config),
        });
        changed.await.expect("changing keys does not panic")?;
        let setup = Setup::load()?;
        // A key that was taken away is not used on, and what does not work with a new one is told.
        let brain = Arc::new(Brain::as_can_be(&setup, self.bus.clone()).await);
        self.put_in_place(setup, brain).await;
        Ok(())
    }

    async fn put_in_place(&self, setup: Setup, brain: Arc<Brain>) {
        *self.parts.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Parts { setup, brain });
        let was_on = matches!(&*self.voice.lock().await, Voice::On(_));
        if was_on {
            self.stop_voice().await;
            self.listen().await;
        }
    }

    /// Every model of the catalogue.
    pub fn models(&self) -> Vec<ModelEntry> {
        let parts = self.parts();
        let manifest = parts.setup.catalog.manifest();
        let recommended: Vec<String> = recommend(manifest, parts.setup.hardware())
            .into_values()
            .filter_map(|ids| ids.into_iter().next())
            .collect();
        let entry = |(model, fetched): (ModelStatus, Option<u64>)| ModelEntry {
            origin: manifest.model(&model.id).map(|m| m.origin.clone()).unwrap_or_default(),
            recommended: recommended.contains(&model.id),
            state: match model.state {
                _ if fetched.is_some() => ModelStanding::Fetching,
                ModelState::Installed => ModelStanding::Installed,
                ModelState::Damaged => ModelStanding::Damaged,
                ModelState::Partial | ModelState::Missing => ModelStanding::Missing,
            },
            done_bytes: fetched.unwrap_or(0),
            id: model.id,
            name: model.name,
            stage: model.stage,
            licence: model.licence,
            languages: model.languages,
            note: model.note,
            size_bytes: model.size_bytes,
        };
        self.downloads.list().into_iter().map(entry).collect()
    }

    /// Whether the catalogue has a model of that name.
    pub fn knows_model(&self, id: &str) -> bool {
        self.parts().setup.catalog.manifest().model(id).is_some()
    }

    /// The language models that the configured provider has.
    pub async fn chat_models(&self) -> Result<Vec<String>, Failure> {
        self.parts().setup.chat_models().await
    }

    /// Looks at everything that Jarvis needs.
    pub async fn examine(&self) -> Vec<Check> {
        doctor::examine().await
    }

    /// The microphones and the speakers that there are.
    pub async fn devices(&self) -> (Vec<DeviceInfo>, Vec<DeviceInfo>) {
        let list = |direction| {
            let all = devices::list(direction).into_iter();
            all.map(|d| DeviceInfo { name: d.name, default: d.default }).collect()
        };
        let listed =
            tokio::task::spawn_blocking(move || (list(Direction::Input), list(Direction::Output))).await;
        listed.expect("listing devices does not panic")
    }

    /// Cancelled when Jarvis ends.
    pub fn stopping(&self) -> CancellationToken {
        self.stopping.clone()
    }

    /// Stops everything that is under way, and waits until it has stopped.
    pub async fn stop(&self) {
        self.stopping.cancel();
        self.typed().values().for_each(CancellationToken::cancel);
        self.downloads.stop_all();
        self.stop_voice().await;
    }

    async fn stop_voice(&self) {
        let voice = std::mem::replace(&mut *self.voice.lock().await, Voice::Off(None));
        if let Voice::On(listening) = voice {
            listening.stop().await;
        }
    }

    fn parts(&self) -> Arc<Parts> {
        Arc::clone(&self.parts.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn typed(&self) -> MutexGuard<'_, HashMap<TurnId, CancellationToken>> {
        self.typed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
