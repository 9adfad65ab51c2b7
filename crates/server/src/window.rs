//! The door for a window of this program: requests are answered in process, and no port is open.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use jarvis_assistant::Assistant;
use tower::ServiceExt;

use crate::{api, door};

/// The API and the pages, as a window sees them.
pub struct Window(Router);

impl Window {
    /// The pages may also connect to `connect`, sources of a content security policy by which the window reaches its
    /// shell.
    pub fn new(assistant: Arc<Assistant>, connect: &str) -> Self {
        Self(door::dressed(api(assistant), connect))
    }

    /// Answers one request, all of it at once.
    ///
    /// # Errors
    /// When the answer breaks off.
    pub async fn answer(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, axum::Error> {
        let answered: Result<_, Infallible> = self.0.clone().oneshot(request.map(Body::from)).await;
        let Ok(answer) = answered;
        let (head, body) = answer.into_parts();
        Ok(Response::from_parts(head, to_bytes(body, usize::MAX).await?.to_vec()))
    }
}
