//! Every operation of the document is called with success by an owner, and its answer is what the document says.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use headway_store::Engine;
use serde_json::{Value, json};

use crate::{
    client::{Api, Loaded, PASSWORD, form, get, json as with_json, with_cookie},
    schema::faults,
};

pub fn document() -> Value {
    serde_json::from_str(&headway_http::openapi_json().unwrap()).unwrap()
}

/// Every operation: its id, its path, and what it answers with.
pub fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let all =
        paths.iter().flat_map(|(path, item)| item.as_object().unwrap().values().map(move |it| (path, it)));
    let mut found: Vec<(String, String, Value)> = all
        .filter_map(|(path, it)| Some((it["operationId"].as_str()?.to_owned(), path.clone(), it.clone())))
        .collect();
    // What takes something away comes last.
    found.sort_by_key(|(id, ..)| (id.starts_with("take") || id.starts_with("delete"), id.clone()));
    found
}

/// A request for an operation that succeeds in a loaded organisation.
pub async fn request(api: &Api, there: &Loaded, id: &str) -> Request<Body> {
    let unit = |rest: &str| get(&format!("/api/v1/units/kestrel/{rest}"));
    let stored = |rest: &str| get(&format!("/api/v1/imports/{}{rest}", there.stored));
    let mapped = format!("/api/v1/imports/{}", there.mapped);
    match id {
        "health" => get("/health"),
        "is_alive" => get("/livez"),
        "is_ready" => {
            // Looking for a job is a sign of life.
            api.t.work().await;
            get("/readyz")
        }
        "find_start" => get("/api/v1/start"),
        "load_sample" => Request::post("/api/v1/sample").body(Body::empty()).unwrap(),
        "search" => get("/api/v1/search?q=K-1"),
        "stream_events" => get("/api/v1/events"),
        "find_session" => get("/api/v1/session"),
        "sign_in" => {
            api.signed_in("in@example.org").await;
            let body = json!({ "email": "In@Example.org", "password": PASSWORD });
            with_json(Method::POST, "/api/v1/session", &body)
        }
        "sign_out" => {
            let cookie = api.signed_in("out@example.org").await;
            with_cookie(Request::delete("/api/v1/session").body(Body::empty()).unwrap(), &cookie)
        }
        "set_up" => {
            let code = headway_app::organisation::new_set_up_code(&api.t.owner(), &api.t.app).await.unwrap();
            let body = json!({
                "code": code, "name": "Olga", "email": "olga@example.org", "password": PASSWORD,
            });
            with_json(Method::POST, "/api/v1/set-up", &body)
        }
        "list_tokens" => {
            let cookie = api.signed_in("list@example.org").await;
            with_cookie(get("/api/v1/session/tokens"), &cookie)
        }
        "create_token" => {
            let cookie = api.signed_in("create@example.org").await;
            let body = json!({ "name": "reports", "role": "viewer", "days": 30 });
            with_cookie(with_json(Method::POST, "/api/v1/session/tokens", &body), &cookie)
        }
        "revoke_token" => {
            let cookie = api.signed_in("revoke@example.org").await;
            let body = json!({ "name": "reports", "role": "viewer", "days": 30 });
            let made = with_cookie(with_json(Method::POST, "/api/v1/session/tokens", &body), &cookie);
            let made = api.send(made).await.json();
            let path = format!("/api/v1/session/tokens/{}", made["token"]["id"].as_str().unwrap());
            with_cookie(Request::delete(path).body(Body::empty()).unwrap(), &cookie)
        }
        "list_people" => get("/api/v1/people?q=some&state=active&limit=2"),
        "create_person" => {
            with_json(Method::POST, "/api/v1/people", &json!({ "name": "Robot", "role": "viewer" }))
        }
        "find_person" => get(&format!("/api/v1/people/{}", person(api, "found").await)),
        "update_person" => {
            let path = format!("/api/v1/people/{}", person(api, "updated").await);
            with_json(Method::PATCH, &path, &json!({ "name": "Mira Two", "is_active": false }))
        }
        "download_personal_data" => {
            get(&format!("/api/v1/people/{}/personal-data", person(api, "exported").await))
        }
        "erase_person" => {
            let path = format!("/api/v1/people/{}/erasure", person(api, "erased").await);
            with_json(Method::POST, &path, &json!({ "name": "Mira" }))
        }
        "create_service_token" => {
            let body = json!({ "name": "reports", "role": "viewer", "days": 30 });
            with_json(Method::POST, &format!("/api/v1/people/{}/tokens", service(api).await), &body)
        }
        "revoke_service_token" => {
            let path = format!("/api/v1/people/{}/tokens", service(api).await);
            let body = json!({ "name": "reports", "role": "viewer", "days": 30 });
            let made = api.ask(Method::POST, &path, &body).await.json();
            let path = format!("{path}/{}", made["token"]["id"].as_str().unwrap());
            Request::delete(path).body(Body::empty()).unwrap()
        }
        "list_groups" => get("/api/v1/groups"),
        "create_group" => with_json(Method::POST, "/api/v1/groups", &json!({ "name": "Created" })),
        "find_group" => get(&group(api, "Found").await),
        "update_group" => {
            with_json(Method::PATCH, &group(api, "Updated").await, &json!({ "name": "Renamed" }))
        }
        "delete_group" => Request::delete(group(api, "Deleted").await).body(Body::empty()).unwrap(),
        "add_group_member" | "remove_group_member" => {
            let group = group(api, &format!("Of {id}")).await;
            let method = if id == "add_group_member" { Method::PUT } else { Method::DELETE };
            let path = format!("{group}/members/{}", person(api, "member").await);
            Request::builder().method(method).uri(path).body(Body::empty()).unwrap()
        }
        "list_grants" => get("/api/v1/grants?unit=works"),
        "create_grant" => {
            let body = json!({
                "role": "viewer", "person_id": person(api, "granted").await,
                "unit_id": there.works.id.to_string(),
            });
            with_json(Method::POST, "/api/v1/grants", &body)
        }
        "revoke_grant" => {
            let body = json!({
                "role": "viewer", "person_id": person(api, "revoked").await,
                "unit_id": there.works.id.to_string(),
            });
            let made = api.ask(Method::POST, "/api/v1/grants", &body).await.json();
            let path = format!("/api/v1/grants/{}", made["id"].as_str().unwrap());
            Request::delete(path).body(Body::empty()).unwrap()
        }
        "list_permissions" => get("/api/v1/permissions"),
        "explain_permission" => get("/api/v1/permissions/explain?permission=import"),
        "find_accountability" => unit("accountability"),
        "replace_accountability" => {
            let body = json!({ "sponsor": [person(api, "sponsor").await] });
            with_json(Method::PUT, "/api/v1/units/kestrel/accountability", &body)
        }
        "list_audit" => get("/api/v1/audit?action=unit.&limit=3"),
        "export_audit" => get("/api/v1/audit/export?format=csv&from=2026-01-01"),
        "verify_audit" => with_json(Method::POST, "/api/v1/audit/verify", &json!({ "heads": [] })),
        "list_own_activity" => get("/api/v1/session/activity?limit=3"),
        "list_personal_data" => get("/api/v1/personal-data"),
        "download_own_data" => get("/api/v1/session/personal-data"),
        "find_retention" => get("/api/v1/retention"),
        "replace_retention" => {
            with_json(Method::PUT, "/api/v1/retention", &json!({ "rules": [{ "code": "jobs", "days": 60 }] }))
        }
        "list_units" => get("/api/v1/units"),
        "create_unit" => {
            let body = json!({ "name": "Spare", "kind": "team", "parent_id": there.works.id.to_string() });
            with_json(Method::POST, "/api/v1/units", &body)
        }
        "find_unit" => get("/api/v1/units/works"),
        "update_unit" => with_json(Method::PATCH, "/api/v1/units/spare", &json!({ "name": "Sparrow" })),
        "delete_unit" => Request::delete("/api/v1/units/spare").body(Body::empty()).unwrap(),
        "find_settings" => get("/api/v1/settings"),
        "replace_settings" => with_json(Method::PUT, "/api/v1/settings", &json!({ "keep_names": false })),
        "list_imports" => get("/api/v1/imports?limit=2"),
        "create_import" => {
            let files =
                [("one.csv", "id,created\n1,2026-05-01\n"), ("two.csv", "id,created\n2,2026-05-02\n")];
            form("/api/v1/imports?unit=works&tracker=Fresh", &files)
        }
        "find_import" => stored(""),
        "take_import_step" => {
            with_json(Method::POST, &format!("{mapped}/steps"), &json!({ "step": "abandon" }))
        }
        "replace_import_dialects" => with_json(Method::PUT, &format!("{mapped}/dialects"), &json!([null])),
        "find_import_mapping" => stored("/mapping"),
        "replace_import_mapping" => {
            api.t.work().await;
            let page = api.show(&format!("{mapped}/mapping")).await;
            with_json(Method::PUT, &format!("{mapped}/mapping"), &page["mapping"])
        }
        "download_import_mapping" => stored("/mapping.toml"),
        "upload_import_mapping" => {
            api.t.work().await;
            let text = api.get(&format!("{mapped}/mapping.toml")).await.text();
            let request = Request::put(format!("{mapped}/mapping.toml"))
                .header(header::CONTENT_TYPE, "application/toml");
            request.body(Body::from(text)).unwrap()
        }
        "list_import_report" => stored("/report?limit=3"),
        "download_import_report" => stored("/report.csv"),
        "find_import_quality" => stored("/quality"),
        "find_workflow" => unit("workflow"),
        "replace_workflow" => {
            let body = api.show("/api/v1/units/kestrel/workflow").await;
            with_json(Method::PUT, "/api/v1/units/kestrel/workflow", &body)
        }
        "list_items" => unit("items?limit=5&sort=-age"),
        "find_item" => get(&format!("/api/v1/items/{}", there.item)),
        "find_overview" => unit("overview"),
        "find_throughput" => unit("throughput?bucket=month&from=2026-03-01&work_type=feature"),
        "find_cycle_time" => unit("cycle-time"),
        "find_aging" => unit("aging"),
        "find_cumulative_flow" => unit("cumulative-flow"),
        "find_wip" => unit("wip"),
        "find_efficiency" => unit("efficiency"),
        "find_blockers" => unit("blockers"),
        "find_distribution" => unit("distribution"),
        "find_behaviour" => unit("behaviour?measure=cycle_time&from=2026-03-01"),
        "find_time_to_market" => unit("time-to-market"),
        "find_delivery" => unit("delivery"),
        "list_iterations" => unit("iterations"),
        "find_burn_down" => unit(&format!("iterations/{}/burn-down", there.iteration)),
        "find_burn_up" => unit("burn-up?matching=launch"),
        "list_signals" => unit("signals"),
        "find_heat_map" => get("/api/v1/units/works/heat-map"),
        "find_calibration" => unit("calibration"),
        "forecast" => {
            let body = json!({ "count": 12, "target": "2026-07-01", "split_high": 1.5, "seed": 3 });
            with_json(Method::POST, "/api/v1/units/works/forecast", &body)
        }
        "explain_measure" => unit("measures/cycle_time"),
        "find_measure" => get("/api/v1/measures/throughput"),
        "find_changes" => unit("changes?since=2026-03-01T00:00:00Z"),
        other => panic!("add a request for the operation {other:?}"),
    }
}

