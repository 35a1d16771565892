//! The table of contents: every operation, and what wraps all of them.

use std::{future::Future, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::header,
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, Predicate,
        predicate::{DefaultPredicate, NotForContentType},
    },
};
use utoipa::{
    OpenApi,
    openapi::{PathItem, RefOr},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState, assets, insight,
    observe::observe,
    organisation,
    permission::{page, say_who_may},
    platform,
    problem::{PROBLEM_JSON, Problem},
    protect::{keep_to_limits, protect},
    site::Site,
    work,
};

#[derive(OpenApi)]
#[openapi(
    info(title = "Headway", description = "An agile PMO: from real work histories to flow, honest forecasts and one picture of the portfolio. Days are `YYYY-MM-DD`, instants RFC 3339, shares from 0 to 1. Errors are problem details by RFC 9457 with a stable `code`.", license(name = "Apache-2.0", identifier = "Apache-2.0")),
    tags(
        (name = "platform", description = "The first visit, search, events, health"),
        (name = "organisation", description = "Units and settings"),
        (name = "people", description = "People, groups, roles, and why somebody may do something"),
        (name = "governance", description = "The audit log, personal data, how long things are kept"),
        (name = "work", description = "Imports, workflows, items"),
        (name = "insight", description = "Measures, forecasts, signals"),
    )
)]
struct Document;

fn operations(site: &Arc<Site>) -> OpenApiRouter<ApiState> {
    use crate::organisation::{session, token};
    use insight::handlers as insight;
    use organisation::handlers as organisation;
    use platform::handlers as platform;
    use work::handlers as work;
    let uploads = OpenApiRouter::new().routes(routes!(work::create_import)).layer(work::upload_limit());
    OpenApiRouter::new()
        .routes(routes!(platform::find_start))
        .routes(routes!(platform::load_sample))
        .routes(routes!(platform::search))
        .routes(routes!(platform::stream_events))
        .routes(routes!(session::find_session, session::sign_in, session::sign_out))
        .routes(routes!(session::set_up))
        .routes(routes!(token::list_tokens, token::create_token))
        .routes(routes!(token::revoke_token))
        .routes(routes!(organisation::list_units, organisation::create_unit))
        .routes(routes!(organisation::find_unit, organisation::update_unit, organisation::delete_unit))
        .routes(routes!(organisation::find_settings, organisation::replace_settings))
        .routes(routes!(work::list_imports))
        .routes(routes!(work::find_import))
        .routes(routes!(work::take_import_step))
        .routes(routes!(work::replace_import_dialects))
        .routes(routes!(work::find_import_mapping, work::replace_import_mapping))
        .routes(routes!(work::download_import_mapping, work::upload_import_mapping))
        .routes(routes!(work::list_import_report))
        .routes(routes!(work::download_import_report))
        .routes(routes!(work::find_import_quality))
        .routes(routes!(work::find_workflow, work::replace_workflow))
        .routes(routes!(work::list_items))
        .routes(routes!(work::find_item))
        .routes(routes!(insight::find_overview))
        .routes(routes!(insight::find_throughput))
        .routes(routes!(insight::find_cycle_time))
        .routes(routes!(insight::find_aging))
        .routes(routes!(insight::find_cumulative_flow))
        .routes(routes!(insight::find_wip))
        .routes(routes!(insight::find_efficiency))
        .routes(routes!(insight::find_blockers))
        .routes(routes!(insight::find_distribution))
        .routes(routes!(insight::find_behaviour))
        .routes(routes!(insight::find_time_to_market))
        .routes(routes!(insight::find_delivery))
        .routes(routes!(insight::list_iterations))
        .routes(routes!(insight::find_burn_down))
        .routes(routes!(insight::find_burn_up))
        .routes(routes!(insight::list_signals))
        .routes(routes!(insight::find_heat_map))
        .routes(routes!(insight::find_calibration))
        .routes(routes!(insight::forecast))
        .routes(routes!(insight::explain_measure))
        .routes(routes!(insight::find_measure))
        .routes(routes!(insight::find_changes))
        .merge(people())
        .layer(DefaultBodyLimit::max(site.limits.body))
        .layer(middleware::from_fn_with_state(Arc::clone(site), keep_to_limits))
        .merge(uploads)
}

