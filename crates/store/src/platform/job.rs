//! The job queue: rows that a runner claims with a lease. A runner that dies loses its lease, and another takes over.

use headway_domain::{id::JobId, time::Instant};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Reader, Tx, dialect,
    platform::{corrupt, on},
};

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Waits for its time and a runner.
    Waiting,
    /// A runner has it, for as long as its lease lasts.
    Leased,
    /// Done.
    Done,
    /// Given up.
    Failed,
}

impl JobState {
    const ALL: [JobState; 4] = [JobState::Waiting, JobState::Leased, JobState::Done, JobState::Failed];

    fn code(self) -> &'static str {
        match self {
            JobState::Waiting => "waiting",
            JobState::Leased => "leased",
            JobState::Done => "done",
            JobState::Failed => "failed",
        }
    }
}

/// A job to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// Its id.
    pub id: JobId,
    /// What to do; runners claim by it.
    pub kind: String,
    /// What to do it with.
    pub payload: Value,
    /// Not before.
    pub run_at: Instant,
    /// When it was asked for.
    pub created_at: Instant,
}

/// A job.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What to do.
    pub kind: String,
    /// What to do it with.
    pub payload: Value,
    /// Where it stands.
    pub state: JobState,
    /// Not before.
    pub run_at: Instant,
    /// How often a runner has begun.
    pub attempts: u32,
    /// The runner that has it.
    pub lease_owner: Option<String>,
    /// Until when the runner has it.
    pub lease_until: Option<Instant>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it was asked for.
    pub created_at: Instant,
}

/// How many jobs of a kind are in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFigure {
    /// What they do.
    pub kind: String,
    /// Where they stand.
    pub state: JobState,
    /// How many.
    pub count: u64,
    /// The earliest time at which one of them was to run.
    pub oldest_run_at: Instant,
}

#[derive(sqlx::FromRow)]
pub(crate) struct JobRow {
    id: Uuid,
    kind: String,
    payload: String,
    state: String,
    run_at: i64,
    attempts: i32,
    lease_owner: Option<String>,
    lease_until: Option<i64>,
    last_error: Option<String>,
    created_at: i64,
}

impl TryFrom<JobRow> for Job {
    type Error = Error;

    fn try_from(row: JobRow) -> Result<Self, Error> {
        let state = JobState::ALL.into_iter().find(|state| state.code() == row.state);
        Ok(Job {
            id: JobId(row.id),
            kind: row.kind,
            payload: serde_json::from_str(&row.payload).map_err(|error| corrupt("job", row.id, error))?,
            state: state.ok_or_else(|| corrupt("job", row.id, "unknown state"))?,
            run_at: Instant(row.run_at),
            attempts: row.attempts.unsigned_abs(),
            lease_owner: row.lease_owner,
            lease_until: row.lease_until.map(Instant),
            last_error: row.last_error,
            created_at: Instant(row.created_at),
        })
    }
}

impl Reader {
    /// The job with this id.
    pub async fn job(&mut self, id: JobId) -> Result<Option<Job>, Error> {
        let sql = "select id, kind, payload, state, run_at, attempts, lease_owner, lease_until, last_error, created_at
                   from job where id = $1";
        let row: Option<JobRow> = on!(self, |c| sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
        row.map(Job::try_from).transpose()
    }

    /// How many jobs of each kind are in each state, apart from those that are done.
    pub async fn job_figures(&mut self) -> Result<Vec<JobFigure>, Error> {
        let sql =
            "select kind, state, count(*), min(run_at) from job where state <> 'done' group by kind, state
                   order by kind, state";
        let rows: Vec<(String, String, i64, i64)> = on!(self, |c| sqlx::query_as(sql).fetch_all(c).await)?;
        let figures = rows.into_iter().map(|(kind, state, count, oldest)| {
            let found = JobState::ALL.into_iter().find(|it| it.code() == state);
            let state = found.ok_or_else(|| corrupt("job", &kind, "unknown state"))?;
            Ok(JobFigure { kind, state, count: count.unsigned_abs(), oldest_run_at: Instant(oldest) })
        });
        figures.collect()
    }

    /// When the next job falls due: a waiting one's time or the end of a lease. `None` when there is none.
    pub async fn next_job_at(&mut self) -> Result<Option<Instant>, Error> {
        let sql = "select min(case state when 'leased' then lease_until else run_at end)
                   from job where state in ('waiting', 'leased')";
        let at: Option<i64> = on!(self, |c| sqlx::query_scalar(sql).fetch_one(c).await)?;
        Ok(at.map(Instant))
    }
}

impl Tx {
    /// Puts a job into the queue.
    pub async fn insert_job(&mut self, job: &NewJob) -> Result<(), Error> {
        let payload = job.payload.to_string();
        let sql = "insert into job (id, kind, payload, state, run_at, attempts, created_at)
                   values ($1, $2, $3, 'waiting', $4, 0, $5)";
        on!(self, |c| {
            let query = sqlx::query(sql).bind(job.id.0).bind(&job.kind).bind(payload);
            query.bind(job.run_at.0).bind(job.created_at.0).execute(c).await.map(drop)
        })?;
        self.wakes = true;
        Ok(())
    }