/// The id of a person with this name in their address.
async fn person(api: &Api, name: &str) -> String {
    let email = format!("{name}@example.org");
    api.signed_in(&email).await;
    let found = api.show(&format!("/api/v1/people?q={name}@&limit=1")).await;
    found["people"][0]["id"].as_str().unwrap().to_owned()
}

/// The id of a new service.
async fn service(api: &Api) -> String {
    let made = api.ask(Method::POST, "/api/v1/people", &json!({ "name": "Robot" })).await;
    made.json()["id"].as_str().unwrap().to_owned()
}

/// The address of a new group.
async fn group(api: &Api, name: &str) -> String {
    let made = api.ask(Method::POST, "/api/v1/groups", &json!({ "name": name })).await;
    format!("/api/v1/groups/{}", made.json()["id"].as_str().unwrap())
}

/// The schema of an operation's success, `None` when it has none (text, streams, nothing).
fn success(operation: &Value, status: StatusCode) -> Option<&Value> {
    let response = operation["responses"].get(status.as_str());
    let response = response.unwrap_or_else(|| panic!("{status} is not in the document"));
    let content = response["content"].as_object()?;
    content.get("application/json").map(|json| &json["schema"])
}

async fn every_operation_succeeds(engine: Engine) {
    let document = document();
    let (api, empty) = (Api::on(engine).await, Api::on(engine).await);
    let there = api.loaded().await;
    for (id, _, operation) in operations(&document) {
        // Loading the sample is for an empty installation.
        let api = if id == "load_sample" { &empty } else { &api };
        let request = request(api, &there, &id).await;
        let shown = format!("{} {}", request.method(), request.uri());
        if id == "stream_events" {
            let answer = api.begin(request).await;
            assert_eq!(
                (answer.status(), &answer.headers()[header::CONTENT_TYPE]),
                (StatusCode::OK, &"text/event-stream".parse().unwrap())
            );
            continue;
        }
        let answer = api.send(request).await;
        assert!(answer.status.is_success(), "{id}: {shown} gives {} {}", answer.status, answer.text());
        match success(&operation, answer.status) {
            Some(schema) => {
                let faults = faults(&document, schema, &answer.json());
                assert!(faults.is_empty(), "{id}: {shown} is not what the document says: {faults:#?}");
            }
            None => {
                assert!(
                    !answer.kind().contains("json"),
                    "{id} answers with JSON that is not in the document"
                );
            }
        }
    }
}

#[tokio::test]
async fn every_operation_succeeds_and_is_as_documented_on_sqlite() {
    Box::pin(every_operation_succeeds(Engine::Sqlite)).await;
}

#[tokio::test]
async fn every_operation_succeeds_and_is_as_documented_on_postgres() {
    Box::pin(every_operation_succeeds(Engine::Postgres)).await;
}
