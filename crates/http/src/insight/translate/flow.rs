//! From views to wire forms: measures of flow.

use headway_app::insight as app;
use headway_app::insight::Scope;
use headway_app::insight::behaviour::Behaviour;
use headway_app::insight::durations::Aging;
use headway_app::insight::durations::AgingItem;
use headway_app::insight::durations::Blockers;
use headway_app::insight::durations::CycleTimes;
use headway_app::insight::durations::Efficiency;
use headway_app::insight::durations::StageTime;
use headway_app::insight::series::CumulativeFlow;
use headway_app::insight::series::Distribution;
use headway_app::insight::series::Throughput;
use headway_flow::efficiency::FlowEfficiency;
use headway_flow::xmr::Rule;
use headway_flow::xmr::Scale;

use super::{days, item_ref, percentiles, share, sle, small, too_few_of, two_percentiles, window};
use crate::{insight::wire, organisation::handlers::unit_ref};

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

pub(super) fn aging_item(item: AgingItem) -> wire::AgingItem {
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

pub(super) fn stage_time(stage: StageTime) -> wire::StageTime {
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

pub(super) fn rule_code(rule: Rule) -> &'static str {
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
