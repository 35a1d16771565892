//! What the server tells those who run it: log, traces, metrics, and its state to the supervisor.

pub mod metrics;
pub mod supervisor;
pub mod traces;

use anyhow::{Context, Result};
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Log, LogFormat, Otlp};

pub use traces::Traces;

/// Starts the log, and traces where they are wanted. What comes back sends the last spans when it is ended.
pub fn start(log: &Log, otlp: Option<&Otlp>) -> Result<Option<Traces>> {
    let filter =
        EnvFilter::try_new(&log.filter).with_context(|| format!("failed to read log = {:?}", log.filter))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
        LogFormat::Text => lines.boxed(),
    };
    let (traces, spans) = otlp.map(Traces::start).transpose()?.unzip();
    tracing_subscriber::registry().with(spans).with(lines.with_filter(filter)).init();
    Ok(traces)
}
