//! Taking an import back: each batch left what it found, and is undone in one transaction, the last one first.

use std::collections::{BTreeMap, BTreeSet};

use headway_domain::{
    id::{ImportId, UnitId},
    work::{Import, ImportState},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    delivery::{CommitRow, DeploymentRow},
    fact::Replaced,
    item::ItemRow,
    iteration::IterationRow,
    workflow::Taught,
};
use crate::{
    Error, NewEvent, Reader, Tx,
    platform::{corrupt, on},
};

/// What a batch found before it wrote.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Undo {
    /// Units it created.
    pub(super) units: Vec<Uuid>,
    /// Workflows it stored, each with what was there before.
    pub(super) workflows: Vec<Taught>,
    /// Items that were not there, by the unit they went to.
    pub(super) added_items: BTreeMap<Uuid, Vec<Uuid>>,
    /// Items as they were before.
    pub(super) replaced_items: Vec<ItemRow>,
    pub(super) iterations: Vec<Replaced<IterationRow>>,
    pub(super) deployments: Vec<Replaced<DeploymentRow>>,
    pub(super) commits: Vec<Replaced<CommitRow>>,
}

/// What undoing a batch did.
#[derive(Clone, Debug, PartialEq)]
pub struct Restored {
    /// The number of the event; `None` when there was nothing left to undo.
    pub seq: Option<i64>,
    /// The units whose data changed, those that were removed among them.
    pub units: BTreeSet<UnitId>,
    /// Batches that are left to undo.
    pub left: u64,
}

impl Reader {
    /// How many batches of an import can be undone.
    pub async fn count_undo(&mut self, run: ImportId) -> Result<u64, Error> {
        let sql = "select count(*) from import_undo where run_id = $1";
        let count: i64 = on!(self, |c| sqlx::query_scalar(sql).bind(run.0).fetch_one(c).await)?;
        Ok(count.unsigned_abs())
    }
}

impl Tx {
    pub(super) async fn insert_undo(&mut self, run: ImportId, undo: &Undo) -> Result<(), Error> {
        let body = serde_json::to_string(undo).map_err(|error| corrupt("import_undo", run, error))?;
        let sql = "insert into import_undo (run_id, seq, body)
                   select $1, coalesce(max(seq), 0) + 1, $2 from import_undo where run_id = $1";
        on!(self, |c| sqlx::query(sql).bind(run.0).bind(body).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Undoes the last batch of an import that has not been undone: what it added is removed, what it replaced is
    /// put back as it was. The event names the units whose data changed.
    ///
    /// [`Error::Stale`] when the import is not rolling back; [`Error::Referenced`] when somebody has put other work
    /// into a team that the import created.
    pub async fn roll_back_batch(&mut self, import: &Import, event: &NewEvent) -> Result<Restored, Error> {
        self.lock_tracker(import.tracker).await?;
        self.lock_import(import.id).await?;
        let now = self.import(import.id).await?.ok_or(Error::Stale)?;
        if now.state != ImportState::RollingBack {
            return Err(Error::Stale);
        }
        let sql = "select seq, body from import_undo where run_id = $1 order by seq desc limit 1";
        let row: Option<(i64, String)> =
            on!(self, |c| sqlx::query_as(sql).bind(import.id.0).fetch_optional(c).await)?;
        let Some((undo_seq, body)) = row else {
            return Ok(Restored { seq: None, units: BTreeSet::new(), left: 0 });
        };
        let undo: Undo =
            serde_json::from_str(&body).map_err(|error| corrupt("import_undo", import.id, error))?;
        let mut touched = BTreeSet::new();
        self.restore_facts(import.tracker, undo.commits, &mut touched).await?;
        self.restore_facts(import.tracker, undo.deployments, &mut touched).await?;
        self.restore_facts(import.tracker, undo.iterations, &mut touched).await?;
        self.restore_items(&undo.added_items, &undo.replaced_items, &mut touched).await?;
        for taught in undo.workflows.into_iter().rev() {
            touched.insert(taught.unit);
            self.unteach(taught).await?;
        }
        for unit in undo.units.into_iter().rev() {
            let sql = "delete from unit where id = $1";
            on!(self, |c| sqlx::query(sql).bind(unit).execute(c).await.map(drop))?;
            touched.insert(unit);
        }
        let sql = "delete from import_undo where run_id = $1 and seq = $2";
        on!(self, |c| sqlx::query(sql).bind(import.id.0).bind(undo_seq).execute(c).await.map(drop))?;

        let units: BTreeSet<UnitId> = touched.into_iter().map(UnitId).collect();
        let mut event = event.clone();
        event.units =
            units.iter().chain(&event.units).copied().collect::<BTreeSet<_>>().into_iter().collect();
        let left = self.count_undo(import.id).await?;
        let seq = self.insert_event(&event).await?;
        Ok(Restored { seq: Some(seq), units, left })
    }

    async fn restore_items(
        &mut self,
        added: &BTreeMap<Uuid, Vec<Uuid>>,
        replaced: &[ItemRow],
        touched: &mut BTreeSet<Uuid>,
    ) -> Result<(), Error> {
        let mut extents: BTreeMap<Uuid, i64> = BTreeMap::new();
        for (unit, items) in added {
            *extents.entry(*unit).or_default() -= i64::try_from(items.len()).unwrap_or(i64::MAX);
            self.delete_item_rows(items).await?;
        }
        let ids: Vec<Uuid> = replaced.iter().map(|row| row.id).collect();
        for row in self.item_rows(&ids).await? {
            *extents.entry(row.unit_id).or_default() -= 1;
            touched.insert(row.unit_id);
        }
        for row in replaced {
            *extents.entry(row.unit_id).or_default() += 1;
        }
        touched.extend(extents.keys());
        self.upsert_item_rows(replaced).await?;
        self.add_to_extents(&extents).await
    }

    /// Forgets what an import replaced, once it is kept.
    pub async fn delete_undo(&mut self, run: ImportId) -> Result<(), Error> {
        let sql = "delete from import_undo where run_id = $1";
        on!(self, |c| sqlx::query(sql).bind(run.0).execute(c).await.map(drop))?;
        Ok(())
    }
}
