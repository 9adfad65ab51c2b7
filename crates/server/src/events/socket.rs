//! Everything that happens, by WebSocket.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::Response;
use futures::{Stream, StreamExt};
use jarvis_assistant::Assistant;
use jarvis_core::{Code, Failure};
use serde::Deserialize;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{KEEP_ALIVE, StreamItem, follow};
use crate::error::ApiError;
use crate::extract::Query;

/// What a WebSocket's client says here is not listened to, so it need not be long.
const LONGEST_INCOMING: usize = 1024;
/// The WebSocket subprotocol. Beside it a browser, which cannot send headers, offers [`BEARER`] and its token.
const PROTOCOL: &str = "jarvis.v1";
/// Goes before the token among the subprotocols; it is never chosen.
pub(crate) const BEARER: &str = "bearer.";

pub(super) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new().routes(routes!(events_ws))
}

#[derive(Deserialize, IntoParams)]
struct After {
    /// The last event that was seen; without it events come from now on.
    after: Option<u64>,
}

/// The same by WebSocket, one JSON text frame each. Offer the subprotocol `jarvis.v1`, and where no header can be sent
/// `bearer.TOKEN` beside it.
#[utoipa::path(get, path = "/api/events/ws", tag = "events", params(After),
    responses((status = 101, description = "Events follow, in text frames", body = StreamItem),
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
    let items = Box::pin(follow(&assistant, after));
    Ok(upgrade.on_upgrade(move |socket| tell(socket, items, assistant.stopping())))
}

/// Tells everything, until either end has had enough.
async fn tell(
    mut socket: WebSocket,
    mut items: impl Stream<Item = StreamItem> + Unpin,
    stopping: CancellationToken,
) {
    let mut alive = interval(KEEP_ALIVE);
    alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let message = tokio::select! {
            () = stopping.cancelled() => break,
            _ = alive.tick() => Message::Ping(Default::default()),
            item = items.next() => match item {
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
