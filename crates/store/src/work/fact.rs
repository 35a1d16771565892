//! Facts beside items: iterations, deployments, commits. Each has a key within its tracker, is compared with what is
//! stored as a whole, and is put back as a whole.

use std::collections::{BTreeSet, HashMap, HashSet};

use headway_domain::id::TrackerId;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, FromRow, QueryBuilder, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;

use crate::{
    Error, Reader, Tx,
    dialect::{Bulk, insert_bulk, push_in},
    platform::on,
};

/// A row of such a fact.
pub(crate) trait FactRow:
    Clone + PartialEq + Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>
{
    /// `select … from …`, every column.
    const SELECT: &'static str;
    /// `delete from …`.
    const DELETE: &'static str;

    /// Its key within its tracker.
    fn key(&self) -> &str;
    /// The team it belongs to.
    fn unit(&self) -> Uuid;
    /// Takes over what stays when it replaces another row: the id, where it has one.
    fn replacing(self, before: &Self) -> Self;
    /// The rows as they are inserted; of one that is there already everything but its identity is replaced.
    fn bulk(rows: &[Self]) -> Bulk<'_>;
}

/// What stood under a key before, `None` when nothing did; and the unit the batch put it into.
#[derive(Serialize, Deserialize)]
pub(super) struct Replaced<Row> {
    key: String,
    unit: Uuid,
    before: Option<Row>,
}

/// How many keys are asked for in one statement.
const MOST_KEYS: usize = 500;

impl Reader {
    /// The rows to write, each with what it replaces; those that are as they were are left out. Of two with one key
    /// the later one counts.
    pub(super) async fn differing<R: FactRow>(
        &mut self,
        tracker: TrackerId,
        rows: Vec<R>,
    ) -> Result<Vec<(R, Option<R>)>, Error> {
        let mut seen = HashSet::new();
        let mut new: Vec<R> =
            rows.into_iter().rev().filter(|row| seen.insert(row.key().to_owned())).collect();
        new.reverse();
        let keys: Vec<&str> = new.iter().map(FactRow::key).collect();
        let mut known: HashMap<String, R> = HashMap::new();
        for keys in keys.chunks(MOST_KEYS) {
            let rows: Vec<R> = on!(self, |c| {
                let mut query = QueryBuilder::new(R::SELECT);
                query.push(" where tracker_id = ").push_bind(tracker.0).push(" and ");
                push_in(&mut query, "key", keys.iter().copied());
                query.build_query_as().persistent(false).fetch_all(c).await
            })?;
            known.extend(rows.into_iter().map(|row| (row.key().to_owned(), row)));
        }
        let with_before = new.into_iter().map(|row| match known.remove(row.key()) {
            Some(before) => (row.replacing(&before), Some(before)),
            None => (row, None),
        });
        Ok(with_before.filter(|(row, before)| before.as_ref() != Some(row)).collect())
    }

    /// Every row, by `order`.
    pub(crate) async fn all_facts<R: FactRow>(&mut self, order: &'static str) -> Result<Vec<R>, Error> {
        let sql = format!("{} order by {order}", R::SELECT);
        Ok(on!(self, |c| sqlx::query_as(AssertSqlSafe(sql)).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Stores what differs from what is stored, and says what it replaced. Units whose facts changed are added to
    /// `touched`.
    pub(super) async fn save_facts<R: FactRow>(
        &mut self,
        tracker: TrackerId,
        rows: Vec<R>,
        touched: &mut BTreeSet<Uuid>,
    ) -> Result<Vec<Replaced<R>>, Error> {
        let mut replaced = Vec::new();
        let mut changed = Vec::new();
        for (row, before) in self.differing(tracker, rows).await? {
            touched.extend(before.as_ref().map(FactRow::unit).into_iter().chain([row.unit()]));
            replaced.push(Replaced { key: row.key().to_owned(), unit: row.unit(), before });
            changed.push(row);
        }
        insert_bulk(self, R::bulk(&changed)).await?;
        Ok(replaced)
    }

    /// Puts back what was replaced, and removes what was not there before.
    pub(super) async fn restore_facts<R: FactRow>(
        &mut self,
        tracker: TrackerId,
        replaced: Vec<Replaced<R>>,
        touched: &mut BTreeSet<Uuid>,
    ) -> Result<(), Error> {
        let mut rows = Vec::new();
        let mut added = Vec::new();
        for Replaced { key, unit, before } in replaced {
            touched.insert(unit);
            match before {
                Some(row) => {
                    touched.insert(row.unit());
                    rows.push(row);
                }
                None => added.push(key),
            }
        }
        for keys in added.chunks(MOST_KEYS) {
            on!(self, |c| {
                let mut query = QueryBuilder::new(R::DELETE);
                query.push(" where tracker_id = ").push_bind(tracker.0).push(" and ");
                push_in(&mut query, "key", keys.iter().map(String::as_str));
                query.build().persistent(false).execute(c).await.map(drop)
            })?;
        }
        insert_bulk(self, R::bulk(&rows)).await
    }
}
