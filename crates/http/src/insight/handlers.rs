//! The insight wing over HTTP.

use axum::{Json, extract::State};
use headway_app::insight::{
    self as app, Ask, Scope,
    behaviour::{BehaviourOf, behaviour_of},
    delivery::delivery_of,
    durations::{aging_of, blockers_of, cycle_times_of, efficiency_of, time_to_market_of},
    figure::grain,
    heat_map::heat_map_of,
    iterations::{burn_down_of, iterations_of},
    outlook::{self, ForecastAsk, Question},
    series::{self, burn_up_of, cumulative_flow_of, distribution_of, throughput_of, wip_of},
    signals::Found,
};
use headway_domain::{
    id::{ItemId, IterationId},
    insight::{Measure, SignalLevel},
    time::{Day, Instant},
    work::WorkType,
};

use super::{definitions::definition, translate, wire};
use crate::{
    platform::wire::ProblemBody,
    problem::{Body, Path, Problem, Query, Result},
    state::{ApiState, Ctx},
};

fn day(field: &'static str, text: Option<&String>) -> Result<Option<Day>> {
    let text = text.filter(|text| !text.is_empty());
    let read = |text: &String| {
        text.parse().map_err(|_| Problem::invalid(field, format!("{text:?} is not a day such as 2026-11-24")))
    };
    text.map(read).transpose()
}

fn ask(query: &wire::WindowQuery) -> Result<Ask> {
    let work_type = query.work_type.as_deref().filter(|code| !code.is_empty());
    let work_type = work_type.map(|code| {
        WorkType::from_code(code)
            .ok_or_else(|| Problem::invalid("work_type", "expected feature, defect, debt, risk or unmapped"))
    });
    Ok(Ask {
        from: day("from", query.from.as_ref())?,
        to: day("to", query.to.as_ref())?,
        work_type: work_type.transpose()?,
    })
}

async fn scope(state: &ApiState, ctx: &Ctx, unit: &str, query: &wire::WindowQuery) -> Result<Scope> {
    Ok(app::scope(&ctx.0, &state.app, unit, &ask(query)?).await?)
}

/// Computing over many teams is work for a thread of its own.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<Json<T>> {
    let done = tokio::task::spawn_blocking(work).await.map_err(headway_app::Error::internal)?;
    Ok(Json(done))
}

/// The first screen of a unit.
#[utoipa::path(get, path = "/units/{unit}/overview", tag = "insight", params(("unit", max_length = 64), wire::WindowQuery), responses((status = 200, body = wire::Overview), (status = "default", body = ProblemBody)))]
pub async fn find_overview(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<wire::WindowQuery>,
) -> Result<Json<wire::Overview>> {
    let scope = scope(&state, &ctx, &unit, &query).await?;
    let pool = outlook::pool(&ctx.0, &state.app).await?;
    off_thread(move || translate::overview(&scope, app::overview(&scope, &pool))).await
}

/// Items finished by period.
#[utoipa::path(get, path = "/units/{unit}/throughput", tag = "insight", params(("unit", max_length = 64), wire::WindowQuery, wire::BucketQuery), responses((status = 200, body = wire::Throughput), (status = "default", body = ProblemBody)))]
pub async fn find_throughput(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<wire::WindowQuery>,
    Query(bucket): Query<wire::BucketQuery>,
) -> Result<Json<wire::Throughput>> {
    let grain = grain(bucket.bucket.as_deref())
        .ok_or_else(|| Problem::invalid("bucket", "expected day, week or month"))?;
    let bucket = bucket.bucket.unwrap_or_else(|| "week".to_owned());
    let scope = scope(&state, &ctx, &unit, &query).await?;
    off_thread(move || translate::throughput(&scope, &bucket, throughput_of(&scope, grain))).await
}

/// Cycle times of what was finished.
#[utoipa::path(get, path = "/units/{unit}/cycle-time", tag = "insight", params(("unit", max_length = 64), wire::WindowQuery), responses((status = 200, body = wire::CycleTime), (status = "default", body = ProblemBody)))]
pub async fn find_cycle_time(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<wire::WindowQuery>,
) -> Result<Json<wire::CycleTime>> {
    let scope = scope(&state, &ctx, &unit, &query).await?;
    let rule =
        "Days from start to finish, both counted; items that were never in progress are left out.".to_owned();
    off_thread(move || translate::cycle_time(&scope, cycle_times_of(&scope), rule)).await
}

