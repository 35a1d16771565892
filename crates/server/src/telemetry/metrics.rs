//! Metrics in the form of Prometheus: what they are called, and where they are served.
//!
//! They are counted where things happen (`headway_http::observe`, `headway_app::telemetry`, the store's connections);
//! here each gets its description, and the process speaks of itself.

use std::sync::Arc;

use anyhow::Result;
use axum::{
    Router,
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use headway_app::{Actor, App, OpContext, Permission, telemetry as app};
use headway_http::{ApiState, Ctx, observe as http};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::{config::Secret, edge::context};

/// Connections that are open.
pub const CONNECTIONS: &str = "headway_http_connections";
const BUILD: &str = "headway_build_info";
const MEMORY: &str = "process_resident_memory_bytes";
const FILES: &str = "process_open_fds";

/// What a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// Every metric, what it is, and what it means.
const METRICS: [(&str, Kind, &str); 16] = [
    (http::REQUESTS, Kind::Counter, "Requests by method, route and class of status"),
    (http::DURATION, Kind::Histogram, "How long answers took until their head, by method and route"),
    (http::STREAMS, Kind::Gauge, "Event streams that are open"),
    (CONNECTIONS, Kind::Gauge, "Connections of clients and proxies that are open"),
    (app::JOBS, Kind::Gauge, "Jobs by kind and state, in the whole installation"),
    (app::JOBS_OLDEST, Kind::Gauge, "For how long the oldest job that is due has waited, by kind"),
    (app::JOB_ATTEMPTS, Kind::Counter, "Attempts at jobs by this process, by kind and outcome"),
    (app::JOB_DURATION, Kind::Histogram, "How long attempts at jobs took, by kind"),
    (app::IMPORT_ITEMS, Kind::Counter, "Items that imports have stored"),
    (app::CONNECTIONS, Kind::Gauge, "Connections to the database by pool and state"),
    (app::DATABASE_WAIT, Kind::Histogram, "How long somebody waited for a connection to the database"),
    (app::FACTS_TEAMS, Kind::Gauge, "Teams whose histories are kept in memory"),
    (app::FACTS_ITEMS, Kind::Gauge, "Items of the teams whose histories are kept in memory"),
    (BUILD, Kind::Gauge, "Always 1; the version and the database stand in its labels"),
    (MEMORY, Kind::Gauge, "Memory of the process that is in use"),
    (FILES, Kind::Gauge, "Files and connections that the process has open"),
];

/// Bounds of lengths of time, in seconds: from what a cache answers to what a person gives up on.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Jobs take longer.
const JOB_SECONDS: [f64; 9] = [0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0];

/// What counts. There is one in a process.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
    app: App,
}

impl Metrics {
    /// Begins to count.
    pub fn start(app: App) -> Result<Metrics> {
        let handle = PrometheusBuilder::new()
            .set_buckets(&SECONDS)?
            .set_buckets_for_metric(Matcher::Full(app::JOB_DURATION.to_owned()), &JOB_SECONDS)?
            .install_recorder()?;
        for (name, kind, meaning) in METRICS {
            match kind {
                Kind::Counter => metrics::describe_counter!(name, meaning),
                Kind::Gauge => metrics::describe_gauge!(name, meaning),
                Kind::Histogram => metrics::describe_histogram!(name, meaning),
            }
        }
        let database = headway_app::platform::engine(&app);
        metrics::gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION"), "database" => database).set(1);
        metrics::gauge!(http::STREAMS).set(0);
        metrics::counter!(app::IMPORT_ITEMS).absolute(0);
        Ok(Metrics { handle, app })
    }

    /// An address that answers whoever reaches it.
    pub fn open_router(&self) -> Router {
        Router::new().route("/metrics", get(for_everybody)).with_state(self.clone())
    }

    /// An address that answers who has the token, or who may administer.
    pub fn guarded_router(&self, token: Option<Secret>, state: ApiState) -> Router {
        let door = Door { metrics: self.clone(), token, state };
        Router::new().route("/metrics", get(for_some)).with_state(Arc::new(door))
    }

    async fn text(&self) -> Response {
        // While the database is away, the other figures are needed most.
        if let Err(error) = app::read_gauges(&context(Actor::System), &self.app).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "failed to read figures for metrics");
        }
        read_process();
        self.handle.run_upkeep();
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], self.handle.render())
            .into_response()
    }
}

async fn for_everybody(State(it): State<Metrics>) -> Response {
    it.text().await
}

/// Metrics at the address that everybody reaches.
struct Door {
    metrics: Metrics,
    token: Option<Secret>,
    state: ApiState,
}

async fn for_some(State(door): State<Arc<Door>>, request: Request) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
    let given = given.and_then(|value| value.strip_prefix(b"Bearer "));
    if given.zip(door.token.as_ref()).is_some_and(|(given, token)| is_same(given, token.expose().as_bytes()))
    {
        return door.metrics.text().await;
    }
    let (mut parts, _) = request.into_parts();
    match Ctx::from_request_parts(&mut parts, &door.state).await {
        Ok(Ctx(ctx)) if ctx.authorise(Permission::Administer).is_ok() => door.metrics.text().await,
        Ok(Ctx(OpContext { actor: Actor::Nobody, .. })) => {
            (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response()
        }
        Ok(_) => StatusCode::FORBIDDEN.into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// Compares without telling by its duration how much was right.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// What the system says of this process; on systems that say it elsewhere, nothing.
fn read_process() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
    if let Some(kilobytes) = resident.and_then(|number| number.parse::<f64>().ok()) {
        metrics::gauge!(MEMORY).set(kilobytes * 1024.0);
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        metrics::gauge!(FILES).set(files.count() as f64);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_guide_explains_every_metric() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/monitoring.md");
        let page = std::fs::read_to_string(page).unwrap();
        let rows: Vec<&str> =
            page.lines().filter(|line| line.starts_with("| `") && !line.starts_with("| `/")).collect();
        for (name, kind, _) in METRICS {
            let row = format!("| `{name}` | {} |", format!("{kind:?}").to_lowercase());
            assert!(rows.iter().any(|it| it.starts_with(&row)), "docs/guide/monitoring.md has no row {row}");
        }
        assert_eq!(rows.len(), METRICS.len(), "docs/guide/monitoring.md has rows for what is no metric");
    }

    #[test]
    fn tokens_are_compared_whole() {
        assert!(is_same(b"abc", b"abc"));
        assert!(!is_same(b"abc", b"abd") && !is_same(b"ab", b"abc") && !is_same(b"", b"a"));
    }
}