/// People, what they may, and the record of what they did.
fn people() -> OpenApiRouter<ApiState> {
    use crate::{
        governance::{audit, personal},
        organisation::{grant, group, person, why},
    };
    OpenApiRouter::new()
        .routes(routes!(person::list_people, person::create_person))
        .routes(routes!(person::find_person, person::update_person))
        .routes(routes!(person::create_service_token))
        .routes(routes!(person::revoke_service_token))
        .routes(routes!(group::list_groups, group::create_group))
        .routes(routes!(group::find_group, group::update_group, group::delete_group))
        .routes(routes!(group::add_group_member, group::remove_group_member))
        .routes(routes!(grant::list_grants, grant::create_grant))
        .routes(routes!(grant::revoke_grant))
        .routes(routes!(grant::find_accountability, grant::replace_accountability))
        .routes(routes!(why::list_permissions))
        .routes(routes!(why::explain_permission))
        .routes(routes!(audit::list_audit))
        .routes(routes!(audit::export_audit))
        .routes(routes!(audit::verify_audit))
        .routes(routes!(audit::list_own_activity))
        .routes(routes!(personal::list_personal_data))
        .routes(routes!(personal::download_own_data))
        .routes(routes!(personal::download_personal_data))
        .routes(routes!(personal::erase_person))
        .routes(routes!(personal::find_retention, personal::replace_retention))
}

/// The OpenAPI document, and the routes it describes.
fn described(site: &Arc<Site>) -> (Router<ApiState>, utoipa::openapi::OpenApi) {
    let (router, mut document) = OpenApiRouter::with_openapi(Document::openapi())
        .nest("/api/v1", operations(site))
        .routes(routes!(platform::health::health))
        .routes(routes!(platform::health::is_alive))
        .routes(routes!(platform::health::is_ready))
        .split_for_parts();
    document.paths.paths.values_mut().for_each(say_what_holds_for_all);
    (router, document)
}

/// Every operation says who may call it, and fails in the same form, which is not plain JSON.
fn say_what_holds_for_all(path: &mut PathItem) {
    let operations = [&mut path.get, &mut path.put, &mut path.post, &mut path.delete, &mut path.patch];
    for operation in operations.into_iter().flatten() {
        say_who_may(operation);
        if let Some(RefOr::T(response)) = operation.responses.responses.get_mut("default")
            && let Some(body) = response.content.swap_remove("application/json")
        {
            response.content.insert(PROBLEM_JSON.to_owned(), body);
        }
    }
}

/// The OpenAPI document as text.
pub fn openapi_json() -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(&described(&Arc::default()).1)?;
    text.push('\n');
    Ok(text)
}

/// The page of who may do what, as text.
pub fn permissions_page() -> String {
    page(&described(&Arc::new(Site::default())).1)
}

/// Everything that is served. Event streams end with `stop`, so that the server can.
pub fn router(state: ApiState, stop: impl Future<Output = ()> + Send + 'static) -> Router {
    let (routes, document) = described(&state.site);
    let stopping = tokio_util::sync::CancellationToken::new();
    tokio::spawn({
        let stopping = stopping.clone();
        async move {
            stop.await;
            stopping.cancel();
        }
    });
    routes
        .route("/api/v1/openapi.json", get(move || async move { axum::Json(document) }))
        .route("/api/docs", get(|| async { Redirect::temporary("/api-docs") }))
        .fallback(assets::serve_client)
        .method_not_allowed_fallback(|| async { Problem::no_such_method().into_response() })
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn_with_state(Arc::clone(&state.ids), observe))
                .layer(middleware::from_fn_with_state(Arc::clone(&state.site), protect))
                .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
                    Problem::from(headway_app::Error::internal("a handler panicked")).into_response()
                }))
                .layer(middleware::from_fn_with_state(Arc::clone(&state.site), refuse_cross_site))
                .layer(CompressionLayer::new().compress_when(
                    DefaultPredicate::new().and(NotForContentType::const_new("text/event-stream")),
                )),
        )
        .layer(axum::Extension(Stopping(stopping)))
        .with_state(state)
}

/// A browser lets every page that it has open ask this server for something, and sends the cookie along. Reading the
/// answer it forbids; changing something has to be refused here, and so has every request under a foreign name.
async fn refuse_cross_site(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or_default());
    if host.is_some_and(|host| !site.answers_to(host)) {
        return Problem::unknown_name().into_response();
    }
    if !site.is_own_request(request.method(), request.headers()) {
        return Problem::cross_site().into_response();
    }
    next.run(request).await
}

/// Tells open streams that the server is going to end.
#[derive(Clone)]
pub struct Stopping(pub tokio_util::sync::CancellationToken);

/// How often an idle stream shows that it lives.
pub const KEEP_ALIVE: Duration = Duration::from_secs(15);
