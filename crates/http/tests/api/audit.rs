//! The audit log over HTTP.

use axum::http::{Method, StatusCode};
use futures::StreamExt;
use serde_json::json;

use crate::client::{Api, get};

#[tokio::test]
async fn a_download_ends_and_stays_ended() {
    let api = Api::new().await;
    // More than one page.
    for n in 0..230 {
        let group = json!({ "name": format!("Group {n}") });
        let made = api.ask(Method::POST, "/api/v1/groups", &group).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    }
    for (form, lines) in [("jsonl", 230), ("csv", 231)] {
        let path = format!("/api/v1/audit/export?format={form}&action=group.created");
        let answer = api.begin(get(&path)).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let mut stream = answer.into_body().into_data_stream();
        let mut text = Vec::new();
        while let Some(piece) = stream.next().await {
            text.extend_from_slice(&piece.unwrap());
        }
        assert_eq!(String::from_utf8(text).unwrap().lines().count(), lines);
        // What packs an answer asks once more; that must not be a fault.
        assert!(stream.next().await.is_none());
    }
}

#[tokio::test]
async fn cells_that_a_spreadsheet_would_run_are_defused() {
    let api = Api::new().await;
    let created = json!({ "name": "=cmd()", "kind": "portfolio" });
    assert_eq!(api.ask(Method::POST, "/api/v1/units", &created).await.status, StatusCode::CREATED);
    let text = api.get("/api/v1/audit/export?format=csv&action=unit.").await.text();
    assert!(text.contains("=cmd()"), "{text}");
    for cell in text.lines().flat_map(|line| line.split(',')) {
        let cell = cell.trim_start_matches('"');
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
    }
}
