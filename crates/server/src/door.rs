//! The door that `jarvis serve` opens: who may come in, from where, how often, and with how much.
//!
//! The desktop window does not pass here: it calls the router in process, and no port is open.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use jarvis_assistant::archive::LARGEST_ARCHIVE;
use jarvis_assistant::{LARGEST_ATTACHMENT, LARGEST_DOCUMENT};
use jarvis_core::Code;
use subtle::ConstantTimeEq;

use crate::error::ApiError;
use crate::events::socket::BEARER;
use crate::{archive, attachments, documents};

/// Largest request body but for attachments: no message a person types is longer.
const MAX_BODY: usize = 1024 * 1024;
/// Of a body that is refused for its size so much is read.
const MAX_SWALLOWED: usize = 128 * 1024 * 1024;
/// Requests a second that are answered in the long run, and how many at once.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
const BURST: NonZeroU32 = NonZeroU32::new(400).expect("not zero");

/// Nothing but our own files is loaded, and nobody may put us into a frame. Styles that scripts set on elements need
/// `unsafe-inline`; scripts do not get it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data: blob:; font-src 'self' data:; manifest-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'; connect-src 'self'";

/// What every answer carries besides.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The secret that opens the door.
#[derive(Clone)]
pub struct Token(Arc<str>);

impl Token {
    /// A token from a file or a person.
    pub fn new(text: &str) -> Self {
        Self(text.trim().into())
    }

    /// A fresh one: 244 random bits.
    pub fn random() -> Self {
        Self(format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple()).into())
    }

    /// The secret itself, to be shown to the person or written to their file.
    pub fn secret(&self) -> &str {
        &self.0
    }

    fn is(&self, given: &str) -> bool {
        bool::from(self.0.as_bytes().ct_eq(given.as_bytes()))
    }
}

#[derive(Clone)]
struct Door {
    token: Token,
    port: u16,
    limiter: Arc<DefaultDirectRateLimiter>,
}

/// Puts the door before `router`, which is served at `address`.
pub(crate) fn behind_door(router: Router, token: Token, address: SocketAddr) -> Router {
    let quota = Quota::per_second(PER_SECOND).allow_burst(BURST);
    let door = Door { token, port: address.port(), limiter: Arc::new(RateLimiter::direct(quota)) };
    let router =
        router.layer(DefaultBodyLimit::max(MAX_BODY)).layer(middleware::from_fn_with_state(door, pass));
    dressed(router, "")
}

/// Puts the headers on every answer of `router`, refusals too. Its pages may also connect to the sources `connect`.
pub(crate) fn dressed(router: Router, connect: &str) -> Router {
    let policy = HeaderValue::from_str(&format!("{POLICY} {connect}")).expect("sources are plain text");
    router.layer(middleware::map_response(move |response| {
        let policy = policy.clone();
        async move { dress(response, policy) }
    }))
}

async fn pass(State(door): State<Door>, request: Request, next: Next) -> Response {
    let Some(refusal) = door.refuses(&request) else { return next.run(request).await };
    // Who waits to be told hears it at once. Who is sending already hears it only when all is sent.
    if refusal.is_too_large() && !request.headers().contains_key(header::EXPECT) {
        swallow(request.into_body()).await;
    }
    refusal.into_response()
}

/// Reads what nobody wants, within reason.
async fn swallow(body: Body) {
    let (mut pieces, mut left) = (body.into_data_stream(), MAX_SWALLOWED);
    while let Some(Ok(piece)) = pieces.next().await {
        left = match left.checked_sub(piece.len()) {
            Some(left) => left,
            None => return,
        };
    }
}

fn dress(mut response: Response, policy: HeaderValue) -> Response {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

impl Door {
    fn refuses(&self, request: &Request) -> Option<ApiError> {
        let headers = request.headers();
        // A page elsewhere whose name was made to point here (DNS rebinding) still sends its own name.
        let host = headers
            .get(header::HOST)
            .and_then(|h| h.to_str().ok())
            .or(request.uri().authority().map(|a| a.as_str()));
        if !host.is_some_and(|host| self.is_ours(host)) {
            return Some(ApiError::new(
                StatusCode::MISDIRECTED_REQUEST,
                Code::Unauthorized,
                "This address is not Jarvis's.",
                format!("Open http://127.0.0.1:{} instead.", self.port),
            ));
        }
        if headers.get_all(header::ORIGIN).iter().any(|origin| !self.is_our_origin(origin)) {
            return Some(ApiError::new(
                StatusCode::FORBIDDEN,
                Code::Unauthorized,
                "Another website asked for this.",
                "Close that page; Jarvis answers its own pages only.",
            ));
        }
        if self.limiter.check().is_err() {
            return Some(
                ApiError::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    Code::RateLimited,
                    "Too many requests at once.",
                    "Try again in a second.",
                )
                .with_header(header::RETRY_AFTER, "1"),
            );
        }
        // Refused before it is sent, where the client waits for that: cut off later, it would hear nothing of why.
        let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
        let largest = match request.uri().path() {
            attachments::PATH => LARGEST_ATTACHMENT,
            documents::PATH => LARGEST_DOCUMENT,
            archive::PATH => LARGEST_ARCHIVE,
            _ => MAX_BODY,
        };
        if length.is_some_and(|length| length > largest as u64) {
            return Some(ApiError::too_large(largest));
        }
        let open = !request.uri().path().starts_with("/api/") || is_documentation(request.uri().path());
        let given = bearer(headers).or_else(|| offered(headers));
        if open || given.is_some_and(|given| self.token.is(given)) {
            return None;
        }
        Some(
            ApiError::new(
                StatusCode::UNAUTHORIZED,
                Code::Unauthorized,
                "The token is missing or wrong.",
                "Open the address that `jarvis serve` prints, or send its token as `Authorization: Bearer TOKEN`.",
            )
            .with_header(header::WWW_AUTHENTICATE, "Bearer"),
        )
    }

    fn is_ours(&self, host: &str) -> bool {
        let name = host.strip_suffix(&format!(":{}", self.port)).unwrap_or_default();
        matches!(name.to_ascii_lowercase().as_str(), "127.0.0.1" | "localhost" | "[::1]")
    }

    fn is_our_origin(&self, origin: &HeaderValue) -> bool {
        origin.to_str().ok().and_then(|o| o.strip_prefix("http://")).is_some_and(|host| self.is_ours(host))
    }
}

/// The description of the API holds no secret, and a browser cannot send a header when it opens a page.
fn is_documentation(path: &str) -> bool {
    path == "/api/openapi.json" || path == "/api/docs" || path.starts_with("/api/docs/")
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The token among the subprotocols of a WebSocket: a browser cannot send it in a header of its own.
fn offered(headers: &HeaderMap) -> Option<&str> {
    let offers =
        headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    offers.flat_map(|list| list.split(',')).find_map(|offer| offer.trim().strip_prefix(BEARER))
}
