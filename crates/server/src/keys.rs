//! Keys of services: whether there are any, kept in the keyring of the operating system, taken out again. None is told.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use jarvis_assistant::{Assistant, KeyName, Keys};
use jarvis_core::{Code, Failure};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::extract::{Json, Path};

type Shared = State<Arc<Assistant>>;

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new().routes(routes!(keys)).routes(routes!(keep, forget))
}

#[derive(Deserialize, ToSchema)]
struct NewKey {
    /// One word of letters, digits and signs. It is never told again.
    #[schema(min_length = 1, max_length = 4096)]
    key: String,
}

/// Where each key comes from: the environment, the keyring, or nowhere. May wait until the keyring is unlocked.
#[utoipa::path(get, path = "/api/keys", tag = "keys", responses((status = 200, body = Keys)))]
async fn keys(State(assistant): Shared) -> Json<Keys> {
    Json(assistant.keys().await)
}

/// Keeps a key in the keyring of the operating system. It holds at once, unless the environment gives another.
#[utoipa::path(put, path = "/api/keys/{name}", tag = "keys", params(("name" = KeyName, Path)), request_body = NewKey,
    responses((status = 204), (status = 400, body = Failure), (status = 409, body = Failure),
        (status = 415, body = Failure), (status = 422, body = Failure)))]
async fn keep(
    State(assistant): Shared,
    Path(name): Path<KeyName>,
    body: Result<axum::Json<NewKey>, JsonRejection>,
) -> Result<StatusCode, ApiError> {
    // A rejection's own words quote what was sent.
    let new = body.map_err(|rejection| {
        let remedy = "Send {\"key\": \"...\"} as JSON.";
        ApiError::new(rejection.status(), Code::BadRequest, "The key cannot be read.", remedy)
    })?;
    assistant.set_key(name, Some(new.0.key)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a key out of the keyring, if it is there. That holds at once.
#[utoipa::path(delete, path = "/api/keys/{name}", tag = "keys", params(("name" = KeyName, Path)),
    responses((status = 204), (status = 400, body = Failure), (status = 409, body = Failure)))]
async fn forget(State(assistant): Shared, Path(name): Path<KeyName>) -> Result<StatusCode, ApiError> {
    assistant.set_key(name, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
