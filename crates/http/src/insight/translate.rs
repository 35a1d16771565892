//! From views of the insight wing to their wire forms.

use headway_app::insight::{
    self as app, ItemRef, Scope,
    behaviour::Behaviour,
    durations::{Aging, AgingItem, Blockers, CycleTimes, Efficiency, SleReport, StageTime, TimeToMarket},
    figure::{Better, Figure, TooFewOf, Unit},
    heat_map::{HeatMapRow, Trend},
    outlook,
    series::{CumulativeFlow, Distribution, Throughput},
    signals::TeamSignal,
};
use headway_domain::{
    insight::{Measure, SignalLevel},
    time::Day,
};
use headway_flow::{
    Share, TooFew,
    efficiency::FlowEfficiency,
    percentile::Summary,
    sprint,
    xmr::{Rule, Scale},
};

use super::{wire, words};
use crate::organisation::handlers::unit_ref;

pub fn unit_code(unit: Unit) -> &'static str {
    match unit {
        Unit::Items => "items",
        Unit::ItemsPerWeek => "items_per_week",
        Unit::Days => "days",
        Unit::Hours => "hours",
        Unit::Share => "share",
        Unit::PerWeek => "per_week",
        Unit::Estimate => "estimate",
    }
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

pub fn too_few(few: TooFewOf) -> wire::TooFew {
    too_few_of(few.too_few, few.of)
}

fn too_few_of(few: TooFew, of: &str) -> wire::TooFew {
    wire::TooFew { n: small(few.n), need: small(few.need), of: of.to_owned() }
}

fn share(share: Share) -> wire::Share {
    wire::Share { count: small(share.part), of: small(share.of) }
}

pub fn item_ref(item: ItemRef) -> wire::ItemRef {
    wire::ItemRef { id: item.id.to_string(), label: item.label, title: item.title }
}

pub fn window(scope: &Scope) -> wire::Window {
    wire::Window {
        from: scope.window.first.to_string(),
        to: scope.window.last.to_string(),
        today: scope.today.to_string(),
        work_type: scope.work_type.map(|work_type| work_type.code().to_owned()),
    }
}

pub fn figure(figure: Figure) -> wire::Figure {
    wire::Figure {
        measure: figure.measure.code().to_owned(),
        value: figure.value.ok(),
        too_few: figure.value.err().map(too_few),
        unit: unit_code(figure.unit).to_owned(),
        previous: figure.previous,
        better: match figure.better {
            Better::Up => "up",
            Better::Down => "down",
            Better::Neither => "neither",
        }
        .to_owned(),
        history: figure.history,
        statistic: figure.statistic.to_owned(),
        item: figure.item.map(item_ref),
    }
}

fn percentiles<T: Copy + Into<f64>>(summary: Option<Summary<T>>) -> Vec<wire::Percentile> {
    let Some(it) = summary else { return Vec::new() };
    [(50, it.p50), (70, it.p70), (85, it.p85), (95, it.p95)]
        .map(|(percent, value)| wire::Percentile { percent, value: value.into() })
        .into()
}

fn two_percentiles<T: Copy + Into<f64>>(summary: Option<Summary<T>>) -> Vec<wire::Percentile> {
    percentiles(summary).into_iter().filter(|it| matches!(it.percent, 50 | 85)).collect()
}

fn level_code(level: SignalLevel) -> &'static str {
    match level {
        SignalLevel::Watch => "watch",
        SignalLevel::Bad => "bad",
    }
}

pub fn signal(found: TeamSignal) -> wire::Signal {
    let signal = found.signal;
    let subject = found.items.first().map(|item| item.id.to_string()).unwrap_or_default();
    wire::Signal {
        id: format!("{}:{}:{subject}", signal.kind.code(), found.unit.id),
        kind: signal.kind.code().to_owned(),
        level: level_code(signal.level).to_owned(),
        unit: unit_ref(&found.unit),
        items: found.items.into_iter().map(item_ref).collect(),
        item_count: small(found.item_count),
        evidence: signal.evidence.figures.iter().map(words::evidence).collect(),
        rule: words::rule(&signal.rule),
        hit_rate: signal.track.raised.ok().map(|rate| wire::Share { count: rate.hits, of: rate.checks }),
        otherwise_rate: signal
            .track
            .otherwise
            .ok()
            .map(|rate| wire::Share { count: rate.hits, of: rate.checks }),
        hit_means: words::hit_means(signal.kind).to_owned(),
        next_step: words::next_step(signal.next).to_owned(),
    }
}

