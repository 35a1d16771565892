//! The document, the file it is kept in, and what stands beside it.

use std::{fs, path::Path};

use headway_app::{
    insight::{behaviour::BehaviourOf, figure::grain},
    live,
    work::{Order, Progress, import::Finding},
};
use headway_domain::{
    organisation::UnitKind,
    work::{Category, FinishPolicy, Severity, StartPolicy, WorkType},
};
use serde_json::Value;

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
fn the_page_of_who_may_do_what_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/permissions.md");
    let committed = fs::read_to_string(path).unwrap();
    assert!(
        committed == headway_http::permissions_page(),
        "docs/permissions.md is not what the code says; run: cargo xtask codegen"
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
            assert!(
                fails || path == "/health" || path == "/livez",
                "{method} {path} does not say how it fails"
            );
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

/// The words of a pattern such as `^(day|week)?$`.
fn words(schema: &Value) -> Vec<&str> {
    let pattern = schema["pattern"].as_str().unwrap_or_else(|| panic!("{schema} has no pattern"));
    let list = pattern.trim_start_matches("^(").trim_start_matches("-?(");
    list.split(')').next().unwrap_or_default().split('|').collect()
}

#[test]
fn the_words_of_the_document_are_those_that_are_understood() {
    let document = document();
    let field = |schema: &str, name: &str| {
        words(&document["components"]["schemas"][schema]["properties"][name]).join(" ")
    };
    let codes = |codes: &[&str]| codes.join(" ");
    let work_types = codes(&WorkType::ALL.map(WorkType::code));
    assert_eq!(field("KindRuleBody", "work_type"), work_types);
    assert_eq!(field("StageBody", "category"), codes(&Category::ALL.map(Category::code)));
    for schema in ["NewUnit", "UnitPatch"] {
        assert_eq!(field(schema, "kind"), codes(&UnitKind::ALL.map(UnitKind::code)));
    }
    assert!(field("WorkflowBody", "start").split(' ').all(|code| StartPolicy::from_code(code).is_some()));
    assert!(field("WorkflowBody", "finish").split(' ').all(|code| FinishPolicy::from_code(code).is_some()));

    let parameter = |path: &str, name: &str| {
        let parameters = document["paths"][path]["get"]["parameters"].as_array().unwrap();
        let found = parameters.iter().find(|it| it["name"] == name).unwrap();
        words(&found["schema"]).join(" ")
    };
    let items = "/api/v1/units/{unit}/items";
    assert_eq!(parameter(items, "work_type"), work_types);
    assert!(parameter(items, "progress").split(' ').all(|code| Progress::from_code(code).is_some()));
    assert!(parameter(items, "sort").split(' ').all(|code| Order::from_code(code).is_some()));
    assert_eq!(parameter("/api/v1/units/{unit}/overview", "work_type"), work_types);
    let measures = parameter("/api/v1/units/{unit}/behaviour", "measure");
    assert!(measures.split(' ').all(|code| BehaviourOf::from_code(code).is_some()));
    let buckets = parameter("/api/v1/units/{unit}/throughput", "bucket");
    assert!(buckets.split(' ').all(|code| grain(Some(code)).is_some()));
    let report = "/api/v1/imports/{import}/report";
    assert!(parameter(report, "severity").split(' ').all(|code| Severity::from_code(code).is_some()));
    assert!(parameter(report, "code").split(' ').all(|code| Finding::from_code(code).is_some()));
}
