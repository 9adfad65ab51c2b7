//! What is remembered: facts, and what finds them, what was said and what was read again.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use jarvis_assistant::Assistant;
use jarvis_core::{FactId, Failure, Source};
use jarvis_memory::{By, Fact, Forgotten, Kind, Query as Sought, Recalled, Stats};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::extract::{Json, Path, Query};

/// So many results when nothing else is said, and at most.
const RESULTS: [usize; 2] = [20, 100];
/// Sources that are looked up at once.
const SOURCES: usize = 100;

type Shared = State<Arc<Assistant>>;

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new()
        .routes(routes!(facts, remember))
        .routes(routes!(change, forget_fact))
        .routes(routes!(search))
        .routes(routes!(sources))
        .routes(routes!(forget))
        .routes(routes!(stats))
        .routes(routes!(reindex))
}

#[derive(Serialize, ToSchema)]
struct Facts {
    /// The latest first.
    facts: Vec<Fact>,
}

#[derive(Deserialize, IntoParams)]
struct WhichFacts {
    /// Words that must all stand in them.
    search: Option<String>,
    /// Also those that no longer hold.
    #[serde(default)]
    past: bool,
}

#[derive(Deserialize, ToSchema)]
struct Text {
    /// In the person's own words.
    #[schema(min_length = 1, max_length = 10_000)]
    text: String,
}

#[derive(Deserialize, ToSchema)]
struct FactChange {
    /// Other words.
    #[schema(min_length = 1, max_length = 10_000)]
    text: Option<String>,
    /// Whether the new words are a new fact in the place of this one, which is kept as the past; else they correct it.
    #[serde(default)]
    supersede: bool,
    /// Whether it is always brought to mind.
    pinned: Option<bool>,
}

#[derive(Deserialize, IntoParams)]
struct Search {
    /// A question, or some words.
    q: String,
    /// Only what is of this kind.
    #[param(inline)]
    kind: Option<Kind>,
    /// How to look for it.
    #[serde(default)]
    #[param(inline)]
    by: By,
    /// Also what no longer holds.
    #[serde(default)]
    past: bool,
    /// At most so many, 20 when not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

#[derive(Serialize, ToSchema)]
struct Found {
    /// The best first.
    results: Vec<Recalled>,
}

#[derive(Deserialize, ToSchema)]
struct Sources {
    #[schema(max_items = 100)]
    sources: Vec<Source>,
}

#[derive(Deserialize, ToSchema)]
struct Words {
    /// Whole words, all of which must stand in what is forgotten.
    #[schema(min_length = 1, max_length = 1_000)]
    words: String,
    /// Only tell what would be forgotten.
    #[serde(default)]
    dry_run: bool,
}

/// What Jarvis was told to remember.
#[utoipa::path(get, path = "/api/memory/facts", tag = "memory", params(WhichFacts),
    responses((status = 200, body = Facts)))]
async fn facts(State(assistant): Shared, Query(which): Query<WhichFacts>) -> Result<Json<Facts>, ApiError> {
    let facts =
        assistant.journal().with(move |store| store.facts(which.search.as_deref(), which.past)).await?;
    Ok(Json(Facts { facts }))
}

/// Remembers something.
#[utoipa::path(post, path = "/api/memory/facts", tag = "memory", request_body = Text,
    responses((status = 201, body = Fact), (status = 400, body = Failure)))]
async fn remember(
    State(assistant): Shared,
    Json(new): Json<Text>,
) -> Result<(StatusCode, Json<Fact>), ApiError> {
    let text = some(new.text)?;
    let fact = assistant.change_memory(move |store| store.remember(&text, None, Timestamp::now())).await?;
    Ok((StatusCode::CREATED, Json(fact)))
}

/// Corrects a fact, puts another in its place, or pins it.
#[utoipa::path(patch, path = "/api/memory/facts/{id}", tag = "memory", params(("id" = FactId, Path)),
    request_body = FactChange,
    responses((status = 200, body = Fact), (status = 400, body = Failure), (status = 404, body = Failure)))]
