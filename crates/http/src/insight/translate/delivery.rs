//! From views to wire forms: delivery, time to market, iterations.

use headway_app::insight as app;
use headway_app::insight::Scope;
use headway_app::insight::durations::TimeToMarket;
use headway_flow::sprint;

use super::{percentiles, small, stage_time, too_few, too_few_of, two_percentiles, unit_code, window};
use crate::{insight::wire, organisation::handlers::unit_ref};

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

pub(super) fn sums(figures: &sprint::Figures, unit: sprint::Unit) -> wire::IterationSums {
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
