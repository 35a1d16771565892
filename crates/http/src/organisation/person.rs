//! People as administrators see them, and the tokens of services.

use axum::{Json, extract::State, http::StatusCode};
use headway_app::organisation::{self as app, HeldView, NewPerson, NewToken, PersonPage, PersonPatch};
use headway_domain::{
    id::{GroupId, PersonId, TokenId},
    organisation::{Limit, Person, PersonKind, PersonState, Through},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    handlers::unit_ref,
    token::{MadeToken, NewTokenBody, TokenBody, role, token_body},
};
use crate::{
    insight::wire::UnitRef,
    platform::wire::ProblemBody,
    problem::{Body, Path, Problem, Query, Result},
    state::{ApiState, Ctx},
};

/// A person or a service.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonBody {
    /// The id.
    #[schema(format = Uuid)]
    pub id: String,
    /// `human`, or `service` for a program with tokens.
    pub kind: String,
    /// `active`, `inactive` or `erased`.
    pub state: String,
    /// The name others see.
    pub name: String,
    /// The address; only for administrators.
    pub email: Option<String>,
    /// The short name that comments mention.
    pub handle: String,
    /// When the account was created.
    #[schema(format = DateTime)]
    pub created_at: String,
}

/// A page of people.
#[derive(Debug, Serialize, ToSchema)]
pub struct People {
    /// By name.
    people: Vec<PersonBody>,
    /// Where the next page begins.
    next: Option<String>,
}

/// A role somebody holds, and through what.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldBody {
    /// The grant that says so.
    #[schema(format = Uuid)]
    grant_id: String,
    /// The role.
    role: String,
    /// Where it was granted; null for the whole organisation.
    unit: Option<UnitRef>,
    /// `person` for a grant of their own, `group`, or `everybody`.
    through: String,
    /// The group it comes through.
    group: Option<GroupRef>,
}

/// A group, named.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupRef {
    /// The id.
    #[schema(format = Uuid)]
    pub id: String,
    /// The name.
    pub name: String,
}

/// A browser somebody is signed in with.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedInBody {
    /// How they signed in.
    method: String,
    /// What the browser calls itself.
    agent: String,
    /// When they were last there, to within some minutes.
    #[schema(format = DateTime)]
    seen_at: String,
}

/// A person with everything an administrator looks at.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonDetail {
    /// The account.
    person: PersonBody,
    /// The roles.
    roles: Vec<HeldBody>,
    /// Where they are signed in.
    sessions: Vec<SignedInBody>,
    /// Their tokens.
    tokens: Vec<TokenBody>,
}

/// Which people.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// Part of a name, an address or a handle.
    #[param(max_length = 120)]
    q: Option<String>,
    /// Only in this state: `active`, `inactive` or `erased`.
    #[param(max_length = 10, pattern = "^(active|inactive|erased)?$")]
    state: Option<String>,
    /// Only of this kind: `human` or `service`.
    #[param(max_length = 10, pattern = "^(human|service)?$")]
    kind: Option<String>,
    /// Only who holds this role somewhere.
    #[param(max_length = 20, pattern = "^(owner|administrator|pmo|lead|coach|member|viewer)?$")]
    role: Option<String>,
    /// Only who is in this group.
    #[param(max_length = 36, format = Uuid)]
    group: Option<String>,
    /// Where to go on.
    #[param(max_length = 36, format = Uuid)]
    cursor: Option<String>,
    /// How many, at most 100.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// A person or a service to create.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewPersonBody {
    /// The name.
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// The address; a service has none.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// A role in the whole organisation.
    #[schema(max_length = 20, pattern = "^(owner|administrator|pmo|lead|coach|member|viewer)$")]
    role: Option<String>,
}

/// What to change about a person; what is missing stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct PersonPatchBody {
    /// A new name.
    #[schema(min_length = 1, max_length = 120)]
    name: Option<String>,
    /// A new address.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// A new handle.
    #[schema(min_length = 1, max_length = 60)]
    handle: Option<String>,
    /// False signs them out everywhere and ends their tokens.
    is_active: Option<bool>,
}

/// Lists people by name. Addresses are shown to whoever manages people.
#[utoipa::path(get, path = "/people", tag = "people", params(PeopleQuery), responses((status = 200, body = People), (status = "default", body = ProblemBody)))]
pub async fn list_people(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Query(query): Query<PeopleQuery>,
) -> Result<Json<People>> {
    let limit = Problem::check_limit(query.limit, 50, app::MOST_PEOPLE)?;
    let group = query.group.map(|id| id.parse::<GroupId>()).transpose();
    let page = PersonPage {
        text: words(query.q)?,
        state: given(query.state, |code| {
            PersonState::from_code(code)
                .ok_or_else(|| Problem::invalid("state", "expected active, inactive or erased"))
        })?,
        kind: given(query.kind, |code| {
            PersonKind::from_code(code).ok_or_else(|| Problem::invalid("kind", "expected human or service"))
        })?,
        role: given(query.role, role)?,
        group: group.map_err(|_| Problem::invalid("group", "expected the id of a group"))?,
        after: None,
        limit: limit + 1,
    };
    let after = query.cursor.map(|id| id.parse::<PersonId>()).transpose();
    let after = after.map_err(|_| Problem::invalid("cursor", "expected a cursor that a page has given"))?;
    let mut people = app::people(&ctx, &state.app, page, after).await?;
    let is_more = people.len() > limit as usize;
    people.truncate(limit as usize);
    let next = people.last().filter(|_| is_more).map(|person| person.id.to_string());
    Ok(Json(People { people: people.iter().map(person_body).collect(), next }))
}

