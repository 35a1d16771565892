//! Units and settings over HTTP.

use std::collections::HashMap;

use axum::{Json, extract::State, http::StatusCode};
use headway_app::organisation as app;
use headway_domain::{
    id::UnitId,
    organisation::{Unit, UnitKind, UnitTree},
};

use super::wire;
use crate::{
    insight::wire::UnitRef,
    platform::wire::ProblemBody,
    problem::{Body, Path, Problem, Result},
    state::{ApiState, Ctx},
};

/// Lists all units, parents before children.
#[utoipa::path(get, path = "/units", tag = "organisation", responses((status = 200, body = wire::Units), (status = "default", body = ProblemBody)))]
pub async fn list_units(State(state): State<ApiState>, Ctx(ctx): Ctx) -> Result<Json<wire::Units>> {
    let tree = app::units(&ctx, &state.app).await?;
    let items = headway_app::insight::items_per_unit(&ctx, &state.app, &tree).await?;
    Ok(Json(wire::Units { units: in_order(&tree).into_iter().map(|unit| wire_unit(unit, &items)).collect() }))
}

/// Creates a unit.
#[utoipa::path(post, path = "/units", tag = "organisation", request_body = wire::NewUnit, responses((status = 201, body = wire::Unit), (status = "default", body = ProblemBody)))]
pub async fn create_unit(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Body(new): Body<wire::NewUnit>,
) -> Result<(StatusCode, Json<wire::Unit>)> {
    let new = app::NewUnit {
        name: new.name,
        kind: kind(&new.kind)?,
        parent: new.parent_id.as_deref().map(parent).transpose()?,
    };
    let unit = app::create_unit(&ctx, &state.app, new).await?;
    Ok((StatusCode::CREATED, Json(wire_unit(&unit, &HashMap::new()))))
}

/// Finds a unit.
#[utoipa::path(get, path = "/units/{unit}", tag = "organisation", params(("unit", max_length = 64)), responses((status = 200, body = wire::Unit), (status = "default", body = ProblemBody)))]
pub async fn find_unit(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(key): Path<String>,
) -> Result<Json<wire::Unit>> {
    let unit = app::unit_by_key(&ctx, &state.app, &key).await?;
    let tree = app::units(&ctx, &state.app).await?;
    let items = headway_app::insight::items_per_unit(&ctx, &state.app, &tree).await?;
    Ok(Json(wire_unit(&unit, &items)))
}

/// Renames or moves a unit; its key stays.
#[utoipa::path(patch, path = "/units/{unit}", tag = "organisation", params(("unit", max_length = 64)), request_body = wire::UnitPatch, responses((status = 200, body = wire::Unit), (status = "default", body = ProblemBody)))]
pub async fn update_unit(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(key): Path<String>,
    Body(patch): Body<wire::UnitPatch>,
) -> Result<Json<wire::Unit>> {
    let patch = app::UnitPatch {
        name: patch.name,
        kind: patch.kind.as_deref().map(kind).transpose()?,
        parent: match patch.parent_id.as_deref() {
            None => None,
            Some("") => Some(None),
            Some(id) => Some(Some(parent(id)?)),
        },
    };
    let unit = app::update_unit(&ctx, &state.app, &key, patch).await?;
    Ok(Json(wire_unit(&unit, &HashMap::new())))
}

/// Deletes a unit that nothing belongs to.
#[utoipa::path(delete, path = "/units/{unit}", tag = "organisation", params(("unit", max_length = 64)), responses((status = 204), (status = "default", body = ProblemBody)))]
pub async fn delete_unit(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Path(key): Path<String>,
) -> Result<StatusCode> {
    app::delete_unit(&ctx, &state.app, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows the settings of the installation.
#[utoipa::path(get, path = "/settings", tag = "organisation", responses((status = 200, body = wire::Settings), (status = "default", body = ProblemBody)))]
pub async fn find_settings(State(state): State<ApiState>, Ctx(ctx): Ctx) -> Result<Json<wire::Settings>> {
    let settings = app::settings(&ctx, &state.app).await?;
    Ok(Json(wire::Settings { keep_names: settings.keep_names }))
}

/// Changes the settings of the installation.
#[utoipa::path(put, path = "/settings", tag = "organisation", request_body = wire::Settings, responses((status = 200, body = wire::Settings), (status = "default", body = ProblemBody)))]
pub async fn replace_settings(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Body(settings): Body<wire::Settings>,
) -> Result<Json<wire::Settings>> {
    let settings = app::Settings { keep_names: settings.keep_names };
    let settings = app::change_settings(&ctx, &state.app, settings).await?;
    Ok(Json(wire::Settings { keep_names: settings.keep_names }))
}

/// A unit, named.
pub fn unit_ref(unit: &Unit) -> UnitRef {
    UnitRef {
        id: unit.id.to_string(),
        key: unit.key.clone(),
        name: unit.name.clone(),
        kind: unit.kind.code().to_owned(),
    }
}

fn wire_unit(unit: &Unit, items: &HashMap<UnitId, u64>) -> wire::Unit {
    wire::Unit {
        id: unit.id.to_string(),
        key: unit.key.clone(),
        name: unit.name.clone(),
        kind: unit.kind.code().to_owned(),
        parent_id: unit.parent.map(|id| id.to_string()),
        items: items.get(&unit.id).copied().unwrap_or_default(),
    }
}

fn in_order(tree: &UnitTree) -> Vec<&Unit> {
    tree.children(None).flat_map(|top| tree.with_descendants(top.id)).collect()
}

fn kind(code: &str) -> Result<UnitKind> {
    UnitKind::from_code(code)
        .ok_or_else(|| Problem::invalid("kind", "expected portfolio, value_stream, program or team"))
}

fn parent(id: &str) -> Result<UnitId> {
    id.parse().map_err(|_| Problem::invalid("parent_id", "expected the id of a unit"))
}
