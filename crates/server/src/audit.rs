//! The audit log: shown, verified, written to a file.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use jarvis_assistant::Assistant;
use jarvis_core::Failure;
use jarvis_guard::audit::{AuditError, AuditLog, AuditQuery, ExportFormat, Record, Verified};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::extract::{Json, Query, download};

type Shared = State<Arc<Assistant>>;

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(verify)).routes(routes!(export))
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// Only what came before this record.
    before: Option<u64>,
    /// So many at most.
    #[serde(default = "a_page")]
    #[param(minimum = 1, maximum = 500)]
    limit: u32,
    /// Only of this tool.
    tool: Option<String>,
    /// Only what has this in its words.
    text: Option<String>,
    /// Only calls that began and never ended.
    #[serde(default)]
    unfinished: bool,
}

fn a_page() -> u32 {
    50
}

#[derive(Serialize, ToSchema)]
struct Records {
    /// The latest first.
    records: Vec<Record>,
}

#[derive(Deserialize, IntoParams)]
struct Written {
    /// Lines of JSON, or the Common Event Format.
    #[param(inline)]
    format: ExportFormat,
}

async fn with_log<T: Send + 'static>(
    assistant: &Assistant,
    ask: impl FnOnce(&AuditLog) -> Result<T, AuditError> + Send + 'static,
) -> Result<T, ApiError> {
    let guard = Arc::clone(assistant.hands().guard());
    let asked = tokio::task::spawn_blocking(move || ask(guard.audit()));
    Ok(asked.await.expect("reading the audit log does not panic").map_err(|e| e.failure())?)
}

/// What was done, asked and refused, the latest first.
#[utoipa::path(get, path = "/api/audit", tag = "audit", params(Asked),
    responses((status = 200, body = Records), (status = 400, body = Failure)))]
async fn show(State(assistant): Shared, Query(asked): Query<Asked>) -> Result<Json<Records>, ApiError> {
    let some = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let query = AuditQuery {
        before: asked.before,
        limit: asked.limit.clamp(1, 500),
        tool: some(asked.tool),
        text: some(asked.text),
        unfinished: asked.unfinished,
        ..AuditQuery::default()
    };
    Ok(Json(Records { records: with_log(&assistant, move |log| log.show(&query)).await? }))
}

/// Checks the whole chain: what was changed, removed or cut off, and what began and never ended.
#[utoipa::path(get, path = "/api/audit/verify", tag = "audit", responses((status = 200, body = Verified)))]
async fn verify(State(assistant): Shared) -> Result<Json<Verified>, ApiError> {
    Ok(Json(with_log(&assistant, AuditLog::verify).await?))
}

/// All of it as a file.
#[utoipa::path(get, path = "/api/audit/export", tag = "audit", params(Written),
    responses((status = 200), (status = 400, body = Failure)))]
async fn export(State(assistant): Shared, Query(written): Query<Written>) -> Result<Response, ApiError> {
    let format = written.format;
    let text = with_log(&assistant, move |log| {
        let mut text = Vec::new();
        log.export(format, &mut text).map(|_| text)
    });
    let (name, kind) = match format {
        ExportFormat::Jsonl => ("audit.jsonl", "application/jsonl"),
        ExportFormat::Cef => ("audit.cef", "text/plain; charset=utf-8"),
    };
    Ok(download(name, kind, text.await?))
}
