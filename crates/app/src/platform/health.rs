//! Whether this process can do its work: asked by whoever sends it requests, or starts it anew.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use headway_domain::time::Instant;

use crate::{App, Result};

/// What a process knows of its own health. Clones share it.
#[derive(Clone, Default)]
pub struct Health {
    /// When the job runner was last seen at work; zero before it was.
    runner_seen_at: Arc<AtomicI64>,
    is_stopping: Arc<AtomicBool>,
}

/// Why a process should get no requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unready {
    /// It is going to end.
    #[error("the server is about to stop")]
    Stopping,
    /// The database does not answer.
    #[error("the database does not answer")]
    Database,
    /// Nobody runs jobs.
    #[error("the job runner shows no sign of life")]
    Jobs,
}

/// How long the database may take for a sign of life.
const PATIENCE: Duration = Duration::from_secs(2);

impl Health {
    /// From now on the process is not ready.
    pub fn begin_to_stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// The job runner shows that it is there.
    pub(crate) fn runner_is_alive(&self, now: Instant) {
        self.runner_seen_at.store(now.0, Ordering::Relaxed);
    }

    fn runner_was_seen(&self, now: Instant, within: Duration) -> bool {
        let seen = self.runner_seen_at.load(Ordering::Relaxed);
        let since = now.0.saturating_sub(seen);
        seen != 0 && since <= i64::try_from(within.as_micros()).unwrap_or(i64::MAX)
    }
}

/// Whether the database answers. Anybody may ask: the answer says nothing else.
pub async fn health(app: &App) -> Result<()> {
    Ok(app.db.read().await?.ping().await?)
}

/// Whether this process should get requests. Tables are up to date before it listens. Anybody may ask.
pub async fn readiness(now: Instant, app: &App) -> Result<(), Unready> {
    if app.health.is_stopping.load(Ordering::Relaxed) {
        return Err(Unready::Stopping);
    }
    match tokio::time::timeout(PATIENCE, health(app)).await {
        Ok(Ok(())) => {}
        Ok(Err(_)) | Err(_) => return Err(Unready::Database),
    }
    // It looks at the queue, or renews the lease of its job, several times in this; clearing up takes it longer.
    let within = app.config.lease * 2 + Duration::from_mins(1);
    if app.health.runner_was_seen(now, within) { Ok(()) } else { Err(Unready::Jobs) }
}
