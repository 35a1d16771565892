//! The job runner: takes jobs from the queue, one after the other, and gives back those it could not finish.
//!
//! A job is claimed with a lease that is renewed while it runs. When the process dies, the lease runs out and the
//! next runner goes on; every job is therefore written so that it can begin again at any point.

use std::{
    future::Future,
    time::{Duration, Instant as Stopwatch},
};

use headway_domain::{id::JobId, time::Instant};
use headway_store::{Job, NewJob, Tx};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tracing::Instrument;

use crate::{App, Error, OpContext, Permission, Result, clean_up, sample, telemetry, work::import};

/// How often a failing job is tried.
const MOST_ATTEMPTS: u32 = 5;
/// How often a job is begun that neither ends nor fails. One may have been killed a few times together with its
/// process; one that is begun more often takes the process down itself.
const MOST_STARTS: u32 = 20;

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobKind {
    CheckImport,
    DryRunImport,
    RunImport,
    RollBackImport,
    LoadSample,
}

impl JobKind {
    pub(crate) const ALL: [JobKind; 5] = [
        JobKind::CheckImport,
        JobKind::DryRunImport,
        JobKind::RunImport,
        JobKind::RollBackImport,
        JobKind::LoadSample,
    ];

    pub(crate) fn code(self) -> &'static str {
        match self {
            JobKind::CheckImport => "check_import",
            JobKind::DryRunImport => "dry_run_import",
            JobKind::RunImport => "run_import",
            JobKind::RollBackImport => "roll_back_import",
            JobKind::LoadSample => "load_sample",
        }
    }
}

/// Puts a job into the queue, in the transaction that makes it necessary.
pub(crate) async fn enqueue(ctx: &OpContext, tx: &mut Tx, kind: JobKind, subject: &str) -> Result<()> {
    let now = ctx.now();
    let job = NewJob {
        id: JobId(ctx.new_id()),
        kind: kind.code().to_owned(),
        payload: json!({ "subject": subject }),
        run_at: now,
        created_at: now,
    };
    Ok(tx.insert_job(&job).await?)
}

/// Runs jobs until `stop` is done, and cleans up now and then. The one that is running then is given back and goes on at the next start.
pub async fn run(ctx: &OpContext, app: &App, stop: impl Future<Output = ()>) -> Result<()> {
    ctx.authorise(Permission::RunJobs)?;
    let owner = ctx.new_id().to_string();
    tokio::pin!(stop);
    let mut clean_up_at = ctx.now();
    loop {
        if ctx.now() >= clean_up_at {
            clean_up_at = after(ctx, clean_up::EVERY);
            if let Err(error) = Box::pin(clean_up::clean_up(ctx, app)).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "failed to clean up");
            }
        }
        let mut wake = app.db.watch();
        wake.borrow_and_update();
        let pause = match Box::pin(run_next(ctx, app, &owner, stop.as_mut())).await {
            Ok(Worked::Done) => continue,
            Ok(Worked::Stopped) => return Ok(()),
            Ok(Worked::NothingDue) => until_next(ctx, app).await.unwrap_or(app.config.lease),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "failed to take a job from the queue"
                );
                Duration::from_secs(1)
            }
        };
        tokio::select! {
            _ = wake.changed() => {}
            () = tokio::time::sleep(pause) => {}
            () = &mut stop => return Ok(()),
        }
    }
}

/// Runs jobs until none is due: for the command line and for tests.
pub async fn run_until_idle(ctx: &OpContext, app: &App) -> Result<()> {
    ctx.authorise(Permission::RunJobs)?;
    let owner = ctx.new_id().to_string();
    while matches!(run_next(ctx, app, &owner, std::future::pending()).await?, Worked::Done) {}
    Ok(())
}

async fn until_next(ctx: &OpContext, app: &App) -> Result<Duration> {
    let next = app.db.read().await?.next_job_at().await?;
    let micros = next.map_or(i64::MAX, |at| at.0.saturating_sub(ctx.now().0)).max(1_000);
    Ok(Duration::from_micros(micros.unsigned_abs()).min(app.config.lease))
}

/// What became of looking for a job.
enum Worked {
    /// One was taken, and is done or failed or was lost to another runner.
    Done,
    /// None is due.
    NothingDue,
    /// The runner is to stop.
    Stopped,
}

