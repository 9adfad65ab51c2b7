//! Every refusal as the one shape that clients know: a status, and `{code, message, remedy}`.

use axum::Json;
use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection};
use axum::http::StatusCode;
use axum::http::header::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use jarvis_core::{Code, Failure};

/// A request that was not answered.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    failure: Failure,
    header: Option<(HeaderName, &'static str)>,
}

impl ApiError {
    pub fn new(
        status: StatusCode,
        code: Code,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { status, failure: Failure::new(code, message, remedy), header: None }
    }

    pub fn with_header(self, name: HeaderName, value: &'static str) -> Self {
        Self { header: Some((name, value)), ..self }
    }

    /// The path leads to nothing.
    pub fn not_found(what: &str) -> Self {
        let remedy = "Look at the list again; it may have been deleted elsewhere.";
        Self::new(StatusCode::NOT_FOUND, Code::NotFound, format!("There is no such {what}."), remedy)
    }

    /// More than `most` bytes.
    pub fn too_large(most: usize) -> Self {
        let remedy = format!("Send at most {most} bytes at once.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, Code::TooLarge, "The request is too large.", remedy)
    }

    /// Whether it is that.
    pub fn is_too_large(&self) -> bool {
        self.status == StatusCode::PAYLOAD_TOO_LARGE
    }

    fn malformed(status: StatusCode, reason: String) -> Self {
        let remedy = "Send what /api/docs describes.";
        Self { failure: Failure::sentence(Code::BadRequest, &reason, remedy), status, header: None }
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        let status = match failure.code {
            Code::BadRequest | Code::BadAudio => StatusCode::BAD_REQUEST,
            Code::BadConfig => StatusCode::UNPROCESSABLE_ENTITY,
            Code::NoMicrophone
            | Code::NoSpeaker
            | Code::DeviceLost
            | Code::ModelMissing
            | Code::NoKeyring
            | Code::Unavailable
            | Code::ModelDamaged => StatusCode::CONFLICT,
            Code::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Code::Cancelled | Code::Busy => StatusCode::CONFLICT,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Code::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            Code::Unreachable | Code::LlmUnreachable | Code::LlmModelMissing | Code::Unauthorized => {
                StatusCode::BAD_GATEWAY
            }
            Code::EngineFailed => StatusCode::SERVICE_UNAVAILABLE,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { status, failure, header: None }
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        Self::malformed(rejection.status(), rejection.body_text())
    }
}

impl From<BytesRejection> for ApiError {
    fn from(rejection: BytesRejection) -> Self {
        Self::malformed(rejection.status(), rejection.body_text())
    }
}

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> Self {
        Self::malformed(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::malformed(rejection.status(), rejection.body_text())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.failure)).into_response();
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}
