//! What the shell's parts have in common: the assistant, once it has started, and the way in which they ask it.

use std::sync::{Arc, Mutex, PoisonError};

use jarvis_assistant::{Assistant, Command, settings};
use jarvis_core::{Event, EventKind, Failure, VoiceState};
use jarvis_server::Window;
use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{SetOnce, mpsc};

use crate::follow::Followers;
use crate::hotkey::Hotkeys;
use crate::{bubble, door, follow, hotkey, login, texts, tray, window};

/// Cheap to clone; every clone is the same shell.
#[derive(Clone)]
pub(crate) struct Shell {
    started: Arc<SetOnce<Arc<Assistant>>>,
    /// The pages, and their way to the assistant.
    pub(crate) pages: Arc<Window>,
    /// Commands in the order in which they were given: a key is pressed before it is let go.
    commands: mpsc::UnboundedSender<Command>,
    waiting: Arc<Mutex<Option<mpsc::UnboundedReceiver<Command>>>>,
    /// Which page follows the events.
    pub(crate) followers: Arc<Followers>,
    /// The hotkeys that were asked for last.
    pub(crate) hotkeys: Arc<Mutex<Option<Hotkeys>>>,
}

impl Shell {
    pub(crate) fn new() -> Self {
        let (commands, waiting) = mpsc::unbounded_channel();
        Self {
            started: Arc::default(),
            pages: Arc::new(Window::new(door::CONNECT)),
            commands,
            waiting: Arc::new(Mutex::new(Some(waiting))),
            followers: Arc::default(),
            hotkeys: Arc::default(),
        }
    }

    /// Starts the assistant, and follows what happens until it ends.
    pub(crate) async fn start(self, app: AppHandle) {
        let assistant = match Assistant::start().await {
            Ok(assistant) => assistant,
            Err(failure) => return give_up(&app, &failure),
        };
        let mut events = assistant.bus().subscribe();
        self.pages.open(Arc::clone(&assistant));
        // Nobody else sets it.
        let _ = self.started.set(Arc::clone(&assistant));
        hotkey::apply(&app, &assistant);
        login::apply(&app, &assistant);
        tauri::async_runtime::spawn(self.clone().obey(Arc::clone(&assistant)));
        assistant.listen().await;
        self.show(&app, &assistant).await;
        loop {
            match events.recv().await {
                Ok(event) => self.follow(&app, &assistant, &event).await,
                Err(RecvError::Lagged(_)) => self.show(&app, &assistant).await,
                Err(RecvError::Closed) => return,
            }
        }
    }

    async fn follow(&self, app: &AppHandle, assistant: &Arc<Assistant>, event: &Event) {
        match &event.kind {
            EventKind::SettingsChanged => {
                hotkey::apply(app, assistant);
                login::apply(app, assistant);
                self.show(app, assistant).await;
            }
            EventKind::StateChanged { .. }
            | EventKind::ListeningChanged { .. }
            | EventKind::MuteChanged { .. }
            | EventKind::DeviceChanged { .. } => self.show(app, assistant).await,
            EventKind::ApprovalAsked { question } => {
                follow::notify(app, texts::texts().may_i, &question.words);
                window::show(app, None);
            }
            EventKind::TimerRang { label } => follow::notify(app, texts::texts().timer, label),
            _ => {}
        }
    }

    /// Shows how the voice stands.
    async fn show(&self, app: &AppHandle, assistant: &Assistant) {
        let voice = assistant.voice().await;
        tray::update(app, &voice);
        bubble::update(app, assistant.config().desktop.bubble && voice.state != VoiceState::Idle);
    }

    async fn obey(self, assistant: Arc<Assistant>) {
        let commands = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut commands = commands.expect("taken once");
        while let Some(command) = commands.recv().await {
            if let Err(failure) = assistant.command(command).await {
                assistant.bus().fail(None, failure);
            }
        }
    }

    /// Asks something of the voice.
    pub(crate) fn ask(&self, command: Command) {
        // Its other end is there as long as the program.
        let _ = self.commands.send(command);
    }

    /// The assistant, when it has started.
    pub(crate) fn assistant(&self) -> Option<&Arc<Assistant>> {
        self.started.get()
    }

    /// The assistant; waits until it has started.
    pub(crate) async fn ready(&self) -> Arc<Assistant> {
        Arc::clone(self.started.wait().await)
    }

    /// Whether closing the window leaves Jarvis in the tray, also while it is still starting.
    pub(crate) fn closes_to_tray(&self) -> bool {
        match self.assistant() {
            Some(assistant) => assistant.config().desktop.close_to_tray,
            None => settings::load(&jarvis_assistant::paths().config_file())
                .is_ok_and(|config| config.desktop.close_to_tray),
        }
    }

    /// Stops the assistant, and waits until it has stopped.
    pub(crate) fn stop(&self) {
        if let Some(assistant) = self.assistant() {
            tauri::async_runtime::block_on(assistant.stop());
        }
    }
}

/// Without an assistant there is nothing to show but why.
fn give_up(app: &AppHandle, failure: &Failure) {
    tracing::error!("{failure}");
    let ending = app.clone();
    app.dialog()
        .message(format!("{}\n\n{}", failure.message, failure.remedy))
        .title("Jarvis")
        .kind(MessageDialogKind::Error)
        .show(move |_| ending.exit(1));
}
