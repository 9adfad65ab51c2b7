//! Documents that Jarvis has read.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use jarvis_assistant::{Assistant, LARGEST_DOCUMENT};
use jarvis_core::{DocumentId, Failure};
use jarvis_memory::{Document, Passage};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::extract::{Content, Json, Path, Query};

/// Where documents are sent, which may be larger than any other request.
pub(crate) const PATH: &str = "/api/documents";

type Shared = State<Arc<Assistant>>;

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    let sized =
        OpenApiRouter::new().routes(routes!(documents, add)).layer(DefaultBodyLimit::max(LARGEST_DOCUMENT));
    sized.merge(OpenApiRouter::new().routes(routes!(document, remove)))
}

#[derive(Serialize, ToSchema)]
struct Documents {
    /// The latest first.
    documents: Vec<Document>,
}

#[derive(Deserialize, IntoParams)]
struct Named {
    /// The name of its file, by whose ending it is read.
    name: String,
}

#[derive(Serialize, ToSchema)]
struct Contents {
    document: Document,
    /// Its passages, in the order of the text.
    passages: Vec<Passage>,
}

/// What was read.
#[utoipa::path(get, path = "/api/documents", tag = "documents", responses((status = 200, body = Documents)))]
async fn documents(State(assistant): Shared) -> Result<Json<Documents>, ApiError> {
    Ok(Json(Documents { documents: assistant.journal().with(|store| store.documents()).await? }))
}

/// Reads a document (PDF, DOCX, XLSX, ODS, CSV, HTML, Markdown or text, up to 64 MiB), sent as it is, and answers when that is
/// done; events tell how far it is, and who goes away stops it.
#[utoipa::path(post, path = "/api/documents", tag = "documents", params(Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Document), (status = 400, body = Failure), (status = 413, body = Failure),
        (status = 507, body = Failure)))]
async fn add(
    State(assistant): Shared,
    Query(named): Query<Named>,
    Content(content): Content<LARGEST_DOCUMENT>,
) -> Result<(StatusCode, Json<Document>), ApiError> {
    Ok((StatusCode::CREATED, Json(assistant.read_document(&named.name, content).await?)))
}

/// What a document says, as far as it was read.
#[utoipa::path(get, path = "/api/documents/{id}", tag = "documents", params(("id" = DocumentId, Path)),
    responses((status = 200, body = Contents), (status = 404, body = Failure)))]
async fn document(State(assistant): Shared, Path(id): Path<DocumentId>) -> Result<Json<Contents>, ApiError> {
    let read = move |store: &jarvis_memory::Store| {
        Ok(Contents { document: store.document(id)?, passages: store.passages(id)? })
    };
    Ok(Json(assistant.journal().with(read).await?))
}

/// Forgets a document for good. The file that it was read from stays as it is.
#[utoipa::path(delete, path = "/api/documents/{id}", tag = "documents", params(("id" = DocumentId, Path)),
    responses((status = 204), (status = 404, body = Failure)))]
async fn remove(State(assistant): Shared, Path(id): Path<DocumentId>) -> Result<StatusCode, ApiError> {
    assistant.change_memory(move |store| store.remove_document(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
