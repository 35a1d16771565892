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
    item::ItemRow,
    iteration::IterationRow,
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
    /// Units whose workflow it stored, with the one they had.
    pub(super) workflows: Vec<(Uuid, Option<String>)>,
    /// Items that were not there, with the unit they went to.
    pub(super) added_items: Vec<(Uuid, Uuid)>,
    /// Items as they were before.
    pub(super) replaced_items: Vec<ItemRow>,
    pub(super) iterations: Vec<Replaced<Uuid, IterationRow>>,
    pub(super) deployments: Vec<Replaced<Uuid, DeploymentRow>>,
    pub(super) commits: Vec<Replaced<String, CommitRow>>,
}

/// What stood under an id before, `None` when nothing did; and the unit the batch put it into.
#[derive(Serialize, Deserialize)]
pub(super) struct Replaced<Id, Row> {
    pub(super) id: Id,
    pub(super) unit: Uuid,
    pub(super) before: Option<Row>,
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
        let seq = self.next_event_seq().await?;
        let mut touched = BTreeSet::new();
        self.restore_deliveries(import, &undo, &mut touched).await?;
        self.restore_items(&undo.added_items, undo.replaced_items, seq, &mut touched).await?;
        for (unit, before) in undo.workflows.into_iter().rev() {
            self.restore_workflow(unit, before).await?;
            touched.insert(unit);
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
        self.insert_event_as(seq, &event).await?;
        Ok(Restored { seq: Some(seq), units, left: self.count_undo(import.id).await? })
    }

    async fn restore_items(
        &mut self,
        added: &[(Uuid, Uuid)],
        replaced: Vec<ItemRow>,
        seq: i64,
        touched: &mut BTreeSet<Uuid>,
    ) -> Result<(), Error> {
        let mut extents: BTreeMap<Uuid, i64> = BTreeMap::new();
        for (_, unit) in added {
            *extents.entry(*unit).or_default() -= 1;
        }
        let ids: Vec<Uuid> = replaced.iter().map(|row| row.id).collect();
        for row in self.item_rows(&ids).await? {
            *extents.entry(row.unit_id).or_default() -= 1;
            touched.insert(row.unit_id);
        }
        for row in &replaced {
            *extents.entry(row.unit_id).or_default() += 1;
        }
        touched.extend(extents.keys());
        let ids: Vec<Uuid> = added.iter().map(|(id, _)| *id).collect();
        self.delete_item_rows(&ids).await?;
        let rows: Vec<ItemRow> = replaced.into_iter().map(|row| row.changed_by(seq)).collect();
        self.upsert_item_rows(&rows).await?;
        self.add_to_extents(&extents).await
    }

    async fn restore_deliveries(
        &mut self,
        import: &Import,
        undo: &Undo,
        touched: &mut BTreeSet<Uuid>,
    ) -> Result<(), Error> {
        let mut commits = Vec::new();
        for replaced in &undo.commits {
            touched.insert(replaced.unit);
            match &replaced.before {
                Some(row) => commits.push(row.clone()),
                None => self.delete_commit_row(import.tracker, &replaced.id).await?,
            }
        }
        let mut deployments = Vec::new();
        for replaced in &undo.deployments {
            touched.insert(replaced.unit);
            match &replaced.before {
                Some(row) => deployments.push(row.clone()),
                None => self.delete_deployment_row(replaced.id).await?,
            }
        }
        let mut iterations = Vec::new();
        for replaced in &undo.iterations {
            touched.insert(replaced.unit);
            match &replaced.before {
                Some(row) => iterations.push(row.clone()),
                None => self.delete_iteration_row(replaced.id).await?,
            }
        }
        touched.extend(commits.iter().map(|row| row.unit_id));
        touched.extend(deployments.iter().map(|row| row.unit_id));
        touched.extend(iterations.iter().map(|row| row.unit_id));
        self.upsert_commit_rows(&commits).await?;
        self.upsert_deployment_rows(&deployments).await?;
        self.upsert_iteration_rows(&iterations).await
    }

    /// Forgets what an import replaced, once it is kept.
    pub async fn delete_undo(&mut self, run: ImportId) -> Result<(), Error> {
        let sql = "delete from import_undo where run_id = $1";
        on!(self, |c| sqlx::query(sql).bind(run.0).execute(c).await.map(drop))?;
        Ok(())
    }
}
