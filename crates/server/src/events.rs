//! Everything that happens, as it happens: Server-Sent Events.

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
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A comment this often tells both ends that the other is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new().routes(routes!(events))
}

/// One thing that the stream tells.
pub struct Told {
    /// Number of the event; none for word that some were missed.
    pub seq: Option<u64>,
    /// Itself, a JSON object.
    pub json: String,
}

/// Everything that happens from now on, or from the event after `seen`, until Jarvis ends. Where some can no longer be
/// told, `{"type": "missed"}` comes first: read everything again.
pub fn follow(assistant: &Assistant, seen: Option<u64>) -> impl Stream<Item = Told> + use<> {
    let Replay { live, since, missed, next } = assistant.bus().replay(seen);
    let listener = Listener { missed, replay: since.into(), live, next };
    unfold(listener, |mut listener| async {
        let told = listener.next().await?;
        Some((told, listener))
    })
    .take_until(assistant.stopping().cancelled_owned())
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
    let stream = follow(&assistant, seen).map(|told| {
        let event = SseEvent::default().data(told.json);
        Ok(match told.seq {
            Some(seq) => event.id(seq.to_string()),
            None => event,
        })
    });
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
    async fn next(&mut self) -> Option<Told> {
        loop {
            if std::mem::take(&mut self.missed) {
                return Some(Told { seq: None, json: r#"{"type":"missed"}"#.into() });
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
            let json = serde_json::to_string(&event).expect("an event is plain data");
            return Some(Told { seq: Some(event.seq), json });
        }
    }
}
