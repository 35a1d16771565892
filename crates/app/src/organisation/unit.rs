//! Units: create, rename, move, delete.

use std::sync::Arc;

use headway_domain::{
    id::UnitId,
    organisation::{Unit, UnitKind, UnitTree, key_from_name},
};
use headway_store::Reader;

use crate::{App, Error, OpContext, Permission, Result, live};

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

/// All units.
pub async fn units(ctx: &OpContext, app: &App) -> Result<Arc<UnitTree>> {
    ctx.authorise(Permission::Read)?;
    known_tree(app).await
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
    let tree = units(ctx, app).await?;
    find(&tree, key).cloned()
}

/// Creates a unit.
pub async fn create_unit(ctx: &OpContext, app: &App, new: NewUnit) -> Result<Unit> {
    ctx.authorise(Permission::ManageUnits)?;
    let mut tx = app.db.begin().await?;
    tx.lock_units().await?;
    let tree = tree(&mut tx).await?;
    let unit = new_unit(ctx, &tree, &new)?;
    tx.insert_unit(&unit).await?;
    live::units_changed(ctx, &mut tx, &[unit.id]).await?;
    tx.commit().await?;
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
    ctx.authorise(Permission::ManageUnits)?;
    let mut tx = app.db.begin().await?;
    // What the tree allows must still hold when this is stored.
    tx.lock_units().await?;
    let tree = tree(&mut tx).await?;
    let was = find(&tree, key)?;
    let mut unit = was.clone();
    if let Some(name) = patch.name {
        unit.name = checked_name(&name)?;
    }
    unit.kind = patch.kind.unwrap_or(unit.kind);
    unit.parent = patch.parent.unwrap_or(unit.parent);
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
    tx.commit().await?;
    app.units.forget();
    Ok(unit)
}

/// Deletes a unit that nothing belongs to.
pub async fn delete_unit(ctx: &OpContext, app: &App, key: &str) -> Result<()> {
    ctx.authorise(Permission::ManageUnits)?;
    let mut tx = app.db.begin().await?;
    tx.lock_units().await?;
    let tree = tree(&mut tx).await?;
    let unit = find(&tree, key)?.clone();
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
    tx.commit().await?;
    app.units.forget();
    Ok(())
}

fn find<'t>(tree: &'t UnitTree, key: &str) -> Result<&'t Unit> {
    tree.units().iter().find(|unit| unit.key == key).ok_or(Error::NotFound("unit"))
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
