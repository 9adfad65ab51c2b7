//! The API's description, for programs and for people.

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::SwaggerUi;

pub(crate) fn routes(description: OpenApi) -> Router {
    SwaggerUi::new("/api/docs").url("/api/openapi.json", description).into()
}
