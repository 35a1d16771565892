//! What systemd is told: that the server is ready, that it lives, that it is about to stop. Elsewhere nobody listens.

use std::time::Duration;

use headway_app::{
    App, Clock,
    platform::{Unready, readiness},
};
use sd_notify::NotifyState;

use crate::edge::SystemClock;

/// Says that requests are taken from now on, and tells the supervisor for ever that the process lives, if it wants to
/// hear so.
pub async fn keep_informed(app: App) {
    tell(&[NotifyState::Ready]);
    let Some(within) = watchdog() else { return };
    loop {
        // A database that is away is no reason to start this process anew; a job runner that hangs is.
        if readiness(SystemClock.now(), &app).await != Err(Unready::Jobs) {
            tell(&[NotifyState::Watchdog]);
        }
        tokio::time::sleep(within / 3).await;
    }
}

/// Says that the server is about to stop.
pub fn say_stopping() {
    tell(&[NotifyState::Stopping]);
}

fn watchdog() -> Option<Duration> {
    let mut micros = 0;
    sd_notify::watchdog_enabled(false, &mut micros).then_some(Duration::from_micros(micros))
}

fn tell(state: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(false, state) {
        tracing::warn!(%error, "failed to tell the supervisor");
    }
}
