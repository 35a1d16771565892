//! Every operation of the document is called by people with few and with many permissions, and is refused to whom its
//! rule does not name.

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Request, StatusCode, header, request::Parts},
};
use headway_app::{
    Permission,
    organisation::{NewPerson, NewToken, create_person, create_token_for, units},
};
use headway_domain::{
    id::{GrantId, UnitId},
    organisation::{Held, Limit, Rights, Role, Through, Unit},
};
use headway_http::permission::{RULES, Rule};
use headway_store::Engine;
use tower::ServiceExt;
use uuid::Uuid;

use crate::{
    client::{Api, Loaded},
    operations::{document, operations, request},
};

/// Operations that do not keep to their rule, with the reason. The list only shrinks: its length stands in its type.
const EXCEPTIONS: [(&str, &str); 0] = [];

/// What is taken away by the first who may is not there for the next.
const TAKE_AWAY: [&str; 5] = ["delete", "update", "revoke", "remove", "erase"];

/// Somebody who calls.
struct Caller {
    name: &'static str,
    /// `None` for nobody.
    token: Option<String>,
    rights: Rights,
}

async fn caller(api: &Api, name: &'static str, role: Option<Role>, unit: Option<&Unit>) -> Caller {
    let token = Some(api.t.token(role, unit).await);
    let held = role.map(|role| held(role, unit.map(|unit| unit.id)));
    Caller { name, token, rights: Rights { held: held.into_iter().collect(), limit: None } }
}

fn held(role: Role, unit: Option<UnitId>) -> Held {
    Held { grant: GrantId(Uuid::nil()), role, unit, through: Through::Person }
}

/// An owner with a token that may only read.
async fn limited(api: &Api) -> Caller {
    let limit = Limit { role: Role::Viewer, unit: None };
    let new = NewPerson { name: "Owner".to_owned(), email: None, password: None, role: Some(Role::Owner) };
    let person = create_person(&api.t.owner(), &api.t.app, new).await.unwrap().id;
    let new = NewToken { name: "reads".to_owned(), limit, days: 30 };
    let token = create_token_for(&api.t.owner(), &api.t.app, person, new).await.unwrap().1;
    let rights = Rights { held: vec![held(Role::Owner, None)], limit: Some(limit) };
    Caller { name: "an owner's token that may read", token: Some(token), rights }
}

/// From the one who may least.
async fn callers(api: &Api) -> Vec<Caller> {
    let tree = units(&api.t.owner(), &api.t.app).await.unwrap();
    let team = |key: &str| tree.units().iter().find(|unit| unit.key == key).unwrap().clone();
    let (kestrel, osprey) = (team("kestrel"), team("osprey"));
    let nobody = Caller { name: "nobody", token: None, rights: Rights::default() };
    vec![
        nobody,
        caller(api, "a stranger", None, None).await,
        caller(api, "a member of another team", Some(Role::Member), Some(&osprey)).await,
        caller(api, "a member of the team", Some(Role::Member), Some(&kestrel)).await,
        caller(api, "a lead of the team", Some(Role::Lead), Some(&kestrel)).await,
        limited(api).await,
        caller(api, "an administrator", Some(Role::Administrator), None).await,
        caller(api, "an owner", Some(Role::Owner), None).await,
    ]
}

/// The units from the top to the one that a request is about.
async fn place(api: &Api, there: &Loaded, id: &str, parts: &Parts) -> Vec<UnitId> {
    let tree = units(&api.t.owner(), &api.t.app).await.unwrap();
    let path = parts.uri.path();
    let key = match path.strip_prefix("/api/v1/units/").and_then(|rest| rest.split('/').next()) {
        Some(key) => key,
        None if id == "find_item" => "kestrel",
        None => "works",
    };
    let unit = tree.units().iter().find(|unit| unit.key == key).map_or(there.works.id, |unit| unit.id);
    tree.path(unit).into_iter().map(|unit| unit.id).collect()
}