pub fn overview(scope: &Scope, view: app::Overview) -> wire::Overview {
    let extent = view.extent;
    wire::Overview {
        window: window(scope),
        data: wire::DataExtent {
            items: small(extent.items),
            delivered: small(extent.delivered),
            in_progress: small(extent.in_progress),
            first_day: extent.span.map(|(first, _)| first.to_string()),
            last_day: extent.span.map(|(_, last)| last.to_string()),
            teams: small(extent.teams),
            has_deployments: extent.has_deployments,
            has_iterations: extent.has_iterations,
        },
        figures: view.figures.into_iter().map(figure).collect(),
        signals: view.signals.into_iter().map(signal).collect(),
        signal_count: small(view.signal_count),
        never_started: share(view.never_started),
    }
}

pub fn throughput(scope: &Scope, bucket: &str, view: Throughput) -> wire::Throughput {
    let period = |it: app::series::ThroughputPeriod| wire::ThroughputPeriod {
        start: it.period.first.to_string(),
        delivered: it.delivered,
        cancelled: it.cancelled,
        started: it.started,
        created: it.created,
        is_partial: it.period.is_partial,
    };
    wire::Throughput {
        window: window(scope),
        bucket: bucket.to_owned(),
        periods: view.periods.into_iter().map(period).collect(),
        mean: view.mean,
    }
}

fn sle(report: SleReport) -> wire::SleReport {
    wire::SleReport {
        percent: report.sle.percent,
        days: report.sle.days,
        is_set: report.is_set,
        held: share(report.held),
    }
}

pub fn cycle_time(scope: &Scope, view: CycleTimes, rule: String) -> wire::CycleTime {
    wire::CycleTime {
        window: window(scope),
        points: view
            .points
            .into_iter()
            .map(|point| wire::CycleTimePoint {
                item: item_ref(point.item),
                finished_on: point.finished_on.to_string(),
                days: point.days,
                work_type: point.work_type.code().to_owned(),
            })
            .collect(),
        n: small(view.n),
        percentiles: percentiles(view.summary),
        sle: view.sle.map(sle),
        histogram: view.histogram,
        never_started: share(view.never_started),
        rule,
    }
}

fn aging_item(item: AgingItem) -> wire::AgingItem {
    wire::AgingItem {
        item: item_ref(item.item),
        unit: unit_ref(&item.unit),
        stage: item.stage,
        age_days: item.age_days,
        stage_days: item.stage_days,
        is_blocked: item.is_blocked,
        is_stalled: item.is_stalled,
        work_type: item.work_type.code().to_owned(),
    }
}

pub fn aging(scope: &Scope, view: Aging) -> wire::Aging {
    wire::Aging {
        today: scope.today.to_string(),
        stages: view
            .stages
            .into_iter()
            .map(|stage| wire::AgingStage {
                name: stage.name,
                category: stage.category.code().to_owned(),
                pace: percentiles(stage.pace),
            })
            .collect(),
        items: view.items.into_iter().map(aging_item).collect(),
        item_count: small(view.item_count),
        sle_days: view.sle_days,
    }
}

pub fn cumulative_flow(scope: &Scope, view: CumulativeFlow) -> wire::CumulativeFlow {
    let stage = |it: app::series::ReachedStage| wire::CumulativeFlowStage {
        name: it.name,
        category: it.category.code().to_owned(),
        reached: it.reached,
    };
    wire::CumulativeFlow {
        window: window(scope),
        days: days(&view.days),
        stages: view.stages.into_iter().rev().map(stage).collect(),
        approximate_cycle_time_days: view.approximate_cycle_time_days.map(f64::from),
        flow_debt_days: view.flow_debt_days,
    }
}

pub fn days(days: &[Day]) -> Vec<String> {
    days.iter().map(Day::to_string).collect()
}

fn stage_time(stage: StageTime) -> wire::StageTime {
    wire::StageTime {
        name: stage.name,
        category: stage.category.code().to_owned(),
        total_days: stage.total_days,
        percentiles: two_percentiles(stage.summary),
    }
}

