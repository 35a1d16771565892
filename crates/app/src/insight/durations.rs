//! What charts of durations show: cycle times, ageing work, where time goes, time to market.

mod blockers;

use headway_domain::{
    insight::Measure,
    time::MICROS_PER_DAY,
    work::{Category, Sle, WorkType},
};
use headway_flow::{
    Share, aging, blocked,
    efficiency::{FlowEfficiency, FlowTime, WaitingRule, flow_efficiency},
    item::{Item, Span},
    percentile::Summary,
    period::Window,
    sle,
};

pub use blockers::{BlockerCluster, Blockers, blockers_of};

use crate::insight::{ItemRef, Name, Scope, Team};

/// Cycle times of the items finished in a window.
#[derive(Clone, Debug)]
pub struct CycleTimes {
    /// The items, by day of finish.
    pub points: Vec<CycleTimePoint>,
    /// How many items there are.
    pub n: usize,
    /// How they are distributed.
    pub summary: Option<Summary<u32>>,
    /// The expectation and how it holds.
    pub sle: Option<SleReport>,
    /// Items by days; the last bin holds all that took longer.
    pub histogram: Vec<u32>,
    /// Delivered items that were never in progress.
    pub never_started: Share,
}

/// One finished item.
#[derive(Clone, Debug)]
pub struct CycleTimePoint {
    /// The item.
    pub item: ItemRef,
    /// When it was finished.
    pub finished_on: headway_domain::time::Day,
    /// How long it took.
    pub days: u32,
    /// What it counts as.
    pub work_type: WorkType,
}

/// An expectation and how it holds.
#[derive(Clone, Copy, Debug)]
pub struct SleReport {
    /// The expectation.
    pub sle: Sle,
    /// Whether the team set it.
    pub is_set: bool,
    /// Items of the window within it.
    pub held: Share,
}

/// The most points of a scatter plot.
const MOST_POINTS: usize = 4_000;
/// Bins of the histogram.
const BINS: usize = 60;

/// Cycle times of the items finished in the window.
pub fn cycle_times_of(scope: &Scope) -> CycleTimes {
    let mut points = Vec::new();
    let mut finished = Share { part: 0, of: 0 };
    for (team, name, item) in scope.items() {
        let Some(moment) = item.finished.filter(|it| scope.window.contains(it.day)) else { continue };
        finished.of += 1;
        finished.part += usize::from(item.never_started());
        if let Some(days) = item.cycle_time_days(&team.facts.workflow.calendar) {
            points.push((moment.day, days, name, item.work_type));
        }
    }
    points.sort_by_key(|(day, days, name, _)| (*day, *days, name.id));
    let n = points.len();
    let summary = Summary::of_days(points.iter().map(|(_, days, _, _)| *days)).ok();
    let mut histogram = vec![0; BINS.min(summary.map_or(0, |it| it.most as usize))];
    for (_, days, _, _) in &points {
        let last = histogram.len() - 1;
        histogram[(*days as usize - 1).min(last)] += 1;
    }
    let stride = n.div_ceil(MOST_POINTS).max(1);
    // Thinning out must not hide what took longest.
    let slow = summary.map_or(u32::MAX, |it| it.p95);
    let shown =
        points.into_iter().enumerate().filter(|(ix, (_, days, _, _))| ix % stride == 0 || *days > slow);
    CycleTimes {
        points: shown
            .map(|(_, (finished_on, days, name, work_type))| CycleTimePoint {
                item: ItemRef::of(name),
                finished_on,
                days,
                work_type,
            })
            .collect(),
        n,
        summary,
        sle: sle_of(scope),
        histogram,
        never_started: finished,
    }
}

/// The expectation of the scope: a single team's own, or what the window before leads to.
pub(crate) fn sle_of(scope: &Scope) -> Option<SleReport> {
    let own = match scope.teams.as_slice() {
        [team] => team.facts.workflow.sle,
        _ => None,
    };
    let expected = own.or_else(|| expected_before(scope));
    let sle = expected?;
    let mut held = Share { part: 0, of: 0 };
    for team in &scope.teams {
        let items = team.items(scope.work_type);
        if let Ok(kept) = sle::kept(&items, &team.facts.workflow, scope.window, sle) {
            held.part += kept.part;
            held.of += kept.of;
        }
    }
    Some(SleReport { sle, is_set: own.is_some(), held })
}

