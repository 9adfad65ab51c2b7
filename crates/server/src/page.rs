//! The web frontend, built into the program: `ui/dist` as it was when the program was built.

use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use jarvis_core::Code;
use rust_embed::RustEmbed;

use crate::error::ApiError;

#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Files;

/// Whether the frontend answers there, and not the API.
pub(crate) fn is_page(uri: &Uri) -> bool {
    let path = uri.path().trim_start_matches('/');
    path != "api" && !path.starts_with("api/")
}

/// A file of the frontend. Any path that is neither one nor the API's is a view of the one page.
pub(crate) async fn page(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if !is_page(&uri) {
        let remedy = "See /api/docs for what there is.";
        return ApiError::new(StatusCode::NOT_FOUND, Code::NotFound, "There is nothing here.", remedy)
            .into_response();
    }
    let Some((file, name)) =
        Files::get(path).map(|f| (f, path)).or_else(|| Some((Files::get("index.html")?, "index.html")))
    else {
        let remedy =
            "Build it with `npm --prefix ui ci && npm --prefix ui run build`, and then Jarvis again.";
        return ApiError::new(
            StatusCode::NOT_FOUND,
            Code::Internal,
            "The window's pages were not built in.",
            remedy,
        )
        .into_response();
    };
    // The builder names each file by its content, except the page itself.
    let cache = if name == "index.html" { "no-cache" } else { "public, max-age=31536000, immutable" };
    let kind = HeaderValue::from_str(file.metadata.mimetype()).expect("a media type is a header value");
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static(cache))];
    (headers, file.data).into_response()
}
