//! The door for a window of this program: requests are answered in process, and no port is open.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use jarvis_assistant::Assistant;
use tokio::sync::SetOnce;
use tower::ServiceExt;

use crate::{api, door, page};

/// The API and the pages, as a window sees them. The pages are there at once, the API when the assistant has started.
pub struct Window {
    connect: String,
    pages: Router,
    api: SetOnce<Router>,
}

impl Window {
    /// The pages may also connect to `connect`, sources of a content security policy by which the window reaches its
    /// shell.
    pub fn new(connect: &str) -> Self {
        let pages = door::dressed(Router::new().fallback(page::page), connect);
        Self { connect: connect.into(), pages, api: SetOnce::new() }
    }

    /// From now on requests are answered, those too that wait.
    pub fn open(&self, assistant: Arc<Assistant>) {
        // A second assistant would be a second program.
        let _ = self.api.set(door::dressed(api(assistant), &self.connect));
    }

    /// Answers one request, all of it at once.
    ///
    /// # Errors
    /// When the answer breaks off.
    pub async fn answer(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, axum::Error> {
        let router = if page::is_page(request.uri()) { &self.pages } else { self.api.wait().await };
        let answered: Result<_, Infallible> = router.clone().oneshot(request.map(Body::from)).await;
        let Ok(answer) = answered;
        let (head, body) = answer.into_parts();
        Ok(Response::from_parts(head, to_bytes(body, usize::MAX).await?.to_vec()))
    }
}
