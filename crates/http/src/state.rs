//! What handlers are given: the application, and a context for the operation.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};
use headway_app::{Actor, App, Clock, IdSource, OpContext};

use crate::problem::Problem;

/// What every handler can reach.
#[derive(Clone)]
pub struct ApiState {
    /// The application.
    pub app: App,
    /// The clock of new contexts.
    pub clock: Arc<dyn Clock>,
    /// The ids of new contexts.
    pub ids: Arc<dyn IdSource>,
    /// Who a request without credentials is. The owner while the server listens on loopback only.
    pub anonymous: Actor,
}

/// The context of a request.
pub struct Ctx(pub OpContext);

impl FromRequestParts<ApiState> for Ctx {
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        Ok(Ctx(OpContext::new(state.anonymous, Arc::clone(&state.clock), Arc::clone(&state.ids))))
    }
}
