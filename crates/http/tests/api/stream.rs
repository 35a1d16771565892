//! The event stream: what was missed first, then what happens.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use futures::{Stream, StreamExt};
use headway_store::Engine;
use serde_json::{Value, json};

use crate::client::{Api, get};

/// The next event: its number, its kind and its data.
async fn next(
    stream: &mut (impl Stream<Item = Result<axum::body::Bytes, axum::Error>> + Unpin),
) -> (i64, String, Value) {
    let frame = async {
        let mut text = String::new();
        // Lines that begin with a colon only show that the stream lives.
        while !text.contains("data:") || !text.ends_with("\n\n") {
            text.push_str(std::str::from_utf8(&stream.next().await.unwrap().unwrap()).unwrap());
        }
        text
    };
    let text = tokio::time::timeout(Duration::from_secs(10), frame).await.unwrap();
    let field = |name: &str| {
        let found = text.lines().find_map(|line| line.strip_prefix(name));
        found.unwrap_or_else(|| panic!("no {name} in {text:?}")).trim().to_owned()
    };
    (field("id:").parse().unwrap(), field("event:"), serde_json::from_str(&field("data:")).unwrap())
}

async fn open(api: &Api, after: Option<i64>) -> axum::body::BodyDataStream {
    let request = match after {
        Some(after) => {
            Request::get("/api/v1/events").header("last-event-id", after).body(Body::empty()).unwrap()
        }
        None => get("/api/v1/events"),
    };
    let answer = api.begin(request).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.into_body().into_data_stream()
}

#[tokio::test]
async fn a_stream_begins_where_it_broke_and_goes_on() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let api = Api::on(engine).await;
        let before = api.t.app.db.read().await.unwrap().last_event_seq().await.unwrap();
        let works = api.t.portfolio("Works").await;
        let kestrel = api.t.team(&works, "Kestrel").await;
        let mut stream = open(&api, Some(before)).await;
        let first = next(&mut stream).await;
        assert_eq!((first.1.as_str(), &first.2), ("units", &json!({ "unit_ids": [works.id.to_string()] })));
        let second = next(&mut stream).await;
        assert_eq!(second.2, json!({ "unit_ids": [kestrel.id.to_string()] }));
        assert!(second.0 > first.0);

        // Only what comes after the one that was seen.
        let mut again = open(&api, Some(first.0)).await;
        assert_eq!(next(&mut again).await, second);

        // And what happens now, in both, and in one that begins now.
        let mut fresh = open(&api, None).await;
        let renamed = json!({ "name": "Red Kestrel" });
        assert!(api.ask(Method::PATCH, "/api/v1/units/kestrel", &renamed).await.status.is_success());
        let live = next(&mut stream).await;
        assert_eq!((live.1.as_str(), &live.2), ("units", &json!({ "unit_ids": [kestrel.id.to_string()] })));
        assert_eq!(next(&mut again).await, live);
        assert_eq!(next(&mut fresh).await, live);
    }
}

#[tokio::test]
async fn a_number_that_is_none_is_refused() {
    let api = Api::new().await;
    let request =
        Request::get("/api/v1/events").header("last-event-id", "the last one").body(Body::empty()).unwrap();
    assert_eq!(api.send(request).await.problem(400), "unreadable_request");
}
