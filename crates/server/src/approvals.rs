//! What a person is asked, what they have allowed for always, and the rules by which it is asked.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use jarvis_assistant::{Assistant, Rules};
use jarvis_core::{Consent, Failure, Question};
use jarvis_guard::Grant;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::error::ApiError;
use crate::extract::{Json, Path};

type Shared = State<Arc<Assistant>>;

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new()
        .routes(routes!(waiting))
        .routes(routes!(answer))
        .routes(routes!(grants))
        .routes(routes!(revoke))
        .routes(routes!(rules, change_rules, ship_rules))
}

#[derive(Deserialize, ToSchema)]
struct Answer {
    /// What the person answers.
    consent: Consent,
}

#[derive(Deserialize, ToSchema)]
struct NewRules {
    /// Their text.
    #[schema(max_length = 65536)]
    text: String,
}

/// The questions that wait for a person, the oldest first.
#[utoipa::path(get, path = "/api/approvals", tag = "approvals", responses((status = 200, body = Vec<Question>)))]
async fn waiting(State(assistant): Shared) -> Json<Vec<Question>> {
    Json(assistant.hands().waiting())
}

/// Answers a question.
#[utoipa::path(post, path = "/api/approvals/{id}", tag = "approvals", params(("id" = Uuid, Path)),
    request_body = Answer, responses((status = 204), (status = 400, body = Failure), (status = 404, body = Failure),
        (status = 415, body = Failure), (status = 422, body = Failure)))]
async fn answer(
    State(assistant): Shared,
    Path(id): Path<Uuid>,
    Json(answer): Json<Answer>,
) -> Result<StatusCode, ApiError> {
    // Who can press a button has no words to wait for.
    let consent = if answer.consent == Consent::Later { Consent::No } else { answer.consent };
    if assistant.hands().desk().settle(id, consent) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::not_found("open question"))
    }
}

/// What is allowed for always, the oldest first.
#[utoipa::path(get, path = "/api/grants", tag = "approvals", responses((status = 200, body = Vec<Grant>)))]
async fn grants(State(assistant): Shared) -> Json<Vec<Grant>> {
    Json(assistant.hands().guard().grants())
}

/// Takes back what was allowed for always.
#[utoipa::path(delete, path = "/api/grants/{id}", tag = "approvals", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 400, body = Failure), (status = 404, body = Failure)))]
async fn revoke(State(assistant): Shared, Path(id): Path<Uuid>) -> Result<StatusCode, ApiError> {
    assistant.hands().revoke(id)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The rules in force, and the constitution above them.
#[utoipa::path(get, path = "/api/rules", tag = "approvals", responses((status = 200, body = Rules)))]
async fn rules(State(assistant): Shared) -> Json<Rules> {
    Json(assistant.hands().rules())
}

/// Takes rules of the person's own, if they can be used. They hold at once.
#[utoipa::path(put, path = "/api/rules", tag = "approvals", request_body = NewRules,
    responses((status = 204), (status = 400, body = Failure), (status = 415, body = Failure),
        (status = 422, body = Failure)))]
async fn change_rules(State(assistant): Shared, Json(new): Json<NewRules>) -> Result<StatusCode, ApiError> {
    assistant.hands().set_rules(Some(&new.text))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the rules that ship again.
#[utoipa::path(delete, path = "/api/rules", tag = "approvals", responses((status = 204)))]
async fn ship_rules(State(assistant): Shared) -> Result<StatusCode, ApiError> {
    assistant.hands().set_rules(None)?;
    Ok(StatusCode::NO_CONTENT)
}