pub fn efficiency(scope: &Scope, view: Efficiency) -> wire::Efficiency {
    let ratio = |efficiency| match efficiency {
        FlowEfficiency::Measured(time) => headway_flow::efficiency::FlowTime::efficiency(time),
        _ => None,
    };
    let (state, n) = match view.by_stage {
        FlowEfficiency::NotConfigured => ("not_configured", 0),
        FlowEfficiency::NoData => ("no_data", 0),
        FlowEfficiency::Measured(time) => ("ok", time.n),
    };
    wire::Efficiency {
        window: window(scope),
        ratio: ratio(view.by_stage),
        state: state.to_owned(),
        ratio_less_blocked: ratio(view.by_blocked),
        n: small(n),
        stages: view.stages.into_iter().map(stage_time).collect(),
    }
}

pub fn blockers(scope: &Scope, view: Blockers) -> wire::Blockers {
    let cluster = |it: app::durations::BlockerCluster| wire::BlockerCluster {
        cause: crate::work::cause(&it.cause),
        days: it.days,
        items: small(it.items),
        teams: small(it.teams),
    };
    wire::Blockers {
        window: window(scope),
        total_days: view.total_days,
        items: share(view.items),
        clusters: view.clusters.into_iter().map(cluster).collect(),
        blocked_now: view.blocked_now.into_iter().map(aging_item).collect(),
    }
}

pub fn distribution(scope: &Scope, view: Distribution) -> wire::Distribution {
    let row = |it: app::series::DistributionRow| wire::DistributionType {
        work_type: it.work_type.code().to_owned(),
        delivered: it.delivered,
        in_progress: it.in_progress,
    };
    wire::Distribution {
        window: window(scope),
        periods: days(&view.periods),
        types: view.types.into_iter().map(row).collect(),
    }
}

fn rule_code(rule: Rule) -> &'static str {
    match rule {
        Rule::BeyondLimit => "outside",
        Rule::LargeStep => "moving_range",
        Rule::TwoOfThree => "two_of_three",
        Rule::FourOfFive => "four_of_five",
        Rule::EightInARow => "eight_in_a_row",
    }
}

pub fn behaviour(scope: &Scope, measure: &str, view: &Behaviour) -> wire::Behaviour {
    let signals_at = |at: usize| {
        let mut codes: Vec<String> = view
            .chart
            .findings
            .iter()
            .filter(|it| it.at == at)
            .map(|it| rule_code(it.rule).to_owned())
            .collect();
        codes.dedup();
        codes
    };
    let segments = view.chart.segments.iter().filter(|it| it.until > it.from).filter_map(|segment| {
        let limits = segment.limits.ok()?;
        Some(wire::BehaviourSegment {
            first: small(segment.from),
            last: small(segment.until - 1),
            centre: limits.centre,
            upper: limits.upper,
            lower: limits.lower,
        })
    });
    let few = view.chart.segments.iter().find_map(|segment| segment.limits.err());
    wire::Behaviour {
        window: window(scope),
        measure: measure.to_owned(),
        scale: match view.scale {
            Scale::Plain => "linear",
            Scale::Root => "square_root",
            Scale::Log => "log",
        }
        .to_owned(),
        points: view
            .points
            .iter()
            .enumerate()
            .map(|(at, point)| wire::BehaviourPoint {
                day: point.day.to_string(),
                value: point.value,
                item: point.item.clone().map(item_ref),
                signals: signals_at(at),
                is_partial: point.is_partial,
            })
            .collect(),
        segments: segments.collect(),
        too_few: few.map(|few| too_few_of(few, "points")),
    }
}

pub fn time_to_market(scope: &Scope, view: TimeToMarket) -> wire::TimeToMarket {
    wire::TimeToMarket {
        window: window(scope),
        n: small(view.n),
        percentiles: percentiles(view.summary),
        stages: view.stages.into_iter().map(stage_time).collect(),
        adaptability: two_percentiles(view.adaptability),
        adaptability_n: view.adaptability.map_or(0, |it| small(it.n)),
        deployment_wait: two_percentiles(view.deployment_wait),
    }
}

