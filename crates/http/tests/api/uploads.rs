//! An import through the API: files in, report out.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use headway_store::Engine;
use serde_json::{Value, json};

use crate::client::{Api, form};

const TICKETS: &str = "ticket,title,component,status,created\n\
                       =1+1,First,Kestrel,Done,2026-03-01\n\
                       B,Second,Kestrel,Open,@never\n\
                       C,Third,Osprey,Open,2026-03-03\n";
const CHANGES: &str = "ticket,changed at,field,from,to\n=1+1,2026-03-02,status,Open,Done\n";

async fn step(api: &Api, id: &str, step: &str) -> Value {
    let answer =
        api.ask(Method::POST, &format!("/api/v1/imports/{id}/steps"), &json!({ "step": step })).await;
    assert_eq!(answer.status, StatusCode::OK, "{step}: {}", answer.text());
    api.t.work().await;
    api.show(&format!("/api/v1/imports/{id}")).await
}

#[tokio::test]
async fn files_go_in_and_items_and_a_report_come_out() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let api = Api::on(engine).await;
        api.t.portfolio("Works").await;
        let files = [("tickets.csv", TICKETS), ("changes.csv", CHANGES), ("notes.bin", "\u{0}\u{1}")];
        let asked = api.send(form("/api/v1/imports?unit=works&tracker=Both", &files)).await;
        assert_eq!(asked.status, StatusCode::CREATED);
        let id = asked.json()["id"].as_str().unwrap().to_owned();
        api.t.work().await;
        let checked = api.show(&format!("/api/v1/imports/{id}")).await;
        assert_eq!((&checked["state"], &checked["tracker"]), (&json!("mapping"), &json!("Both")));
        let files: Vec<_> =
            checked["files"].as_array().unwrap().iter().map(|file| file["format"].clone()).collect();
        assert_eq!(files, [json!("item_table"), json!("change_table"), Value::Null]);
        assert!(checked["steps"].as_array().unwrap().contains(&json!("dry_run")));

        // The mapping as a text goes out and comes in.
        let address = format!("/api/v1/imports/{id}/mapping.toml");
        let text = api.get(&address).await;
        assert!(text.headers["content-disposition"].to_str().unwrap().contains("mapping.toml"));
        let ready = step(&api, &id, "dry_run").await;
        let done = step(&api, &id, "start").await;
        assert_eq!((&done["state"], &done["counts"]), (&json!("review"), &ready["forecast"]));
        assert_eq!((&done["counts"]["added"], &done["counts"]["failed"]), (&json!(2), &json!(1)));

        let report = api.get(&format!("/api/v1/imports/{id}/report.csv")).await;
        assert!(report.kind().starts_with("text/csv"));
        let report = report.text();
        assert!(report.starts_with("severity,code,file,line,item,text\r\n"));
        assert!(report.contains("\"tickets.csv\",3,\"B\""), "{report}");
        assert!(
            report.contains("\"'=1+1\"") && !report.contains("\"=1+1\""),
            "a formula is defused: {report}"
        );

        // Browsers ask for it compressed, which reads the end of a stream twice.
        let compressed =
            Request::get(format!("/api/v1/imports/{id}/report.csv")).header("accept-encoding", "gzip");
        let compressed = api.send(compressed.body(Body::empty()).unwrap()).await;
        assert_eq!(
            (compressed.status, &compressed.headers["content-encoding"]),
            (StatusCode::OK, &"gzip".parse().unwrap())
        );

        let items = api.show("/api/v1/units/works/items?sort=label").await;
        let labels: Vec<_> = items["items"].as_array().unwrap().iter().map(|item| &item["label"]).collect();
        assert_eq!(labels, [&json!("=1+1"), &json!("C")]);
        let back = step(&api, &id, "roll_back").await;
        assert_eq!(back["state"], "rolled_back");
        assert_eq!(api.show("/api/v1/start").await["has_items"], false);
    }
}

#[tokio::test]
async fn lists_go_on_where_the_cursor_says() {
    let api = Api::new().await;
    let there = api.loaded().await;
    for (path, field, key) in [
        ("units/works/items?limit=50&sort=created".to_owned(), "items", "id"),
        ("imports?limit=1".to_owned(), "imports", "id"),
        (format!("imports/{}/report?limit=2", there.mapped), "entries", ""),
    ] {
        let mut seen: Vec<Value> = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = api.show(&format!("/api/v1/{path}{cursor}")).await;
            seen.extend(
                page[field]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|it| if key.is_empty() { it.clone() } else { it[key].clone() }),
            );
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let mut distinct = seen.clone();
        distinct.sort_by_key(Value::to_string);
        distinct.dedup();
        assert_eq!(distinct.len(), seen.len(), "{path} shows something twice");
        assert!(seen.len() >= 3, "{path} shows only {seen:?}");
    }
    let all = api.show("/api/v1/units/works/items?limit=100").await;
    assert_eq!(all["count"], 133);
}

#[tokio::test]
async fn keys_that_are_not_plain_letters_work_in_addresses() {
    let api = Api::new().await;
    let made =
        api.ask(Method::POST, "/api/v1/units", &json!({ "name": "Zürich & Söhne", "kind": "team" })).await;
    assert_eq!(made.json()["key"], "zürich-söhne");
    for path in ["", "/overview", "/items", "/workflow"] {
        api.show(&format!("/api/v1/units/z%C3%BCrich-s%C3%B6hne{path}")).await;
    }
}
