//! All facts as text, to compare what a database holds before and after: an import that is taken back, a move from
//! one engine to the other.

use serde::Serialize;
use uuid::Uuid;

use crate::{
    Error, Reader,
    organisation::UnitRow,
    platform::{corrupt, on},
    work::{CommitRow, DeploymentRow, IterationRow},
};

fn lines<Row: Serialize>(table: &'static str, rows: &[Row], dump: &mut Vec<String>) -> Result<(), Error> {
    for row in rows {
        let json = serde_json::to_string(row).map_err(|error| corrupt(table, "dumped", error))?;
        dump.push(format!("{table} {json}"));
    }
    Ok(())
}

impl Reader {
    /// Every fact, a line each, in a fixed order and the same on both engines: units, their numbers of items,
    /// workflows, trackers, items, iterations, deployments and commits. Not: what is derived from them, imports and their reports, events, jobs, settings.
    pub async fn fact_dump(&mut self) -> Result<Vec<String>, Error> {
        let mut dump = Vec::new();
        let sql = "select id, parent_id, kind, key, name from unit order by id";
        let units: Vec<UnitRow> = on!(self, |c| sqlx::query_as(sql).fetch_all(c).await)?;
        lines("unit", &units, &mut dump)?;
        let sql = "select unit_id, items from unit_extent where items <> 0 order by unit_id";
        let extents: Vec<(Uuid, i64)> = on!(self, |c| sqlx::query_as(sql).fetch_all(c).await)?;
        lines("unit_extent", &extents, &mut dump)?;
        let sql = "select unit_id, body from workflow order by unit_id";
        let workflows: Vec<(Uuid, String)> = on!(self, |c| sqlx::query_as(sql).fetch_all(c).await)?;
        lines("workflow", &workflows, &mut dump)?;
        let sql = "select id, name, created_at from tracker order by id";
        let trackers: Vec<(Uuid, String, i64)> = on!(self, |c| sqlx::query_as(sql).fetch_all(c).await)?;
        lines("tracker", &trackers, &mut dump)?;

        lines("work_item", &self.all_item_rows().await?, &mut dump)?;
        lines("iteration", &self.all_facts::<IterationRow>("id").await?, &mut dump)?;
        lines("deployment", &self.all_facts::<DeploymentRow>("id").await?, &mut dump)?;
        lines("code_change", &self.all_facts::<CommitRow>("tracker_id, key").await?, &mut dump)?;
        Ok(dump)
    }
}