/// Work in progress by stage and age.
#[utoipa::path(get, path = "/units/{unit}/aging", tag = "insight", params(("unit", max_length = 64), wire::WindowQuery), responses((status = 200, body = wire::Aging), (status = "default", body = ProblemBody)))]
pub async fn find_aging(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<wire::WindowQuery>,
) -> Result<Json<wire::Aging>> {
    let scope = scope(&state, &ctx, &unit, &query).await?;
    off_thread(move || translate::aging(&scope, aging_of(&scope))).await
}

/// Items that reached each stage, day by day.
#[utoipa::path(get, path = "/units/{unit}/cumulative-flow", tag = "insight", params(("unit", max_length = 64), wire::WindowQuery), responses((status = 200, body = wire::CumulativeFlow), (status = "default", body = ProblemBody)))]
pub async fn find_cumulative_flow(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<wire::WindowQuery>,
) -> Result<Json<wire::CumulativeFlow>> {
    let scope = scope(&state, &ctx, &unit, &query).await?;
    off_thread(move || translate::cumulative_flow(&scope, cumulative_flow_of(&scope))).await
}

/// Work in progress, day by day.
#[utoipa::path(get, path = "/units/{unit}/wip", tag = "insight", params(("unit", max_length = 64), wire::WindowQuery), responses((status = 200, body = wire::Wip), (status = "default", body = ProblemBody)))]
pub async fn find_wip(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<wire::WindowQuery>,
) -> Result<Json<wire::Wip>> {
    let scope = scope(&state, &ctx, &unit, &query).await?;
    off_thread(move || {
        let view = wip_of(&scope);
        wire::Wip {
            window: translate::window(&scope),
            days: translate::days(&series::days_of(scope.window)),
            wip: view.wip,
            total_age_days: view
                .total_age_days
                .into_iter()
                .map(|it| u32::try_from(it).unwrap_or(u32::MAX))
                .collect(),
            limit: view.limit,
        }
    })
    .await
}

/// Where the time of finished items went.
#[utoipa::path(get, path = "/units/{unit}/efficiency", tag = "insight", params(("unit", max_length = 64), wire::WindowQuery), responses((status = 200, body = wire::Efficiency), (status = "default", body = ProblemBody)))]
pub async fn find_efficiency(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<wire::WindowQuery>,
) -> Result<Json<wire::Efficiency>> {
    let scope = scope(&state, &ctx, &unit, &query).await?;
    off_thread(move || translate::efficiency(&scope, efficiency_of(&scope))).await
}

/// What blocked work.
#[utoipa::path(get, path = "/units/{unit}/blockers", tag = "insight", params(("unit", max_length = 64), wire::WindowQuery), responses((status = 200, body = wire::Blockers), (status = "default", body = ProblemBody)))]
pub async fn find_blockers(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<wire::WindowQuery>,
) -> Result<Json<wire::Blockers>> {
    let scope = scope(&state, &ctx, &unit, &query).await?;
    off_thread(move || translate::blockers(&scope, blockers_of(&scope))).await
}

/// Finished items by work type.
#[utoipa::path(get, path = "/units/{unit}/distribution", tag = "insight", params(("unit", max_length = 64), wire::WindowQuery), responses((status = 200, body = wire::Distribution), (status = "default", body = ProblemBody)))]
pub async fn find_distribution(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<wire::WindowQuery>,
) -> Result<Json<wire::Distribution>> {
    let scope = scope(&state, &ctx, &unit, &query).await?;
    off_thread(move || translate::distribution(&scope, distribution_of(&scope))).await
}

