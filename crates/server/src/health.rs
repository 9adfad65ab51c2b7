//! What runs, what does not, and how quick it was.

use std::sync::Arc;

use axum::extract::State;
use jarvis_assistant::{Assistant, Check, DeviceInfo, Machine};
use jarvis_memory::TurnRecord;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::extract::Json;

/// Turns whose timing is shown.
const TURNS: u32 = 50;

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(devices)).routes(routes!(machine))
}

#[derive(Serialize, ToSchema)]
struct Health {
    checks: Vec<Check>,
    /// When the stages of the latest turns were reached, newest last.
    turns: Vec<TurnRecord>,
}

#[derive(Serialize, ToSchema)]
struct Devices {
    inputs: Vec<DeviceInfo>,
    outputs: Vec<DeviceInfo>,
}

/// Looks at everything that Jarvis needs, really trying it: this takes a few seconds.
#[utoipa::path(get, path = "/api/health", tag = "health", responses((status = 200, body = Health)))]
async fn health(State(assistant): State<Arc<Assistant>>) -> Result<Json<Health>, ApiError> {
    let turns = assistant.journal().with(|store| store.recent_turns(TURNS)).await?;
    Ok(Json(Health { checks: assistant.examine().await, turns }))
}

/// The microphones and speakers that there are.
#[utoipa::path(get, path = "/api/devices", tag = "health", responses((status = 200, body = Devices)))]
async fn devices(State(assistant): State<Arc<Assistant>>) -> Json<Devices> {
    let (inputs, outputs) = assistant.devices().await;
    Json(Devices { inputs, outputs })
}

/// What the machine has: cores, memory, room on the disk, and whether it can hear and speak.
#[utoipa::path(get, path = "/api/machine", tag = "health", responses((status = 200, body = Machine)))]
async fn machine(State(assistant): State<Arc<Assistant>>) -> Result<Json<Machine>, ApiError> {
    Ok(Json(assistant.machine().await?))
}
