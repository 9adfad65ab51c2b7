//! How Jarvis stands, and what a person asks of its voice.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use jarvis_assistant::{Assistant, Command, Preview, TrialKind, VoiceStatus};
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
        .routes(routes!(test_tone))
        .routes(routes!(preview))
        .routes(routes!(begin_trial, end_trial))
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

#[derive(Deserialize, ToSchema)]
struct TestTone {
    /// The speaker, as `/api/devices` names it; the configured one when not given.
    device: Option<String>,
}

#[derive(Deserialize, ToSchema)]
struct Trial {
    what: TrialKind,
    /// The microphone, as `/api/devices` names it; the configured one when not given.
    device: Option<String>,
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

/// Silences what is being said or rings; silence where nothing does is no error.
#[utoipa::path(post, path = "/api/voice/stop", tag = "voice", responses((status = 204), (status = 409, body = Failure)))]
async fn stop(State(assistant): Shared) -> Result<StatusCode, ApiError> {
    assistant.command(Command::Stop).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Plays a short tone on a speaker, and answers when it is heard.
#[utoipa::path(post, path = "/api/voice/test-tone", tag = "voice", request_body = TestTone,
    responses((status = 204), (status = 409, body = Failure)))]
async fn test_tone(State(assistant): Shared, Json(tone): Json<TestTone>) -> Result<StatusCode, ApiError> {
    assistant.test_tone(tone.device).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says a sentence with another voice or speed, and answers when it is heard, or another took its place. No setting is
/// changed. A second one replaces the first, and stop ends it; a microphone is not needed.
#[utoipa::path(post, path = "/api/voice/preview", tag = "voice", request_body = Preview,
    responses((status = 204), (status = 400, body = Failure), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn preview(State(assistant): Shared, Json(preview): Json<Preview>) -> Result<StatusCode, ApiError> {
    assistant.preview(preview).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries a microphone for a minute, or until it is ended: `level` events come about ten times a second, and with "wake"
/// a `wake_detected` for each "Hey Jarvis", which begins no turn. Meanwhile Jarvis does not listen otherwise. A second
/// trial replaces the first; `trial_ended` tells that one is over.
#[utoipa::path(post, path = "/api/voice/trial", tag = "voice", request_body = Trial,
    responses((status = 204), (status = 409, body = Failure)))]
async fn begin_trial(State(assistant): Shared, Json(trial): Json<Trial>) -> Result<StatusCode, ApiError> {
    assistant.begin_trial(trial.what, trial.device).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the trial of the microphone, if there is one. Jarvis listens again where it did.
#[utoipa::path(delete, path = "/api/voice/trial", tag = "voice", responses((status = 204)))]
async fn end_trial(State(assistant): Shared) -> StatusCode {
    assistant.end_trial().await;
    StatusCode::NO_CONTENT
}
