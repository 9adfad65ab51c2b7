//! A running assistant: what every shell holds, and asks.
//!
//! It owns what the settings made, and makes it anew when they change. The window, the server and the command line
//! translate what a person does into calls of it, and show what the bus tells.

mod folders;
mod inventory;
mod voice;
mod wake;

use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use futures::FutureExt;
use jarvis_agents::reflex::Effect;
use jarvis_core::paths::Paths;
use jarvis_core::{
    Code, Config, ConversationId, DownloadState, EventKind, Failure, MessageId, TurnId, TurnTimings,
};
use jarvis_memory::{
    ArchiveFormat, Conversation, Document, DocumentFile, Imported, Message, Store, StoreError, backup,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::afterthoughts::think_in_pauses;
use crate::aloud::Solo;
use crate::archive;
use crate::brain::Brain;
use crate::bus::EventBus;
use crate::doctor::{self, Check};
use crate::downloads::Downloads;
use crate::encryption;
use crate::hands::Hands;
use crate::journal::{Journal, Request};
use crate::keys::{KeyName, Keys};
use crate::library::Library;
use crate::listen::Command;
use crate::settings::{self, Setting};
use crate::setup::Setup;
use crate::teacher::Teacher;
use crate::typed::{self, answer_typed};
pub use inventory::{DeviceInfo, Machine, ModelEntry, ModelStanding};
use voice::Voice;
pub use voice::VoiceStatus;

/// Whether a copy of the memory is due is looked at so often, and not while Jarvis is starting.
const COPY_AFTER: Duration = Duration::from_secs(600);
/// A microphone that is missing is looked for so often.
const MICROPHONE_AFTER: Duration = Duration::from_secs(2);
/// Old conversations are looked for so often, and when Jarvis starts.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// What the settings made.
pub(crate) struct Parts {
    pub setup: Setup,
    pub brain: Arc<Brain>,
}

/// See the module.
pub struct Assistant {
    bus: EventBus,
    downloads: Downloads,
    teacher: Teacher,
    parts: RwLock<Arc<Parts>>,
    voice: tokio::sync::Mutex<Voice>,
    solo: Solo,
    /// Typed turns under way.
    typed: Mutex<HashMap<TurnId, CancellationToken>>,
    /// Held while what follows from the settings is made anew, so that nobody takes back or writes over what another has changed.
    changing: tokio::sync::Mutex<()>,
    /// Held while a document is read.
    reading: tokio::sync::Mutex<()>,
    stopping: CancellationToken,
}

impl Assistant {
    /// Made of what the configuration names, with conversations kept in the person's data folder. Nothing is heard
    /// before [`Self::listen`]. Without a language model it starts all the same, or nobody could choose one in the window.
    pub async fn start() -> Result<Arc<Self>, Failure> {
        let setup = Setup::load()?;
        let bus = setup.bus()?;
        let downloads = Downloads::new(Arc::clone(&setup.catalog), bus.clone());
        let teacher = Teacher::new(bus.clone());
        let brain = Arc::new(Brain::from_setup(&setup, bus.clone()).await);
        let parts = RwLock::new(Arc::new(Parts { setup, brain }));
        let assistant = Arc::new(Self {
            bus,
            downloads,
            teacher,
            parts,
            voice: tokio::sync::Mutex::default(),
            solo: Solo::default(),
            typed: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
            reading: tokio::sync::Mutex::default(),
            stopping: CancellationToken::new(),
        });
        assistant.voice.lock().await.say_first(assistant.bus.take_unsaid());
        // What was set in an earlier run may ring at once.
        assistant.renew_voice().await;
        tokio::spawn(Arc::clone(&assistant).use_what_is_fetched());
        let thinker = Arc::clone(&assistant);
        let brain = move || Arc::clone(&thinker.parts().brain);
        tokio::spawn(think_in_pauses(assistant.bus.clone(), brain, assistant.stopping()));
        tokio::spawn(Arc::clone(&assistant).keep_in_order());
        tokio::spawn(Arc::clone(&assistant).look_for_microphone());
        tokio::spawn(Arc::clone(&assistant).watch_folders());
        Ok(assistant)
    }

    /// Takes models into use as they are fetched, where one was missing; and voices in any case, since each may be the best of its
    /// language.
    async fn use_what_is_fetched(self: Arc<Self>) {
        let mut events = self.bus.subscribe();
        let stopping = self.stopping();
        while let Some(event) = stopping.run_until_cancelled(events.recv()).await {
            let fetched = match event.map(|event| event.kind) {
                Ok(EventKind::ModelProgress { state: DownloadState::Installed, model, .. }) => Some(model),
                Ok(_) => continue,
                Err(RecvError::Lagged(_)) => None,
                Err(RecvError::Closed) => return,
            };
            let changing = self.changing.lock().await;
            let old = self.parts();
            let mut thinks = false;
            if old.brain.problem().is_some()
                && let Ok(parts) = self.made_anew(&old).await
            {
                thinks = parts.brain.problem().is_none();
                self.replace(parts);
            }
            drop(changing);
            let speaks = fetched.is_some_and(|id| old.setup.catalog.manifest().voice(&id).is_some());
            // The voice asks the brain that it was made with.
            if thinks || speaks || self.voice().await.problem.is_some() {
                self.renew_voice().await;
            }
        }
    }

    /// Listens once the microphone that was missing is there.
    async fn look_for_microphone(self: Arc<Self>) {
        let stopping = self.stopping();
        while stopping.run_until_cancelled(tokio::time::sleep(MICROPHONE_AFTER)).await.is_some() {
            self.listen_if_plugged_in().await;
        }
    }

    /// Removes what is older than conversations are kept, and keeps a copy of the memory a day. What cannot be copied is damaged, or has
    /// no room: the person is told.
    async fn keep_in_order(self: Arc<Self>) {
        let stopping = self.stopping();
        let mut looked_at = self.remove_old(Timestamp::now()).await;
        while stopping.run_until_cancelled(tokio::time::sleep(COPY_AFTER)).await.is_some() {
            let now = Timestamp::now();
            if now.duration_since(looked_at).abs() >= A_DAY {
                looked_at = self.remove_old(now).await;
            }
            // Who has the memory open has its key: nobody is asked to unlock the keyring for it.
            let file = self.journal().store().file().clone();
            let keep = move || {
                backup::keep_copy(&file, Timestamp::now()).map_err(|error| encryption::failure(&error))
            };
            if let Ok(Err(failure)) = tokio::task::spawn_blocking(keep).await {
                self.bus.fail(None, failure);
            }
        }
    }

    /// Removes for good the conversations that are older than the person wants them kept. Returns when that was.
    async fn remove_old(&self, now: Timestamp) -> Timestamp {
        match self.journal().keep_days(self.config().memory.keep_conversations_days, now).await {
            Ok(0) => {}
            Ok(_) => self.bus.publish(None, EventKind::MemoryChanged),
            Err(failure) => self.bus.fail(None, failure),
        }
        now
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

    /// A wake word that is being taught.
    pub fn teacher(&self) -> &Teacher {
        &self.teacher
    }

    /// The language model that thinks, for people.
    pub fn model_name(&self) -> Option<String> {
        self.parts().brain.model_name()
    }

    /// A new conversation.
    pub async fn begin_conversation(&self, title: Option<String>) -> Result<Conversation, Failure> {
        let begin = move |store: &Store| store.create(title.as_deref(), Timestamp::now());
        let begun = self.journal().with(begin).await?;
        self.bus.publish(None, EventKind::ConversationChanged { id: begun.id });
        Ok(begun)
    }

    /// Changes what is kept of a conversation, and tells that it has changed.
    pub async fn change_conversation<T: Send + 'static>(
        &self,
        id: ConversationId,
        change: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let changed = self.journal().with(change).await?;
        self.bus.publish(None, EventKind::ConversationChanged { id });
        Ok(changed)
    }

    /// Changes what is remembered or was read, and tells that it has changed. What finds by meaning follows.
    pub async fn change_memory<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let changed = self.journal().with(change).await?;
        self.journal().memory().catch_up();
        self.bus.publish(None, EventKind::MemoryChanged);
        Ok(changed)
    }

    /// All that is kept, written down.
    pub async fn export_memory(&self, format: ArchiveFormat) -> Result<Vec<u8>, Failure> {
        self.journal().with(move |store| Ok(archive::written(store, format, Timestamp::now()))).await?
    }

    /// Takes in what was written down, or only says what would come of it. Refused while another program has the memory open.
    pub async fn import_memory(&self, text: Vec<u8>, dry_run: bool) -> Result<Imported, Failure> {
        let import = move |store: &Store| Ok(archive::take_in(store, &text, dry_run));
        if dry_run { self.journal().with(import).await? } else { self.change_memory(import).await? }
    }

    /// Reads a document that was handed over, and keeps what it says. Events tell how far it is. One is read at a time; who
    /// stops waiting stops the reading.
    pub async fn read_document(&self, name: &str, content: Vec<u8>) -> Result<Document, Failure> {
        let _turn = self.reading.lock().await;
        let file = DocumentFile::handed_over(name, content).map_err(|e| e.failure())?;
        let library = Library::new(self.parts().setup.document_engine());
        let progress = |done, of| {
            self.bus.publish(None, EventKind::DocumentProgress { name: name.into(), done, of });
        };
        let document = library.add(self.journal().memory().store(), file, progress).await?;
        self.journal().memory().catch_up();
        self.bus.publish(None, EventKind::MemoryChanged);
        Ok(document)
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
        self.bus.publish(None, EventKind::ConversationChanged { id: conversation });
        let assistant = Arc::clone(self);
        tokio::spawn(async move {
            let answer = AssertUnwindSafe(assistant.answer(turn, &text, &cancel)).catch_unwind();
            // Whatever became of it, the turn is over: nobody could ask anything else in this conversation.
            if answer.await.is_err() {
                assistant.typed().remove(&turn);
                let failure = Failure::new(
                    Code::Internal,
                    "The answer broke off.",
                    "Ask again; if it happens again, report it.",
                );
                typed::failed(&assistant.bus, turn, failure, TurnTimings::default());
            }
        });
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
            Effect::None | Effect::Asked | Effect::MemoryChanged | Effect::StopEverything => return,
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
        let _changing = self.changing.lock().await;
        self.change(changes).await
    }

    async fn change(&self, changes: &BTreeMap<String, Value>) -> Result<(), Failure> {
        let old = self.parts();
        let change = settings::change(&old.setup.paths.config_file(), changes)?;
        // Where this fails, or nobody waits for it any more, the change is taken back.
        let parts = self.remade(&old).await?;
        change.keep();
        let concerns_voice = !Arc::ptr_eq(&parts.brain, &old.brain);
        self.replace(parts);
        // Who is being heard or answered is not cut off by what does not concern the voice.
        if concerns_voice {
            self.renew_voice().await;
        }
        self.bus.publish(None, EventKind::SettingsChanged);
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
        let _changing = self.changing.lock().await;
        // A key that was taken away is not used on, and what does not work with a new one is told.
        let parts = self.made_anew(&self.parts()).await?;
        if let Some(failure) = parts.brain.problem() {
            self.bus.fail(None, failure.clone());
        }
        self.replace(parts);
        self.renew_voice().await;
        Ok(())
    }

    /// What the settings make now. What thinks and speaks is taken over where only others were changed.
    async fn remade(&self, old: &Parts) -> Result<Parts, Failure> {
        let setup = Setup::load()?;
        let Config { desktop, memory, documents, tools, .. } = old.setup.config.clone();
        let offered = tools.offered == setup.config.tools.offered;
        let like_before = Config { desktop, memory, documents, tools, ..setup.config.clone() };
        if like_before == old.setup.config && offered {
            old.brain.obey(&setup);
            return Ok(Parts { setup, brain: Arc::clone(&old.brain) });
        }
        let parts = self.made_anew(old).await?;
        match parts.brain.problem() {
            // Who could think goes on thinking.
            Some(failure) if old.brain.problem().is_none() => Err(failure.clone()),
            _ => Ok(parts),
        }
    }

    async fn made_anew(&self, old: &Parts) -> Result<Parts, Failure> {
        let setup = Setup::load()?;
        let (timers, hands) = (Arc::clone(old.brain.timers()), Arc::clone(old.brain.hands()));
        hands.obey(&setup);
        let brain = Brain::with_timers(&setup, timers, hands, self.bus.clone()).await;
        Ok(Parts { setup, brain: Arc::new(brain) })
    }

    /// What acts on the machine, and what stands above it.
    pub fn hands(&self) -> Arc<Hands> {
        Arc::clone(self.parts().brain.hands())
    }

    /// Switches a tool on or off. That is a setting, and stays.
    pub async fn switch_tool(&self, name: &str, on: bool) -> Result<(), Failure> {
        if !self.hands().toolbox().list().iter().any(|about| about.spec.name == name) {
            let remedy = "`jarvis tools list` names those there are.";
            return Err(Failure::new(Code::NotFound, format!("There is no tool called {name:?}."), remedy));
        }
        let _changing = self.changing.lock().await;
        let mut off = self.config().tools.off;
        off.retain(|known| known != name);
        if !on {
            off.push(name.to_owned());
        }
        self.change(&BTreeMap::from([("tools.off".to_owned(), off.into())])).await?;
        self.bus.publish(None, EventKind::ToolsChanged);
        Ok(())
    }

    /// The settings in force.
    pub fn config(&self) -> Config {
        self.parts().setup.config.clone()
    }

    /// Where things are kept.
    pub fn paths(&self) -> Paths {
        self.parts().setup.paths.clone()
    }

    /// Looks at everything that Jarvis needs.
    pub async fn examine(&self) -> Vec<Check> {
        let parts = self.parts();
        doctor::examine(&parts.setup, &parts.brain).await
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
        self.teacher.end();
        self.close_voice().await;
        self.journal().keep_late();
    }

    fn parts(&self) -> Arc<Parts> {
        Arc::clone(&self.parts.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn typed(&self) -> MutexGuard<'_, HashMap<TurnId, CancellationToken>> {
        self.typed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
