//! Carries what happens out of the bus: to the pages, and to the person while no page is looked at.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::StreamExt;
use jarvis_assistant::Assistant;
use jarvis_server::StreamItem;
use tauri::AppHandle;
use tauri::async_runtime::JoinHandle;
use tauri::ipc::Channel;
use tauri_plugin_notification::NotificationExt;

/// The pages that follow the events, by the name of their window. A page that was loaded anew follows anew.
#[derive(Default)]
pub(crate) struct Followers(Mutex<HashMap<String, (u32, JoinHandle<()>)>>);

impl Followers {
    /// Sends everything that happens to `events`, from the event after `after`. Returns its number.
    pub(crate) fn add(
        &self,
        window: &str,
        assistant: &Assistant,
        after: Option<u64>,
        events: Channel<StreamItem>,
    ) -> u32 {
        let id = events.id();
        let mut stream = Box::pin(jarvis_server::follow(assistant, after));
        let task = tauri::async_runtime::spawn(async move {
            while let Some(item) = stream.next().await {
                if events.send(item).is_err() {
                    return;
                }
            }
        });
        if let Some((_, before)) = self.lock().insert(window.to_string(), (id, task)) {
            before.abort();
        }
        id
    }

    /// Ends it, unless another has taken its place.
    pub(crate) fn remove(&self, window: &str, id: u32) {
        let mut followers = self.lock();
        if followers.get(window).is_some_and(|(known, _)| *known == id)
            && let Some((_, task)) = followers.remove(window)
        {
            task.abort();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (u32, JoinHandle<()>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the person by the system's notifications. Where there are none, the voice and the window tell it all the same.
pub(crate) fn notify(app: &AppHandle, title: &str, text: &str) {
    if let Err(e) = app.notification().builder().title(title).body(text).show() {
        tracing::warn!("no notification was shown: {e}");
    }
}
