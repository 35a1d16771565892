//! The matrix of roles and permissions, and why somebody may or may not.

use axum::{Json, extract::State};
use headway_app::{
    Permission,
    organisation::{self as app, WhyAsk},
};
use headway_domain::organisation::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    handlers::unit_ref,
    person::{HeldBody, PersonBody, given, held_body, person_body},
};
use crate::{
    insight::wire::UnitRef,
    platform::wire::ProblemBody,
    problem::{Problem, Query, Result},
    state::{ApiState, Ctx},
};

/// What can be allowed, and which roles allow it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Matrix {
    /// The codes of the roles, from the one with most permissions.
    roles: Vec<String>,
    /// The permissions.
    permissions: Vec<PermissionBody>,
}

/// Something that can be allowed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PermissionBody {
    /// The code.
    code: String,
    /// What it allows, in a sentence.
    meaning: String,
    /// Whether it concerns the installation, so that a grant on a unit does not give it.
    is_for_organisation_only: bool,
    /// The codes of the roles that have it.
    roles: Vec<String>,
}

/// A question about a permission.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhyQuery {
    /// The code of the permission.
    #[param(
        max_length = 20,
        pattern = "^(read|comment|edit_work|share_views|manage_team|manage_units|import|invite|read_audit|manage_people|manage_settings|administer|manage_owners)$"
    )]
    permission: String,
    /// The key of the unit; the whole organisation when it is missing.
    #[param(max_length = 64)]
    unit: Option<String>,
    /// The id of the person; the caller when it is missing.
    #[param(max_length = 36, format = Uuid)]
    person: Option<String>,
}

/// A decision with its reasons.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhyBody {
    /// The code of the permission.
    permission: String,
    /// Where; null for the whole organisation.
    unit: Option<UnitRef>,
    /// Whether it is allowed.
    is_allowed: bool,
    /// The roles that allow it, and through what.
    because: Vec<HeldBody>,
    /// The role that the token is limited to, where that alone forbids it.
    token_role: Option<String>,
    /// The codes of the roles that would allow it there.
    roles: Vec<String>,
    /// People who could grant such a role there; at most five.
    could_grant: Vec<PersonBody>,
}

/// Lists the permissions there are, and which role has which.
#[utoipa::path(get, path = "/permissions", tag = "people", responses((status = 200, body = Matrix), (status = "default", body = ProblemBody)))]
pub async fn list_permissions(Ctx(ctx): Ctx) -> Result<Json<Matrix>> {
    ctx.authorise_anybody()?;
    let permissions = Permission::ALL.into_iter().map(|permission| PermissionBody {
        code: permission.code().to_owned(),
        meaning: permission.meaning().to_owned(),
        is_for_organisation_only: permission.is_for_organisation_only(),
        roles: codes(Role::ALL.into_iter().filter(|role| role.permissions().has(permission))),
    });
    Ok(Json(Matrix { roles: codes(Role::ALL), permissions: permissions.collect() }))
}

/// Says why the caller, or somebody else, may or may not do something.
#[utoipa::path(get, path = "/permissions/explain", tag = "people", params(WhyQuery), responses((status = 200, body = WhyBody), (status = "default", body = ProblemBody)))]
pub async fn explain_permission(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Query(query): Query<WhyQuery>,
) -> Result<Json<WhyBody>> {
    let permission = Permission::from_code(&query.permission).ok_or_else(|| {
        Problem::invalid("permission", "no permission has this code; see /api/v1/permissions")
    })?;
    let person = given(query.person, |id| {
        id.parse().map_err(|_| Problem::invalid("person", "expected the id of a person"))
    })?;
    let asked = WhyAsk { permission, unit: query.unit.filter(|unit| !unit.is_empty()), person };
    let why = app::explain(&ctx, &state.app, asked).await?;
    Ok(Json(WhyBody {
        permission: permission.code().to_owned(),
        unit: why.unit.as_ref().map(unit_ref),
        is_allowed: why.is_allowed,
        because: why.because.iter().map(held_body).collect(),
        token_role: why.limit.map(|limit| limit.role.code().to_owned()),
        roles: codes(why.roles),
        could_grant: why.could_grant.iter().map(person_body).collect(),
    }))
}

fn codes(roles: impl IntoIterator<Item = Role>) -> Vec<String> {
    roles.into_iter().map(|role| role.code().to_owned()).collect()
}
