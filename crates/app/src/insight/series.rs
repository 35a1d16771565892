//! What charts over time show: throughput, work in progress, cumulative flow, distribution.

use std::collections::BTreeMap;

use headway_domain::{
    time::Day,
    work::{Category, WorkType},
};
use headway_flow::{
    cumulative_flow::CumulativeFlow as Lines,
    item::Item,
    period::{Grain, Period, Window},
    throughput, wip,
};

use crate::insight::{Scope, Team};

/// Items by period.
#[derive(Clone, Debug)]
pub struct Throughput {
    /// Every period of the window.
    pub periods: Vec<ThroughputPeriod>,
    /// Mean of the whole ones.
    pub mean: Option<f64>,
}

/// One period.
#[derive(Clone, Copy, Debug)]
pub struct ThroughputPeriod {
    /// Which.
    pub period: Period,
    /// Items delivered.
    pub delivered: u32,
    /// Items that left undelivered.
    pub cancelled: u32,
    /// Items that came into progress.
    pub started: u32,
    /// Items created.
    pub created: u32,
}

/// Items delivered, cancelled, started and created in each period.
pub fn throughput_of(scope: &Scope, grain: Grain) -> Throughput {
    let count = |day_of: fn(&Item) -> Option<Day>| {
        let days = scope.items().filter_map(|(_, _, item)| day_of(item));
        throughput::count_days(days, scope.window, grain)
    };
    let delivered = count(|item| Some(item.finished?.day));
    let cancelled = count(|item| Some(item.cancelled?.day));
    let started = count(|item| Some(item.arrived()?.day));
    let created = count(|item| Some(item.created.day));
    let whole: Vec<u32> = throughput::whole(&delivered).collect();
    let mean = (!whole.is_empty()).then(|| f64::from(whole.iter().sum::<u32>()) / whole.len() as f64);
    let periods = delivered.into_iter().zip(cancelled).zip(started).zip(created);
    let periods = periods.map(|(((delivered, cancelled), started), created)| ThroughputPeriod {
        period: delivered.period,
        delivered: delivered.count,
        cancelled: cancelled.count,
        started: started.count,
        created: created.count,
    });
    Throughput { periods: periods.collect(), mean }
}

/// Work in progress, day by day.
#[derive(Clone, Debug)]
pub struct Wip {
    /// Items in progress at the end of each day of the window.
    pub wip: Vec<u32>,
    /// Sum of their ages.
    pub total_age_days: Vec<u64>,
    /// The limits of the teams together, where all of them have one.
    pub limit: Option<u32>,
}

/// Work in progress and its total age.
pub fn wip_of(scope: &Scope) -> Wip {
    let mut sum = Wip {
        wip: vec![0; scope.window.len()],
        total_age_days: vec![0; scope.window.len()],
        limit: scope.teams.iter().map(|team| team.facts.workflow.wip_limit).sum(),
    };
    if scope.teams.is_empty() || scope.work_type.is_some() {
        sum.limit = None;
    }
    for team in &scope.teams {
        let items = team.items(scope.work_type);
        let daily = wip::daily_wip(items.iter().copied(), scope.window);
        let ages = wip::total_age_days(items, scope.window, &team.facts.workflow.calendar);
        add(&mut sum.wip, &daily);
        for (sum, age) in sum.total_age_days.iter_mut().zip(ages) {
            *sum += age;
        }
    }
    sum
}

fn add(sum: &mut [u32], values: &[u32]) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += value;
    }
}

/// Items that reached each stage, day by day.
#[derive(Clone, Debug)]
pub struct CumulativeFlow {
    /// The days.
    pub days: Vec<Day>,
    /// One line a stage, in the order of the process.
    pub stages: Vec<ReachedStage>,
    /// The horizontal distance at the end of the window, for one team.
    pub approximate_cycle_time_days: Option<u32>,
    /// That, less the mean of the actual cycle times, for one team.
    pub flow_debt_days: Option<f64>,
}

/// A line of the diagram.
#[derive(Clone, Debug)]
pub struct ReachedStage {
    /// The stage's name.
    pub name: String,
    /// Its category.
    pub category: Category,
    /// Items that had reached it at the end of each day.
    pub reached: Vec<u32>,
}

/// From so many days on, one day a week is shown.
const WEEKLY_FROM: usize = 400;

