//! What is known about a person, erasing it, and how long things are kept.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use headway_app::governance::{
    self as app, OnErase, Personal, PersonalData,
    retention::{self, Days, Kept},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    organisation::person::person_id,
    platform::wire::ProblemBody,
    problem::{Body, Path, Result},
    state::{ApiState, Ctx},
};

/// A place where something about people lies.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonalPlace {
    /// Its code.
    code: String,
    /// What lies there.
    what: String,
    /// What becomes of it when the person is erased: `removed`, `emptied` or `kept`.
    on_erase: String,
    /// Why it is kept.
    why: Option<String>,
}

/// Every place where something about people lies.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonalPlaces {
    /// The places.
    places: Vec<PersonalPlace>,
}

/// A place with what lies there about one person.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonalRows {
    /// The code of the place.
    code: String,
    /// What lies there.
    what: String,
    /// The rows of the database, without secrets.
    #[schema(value_type = Vec<std::collections::HashMap<String, serde_json::Value>>)]
    rows: Vec<serde_json::Value>,
}

/// Everything that is known about one person.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonalFile {
    /// What the file is.
    about: String,
    /// The id of the person.
    #[schema(format = Uuid)]
    person_id: String,
    /// Each place.
    places: Vec<PersonalRows>,
}

/// That somebody means it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ErasureBody {
    /// The person's name, exactly as it stands there.
    #[schema(max_length = 120)]
    name: String,
}

/// How long something is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionRule {
    /// What: `events`, `jobs`, `reports`, `audit`.
    code: String,
    /// For so many days; null is for ever.
    days: Option<u32>,
    /// The fewest days that can be chosen.
    least_days: u32,
    /// How many it is when nobody says; null is for ever.
    usual_days: Option<u32>,
}

/// How long things are kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionBody {
    /// The rules.
    rules: Vec<RetentionRule>,
}

/// A rule to change.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewRetentionRule {
    /// What.
    #[schema(max_length = 20, pattern = "^(events|jobs|reports|audit)$")]
    code: String,
    /// For so many days; null is for ever.
    #[schema(minimum = 1, maximum = 36600)]
    days: Option<u32>,
}

/// Rules to change; what is not named stays.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewRetention {
    /// The rules.
    #[schema(max_items = 20)]
    rules: Vec<NewRetentionRule>,
}

/// Lists where something about people lies, and what becomes of it when somebody is erased.
#[utoipa::path(get, path = "/personal-data", tag = "governance", responses((status = 200, body = PersonalPlaces), (status = "default", body = ProblemBody)))]
pub async fn list_personal_data(Ctx(ctx): Ctx) -> Result<Json<PersonalPlaces>> {
    Ok(Json(PersonalPlaces { places: app::places(&ctx)?.iter().map(place).collect() }))
}

/// Downloads everything that is known about the caller.
#[utoipa::path(get, path = "/session/personal-data", tag = "governance", responses((status = 200, body = PersonalFile), (status = "default", body = ProblemBody)))]
pub async fn download_own_data(State(state): State<ApiState>, Ctx(ctx): Ctx) -> Result<Response> {
    file(&app::own_data(&ctx, &state.app).await?)
}

/// Downloads everything that is known about a person.
#[utoipa::path(get, path = "/people/{person}/personal-data", tag = "governance", params(("person", max_length = 36)), responses((status = 200, body = PersonalFile), (status = "default", body = ProblemBody)))]
pub async fn download_personal_data(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
) -> Result<Response> {
    file(&app::data_of(&ctx, &state.app, person_id(&id)?).await?)
}

/// Erases a person for ever: what is left is an id that leads to nothing.
#[utoipa::path(post, path = "/people/{person}/erasure", tag = "governance", params(("person", max_length = 36)), request_body = ErasureBody, responses((status = 204), (status = "default", body = ProblemBody)))]
pub async fn erase_person(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(id): Path<String>,
    Body(body): Body<ErasureBody>,
) -> Result<StatusCode> {
    app::erase(&ctx, &state.app, person_id(&id)?, &body.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows how long things are kept.
#[utoipa::path(get, path = "/retention", tag = "governance", responses((status = 200, body = RetentionBody), (status = "default", body = ProblemBody)))]
pub async fn find_retention(State(state): State<ApiState>, Ctx(ctx): Ctx) -> Result<Json<RetentionBody>> {
    Ok(Json(rules(retention::retention(&ctx, &state.app).await?)))
}

/// Changes how long things are kept. What is older goes within a day.
#[utoipa::path(put, path = "/retention", tag = "governance", request_body = NewRetention, responses((status = 200, body = RetentionBody), (status = "default", body = ProblemBody)))]
pub async fn replace_retention(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Body(body): Body<NewRetention>,
) -> Result<Json<RetentionBody>> {
    let told: Vec<(String, Days)> = body.rules.into_iter().map(|rule| (rule.code, rule.days)).collect();
    Ok(Json(rules(retention::change_retention(&ctx, &state.app, &told).await?)))
}

fn rules(rules: Vec<(Kept, Days)>) -> RetentionBody {
    let rules = rules.into_iter().map(|(kept, days)| RetentionRule {
        code: kept.code.to_owned(),
        days,
        least_days: kept.least_days,
        usual_days: Some(kept.usual_days).filter(|days| *days > 0),
    });
    RetentionBody { rules: rules.collect() }
}

fn place(place: &Personal) -> PersonalPlace {
    let (on_erase, why) = match place.on_erase {
        OnErase::Removed => ("removed", None),
        OnErase::Emptied => ("emptied", None),
        OnErase::Kept(why) => ("kept", Some(why.to_owned())),
    };
    PersonalPlace {
        code: place.table.to_owned(),
        what: place.what.to_owned(),
        on_erase: on_erase.to_owned(),
        why,
    }
}

const ABOUT: &str = "Everything that this installation of Headway holds about one person. Each place says what lies \
                     there; `rows` are the rows of the database, without secrets. Texts that the person wrote belong \
                     to the records they stand on.";

/// One file, which says itself what stands in it.
fn file(data: &PersonalData) -> Result<Response> {
    let places = data.places.iter().map(|(place, rows)| PersonalRows {
        code: place.table.to_owned(),
        what: place.what.to_owned(),
        rows: rows.clone(),
    });
    let body = PersonalFile {
        about: ABOUT.to_owned(),
        person_id: data.person.id.to_string(),
        places: places.collect(),
    };
    let text = serde_json::to_vec_pretty(&body).map_err(headway_app::Error::internal)?;
    let name = format!("attachment; filename=\"personal-data-{}.json\"", data.person.id);
    let headers =
        [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, text).into_response())
}