fn is_allowed(rule: Rule, caller: &Caller, place: &[UnitId]) -> bool {
    let may = |permission: Permission, place: &[UnitId]| caller.rights.decide(permission, place).is_allowed;
    match rule {
        Rule::Anybody => true,
        Rule::SignedIn | Rule::Own => caller.token.is_some(),
        Rule::AtUnit(permission) => may(permission, place),
        Rule::Somewhere(permission) => caller.rights.anywhere(permission),
        Rule::Organisation(permission) => may(permission, &[]),
    }
}

/// The same request again, by this caller. Event streams never end, so bodies of successes are not waited for.
async fn call(router: &Router, (parts, body): (&Parts, &Bytes), caller: &Caller) -> (StatusCode, String) {
    let mut request = Request::builder().method(&parts.method).uri(&parts.uri);
    let mut headers: HeaderMap = parts.headers.clone();
    headers.remove(header::COOKIE);
    if let Some(token) = &caller.token {
        headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
    }
    request.headers_mut().unwrap().extend(headers);
    let response = router.clone().oneshot(request.body(Body::from(body.clone())).unwrap()).await.unwrap();
    let status = response.status();
    if status.is_success() {
        return (status, String::new());
    }
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// Whether the answer is what the rule says, and if not, why.
fn fault(id: &str, rule: Rule, path: &str, allowed: bool, caller: &Caller, status: StatusCode) -> bool {
    if !allowed {
        return match caller.token {
            None => status != StatusCode::UNAUTHORIZED,
            Some(_) => ![StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&status),
        };
    }
    // What is somebody else's own is not there for anybody else.
    if rule == Rule::Own && path.contains('{') {
        return status.is_success();
    }
    let is_gone = status == StatusCode::NOT_FOUND && TAKE_AWAY.iter().any(|verb| id.starts_with(verb));
    (status.is_client_error()
        && [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&status)
        && !is_gone
        && rule != Rule::Anybody)
        || status.is_server_error()
}

async fn probe(engine: Engine) {
    let document = document();
    let api = Api::on(engine).await;
    let there = api.loaded().await;
    let everybody = callers(&api).await;
    let mut faults = Vec::new();
    for (id, path, _) in operations(&document) {
        let Some(rule) = Rule::of(&id).filter(|_| EXCEPTIONS.iter().all(|(excepted, _)| *excepted != id))
        else {
            continue;
        };
        let (parts, body) = request(&api, &there, &id).await.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let place = place(&api, &there, &id, &parts).await;
        for caller in &everybody {
            let allowed = is_allowed(rule, caller, &place);
            // Loading the sample is for an empty installation, where these callers are unknown.
            if allowed && id == "load_sample" {
                continue;
            }
            let (status, text) = call(api.router(), (&parts, &body), caller).await;
            if fault(&id, rule, &path, allowed, caller, status) {
                let should = if allowed { "be served" } else { "be refused" };
                faults.push(format!(
                    "{id} ({}): {} should {should}: {status} {text}",
                    rule.words(),
                    caller.name
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test]
async fn every_operation_is_refused_to_whom_it_should_be_on_sqlite() {
    Box::pin(probe(Engine::Sqlite)).await;
}

#[tokio::test]
async fn every_operation_is_refused_to_whom_it_should_be_on_postgres() {
    Box::pin(probe(Engine::Postgres)).await;
}

#[test]
fn every_operation_has_a_rule_and_every_rule_an_operation() {
    let document = document();
    let operations = operations(&document);
    for (id, _, operation) in &operations {
        assert!(Rule::of(id).is_some(), "add the rule of {id:?} to crates/http/src/permission.rs");
        assert!(operation["x-permission"].is_string(), "the document does not say who may call {id}");
    }
    for (id, _) in RULES {
        assert!(operations.iter().any(|operation| operation.0 == *id), "there is no operation {id:?}");
        assert_eq!(RULES.iter().filter(|rule| rule.0 == *id).count(), 1, "{id} has two rules");
    }
    assert!(operations.len() > 55, "only {} operations are probed", operations.len());
}
