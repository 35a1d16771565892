//! What is removed by itself: finished jobs, old events and reports, and files that no import needs any more.
//!
//! The job runner does it when it starts and once a day. Doing it twice, or on several nodes at once, does no harm.

use std::time::Duration;

use headway_domain::time::Instant;

use crate::{App, OpContext, Permission, Result, work::import};

/// How often.
pub(crate) const EVERY: Duration = Duration::from_hours(24);

/// Events are there for clients that lost their stream. After a week it is less to load everything anew than to read
/// what happened.
const KEEP_EVENTS: Duration = Duration::from_hours(7 * 24);

/// Nothing reads a finished job; a month is for whoever looks for the reason why one failed.
const KEEP_JOBS: Duration = Duration::from_hours(30 * 24);

/// The rows of a report are looked at while the data is being put right. How often each finding occurred is kept for
/// as long as the import.
const KEEP_REPORTS: Duration = Duration::from_hours(365 * 24);

/// Files of an import that is over, or that is not there because its upload broke off. An upload that goes on writes
/// something all the time, so after a day nobody is at it.
const KEEP_FILES: Duration = Duration::from_hours(24);

pub(crate) async fn clean_up(ctx: &OpContext, app: &App) -> Result<()> {
    ctx.authorise(Permission::RunJobs)?;
    let mut tx = app.db.begin().await?;
    let events = tx.delete_events_before(before(ctx, KEEP_EVENTS)).await?;
    let jobs = tx.delete_jobs_before(before(ctx, KEEP_JOBS)).await?;
    let reports = tx.delete_reports_before(before(ctx, KEEP_REPORTS)).await?;
    tx.commit().await?;
    let folders = import::sweep(app, before(ctx, KEEP_FILES)).await?;
    tracing::info!(events, jobs, reports, folders, "cleaned up");
    Ok(())
}

fn before(ctx: &OpContext, kept: Duration) -> Instant {
    Instant(ctx.now().0.saturating_sub(i64::try_from(kept.as_micros()).unwrap_or(i64::MAX)))
}
