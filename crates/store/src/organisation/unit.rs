//! Units and how many items they have.

use std::collections::BTreeMap;

use headway_domain::{
    id::UnitId,
    organisation::{Unit, UnitKind},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Error, Reader, Tx,
    platform::{corrupt, on},
};

#[derive(sqlx::FromRow, Serialize, Deserialize)]
pub(crate) struct UnitRow {
    pub(crate) id: Uuid,
    parent_id: Option<Uuid>,
    kind: String,
    key: String,
    name: String,
}

impl TryFrom<UnitRow> for Unit {
    type Error = Error;

    fn try_from(row: UnitRow) -> Result<Self, Error> {
        Ok(Unit {
            id: UnitId(row.id),
            parent: row.parent_id.map(UnitId),
            kind: UnitKind::from_code(&row.kind).ok_or_else(|| corrupt("unit", row.id, "unknown kind"))?,
            key: row.key,
            name: row.name,
        })
    }
}

impl Reader {
    /// The unit with this id.
    pub async fn unit(&mut self, id: UnitId) -> Result<Option<Unit>, Error> {
        let sql = "select id, parent_id, kind, key, name from unit where id = $1";
        let row: Option<UnitRow> = on!(self, |c| sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
        row.map(Unit::try_from).transpose()
    }

    /// The unit with this key.
    pub async fn unit_by_key(&mut self, key: &str) -> Result<Option<Unit>, Error> {
        // No text in PostgreSQL holds it, not even one to compare with.
        if key.contains('\0') {
            return Ok(None);
        }
        let sql = "select id, parent_id, kind, key, name from unit where key = $1";
        let row: Option<UnitRow> = on!(self, |c| sqlx::query_as(sql).bind(key).fetch_optional(c).await)?;
        row.map(Unit::try_from).transpose()
    }

    /// All units, by name.
    pub async fn units(&mut self) -> Result<Vec<Unit>, Error> {
        let sql = "select id, parent_id, kind, key, name from unit order by name, id";
        let rows: Vec<UnitRow> = on!(self, |c| sqlx::query_as(sql).fetch_all(c).await)?;
        rows.into_iter().map(Unit::try_from).collect()
    }

    /// How many items each unit has; units without items are left out.
    pub async fn unit_extents(&mut self) -> Result<BTreeMap<UnitId, u64>, Error> {
        let sql = "select unit_id, items from unit_extent where items <> 0";
        let rows: Vec<(Uuid, i64)> = on!(self, |c| sqlx::query_as(sql).fetch_all(c).await)?;
        Ok(rows.into_iter().map(|(unit, items)| (UnitId(unit), items.unsigned_abs())).collect())
    }
}

impl Reader {
    /// Whether any work belongs to a unit: items, iterations, deployments or commits.
    pub async fn holds_work(&mut self, unit: UnitId) -> Result<bool, Error> {
        let sql = "select exists (select 1 from work_item where unit_id = $1)
                       or exists (select 1 from iteration where unit_id = $1)
                       or exists (select 1 from deployment where unit_id = $1)
                       or exists (select 1 from code_change where unit_id = $1)";
        Ok(on!(self, |c| sqlx::query_scalar(sql).bind(unit.0).fetch_one(c).await)?)
    }
}

impl Tx {
    /// Lets this transaction alone change how units stand below each other until it ends: where a unit may stand
    /// depends on all others.
    pub async fn lock_units(&mut self) -> Result<(), Error> {
        let sql = "update counter set value = value + 1 where name = 'units'";
        on!(self, |c| sqlx::query(sql).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Adds a unit. [`Error::Duplicate`] when its key is taken.
    pub async fn insert_unit(&mut self, unit: &Unit) -> Result<(), Error> {
        let sql = "insert into unit (id, parent_id, kind, key, name) values ($1, $2, $3, $4, $5)";
        on!(self, |c| {
            let query = sqlx::query(sql).bind(unit.id.0).bind(unit.parent.map(|parent| parent.0));
            query.bind(unit.kind.code()).bind(&unit.key).bind(&unit.name).execute(c).await.map(drop)
        })?;
        Ok(())
    }

    /// Changes a unit that was read as `was`. [`Error::Stale`] when it is not like that any more.
    pub async fn update_unit(&mut self, was: &Unit, now: &Unit) -> Result<(), Error> {
        let sql = "update unit set parent_id = $1, kind = $2, key = $3, name = $4
                   where id = $5 and parent_id is not distinct from $6 and kind = $7 and key = $8 and name = $9";
        let done = on!(self, |c| {
            let query = sqlx::query(sql).bind(now.parent.map(|parent| parent.0)).bind(now.kind.code());
            let query = query.bind(&now.key).bind(&now.name).bind(was.id.0);
            let query = query.bind(was.parent.map(|parent| parent.0)).bind(was.kind.code());
            let query = query.bind(&was.key).bind(&was.name);
            query.execute(c).await.map(|done| done.rows_affected())
        })?;
        if done == 1 { Ok(()) } else { Err(Error::Stale) }
    }

    /// Removes a unit with its workflow. [`Error::Referenced`] while units stand below it or work belongs to it,
    /// [`Error::Stale`] when it is gone already.
    pub async fn delete_unit(&mut self, id: UnitId) -> Result<(), Error> {
        let sql = "delete from unit where id = $1";
        let done =
            on!(self, |c| sqlx::query(sql).bind(id.0).execute(c).await.map(|done| done.rows_affected()))?;
        if done == 1 { Ok(()) } else { Err(Error::Stale) }
    }

    /// Adds to the numbers of items. In the order of ids, so that two transactions never wait for each other. A unit
    /// without items has no number.
    pub(crate) async fn add_to_extents(&mut self, deltas: &BTreeMap<Uuid, i64>) -> Result<(), Error> {
        let add = "insert into unit_extent (unit_id, items) values ($1, $2)
                   on conflict (unit_id) do update set items = unit_extent.items + excluded.items";
        let delete = "delete from unit_extent where unit_id = $1 and items = 0";
        for (unit, delta) in deltas.iter().filter(|(_, delta)| **delta != 0) {
            on!(self, |c| sqlx::query(add).bind(unit).bind(delta).execute(c).await.map(drop))?;
            if *delta < 0 {
                on!(self, |c| sqlx::query(delete).bind(unit).execute(c).await.map(drop))?;
            }
        }
        Ok(())
    }
}
