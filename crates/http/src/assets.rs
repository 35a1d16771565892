//! The web client inside the binary. In debug builds it is read from disk, so that a rebuilt client is there at once.

use axum::{
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::{problem::Problem, protect::page_policy};

#[derive(RustEmbed)]
#[folder = "../../web/build/"]
#[allow_missing = true]
struct Client;

/// A file of the built client, such as the script that draws charts; `None` when the client was not built with it.
pub fn client_file(path: &str) -> Option<std::borrow::Cow<'static, [u8]>> {
    Client::get(path).map(|file| file.data)
}

const PAGE: &str = "200.html";

/// A file of the client, or its page for every address that the client itself understands.
pub async fn serve_client(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") {
        return Problem::no_such_address().into_response();
    }
    if path != PAGE
        && let Some(file) = Client::get(path)
    {
        return respond(path, file);
    }
    // A file that is not there is not a page.
    if path.starts_with("_app/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    match Client::get(PAGE) {
        Some(page) => {
            let policy = page_policy(uri.path(), &page.data);
            ([(header::CONTENT_SECURITY_POLICY, policy)], respond(PAGE, page)).into_response()
        }
        None => {
            let text = "The web client is not built into this program. Build it with: cargo xtask web";
            (StatusCode::NOT_FOUND, text).into_response()
        }
    }
}

fn respond(path: &str, file: EmbeddedFile) -> Response {
    // Names under `immutable` change with their content.
    let cache = if path.contains("/immutable/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kind = file.metadata.mimetype().to_owned();
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache.to_owned())], file.data).into_response()
}
