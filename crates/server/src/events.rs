//! Everything that happens, as it happens: Server-Sent Events, and the same by WebSocket.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event as SseEvent, KeepAlive};
use axum::response::{Response, Sse};
use futures::stream::unfold;
use futures::{Stream, StreamExt};
use jarvis_assistant::{Assistant, Replay};
use jarvis_core::{Code, Event, Failure};
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::extract::Query;

/// A comment, or a ping, this often tells both ends that the other is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// What a WebSocket's client says here is not listened to, so it need not be long.
const LONGEST_INCOMING: usize = 1024;
/// The WebSocket subprotocol. Beside it a browser, which cannot send headers, offers [`BEARER`] and its token.
const PROTOCOL: &str = "jarvis.v1";
/// Goes before the token among the subprotocols; it is never chosen.
pub(crate) const BEARER: &str = "bearer.";

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new().routes(routes!(events)).routes(routes!(events_ws))
}

#[derive(Deserialize, IntoParams)]
struct After {
    /// The last event that was seen; without it events come from now on.
    after: Option<u64>,
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

/// Everything that happens from now on, or from the event after `Last-Event-ID`, one event at a time. Where some can
/// no longer be told, `{"type": "missed"}` comes first: read everything again.
#[utoipa::path(get, path = "/api/events", tag = "events",
    params(("Last-Event-ID" = Option<u64>, Header, description = "The last event that was seen")),
    responses((status = 200, content_type = "text/event-stream", body = Event)))]
async fn events(
    State(assistant): State<Arc<Assistant>>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<SseEvent, Infallible>>> {
    let seen = headers.get("last-event-id").and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    let listener = Listener::after(seen, &assistant);
    let stopping = assistant.stopping();
    let stream = unfold(listener, |mut listener| async {
        let item = listener.next().await?;
        let event = SseEvent::default().data(item.json());
        let event = match &item {
            Item::Happened(happened) => event.id(happened.seq.to_string()),
            Item::Missed => event,
        };
        Some((Ok(event), listener))
    })
    .take_until(stopping.cancelled_owned());
    Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

/// The same by WebSocket, one JSON text frame each. Offer the subprotocol `jarvis.v1`, and where no header can be sent
/// `bearer.TOKEN` beside it.
#[utoipa::path(get, path = "/api/events/ws", tag = "events", params(After),
    responses((status = 101, description = "Events follow, in text frames", body = Event),
        (status = 400, body = Failure)))]
async fn events_ws(
    State(assistant): State<Arc<Assistant>>,
    Query(After { after }): Query<After>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|_| {
        let remedy = "Open it as a WebSocket, or read /api/events.";
        ApiError::new(StatusCode::BAD_REQUEST, Code::BadRequest, "This is a WebSocket.", remedy)
    })?;
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(LONGEST_INCOMING);
    // From now on, and not only from when the connection stands.
    let listener = Listener::after(after, &assistant);
    let stopping = assistant.stopping();
    Ok(upgrade.on_upgrade(move |socket| tell(socket, listener, stopping)))
}

/// Tells everything, until either end has had enough.
async fn tell(mut socket: WebSocket, mut listener: Listener, stopping: CancellationToken) {
    let mut alive = interval(KEEP_ALIVE);
    alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let message = tokio::select! {
            () = stopping.cancelled() => break,
            _ = alive.tick() => Message::Ping(Default::default()),
            item = listener.next() => match item {
                Some(item) => Message::Text(item.json().into()),
                None => break,
            },
            incoming = socket.recv() => match incoming {
                // Reading is what answers pings.
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
        };
        // A client that reads no more is not waited for when Jarvis ends.
        let sent = tokio::select! {
            sent = socket.send(message) => sent,
            () = stopping.cancelled() => break,
        };
        if sent.is_err() {
            return;
        }
    }
    // It may have gone first.
    let _ = socket.send(Message::Close(None)).await;
}

/// What a listener is told.
enum Item {
    Happened(Event),
    /// Some of it can no longer be told.
    Missed,
}

impl Item {
    fn json(&self) -> String {
        match self {
            Self::Happened(event) => serde_json::to_string(event).expect("an event is plain data"),
            Self::Missed => r#"{"type":"missed"}"#.into(),
        }
    }
}

impl Listener {
    /// One who has seen everything up to the event `seen`; without it, one who comes now.
    fn after(seen: Option<u64>, assistant: &Assistant) -> Self {
        let Replay { live, since, missed, next } = assistant.bus().replay(seen);
        Self { missed, replay: since.into(), live, next }
    }

    /// What comes next; none when Jarvis ends.
    async fn next(&mut self) -> Option<Item> {
        loop {
            if std::mem::take(&mut self.missed) {
                return Some(Item::Missed);
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
            return Some(Item::Happened(event));
        }
    }
}
