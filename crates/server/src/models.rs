//! The model catalogue: what is there, and getting more.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use jarvis_assistant::{Assistant, ModelEntry};
use jarvis_core::Failure;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::extract::{Json, Path};

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new()
        .routes(routes!(models))
        .routes(routes!(remove))
        .routes(routes!(pull))
        .routes(routes!(cancel))
        .routes(routes!(verify))
        .routes(routes!(chat_models))
}

#[derive(Serialize, ToSchema)]
struct Models {
    models: Vec<ModelEntry>,
}

#[derive(Serialize, ToSchema)]
struct Verified {
    /// Whether every byte is what it should be.
    ok: bool,
    problem: Option<Failure>,
}

#[derive(Serialize, ToSchema)]
struct ChatModels {
    models: Vec<String>,
}

/// Every model of the catalogue, with what is there of it.
#[utoipa::path(get, path = "/api/models", tag = "models", responses((status = 200, body = Models)))]
async fn models(State(assistant): State<Arc<Assistant>>) -> Json<Models> {
    Json(Models { models: assistant.models() })
}

/// Begins to fetch a model; `model_progress` events tell how far it is. One that was stopped goes on.
#[utoipa::path(post, path = "/api/models/{id}/pull", tag = "models", params(("id" = String, Path)),
    responses((status = 202), (status = 404, body = Failure)))]
async fn pull(
    State(assistant): State<Arc<Assistant>>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    known(&assistant, &id)?;
    assistant.downloads().begin(&id);
    Ok(StatusCode::ACCEPTED)
}

/// Stops fetching a model. What is there is kept, and a later `pull` goes on from it.
#[utoipa::path(post, path = "/api/models/{id}/cancel", tag = "models", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Failure)))]
async fn cancel(
    State(assistant): State<Arc<Assistant>>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    known(&assistant, &id)?;
    assistant.downloads().stop(&id);
    Ok(StatusCode::NO_CONTENT)
}

/// Reads every byte of a model and holds it against its checksum.
#[utoipa::path(post, path = "/api/models/{id}/verify", tag = "models", params(("id" = String, Path)),
    responses((status = 200, body = Verified), (status = 404, body = Failure)))]
async fn verify(
    State(assistant): State<Arc<Assistant>>,
    Path(id): Path<String>,
) -> Result<Json<Verified>, ApiError> {
    known(&assistant, &id)?;
    let problem = assistant.downloads().verify(&id).await.err();
    Ok(Json(Verified { ok: problem.is_none(), problem }))
}

/// Removes a model, or what is there of one; a download ends first.
#[utoipa::path(delete, path = "/api/models/{id}", tag = "models", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Failure)))]
async fn remove(
    State(assistant): State<Arc<Assistant>>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    known(&assistant, &id)?;
    assistant.downloads().remove(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The language models that the configured provider has.
#[utoipa::path(get, path = "/api/llm/models", tag = "models",
    responses((status = 200, body = ChatModels), (status = 502, body = Failure)))]
async fn chat_models(State(assistant): State<Arc<Assistant>>) -> Result<Json<ChatModels>, ApiError> {
    Ok(Json(ChatModels { models: assistant.chat_models().await? }))
}

fn known(assistant: &Assistant, id: &str) -> Result<(), ApiError> {
    if assistant.knows_model(id) { Ok(()) } else { Err(ApiError::not_found("model")) }
}
