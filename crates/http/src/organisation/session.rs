//! Signing in and out, the set-up, and who the caller is.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use axum_extra::extract::{CookieJar, cookie::Cookie};
use headway_app::{
    Actor, OpContext,
    organisation::{self as app, PasswordSignIn, SetUp, SignedIn},
};
use headway_domain::organisation::Permissions;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    platform::wire::ProblemBody,
    problem::{Body, Result},
    state::{ApiState, Ctx},
};

/// The caller, as the web client needs to know them.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionBody {
    /// `set_up` while the installation has no owner, `signed_out`, or `signed_in`.
    state: String,
    /// The caller, when signed in.
    person: Option<Myself>,
    /// What the caller may do, and where.
    rights: Vec<Right>,
}

/// The person who asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct Myself {
    /// The id.
    #[schema(format = Uuid)]
    id: String,
    /// The name others see.
    name: String,
    /// The short name that comments mention.
    handle: String,
    /// The address.
    email: Option<String>,
}

/// Permissions that hold for a unit and everything below it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Right {
    /// The unit; null for the whole organisation.
    unit_id: Option<String>,
    /// Codes of permissions.
    permissions: Vec<String>,
}

/// Somebody who signs in with a password.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SignInBody {
    /// The address.
    #[schema(max_length = 254)]
    email: String,
    /// The password.
    #[schema(max_length = 512)]
    password: String,
}

/// The first owner.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SetUpBody {
    /// The code that the server printed when it started.
    #[schema(max_length = 128)]
    code: String,
    /// The owner's name.
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// The owner's address.
    #[schema(max_length = 254)]
    email: String,
    /// The owner's password.
    #[schema(min_length = 12, max_length = 128)]
    password: String,
}

/// Says who the caller is. Anybody may ask.
#[utoipa::path(get, path = "/session", tag = "organisation", security(()), responses((status = 200, body = SessionBody), (status = "default", body = ProblemBody)))]
pub async fn find_session(State(state): State<ApiState>, Ctx(ctx): Ctx) -> Result<Json<SessionBody>> {
    Ok(Json(session(&ctx, &state).await?))
}

/// Signs in with a password; the answer sets a cookie.
#[utoipa::path(post, path = "/session", tag = "organisation", security(()), request_body = SignInBody, responses((status = 201, body = SessionBody), (status = "default", body = ProblemBody)))]
pub async fn sign_in(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    headers: HeaderMap,
    cookies: CookieJar,
    Body(body): Body<SignInBody>,
) -> Result<(StatusCode, CookieJar, Json<SessionBody>)> {
    let asked = PasswordSignIn { email: body.email, password: body.password, agent: agent(&headers) };
    let signed_in = app::sign_in(&ctx, &state.app, asked).await?;
    begun(&ctx, &state, cookies, signed_in).await
}

/// Signs out; the cookie is no good any more.
#[utoipa::path(delete, path = "/session", tag = "organisation", responses((status = 204), (status = "default", body = ProblemBody)))]
pub async fn sign_out(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    cookies: CookieJar,
) -> Result<(StatusCode, CookieJar)> {
    app::sign_out(&ctx, &state.app).await?;
    Ok((StatusCode::NO_CONTENT, cookies.add(cookie(&state, "", 0)?)))
}

/// Creates the first owner of a new installation and signs them in.
#[utoipa::path(post, path = "/set-up", tag = "organisation", security(()), request_body = SetUpBody, responses((status = 201, body = SessionBody), (status = "default", body = ProblemBody)))]
pub async fn set_up(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    headers: HeaderMap,
    cookies: CookieJar,
    Body(body): Body<SetUpBody>,
) -> Result<(StatusCode, CookieJar, Json<SessionBody>)> {
    let asked = SetUp {
        code: body.code,
        name: body.name,
        email: body.email,
        password: body.password,
        agent: agent(&headers),
    };
    let signed_in = app::set_up(&ctx, &state.app, asked).await?;
    begun(&ctx, &state, cookies, signed_in).await
}

/// What every way to sign in ends with: the cookie, and who the caller is now.
pub(crate) async fn begun(
    ctx: &OpContext,
    state: &ApiState,
    cookies: CookieJar,
    signed_in: SignedIn,
) -> Result<(StatusCode, CookieJar, Json<SessionBody>)> {
    let token = signed_in.token;
    let caller = app::authenticate(ctx, &state.app, app::Credential::Session(&token)).await?;
    let ctx = caller.map_or_else(|| ctx.clone(), |caller| ctx.acting_as(Actor::Person(caller)));
    let seconds = (signed_in.expires_at.0 - ctx.now().0) / 1_000_000;
    let body = session(&ctx, state).await?;
    Ok((StatusCode::CREATED, cookies.add(cookie(state, &token, seconds)?), Json(body)))
}

/// What the browser calls itself.
pub(crate) fn agent(headers: &HeaderMap) -> String {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// A link from elsewhere opens a page that is signed in, hence `Lax`; changes from elsewhere the router refuses.
fn cookie(state: &ApiState, token: &str, seconds: i64) -> Result<Cookie<'static>> {
    let name = state.site.session_cookie();
    let secure = if state.site.is_secure() { "; Secure" } else { "" };
    let text = format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    Cookie::parse(text).map_err(|error| headway_app::Error::internal(error).into())
}

async fn session(ctx: &OpContext, state: &ApiState) -> Result<SessionBody> {
    let Actor::Person(caller) = &ctx.actor else {
        let is_new = app::needs_set_up(&state.app).await?;
        let stands = if is_new { "set_up" } else { "signed_out" };
        return Ok(SessionBody { state: stands.to_owned(), person: None, rights: Vec::new() });
    };
    let person = app::myself(ctx, &state.app).await?;
    Ok(SessionBody {
        state: "signed_in".to_owned(),
        person: Some(Myself {
            id: person.id.to_string(),
            name: person.name,
            handle: person.handle,
            email: person.email,
        }),
        rights: caller
            .rights
            .by_unit()
            .into_iter()
            .map(|(unit, permissions)| Right {
                unit_id: unit.map(|unit| unit.to_string()),
                permissions: codes(permissions),
            })
            .collect(),
    })
}

fn codes(permissions: Permissions) -> Vec<String> {
    permissions.iter().map(|permission| permission.code().to_owned()).collect()
}
