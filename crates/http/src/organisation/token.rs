//! Tokens for the API.

use axum::{Json, extract::State, http::StatusCode};
use headway_app::organisation as app;
use headway_app::organisation::Token;
use headway_domain::{id::TokenId, organisation::Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    platform::wire::ProblemBody,
    problem::{Body, Path, Problem, Result},
    state::{ApiState, Ctx},
};

/// The caller's tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// Newest first.
    tokens: Vec<TokenBody>,
}

/// A token, without its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenBody {
    /// The id.
    #[schema(format = Uuid)]
    id: String,
    /// What its owner calls it.
    name: String,
    /// It may do no more than this role.
    role: String,
    /// It is good only there; null for wherever its owner may.
    unit_id: Option<String>,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last used, to within some minutes.
    #[schema(format = DateTime)]
    seen_at: Option<String>,
    /// When it ends by itself.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewTokenBody {
    /// What it is for.
    #[schema(min_length = 1, max_length = 120)]
    pub(super) name: String,
    /// It may do no more than this role.
    #[schema(max_length = 20, pattern = "^(owner|administrator|pmo|lead|coach|member|viewer)$")]
    pub(super) role: String,
    /// It is good only there.
    #[schema(format = Uuid, max_length = 36)]
    pub(super) unit_id: Option<String>,
    /// In so many days it ends.
    #[schema(minimum = 1, maximum = 366)]
    pub(super) days: u32,
}

/// A new token.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeToken {
    /// The token.
    pub(super) token: TokenBody,
    /// What to send as `Authorization: Bearer …`. It is shown this once.
    pub(super) text: String,
}

/// Lists the caller's tokens.
#[utoipa::path(get, path = "/session/tokens", tag = "organisation", responses((status = 200, body = Tokens), (status = "default", body = ProblemBody)))]
pub async fn list_tokens(State(state): State<ApiState>, Ctx(ctx): Ctx) -> Result<Json<Tokens>> {
    let tokens = app::tokens(&ctx, &state.app).await?;
    Ok(Json(Tokens { tokens: tokens.iter().map(token_body).collect() }))
}

/// Makes a token for the caller. A token cannot make another one.
#[utoipa::path(post, path = "/session/tokens", tag = "organisation", request_body = NewTokenBody, responses((status = 201, body = MadeToken), (status = "default", body = ProblemBody)))]
pub async fn create_token(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Body(body): Body<NewTokenBody>,
) -> Result<(StatusCode, Json<MadeToken>)> {
    let (token, text) = app::create_token(&ctx, &state.app, body.read()?).await?;
    Ok((StatusCode::CREATED, Json(MadeToken { token: token_body(&token), text })))
}

/// Revokes one of the caller's tokens.
#[utoipa::path(delete, path = "/session/tokens/{token}", tag = "organisation", params(("token", max_length = 36)), responses((status = 204), (status = "default", body = ProblemBody)))]
pub async fn revoke_token(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let id: TokenId = id.parse().map_err(|_| headway_app::Error::NotFound("token"))?;
    app::revoke_token(&ctx, &state.app, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The role with this code.
pub(crate) fn role(code: &str) -> Result<Role> {
    Role::from_code(code).ok_or_else(|| {
        Problem::invalid("role", "expected owner, administrator, pmo, lead, coach, member or viewer")
    })
}

pub(super) fn token_body(token: &Token) -> TokenBody {
    TokenBody {
        id: token.id.to_string(),
        name: token.name.clone(),
        role: token.limit.role.code().to_owned(),
        unit_id: token.limit.unit.map(|unit| unit.to_string()),
        created_at: token.created_at.to_string(),
        seen_at: token.seen_at.map(|at| at.to_string()),
        expires_at: token.expires_at.to_string(),
    }
}
