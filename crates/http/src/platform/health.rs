//! Whether the server lives, and whether it should get requests: for supervisors and proxies. Anybody may ask.

use axum::{Json, extract::State};

use super::{handlers::VERSION, wire};
use crate::{
    problem::{Problem, Result},
    state::ApiState,
};

/// Says that the server is up and reaches its database.
#[utoipa::path(get, path = "/health", tag = "platform", responses((status = 200, body = wire::Health)))]
pub async fn health(State(state): State<ApiState>) -> Result<Json<wire::Health>> {
    headway_app::platform::health(&state.app).await?;
    Ok(answer("ok"))
}

/// Says that the process lives, whatever it can reach. One that does not answer should be started anew.
#[utoipa::path(get, path = "/livez", tag = "platform", responses((status = 200, body = wire::Health)))]
pub async fn is_alive() -> Json<wire::Health> {
    answer("alive")
}

/// Says that the process should get requests: its database answers, its job runner works, and it is not about to stop.
#[utoipa::path(get, path = "/readyz", tag = "platform", responses((status = 200, body = wire::Health), (status = "default", body = wire::ProblemBody)))]
pub async fn is_ready(State(state): State<ApiState>) -> Result<Json<wire::Health>> {
    headway_app::platform::readiness(state.clock.now(), &state.app).await.map_err(Problem::not_ready)?;
    Ok(answer("ready"))
}

fn answer(status: &str) -> Json<wire::Health> {
    Json(wire::Health { status: status.to_owned(), version: VERSION.to_owned() })
}
