//! What is removed by itself: finished jobs, old events and reports, and files that no import needs any more. How long
//! things are kept stands in [`retention`].
//!
//! The job runner does it when it starts and once a day. Doing it twice, or on several nodes at once, does no harm.

use std::time::Duration;

use headway_domain::time::Instant;

use crate::{
    App, OpContext, Permission, Result,
    governance::{self, retention},
    work::import,
};

/// How often.
pub(crate) const EVERY: Duration = Duration::from_hours(24);

/// Files of an import that is over, or that is not there because its upload broke off. An upload that goes on writes
/// something all the time, so after a day nobody is at it.
const KEEP_FILES: Duration = Duration::from_hours(24);

pub(crate) async fn clean_up(ctx: &OpContext, app: &App) -> Result<()> {
    ctx.authorise(Permission::RunJobs)?;
    let kept = async |code| retention::before(ctx, app, code).await;
    let (events, jobs, reports) = (kept("events").await?, kept("jobs").await?, kept("reports").await?);
    let mut gone = [0; 3];
    let mut tx = app.db.begin().await?;
    if let Some(at) = events {
        gone[0] = tx.delete_events_before(at).await?;
    }
    if let Some(at) = jobs {
        gone[1] = tx.delete_jobs_before(at).await?;
    }
    if let Some(at) = reports {
        gone[2] = tx.delete_reports_before(at).await?;
    }
    tx.commit().await?;
    let folders = import::sweep(app, before(ctx, KEEP_FILES)).await?;
    let entries = retention::cut_audit(ctx, app).await?;
    governance::note_head(ctx, app).await?;
    let [events, jobs, reports] = gone;
    tracing::info!(events, jobs, reports, folders, entries, "cleaned up");
    Ok(())
}

fn before(ctx: &OpContext, kept: Duration) -> Instant {
    Instant(ctx.now().0.saturating_sub(i64::try_from(kept.as_micros()).unwrap_or(i64::MAX)))
}
