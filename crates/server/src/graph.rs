//! Who and what is known, and how it is related.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use jarvis_assistant::Assistant;
use jarvis_core::{EntityId, Failure};
use jarvis_memory::{Entity, EntityKind, GraphFormat, GraphStats, Picture, Relation};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::extract::{Json, Path, Query, download};

/// So many entities are drawn when nothing else is said, and at most.
const DRAWN: usize = 5_000;

type Shared = State<Arc<Assistant>>;

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new()
        .routes(routes!(picture))
        .routes(routes!(entity, change))
        .routes(routes!(merge))
        .routes(routes!(path))
        .routes(routes!(ask))
        .routes(routes!(export))
        .routes(routes!(stats))
}

#[derive(Deserialize, IntoParams)]
struct Size {
    /// At most so many entities, 5000 when not given.
    #[param(minimum = 1, maximum = 5000)]
    limit: Option<usize>,
}

#[derive(Serialize, ToSchema)]
struct EntityRelations {
    entity: Entity,
    /// What was told, and then what follows from it.
    relations: Vec<Relation>,
}

#[derive(Serialize, ToSchema)]
struct Relations {
    relations: Vec<Relation>,
}

#[derive(Serialize, ToSchema)]
struct Answers {
    /// Empty when it is not known, or no question for the graph.
    answers: Vec<Relation>,
}

#[derive(Deserialize, ToSchema)]
struct EntityChange {
    /// Another name. When another entity has it, both were one all along.
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// What it is.
    kind: Option<EntityKind>,
}

#[derive(Deserialize, ToSchema)]
struct Merge {
    /// The entity that stays.
    keep: EntityId,
    /// The entity that it was all along.
    merge: EntityId,
}

#[derive(Deserialize, IntoParams)]
struct Ends {
    from: EntityId,
    to: EntityId,
}

#[derive(Deserialize, IntoParams)]
struct Question {
    /// In plain words: who works at Siemens?
    q: String,
}

#[derive(Deserialize, IntoParams)]
struct Export {
    #[serde(default)]
    #[param(inline)]
    format: GraphFormat,
}

/// The graph, or the best connected part of it.
#[utoipa::path(get, path = "/api/graph", tag = "graph", params(Size), responses((status = 200, body = Picture)))]
async fn picture(State(assistant): Shared, Query(size): Query<Size>) -> Result<Json<Picture>, ApiError> {
    let limit = size.limit.unwrap_or(DRAWN).clamp(1, DRAWN);
    Ok(Json(assistant.journal().with(move |store| store.picture(limit)).await?))
}

/// One entity, and its relations.
#[utoipa::path(get, path = "/api/graph/entities/{id}", tag = "graph", params(("id" = EntityId, Path)),
    responses((status = 200, body = EntityRelations), (status = 404, body = Failure)))]
async fn entity(
    State(assistant): Shared,
    Path(id): Path<EntityId>,
) -> Result<Json<EntityRelations>, ApiError> {
    let known = assistant.journal().with(move |store| {
        Ok(EntityRelations { entity: store.entity(id)?, relations: store.relations_of(id)? })
    });
    Ok(Json(known.await?))
}

/// Another name, or that it is something else than was thought.
#[utoipa::path(patch, path = "/api/graph/entities/{id}", tag = "graph", params(("id" = EntityId, Path)),
    request_body = EntityChange, responses((status = 200, body = Entity), (status = 404, body = Failure)))]
async fn change(
    State(assistant): Shared,
    Path(id): Path<EntityId>,
    Json(change): Json<EntityChange>,
) -> Result<Json<Entity>, ApiError> {
    let changed =
        assistant.change_memory(move |store| store.change_entity(id, change.name.as_deref(), change.kind));
    Ok(Json(changed.await?))
}

/// Two entities were one all along.
#[utoipa::path(post, path = "/api/graph/merge", tag = "graph", request_body = Merge,
    responses((status = 200, body = Entity), (status = 404, body = Failure)))]
async fn merge(State(assistant): Shared, Json(merge): Json<Merge>) -> Result<Json<Entity>, ApiError> {
    Ok(Json(assistant.change_memory(move |store| store.merge_entities(merge.keep, merge.merge)).await?))
}

/// The shortest way from one entity to another; empty when there is none.
#[utoipa::path(get, path = "/api/graph/path", tag = "graph", params(Ends),
    responses((status = 200, body = Relations), (status = 404, body = Failure)))]
async fn path(State(assistant): Shared, Query(ends): Query<Ends>) -> Result<Json<Relations>, ApiError> {
    let relations = assistant.journal().with(move |store| store.path(ends.from, ends.to)).await?;
    Ok(Json(Relations { relations }))
}

/// What the graph answers to a question in plain words.
#[utoipa::path(get, path = "/api/graph/ask", tag = "graph", params(Question),
    responses((status = 200, body = Answers)))]
async fn ask(State(assistant): Shared, Query(question): Query<Question>) -> Result<Json<Answers>, ApiError> {
    let asked = assistant.journal().with(move |store| store.ask_graph(&question.q)).await?;
    Ok(Json(Answers { answers: asked.relations }))
}

/// The graph as a file for other programs.
#[utoipa::path(get, path = "/api/graph/export", tag = "graph", params(Export), responses((status = 200)))]
async fn export(State(assistant): Shared, Query(export): Query<Export>) -> Result<Response, ApiError> {
    let text = assistant.journal().with(move |store| store.export_graph(export.format)).await?;
    Ok(match export.format {
        GraphFormat::Graphml => download("graph.graphml", "application/xml", text),
        GraphFormat::Json => download("graph.json", "application/json", text),
    })
}

/// The graph in numbers.
#[utoipa::path(get, path = "/api/graph/stats", tag = "graph", responses((status = 200, body = GraphStats)))]
async fn stats(State(assistant): Shared) -> Result<Json<GraphStats>, ApiError> {
    Ok(Json(assistant.journal().with(|store| store.graph_stats()).await?))
}
