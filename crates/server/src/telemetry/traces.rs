//! Traces: spans of requests, use cases, jobs and the database, sent by OTLP over HTTP.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use axum::{extract::Request, middleware::Next, response::Response};
use opentelemetry::{
    context::FutureExt,
    propagation::TextMapPropagator,
    trace::{TraceContextExt, TracerProvider},
};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};
use tracing::Subscriber;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use crate::config::{Otlp, Secret};

/// Traces on their way to a collector.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Starts to send traces; the layer makes them of spans.
    pub fn start<S>(told: &Otlp) -> Result<(Traces, impl Layer<S> + use<S>)>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        // The collector may be asked by HTTPS. Where something else has chosen already, that will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(format!("{}/v1/traces", told.endpoint.trim_end_matches('/')))
            .with_headers(headers(told)?)
            .build()
            .context("failed to set up traces")?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            // Who calls decides; for everybody else it is left to chance.
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(told.sample_ratio))))
            .with_resource(Resource::builder().with_service_name("headway").build())
            .build();
        let layer = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("headway"))
            .with_location(false)
            .with_threads(false)
            .with_filter(filter_fn(|it| it.is_span() && it.target().starts_with("headway")));
        Ok((Traces(provider), layer))
    }

    /// Sends what is still there.
    pub fn end(self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "failed to send the last traces");
        }
    }
}

/// `name=value`, separated by commas, as other programs take them.
fn headers(told: &Otlp) -> Result<HashMap<String, String>> {
    let text = told.headers.as_ref().map(Secret::expose).unwrap_or_default();
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
            None => bail!("otlp.headers is wrong: expected name=value, separated by commas"),
        })
        .collect()
}

/// Takes up the trace that a caller names in `traceparent`.
pub async fn take_up(request: Request, next: Next) -> Response {
    let caller = TraceContextPropagator::new().extract(&HeaderExtractor(request.headers()));
    if caller.span().span_context().is_valid() {
        next.run(request).with_context(caller).await
    } else {
        next.run(request).await
    }
}
