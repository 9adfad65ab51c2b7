//! What the HTTP providers share: one client, streamed lines, and statuses as kinds of [`LlmError`].

use std::time::Duration;

use async_stream::try_stream;
use futures::{Stream, StreamExt};
use reqwest::{Client, RequestBuilder, Response, StatusCode};

use crate::chat::LlmError;

/// A server that does not accept a connection for this long is not there.
const CONNECT: Duration = Duration::from_secs(5);
/// Who is asked, as errors name it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The provider.
    pub provider: &'static str,
    /// The model.
    pub model: String,
    /// Where its key is looked for; empty where it needs none.
    pub key_env: String,
}

/// The client of every provider; proxies come from the environment. A server may be silent for `patience`: a model on
/// a slow machine reads long before its first word.
pub(crate) fn client(patience: Duration) -> Client {
    let client = Client::builder().connect_timeout(CONNECT).read_timeout(patience).build();
    client.expect("the TLS library of the build can be started")
}

impl Asked {
    /// Sends, and turns everything but success into its kind of error.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, LlmError> {
        let provider = self.provider;
        let response = request.send().await.map_err(|e| {
            if e.is_timeout() && !e.is_connect() {
                LlmError::TimedOut { provider }
            } else {
                LlmError::Unreachable { provider, reason: reason(&e) }
            }
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let retry_after = response.headers().get("retry-after").and_then(|v| v.to_str().ok()?.parse().ok());
        let body = response.text().await.unwrap_or_default();
        let said = message(&body).unwrap_or_else(|| status.to_string());
        Err(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                LlmError::Unauthorized { provider, key_env: self.key_env.clone() }
            }
            StatusCode::NOT_FOUND => LlmError::ModelMissing { provider, model: self.model.clone() },
            StatusCode::TOO_MANY_REQUESTS => {
                LlmError::RateLimited { provider, retry_after: retry_after.map(Duration::from_secs) }
            }
            status if status.is_server_error() => LlmError::BrokeOff { provider, reason: said },
            _ => LlmError::Refused { provider, reason: said },
        })
    }

    /// The answer broke off.
    pub fn broke_off(&self, reason: impl Into<String>) -> LlmError {
        LlmError::BrokeOff { provider: self.provider, reason: reason.into() }
    }

    /// The body line by line, without empty ones. Chunks may end anywhere, within a character too.
    pub fn lines(&self, response: Response) -> impl Stream<Item = Result<String, LlmError>> + Send + use<> {
        let asked = self.clone();
        try_stream! {
            let mut body = response.bytes_stream();
            let mut rest = Vec::new();
            while let Some(chunk) = body.next().await {
                let chunk = chunk.map_err(|e| {
                    if e.is_timeout() {
                        LlmError::TimedOut { provider: asked.provider }
                    } else {
                        asked.broke_off(reason(&e))
                    }
                })?;
                rest.extend_from_slice(&chunk);
                while let Some(end) = rest.iter().position(|b| *b == b'\n') {
                    let line: Vec<u8> = rest.drain(..=end).collect();
                    let line = String::from_utf8_lossy(&line);
                    if !line.trim().is_empty() {
                        yield line.trim().to_string();
                    }
                }
            }
            let line = String::from_utf8_lossy(&rest).trim().to_string();
            if !line.is_empty() {
                yield line;
            }
        }
    }
}

/// The innermost cause: "connection refused" says more than "error sending request".
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// The message within an error's body, as OpenAI, Anthropic and Ollama write it.
fn message(body: &str) -> Option<String> {
    let body: serde_json::Value = serde_json::from_str(body).ok()?;
    let error = &body["error"];
    error["message"].as_str().or(error.as_str()).map(str::to_string)
}
