//! Deployments and the commits they carry.

use std::collections::HashMap;

use headway_domain::{
    id::{DeploymentId, TrackerId, UnitId},
    time::Instant,
    work::{CodeChange, Deployment, DeploymentOutcome},
};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::batch::last_of_each;
use crate::{
    Error, Reader, Tx,
    dialect::{Bulk, Column, insert_bulk, push_in},
    platform::{corrupt, on},
};

/// A commit as it is stored: it names its deployment by key, and may come before it or without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The team whose repository it is in.
    pub unit: UnitId,
    /// The repository's id of it.
    pub key: String,
    /// The key of the first deployment that contains it.
    pub deployment: Option<String>,
    /// When it was written and committed, and whether it repairs.
    pub change: CodeChange,
}

#[derive(Clone, PartialEq, sqlx::FromRow, Serialize, Deserialize)]
pub(crate) struct DeploymentRow {
    pub(crate) id: Uuid,
    pub(crate) unit_id: Uuid,
    tracker_id: Uuid,
    pub(crate) key: String,
    finished_at: i64,
    outcome: String,
    environment: String,
    is_proxy: bool,
}

#[derive(Clone, PartialEq, sqlx::FromRow, Serialize, Deserialize)]
pub(crate) struct CommitRow {
    tracker_id: Uuid,
    pub(crate) key: String,
    pub(crate) unit_id: Uuid,
    authored_at: i64,
    committed_at: i64,
    deployment_key: Option<String>,
    is_repair: bool,
}

/// What [`DeploymentRow`] is read from.
pub(crate) const DEPLOYMENTS: &str =
    "select id, unit_id, tracker_id, key, finished_at, outcome, environment, is_proxy from deployment where ";
/// What [`CommitRow`] is read from.
pub(crate) const COMMITS: &str = "select tracker_id, key, unit_id, authored_at, committed_at, deployment_key, is_repair from code_change where ";

impl DeploymentRow {
    pub(crate) fn new(deployment: &Deployment, tracker: TrackerId) -> Self {
        DeploymentRow {
            id: deployment.id.0,
            unit_id: deployment.unit.0,
            tracker_id: tracker.0,
            key: deployment.key.replace('\0', "\u{fffd}"),
            finished_at: deployment.finished_at.0,
            outcome: deployment.outcome.code().to_owned(),
            environment: deployment.environment.replace('\0', "\u{fffd}"),
            is_proxy: deployment.is_proxy,
        }
    }

    fn into_deployment(self, changes: Vec<CodeChange>) -> Result<Deployment, Error> {
        let outcome = DeploymentOutcome::from_code(&self.outcome);
        Ok(Deployment {
            id: DeploymentId(self.id),
            unit: UnitId(self.unit_id),
            key: self.key,
            finished_at: Instant(self.finished_at),
            outcome: outcome.ok_or_else(|| corrupt("deployment", self.id, "unknown outcome"))?,
            environment: self.environment,
            is_proxy: self.is_proxy,
            changes,
        })
    }
}

impl CommitRow {
    pub(crate) fn new(commit: &Commit, tracker: TrackerId) -> Self {
        CommitRow {
            tracker_id: tracker.0,
            key: commit.key.replace('\0', "\u{fffd}"),
            unit_id: commit.unit.0,
            authored_at: commit.change.authored_at.0,
            committed_at: commit.change.committed_at.0,
            deployment_key: commit.deployment.as_ref().map(|key| key.replace('\0', "\u{fffd}")),
            is_repair: commit.change.is_repair,
        }
    }

    fn change(&self) -> CodeChange {
        CodeChange {
            authored_at: Instant(self.authored_at),
            committed_at: Instant(self.committed_at),
            is_repair: self.is_repair,
        }
    }
}

impl Reader {
    /// A team's deployments, first to last, each with the changes it was the first to carry.
    pub async fn deployments(&mut self, unit: UnitId) -> Result<Vec<Deployment>, Error> {
        let rows: Vec<DeploymentRow> = on!(self, |c| {
            let mut query = QueryBuilder::new(DEPLOYMENTS);
            query.push("unit_id = ").push_bind(unit.0).push(" order by finished_at, id");
            query.build_query_as().fetch_all(c).await
        })?;
        let commits: Vec<CommitRow> = on!(self, |c| {
            let mut query = QueryBuilder::new(COMMITS);
            query.push("unit_id = ").push_bind(unit.0).push(" and deployment_key is not null");
            query.push(" order by committed_at, key").build_query_as().fetch_all(c).await
        })?;
        let mut carried: HashMap<(Uuid, String), Vec<CodeChange>> = HashMap::new();
        for commit in commits {
            let change = commit.change();
            if let Some(deployment) = commit.deployment_key {
                carried.entry((commit.tracker_id, deployment)).or_default().push(change);
            }
        }
        let with_changes = |row: DeploymentRow| {
            let changes = carried.remove(&(row.tracker_id, row.key.clone())).unwrap_or_default();
            row.into_deployment(changes)
        };
        rows.into_iter().map(with_changes).collect()
    }

