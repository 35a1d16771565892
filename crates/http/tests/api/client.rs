//! A client that speaks to the router without a network.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Method, Request, Response, StatusCode, header},
};
use headway_app::organisation::{NewPerson, create_person};
use headway_domain::{
    organisation::{Role, Unit},
    work::ImportState,
};
use headway_http::{ApiState, Site, router};
use headway_store::Engine;
use headway_testkit::{
    app::TestApp,
    database::Place,
    history::{Team, day, team},
};
use serde_json::Value;
use tower::ServiceExt;

/// The password of everybody who has one.
pub const PASSWORD: &str = "four words and a bird";

/// The API on a test application.
pub struct Api {
    pub t: TestApp,
    router: Router,
    /// That of an owner.
    pub token: String,
    /// Keeps the database until the test is over.
    _place: Option<Place>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn kind(&self) -> &str {
        self.headers.get(header::CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// Asserts that this is a problem with this status, and returns its code.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.kind(), "application/problem+json");
        let body = self.json();
        assert_eq!(body["status"], status);
        assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{body}");
        body["code"].as_str().unwrap().to_owned()
    }
}

impl Api {
    /// An empty installation on SQLite.
    pub async fn new() -> Self {
        Api::on(Engine::Sqlite).await
    }

    /// An empty installation on this engine.
    pub async fn on(engine: Engine) -> Self {
        let place = Place::new(engine).await;
        let t = TestApp::new(place.open().await);
        let token = t.token(Some(Role::Owner), None).await;
        Api { router: served(&t), t, token, _place: Some(place) }
    }

    /// The router itself: who asks it brings a token or is nobody.
    pub fn router(&self) -> &Router {
        &self.router
    }

    /// What an owner is answered.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        send(&self.router, with_token(request, &self.token)).await
    }

    /// The answer before its body has come.
    pub async fn begin(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(with_token(request, &self.token)).await.unwrap()
    }

    /// The cookie of a person who signed in with a password, as a browser sends it.
    pub async fn signed_in(&self, email: &str) -> String {
        let new = NewPerson {
            name: "Mira".to_owned(),
            email: Some(email.to_owned()),
            password: Some(PASSWORD.to_owned()),
            role: Some(Role::Member),
        };
        match create_person(&self.t.owner(), &self.t.app, new).await {
            // Whoever was there before signs in again.
            Ok(_) | Err(headway_app::Error::Conflict(_)) => {}
            Err(error) => panic!("failed to create {email}: {error}"),
        }
        let body = serde_json::json!({ "email": email, "password": PASSWORD });
        let answer = send(&self.router, json(Method::POST, "/api/v1/session", &body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(get(path)).await
    }

    /// What this address shows; it has to be there.
    pub async fn show(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.json()
    }

    pub async fn ask(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(json(method, path, body)).await
    }

    /// A portfolio with two teams that have finished work, work in progress and an iteration.
    pub async fn loaded(&self) -> Loaded {
        Box::pin(self.load()).await
    }

    async fn load(&self) -> Loaded {
        let works = self.t.portfolio("Works").await;
        let (kestrel, osprey) = (kestrel(), team("Osprey").with_finished_items(60).of_kind("Bug"));
        let done = self.t.import(&works, &[&kestrel, &osprey], ImportState::Review).await;
        let sprints = "Sprint,Team,Start Date,End Date,Complete Date,Committed,Completed\n\
                       S1,Kestrel,2026-03-02,2026-03-15,2026-03-15,20,18\n\
                       S2,Kestrel,2026-03-16,2026-03-29,2026-03-29,22,22\n";
        let asked = self.t.upload(&works, "Sprints", &[("sprints.csv", sprints)]).await.unwrap().import.id;
        self.t.work().await;
        for step in [headway_domain::work::Step::DryRun, headway_domain::work::Step::Start] {
            self.t.step(asked, step).await.unwrap();
        }
        let bad = ["2,Open,never\n"; 7].concat();
        let table = format!("id,status,created\n1,Open,2026-05-01\n{bad}");
        let open = self.t.upload(&works, "Other", &[("a.csv", &table)]).await.unwrap();
        self.t.work().await;
        let items = self.show("/api/v1/units/kestrel/items?limit=1&progress=in_progress").await;
        let iterations = self.show("/api/v1/units/kestrel/iterations").await;
        Loaded {
            works,
            stored: done.import.id.to_string(),
            mapped: open.import.id.to_string(),
            item: items["items"][0]["id"].as_str().unwrap().to_owned(),
            iteration: iterations["iterations"][0]["id"].as_str().unwrap().to_owned(),
        }
    }
}

fn kestrel() -> Team {
    team("Kestrel")
        .with_finished_items(70)
        .with_item("K-1")
        .labelled("launch")
        .titled("A =cmd() of sorts")
        .started(day(60))
        .with_item("K-2")
        .labelled("launch")
        .with_item("K-3")
        .finished(day(70))
}

/// What there is in a loaded organisation.
pub struct Loaded {
    pub works: Unit,
    /// An import in review.
    pub stored: String,
    /// An import with a proposed mapping.
    pub mapped: String,
    /// An item in progress.
    pub item: String,
    /// An iteration of Kestrel.
    pub iteration: String,
}

/// A request with a token, unless it says already whose it is.
pub fn with_token(mut request: Request<Body>, token: &str) -> Request<Body> {
    if request.headers().contains_key(header::COOKIE) {
        return request;
    }
    let value = format!("Bearer {token}").parse().unwrap();
    request.headers_mut().entry(header::AUTHORIZATION).or_insert(value);
    request
}

fn served(t: &TestApp) -> Router {
    let state = ApiState {
        app: t.app.clone(),
        clock: Arc::new(t.clock.clone()),
        ids: Arc::new(t.ids.clone()),
        site: Arc::new(Site::default()),
    };
    router(state, std::future::pending())
}

pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// A request of a page of this server in the browser of somebody who is signed in.
pub fn with_cookie(mut request: Request<Body>, cookie: &str) -> Request<Body> {
    request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    request.headers_mut().insert("sec-fetch-site", "same-origin".parse().unwrap());
    request
}

pub fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

pub fn json(method: Method, path: &str, body: &Value) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap()
}

/// A form with these files.
pub fn form(path: &str, files: &[(&str, &str)]) -> Request<Body> {
    let mut body = String::new();
    for (name, text) in files {
        body.push_str("--seam\r\nContent-Disposition: form-data; name=\"files\"; filename=\"");
        body.push_str(name);
        body.push_str("\"\r\nContent-Type: application/octet-stream\r\n\r\n");
        body.push_str(text);
        body.push_str("\r\n");
    }
    body.push_str("--seam--\r\n");
    let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=seam");
    request.body(Body::from(body)).unwrap()
}
