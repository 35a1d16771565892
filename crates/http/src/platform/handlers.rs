//! The first visit, search, the event stream.

use std::convert::Infallible;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::sse::{self, KeepAlive, Sse},
};
use futures::{Stream, StreamExt, stream};
use headway_app::{live, organisation, sample};
use headway_domain::organisation::UnitTree;

use super::wire;
use crate::{
    observe::OpenStream,
    organisation::handlers::unit_ref,
    problem::{Problem, Query, Result},
    router::{KEEP_ALIVE, Stopping},
    state::{ApiState, Ctx},
};

pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Says what a first visit needs to know.
#[utoipa::path(get, path = "/start", tag = "platform", responses((status = 200, body = wire::Start), (status = "default", body = wire::ProblemBody)))]
pub async fn find_start(State(state): State<ApiState>, Ctx(ctx): Ctx) -> Result<Json<wire::Start>> {
    let tree = organisation::units(&ctx, &state.app).await?;
    let sample = sample::state(&ctx, &state.app).await?;
    Ok(Json(wire::Start {
        version: VERSION.to_owned(),
        top: tree.children(None).map(unit_ref).collect(),
        has_items: headway_app::insight::has_items(&ctx, &state.app).await?,
        sample: sample_state(sample),
        database: headway_app::platform::engine(&state.app).to_owned(),
    }))
}

/// Loads the sample organisation.
#[utoipa::path(post, path = "/sample", tag = "platform", responses((status = 202, body = wire::SampleState), (status = "default", body = wire::ProblemBody)))]
pub async fn load_sample(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
) -> Result<(StatusCode, Json<wire::SampleState>)> {
    let sample = sample::request(&ctx, &state.app).await?;
    Ok((StatusCode::ACCEPTED, Json(sample_state(sample))))
}

/// Finds units and items by words.
#[utoipa::path(get, path = "/search", tag = "platform", params(wire::SearchQuery), responses((status = 200, body = wire::SearchResults), (status = "default", body = wire::ProblemBody)))]
pub async fn search(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Query(query): Query<wire::SearchQuery>,
) -> Result<Json<wire::SearchResults>> {
    let limit = Problem::check_limit(query.limit, 20, 50)?;
    let hits = headway_app::platform::search(&ctx, &state.app, &query.q, limit).await?;
    let tree = organisation::units(&ctx, &state.app).await?;
    let units = hits.units.iter().map(|unit| wire::SearchHit {
        kind: "unit".to_owned(),
        id: unit.id.to_string(),
        label: unit.key.clone(),
        title: unit.name.clone(),
        unit: Some(unit_ref(unit)),
    });
    let items = hits.items.iter().map(|item| wire::SearchHit {
        kind: "item".to_owned(),
        id: item.id.to_string(),
        label: item.label.clone(),
        title: item.title.clone(),
        unit: find_ref(&tree, item.unit),
    });
    Ok(Json(wire::SearchResults { hits: units.chain(items).take(limit as usize).collect() }))
}

/// Streams what changes. Send `Last-Event-ID` to go on where the stream broke; without it, it begins now.
#[utoipa::path(get, path = "/events", tag = "platform", responses((status = 200, content_type = "text/event-stream"), (status = "default", body = wire::ProblemBody)))]
pub async fn stream_events(
    State(state): State<ApiState>,
    Ctx(ctx): Ctx,
    Extension(stopping): Extension<Stopping>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>> {
    let after = match headers.get("last-event-id") {
        Some(id) => id
            .to_str()
            .ok()
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| Problem::unreadable("Last-Event-ID is not a number"))?,
        None => live::newest(&ctx, &state.app).await?,
    };
    let events = live::follow(&ctx, &state.app, after)?;
    // A failing database ends the stream; the client connects again and goes on behind the last event.
    let events = events
        .take_while(|event| std::future::ready(event.is_ok()))
        .filter_map(|event| std::future::ready(event.ok()))
        .map(|event| Ok(sse_event(&event)));
    // A first line at once, so that proxies let the stream through and the client knows that it is open.
    let opening = stream::once(std::future::ready(Ok(sse::Event::default().comment("open"))));
    let open = OpenStream::begin();
    let events = opening.chain(events).take_until(stopping.0.cancelled_owned()).inspect(move |_| {
        // The stream keeps this until it is dropped.
        let _ = &open;
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

fn sse_event(event: &live::Event) -> sse::Event {
    let mut data = event.payload.clone();
    if let Some(fields) = data.as_object_mut() {
        let units = event.units.iter().map(|id| id.to_string().into()).collect();
        fields.insert("unit_ids".to_owned(), serde_json::Value::Array(units));
    }
    sse::Event::default().id(event.seq.to_string()).event(&event.kind).data(data.to_string())
}

fn find_ref(tree: &UnitTree, id: headway_domain::id::UnitId) -> Option<crate::insight::wire::UnitRef> {
    tree.get(id).map(unit_ref)
}

fn sample_state(state: sample::SampleState) -> wire::SampleState {
    let (state, progress) = match state {
        sample::SampleState::Absent => ("absent", 0.0),
        sample::SampleState::Loading(progress) => ("loading", progress),
        sample::SampleState::Loaded => ("loaded", 1.0),
    };
    wire::SampleState { state: state.to_owned(), progress }
}
