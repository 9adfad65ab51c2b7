//! A running assistant: what every shell holds, and asks.
//!
//! It owns what the settings made, and makes it anew when they change. The window, the server and the command line
//! translate what a person does into calls of it, and show what the bus tells.

mod voice;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use jarvis_agents::reflex::Effect;
use jarvis_audio::{Direction, devices};
use jarvis_core::paths::Paths;
use jarvis_core::{Code, Config, ConversationId, DownloadState, EventKind, Failure, MessageId, TurnId};
use jarvis_memory::Message;
use jarvis_models::{ModelState, ModelStatus, Stage, recommend};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::aloud::Solo;
use crate::brain::Brain;
use crate::bus::EventBus;
use crate::doctor::{self, Check};
use crate::downloads::Downloads;
use crate::journal::{Journal, Request};
use crate::listen::Command;
use crate::settings::{self, Setting};
use crate::setup::Setup;
use crate::typed::answer_typed;
use voice::Voice;
pub use voice::VoiceStatus;

/// What the settings made.
pub(crate) struct Parts {
    pub setup: Setup,
    pub brain: Arc<Brain>,
}

/// How a model stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ModelStanding {
    /// Nothing of it is there.
    Missing,
    /// Some of it is there: a download was stopped or broke off, and can go on.
    Partial,
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
    /// Bytes there, while it is being fetched or when that was stopped; else 0.
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

/// What the machine has, as a page shows it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Machine {
    /// Processor cores that Jarvis may use.
    pub cores: usize,
    /// Memory, of the container where one limits it.
    pub memory_bytes: u64,
    /// The first graphics card, by its maker and, where the driver says, its model.
    pub gpu: Option<String>,
    /// Room for models.
    pub disk_free_bytes: u64,
    /// Whether there is a microphone.
    pub microphones: bool,
    /// Whether there is a speaker.
    pub speakers: bool,
}

/// See the module.
pub struct Assistant {
    bus: EventBus,
    downloads: Downloads,
    parts: RwLock<Arc<Parts>>,
    voice: tokio::sync::Mutex<Voice>,
    solo: Solo,
    /// Typed turns under way.
    typed: Mutex<HashMap<TurnId, CancellationToken>>,
    stopping: CancellationToken,
}

impl Assistant {
    /// Made of what the configuration names, with conversations kept in the person's data folder. Nothing is heard
    /// before [`Self::listen`].
    pub async fn start() -> Result<Arc<Self>, Failure> {
        let setup = Setup::load()?;
        let bus = EventBus::new(Journal::open(&setup.paths.database(), Timestamp::now())?);
        let downloads = Downloads::new(Arc::clone(&setup.catalog), bus.clone());
        let brain = Arc::new(Brain::from_setup(&setup, bus.clone()).await);
        let parts = RwLock::new(Arc::new(Parts { setup, brain }));
        let assistant = Arc::new(Self {
            bus,
            downloads,
            parts,
            voice: tokio::sync::Mutex::default(),
            solo: Solo::default(),
            typed: Mutex::default(),
            stopping: CancellationToken::new(),
        });
        // What was set in an earlier run may ring at once.
        assistant.renew_voice().await;
        tokio::spawn(Arc::clone(&assistant).use_what_is_fetched());
        Ok(assistant)
    }

    /// Takes models into use as they are fetched, where one was missing.
    async fn use_what_is_fetched(self: Arc<Self>) {
        let mut events = self.bus.subscribe();
        let stopping = self.stopping();
        while let Some(event) = stopping.run_until_cancelled(events.recv()).await {
            let installed = match event {
                Ok(event) => {
                    matches!(event.kind, EventKind::ModelProgress { state: DownloadState::Installed, .. })
                }
                Err(RecvError::Lagged(_)) => true,
                Err(RecvError::Closed) => return,
            };
            if !installed {
                continue;
            }
            let old = self.parts();
            if old.brain.problem().is_some()
                && let Ok(setup) = Setup::load()
            {
                let brain =
                    Brain::with_timers(&setup, Arc::clone(old.brain.timers()), self.bus.clone()).await;
                self.replace(Parts { setup, brain: Arc::new(brain) });
            }
            if self.voice().await.problem.is_some() {
                self.renew_voice().await;
            }
        }
    }

    fn replace(&self, parts: Parts) {
        *self.parts.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(parts);
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
    pub fn model_name(&self) -> Option<String> {
        self.parts().brain.model_name()
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
        // Without a voice there is nothing to mute.
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
        let old = self.parts();
        let file = old.setup.paths.config_file();
        let before = settings::change(&file, changes)?;
        let parts = match self.remade(&old).await {
            Ok(parts) => parts,
            Err(failure) => {
                settings::restore(&file, &before)?;
                return Err(failure);
            }
        };
        let concerns_voice = !Arc::ptr_eq(&parts.brain, &old.brain);
        self.replace(parts);
        // Who is being heard or answered is not cut off by what does not concern the voice.
        if concerns_voice {
            self.renew_voice().await;
        }
        self.bus.publish(None, EventKind::SettingsChanged);
        Ok(())
    }

    /// What the settings make now. What thinks and speaks is taken over where only the desktop's own were changed.
    async fn remade(&self, old: &Parts) -> Result<Parts, Failure> {
        let setup = Setup::load()?;
        let like_before = Config { desktop: old.setup.config.desktop.clone(), ..setup.config.clone() };
        if like_before == old.setup.config {
            return Ok(Parts { setup, brain: Arc::clone(&old.brain) });
        }
        let brain = Brain::with_timers(&setup, Arc::clone(old.brain.timers()), self.bus.clone()).await;
        match brain.problem() {
            // Who could think goes on thinking.
            Some(failure) if old.brain.problem().is_none() => Err(failure.clone()),
            _ => Ok(Parts { setup, brain: Arc::new(brain) }),
        }
    }

    /// The settings in force.
    pub fn config(&self) -> Config {
        self.parts().setup.config.clone()
    }

    /// Where things are kept.
    pub fn paths(&self) -> Paths {
        self.parts().setup.paths.clone()
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
                ModelState::Partial => ModelStanding::Partial,
                ModelState::Missing => ModelStanding::Missing,
            },
            done_bytes: fetched.unwrap_or(if model.state == ModelState::Partial {
                model.done_bytes
            } else {
                0
            }),
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

    /// What the machine has.
    pub async fn machine(&self) -> Result<Machine, Failure> {
        let parts = self.parts();
        let hardware = parts.setup.hardware();
        let (inputs, outputs) = self.devices().await;
        Ok(Machine {
            cores: hardware.cores,
            memory_bytes: hardware.ram_mb * 1024 * 1024,
            gpu: hardware.gpu.as_ref().map(|gpu| gpu.name.clone()),
            disk_free_bytes: parts.setup.catalog.free_bytes().map_err(|e| e.failure())?,
            microphones: !inputs.is_empty(),
            speakers: !outputs.is_empty(),
        })
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
        self.close_voice().await;
    }

    fn parts(&self) -> Arc<Parts> {
        Arc::clone(&self.parts.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn typed(&self) -> MutexGuard<'_, HashMap<TurnId, CancellationToken>> {
        self.typed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
