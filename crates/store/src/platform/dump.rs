//! All facts as text, to compare what a database holds before and after: an import that is taken back, a move from
//! one engine to the other.

use serde::Serialize;
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    Error, Reader,
    organisation::UnitRow,
    platform::{corrupt, on},
    work::{COMMITS, CommitRow, DEPLOYMENTS, DeploymentRow, ITERATIONS, ItemRow, IterationRow},
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
    /// workflows, trackers, items, iterations, deployments and commits. Not: what is derived from them, when an item
    /// was last written, imports and their reports, events, jobs, settings.
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

        let items: Vec<ItemRow> = self.all_item_rows().await?;
        let items: Vec<ItemRow> = items.into_iter().map(|row| row.changed_by(0)).collect();
        lines("work_item", &items, &mut dump)?;
        let iterations: Vec<IterationRow> = on!(self, |c| {
            QueryBuilder::new(ITERATIONS).push("true order by id").build_query_as().fetch_all(c).await
        })?;
        lines("iteration", &iterations, &mut dump)?;
        let deployments: Vec<DeploymentRow> = on!(self, |c| {
            QueryBuilder::new(DEPLOYMENTS).push("true order by id").build_query_as().fetch_all(c).await
        })?;
        lines("deployment", &deployments, &mut dump)?;
        let commits: Vec<CommitRow> = on!(self, |c| {
            QueryBuilder::new(COMMITS)
                .push("true order by tracker_id, key")
                .build_query_as()
                .fetch_all(c)
                .await
        })?;
        lines("code_change", &commits, &mut dump)?;
        Ok(dump)
    }
}