pub fn delivery(scope: &Scope, view: app::delivery::Delivery) -> wire::Delivery {
    wire::Delivery {
        window: window(scope),
        measures: view
            .measures
            .into_iter()
            .map(|it| wire::DeliveryMeasure {
                measure: it.measure.code().to_owned(),
                value: it.value.ok(),
                too_few: it.value.err().map(too_few),
                unit: unit_code(it.unit).to_owned(),
                level: it.level.map(str::to_owned),
                n: small(it.n),
                variant: it.variant.to_owned(),
            })
            .collect(),
        weeks: view
            .weeks
            .into_iter()
            .map(|it| wire::DeliveryWeek {
                start: it.start.to_string(),
                deployments: it.deployments,
                failures: it.failures,
                lead_time_hours: it.lead_time_hours,
            })
            .collect(),
        bucket_version: app::delivery::EDITION.to_owned(),
        is_proxy: view.is_proxy,
    }
}

fn sums(figures: &sprint::Figures, unit: sprint::Unit) -> wire::IterationSums {
    wire::IterationSums {
        committed: figures.started.of(unit),
        added: figures.added.of(unit),
        removed: figures.removed.of(unit),
        estimate_change: if unit == sprint::Unit::Points { figures.estimate_change } else { 0.0 },
        completed: figures.completed.of(unit),
        completed_of_committed: figures.completed_of_started.of(unit),
        remaining: figures.remaining.of(unit),
    }
}

pub fn iteration(report: &app::iterations::IterationReport) -> wire::IterationReport {
    wire::IterationReport {
        id: report.id.to_string(),
        unit: unit_ref(&report.team),
        name: report.name.clone(),
        starts_on: report.days.map(|(first, _)| first.to_string()),
        ends_on: report.days.map(|(_, last)| last.to_string()),
        is_closed: report.is_closed,
        items: sums(&report.figures, sprint::Unit::Items),
        estimate: sums(&report.figures, sprint::Unit::Points),
        unestimated: report.figures.unestimated,
        say_do: report.say_do,
    }
}

pub fn iterations(view: &app::iterations::Iterations) -> wire::Iterations {
    let velocity = view.velocity.map_or_else(
        |_| Vec::new(),
        |it| {
            let at = |percent, value| wire::Percentile { percent, value };
            vec![at(15, it.p15), at(50, it.median), at(85, it.p85)]
        },
    );
    wire::Iterations {
        iterations: view.iterations.iter().map(iteration).collect(),
        velocity,
        say_do: view.say_do,
        too_few: view.velocity.err().map(|few| too_few_of(few, "iterations")),
    }
}

pub fn burn_down(view: &app::iterations::BurnDown) -> wire::BurnDown {
    let remaining = |day: &sprint::BurnDay| day.scope.of(view.unit) - day.done.of(view.unit);
    wire::BurnDown {
        iteration: iteration(&view.iteration),
        days: view.days.iter().map(|day| day.day.to_string()).collect(),
        remaining: view.days.iter().map(remaining).collect(),
        scope: view.days.iter().map(|day| day.scope.of(view.unit)).collect(),
        unit: match view.unit {
            sprint::Unit::Items => "items",
            sprint::Unit::Points => "estimate",
        }
        .to_owned(),
    }
}

pub fn heat_map(scope: &Scope, rows: Vec<HeatMapRow>) -> wire::HeatMap {
    let cell = |cell: app::heat_map::HeatMapCell| wire::HeatMapCell {
        measure: cell.figure.measure.code().to_owned(),
        value: cell.figure.value.ok(),
        unit: unit_code(cell.figure.unit).to_owned(),
        trend: match cell.trend {
            Trend::Better => "better",
            Trend::Worse => "worse",
            Trend::Steady => "steady",
            Trend::Unknown => "unknown",
        }
        .to_owned(),
        signal: cell.signal.map_or("none", level_code).to_owned(),
        history: cell.figure.history,
    };
    let row = |row: HeatMapRow| wire::HeatMapRow {
        unit: unit_ref(&row.unit),
        path: row.path.iter().map(unit_ref).collect(),
        cells: row.cells.into_iter().map(cell).collect(),
        bad_signals: small(row.bad_signals),
        watch_signals: small(row.watch_signals),
        top_signal: row.top.map(signal),
    };
    wire::HeatMap {
        window: window(scope),
        measures: app::heat_map::COLUMNS.iter().map(|measure| measure.code().to_owned()).collect(),
        rows: rows.into_iter().map(row).collect(),
        count: small(scope.teams.len()),
    }
}

