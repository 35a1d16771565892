//! What is wrong with a request is said as a problem with a stable code.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use headway_store::Engine;
use serde_json::json;

use crate::client::{Api, form};

#[tokio::test]
async fn bad_requests_are_problems() {
    let api = Api::new().await;
    let there = api.loaded().await;
    let broken = |method: Method, path: &str, kind: &str, body: &str| {
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, kind);
        request.body(Body::from(body.to_owned())).unwrap()
    };
    let units = "/api/v1/units";
    let cases = [
        (400, "unreadable_request", broken(Method::POST, units, "application/json", "{\"name\": ")),
        (422, "invalid", broken(Method::POST, units, "application/json", "{\"name\": 5}")),
        (415, "unreadable_request", broken(Method::POST, units, "text/plain", "{}")),
        (
            422,
            "invalid",
            broken(Method::POST, units, "application/json", r#"{"name": "x", "kind": "squad"}"#),
        ),
        (
            422,
            "invalid",
            broken(
                Method::POST,
                units,
                "application/json",
                r#"{"name": "x", "kind": "team", "parent_id": "up"}"#,
            ),
        ),
        (
            413,
            "too_large",
            broken(Method::POST, units, "application/json", &format!("\"{}\"", "x".repeat(5 << 20))),
        ),
        (
            400,
            "unreadable_request",
            broken(Method::POST, "/api/v1/imports?unit=works", "text/plain", "id,created"),
        ),
        (422, "invalid", form("/api/v1/imports?unit=works", &[])),
        (404, "not_found", form("/api/v1/imports?unit=nowhere", &[("a.csv", "id,created\n")])),
        (400, "unreadable_request", form("/api/v1/imports", &[("a.csv", "id,created\n")])),
        (403, "cross_site", {
            let request = Request::post("/api/v1/sample").header("sec-fetch-site", "cross-site");
            request.body(Body::empty()).unwrap()
        }),
        (413, "too_large", {
            let path = format!("/api/v1/imports/{}/mapping.toml", there.mapped);
            broken(Method::PUT, &path, "application/toml", &"#".repeat(5 << 20))
        }),
        (422, "invalid", {
            let path = format!("/api/v1/imports/{}/mapping.toml", there.mapped);
            broken(Method::PUT, &path, "application/toml", "[[stage]]\nname = 3")
        }),
    ];
    for (status, code, request) in cases {
        let shown = format!("{} {}", request.method(), request.uri());
        assert_eq!(api.send(request).await.problem(status), code, "{shown}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let api = Api::new().await;
    api.loaded().await;
    let nothing = "00000000-0000-0000-0000-00000000ffff";
    for path in [
        "units/nowhere".to_owned(),
        "units/nowhere/overview".to_owned(),
        "units/a%00b".to_owned(),
        "units/%ff".to_owned(),
        "items/17".to_owned(),
        format!("items/{nothing}"),
        "imports/17".to_owned(),
        format!("imports/{nothing}"),
        format!("imports/{nothing}/mapping"),
        format!("imports/{nothing}/report"),
        format!("imports/{nothing}/report.csv"),
        format!("imports/{nothing}/quality"),
        "units/kestrel/iterations/1/burn-down".to_owned(),
        format!("units/kestrel/iterations/{nothing}/burn-down"),
        "units/kestrel/measures/luck".to_owned(),
        "measures/luck".to_owned(),
    ] {
        assert_eq!(api.get(&format!("/api/v1/{path}")).await.problem(404), "not_found", "{path}");
    }
    assert_eq!(api.get("/api/v1/nonsense").await.problem(404), "no_such_address");
    assert_eq!(api.ask(Method::POST, "/api/v2/units", &json!({})).await.problem(404), "no_such_address");
    assert_eq!(api.ask(Method::DELETE, "/api/v1/units", &json!({})).await.problem(405), "no_such_method");
    assert_eq!(api.ask(Method::PUT, "/api/v1/start", &json!({})).await.problem(405), "no_such_method");
}

#[tokio::test]
async fn bad_queries_are_problems() {
    let api = Api::new().await;
    let there = api.loaded().await;
    for path in [
        "units/kestrel/overview?from=yesterday".to_owned(),
        "units/kestrel/overview?from=2026-05-02&to=2026-05-01".to_owned(),
        "units/kestrel/overview?from=1990-01-01&to=2026-05-01".to_owned(),
        "units/kestrel/overview?work_type=fun".to_owned(),
        "units/kestrel/throughput?bucket=year".to_owned(),
        "units/kestrel/behaviour?measure=luck".to_owned(),
        "units/kestrel/signals?level=red".to_owned(),
        "units/kestrel/changes?since=monday".to_owned(),
        "units/kestrel/items?sort=luck".to_owned(),
        "units/kestrel/items?progress=luck".to_owned(),
        "units/kestrel/items?cursor=luck".to_owned(),
        "units/kestrel/items?limit=0".to_owned(),
        "units/kestrel/items?limit=101".to_owned(),
        "search?q=x&limit=4294967295".to_owned(),
        "imports?cursor=luck".to_owned(),
        format!("imports/{}/report?severity=luck", there.stored),
        format!("imports/{}/report?code=luck", there.stored),
        format!("imports/{}/report?cursor=luck", there.stored),
    ] {
        assert_eq!(api.get(&format!("/api/v1/{path}")).await.problem(422), "invalid", "{path}");
    }
    for path in
        ["units/kestrel/changes", "search", "units/kestrel/items?limit=many", "units/kestrel/items?limit=-1"]
    {
        assert_eq!(api.get(&format!("/api/v1/{path}")).await.problem(400), "unreadable_request", "{path}");
    }
}

#[tokio::test]
async fn senseless_forecasts_are_problems() {
    let api = Api::new().await;
    let there = api.loaded().await;
    for body in [
        json!({}),
        json!({ "count": 0 }),
        json!({ "count": 100_001 }),
        json!({ "count": 3, "until": "2026-08-01" }),
        json!({ "count": 3, "items": [there.item] }),
        json!({ "until": "2020-01-01" }),
        json!({ "until": "9999-12-31" }),
        json!({ "until": "soon" }),
        json!({ "items": ["17"] }),
        json!({ "items": ["00000000-0000-0000-0000-00000000ffff"] }),
        json!({ "matching": "nothing like that" }),
        json!({ "count": 3, "target": "soon" }),
        json!({ "count": 3, "split_low": 0.0 }),
        json!({ "count": 3, "split_low": 2.0, "split_high": 1.0 }),
        json!({ "count": 3, "split_high": 1e300 }),
    ] {
        let answer = api.ask(Method::POST, "/api/v1/units/works/forecast", &body).await;
        assert_eq!(answer.problem(422), "invalid", "{body}");
    }
    for body in [
        json!({ "items": [there.item], "seed": u32::MAX }),
        json!({ "matching": "launch" }),
        json!({ "count": 100_000, "target": "9999-12-31" }),
        json!({ "count": 1, "target": "0001-01-01", "split_low": 10.0, "split_high": 10.0 }),
    ] {
        let answer = api.ask(Method::POST, "/api/v1/units/works/forecast", &body).await;
        assert!(answer.status.is_success(), "{body} gives {}", answer.text());
    }
}

#[tokio::test]
async fn conflicts_are_told_apart_from_mistakes() {
    let api = Api::new().await;
    let there = api.loaded().await;
    let step = format!("/api/v1/imports/{}/steps", there.mapped);
    assert_eq!(api.ask(Method::POST, &step, &json!({ "step": "approve" })).await.problem(409), "conflict");
    assert_eq!(api.ask(Method::POST, &step, &json!({ "step": "fly" })).await.problem(422), "invalid");
    let delete = api.ask(Method::DELETE, "/api/v1/units/kestrel", &json!({})).await;
    assert_eq!(delete.problem(409), "conflict");
    assert_eq!(api.ask(Method::POST, "/api/v1/sample", &json!({})).await.problem(409), "conflict");
    let remap = format!("/api/v1/imports/{}/mapping", there.stored);
    let body = api.show(&remap).await["mapping"].clone();
    assert_eq!(api.ask(Method::PUT, &remap, &body).await.problem(409), "conflict");
}

#[tokio::test]
async fn texts_with_a_zero_are_no_fault_of_the_database() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let api = Api::on(engine).await;
        let there = api.loaded().await;
        api.get("/api/v1/units/a%00b").await.problem(404);
        api.get("/api/v1/units/a%00b/workflow").await.problem(404);
        for path in [
            "search?q=a%00b".to_owned(),
            "units/kestrel/items?q=%00&label=%00&stage=%00".to_owned(),
            "units/kestrel/burn-up?matching=%00".to_owned(),
        ] {
            api.show(&format!("/api/v1/{path}")).await;
        }
        let new = json!({ "name": "a\0b", "kind": "team" });
        api.ask(Method::POST, "/api/v1/units", &new).await.problem(422);
        let files = [("a\u{0}b.csv", "id,created\n1,2026-01-01\nx,y\n")];
        let answer = api.send(form("/api/v1/imports?unit=works&tracker=t%00t", &files)).await;
        assert!(!answer.status.is_server_error(), "{}", answer.text());
        // Words of a mapping may be anything.
        let mapping = format!("/api/v1/imports/{}/mapping", there.mapped);
        let mut body = api.show(&mapping).await["mapping"].clone();
        body["cancelled_resolutions"] = json!(["a\0b"]);
        body["groups"][0]["new_team"] = json!("te\0am");
        assert!(api.ask(Method::PUT, &mapping, &body).await.status.is_success());
        let step = format!("/api/v1/imports/{}/steps", there.mapped);
        for name in ["dry_run", "start"] {
            let answer = api.ask(Method::POST, &step, &json!({ "step": name })).await;
            assert!(answer.status.is_success(), "{}", answer.text());
            api.t.work().await;
        }
        let import = api.show(&format!("/api/v1/imports/{}", there.mapped)).await;
        assert_eq!(import["state"], "review", "{import}");
    }
}
