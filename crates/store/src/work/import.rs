//! Import runs.

use headway_domain::{
    id::{ImportId, TrackerId, UnitId},
    time::Instant,
    work::{Census, Counts, Import, ImportState, Mapping},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::mapping::{CensusBody, MappingBody};
use crate::{
    Error, Reader, Tx,
    dialect::push_in,
    platform::{corrupt, on},
};

/// An import with everything a runner needs to go on with it.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportRun {
    /// The import.
    pub import: Import,
    /// How the tracker's words become ours; `None` before the check is done.
    pub mapping: Option<Mapping>,
    /// What the check counted.
    pub census: Option<Census>,
    /// The files: the use case's own form.
    pub files: Value,
    /// What was chosen beside the mapping: the use case's own form.
    pub options: Value,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(default)]
struct CountsBody {
    read: u64,
    added: u64,
    updated: u64,
    unchanged: u64,
    skipped: u64,
    failed: u64,
    warned: u64,
    changes: u64,
    state_changes: u64,
    never_started: u64,
    iterations: u64,
    deployments: u64,
    commits: u64,
}

impl Default for CountsBody {
    fn default() -> Self {
        Counts::default().into()
    }
}

impl From<Counts> for CountsBody {
    fn from(counts: Counts) -> Self {
        let Counts {
            read,
            added,
            updated,
            unchanged,
            skipped,
            failed,
            warned,
            changes,
            state_changes,
            never_started,
            iterations,
            deployments,
            commits,
        } = counts;
        CountsBody {
            read,
            added,
            updated,
            unchanged,
            skipped,
            failed,
            warned,
            changes,
            state_changes,
            never_started,
            iterations,
            deployments,
            commits,
        }
    }
}

impl From<CountsBody> for Counts {
    fn from(body: CountsBody) -> Self {
        let CountsBody {
            read,
            added,
            updated,
            unchanged,
            skipped,
            failed,
            warned,
            changes,
            state_changes,
            never_started,
            iterations,
            deployments,
            commits,
        } = body;
        Counts {
            read,
            added,
            updated,
            unchanged,
            skipped,
            failed,
            warned,
            changes,
            state_changes,
            never_started,
            iterations,
            deployments,
            commits,
        }
    }
}