fn expected_before(scope: &Scope) -> Option<Sle> {
    let mut days = Vec::new();
    for team in &scope.teams {
        let calendar = &team.facts.workflow.calendar;
        let finished = team.items(scope.work_type).into_iter();
        let finished =
            finished.filter(|item| item.finished.is_some_and(|it| scope.window.before().contains(it.day)));
        days.extend(finished.filter_map(|item| item.cycle_time_days(calendar)));
    }
    Summary::of_days(days).ok().map(|summary| Sle { percent: 85, days: summary.p85 })
}

/// Work in progress by stage.
#[derive(Clone, Debug)]
pub struct Aging {
    /// The stages of work, in the order of the process.
    pub stages: Vec<AgingStage>,
    /// The items, oldest first.
    pub items: Vec<AgingItem>,
    /// How many there are.
    pub item_count: usize,
    /// The expectation.
    pub sle_days: Option<u32>,
}

/// A stage and the pace at which past items left it.
#[derive(Clone, Debug)]
pub struct AgingStage {
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: Category,
    /// Ages at which finished items had left it.
    pub pace: Option<Summary<u32>>,
}

/// An item in progress.
#[derive(Clone, Debug)]
pub struct AgingItem {
    /// The item.
    pub item: ItemRef,
    /// Its team.
    pub unit: headway_domain::organisation::Unit,
    /// The name of its stage.
    pub stage: String,
    /// Its age.
    pub age_days: u32,
    /// Days in this stage.
    pub stage_days: u32,
    /// Whether it is blocked.
    pub is_blocked: bool,
    /// Whether it is stalled.
    pub is_stalled: bool,
    /// What it counts as.
    pub work_type: WorkType,
}

/// The most items of an ageing chart.
const MOST_AGING: usize = 2_000;

/// Work in progress by stage, with the pace of what was finished in the window.
pub fn aging_of(scope: &Scope) -> Aging {
    let mut stages: Vec<AgingStage> = Vec::new();
    let mut items = Vec::new();
    for team in &scope.teams {
        let workflow = &team.facts.workflow;
        let own = team.items(scope.work_type);
        let paces = aging::paces(&own, workflow, scope.window);
        let is_single = scope.teams.len() == 1;
        for stage in workflow.stages.iter().filter(|stage| stage.category.is_in_progress()) {
            if stages.iter().any(|known| known.name == stage.name) {
                continue;
            }
            let pace = paces.iter().find(|it| workflow.stages[usize::from(it.stage)].name == stage.name);
            stages.push(AgingStage {
                name: stage.name.clone(),
                category: stage.category,
                pace: pace.filter(|_| is_single).and_then(|it| it.days.ok()),
            });
        }
        items.extend(aging_items(scope, team));
    }
    items.sort_by(|a: &AgingItem, b| {
        b.age_days.cmp(&a.age_days).then_with(|| a.item.label.cmp(&b.item.label))
    });
    let item_count = items.len();
    items.truncate(MOST_AGING);
    Aging { stages, items, item_count, sle_days: sle_of(scope).map(|it| it.sle.days) }
}

fn aging_items<'s>(scope: &'s Scope, team: &'s Team) -> impl Iterator<Item = AgingItem> + 's {
    let workflow = &team.facts.workflow;
    let now = headway_domain::time::Instant(workflow.calendar.end_of(scope.today).0 - 1);
    aging::aged(&team.facts.items, workflow, scope.today).into_iter().filter_map(move |aged| {
        let (item, name) = (&team.facts.items[aged.item], &team.facts.names[aged.item]);
        scope.holds(item).then(|| AgingItem {
            item: ItemRef::of(name),
            unit: team.unit.clone(),
            stage: workflow.stages.get(usize::from(aged.stage)).map(|it| it.name.clone()).unwrap_or_default(),
            age_days: aged.age_days,
            stage_days: aged.stage_days,
            is_blocked: blocked::blocked_by(item, now).is_some(),
            is_stalled: blocked::stalled_since(item, now, workflow).is_some(),
            work_type: item.work_type,
        })
    })
}

