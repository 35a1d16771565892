//! Units: create, rename, move, delete.

use std::{collections::HashSet, sync::Arc};

use headway_domain::{
    id::UnitId,
    organisation::{Unit, UnitKind, UnitTree, key_from_name},
};
use headway_store::Reader;

use serde_json::json;

use crate::{
    App, Error, OpContext, Permission, Result,
    governance::audit::{self, Act},
    live,
};

/// A unit to create.
#[derive(Clone, Debug)]
pub struct NewUnit {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: UnitKind,
    /// The unit above.
    pub parent: Option<UnitId>,
}

/// What to change about a unit.
#[derive(Clone, Debug, Default)]
pub struct UnitPatch {
    /// A new name.
    pub name: Option<String>,
    /// A new kind.
    pub kind: Option<UnitKind>,
    /// A new unit above; `Some(None)` moves it to the top.
    pub parent: Option<Option<UnitId>>,
}

/// The units that the caller may see. One whose parent they may not see stands at the top.
pub async fn units(ctx: &OpContext, app: &App) -> Result<Arc<UnitTree>> {
    ctx.authorise_anybody()?;
    let tree = known_tree(app).await?;
    Ok(if ctx.may(Permission::Read) { tree } else { Arc::new(seen_tree(ctx, UnitTree::clone(&tree))) })
}

/// The part of a tree that the caller may see.
pub(crate) fn seen_tree(ctx: &OpContext, tree: UnitTree) -> UnitTree {
    if ctx.may(Permission::Read) {
        return tree;
    }
    let seen = tree.units().iter().filter(|unit| ctx.may_at(Permission::Read, &tree, unit.id));
    let seen: Vec<Unit> = seen.cloned().collect();
    let ids: HashSet<UnitId> = seen.iter().map(|unit| unit.id).collect();
    let below = |unit: Unit| Unit { parent: unit.parent.filter(|parent| ids.contains(parent)), ..unit };
    UnitTree::new(seen.into_iter().map(below).collect())
}

/// The tree as it is kept in memory.
pub(crate) async fn known_tree(app: &App) -> Result<Arc<UnitTree>> {
    app.units.get(|| async { tree(&mut app.db.read().await?).await }).await
}

pub(crate) async fn tree(reader: &mut Reader) -> Result<UnitTree> {
    Ok(UnitTree::new(reader.units().await?))
}

/// The unit with this key.
pub async fn unit_by_key(ctx: &OpContext, app: &App, key: &str) -> Result<Unit> {
    // One whose parent the caller may not see stands at the top for them.
    let tree = units(ctx, app).await?;
    find_unit(ctx, Permission::Read, &tree, key).cloned()
}

/// Creates a unit.
pub async fn create_unit(ctx: &OpContext, app: &App, new: NewUnit) -> Result<Unit> {
    ctx.authorise_somewhere(Permission::ManageUnits)?;
    let mut tx = app.db.begin().await?;
    tx.lock_units().await?;
    let tree = tree(&mut tx).await?;
    authorise_below(ctx, &tree, new.parent)?;
    let unit = new_unit(ctx, &tree, &new)?;
    tx.insert_unit(&unit).await?;
    live::units_changed(ctx, &mut tx, &[unit.id]).await?;
    let act = Act::new("unit.created", "unit", unit.id).at(unit.id);
    audit::commit(ctx, tx, act.with(facts_of(&unit))).await?;
    app.units.forget();
    Ok(unit)
}

/// A unit with a key of its own, checked against the tree it will stand in.
pub(crate) fn new_unit(ctx: &OpContext, tree: &UnitTree, new: &NewUnit) -> Result<Unit> {
    let name = checked_name(&new.name)?;
    let key = key_from_name(&name, |key| tree.units().iter().any(|unit| unit.key == key));
    let unit = Unit { id: UnitId(ctx.new_id()), parent: new.parent, kind: new.kind, key, name };
    tree.check_place(&unit)?;
    Ok(unit)
}

