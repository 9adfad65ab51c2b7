//! Attachments: sent ahead as they are, then named in a message. What may be attached is for the assistant to say.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jarvis_assistant::{Assistant, LARGEST_ATTACHMENT};
use jarvis_core::{AttachmentId, Failure};
use jarvis_memory::Attachment;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::extract::{Content, Json, Path, Query};

/// Where attachments are sent, which may be larger than any other request.
pub(crate) const PATH: &str = "/api/attachments";

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    let upload = OpenApiRouter::new().routes(routes!(attach));
    let upload = upload.layer(DefaultBodyLimit::max(LARGEST_ATTACHMENT));
    upload.merge(OpenApiRouter::new().routes(routes!(attachment)))
}

#[derive(Deserialize, IntoParams)]
struct Named {
    /// What it is called. A path before it is left out, and so is what could be taken for markup.
    name: String,
}

/// Keeps a picture (PNG, JPEG, WebP or GIF, up to 20 MiB) or a text (UTF-8, up to 1 MiB), sent as it is with its media
/// type, for a message that is still to be sent. It waits a day.
#[utoipa::path(post, path = "/api/attachments", tag = "attachments", params(Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = 400, body = Failure), (status = 413, body = Failure),
        (status = 415, body = Failure), (status = 507, body = Failure)))]
async fn attach(
    State(assistant): State<Arc<Assistant>>,
    Query(named): Query<Named>,
    headers: HeaderMap,
    Content(content): Content<LARGEST_ATTACHMENT>,
) -> Result<(StatusCode, Json<Attachment>), ApiError> {
    let claimed = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kept = assistant.journal().attach(&named.name, claimed, content).await?;
    Ok((StatusCode::CREATED, Json(kept)))
}

/// An attachment as it was sent. A text is plain text, whatever is in it.
#[utoipa::path(get, path = "/api/attachments/{id}", tag = "attachments", params(("id" = AttachmentId, Path)),
    responses((status = 200, content((String = "text/plain"), (Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"),
        (Vec<u8> = "image/webp"), (Vec<u8> = "image/gif"))), (status = 400, body = Failure), (status = 404, body = Failure)))]
async fn attachment(
    State(assistant): State<Arc<Assistant>>,
    Path(id): Path<AttachmentId>,
) -> Result<Response, ApiError> {
    let (attachment, content) = assistant.journal().with(move |store| store.attachment(id)).await?;
    let (kind, shown) = match attachment.media_type.as_str() {
        "text/plain" => ("text/plain; charset=utf-8".to_string(), "attachment"),
        picture => (picture.to_string(), "inline"),
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, format!("{shown}; filename*=UTF-8''{}", encoded(&attachment.name))),
        // Here too, because the window's own door adds none.
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
    ];
    Ok((headers, content).into_response())
}

/// A name as RFC 8187 writes it into a header.
fn encoded(name: &str) -> String {
    let byte = |b: u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(b).to_string(),
        b => format!("%{b:02X}"),
    };
    name.bytes().map(byte).collect()
}
