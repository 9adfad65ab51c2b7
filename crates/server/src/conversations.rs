//! Conversations and their messages. A request is answered in the background; events tell how it goes on.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jarvis_assistant::{Assistant, MOST_ATTACHMENTS, Request};
use jarvis_core::{AttachmentId, Code, ConversationId, Failure, MessageId, TurnId};
use jarvis_memory::{Conversation, Message, export_markdown};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::extract::{Json, Path, Query, download};

/// Messages of one answer at most.
const PAGE: u32 = 200;
/// Longest text of one message, in bytes.
const LONGEST: usize = 200_000;

type Shared = State<Arc<Assistant>>;

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change, delete))
        .routes(routes!(restore))
        .routes(routes!(messages, send))
        .routes(routes!(edit))
        .routes(routes!(regenerate))
        .routes(routes!(export))
        .routes(routes!(cancel))
}

#[derive(Serialize, ToSchema)]
struct Conversations {
    conversations: Vec<Conversation>,
}

#[derive(Deserialize, IntoParams)]
struct Search {
    /// Words to look for in titles and messages.
    search: Option<String>,
}

#[derive(Deserialize, ToSchema)]
struct NewConversation {
    title: Option<String>,
}

#[derive(Deserialize, ToSchema)]
struct Change {
    title: Option<String>,
    pinned: Option<bool>,
}

#[derive(Serialize, ToSchema)]
struct Messages {
    /// Oldest first.
    messages: Vec<Message>,
    /// Whether there are older ones.
    has_more: bool,
}

#[derive(Deserialize, IntoParams)]
struct Page {
    /// Only messages before this place in the conversation.
    before: Option<u64>,
    /// At most so many, 100 when not given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

#[derive(Deserialize, ToSchema)]
struct Text {
    /// Up to 200,000 bytes, and not only spaces unless something is attached.
    content: String,
    /// What goes with it: sent to `/api/attachments` before, or part of the message that this one takes the place of.
    #[serde(default)]
    #[schema(max_items = 8)]
    attachments: Vec<AttachmentId>,
}

#[derive(Serialize, ToSchema)]
struct Begun {
    /// Its events carry this.
    turn: TurnId,
    /// The request as it is kept.
    message: Message,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    Markdown,
    Json,
}

#[derive(Deserialize, IntoParams)]
struct Export {
    #[param(inline)]
    format: Format,
}

/// All conversations: the pinned ones, then the latest.
#[utoipa::path(get, path = "/api/conversations", tag = "conversations", params(Search),
    responses((status = 200, body = Conversations)))]
async fn list(
    State(assistant): Shared,
    Query(query): Query<Search>,
) -> Result<Json<Conversations>, ApiError> {
    let conversations = assistant.journal().with(move |store| store.list(query.search.as_deref())).await?;
    Ok(Json(Conversations { conversations }))
}

/// A new conversation. Without a title it takes one from the first request.
#[utoipa::path(post, path = "/api/conversations", tag = "conversations", request_body = NewConversation,
    responses((status = 201, body = Conversation)))]
async fn create(
    State(assistant): Shared,
    Json(new): Json<NewConversation>,
) -> Result<(StatusCode, Json<Conversation>), ApiError> {
    Ok((StatusCode::CREATED, Json(assistant.begin_conversation(new.title).await?)))
}

/// Another title, or pinned or not.
#[utoipa::path(patch, path = "/api/conversations/{id}", tag = "conversations",
    params(("id" = ConversationId, Path)), request_body = Change,
    responses((status = 200, body = Conversation), (status = 404, body = Failure)))]
async fn change(
    State(assistant): Shared,
    Path(id): Path<ConversationId>,
    Json(change): Json<Change>,
) -> Result<Json<Conversation>, ApiError> {
    let changed = assistant.change_conversation(id, move |store| {
        if let Some(title) = &change.title {
            store.rename(id, title)?;
        }
        if let Some(pinned) = change.pinned {
            store.set_pinned(id, pinned)?;
        }
        store.conversation(id)
    });
    Ok(Json(changed.await?))
}

/// Deletes a conversation; for a while it can be brought back.
#[utoipa::path(delete, path = "/api/conversations/{id}", tag = "conversations",
    params(("id" = ConversationId, Path)), responses((status = 204), (status = 404, body = Failure)))]
async fn delete(State(assistant): Shared, Path(id): Path<ConversationId>) -> Result<StatusCode, ApiError> {
    assistant.change_conversation(id, move |store| store.delete(id, Timestamp::now())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings a deleted conversation back.
#[utoipa::path(post, path = "/api/conversations/{id}/restore", tag = "conversations",
    params(("id" = ConversationId, Path)), responses((status = 200, body = Conversation), (status = 404, body = Failure)))]
async fn restore(
    State(assistant): Shared,
    Path(id): Path<ConversationId>,
) -> Result<Json<Conversation>, ApiError> {
    Ok(Json(assistant.change_conversation(id, move |store| store.restore(id)).await?))
}

