//! The memory written down, and taken in again.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use jarvis_assistant::Assistant;
use jarvis_assistant::archive::LARGEST_ARCHIVE;
use jarvis_core::Failure;
use jarvis_memory::{ArchiveFormat, Imported};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::extract::{Content, Json, Query, download};

/// Where a memory is sent, which may be larger than other requests.
pub(crate) const PATH: &str = "/api/memory/import";

type Shared = State<Arc<Assistant>>;

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    let sized = OpenApiRouter::new().routes(routes!(import)).layer(DefaultBodyLimit::max(LARGEST_ARCHIVE));
    sized.merge(OpenApiRouter::new().routes(routes!(export)))
}

#[derive(Deserialize, IntoParams)]
struct Written {
    /// Lines of JSON, which can be taken in again, or a text to read.
    #[serde(default)]
    #[param(inline)]
    format: ArchiveFormat,
}

#[derive(Deserialize, IntoParams)]
struct Intake {
    /// Only say what would come of it.
    #[serde(default)]
    dry_run: bool,
}

/// All that is remembered, was said and was read, as a file. What is attached to messages is only named in it.
#[utoipa::path(get, path = "/api/memory/export", tag = "memory", params(Written), responses((status = 200)))]
async fn export(State(assistant): Shared, Query(written): Query<Written>) -> Result<Response, ApiError> {
    let text = assistant.export_memory(written.format).await?;
    Ok(match written.format {
        ArchiveFormat::Json => download("memory.jsonl", "application/jsonl", text),
        ArchiveFormat::Markdown => download("memory.md", "text/markdown; charset=utf-8", text),
    })
}

/// Takes in what was exported as lines of JSON, up to 64 MiB: all of it or nothing. What is there already is left as it is.
#[utoipa::path(post, path = "/api/memory/import", tag = "memory", params(Intake),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Imported), (status = 400, body = Failure), (status = 409, body = Failure),
        (status = 413, body = Failure), (status = 507, body = Failure)))]
async fn import(
    State(assistant): Shared,
    Query(intake): Query<Intake>,
    Content(text): Content<LARGEST_ARCHIVE>,
) -> Result<Json<Imported>, ApiError> {
    Ok(Json(assistant.import_memory(text, intake.dry_run).await?))
}