/// A probability is shown to at most 95 %: no forecast knows better.
fn shown(chance: headway_flow::forecast::Chance) -> f64 {
    chance.get().min(0.95)
}

pub fn forecast(view: outlook::Forecast, method: Vec<String>) -> wire::Forecast {
    let held = |it: headway_flow::forecast::Held| wire::Share { count: it.held, of: it.checks };
    let kind = if view.remaining.is_some() { "when" } else { "how_many" };
    let failed = view.claims.as_ref().err().copied();
    let claims = view.claims.unwrap_or_default().into_iter().map(|claim| wire::Claim {
        percent: claim.percent,
        day: claim.day.map(|day| day.to_string()),
        count: claim.count.map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
        held: claim.held.map(held),
    });
    let by_day = view.by_day.into_iter().map(|(day, chance)| wire::CurvePoint {
        day: Some(day.to_string()),
        count: None,
        probability: shown(chance),
    });
    let by_count = view.by_count.into_iter().map(|(count, chance)| wire::CurvePoint {
        day: None,
        count: u32::try_from(count).ok(),
        probability: if count == 0 { 1.0 } else { shown(chance) },
    });
    wire::Forecast {
        kind: kind.to_owned(),
        claims: claims.collect(),
        remaining: view.remaining,
        target_probability: view.target.map(shown),
        curve: by_day.chain(by_count).collect(),
        too_few: failed.map(too_few),
        teams: view
            .teams
            .into_iter()
            .map(|team| wire::ForecastTeam {
                unit: unit_ref(&team.unit),
                remaining: team.remaining,
                day_85: team.day_85.map(|day| day.to_string()),
                is_last: team.is_last,
                too_few: team.too_few.map(too_few),
            })
            .collect(),
        seed: view.seed,
        trials: if view.is_joint { outlook::TRIALS } else { 0 },
        method,
        start: view.start.to_string(),
        loss_ratio: None,
    }
}

pub fn calibration(
    found: Result<headway_flow::forecast::BacktestTable, TooFewOf>,
    method: String,
) -> wire::Calibration {
    let table = match found {
        Err(few) => return wire::Calibration { horizons: Vec::new(), too_few: Some(too_few(few)), method },
        Ok(table) => table,
    };
    let mut horizons: Vec<wire::CalibrationHorizon> = Vec::new();
    for row in &table.rows {
        let days = small(row.horizon);
        if horizons.last().is_none_or(|it| it.days != days) {
            horizons.push(wire::CalibrationHorizon { days, claims: Vec::new(), loss_ratio: None });
        }
        let Some(horizon) = horizons.last_mut() else { continue };
        if row.percent == 85 && row.reference.loss > 0.0 {
            horizon.loss_ratio = Some(row.calibrated.loss / row.reference.loss);
        }
        horizon.claims.push(wire::CalibrationClaim {
            percent: row.percent,
            held: wire::Share { count: row.calibrated.held, of: row.calibrated.checks },
            plain_held: wire::Share { count: row.reference.held, of: row.reference.checks },
        });
    }
    horizons.retain(|horizon| horizon.claims.iter().any(|claim| claim.held.of > 0));
    let few = horizons.is_empty().then(|| wire::TooFew { n: 0, need: 1, of: "checks".to_owned() });
    wire::Calibration { horizons, too_few: few, method }
}

pub fn explanation(
    measure: Measure,
    definition: wire::MeasureDefinition,
    view: app::Explanation,
) -> wire::Explanation {
    let unit = unit_code(view.unit).to_owned();
    wire::Explanation {
        measure: measure.code().to_owned(),
        title: definition.title,
        definition: definition.definition,
        figure: view.figure.map(figure),
        inputs: view
            .inputs
            .into_iter()
            .map(|(name, value)| wire::ExplanationInput { name: name.to_owned(), value })
            .collect(),
        items: view
            .items
            .into_iter()
            .map(|(item, value)| wire::ExplainedItem { item: item_ref(item), value, unit: unit.clone() })
            .collect(),
        item_count: small(view.item_count),
    }
}

pub fn changes(since: String, view: app::Changes) -> wire::Changes {
    wire::Changes {
        since,
        started: small(view.started),
        delivered: small(view.delivered),
        created: small(view.created),
        blocked: small(view.blocked),
        delivered_items: view.delivered_items.into_iter().map(item_ref).collect(),
    }
}