/// Creates a person, or a service when there is no address.
#[utoipa::path(post, path = "/people", tag = "people", request_body = NewPersonBody, responses((status = 201, body = PersonBody), (status = "default", body = ProblemBody)))]
pub async fn create_person(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Body(body): Body<NewPersonBody>,
) -> Result<(StatusCode, Json<PersonBody>)> {
    let role = given(body.role, role)?;
    let new = NewPerson { name: body.name, email: body.email, password: None, role };
    let person = app::create_person(&ctx, &state.app, new).await?;
    Ok((StatusCode::CREATED, Json(person_body(&person))))
}

/// Shows a person with their roles, sessions and tokens.
#[utoipa::path(get, path = "/people/{person}", tag = "people", params(("person", max_length = 36)), responses((status = 200, body = PersonDetail), (status = "default", body = ProblemBody)))]
pub async fn find_person(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
) -> Result<Json<PersonDetail>> {
    let view = app::person(&ctx, &state.app, person_id(&id)?).await?;
    Ok(Json(PersonDetail {
        person: person_body(&view.person),
        roles: view.held.iter().map(held_body).collect(),
        sessions: view
            .sessions
            .into_iter()
            .map(|it| SignedInBody { method: it.method, agent: it.agent, seen_at: it.seen_at.to_string() })
            .collect(),
        tokens: view.tokens.iter().map(token_body).collect(),
    }))
}

/// Renames a person, or deactivates or reactivates the account.
#[utoipa::path(patch, path = "/people/{person}", tag = "people", params(("person", max_length = 36)), request_body = PersonPatchBody, responses((status = 200, body = PersonBody), (status = "default", body = ProblemBody)))]
pub async fn update_person(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
    Body(body): Body<PersonPatchBody>,
) -> Result<Json<PersonBody>> {
    let patch =
        PersonPatch { name: body.name, email: body.email, handle: body.handle, is_active: body.is_active };
    let person = app::update_person(&ctx, &state.app, person_id(&id)?, patch).await?;
    Ok(Json(person_body(&person)))
}

/// Makes a token for a service account.
#[utoipa::path(post, path = "/people/{person}/tokens", tag = "people", params(("person", max_length = 36)), request_body = NewTokenBody, responses((status = 201, body = MadeToken), (status = "default", body = ProblemBody)))]
pub async fn create_service_token(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
    Body(body): Body<NewTokenBody>,
) -> Result<(StatusCode, Json<MadeToken>)> {
    let new: NewToken = body.read()?;
    let (token, text) = app::create_service_token(&ctx, &state.app, person_id(&id)?, new).await?;
    Ok((StatusCode::CREATED, Json(MadeToken { token: token_body(&token), text })))
}

/// Revokes a token of a service account.
#[utoipa::path(delete, path = "/people/{person}/tokens/{token}", tag = "people", params(("person", max_length = 36), ("token", max_length = 36)), responses((status = 204), (status = "default", body = ProblemBody)))]
pub async fn revoke_service_token(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path((id, token)): Path<(String, String)>,
) -> Result<StatusCode> {
    let token: TokenId = token.parse().map_err(|_| headway_app::Error::NotFound("token"))?;
    app::revoke_service_token(&ctx, &state.app, person_id(&id)?, token).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl NewTokenBody {
    /// The token that is asked for.
    pub(super) fn read(self) -> Result<NewToken> {
        let unit = self.unit_id.map(|id| id.parse()).transpose();
        let unit = unit.map_err(|_| Problem::invalid("unit_id", "expected the id of a unit"))?;
        let limit = Limit { role: role(&self.role)?, unit };
        Ok(NewToken { name: self.name, limit, days: self.days })
    }
}

/// Words to find people by.
fn words(text: Option<String>) -> Result<String> {
    let text = text.unwrap_or_default();
    if text.chars().count() > 120 {
        return Err(Problem::invalid("q", "expected at most 120 characters"));
    }
    Ok(text)
}

/// What was given, read; an empty text is nothing.
pub(crate) fn given<T>(text: Option<String>, read: impl FnOnce(&str) -> Result<T>) -> Result<Option<T>> {
    text.filter(|text| !text.is_empty()).map(|text| read(&text)).transpose()
}

/// The id of a person in a path.
pub(crate) fn person_id(text: &str) -> Result<PersonId> {
    Ok(text.parse().map_err(|_| headway_app::Error::NotFound("person"))?)
}

/// A person.
pub(crate) fn person_body(person: &Person) -> PersonBody {
    PersonBody {
        id: person.id.to_string(),
        kind: person.kind.code().to_owned(),
        state: person.state.code().to_owned(),
        name: person.name.clone(),
        email: person.email.clone(),
        handle: person.handle.clone(),
        created_at: person.created_at.to_string(),
    }
}

/// A role that is held.
pub(crate) fn held_body(view: &HeldView) -> HeldBody {
    let through = match view.held.through {
        Through::Person => "person",
        Through::Group(Some(_)) => "group",
        Through::Group(None) => "everybody",
    };
    HeldBody {
        grant_id: view.held.grant.to_string(),
        role: view.held.role.code().to_owned(),
        unit: view.unit.as_ref().map(unit_ref),
        through: through.to_owned(),
        group: view.group.as_ref().map(|it| GroupRef { id: it.id.to_string(), name: it.name.clone() }),
    }
}
