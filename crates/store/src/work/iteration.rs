//! Timeboxes.

use headway_domain::{
    id::{IterationId, TrackerId, UnitId},
    time::Instant,
    work::{GivenSums, Iteration},
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

#[derive(Clone, PartialEq, sqlx::FromRow, Serialize, Deserialize)]
pub(crate) struct IterationRow {
    id: Uuid,
    unit_id: Uuid,
    tracker_id: Uuid,
    key: String,
    name: String,
    starts_at: Option<i64>,
    ends_at: Option<i64>,
    completed_at: Option<i64>,
    given: Option<String>,
}

impl FactRow for IterationRow {
    const SELECT: &'static str =
        "select id, unit_id, tracker_id, key, name, starts_at, ends_at, completed_at, given from iteration";
    const DELETE: &'static str = "delete from iteration";

    fn key(&self) -> &str {
        &self.key
    }

    fn unit(&self) -> Uuid {
        self.unit_id
    }

    fn replacing(self, before: &Self) -> Self {
        IterationRow { id: before.id, ..self }
    }

    fn bulk(rows: &[Self]) -> Bulk<'_> {
        let columns = vec![
            ("id", Column::uuid(rows, |row| row.id)),
            ("unit_id", Column::uuid(rows, |row| row.unit_id)),
            ("tracker_id", Column::uuid(rows, |row| row.tracker_id)),
            ("key", Column::text(rows, |row| &row.key)),
            ("name", Column::text(rows, |row| &row.name)),
            ("starts_at", Column::big_or_null(rows, |row| row.starts_at)),
            ("ends_at", Column::big_or_null(rows, |row| row.ends_at)),
            ("completed_at", Column::big_or_null(rows, |row| row.completed_at)),
            ("given", Column::text_or_null(rows, |row| &row.given)),
        ];
        let on_conflict = "on conflict (key, tracker_id) do update set unit_id = excluded.unit_id,
            name = excluded.name, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
            completed_at = excluded.completed_at, given = excluded.given";
        Bulk { table: "iteration", columns, rows: rows.len(), on_conflict }
    }
}

/// [`GivenSums`] in the order of its fields.
type GivenBody = [f64; 8];

fn given_to_body(given: &GivenSums) -> String {
    let GivenSums {
        committed_items,
        committed_estimate,
        added_items,
        added_estimate,
        removed_items,
        removed_estimate,
        completed_items,
        completed_estimate,
    } = *given;
    let body: GivenBody = [
        committed_items,
        committed_estimate,
        added_items,
        added_estimate,
        removed_items,
        removed_estimate,
        completed_items,
        completed_estimate,
    ];
    // Numbers that are not finite have no JSON form; a sum of an export never is one.
    serde_json::to_string(&body.map(|sum| if sum.is_finite() { sum } else { 0.0 })).unwrap_or_default()
}

fn given_from_body(body: GivenBody) -> GivenSums {
    let [
        committed_items,
        committed_estimate,
        added_items,
        added_estimate,
        removed_items,
        removed_estimate,
        completed_items,
        completed_estimate,
    ] = body;
    GivenSums {
        committed_items,
        committed_estimate,
        added_items,
        added_estimate,
        removed_items,
        removed_estimate,
        completed_items,
        completed_estimate,
    }
}

impl IterationRow {
    pub(crate) fn new(iteration: &Iteration, tracker: TrackerId) -> Self {
        IterationRow {
            id: iteration.id.0,
            unit_id: iteration.unit.0,
            tracker_id: tracker.0,
            key: iteration.key.replace('\0', "\u{fffd}"),
            name: iteration.name.replace('\0', "\u{fffd}"),
            starts_at: iteration.starts_at.map(|at| at.0),
            ends_at: iteration.ends_at.map(|at| at.0),
            completed_at: iteration.completed_at.map(|at| at.0),
            given: iteration.given.as_ref().map(given_to_body),
        }
    }
}

impl TryFrom<IterationRow> for Iteration {
    type Error = Error;

    fn try_from(row: IterationRow) -> Result<Self, Error> {
        let given = row.given.as_deref().map(serde_json::from_str::<GivenBody>).transpose();
        let given = given.map_err(|error| corrupt("iteration", row.id, error))?;
        Ok(Iteration {
            id: IterationId(row.id),
            unit: UnitId(row.unit_id),
            key: row.key,
            name: row.name,
            starts_at: row.starts_at.map(Instant),
            ends_at: row.ends_at.map(Instant),
            completed_at: row.completed_at.map(Instant),
            given: given.map(given_from_body),
        })
    }
}

impl Reader {
    /// A team's iterations, first to last.
    pub async fn iterations(&mut self, unit: UnitId) -> Result<Vec<Iteration>, Error> {
        let rows: Vec<IterationRow> = on!(self, |c| {
            let mut query = QueryBuilder::new(IterationRow::SELECT);
            query
                .push(" where unit_id = ")
                .push_bind(unit.0)
                .push(" order by starts_at nulls last, name, id");
            query.build_query_as().fetch_all(c).await
        })?;
        rows.into_iter().map(Iteration::try_from).collect()
    }
}
