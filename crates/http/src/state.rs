//! What handlers are given: the application, and a context for the operation.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use axum_extra::extract::CookieJar;
use headway_app::{
    Actor, App, Clock, IdSource, OpContext,
    organisation::{Credential, authenticate},
};

use crate::{problem::Problem, site::Site};

/// What every handler can reach.
#[derive(Clone)]
pub struct ApiState {
    /// The application.
    pub app: App,
    /// The clock of new contexts.
    pub clock: Arc<dyn Clock>,
    /// The ids and secrets of new contexts.
    pub ids: Arc<dyn IdSource>,
    /// Under which names the server is reached.
    pub site: Arc<Site>,
}

/// The context of a request: of whoever its token or cookie stands for, or of nobody.
pub struct Ctx(pub OpContext);

impl FromRequestParts<ApiState> for Ctx {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let nobody = OpContext::new(Actor::Nobody, Arc::clone(&state.clock), Arc::clone(&state.ids));
        let cookies = CookieJar::from_headers(&parts.headers);
        let credential = match bearer(parts)? {
            Some(token) => Credential::Token(token),
            None => match cookies.get(state.site.session_cookie()) {
                Some(cookie) => Credential::Session(cookie.value()),
                None => return Ok(Ctx(nobody)),
            },
        };
        match authenticate(&nobody, &state.app, credential).await? {
            Some(caller) => Ok(Ctx(nobody.acting_as(Actor::Person(caller)))),
            // A program is told that its token is no good; a browser whose session has ended signs in again.
            None if matches!(credential, Credential::Token(_)) => Err(Problem::bad_token()),
            None => Ok(Ctx(nobody)),
        }
    }
}

/// The token in `Authorization: Bearer …`.
fn bearer(parts: &Parts) -> Result<Option<&str>, Problem> {
    let Some(value) = parts.headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or_default();
    if scheme.eq_ignore_ascii_case("bearer") { Ok(Some(token.trim())) } else { Err(Problem::bad_token()) }
}
