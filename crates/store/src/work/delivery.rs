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

use super::fact::FactRow;
use crate::{
    Error, Reader,
    dialect::{Bulk, Column},
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
    id: Uuid,
    unit_id: Uuid,
    tracker_id: Uuid,
    key: String,
    finished_at: i64,
    outcome: String,
    environment: String,
    is_proxy: bool,
}

#[derive(Clone, PartialEq, sqlx::FromRow, Serialize, Deserialize)]
pub(crate) struct CommitRow {
    tracker_id: Uuid,
    key: String,
    unit_id: Uuid,
    authored_at: i64,
    committed_at: i64,
    deployment_key: Option<String>,
    is_repair: bool,
}

impl FactRow for DeploymentRow {
    const SELECT: &'static str =
        "select id, unit_id, tracker_id, key, finished_at, outcome, environment, is_proxy from deployment";
    const DELETE: &'static str = "delete from deployment";

    fn key(&self) -> &str {
        &self.key
    }

    fn unit(&self) -> Uuid {
        self.unit_id
    }

    fn replacing(self, before: &Self) -> Self {
        DeploymentRow { id: before.id, ..self }
    }

    fn bulk(rows: &[Self]) -> Bulk<'_> {
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
        let on_conflict = "on conflict (key, tracker_id) do update set unit_id = excluded.unit_id,
            finished_at = excluded.finished_at, outcome = excluded.outcome, environment = excluded.environment,
            is_proxy = excluded.is_proxy";
        Bulk { table: "deployment", columns, rows: rows.len(), on_conflict }
    }
}

impl FactRow for CommitRow {
    const SELECT: &'static str = "select tracker_id, key, unit_id, authored_at, committed_at, deployment_key, \
                                  is_repair from code_change";
    const DELETE: &'static str = "delete from code_change";

    fn key(&self) -> &str {
        &self.key
    }

    fn unit(&self) -> Uuid {
        self.unit_id
    }

    fn replacing(self, _: &Self) -> Self {
        self
    }

    fn bulk(rows: &[Self]) -> Bulk<'_> {
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
        Bulk { table: "code_change", columns, rows: rows.len(), on_conflict }
    }
}

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
            let mut query = QueryBuilder::new(DeploymentRow::SELECT);
            query.push(" where unit_id = ").push_bind(unit.0).push(" order by finished_at, id");
            query.build_query_as().fetch_all(c).await
        })?;
        let commits: Vec<CommitRow> = on!(self, |c| {
            let mut query = QueryBuilder::new(CommitRow::SELECT);
            query.push(" where unit_id = ").push_bind(unit.0).push(" and deployment_key is not null");
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
}
