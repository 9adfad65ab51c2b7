//! The one API: an axum [`Router`] over a running [`Assistant`], REST for requests and one event stream.
//!
//! It has two doors. The desktop window asks a [`Window`] in process; [`serve`] opens it on loopback behind a token. It
//! decides nothing: it translates requests into calls of the assistant, and what happens there into answers.

mod approvals;
mod archive;
mod attachments;
mod audit;
mod conversations;
mod docs;
mod documents;
mod door;
mod error;
mod events;
mod extract;
mod graph;
mod health;
mod keys;
mod memory;
mod models;
mod page;
mod settings;
mod tools;
mod voice;
mod wake;
mod window;

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use jarvis_assistant::Assistant;
use jarvis_core::Code;
use tokio::net::TcpListener;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub use door::Token;
use error::ApiError;
pub use events::{Missed, StreamItem, follow};
pub use window::Window;

#[derive(OpenApi)]
#[openapi(info(
    title = "Jarvis",
    description = "The one API of the assistant: what its window uses, and what you can use. Send the token that \
                   `jarvis serve` prints as `Authorization: Bearer TOKEN`."
))]
struct Description;

fn described() -> (Router<Arc<Assistant>>, utoipa::openapi::OpenApi) {
    let (router, mut description) = OpenApiRouter::with_openapi(Description::openapi())
        .merge(conversations::routes())
        .merge(archive::routes())
        .merge(attachments::routes())
        .merge(memory::routes())
        .merge(documents::routes())
        .merge(graph::routes())
        .merge(events::routes())
        .merge(voice::routes())
        .merge(wake::routes())
        .merge(settings::routes())
        .merge(keys::routes())
        .merge(models::routes())
        .merge(tools::routes())
        .merge(approvals::routes())
        .merge(audit::routes())
        .merge(health::routes())
        .split_for_parts();
    name_apart(&mut description);
    (router, description)
}

/// Puts each operation's tag before its name: a conversation and a setting can both be changed, and a description
/// must not call two things the same.
fn name_apart(description: &mut utoipa::openapi::OpenApi) {
    for path in description.paths.paths.values_mut() {
        let operations = [&mut path.get, &mut path.put, &mut path.post, &mut path.patch, &mut path.delete];
        for operation in operations.into_iter().flatten() {
            let tag = operation.tags.iter().flatten().next();
            operation.operation_id =
                tag.zip(operation.operation_id.as_ref()).map(|(tag, id)| format!("{tag}_{id}"));
        }
    }
}

/// The API's description, OpenAPI 3.1, as JSON.
pub fn openapi() -> String {
    described().1.to_pretty_json().expect("the description is plain data")
}

/// The API and the pages.
fn api(assistant: Arc<Assistant>) -> Router {
    let (router, description) = described();
    router
        .with_state(assistant)
        .merge(docs::routes(description))
        .method_not_allowed_fallback(async || {
            let remedy = "See /api/docs for what can be asked.";
            ApiError::new(
                StatusCode::METHOD_NOT_ALLOWED,
                Code::BadRequest,
                "That cannot be done with this.",
                remedy,
            )
        })
        .fallback(page::page)
}

/// Serves the API at `listener` behind `token`, until the assistant stops. What is being answered then is finished
/// first.
///
/// # Errors
/// When the listener has no address or fails.
pub async fn serve(listener: TcpListener, assistant: Arc<Assistant>, token: Token) -> io::Result<()> {
    let stopping = assistant.stopping();
    let router = door::behind_door(api(assistant), token, listener.local_addr()?);
    axum::serve(listener, router).with_graceful_shutdown(stopping.cancelled_owned()).await
}