async fn change(
    State(assistant): Shared,
    Path(id): Path<FactId>,
    Json(change): Json<FactChange>,
) -> Result<Json<Fact>, ApiError> {
    let text = change.text.map(some).transpose()?;
    let changed = assistant.change_memory(move |store| {
        let mut id = id;
        match text {
            Some(text) if change.supersede => id = store.supersede(id, &text, None, Timestamp::now())?.id,
            Some(text) => drop(store.reword(id, &text)?),
            None => {}
        }
        match change.pinned {
            Some(pinned) => store.pin(id, pinned),
            None => store.fact(id),
        }
    });
    Ok(Json(changed.await?))
}

/// Forgets one fact for good, with what it took the place of, and the turns of conversations in which they were told.
#[utoipa::path(delete, path = "/api/memory/facts/{id}", tag = "memory", params(("id" = FactId, Path)),
    responses((status = 200, body = Forgotten), (status = 404, body = Failure)))]
async fn forget_fact(State(assistant): Shared, Path(id): Path<FactId>) -> Result<Json<Forgotten>, ApiError> {
    Ok(Json(assistant.change_memory(move |store| store.forget_fact(id)).await?))
}

/// Finds what was told, said or read, by its words and by its meaning.
#[utoipa::path(get, path = "/api/memory/search", tag = "memory", params(Search),
    responses((status = 200, body = Found), (status = 400, body = Failure)))]
async fn search(State(assistant): Shared, Query(search): Query<Search>) -> Result<Json<Found>, ApiError> {
    let text = some(search.q)?;
    let limit = search.limit.unwrap_or(RESULTS[0]).clamp(1, RESULTS[1]);
    let results = assistant.journal().find(move |memory| {
        let one = search.kind.map(|kind| [kind]);
        memory.find(&Sought {
            text: &text,
            kinds: one.as_ref().map_or(&Kind::ALL[..], |one| one),
            by: search.by,
            limit,
            tokens: usize::MAX,
            past: search.past,
            pinned: false,
            not_in: None,
            now: Timestamp::now(),
        })
    });
    Ok(Json(Found { results: results.await? }))
}

/// What sources say, as far as they are still there, in their order.
#[utoipa::path(post, path = "/api/memory/sources", tag = "memory", request_body = Sources,
    responses((status = 200, body = Found), (status = 400, body = Failure)))]
async fn sources(State(assistant): Shared, Json(asked): Json<Sources>) -> Result<Json<Found>, ApiError> {
    let mut sources = asked.sources;
    sources.truncate(SOURCES);
    let results = assistant.journal().with(move |store| store.sources(&sources)).await?;
    Ok(Json(Found { results }))
}

/// Forgets for good all that has all of these words in it: facts, the turns of conversations that tell of them, passages of
/// documents.
#[utoipa::path(post, path = "/api/memory/forget", tag = "memory", request_body = Words,
    responses((status = 200, body = Forgotten), (status = 400, body = Failure)))]
async fn forget(State(assistant): Shared, Json(words): Json<Words>) -> Result<Json<Forgotten>, ApiError> {
    let text = some(words.words)?;
    if words.dry_run {
        return Ok(Json(assistant.journal().with(move |store| store.would_forget(&text)).await?));
    }
    Ok(Json(assistant.change_memory(move |store| store.forget(&text)).await?))
}

/// How much is kept.
#[utoipa::path(get, path = "/api/memory/stats", tag = "memory", responses((status = 200, body = Stats)))]
async fn stats(State(assistant): Shared) -> Result<Json<Stats>, ApiError> {
    Ok(Json(assistant.journal().with(|store| store.stats()).await?))
}

/// Makes what finds by meaning anew, in the background; the statistics tell how far it is.
#[utoipa::path(post, path = "/api/memory/reindex", tag = "memory", responses((status = 202)))]
async fn reindex(State(assistant): Shared) -> StatusCode {
    assistant.journal().memory().rebuild();
    StatusCode::ACCEPTED
}

/// Text that says something.
fn some(text: String) -> Result<String, ApiError> {
    if text.chars().any(char::is_alphanumeric) {
        return Ok(text);
    }
    let remedy = "Write at least one word.";
    Err(Failure::new(jarvis_core::Code::BadRequest, "There are no words in that.", remedy).into())
}
