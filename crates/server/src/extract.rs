//! What comes in, taken apart, and how it goes out; what does not fit is refused as an [`ApiError`].

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::error::ApiError;

/// A JSON body, coming or going.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(ApiError))]
pub(crate) struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// The variable parts of the path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub(crate) struct Path<T>(pub T);

/// What follows the question mark.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub(crate) struct Query<T>(pub T);

/// A body as it was sent, of at most `LARGEST` bytes, which its route's limit must let in.
pub(crate) struct Content<const LARGEST: usize>(pub Vec<u8>);

impl<S: Send + Sync, const LARGEST: usize> FromRequest<S> for Content<LARGEST> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let content =
            Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(LARGEST),
                _ => rejection.into(),
            })?;
        Ok(Self(content.into()))
    }
}

/// A file for the person to keep, of the media type `kind`.
pub(crate) fn download(name: &str, kind: &str, content: impl Into<Body>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, content.into()).into_response()
}
