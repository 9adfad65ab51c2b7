//! Everything that happens, as it happens: Server-Sent Events, and the same by WebSocket.

pub(crate) mod socket;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event as SseEvent, KeepAlive};
use futures::stream::unfold;
use futures::{Stream, StreamExt};
use jarvis_assistant::{Assistant, Replay};
use jarvis_core::Event;
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A comment, or a ping, this often tells both ends that the other is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new().routes(routes!(events)).merge(socket::routes())
}

/// What the stream carries: facts, or word that some of them can no longer be told.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum StreamItem {
    /// What happened.
    Event(Event),
    /// Something was missed.
    Missed(Missed),
}

/// Read everything again.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Missed {
    /// See the type.
    Missed,
}

/// Everything that happens from now on, or from the event after `seen`, until Jarvis ends. Where some can no longer be
/// told, [`Missed`] comes first.
pub fn follow(assistant: &Assistant, seen: Option<u64>) -> impl Stream<Item = StreamItem> + use<> {
    let Replay { live, since, missed, next } = assistant.bus().replay(seen);
    let listener = Listener { missed, replay: since.into(), live, next };
    unfold(listener, |mut listener| async {
        let item = listener.next().await?;
        Some((item, listener))
    })
    .take_until(assistant.stopping().cancelled_owned())
}

/// Everything that happens from now on, or from the event after `Last-Event-ID`, one event at a time. Where some can
/// no longer be told, `{"type": "missed"}` comes first: read everything again.
#[utoipa::path(get, path = "/api/events", tag = "events",
    params(("Last-Event-ID" = Option<u64>, Header, description = "The last event that was seen")),
    responses((status = 200, content_type = "text/event-stream", body = StreamItem)))]
async fn events(
    State(assistant): State<Arc<Assistant>>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<SseEvent, Infallible>>> {
    let seen = headers.get("last-event-id").and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    let stream = follow(&assistant, seen).map(|item| Ok(item.into()));
    Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

/// Where a listener is.
struct Listener {
    /// Something was missed, and it is not yet told.
    missed: bool,
    /// What happened before it came, and after it was last there.
    replay: VecDeque<Event>,
    live: Receiver<Event>,
    /// The next it has not seen.
    next: u64,
}

impl Listener {
    /// The next event; none when Jarvis ends.
    async fn next(&mut self) -> Option<StreamItem> {
        loop {
            if std::mem::take(&mut self.missed) {
                return Some(StreamItem::Missed(Missed::Missed));
            }
            let event = match self.replay.pop_front() {
                Some(event) => event,
                None => match self.live.recv().await {
                    Ok(event) => event,
                    Err(RecvError::Lagged(_)) => {
                        self.missed = true;
                        continue;
                    }
                    Err(RecvError::Closed) => return None,
                },
            };
            // The end of the replay and the beginning of what is live may overlap.
            if event.seq < self.next {
                continue;
            }
            self.next = event.seq + 1;
            return Some(StreamItem::Event(event));
        }
    }
}

impl StreamItem {
    fn json(&self) -> String {
        serde_json::to_string(self).expect("an event is plain data")
    }
}

impl From<StreamItem> for SseEvent {
    fn from(item: StreamItem) -> Self {
        let data = Self::default().data(item.json());
        match item {
            StreamItem::Event(event) => data.id(event.seq.to_string()),
            StreamItem::Missed(_) => data,
        }
    }
}
