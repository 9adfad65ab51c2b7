//! How Jarvis stands, and what a person asks of its voice.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use jarvis_assistant::{Assistant, Command, VoiceStatus};
use jarvis_core::{ConversationId, Failure};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::extract::Json;

type Shared = State<Arc<Assistant>>;

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new()
        .routes(routes!(state))
        .routes(routes!(talk))
        .routes(routes!(mute))
        .routes(routes!(stop))
}

#[derive(Serialize, ToSchema)]
struct Standing {
    version: &'static str,
    voice: VoiceStatus,
    /// The language model that thinks, `provider/name`; none where there is none.
    model: Option<String>,
    /// The conversation that a spoken request goes on with.
    conversation: Option<ConversationId>,
}

#[derive(Deserialize, ToSchema)]
struct Talk {
    /// Whether the key is held down; a request ends when it is let go.
    pressed: bool,
}

#[derive(Deserialize, ToSchema)]
struct Mute {
    muted: bool,
}

/// How Jarvis stands. Events tell what changes.
#[utoipa::path(get, path = "/api/state", tag = "voice", responses((status = 200, body = Standing)))]
async fn state(State(assistant): Shared) -> Json<Standing> {
    Json(Standing {
        version: env!("CARGO_PKG_VERSION"),
        voice: assistant.voice().await,
        model: assistant.model_name(),
        conversation: assistant.journal().last(),
    })
}

/// The talk key: a request without the wake word.
#[utoipa::path(post, path = "/api/voice/talk", tag = "voice", request_body = Talk,
    responses((status = 204), (status = 409, body = Failure)))]
async fn talk(State(assistant): Shared, Json(talk): Json<Talk>) -> Result<StatusCode, ApiError> {
    assistant.command(if talk.pressed { Command::TalkPressed } else { Command::TalkReleased }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hears nothing, or hears again.
#[utoipa::path(post, path = "/api/voice/mute", tag = "voice", request_body = Mute,
    responses((status = 204), (status = 409, body = Failure)))]
async fn mute(State(assistant): Shared, Json(mute): Json<Mute>) -> Result<StatusCode, ApiError> {
    assistant.command(Command::Mute(mute.muted)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Silences what is being said.
#[utoipa::path(post, path = "/api/voice/stop", tag = "voice", responses((status = 204), (status = 409, body = Failure)))]
async fn stop(State(assistant): Shared) -> Result<StatusCode, ApiError> {
    assistant.command(Command::Stop).await?;
    Ok(StatusCode::NO_CONTENT)
}
