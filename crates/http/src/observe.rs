//! What is seen of each request: one line of the log, one span, and its place in the metrics.
//!
//! **Invariant:** the route stands in all of them, never the path or the query as they came, and nothing that a person
//! typed: those may hold names, addresses and tokens.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode},
    middleware::Next,
    response::Response,
};
use headway_app::IdSource;
use tracing::{Instrument, Span, field::Empty};

/// The header with the name of a request, on its way in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Requests by method, route and class of status.
pub const REQUESTS: &str = "headway_http_requests_total";
/// How long answers took, by method and route.
pub const DURATION: &str = "headway_http_request_duration_seconds";
/// Event streams that are open.
pub const STREAMS: &str = "headway_http_event_streams";

/// Everything that is no operation: pages and files of the web client.
const CLIENT: &str = "client";

/// Watches over one request.
pub async fn observe(State(ids): State<Arc<dyn IdSource>>, mut request: Request, next: Next) -> Response {
    // A stopwatch is no clock: it says how long something took, never when it was.
    let began = Instant::now();
    let id = request_id(request.headers(), ids.as_ref());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or(CLIENT, MatchedPath::as_str);
    let method = method_name(request.method());
    let span = tracing::info_span!(
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        request_id = id.to_str().unwrap_or_default(),
    );
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let mut response = next.run(request).instrument(span.clone()).await;
    note(&span, method, route, response.status(), began);
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

fn note(span: &Span, method: &'static str, route: &str, status: StatusCode, began: Instant) {
    let took = began.elapsed();
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    let (millis, status_code) = (took.as_secs_f64() * 1000.0, status.as_u16());
    let _entered = span.enter();
    if status.is_client_error() || status.is_server_error() {
        tracing::info!(method, route, status = status_code, millis, "request refused or failed");
    } else {
        tracing::debug!(method, route, status = status_code, millis, "request");
    }
    let route = route.to_owned();
    metrics::histogram!(DURATION, "method" => method, "route" => route.clone()).record(took.as_secs_f64());
    metrics::counter!(REQUESTS, "method" => method, "route" => route, "status" => class(status)).increment(1);
}

/// The caller's name for the request, if it is one that can stand in a log; otherwise a new one.
fn request_id(headers: &HeaderMap, ids: &dyn IdSource) -> HeaderValue {
    const LONGEST: usize = 64;
    let is_plain = |text: &[u8]| {
        (1..=LONGEST).contains(&text.len())
            && text.iter().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(it))
    };
    match headers.get(&REQUEST_ID) {
        Some(id) if is_plain(id.as_bytes()) => id.clone(),
        _ => HeaderValue::from_str(&ids.next().to_string()).unwrap_or(HeaderValue::from_static("none")),
    }
}

/// Methods that anybody may invent would make metrics grow without end.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

/// An event stream that is open, for as long as this is kept.
pub struct OpenStream(());

impl OpenStream {
    /// Counts one more.
    pub fn begin() -> Self {
        metrics::gauge!(STREAMS).increment(1);
        OpenStream(())
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        metrics::gauge!(STREAMS).decrement(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Seven;

    impl IdSource for Seven {
        fn next(&self) -> uuid::Uuid {
            uuid::Uuid::from_u128(7)
        }

        fn secret(&self) -> [u8; 32] {
            [7; 32]
        }
    }

    #[test]
    fn only_plain_names_of_requests_are_taken_over() {
        let id = |given: &'static str| {
            let headers = HeaderMap::from_iter([(REQUEST_ID, HeaderValue::from_static(given))]);
            request_id(&headers, &Seven).to_str().unwrap().to_owned()
        };
        let own = "00000000-0000-0000-0000-000000000007";
        assert_eq!(id("abc-123_x.y"), "abc-123_x.y");
        assert_eq!(id("kim@example.org"), own);
        assert_eq!(id("a b"), own);
        assert_eq!(id(""), own);
        let long = "x".repeat(65);
        let headers = HeaderMap::from_iter([(REQUEST_ID, long.parse().unwrap())]);
        assert_eq!(request_id(&headers, &Seven), own);
        assert_eq!(request_id(&HeaderMap::new(), &Seven), own);
    }

    #[test]
    fn labels_are_few() {
        assert_eq!(method_name(&"BREW".parse().unwrap()), "OTHER");
        assert_eq!(class(StatusCode::IM_A_TEAPOT), "4xx");
    }
}
