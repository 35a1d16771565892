//! Roles given to people, groups and everybody; and who answers for a unit, which is another matter.

use axum::{Json, extract::State, http::StatusCode};
use headway_app::organisation::{self as app, GrantView, GranteeView, NewGrant};
use headway_domain::{
    id::{GrantId, PersonId},
    organisation::{Accountability, Grantee, Person},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    group::{GroupBody, group_body},
    handlers::unit_ref,
    person::{PersonBody, given, person_body},
    token::role,
};
use crate::{
    insight::wire::UnitRef,
    platform::wire::ProblemBody,
    problem::{Body, Path, Problem, Query, Result},
    state::{ApiState, Ctx},
};

/// A role that somebody was given.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantBody {
    /// The id.
    #[schema(format = Uuid)]
    id: String,
    /// The role.
    role: String,
    /// The person, when it was given to one.
    person: Option<PersonBody>,
    /// The group, when it was given to one. Without a person and a group it holds for everybody who signs in.
    group: Option<GroupBody>,
    /// Where it was given; null for the whole organisation.
    unit: Option<UnitRef>,
    /// Whether it was given further up.
    is_inherited: bool,
    /// Whether the caller may take it back.
    may_revoke: bool,
}

/// Who has access.
#[derive(Debug, Serialize, ToSchema)]
pub struct Grants {
    /// What was given here first, then what comes from above.
    grants: Vec<GrantBody>,
}

/// Where.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GrantsQuery {
    /// The key of the unit; the whole organisation when it is missing.
    #[param(max_length = 64)]
    unit: Option<String>,
}

/// A role to give: to a person, to a group, or, without either, to everybody who signs in.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewGrantBody {
    /// The role.
    #[schema(max_length = 20, pattern = "^(owner|administrator|pmo|lead|coach|member|viewer)$")]
    role: String,
    /// To this person.
    #[schema(max_length = 36, format = Uuid)]
    person_id: Option<String>,
    /// To everybody in this group.
    #[schema(max_length = 36, format = Uuid)]
    group_id: Option<String>,
    /// There and below; in the whole organisation when it is missing.
    #[schema(max_length = 36, format = Uuid)]
    unit_id: Option<String>,
}

/// A new grant.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeGrant {
    /// The id.
    #[schema(format = Uuid)]
    id: String,
}

/// Who answers for a unit. It says whom to turn to and allows nothing.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountabilityBody {
    /// Want it, pay for it, decide where others cannot.
    sponsor: Vec<PersonBody>,
    /// Answer for what comes out.
    owner: Vec<PersonBody>,
    /// Lead the people.
    lead: Vec<PersonBody>,
    /// Help it work well.
    facilitator: Vec<PersonBody>,
}

/// Who is to answer for a unit, by ids.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewAccountability {
    /// Want it, pay for it, decide where others cannot.
    #[schema(max_items = 10, value_type = Vec<uuid::Uuid>)]
    sponsor: Vec<String>,
    /// Answer for what comes out.
    #[schema(max_items = 10, value_type = Vec<uuid::Uuid>)]
    owner: Vec<String>,
    /// Lead the people.
    #[schema(max_items = 10, value_type = Vec<uuid::Uuid>)]
    lead: Vec<String>,
    /// Help it work well.
    #[schema(max_items = 10, value_type = Vec<uuid::Uuid>)]
    facilitator: Vec<String>,
}

/// Lists who has access to a unit or to the whole organisation, and where each role was given.
#[utoipa::path(get, path = "/grants", tag = "people", params(GrantsQuery), responses((status = 200, body = Grants), (status = "default", body = ProblemBody)))]
pub async fn list_grants(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Query(query): Query<GrantsQuery>,
) -> Result<Json<Grants>> {
    let unit = query.unit.filter(|unit| !unit.is_empty());
    let grants = app::grants(&ctx, &state.app, unit.as_deref()).await?;
    Ok(Json(Grants { grants: grants.iter().map(grant_body).collect() }))
}