/// A process behaviour chart.
#[utoipa::path(get, path = "/units/{unit}/behaviour", tag = "insight", params(("unit", max_length = 64), wire::WindowQuery, wire::BehaviourQuery), responses((status = 200, body = wire::Behaviour), (status = "default", body = ProblemBody)))]
pub async fn find_behaviour(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<wire::WindowQuery>,
    Query(behaviour): Query<wire::BehaviourQuery>,
) -> Result<Json<wire::Behaviour>> {
    let code = behaviour.measure.filter(|code| !code.is_empty()).unwrap_or_else(|| "throughput".to_owned());
    let of = BehaviourOf::from_code(&code)
        .ok_or_else(|| Problem::invalid("measure", "expected throughput, cycle_time or wip"))?;
    let scope = scope(&state, &ctx, &unit, &query).await?;
    off_thread(move || translate::behaviour(&scope, &code, &behaviour_of(&scope, of))).await
}

/// Time from idea to production.
#[utoipa::path(get, path = "/units/{unit}/time-to-market", tag = "insight", params(("unit", max_length = 64), wire::WindowQuery), responses((status = 200, body = wire::TimeToMarket), (status = "default", body = ProblemBody)))]
pub async fn find_time_to_market(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<wire::WindowQuery>,
) -> Result<Json<wire::TimeToMarket>> {
    let scope = scope(&state, &ctx, &unit, &query).await?;
    off_thread(move || translate::time_to_market(&scope, time_to_market_of(&scope))).await
}

/// Delivery performance (DORA).
#[utoipa::path(get, path = "/units/{unit}/delivery", tag = "insight", params(("unit", max_length = 64), wire::WindowQuery), responses((status = 200, body = wire::Delivery), (status = "default", body = ProblemBody)))]
pub async fn find_delivery(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<wire::WindowQuery>,
) -> Result<Json<wire::Delivery>> {
    let scope = scope(&state, &ctx, &unit, &query).await?;
    off_thread(move || translate::delivery(&scope, delivery_of(&scope))).await
}

/// Iterations of the teams in scope.
#[utoipa::path(get, path = "/units/{unit}/iterations", tag = "insight", params(("unit", max_length = 64)), responses((status = 200, body = wire::Iterations), (status = "default", body = ProblemBody)))]
pub async fn list_iterations(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
) -> Result<Json<wire::Iterations>> {
    let scope = scope(&state, &ctx, &unit, &wire::WindowQuery::default()).await?;
    off_thread(move || translate::iterations(&iterations_of(&ctx.0, &scope))).await
}

/// Remaining work through an iteration.
#[utoipa::path(get, path = "/units/{unit}/iterations/{iteration}/burn-down", tag = "insight", params(("unit", max_length = 64), ("iteration", max_length = 36)), responses((status = 200, body = wire::BurnDown), (status = "default", body = ProblemBody)))]
pub async fn find_burn_down(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path((unit, iteration)): Path<(String, String)>,
) -> Result<Json<wire::BurnDown>> {
    let id: IterationId = iteration.parse().map_err(|_| headway_app::Error::NotFound("iteration"))?;
    let scope = scope(&state, &ctx, &unit, &wire::WindowQuery::default()).await?;
    let found = off_thread(move || burn_down_of(&ctx.0, &scope, id)).await?;
    Ok(Json(translate::burn_down(&found.0?)))
}

/// Which items a burn-up is about.
#[derive(Debug, Default, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BurnUpQuery {
    /// A label, or the key of the item above.
    #[param(max_length = 200)]
    matching: Option<String>,
}

/// Scope and done, day by day.
#[utoipa::path(get, path = "/units/{unit}/burn-up", tag = "insight", params(("unit", max_length = 64), wire::WindowQuery, BurnUpQuery), responses((status = 200, body = wire::BurnUp), (status = "default", body = ProblemBody)))]
pub async fn find_burn_up(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<wire::WindowQuery>,
    Query(burn_up): Query<BurnUpQuery>,
) -> Result<Json<wire::BurnUp>> {
    let scope = scope(&state, &ctx, &unit, &query).await?;
    let matching = burn_up.matching.filter(|text| !text.is_empty());
    off_thread(move || {
        let view = burn_up_of(&scope, matching.as_deref());
        wire::BurnUp {
            window: translate::window(&scope),
            days: translate::days(&series::days_of(scope.window)),
            scope: view.scope,
            done: view.done,
        }
    })
    .await
}