    /// The rows to write for these deployments, each with what it replaces; those that are as they were are left out.
    pub(super) async fn differing_deployments(
        &mut self,
        tracker: TrackerId,
        deployments: &[Deployment],
    ) -> Result<Vec<(DeploymentRow, Option<DeploymentRow>)>, Error> {
        let new = deployments.iter().map(|deployment| DeploymentRow::new(deployment, tracker));
        let new = last_of_each(new, |row| row.key.clone());
        let keys: Vec<&str> = new.iter().map(|row| row.key.as_str()).collect();
        let known = self.deployment_rows(tracker, &keys).await?;
        let mut known: HashMap<_, _> = known.into_iter().map(|row| (row.key.clone(), row)).collect();
        let with_before = new.into_iter().map(|mut row| {
            let before = known.remove(&row.key);
            row.id = before.as_ref().map_or(row.id, |before| before.id);
            (row, before)
        });
        Ok(with_before.filter(|(row, before)| before.as_ref() != Some(row)).collect())
    }

    /// The rows to write for these commits, each with what it replaces; those that are as they were are left out.
    pub(super) async fn differing_commits(
        &mut self,
        tracker: TrackerId,
        commits: &[Commit],
    ) -> Result<Vec<(CommitRow, Option<CommitRow>)>, Error> {
        let new =
            last_of_each(commits.iter().map(|commit| CommitRow::new(commit, tracker)), |row| row.key.clone());
        let keys: Vec<&str> = new.iter().map(|row| row.key.as_str()).collect();
        let known = self.commit_rows(tracker, &keys).await?;
        let mut known: HashMap<_, _> = known.into_iter().map(|row| (row.key.clone(), row)).collect();
        let with_before = new.into_iter().map(|row| {
            let before = known.remove(&row.key);
            (row, before)
        });
        Ok(with_before.filter(|(row, before)| before.as_ref() != Some(row)).collect())
    }

    async fn deployment_rows(
        &mut self,
        tracker: TrackerId,
        keys: &[&str],
    ) -> Result<Vec<DeploymentRow>, Error> {
        let mut found = Vec::new();
        for keys in keys.chunks(500) {
            let rows: Vec<DeploymentRow> = on!(self, |c| {
                let mut query = QueryBuilder::new(DEPLOYMENTS);
                query.push("tracker_id = ").push_bind(tracker.0).push(" and ");
                push_in(&mut query, "key", keys.iter().copied());
                query.build_query_as().persistent(false).fetch_all(c).await
            })?;
            found.extend(rows);
        }
        Ok(found)
    }

    async fn commit_rows(&mut self, tracker: TrackerId, keys: &[&str]) -> Result<Vec<CommitRow>, Error> {
        let mut found = Vec::new();
        for keys in keys.chunks(500) {
            let rows: Vec<CommitRow> = on!(self, |c| {
                let mut query = QueryBuilder::new(COMMITS);
                query.push("tracker_id = ").push_bind(tracker.0).push(" and ");
                push_in(&mut query, "key", keys.iter().copied());
                query.build_query_as().persistent(false).fetch_all(c).await
            })?;
            found.extend(rows);
        }
        Ok(found)
    }
}

impl Tx {
    pub(crate) async fn upsert_deployment_rows(&mut self, rows: &[DeploymentRow]) -> Result<(), Error> {
        let columns = vec![
            ("id", Column::uuid(rows, |row| row.id)),
            ("unit_id", Column::uuid(rows, |row| row.unit_id)),
            ("tracker_id", Column::uuid(rows, |row| row.tracker_id)),
            ("key", Column::text(rows, |row| &row.key)),
            ("finished_at", Column::big(rows, |row| row.finished_at)),
            ("outcome", Column::text(rows, |row| &row.outcome)),
            ("environment", Column::text(rows, |row| &row.environment)),
            ("is_proxy", Column::bool(rows, |row| row.is_proxy)),
        ];
        let on_conflict = "on conflict (id) do update set unit_id = excluded.unit_id,
            finished_at = excluded.finished_at, outcome = excluded.outcome, environment = excluded.environment,
            is_proxy = excluded.is_proxy";
        insert_bulk(self, Bulk { table: "deployment", columns, rows: rows.len(), on_conflict }).await
    }

    pub(crate) async fn upsert_commit_rows(&mut self, rows: &[CommitRow]) -> Result<(), Error> {
        let columns = vec![
            ("tracker_id", Column::uuid(rows, |row| row.tracker_id)),
            ("key", Column::text(rows, |row| &row.key)),
            ("unit_id", Column::uuid(rows, |row| row.unit_id)),
            ("authored_at", Column::big(rows, |row| row.authored_at)),
            ("committed_at", Column::big(rows, |row| row.committed_at)),
            ("deployment_key", Column::text_or_null(rows, |row| &row.deployment_key)),
            ("is_repair", Column::bool(rows, |row| row.is_repair)),
        ];
        let on_conflict = "on conflict (key, tracker_id) do update set unit_id = excluded.unit_id,
            authored_at = excluded.authored_at, committed_at = excluded.committed_at,
            deployment_key = excluded.deployment_key, is_repair = excluded.is_repair";
        insert_bulk(self, Bulk { table: "code_change", columns, rows: rows.len(), on_conflict }).await
    }

    pub(crate) async fn delete_deployment_row(&mut self, id: Uuid) -> Result<(), Error> {
        let sql = "delete from deployment where id = $1";
        on!(self, |c| sqlx::query(sql).bind(id).execute(c).await.map(drop))?;
        Ok(())
    }

    pub(crate) async fn delete_commit_row(&mut self, tracker: TrackerId, key: &str) -> Result<(), Error> {
        let sql = "delete from code_change where tracker_id = $1 and key = $2";
        on!(self, |c| sqlx::query(sql).bind(tracker.0).bind(key).execute(c).await.map(drop))?;
        Ok(())
    }
}