/// Gives a role. Nobody gives more than they may themselves there.
#[utoipa::path(post, path = "/grants", tag = "people", request_body = NewGrantBody, responses((status = 201, body = MadeGrant), (status = "default", body = ProblemBody)))]
pub async fn create_grant(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Body(body): Body<NewGrantBody>,
) -> Result<(StatusCode, Json<MadeGrant>)> {
    let person = given(body.person_id, |id| {
        id.parse().map_err(|_| Problem::invalid("person_id", "expected the id of a person"))
    })?;
    let group = given(body.group_id, |id| {
        id.parse().map_err(|_| Problem::invalid("group_id", "expected the id of a group"))
    })?;
    let to = match (person, group) {
        (Some(person), None) => Grantee::Person(person),
        (None, Some(group)) => Grantee::Group(group),
        (None, None) => Grantee::Everybody,
        (Some(_), Some(_)) => {
            return Err(Problem::invalid("group_id", "name a person or a group, not both"));
        }
    };
    let unit = given(body.unit_id, |id| {
        id.parse().map_err(|_| Problem::invalid("unit_id", "expected the id of a unit"))
    })?;
    let new = NewGrant { to, role: role(&body.role)?, unit };
    let grant = app::create_grant(&ctx, &state.app, new).await?;
    Ok((StatusCode::CREATED, Json(MadeGrant { id: grant.id.to_string() })))
}

/// Takes a role back.
#[utoipa::path(delete, path = "/grants/{grant}", tag = "people", params(("grant", max_length = 36)), responses((status = 204), (status = "default", body = ProblemBody)))]
pub async fn revoke_grant(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let id: GrantId = id.parse().map_err(|_| headway_app::Error::NotFound("grant"))?;
    app::revoke_grant(&ctx, &state.app, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows who answers for a unit.
#[utoipa::path(get, path = "/units/{unit}/accountability", tag = "people", params(("unit", max_length = 64)), responses((status = 200, body = AccountabilityBody), (status = "default", body = ProblemBody)))]
pub async fn find_accountability(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(unit): Path<String>,
) -> Result<Json<AccountabilityBody>> {
    Ok(Json(accountability(&app::accountable(&ctx, &state.app, &unit).await?)))
}

/// Says who answers for a unit from now on.
#[utoipa::path(put, path = "/units/{unit}/accountability", tag = "people", params(("unit", max_length = 64)), request_body = NewAccountability, responses((status = 200, body = AccountabilityBody), (status = "default", body = ProblemBody)))]
pub async fn replace_accountability(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(unit): Path<String>,
    Body(body): Body<NewAccountability>,
) -> Result<Json<AccountabilityBody>> {
    let lists = [
        (Accountability::Sponsor, body.sponsor),
        (Accountability::Owner, body.owner),
        (Accountability::Lead, body.lead),
        (Accountability::Facilitator, body.facilitator),
    ];
    let mut told: Vec<(Accountability, PersonId)> = Vec::new();
    for (kind, ids) in lists {
        for id in ids {
            let id = id.parse().map_err(|_| Problem::invalid(kind.code(), "expected ids of people"))?;
            told.push((kind, id));
        }
    }
    let told = app::change_accountable(&ctx, &state.app, &unit, told).await?;
    Ok(Json(accountability(&told)))
}

fn accountability(told: &[(Accountability, Person)]) -> AccountabilityBody {
    let of = |kind: Accountability| {
        told.iter().filter(|(it, _)| *it == kind).map(|(_, person)| person_body(person)).collect()
    };
    AccountabilityBody {
        sponsor: of(Accountability::Sponsor),
        owner: of(Accountability::Owner),
        lead: of(Accountability::Lead),
        facilitator: of(Accountability::Facilitator),
    }
}

fn grant_body(view: &GrantView) -> GrantBody {
    let (person, group) = match &view.to {
        GranteeView::Person(person) => (Some(person_body(&Person { email: None, ..person.clone() })), None),
        GranteeView::Group(group) => (None, Some(group_body(group))),
        GranteeView::Everybody => (None, None),
    };
    GrantBody {
        id: view.grant.id.to_string(),
        role: view.grant.role.code().to_owned(),
        person,
        group,
        unit: view.unit.as_ref().map(unit_ref),
        is_inherited: view.is_inherited,
        may_revoke: view.may_revoke,
    }
}