/// Which signals.
#[derive(Debug, Default, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SignalQuery {
    /// Only this level: `watch` or `bad`.
    #[param(max_length = 8, pattern = "^(watch|bad)?$")]
    level: Option<String>,
}

/// The most signals of an answer.
const MOST_SIGNALS: usize = 200;

/// What needs attention, worst first.
#[utoipa::path(get, path = "/units/{unit}/signals", tag = "insight", params(("unit", max_length = 64), SignalQuery), responses((status = 200, body = wire::Signals), (status = "default", body = ProblemBody)))]
pub async fn list_signals(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<SignalQuery>,
) -> Result<Json<wire::Signals>> {
    let level = match query.level.as_deref() {
        None | Some("") => None,
        Some("watch") => Some(SignalLevel::Watch),
        Some("bad") => Some(SignalLevel::Bad),
        Some(_) => return Err(Problem::invalid("level", "expected watch or bad")),
    };
    let scope = scope(&state, &ctx, &unit, &wire::WindowQuery::default()).await?;
    let pool = outlook::pool(&ctx.0, &state.app).await?;
    off_thread(move || {
        let found = Found::in_scope(&scope, &pool);
        let mut groups = found.groups();
        groups.retain(|it| level.is_none_or(|level| it.level() == level));
        wire::Signals {
            truncated: groups.len() > MOST_SIGNALS,
            signals: groups.iter().take(MOST_SIGNALS).map(|it| translate::signal(it.named())).collect(),
        }
    })
    .await
}

/// How many teams.
#[derive(Debug, Default, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HeatMapQuery {
    /// How many teams at most: 50 when nobody says.
    #[param(minimum = 1, maximum = 5000)]
    limit: Option<u32>,
}

/// The teams below a unit, by what needs attention.
#[utoipa::path(get, path = "/units/{unit}/heat-map", tag = "insight", params(("unit", max_length = 64), wire::WindowQuery, HeatMapQuery), responses((status = 200, body = wire::HeatMap), (status = "default", body = ProblemBody)))]
pub async fn find_heat_map(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<wire::WindowQuery>,
    Query(rows): Query<HeatMapQuery>,
) -> Result<Json<wire::HeatMap>> {
    let limit = Problem::check_limit(rows.limit, 50, 5_000)? as usize;
    let scope = scope(&state, &ctx, &unit, &query).await?;
    let pool = outlook::pool(&ctx.0, &state.app).await?;
    off_thread(move || translate::heat_map(&scope, heat_map_of(&scope, &pool, limit))).await
}

/// How far the forecasts of a unit have held.
#[utoipa::path(get, path = "/units/{unit}/calibration", tag = "insight", params(("unit", max_length = 64)), responses((status = 200, body = wire::Calibration), (status = "default", body = ProblemBody)))]
pub async fn find_calibration(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
) -> Result<Json<wire::Calibration>> {
    let found = outlook::calibration(&ctx.0, &state.app, &unit).await?;
    let method = "At a past day every two weeks, the forecast was made from what was known then and compared with \
                  what happened. Beside it stands the plain bootstrap of the last 90 days, on the same days.";
    Ok(Json(translate::calibration(found, method.to_owned())))
}

/// Asks how many items will be finished by a day, or when a number or a set of items will be.
#[utoipa::path(post, path = "/units/{unit}/forecast", tag = "insight", params(("unit", max_length = 64)), request_body = wire::ForecastRequest, responses((status = 200, body = wire::Forecast), (status = "default", body = ProblemBody)))]
pub async fn forecast(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Body(request): Body<wire::ForecastRequest>,
) -> Result<Json<wire::Forecast>> {
    let asked = forecast_ask(request)?;
    let split = asked.split;
    let view = outlook::forecast(&ctx.0, &state.app, &unit, asked).await?;
    let mut method = vec![
        "The rate of finished items is read from the last 60 to 365 days; weeks scatter as they have scattered, and \
         the rate may drift the more the further one looks."
            .to_owned(),
        "Each level is moved until such claims would have held as often as they say: on this scope's own past and, \
         where that is short, on the pasts of the other teams."
            .to_owned(),
    ];
    if view.is_joint {
        method.push(format!(
            "Several teams were played together {} times with seed {}; the whole is finished when the last team is.",
            outlook::TRIALS,
            view.seed
        ));
    }
    if split.1 > 1.0 {
        method.push(format!("Each item may become {} to {} items when it is worked on.", split.0, split.1));
    }
    Ok(Json(translate::forecast(view, method)))
}