    /// Takes the job that has been due longest, if there is one: waiting ones whose time has come and leased ones
    /// whose runner let the lease run out. Two runners never get the same.
    pub async fn claim_job(
        &mut self,
        owner: &str,
        now: Instant,
        lease_until: Instant,
    ) -> Result<Option<Job>, Error> {
        dialect::claim_job(self, owner, now, lease_until).await?.map(Job::try_from).transpose()
    }

    /// Keeps a job longer. [`Error::Stale`] when another runner has taken it over.
    pub async fn renew_lease(&mut self, id: JobId, owner: &str, until: Instant) -> Result<(), Error> {
        let sql = "update job set lease_until = $3 where id = $1 and lease_owner = $2 and state = 'leased'";
        let done = on!(self, |c| {
            let query = sqlx::query(sql).bind(id.0).bind(owner).bind(until.0);
            query.execute(c).await.map(|done| done.rows_affected())
        })?;
        if done == 1 { Ok(()) } else { Err(Error::Stale) }
    }

    /// The job is done. [`Error::Stale`] when another runner has taken it over.
    pub async fn finish_job(&mut self, id: JobId, owner: &str) -> Result<(), Error> {
        let sql = "update job set state = 'done', lease_owner = null, lease_until = null, last_error = null
                   where id = $1 and lease_owner = $2 and state = 'leased'";
        let done = on!(self, |c| {
            sqlx::query(sql).bind(id.0).bind(owner).execute(c).await.map(|done| done.rows_affected())
        })?;
        if done == 1 { Ok(()) } else { Err(Error::Stale) }
    }

    /// The attempt failed: it is tried again at `retry_at`, or given up when there is none. [`Error::Stale`] when
    /// another runner has taken it over.
    pub async fn fail_job(
        &mut self,
        id: JobId,
        owner: &str,
        error: &str,
        retry_at: Option<Instant>,
    ) -> Result<(), Error> {
        let sql = "update job set state = $4, run_at = coalesce($5, run_at), last_error = $3,
                          lease_owner = null, lease_until = null
                   where id = $1 and lease_owner = $2 and state = 'leased'";
        let state = if retry_at.is_some() { JobState::Waiting } else { JobState::Failed };
        let done = on!(self, |c| {
            let query = sqlx::query(sql).bind(id.0).bind(owner).bind(error.replace('\0', "\u{fffd}"));
            let query = query.bind(state.code()).bind(retry_at.map(|at| at.0));
            query.execute(c).await.map(|done| done.rows_affected())
        })?;
        if done == 1 { Ok(()) } else { Err(Error::Stale) }
    }

    /// Removes the jobs that are done or given up and were asked for before an instant, and says how many.
    pub async fn delete_jobs_before(&mut self, at: Instant) -> Result<u64, Error> {
        let sql = "delete from job where state in ('done', 'failed') and created_at < $1";
        Ok(on!(self, |c| sqlx::query(sql).bind(at.0).execute(c).await.map(|done| done.rows_affected()))?)
    }
}
