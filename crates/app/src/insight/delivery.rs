//! Delivery performance (DORA) of a scope: deployments of all its teams together.

use headway_domain::{
    insight::Measure,
    time::Day,
    work::{Calendar, Deployment},
};
use headway_flow::{
    dora::{ChangeClock, Deliveries, Edition, Evidence, Incident, Level, Pace},
    percentile::nearest_rank,
    period::Grain,
};

use crate::insight::{
    Scope,
    figure::{TooFewOf, Unit},
};

/// Delivery performance.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The measures.
    pub measures: Vec<DeliveryMeasure>,
    /// Deployments per week.
    pub weeks: Vec<DeliveryWeek>,
    /// Whether any fact is inferred.
    pub is_proxy: bool,
}

/// One measure.
#[derive(Clone, Debug)]
pub struct DeliveryMeasure {
    /// Which.
    pub measure: Measure,
    /// Its value.
    pub value: Result<f64, TooFewOf>,
    /// What it is counted in.
    pub unit: Unit,
    /// What the edition calls it.
    pub level: Option<&'static str>,
    /// What it is made of.
    pub n: usize,
    /// Which variant of the definition.
    pub variant: &'static str,
}

/// Deployments of a week.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryWeek {
    /// Its Monday.
    pub start: Day,
    /// Deployments that reached production.
    pub deployments: u32,
    /// Those that caused a failure.
    pub failures: u32,
    /// Median lead time for changes in hours.
    pub lead_time_hours: Option<f64>,
}

fn level_code(level: Level) -> &'static str {
    match level {
        Level::Elite => "elite",
        Level::High => "high",
        Level::Medium => "medium",
        Level::Low => "low",
    }
}

/// The edition whose thresholds are used.
pub const EDITION: &str = "2023";

/// Delivery performance of the window.
pub fn delivery_of(scope: &Scope) -> Delivery {
    let all: Vec<&Deployment> = scope.teams.iter().flat_map(|team| &team.facts.deployments).collect();
    let incidents: Vec<Incident> = scope
        .teams
        .iter()
        .flat_map(|team| {
            let kinds = &team.facts.workflow.kinds;
            let is_incident = move |kind: &str| {
                kinds.iter().any(|rule| rule.kind == kind) && kind.to_lowercase().contains("incident")
            };
            let items = team.facts.items.iter().zip(&team.facts.names);
            items
                .filter(move |(_, name)| is_incident(&name.kind))
                .map(|(item, _)| Incident { opened: item.created.at, closed: item.left().map(|it| it.at) })
        })
        .collect();
    let calendar =
        scope.teams.first().map_or_else(Calendar::default, |team| team.facts.workflow.calendar.clone());
    let deliveries = Deliveries::of(&all, &incidents);
    let is_proxy = deliveries.evidence == Evidence::Proxy;
    Delivery {
        measures: measures(scope, &deliveries, &calendar, is_proxy),
        weeks: weeks(scope, &deliveries, &calendar),
        is_proxy,
    }
}

fn measures(
    scope: &Scope,
    deliveries: &Deliveries,
    calendar: &Calendar,
    is_proxy: bool,
) -> Vec<DeliveryMeasure> {
    let window = scope.window;
    let few = |of| move |too_few| TooFewOf { too_few, of };
    let frequency = deliveries.frequency(window, calendar);
    let lead = deliveries.lead_times(window, calendar, ChangeClock::Committed).hours;
    let failures = deliveries.change_fail_rate(window, calendar);
    let recovery = deliveries.recovery(window, calendar).hours;
    let rework = deliveries.rework_rate(window, calendar);
    let weeks = window.len() as f64 / 7.0;
    vec![
        DeliveryMeasure {
            measure: Measure::DeploymentFrequency,
            value: frequency.map(|it| it.deployments as f64 / weeks).map_err(few("deployments")),
            unit: Unit::PerWeek,
            level: frequency.ok().map(|it| match it.pace {
                Pace::Daily => "elite",
                Pace::Weekly => "high",
                Pace::Monthly => "medium",
                Pace::Rarer => "low",
            }),
            n: frequency.map_or(0, |it| it.deployments),
            variant: "Deployments to production that succeeded; the level is called by the median number of days with a deployment a week.",
        },
        DeliveryMeasure {
            measure: Measure::LeadTimeForChanges,
            value: lead.map(|it| it.p50).map_err(few("changes")),
            unit: Unit::Hours,
            level: lead.ok().and_then(|it| Edition::NEWEST.lead_time(it.p50)).map(level_code),
            n: lead.map_or(0, |it| it.n),
            variant: "Median over all commits of a deployment, from commit to deployment.",
        },
        DeliveryMeasure {
            measure: Measure::ChangeFailRate,
            value: failures.map(headway_flow::Share::fraction).map_err(few("deployments")),
            unit: Unit::Share,
            level: failures.ok().and_then(|it| Edition::NEWEST.change_fail_rate(it)).map(level_code),
            n: failures.map_or(0, |it| it.of),
            variant: if is_proxy {
                "Deployments followed within seven days by one that carries a repair, as far as commits tell."
            } else {
                "Deployments with at least one incident before the next one."
            },
        },
        DeliveryMeasure {
            measure: Measure::FailedDeploymentRecoveryTime,
            value: recovery.map(|it| it.p50).map_err(few("failed deployments")),
            unit: Unit::Hours,
            level: recovery.ok().and_then(|it| Edition::NEWEST.recovery(it.p50)).map(level_code),
            n: recovery.map_or(0, |it| it.n),
            variant: "Median time from a failed deployment to the end of its incidents, or to the next deployment that works.",
        },
        DeliveryMeasure {
            measure: Measure::DeploymentReworkRate,
            value: rework.map(headway_flow::Share::fraction).map_err(few("deployments")),
            unit: Unit::Share,
            level: None,
            n: rework.map_or(0, |it| it.of),
            variant: "Deployments made to repair an earlier one.",
        },
    ]
}

fn weeks(scope: &Scope, deliveries: &Deliveries, calendar: &Calendar) -> Vec<DeliveryWeek> {
    let weeks =
        Grain::Week.periods(scope.window).into_iter().map(|week| {
            let window = headway_flow::period::Window { first: week.first, last: week.last };
            let mut found =
                DeliveryWeek { start: week.first, deployments: 0, failures: 0, lead_time_hours: None };
            let mut hours = Vec::new();
            for outcome in deliveries.within(window, calendar) {
                found.deployments += 1;
                found.failures += u32::from(outcome.has_failed);
                let changes = &outcome.deployment.changes;
                hours.extend(changes.iter().map(|change| {
                    outcome.deployment.finished_at.seconds_since(change.committed_at) / 3600.0
                }));
            }
            hours.retain(|hours: &f64| *hours > 0.0);
            hours.sort_unstable_by(f64::total_cmp);
            found.lead_time_hours = nearest_rank(&hours, 50);
            found
        });
    weeks.collect()
}
