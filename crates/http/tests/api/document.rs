//! The document, the file it is kept in, and what stands beside it.

use std::{fs, path::Path};

use headway_app::live;

use crate::{client::Api, operations::document};

#[test]
fn the_committed_document_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let committed = fs::read_to_string(path).unwrap();
    assert!(
        committed == headway_http::openapi_json().unwrap(),
        "crates/http/openapi.json is not what the code says; run: cargo xtask codegen"
    );
}

#[test]
fn every_operation_says_what_it_does_and_how_it_fails() {
    let document = document();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let text = ["summary", "description"]
                .map(|field| operation[field].as_str().unwrap_or_default())
                .concat();
            assert!(!text.is_empty(), "{method} {path} has no words");
            let fails =
                operation["responses"]["default"]["content"].get("application/problem+json").is_some();
            assert!(fails || path == "/health", "{method} {path} does not say how it fails");
        }
    }
}

#[test]
fn every_kind_of_event_has_a_handler_in_the_web_client() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/src/lib/live");
    let mut client = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.to_string_lossy().contains(".test.") {
            client.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    let missing: Vec<_> = live::KINDS.iter().filter(|kind| !client.contains(&format!("'{kind}'"))).collect();
    assert!(missing.is_empty(), "web/src/lib/live handles no events of the kinds {missing:?}");
}

#[tokio::test]
async fn the_document_and_its_page_are_served() {
    let api = Api::new().await;
    assert_eq!(api.show("/api/v1/openapi.json").await, document());
    let page = api.get("/api/docs").await;
    assert!(page.status.is_redirection(), "the page is part of the web client");
    assert_eq!(page.headers["location"], "/api-docs");
}

#[tokio::test]
async fn a_healthy_server_says_so() {
    let api = Api::new().await;
    assert_eq!(api.show("/health").await["status"], "ok");
    api.t.app.db.close().await;
    let answer = api.get("/health").await;
    assert!(answer.status.is_server_error(), "without a database it does not: {}", answer.status);
    answer.problem(answer.status.as_u16());
}
