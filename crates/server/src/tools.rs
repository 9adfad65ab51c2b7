//! Tools: which there are, switched on and off, tried, called.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jarvis_assistant::{Assistant, Explained, ToolEntry, ToolResult};
use jarvis_core::Failure;
use jarvis_guard::Circumstances;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::extract::{Json, Path};

type Shared = State<Arc<Assistant>>;

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new()
        .routes(routes!(tools))
        .routes(routes!(switch))
        .routes(routes!(explain))
        .routes(routes!(call))
        .routes(routes!(stop_everything))
        .routes(routes!(screen))
}

#[derive(Deserialize, ToSchema)]
struct Switch {
    /// Whether it is on.
    on: bool,
}

#[derive(Deserialize, ToSchema)]
struct Arguments {
    /// The arguments, as the tool's schema says.
    #[schema(value_type = Object)]
    arguments: Value,
}

/// Every tool, by name, those that are off too.
#[utoipa::path(get, path = "/api/tools", tag = "tools", responses((status = 200, body = Vec<ToolEntry>)))]
async fn tools(State(assistant): Shared) -> Json<Vec<ToolEntry>> {
    Json(assistant.hands().entries())
}

/// Switches a tool on or off. That is a setting, and stays.
#[utoipa::path(put, path = "/api/tools/{name}", tag = "tools", params(("name" = String, Path)), request_body = Switch,
    responses((status = 204), (status = 400, body = Failure), (status = 404, body = Failure),
        (status = 415, body = Failure), (status = 422, body = Failure)))]
async fn switch(
    State(assistant): Shared,
    Path(name): Path<String>,
    Json(switch): Json<Switch>,
) -> Result<StatusCode, ApiError> {
    assistant.switch_tool(&name, switch.on).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What would be decided of a call, and by which rule. Runs nothing.
#[utoipa::path(post, path = "/api/tools/{name}/explain", tag = "tools", params(("name" = String, Path)),
    request_body = Arguments, responses((status = 200, body = Explained), (status = 400, body = Failure),
        (status = 404, body = Failure), (status = 409, body = Failure), (status = 415, body = Failure), (status = 422, body = Failure)))]
async fn explain(
    State(assistant): Shared,
    Path(name): Path<String>,
    Json(asked): Json<Arguments>,
) -> Result<Json<Explained>, ApiError> {
    let hands = assistant.hands();
    // Tools may look at the machine, which can take its time.
    let explained =
        tokio::task::spawn_blocking(move || hands.explain(&name, &asked.arguments, &Circumstances::person()));
    Ok(Json(explained.await.expect("explaining does not panic")?))
}

/// Calls a tool, under the guard: it may ask, and then waits up to a minute for the answer. Who stops waiting stops it.
#[utoipa::path(post, path = "/api/tools/{name}/call", tag = "tools", params(("name" = String, Path)),
    request_body = Arguments, responses((status = 200, body = ToolResult), (status = 400, body = Failure),
        (status = 415, body = Failure), (status = 422, body = Failure)))]
async fn call(
    State(assistant): Shared,
    Path(name): Path<String>,
    Json(asked): Json<Arguments>,
) -> Json<ToolResult> {
    let cancel = assistant.stopping().child_token();
    Json(assistant.hands().call(&name, asked.arguments, cancel).await)
}

/// Stops everything that acts on the machine, at once.
#[utoipa::path(post, path = "/api/stop-everything", tag = "tools", responses((status = 204)))]
async fn stop_everything(State(assistant): Shared) -> StatusCode {
    assistant.hands().stop_everything();
    StatusCode::NO_CONTENT
}

/// A picture of the screen as PNG, for a person to ask about: the one that was taken when they wished to, else one of now.
#[utoipa::path(get, path = "/api/screen", tag = "tools",
    responses((status = 200, content_type = "image/png", body = Vec<u8>), (status = 400, body = Failure),
        (status = 409, body = Failure), (status = 503, body = Failure)))]
async fn screen(State(assistant): Shared) -> Result<Response, ApiError> {
    let png = assistant.hands().picture().await?;
    Ok(([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "no-store")], png).into_response())
}