/// The lines of a cumulative flow diagram. Teams whose stages have the same names share their lines; where they
/// differ, stages are put together by category, since lines of different processes cannot be added.
pub fn cumulative_flow_of(scope: &Scope) -> CumulativeFlow {
    let stride = if scope.window.len() > WEEKLY_FROM { 7 } else { 1 };
    let mut days: Vec<Day> = scope.window.days().rev().step_by(stride).collect();
    days.reverse();
    let mut stages: Vec<ReachedStage> = Vec::new();
    let by_category = !alike(&scope.teams);
    let mut approximate = None;
    let mut debt = None;
    for team in &scope.teams {
        let items = team.items(scope.work_type);
        let workflow = &team.facts.workflow;
        let lines = Lines::of(&items, workflow, scope.window.last);
        for (ix, stage) in (0..).zip(&workflow.stages) {
            if stage.category == Category::Cancelled {
                continue;
            }
            let name = if by_category { stage.category.code() } else { &stage.name };
            let known = stages.iter().position(|it| it.name == name);
            let first_of_category =
                workflow.stages.iter().position(|it| it.category == stage.category) == Some(usize::from(ix));
            if by_category && !first_of_category {
                continue;
            }
            let position = known.unwrap_or_else(|| {
                stages.push(ReachedStage {
                    name: name.to_owned(),
                    category: stage.category,
                    reached: vec![0; days.len()],
                });
                stages.len() - 1
            });
            for (sum, day) in stages[position].reached.iter_mut().zip(&days) {
                *sum += lines.at(ix, *day);
            }
        }
        if scope.teams.len() == 1 {
            approximate = lines.approximate_cycle_time_days(scope.window.last).ok();
            debt = lines.flow_debt_days(&items, workflow, scope.window).ok();
        }
    }
    if by_category {
        stages.sort_by_key(|stage| stage.category);
    }
    CumulativeFlow { days, stages, approximate_cycle_time_days: approximate, flow_debt_days: debt }
}

/// Whether all teams have stages of the same names in the same order.
pub(crate) fn alike(teams: &[Team]) -> bool {
    teams.windows(2).all(|pair| pair[0].facts.workflow.stages == pair[1].facts.workflow.stages)
}

/// Finished items by type and month.
#[derive(Clone, Debug)]
pub struct Distribution {
    /// The first days of the months.
    pub periods: Vec<Day>,
    /// One row a type, in their fixed order.
    pub types: Vec<DistributionRow>,
}

/// One type.
#[derive(Clone, Debug)]
pub struct DistributionRow {
    /// The type.
    pub work_type: WorkType,
    /// Items delivered in each month.
    pub delivered: Vec<u32>,
    /// Items in progress now.
    pub in_progress: u32,
}

/// Finished items by type, month by month.
pub fn distribution_of(scope: &Scope) -> Distribution {
    let periods = Grain::Month.periods(scope.window).into_iter().map(|period| period.first).collect();
    let types = WorkType::ALL.map(|work_type| {
        let of_type =
            || scope.items().map(|(_, _, item)| item).filter(move |item| item.work_type == work_type);
        let finished = of_type().filter_map(|item| Some(item.finished?.day));
        let counts = throughput::count_days(finished, scope.window, Grain::Month);
        DistributionRow {
            work_type,
            delivered: counts.into_iter().map(|it| it.count).collect(),
            in_progress: u32::try_from(of_type().filter(|item| item.is_in_progress()).count())
                .unwrap_or(u32::MAX),
        }
    });
    Distribution { periods, types: types.into() }
}

/// Scope and done, day by day.
#[derive(Clone, Debug)]
pub struct BurnUp {
    /// Items in scope at the end of each day of the window.
    pub scope: Vec<u32>,
    /// Items done.
    pub done: Vec<u32>,
}

/// Scope and done of everything, or of the items with a label or a parent.
pub fn burn_up_of(scope: &Scope, matching: Option<&str>) -> BurnUp {
    let levels = |days: BTreeMap<Day, i64>| {
        let mut level: i64 = days.range(..scope.window.first).map(|(_, by)| by).sum();
        let running = scope.window.days().map(|day| {
            level += days.get(&day).copied().unwrap_or(0);
            u32::try_from(level).unwrap_or(0)
        });
        running.collect()
    };
    let (mut in_scope, mut done) = (BTreeMap::new(), BTreeMap::new());
    let of_scope = scope.items().filter(|(_, name, _)| matching.is_none_or(|it| name.matches(it)));
    for (_, _, item) in of_scope {
        *in_scope.entry(item.created.day).or_insert(0) += 1;
        if let Some(cancelled) = item.cancelled {
            *in_scope.entry(cancelled.day).or_insert(0) -= 1;
        }
        if let Some(finished) = item.finished {
            *done.entry(finished.day).or_insert(0) += 1;
        }
    }
    BurnUp { scope: levels(in_scope), done: levels(done) }
}

/// The days of a window, for charts.
pub fn days_of(window: Window) -> Vec<Day> {
    window.days().collect()
}
