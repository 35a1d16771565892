//! Groups of people.

use axum::{Json, extract::State, http::StatusCode};
use headway_app::organisation as app;
use headway_domain::{
    id::{GroupId, UnitId},
    organisation::{Group, UnitTree},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    handlers::unit_ref,
    person::{PersonBody, person_body, person_id},
};
use crate::{
    insight::wire::UnitRef,
    platform::wire::ProblemBody,
    problem::{Body, Path, Result},
    state::{ApiState, Ctx},
};

/// A group.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupBody {
    /// The id.
    #[schema(format = Uuid)]
    pub id: String,
    /// The name.
    pub name: String,
    /// Whether a directory fills it; then it is changed there alone.
    pub is_from_directory: bool,
}

/// All groups.
#[derive(Debug, Serialize, ToSchema)]
pub struct Groups {
    /// By name.
    groups: Vec<GroupBody>,
}

/// A role that a group gives.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupGrant {
    /// The id of the grant.
    #[schema(format = Uuid)]
    id: String,
    /// The role.
    role: String,
    /// Where; null for the whole organisation.
    unit: Option<UnitRef>,
}

/// A group with who is in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupDetail {
    /// The group.
    group: GroupBody,
    /// Who is in it, by name.
    members: Vec<PersonBody>,
    /// What it gives them.
    grants: Vec<GroupGrant>,
}

/// A group's name.
#[derive(Debug, Deserialize, ToSchema)]
pub struct GroupName {
    /// The name.
    #[schema(min_length = 1, max_length = 120)]
    name: String,
}

/// Lists all groups.
#[utoipa::path(get, path = "/groups", tag = "people", responses((status = 200, body = Groups), (status = "default", body = ProblemBody)))]
pub async fn list_groups(State(state): State<ApiState>, Ctx(ctx): Ctx) -> Result<Json<Groups>> {
    let groups = app::groups(&ctx, &state.app).await?;
    Ok(Json(Groups { groups: groups.iter().map(group_body).collect() }))
}

/// Creates an empty group.
#[utoipa::path(post, path = "/groups", tag = "people", request_body = GroupName, responses((status = 201, body = GroupBody), (status = "default", body = ProblemBody)))]
pub async fn create_group(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Body(body): Body<GroupName>,
) -> Result<(StatusCode, Json<GroupBody>)> {
    let group = app::create_group(&ctx, &state.app, &body.name).await?;
    Ok((StatusCode::CREATED, Json(group_body(&group))))
}

/// Shows a group with its members and roles.
#[utoipa::path(get, path = "/groups/{group}", tag = "people", params(("group", max_length = 36)), responses((status = 200, body = GroupDetail), (status = "default", body = ProblemBody)))]
pub async fn find_group(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
) -> Result<Json<GroupDetail>> {
    let view = app::group(&ctx, &state.app, group_id(&id)?).await?;
    let tree = app::units(&ctx, &state.app).await?;
    Ok(Json(GroupDetail {
        group: group_body(&view.group),
        members: view.members.iter().map(person_body).collect(),
        grants: view
            .grants
            .iter()
            .map(|grant| GroupGrant {
                id: grant.id.to_string(),
                role: grant.role.code().to_owned(),
                unit: grant.unit.and_then(|unit| named(&tree, unit)),
            })
            .collect(),
    }))
}

/// Renames a group.
#[utoipa::path(patch, path = "/groups/{group}", tag = "people", params(("group", max_length = 36)), request_body = GroupName, responses((status = 200, body = GroupBody), (status = "default", body = ProblemBody)))]
pub async fn update_group(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
    Body(body): Body<GroupName>,
) -> Result<Json<GroupBody>> {
    let group = app::rename_group(&ctx, &state.app, group_id(&id)?, &body.name).await?;
    Ok(Json(group_body(&group)))
}

/// Deletes a group with the roles it gives.
#[utoipa::path(delete, path = "/groups/{group}", tag = "people", params(("group", max_length = 36)), responses((status = 204), (status = "default", body = ProblemBody)))]
pub async fn delete_group(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    app::delete_group(&ctx, &state.app, group_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a person into a group. Whoever does needs the right to give all roles of the group.
#[utoipa::path(put, path = "/groups/{group}/members/{person}", tag = "people", params(("group", max_length = 36), ("person", max_length = 36)), responses((status = 204), (status = "default", body = ProblemBody)))]
pub async fn add_group_member(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path((group, person)): Path<(String, String)>,
) -> Result<StatusCode> {
    app::add_member(&ctx, &state.app, group_id(&group)?, person_id(&person)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a person out of a group.
#[utoipa::path(delete, path = "/groups/{group}/members/{person}", tag = "people", params(("group", max_length = 36), ("person", max_length = 36)), responses((status = 204), (status = "default", body = ProblemBody)))]
pub async fn remove_group_member(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path((group, person)): Path<(String, String)>,
) -> Result<StatusCode> {
    app::remove_member(&ctx, &state.app, group_id(&group)?, person_id(&person)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn group_id(text: &str) -> Result<GroupId> {
    Ok(text.parse().map_err(|_| headway_app::Error::NotFound("group"))?)
}

fn named(tree: &UnitTree, unit: UnitId) -> Option<UnitRef> {
    tree.get(unit).map(unit_ref)
}

/// A group.
pub(crate) fn group_body(group: &Group) -> GroupBody {
    GroupBody {
        id: group.id.to_string(),
        name: group.name.clone(),
        is_from_directory: group.external_id.is_some(),
    }
}
