//! Whatever is asked of whatever there is: no answer is a fault of the server.

use axum::http::{Method, StatusCode};
use headway_domain::work::ImportState;
use serde_json::json;

use crate::client::Api;

const PAGES: [&str; 21] = [
    "overview",
    "throughput",
    "cycle-time",
    "aging",
    "cumulative-flow",
    "wip",
    "efficiency",
    "blockers",
    "distribution",
    "behaviour",
    "time-to-market",
    "delivery",
    "iterations",
    "burn-up",
    "signals",
    "heat-map",
    "calibration",
    "measures/throughput",
    "measures/cycle_time",
    "measures/work_item_age",
    "items",
];

const QUERIES: [&str; 14] = [
    "",
    "from=2026-06-01&to=2026-06-01",
    "from=-9999-01-01",
    "from=-009999-01-01&to=-009999-01-02",
    "from=9999-12-01&to=9999-12-31",
    "to=9999-12-31",
    "from=0001-01-01&to=0001-12-31",
    "from=2026-02-30",
    "from=&to=&work_type=&bucket=&measure=&q=&cursor=&sort=",
    "bucket=day&measure=wip&work_type=risk",
    "bucket=month&measure=cycle_time&from=2017-01-01",
    "limit=4294967295&cursor=18446744073709551615&sort=-cycle_time&progress=blocked",
    "limit=99999999999999999999",
    "q=%F0%9F%98%80&label=%25&stage=%27&matching=%5C",
];

/// Teams in every state of disrepair, below one portfolio.
async fn disrepair(api: &Api) {
    api.t.portfolio("Hollow").await;
    let works = api.t.portfolio("Works").await;
    api.t.team(&works, "Empty").await;
    let bare = api.t.team(&works, "Bare").await;
    let table = "id,created\n1,2026-05-01\n2,2026-05-02\n";
    let asked = api.t.upload(&bare, "Bare", &[("bare.csv", table)]).await.unwrap().import.id;
    api.t.work().await;
    for step in [headway_domain::work::Step::DryRun, headway_domain::work::Step::Start] {
        api.t.step(asked, step).await.unwrap();
    }
    // Dates that nobody meant: years with a digit too few or too many, ends before beginnings.
    let tickets = "ticket,title,component,status,created,closed\n\
                   A,Early,Odd,Done,0203-01-01,0203-01-05\n\
                   B,Late,Odd,Open,9999-12-31,\n\
                   C,Backwards,Odd,Done,2026-05-09,2026-05-01\n\
                   D,Usual,Odd,Done,2026-05-01,2026-05-09\n\
                   E,Future,Odd,Done,2030-01-01,9998-01-01\n";
    let changes = "ticket,changed at,field,from,to\n\
                   A,0203-01-02,status,Open,Doing\nA,0203-01-05,status,Doing,Done\n\
                   B,9999-12-31,status,Open,Doing\n\
                   D,2026-05-02,status,Open,Doing\nD,2026-05-02,status,Doing,Open\nD,2026-05-09,status,Open,Done\n\
                   E,9997-01-01,status,Open,Doing\nE,9998-01-01,status,Doing,Done\n";
    let files = [("tickets.csv", tickets), ("changes.csv", changes)];
    api.t.import_files(&works, &files, ImportState::Review).await;
}

#[tokio::test]
async fn no_question_is_a_fault_of_the_server() {
    let api = Api::new().await;
    disrepair(&api).await;
    for unit in ["hollow", "works", "empty", "bare", "odd"] {
        for page in PAGES {
            for query in QUERIES {
                let path = format!("/api/v1/units/{unit}/{page}?{query}");
                let began = std::time::Instant::now();
                let answer = api.get(&path).await;
                assert!(!answer.status.is_server_error(), "{path} gives {}", answer.text());
                if answer.status != StatusCode::OK {
                    answer.problem(answer.status.as_u16());
                }
                assert!(began.elapsed().as_secs() < 20, "{path} takes {:?}", began.elapsed());
            }
        }
        for body in [json!({ "count": 3 }), json!({ "until": "2026-07-01" }), json!({ "matching": "x" })] {
            let path = format!("/api/v1/units/{unit}/forecast");
            let answer = api.ask(Method::POST, &path, &body).await;
            assert!(!answer.status.is_server_error(), "{path} gives {}", answer.text());
        }
    }
    let items = api.show("/api/v1/units/works/items?limit=100").await;
    for item in items["items"].as_array().unwrap() {
        api.show(&format!("/api/v1/items/{}", item["id"].as_str().unwrap())).await;
    }
    let since = api.get("/api/v1/units/works/changes?since=-009999-01-02T00:00:00Z").await;
    assert!(!since.status.is_server_error());
}

#[tokio::test]
async fn a_workflow_that_makes_no_sense_is_refused() {
    let api = Api::new().await;
    let there = api.loaded().await;
    assert_eq!(there.works.key, "works");
    let path = "/api/v1/units/kestrel/workflow";
    let whole = api.show(path).await;
    let cases = [
        ("zone", json!("Mars/Olympus")),
        ("workdays", json!([false, false, false, false, false, false, false])),
        ("workdays", json!([true])),
        ("holidays", json!(["christmas"])),
        ("stages", json!([])),
        ("sle_percent", json!(200)),
        ("sle_days", json!(7)),
        ("wip_limit", json!(0)),
        ("stalled_after_days", json!(0)),
        ("count_days", json!("sometimes")),
        ("start", json!("never")),
        ("finish", json!("never")),
        ("stages", {
            let many = (0..70_000).map(|n| json!({ "name": format!("s{n}"), "category": "done" }));
            many.collect()
        }),
    ];
    for (field, value) in cases {
        let mut body = whole.clone();
        body[field] = value;
        let answer = api.ask(Method::PUT, path, &body).await;
        assert_eq!(answer.problem(422), "invalid", "{field}");
    }
    assert_eq!(api.show(path).await, whole);
    let refused = api.ask(Method::PUT, "/api/v1/units/works/workflow", &whole).await;
    assert_eq!(refused.problem(422), "invalid", "only teams have a workflow");
}