/// A stretch of a conversation.
#[utoipa::path(get, path = "/api/conversations/{id}/messages", tag = "conversations",
    params(("id" = ConversationId, Path), Page), responses((status = 200, body = Messages), (status = 404, body = Failure)))]
async fn messages(
    State(assistant): Shared,
    Path(id): Path<ConversationId>,
    Query(page): Query<Page>,
) -> Result<Json<Messages>, ApiError> {
    let limit = page.limit.unwrap_or(100).clamp(1, PAGE);
    let (mut messages, has_more) =
        assistant.journal().with(move |store| store.page(id, page.before, limit)).await?;
    assistant.journal().complete(&mut messages);
    Ok(Json(Messages { messages, has_more }))
}

/// Asks something. The answer comes as events of the turn.
#[utoipa::path(post, path = "/api/conversations/{id}/messages", tag = "conversations",
    params(("id" = ConversationId, Path)), request_body = Text,
    responses((status = 202, body = Begun), (status = 400, body = Failure), (status = 404, body = Failure),
        (status = 409, body = Failure)))]
async fn send(
    State(assistant): Shared,
    Path(id): Path<ConversationId>,
    Json(text): Json<Text>,
) -> Result<(StatusCode, Json<Begun>), ApiError> {
    let (turn, message) = assistant.send(id, None, request(&text)?).await?;
    Ok((StatusCode::ACCEPTED, Json(Begun { turn, message })))
}

/// Asks something else in place of an earlier request; that and everything behind it is forgotten.
#[utoipa::path(post, path = "/api/conversations/{id}/messages/{message}/edit", tag = "conversations",
    params(("id" = ConversationId, Path), ("message" = MessageId, Path)), request_body = Text,
    responses((status = 202, body = Begun), (status = 404, body = Failure)))]
async fn edit(
    State(assistant): Shared,
    Path((id, message)): Path<(ConversationId, MessageId)>,
    Json(text): Json<Text>,
) -> Result<(StatusCode, Json<Begun>), ApiError> {
    let (turn, message) = assistant.send(id, Some(message), request(&text)?).await?;
    Ok((StatusCode::ACCEPTED, Json(Begun { turn, message })))
}

/// Asks the last request again; the answer there was is forgotten.
#[utoipa::path(post, path = "/api/conversations/{id}/regenerate", tag = "conversations",
    params(("id" = ConversationId, Path)),
    responses((status = 202, body = Begun), (status = 404, body = Failure)))]
async fn regenerate(
    State(assistant): Shared,
    Path(id): Path<ConversationId>,
) -> Result<(StatusCode, Json<Begun>), ApiError> {
    let last = assistant.journal().with(move |store| store.last_request(id)).await?;
    let last = last.ok_or_else(|| ApiError::not_found("request"))?;
    let attachments = last.attachments.iter().map(|a| a.id).collect();
    let request = Request { text: &last.content, attachments, spoken: false };
    let (turn, message) = assistant.send(id, Some(last.id), request).await?;
    Ok((StatusCode::ACCEPTED, Json(Begun { turn, message })))
}

/// Stops an answer; what was said of it is kept.
#[utoipa::path(post, path = "/api/turns/{turn}/cancel", tag = "conversations", params(("turn" = TurnId, Path)),
    responses((status = 204)))]
async fn cancel(State(assistant): Shared, Path(turn): Path<TurnId>) -> StatusCode {
    assistant.cancel(turn).await;
    StatusCode::NO_CONTENT
}

/// The whole conversation as a file.
#[utoipa::path(get, path = "/api/conversations/{id}/export", tag = "conversations",
    params(("id" = ConversationId, Path), Export), responses((status = 200), (status = 404, body = Failure)))]
async fn export(
    State(assistant): Shared,
    Path(id): Path<ConversationId>,
    Query(export): Query<Export>,
) -> Result<Response, ApiError> {
    let (conversation, messages) =
        assistant.journal().with(move |store| Ok((store.conversation(id)?, store.all_messages(id)?))).await?;
    let (kind, ending, text) = match export.format {
        Format::Markdown => ("text/markdown; charset=utf-8", "md", export_markdown(&conversation, &messages)),
        Format::Json => {
            let whole = serde_json::json!({"conversation": conversation, "messages": messages});
            let text = serde_json::to_string_pretty(&whole).expect("messages are plain data");
            ("application/json", "json", text)
        }
    };
    Ok(download(&format!("conversation-{id}.{ending}"), kind, text))
}

fn request(text: &Text) -> Result<Request<'_>, ApiError> {
    let (words, attachments) = (text.content.trim(), text.attachments.clone());
    let wrong = if words.is_empty() && attachments.is_empty() {
        "There is nothing to answer."
    } else if words.len() > LONGEST {
        "The message is too long."
    } else if attachments.len() > MOST_ATTACHMENTS {
        "There are too many attachments."
    } else {
        return Ok(Request { text: words, attachments, spoken: false });
    };
    let remedy =
        format!("Write something, up to {LONGEST} bytes, with up to {MOST_ATTACHMENTS} attachments.");
    Err(ApiError::new(StatusCode::BAD_REQUEST, Code::BadRequest, wrong, remedy))
}