/// Where time goes.
#[derive(Clone, Debug)]
pub struct Efficiency {
    /// Flow efficiency by stages.
    pub by_stage: FlowEfficiency,
    /// The same with blocked and stalled time as waiting.
    pub by_blocked: FlowEfficiency,
    /// Time by stage.
    pub stages: Vec<StageTime>,
}

/// Time in a stage.
#[derive(Clone, Debug)]
pub struct StageTime {
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: Category,
    /// Sum over all items, in days.
    pub total_days: f64,
    /// How long single items were in it.
    pub summary: Option<Summary<f64>>,
}

/// Where the time of the items finished in the window went.
pub fn efficiency_of(scope: &Scope) -> Efficiency {
    let ratio = |rule| {
        scope.teams.iter().fold(FlowEfficiency::NotConfigured, |sum, team| {
            let items = team.items(scope.work_type);
            plus(sum, flow_efficiency(&items, &team.facts.workflow, scope.window, rule))
        })
    };
    Efficiency {
        by_stage: ratio(WaitingRule::Stages),
        by_blocked: ratio(WaitingRule::Blocked),
        stages: stage_times(scope, |item| Some(Span { from: item.started?.at, until: item.finished?.at })),
    }
}

fn plus(a: FlowEfficiency, b: FlowEfficiency) -> FlowEfficiency {
    match (a, b) {
        (FlowEfficiency::Measured(a), FlowEfficiency::Measured(b)) => FlowEfficiency::Measured(FlowTime {
            n: a.n + b.n,
            active_seconds: a.active_seconds + b.active_seconds,
            waiting_seconds: a.waiting_seconds + b.waiting_seconds,
        }),
        (measured @ FlowEfficiency::Measured(_), _) | (_, measured @ FlowEfficiency::Measured(_)) => measured,
        (FlowEfficiency::NoData, _) | (_, FlowEfficiency::NoData) => FlowEfficiency::NoData,
        _ => FlowEfficiency::NotConfigured,
    }
}

/// Time in each stage, by name, of the items finished in the window, within a part of their life.
fn stage_times(scope: &Scope, life: impl Fn(&Item) -> Option<Span>) -> Vec<StageTime> {
    let mut sums: Vec<(String, Category, Vec<f64>)> = Vec::new();
    for team in &scope.teams {
        let workflow = &team.facts.workflow;
        let positions: Vec<Option<usize>> = workflow
            .stages
            .iter()
            .map(|stage| {
                if stage.category.is_exit() {
                    return None;
                }
                Some(sums.iter().position(|(name, ..)| *name == stage.name).unwrap_or_else(|| {
                    sums.push((stage.name.clone(), stage.category, Vec::new()));
                    sums.len() - 1
                }))
            })
            .collect();
        for item in team.items(scope.work_type) {
            if item.finished.is_none_or(|it| !scope.window.contains(it.day)) {
                continue;
            }
            let Some(life) = life(item) else { continue };
            let mut days = vec![0.0; workflow.stages.len()];
            for (stage, stay) in item.stays(life.until) {
                if let Some(sum) = days.get_mut(usize::from(stage)) {
                    *sum += stay.within(life).seconds() / 86_400.0;
                }
            }
            for (position, days) in positions.iter().zip(days).filter(|(_, days)| *days > 0.0) {
                if let Some(position) = position {
                    sums[*position].2.push(days);
                }
            }
        }
    }
    let times = sums.into_iter().map(|(name, category, days)| StageTime {
        name,
        category,
        total_days: days.iter().sum(),
        summary: Summary::of(days).ok(),
    });
    times.collect()
}

/// Time from idea to production.
#[derive(Clone, Debug)]
pub struct TimeToMarket {
    /// How many items it is made of.
    pub n: usize,
    /// From creation to finish, in days.
    pub summary: Option<Summary<f64>>,
    /// Time in each stage, the wait before the start included.
    pub stages: Vec<StageTime>,
    /// Days from a change of priority to work on the item.
    pub adaptability: Option<Summary<u32>>,
    /// From finish to the next deployment, in days.
    pub deployment_wait: Option<Summary<f64>>,
}

