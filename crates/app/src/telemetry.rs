//! What the machinery says of itself: counters where something happens, and gauges that are read when somebody asks.
//!
//! Names and labels stand in `docs/guide/monitoring.md`. **Invariant:** a label has few values that are known
//! beforehand: a kind, a state, an outcome. Never an id, a name or an address.
//!
//! To add one: a function here, called where it happens (`telemetry::signed_in("wrong_password")`), its description in
//! the server's `telemetry/metrics.rs`, and a row in the guide; a test says which is missing.

use std::time::Duration;

use headway_store::JobState;

use crate::{App, OpContext, Permission, Result, jobs::JobKind};

/// Jobs by kind and state.
pub const JOBS: &str = "headway_jobs";
/// For how long the oldest job of a kind that is due has waited.
pub const JOBS_OLDEST: &str = "headway_jobs_oldest_due_seconds";
/// Attempts at jobs, by kind and outcome.
pub const JOB_ATTEMPTS: &str = "headway_job_attempts_total";
/// How long attempts took, by kind.
pub const JOB_DURATION: &str = "headway_job_duration_seconds";
/// Items that imports have stored.
pub const IMPORT_ITEMS: &str = "headway_import_items_total";
/// Connections to the database, by pool and state.
pub const CONNECTIONS: &str = "headway_database_connections";
/// Teams whose facts are in memory.
pub const FACTS_TEAMS: &str = "headway_facts_teams";
/// Items of those teams.
pub const FACTS_ITEMS: &str = "headway_facts_items";

pub use headway_store::WAIT as DATABASE_WAIT;

/// An attempt at a job has ended; `None` when it was given back.
pub(crate) fn job_ended(kind: &str, is_done: Option<bool>, took: Duration) {
    let Some(kind) = JobKind::ALL.into_iter().map(JobKind::code).find(|code| *code == kind) else { return };
    let outcome = match is_done {
        Some(true) => "done",
        Some(false) => "failed",
        None => "given_back",
    };
    metrics::counter!(JOB_ATTEMPTS, "kind" => kind, "outcome" => outcome).increment(1);
    metrics::histogram!(JOB_DURATION, "kind" => kind).record(took.as_secs_f64());
}

/// A batch of an import is stored.
pub(crate) fn items_stored(count: usize) {
    metrics::counter!(IMPORT_ITEMS).increment(count as u64);
}

/// Reads what is not counted as it happens.
pub async fn read_gauges(ctx: &OpContext, app: &App) -> Result<()> {
    ctx.authorise(Permission::Administer)?;
    let found = app.db.read().await?.job_figures().await?;
    for kind in JobKind::ALL.map(JobKind::code) {
        for (state, label) in
            [(JobState::Waiting, "waiting"), (JobState::Leased, "running"), (JobState::Failed, "failed")]
        {
            let figure = found.iter().find(|it| it.kind == kind && it.state == state);
            metrics::gauge!(JOBS, "kind" => kind, "state" => label)
                .set(figure.map_or(0.0, |it| it.count as f64));
            if state == JobState::Waiting {
                let due = figure.map_or(0, |it| (ctx.now().0 - it.oldest_run_at.0).max(0));
                metrics::gauge!(JOBS_OLDEST, "kind" => kind).set(due as f64 / 1e6);
            }
        }
    }
    for pool in app.db.connections() {
        let used = f64::from(pool.open.saturating_sub(pool.idle));
        metrics::gauge!(CONNECTIONS, "pool" => pool.name, "state" => "used").set(used);
        metrics::gauge!(CONNECTIONS, "pool" => pool.name, "state" => "idle").set(f64::from(pool.idle));
        metrics::gauge!(CONNECTIONS, "pool" => pool.name, "state" => "most").set(f64::from(pool.most));
    }
    let (teams, items) = app.facts.extent();
    metrics::gauge!(FACTS_TEAMS).set(teams as f64);
    metrics::gauge!(FACTS_ITEMS).set(items as f64);
    Ok(())
}