fn forecast_ask(request: wire::ForecastRequest) -> Result<ForecastAsk> {
    let ids = request.items.iter().map(|id| id.parse::<ItemId>());
    let items: Vec<ItemId> =
        ids.collect::<Result<_, _>>().map_err(|_| Problem::invalid("items", "expected ids of items"))?;
    let until = day("until", request.until.as_ref())?;
    let matching = request.matching.filter(|text| !text.is_empty());
    let question = match (until, request.count, items.is_empty(), matching) {
        (Some(day), None, true, None) => Question::HowMany(day),
        (None, Some(count @ 1..=100_000), true, None) => Question::Count(count),
        (None, Some(_), true, None) => return Err(Problem::invalid("count", "expected 1 to 100000 items")),
        (None, None, false, None) => Question::Items(items),
        (None, None, true, Some(text)) => Question::Matching(text),
        _ => return Err(Problem::invalid("until", "give exactly one of until, count, items and matching")),
    };
    let low = request.split_low.unwrap_or(1.0);
    Ok(ForecastAsk {
        question,
        target: day("target", request.target.as_ref())?,
        split: (low, request.split_high.unwrap_or(low)),
        seed: request.seed,
        work_type: None,
    })
}

fn measure(code: &str) -> Result<Measure> {
    Measure::from_code(code).ok_or_else(|| headway_app::Error::NotFound("measure").into())
}

/// Explains a number: its definition, what went in, which items are behind it.
#[utoipa::path(get, path = "/units/{unit}/measures/{measure}", tag = "insight", params(("unit", max_length = 64), ("measure", max_length = 40), wire::WindowQuery), responses((status = 200, body = wire::Explanation), (status = "default", body = ProblemBody)))]
pub async fn explain_measure(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path((unit, code)): Path<(String, String)>,
    Query(query): Query<wire::WindowQuery>,
) -> Result<Json<wire::Explanation>> {
    let measure = measure(&code)?;
    let scope = scope(&state, &ctx, &unit, &query).await?;
    off_thread(move || translate::explanation(measure, definition(measure), app::explain(&scope, measure)))
        .await
}

/// Defines a measure.
#[utoipa::path(get, path = "/measures/{measure}", tag = "insight", params(("measure", max_length = 40)), responses((status = 200, body = wire::MeasureDefinition), (status = "default", body = ProblemBody)))]
pub async fn find_measure(Ctx(ctx): Ctx, Path(code): Path<String>) -> Result<Json<wire::MeasureDefinition>> {
    ctx.authorise_anybody()?;
    Ok(Json(definition(measure(&code)?)))
}

/// Since when.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SinceQuery {
    /// An instant, RFC 3339.
    #[param(max_length = 40, format = DateTime, example = "2026-11-20T08:00:00Z")]
    since: String,
}

/// What is new in a unit since an instant.
#[utoipa::path(get, path = "/units/{unit}/changes", tag = "insight", params(("unit", max_length = 64), SinceQuery), responses((status = 200, body = wire::Changes), (status = "default", body = ProblemBody)))]
pub async fn find_changes(
    State(state): State<ApiState>,
    ctx: Ctx,
    Path(unit): Path<String>,
    Query(query): Query<SinceQuery>,
) -> Result<Json<wire::Changes>> {
    let since: Instant = query.since.parse().map_err(|_| {
        Problem::invalid("since", format!("{:?} is not an instant such as 2026-11-20T08:00:00Z", query.since))
    })?;
    let scope = scope(&state, &ctx, &unit, &wire::WindowQuery::default()).await?;
    off_thread(move || translate::changes(since.to_string(), app::changes(&scope, since))).await
}