/// Time from idea to production of what reached it in the window.
pub fn time_to_market_of(scope: &Scope) -> TimeToMarket {
    let mut days = Vec::new();
    let mut waits = Vec::new();
    let mut changes = Vec::new();
    for team in &scope.teams {
        let facts = &team.facts;
        let items = team.items(scope.work_type);
        let deployments: Vec<_> = facts
            .deployments
            .iter()
            .filter(|it| it.outcome != headway_domain::work::DeploymentOutcome::Failed)
            .map(|it| it.finished_at)
            .collect();
        for item in items.iter().filter(|item| finished_in(item, scope.window)) {
            let Some(finished) = item.finished.filter(|it| it.at >= item.created.at) else { continue };
            days.push((finished.at.0 - item.created.at.0) as f64 / MICROS_PER_DAY as f64);
            let next = deployments.partition_point(|at| *at < finished.at);
            if let Some(live) = deployments.get(next) {
                waits.push((live.0 - finished.at.0) as f64 / MICROS_PER_DAY as f64);
            }
        }
        changes.extend(items.iter().filter_map(|item| {
            let started = item.started.filter(|it| scope.window.contains(it.day))?;
            facts.workflow.calendar.days_between(item.reprioritised?.day, started.day)
        }));
    }
    TimeToMarket {
        n: days.len(),
        summary: Summary::of(days).ok(),
        stages: stage_times(scope, |item| Some(Span { from: item.created.at, until: item.finished?.at })),
        adaptability: Summary::of_days(changes).ok(),
        deployment_wait: Summary::of(waits).ok(),
    }
}

fn finished_in(item: &Item, window: Window) -> bool {
    item.finished.is_some_and(|it| window.contains(it.day))
}

/// The items behind a measure in this scope, with what each contributes.
pub fn items_behind(scope: &Scope, measure: Measure) -> Vec<(&Team, &Name, Option<f64>)> {
    let window = scope.window;
    let mut behind: Vec<(&Team, &Name, Option<f64>)> = scope
        .items()
        .filter_map(|(team, name, item)| {
            let calendar = &team.facts.workflow.calendar;
            let value = match measure {
                Measure::CycleTime | Measure::ServiceLevelExpectation | Measure::ProcessBehaviour => {
                    finished_in(item, window)
                        .then(|| item.cycle_time_days(calendar).map(f64::from))
                        .flatten()
                        .map(Some)
                }
                Measure::LeadTime | Measure::TimeToMarket => finished_in(item, window)
                    .then(|| item.lead_time_days(calendar).map(f64::from))
                    .flatten()
                    .map(Some),
                Measure::Wip | Measure::WorkItemAge | Measure::TotalWorkItemAge => {
                    item.age_days(scope.today, calendar).map(|age| Some(f64::from(age)))
                }
                Measure::ArrivalRate => item.arrived().filter(|it| window.contains(it.day)).map(|_| None),
                Measure::NeverStarted => (finished_in(item, window) && item.never_started()).then_some(None),
                Measure::BlockedTime => {
                    let now = headway_domain::time::Instant(calendar.end_of(scope.today).0 - 1);
                    let seconds = blocked::blocked_in_progress_seconds(item, now);
                    (seconds > 0.0 && (item.left().is_none() || finished_in(item, window)))
                        .then_some(Some(seconds / 86_400.0))
                }
                Measure::Adaptability => {
                    let started = item.started.filter(|it| window.contains(it.day));
                    started.zip(item.reprioritised).and_then(|(started, changed)| {
                        calendar.days_between(changed.day, started.day).map(|days| Some(f64::from(days)))
                    })
                }
                _ => finished_in(item, window).then_some(None),
            };
            value.map(|value| (team, name, value))
        })
        .collect();
    behind.sort_by(|a, b| {
        let value = |it: &Option<f64>| it.unwrap_or(f64::NEG_INFINITY);
        value(&b.2).total_cmp(&value(&a.2)).then_with(|| a.1.label.cmp(&b.1.label))
    });
    behind
}