/// Changes a unit. Its key stays, so that links keep working.
pub async fn update_unit(ctx: &OpContext, app: &App, key: &str, patch: UnitPatch) -> Result<Unit> {
    ctx.authorise_somewhere(Permission::ManageUnits)?;
    let mut tx = app.db.begin().await?;
    // What the tree allows must still hold when this is stored.
    tx.lock_units().await?;
    let tree = tree(&mut tx).await?;
    let was = find_unit(ctx, Permission::ManageUnits, &tree, key)?;
    let mut unit = was.clone();
    if let Some(name) = patch.name {
        unit.name = checked_name(&name)?;
    }
    unit.kind = patch.kind.unwrap_or(unit.kind);
    unit.parent = patch.parent.unwrap_or(unit.parent);
    if unit.parent != was.parent {
        // Whoever moves a unit takes it from one place and gives it to another.
        authorise_below(ctx, &tree, was.parent)?;
        authorise_below(ctx, &tree, unit.parent)?;
    }
    tree.check_place(&unit)?;
    if unit.kind == UnitKind::Team && tree.children(Some(unit.id)).next().is_some() {
        return Err(Error::invalid("kind", "a team cannot contain other units; move them first"));
    }
    if was.kind == UnitKind::Team && unit.kind != UnitKind::Team && tx.holds_work(unit.id).await? {
        return Err(Error::invalid(
            "kind",
            "this team has work items, iterations or deployments, and only teams can; create the other unit beside it",
        ));
    }
    if tree.children(Some(unit.id)).any(|child| child.kind < unit.kind) {
        return Err(Error::invalid("kind", "a unit below it is of a wider kind; change that one first"));
    }
    tx.update_unit(was, &unit).await?;
    live::units_changed(ctx, &mut tx, &[unit.id]).await?;
    let act = Act::new("unit.changed", "unit", unit.id).at(unit.id);
    let detail = json!({ "was": facts_of(was), "is": facts_of(&unit) });
    audit::commit(ctx, tx, act.with(detail)).await?;
    app.units.forget();
    Ok(unit)
}

/// Deletes a unit that nothing belongs to.
pub async fn delete_unit(ctx: &OpContext, app: &App, key: &str) -> Result<()> {
    ctx.authorise_somewhere(Permission::ManageUnits)?;
    let mut tx = app.db.begin().await?;
    tx.lock_units().await?;
    let tree = tree(&mut tx).await?;
    let unit = find_unit(ctx, Permission::ManageUnits, &tree, key)?.clone();
    authorise_below(ctx, &tree, unit.parent)?;
    if tree.children(Some(unit.id)).next().is_some() {
        return Err(Error::Conflict(format!(
            "{} contains other units; move or delete them first",
            unit.name
        )));
    }
    tx.delete_unit(unit.id).await.map_err(|error| match error {
        headway_store::Error::Referenced => Error::Conflict(format!(
            "{} has work items, iterations or deployments; roll their imports back first",
            unit.name
        )),
        other => other.into(),
    })?;
    live::units_changed(ctx, &mut tx, &[unit.id]).await?;
    audit::commit(ctx, tx, Act::new("unit.deleted", "unit", unit.id).at(unit.id).with(facts_of(&unit)))
        .await?;
    app.units.forget();
    app.callers.forget();
    Ok(())
}

/// The unit with this key, where the caller may do this; one that they may not see is not there.
pub(crate) fn find_unit<'t>(
    ctx: &OpContext,
    permission: Permission,
    tree: &'t UnitTree,
    key: &str,
) -> Result<&'t Unit> {
    ctx.authorise_anybody()?;
    let unit = tree.units().iter().find(|unit| unit.key == key).ok_or(Error::NotFound("unit"))?;
    ctx.authorise_at(permission, tree, unit.id)?;
    Ok(unit)
}

/// Whether the caller may put units below this one, or at the top.
fn authorise_below(ctx: &OpContext, tree: &UnitTree, parent: Option<UnitId>) -> Result<()> {
    match parent {
        Some(parent) => ctx.authorise_at(Permission::ManageUnits, tree, parent),
        None => ctx.authorise(Permission::ManageUnits),
    }
}

/// What the audit log says of a unit.
fn facts_of(unit: &Unit) -> serde_json::Value {
    json!({
        "key": unit.key, "name": unit.name, "kind": unit.kind.code(),
        "parent_id": unit.parent.map(|parent| parent.to_string()),
    })
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 120 {
        return Err(Error::invalid("name", "a name has 1 to 120 characters"));
    }
    if name.contains(char::is_control) {
        return Err(Error::invalid("name", "a name has no line breaks and no other control characters"));
    }
    Ok(name.to_owned())
}
