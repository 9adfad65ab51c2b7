//! Reading and changing the settings.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use jarvis_assistant::Assistant;
use jarvis_assistant::settings::Setting;
use jarvis_core::Failure;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::extract::Json;

pub(crate) fn routes() -> OpenApiRouter<Arc<Assistant>> {
    OpenApiRouter::new().routes(routes!(settings, change))
}

#[derive(Serialize, ToSchema)]
struct Settings {
    /// The file they are kept in.
    path: String,
    settings: Vec<Setting>,
}

impl Settings {
    fn of(assistant: &Assistant) -> Self {
        let (path, settings) = assistant.settings();
        Self { path: path.display().to_string(), settings }
    }
}

/// Every setting, with its value, its meaning and what it may be.
#[utoipa::path(get, path = "/api/settings", tag = "settings", responses((status = 200, body = Settings)))]
async fn settings(State(assistant): State<Arc<Assistant>>) -> Json<Settings> {
    Json(Settings::of(&assistant))
}

/// Changes settings, `{"tts.speed": 1.2}`; null takes the default again. All of them or none. They hold at once.
#[utoipa::path(patch, path = "/api/settings", tag = "settings",
    request_body = BTreeMap<String, Value>,
    responses((status = 200, body = Settings), (status = 422, body = Failure)))]
async fn change(
    State(assistant): State<Arc<Assistant>>,
    Json(changes): Json<BTreeMap<String, Value>>,
) -> Result<Json<Settings>, ApiError> {
    assistant.change_settings(&changes).await?;
    Ok(Json(Settings::of(&assistant)))
}
