//! What every answer forbids a browser, and how long a caller may take.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use tower_http::timeout::TimeoutBody;

use crate::{problem::Problem, site::Site};

/// The longest path and query; what a browser can be brought to send is far below.
const LONGEST_ADDRESS: usize = 8 << 10;

/// The address of the page whose element brings its own styles, in elements and in attributes.
const API_PAGE: &str = "/api-docs";

/// Style attributes that stand in the templates of libraries, word for word: of the element that tells screen readers
/// which page is open, and of lists in the palette. No other attribute counts.
const STYLES: [&str; 2] = [
    "position: absolute; left: 0; top: 0; clip: rect(0 0 0 0); clip-path: inset(50%); overflow: hidden; \
     white-space: nowrap; width: 1px; height: 1px",
    "display: contents;",
];

/// Whatever is no page loads nothing and is shown nowhere.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// For all answers alike.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Two years, as browsers' lists of such sites ask for.
const ONLY_HTTPS: &str = "max-age=63072000; includeSubDomains";

/// Adds what browsers have to be told, and refuses what is too long.
pub async fn protect(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let address = request.uri().path_and_query().map_or(0, |it| it.as_str().len());
    let is_api = request.uri().path().starts_with("/api/");
    let patience = site.limits.body_time;
    let mut response = if address > LONGEST_ADDRESS {
        Problem::address_too_long().into_response()
    } else {
        // A body that stops coming would otherwise hold its connection for ever.
        next.run(request.map(|body| Body::new(TimeoutBody::new(patience, body)))).await
    };
    let headers = response.headers_mut();
    let mut set = |name: &HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    for (name, value) in &ALWAYS {
        set(name, value);
    }
    set(&header::CONTENT_SECURITY_POLICY, NO_PAGE);
    // What one person may see must not lie about in a browser or a proxy for the next one.
    if is_api {
        set(&header::CACHE_CONTROL, "no-store");
    }
    if site.is_secure() {
        set(&header::STRICT_TRANSPORT_SECURITY, ONLY_HTTPS);
    }
    response
}

/// Refuses a body that is announced as too large before it is read, and ends what takes too long. Uploads and event
/// streams do not come by here, or answer at once.
pub async fn keep_to_limits(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if announced.and_then(|length| length.parse().ok()).is_some_and(|length: usize| length > site.limits.body)
    {
        return Problem::rejected(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than this server takes")
            .into_response();
    }
    match tokio::time::timeout(site.limits.request_time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::took_too_long().into_response(),
    }
}

/// The policy of the client's page: everything from here, and the scripts that stand in the page itself, by their
/// hashes. The page of the API is drawn by an element with styles of its own; it alone may have those.
pub fn page_policy(path: &str, page: &[u8]) -> HeaderValue {
    let page = String::from_utf8_lossy(page);
    let scripts = hashes(&inline_scripts(&page));
    let styles = if path.trim_end_matches('/') == API_PAGE {
        " 'unsafe-inline'".to_owned()
    } else {
        format!("; style-src-attr 'unsafe-hashes'{}", hashes(&STYLES))
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'{scripts}; style-src 'self'{styles}; img-src 'self' data: blob:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; object-src 'none'; \
         frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
    );
    // Hashes and words are plain letters.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(NO_PAGE))
}

/// What may stand in a page, word for word.
fn hashes(texts: &[&str]) -> String {
    let hashes = texts.iter().map(|text| BASE64_STANDARD.encode(Sha256::digest(text)));
    hashes.fold(String::new(), |all, hash| all + " 'sha256-" + &hash + "'")
}

/// The scripts that stand in a page, without those that it only names.
fn inline_scripts(page: &str) -> Vec<&str> {
    let parts = page.split("<script").skip(1);
    let scripts = parts.filter_map(|part| {
        let (attributes, rest) = part.split_once('>')?;
        (!attributes.contains("src=")).then(|| rest.split_once("</script>").map(|(script, _)| script))?
    });
    scripts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_run_its_own_scripts_only() {
        let page = "<script>alert(1)</script><script type=\"module\" src=\"/a.js\"></script>";
        assert_eq!(inline_scripts(page), ["alert(1)"]);
        let policy = page_policy("/u/kestrel", page.as_bytes());
        let policy = policy.to_str().unwrap();
        // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
        assert!(
            policy.contains("script-src 'self' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=';"),
            "{policy}"
        );
        assert!(!policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert!(policy.contains("; style-src-attr 'unsafe-hashes' 'sha256-"), "{policy}");
    }

    #[test]
    fn only_the_page_of_the_api_may_have_styles_of_its_own() {
        let is_lax = |path: &str| page_policy(path, b"").to_str().unwrap().contains("'unsafe-inline'");
        assert!(is_lax("/api-docs") && is_lax("/api-docs/"));
        assert!(!is_lax("/") && !is_lax("/api-docs/more") && !is_lax("/settings"));
    }
}