/// Takes one job and does it.
async fn run_next(ctx: &OpContext, app: &App, owner: &str, stop: impl Future<Output = ()>) -> Result<Worked> {
    app.health.runner_is_alive(ctx.now());
    let mut tx = app.db.begin().await?;
    let claimed = tx.claim_job(owner, ctx.now(), after(ctx, app.config.lease)).await?;
    tx.commit().await?;
    let Some(job) = claimed else { return Ok(Worked::NothingDue) };
    // A task of its own: a panic in a job is that job's failure and not the end of the runner. Dropping it ends it.
    let mut performing = JoinSet::new();
    let (its_ctx, its_app, its_job) = (ctx.clone(), app.clone(), job.clone());
    let began = Stopwatch::now();
    let span = tracing::info_span!(
        "job",
        otel.name = format!("job {}", job.kind),
        job.kind,
        job.attempt = job.attempts
    );
    let work = async move {
        if its_job.attempts > MOST_STARTS {
            return Err(Error::Conflict("this was tried several times and never came to an end".to_owned()));
        }
        perform(&its_ctx, &its_app, &its_job).await
    };
    performing.spawn(work.instrument(span));
    let done = tokio::select! {
        done = performing.join_next() => done.map(|done| done.unwrap_or_else(|panic| Err(Error::internal(panic)))),
        lost = keep_lease(ctx, app, &job, owner) => match lost {
            Error::Stale => {
                tracing::warn!(job = %job.id, kind = job.kind, "another runner has taken the job over");
                return Ok(Worked::Done);
            }
            error => Some(Err(error)),
        },
        () = stop => None,
    };
    telemetry::job_ended(&job.kind, done.as_ref().map(Result::is_ok), began.elapsed());
    let mut tx = app.db.begin().await?;
    let noted = match &done {
        Some(Ok(())) => tx.finish_job(job.id, owner).await,
        Some(Err(error)) => fail(ctx, &mut tx, &job, owner, error).await?,
        None => tx.fail_job(job.id, owner, "the runner was stopped", Some(ctx.now())).await,
    };
    match noted {
        Ok(()) => tx.commit().await?,
        // Another runner has it now, and will find what there is left to do.
        Err(headway_store::Error::Stale) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(if done.is_some() { Worked::Done } else { Worked::Stopped })
}

/// Notes why a job failed, also where a person looks, and when it is tried again.
async fn fail(
    ctx: &OpContext,
    tx: &mut Tx,
    job: &Job,
    owner: &str,
    error: &Error,
) -> Result<Result<(), headway_store::Error>> {
    let may_pass = matches!(error, Error::Unavailable | Error::Internal(_) | Error::Stale);
    let is_last = job.attempts >= MOST_ATTEMPTS || !may_pass;
    tracing::error!(
        job = %job.id, kind = job.kind, attempt = job.attempts, is_last,
        error = error as &dyn std::error::Error, "job failed"
    );
    if let Ok(import) = subject(job).parse() {
        import::obstruct(ctx, tx, import, error, is_last).await?;
    }
    let wait = Duration::from_secs(1 << job.attempts.min(6));
    Ok(tx.fail_job(job.id, owner, &error.to_string(), (!is_last).then(|| after(ctx, wait))).await)
}

fn after(ctx: &OpContext, wait: Duration) -> Instant {
    Instant(ctx.now().0.saturating_add(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX)))
}

/// Renews the lease for ever, some times in its length; ends only when that failed: [`Error::Stale`] when another
/// runner has the job.
async fn keep_lease(ctx: &OpContext, app: &App, job: &Job, owner: &str) -> Error {
    let renew = async || {
        let mut tx = app.db.begin().await?;
        tx.renew_lease(job.id, owner, after(ctx, app.config.lease)).await?;
        tx.commit().await?;
        app.health.runner_is_alive(ctx.now());
        Ok(())
    };
    loop {
        tokio::time::sleep(app.config.lease / 4).await;
        if let Err(error) = renew().await {
            return error;
        }
    }
}

fn subject(job: &Job) -> &str {
    job.payload.get("subject").and_then(Value::as_str).unwrap_or_default()
}

async fn perform(ctx: &OpContext, app: &App, job: &Job) -> Result<()> {
    let kind = JobKind::ALL.into_iter().find(|kind| kind.code() == job.kind);
    let kind = kind.ok_or_else(|| Error::internal(format!("unknown kind of job {:?}", job.kind)))?;
    let subject = subject(job);
    match kind {
        JobKind::CheckImport => import::check(ctx, app, parse(subject)?).await,
        JobKind::DryRunImport => import::dry_run(ctx, app, parse(subject)?).await,
        JobKind::RunImport => import::run(ctx, app, parse(subject)?).await,
        JobKind::RollBackImport => import::roll_back(ctx, app, parse(subject)?).await,
        JobKind::LoadSample => sample::load(ctx, app).await,
    }
}

fn parse<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(subject: &str) -> Result<T> {
    subject.parse().map_err(Error::internal)
}