#[derive(sqlx::FromRow)]
struct ImportRow {
    id: Uuid,
    tracker_id: Uuid,
    unit_id: Uuid,
    state: String,
    created_at: i64,
    updated_at: i64,
    counts: String,
    forecast: Option<String>,
    position: i64,
    total: Option<i64>,
    trouble: Option<String>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct RunRow {
    #[sqlx(flatten)]
    import: ImportRow,
    mapping: Option<String>,
    census: Option<String>,
    files: String,
    options: String,
}

macro_rules! import_columns {
    () => {
        "id, tracker_id, unit_id, state, created_at, updated_at, counts, forecast, position, total, trouble"
    };
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl TryFrom<ImportRow> for Import {
    type Error = Error;

    fn try_from(row: ImportRow) -> Result<Self, Error> {
        let id = row.id;
        let counts = |json: &str| -> Result<Counts, Error> {
            let body: CountsBody =
                serde_json::from_str(json).map_err(|error| corrupt("import_run", id, error))?;
            Ok(body.into())
        };
        Ok(Import {
            id: ImportId(id),
            tracker: TrackerId(row.tracker_id),
            unit: UnitId(row.unit_id),
            state: ImportState::from_code(&row.state)
                .ok_or_else(|| corrupt("import_run", id, "unknown state"))?,
            created_at: Instant(row.created_at),
            updated_at: Instant(row.updated_at),
            counts: counts(&row.counts)?,
            forecast: row.forecast.as_deref().map(counts).transpose()?,
            position: count(row.position),
            total: row.total.map(count),
            trouble: row.trouble,
        })
    }
}

impl TryFrom<RunRow> for ImportRun {
    type Error = Error;

    fn try_from(row: RunRow) -> Result<Self, Error> {
        let id = row.import.id;
        let broken = |error: serde_json::Error| corrupt("import_run", id, error);
        let mapping = row.mapping.as_deref().map(serde_json::from_str::<MappingBody>).transpose();
        let mapping = mapping.map_err(broken)?.map(Mapping::try_from).transpose();
        let census = row.census.as_deref().map(serde_json::from_str::<CensusBody>).transpose();
        Ok(ImportRun {
            mapping: mapping.map_err(|reason| corrupt("import_run", id, reason))?,
            census: census.map_err(broken)?.map(Census::from),
            files: serde_json::from_str(&row.files).map_err(broken)?,
            options: serde_json::from_str(&row.options).map_err(broken)?,
            import: row.import.try_into()?,
        })
    }
}

/// The columns that hold JSON.
struct Bodies {
    counts: String,
    forecast: Option<String>,
    mapping: Option<String>,
    census: Option<String>,
    files: String,
    options: String,
}

fn to_json<T: Serialize>(id: ImportId, value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| corrupt("import_run", id, error))
}

fn bodies(run: &ImportRun) -> Result<Bodies, Error> {
    let id = run.import.id;
    let forecast = run.import.forecast.map(CountsBody::from);
    Ok(Bodies {
        counts: to_json(id, &CountsBody::from(run.import.counts))?,
        forecast: forecast.map(|counts| to_json(id, &counts)).transpose()?,
        mapping: run.mapping.as_ref().map(|it| to_json(id, &MappingBody::from(it))).transpose()?,
        census: run.census.as_ref().map(|it| to_json(id, &CensusBody::from(it))).transpose()?,
        files: run.files.to_string(),
        options: run.options.to_string(),
    })
}

impl Reader {
    /// The import with this id, with everything a runner needs.
    pub async fn import_run(&mut self, id: ImportId) -> Result<Option<ImportRun>, Error> {
        let sql = concat!(
            "select ",
            import_columns!(),
            ", mapping, census, files, options from import_run where id = $1"
        );
        let row: Option<RunRow> = on!(self, |c| sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
        row.map(ImportRun::try_from).transpose()
    }

    /// The import with this id.
    pub async fn import(&mut self, id: ImportId) -> Result<Option<Import>, Error> {
        let sql = concat!("select ", import_columns!(), " from import_run where id = $1");
        let row: Option<ImportRow> = on!(self, |c| sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
        row.map(Import::try_from).transpose()
    }

    /// Imports, newest first, at most `limit`, behind the one asked for at `before`.
    pub async fn imports(
        &mut self,
        units: Option<&[UnitId]>,
        before: Option<(Instant, ImportId)>,
        limit: u32,
    ) -> Result<Vec<Import>, Error> {
        let rows: Vec<ImportRow> = on!(self, |c| {
            let mut query =
                QueryBuilder::new(concat!("select ", import_columns!(), " from import_run where true"));
            if let Some(units) = units {
                push_in(query.push(" and "), "unit_id", units.iter().map(|unit| unit.0));
            }
            if let Some((at, id)) = before {
                query.push(" and (created_at, id) < (").push_bind(at.0).push(", ").push_bind(id.0).push(")");
            }
            query.push(" order by created_at desc, id desc limit ").push_bind(i64::from(limit));
            query.build_query_as().fetch_all(c).await
        })?;
        rows.into_iter().map(Import::try_from).collect()
    }

    /// The imports of the same tracker that were asked for after this one and have stored something that is still
    /// there: they stand in the way of taking this one back.
    pub async fn imports_after(&mut self, import: &Import) -> Result<Vec<Import>, Error> {
        let sql = concat!(
            "select ",
            import_columns!(),
            " from import_run where tracker_id = $1 and (created_at, id) > ($2, $3)
              and state in ('running', 'paused', 'review', 'rolling_back', 'approved') order by created_at, id"
        );
        let rows: Vec<ImportRow> = on!(self, |c| {
            let query = sqlx::query_as(sql).bind(import.tracker.0).bind(import.created_at.0);
            query.bind(import.id.0).fetch_all(c).await
        })?;
        rows.into_iter().map(Import::try_from).collect()
    }
}

impl Reader {
    /// The units that a tracker has been imported into.
    pub async fn import_units(&mut self, tracker: TrackerId) -> Result<Vec<UnitId>, Error> {
        let sql = "select distinct unit_id from import_run where tracker_id = $1";
        let ids: Vec<Uuid> = on!(self, |c| sqlx::query_scalar(sql).bind(tracker.0).fetch_all(c).await)?;
        Ok(ids.into_iter().map(UnitId).collect())
    }

    /// The imports of a tracker that are storing or taking back, or were stopped in the middle of it: a second one
    /// at the same time could not be taken back exactly.
    pub async fn imports_under_way(&mut self, tracker: TrackerId) -> Result<Vec<Import>, Error> {
        let sql = concat!(
            "select ",
            import_columns!(),
            " from import_run where tracker_id = $1 and state in ('running', 'paused', 'rolling_back')
              order by created_at, id"
        );
        let rows: Vec<ImportRow> = on!(self, |c| sqlx::query_as(sql).bind(tracker.0).fetch_all(c).await)?;
        rows.into_iter().map(Import::try_from).collect()
    }
}

impl Tx {
    /// Lets this transaction alone move an import until it ends. Who moves an import and tells of it takes the import
    /// first and the number of the event after it; the other way round two of them would wait for each other.
    pub(crate) async fn lock_import(&mut self, id: ImportId) -> Result<(), Error> {
        let sql = "update import_run set position = position where id = $1";
        on!(self, |c| sqlx::query(sql).bind(id.0).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Adds an import.
    pub async fn insert_import(&mut self, run: &ImportRun) -> Result<(), Error> {
        let import = &run.import;
        let bodies = bodies(run)?;
        let sql = "insert into import_run (id, tracker_id, unit_id, state, created_at, updated_at, counts, forecast,
                     position, total, trouble, mapping, census, files, options)
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
        on!(self, |c| {
            let query = sqlx::query(sql).bind(import.id.0).bind(import.tracker.0).bind(import.unit.0);
            let query = query.bind(import.state.code()).bind(import.created_at.0).bind(import.updated_at.0);
            let query = query.bind(bodies.counts).bind(bodies.forecast).bind(number(import.position));
            let query = query.bind(import.total.map(number)).bind(&import.trouble).bind(bodies.mapping);
            let query = query.bind(bodies.census).bind(bodies.files).bind(bodies.options);
            query.execute(c).await.map(drop)
        })?;
        Ok(())
    }

    /// Changes an import that was read as `was`. [`Error::Stale`] when it has moved since.
    pub async fn update_import(&mut self, was: &Import, now: &ImportRun) -> Result<(), Error> {
        let import = &now.import;
        let bodies = bodies(now)?;
        let sql = "update import_run set unit_id = $1, state = $2, updated_at = $3, counts = $4, forecast = $5,
                     position = $6, total = $7, trouble = $8, mapping = $9, census = $10, files = $11, options = $12
                   where id = $13 and state = $14 and updated_at = $15 and position = $16";
        let done = on!(self, |c| {
            let query = sqlx::query(sql).bind(import.unit.0).bind(import.state.code());
            let query = query.bind(import.updated_at.0).bind(bodies.counts).bind(bodies.forecast);
            let query = query.bind(number(import.position)).bind(import.total.map(number));
            let query = query.bind(&import.trouble).bind(bodies.mapping).bind(bodies.census);
            let query = query.bind(bodies.files).bind(bodies.options).bind(was.id.0).bind(was.state.code());
            let query = query.bind(was.updated_at.0).bind(number(was.position));
            query.execute(c).await.map(|done| done.rows_affected())
        })?;
        if done == 1 { Ok(()) } else { Err(Error::Stale) }
    }

    /// Changes an import without its mapping, census, files and options. [`Error::Stale`] when it has moved since it
    /// was read as `was`.
    pub async fn update_import_state(&mut self, was: &Import, now: &Import) -> Result<(), Error> {
        let counts = to_json(now.id, &CountsBody::from(now.counts))?;
        let forecast = now.forecast.map(|it| to_json(now.id, &CountsBody::from(it))).transpose()?;
        let sql =
            "update import_run set state = $1, updated_at = $2, counts = $3, forecast = $4, position = $5,
                     total = $6, trouble = $7
                   where id = $8 and state = $9 and updated_at = $10 and position = $11";
        let done = on!(self, |c| {
            let query = sqlx::query(sql).bind(now.state.code()).bind(now.updated_at.0).bind(counts);
            let query = query.bind(forecast).bind(number(now.position)).bind(now.total.map(number));
            let query = query.bind(&now.trouble).bind(was.id.0).bind(was.state.code());
            let query = query.bind(was.updated_at.0).bind(number(was.position));
            query.execute(c).await.map(|done| done.rows_affected())
        })?;
        if done == 1 { Ok(()) } else { Err(Error::Stale) }
    }
}
