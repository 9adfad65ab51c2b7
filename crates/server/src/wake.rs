//! Wake words: which there are, the one that is listened for, and teaching one.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use jarvis_assistant::{Assistant, Recorded, WakeWord};
use jarvis_core::{Failure, Teaching};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::extract::{Json, Path};

type Shared = State<Arc<Assistant>>;

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new()
        .routes(routes!(words))
        .routes(routes!(remove))
        .routes(routes!(choose))
        .routes(routes!(teaching, teach, end_teaching))
        .routes(routes!(record))
        .routes(routes!(take_back))
        .routes(routes!(train, stop_training))
}

#[derive(Serialize, ToSchema)]
struct WakeWords {
    words: Vec<WakeWord>,
}

#[derive(Serialize, ToSchema)]
struct Taught {
    /// None when no wake word is being taught.
    teaching: Option<Teaching>,
}

#[derive(Deserialize, ToSchema)]
struct Phrase {
    /// One to four words of four to forty letters together.
    phrase: String,
}

/// Every wake word that can be listened for.
#[utoipa::path(get, path = "/api/wake/words", tag = "wake", responses((status = 200, body = WakeWords)))]
async fn words(State(assistant): Shared) -> Json<WakeWords> {
    Json(WakeWords { words: assistant.wake_words() })
}

/// Removes a wake word that was taught. Where it is the one that is listened for, the default is again.
#[utoipa::path(delete, path = "/api/wake/words/{id}", tag = "wake", params(("id" = String, Path)),
    responses((status = 204), (status = 400, body = Failure), (status = 404, body = Failure)))]
async fn remove(State(assistant): Shared, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    assistant.remove_wake_word(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Listens for another wake word, from now on: it sets `wake.model`.
#[utoipa::path(post, path = "/api/wake/words/{id}/use", tag = "wake", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn choose(State(assistant): Shared, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    assistant.use_wake_word(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The wake word that is being taught. `teaching_changed` events tell how it goes on.
#[utoipa::path(get, path = "/api/wake/teaching", tag = "wake", responses((status = 200, body = Taught)))]
async fn teaching(State(assistant): Shared) -> Json<Taught> {
    Json(Taught { teaching: assistant.teacher().teaching() })
}

/// Begins to teach a wake word; one at a time. What is recorded for it stays in memory, and is forgotten when it has been
/// learned or the teaching ends.
#[utoipa::path(post, path = "/api/wake/teaching", tag = "wake", request_body = Phrase,
    responses((status = 201, body = Teaching), (status = 400, body = Failure), (status = 409, body = Failure)))]
async fn teach(
    State(assistant): Shared,
    Json(phrase): Json<Phrase>,
) -> Result<(StatusCode, Json<Teaching>), ApiError> {
    Ok((StatusCode::CREATED, Json(assistant.teach_wake_word(&phrase.phrase)?)))
}

/// Ends the teaching, if there is one, and forgets its recordings. A wake word that was kept stays.
#[utoipa::path(delete, path = "/api/wake/teaching", tag = "wake", responses((status = 204)))]
async fn end_teaching(State(assistant): Shared) -> StatusCode {
    assistant.teacher().end();
    StatusCode::NO_CONTENT
}

/// Records the phrase once, for 2.5 seconds, from the configured microphone, and answers when it has been. `level` events come
/// meanwhile, and Jarvis does not listen. One that cannot be learned from is not used, and the answer says why.
#[utoipa::path(post, path = "/api/wake/teaching/recordings", tag = "wake",
    responses((status = 200, body = Recorded), (status = 400, body = Failure), (status = 404, body = Failure),
        (status = 409, body = Failure)))]
async fn record(State(assistant): Shared) -> Result<Json<Recorded>, ApiError> {
    Ok(Json(assistant.record_wake_word().await?))
}

/// Forgets a recording, counting from 1.
#[utoipa::path(delete, path = "/api/wake/teaching/recordings/{number}", tag = "wake", params(("number" = usize, Path)),
    responses((status = 200, body = Teaching), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn take_back(State(assistant): Shared, Path(number): Path<usize>) -> Result<Json<Teaching>, ApiError> {
    Ok(Json(assistant.teacher().take_back(number)?))
}

/// Trains the wake word in the background, which takes some minutes, and measures it. `teaching_changed` events tell how far it
/// is, and a `failed` one why it failed; the recordings are kept then. What hears well enough is one of the wake words
/// afterwards, and is used when it is chosen.
#[utoipa::path(post, path = "/api/wake/teaching/training", tag = "wake",
    responses((status = 202), (status = 400, body = Failure), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn train(State(assistant): Shared) -> Result<StatusCode, ApiError> {
    assistant.teacher().train()?;
    Ok(StatusCode::ACCEPTED)
}

/// Stops the training, if there is one. The recordings are kept, and a later one goes on from what voices have said.
#[utoipa::path(delete, path = "/api/wake/teaching/training", tag = "wake", responses((status = 204)))]
async fn stop_training(State(assistant): Shared) -> StatusCode {
    assistant.teacher().stop_training();
    StatusCode::NO_CONTENT
}
