//! Time to market: from idea to production, stage by stage; and how fast a change of mind becomes work.

use std::borrow::Borrow;

use headway_domain::{
    time::{Instant, MICROS_PER_DAY},
    work::{Calendar, StageIx, Workflow},
};

use crate::{
    Known,
    item::{Item, Moment},
    percentile::Summary,
    period::Window,
};

/// Time in one stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StageTime {
    /// The stage.
    pub stage: StageIx,
    /// Mean over all items of the window, those that skipped the stage included: these add up.
    pub mean_days: f64,
    /// Of the items that were in it.
    pub days: Known<Summary<f64>>,
}

/// Time from idea to production.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeToMarket {
    /// How many items came to production in the window.
    pub n: usize,
    /// Days from creation to production, as decimals.
    pub days: Known<Summary<f64>>,
    /// By stage, in the order of the process; stages without any time are left out.
    pub stages: Vec<StageTime>,
    /// Mean days before the item was in any known stage.
    pub unmapped_mean_days: f64,
    /// Mean days between being done and being deployed; 0 when finishing is the same as deploying.
    pub release_mean_days: f64,
}

/// Time from idea to production of the items that reached it in the window. `deployments` are the instants of
/// successful deployments, ascending: an item is in production with the first one after its finish. Without any,
/// finishing is production.
pub fn time_to_market<I: Borrow<Item>>(
    items: &[I],
    workflow: &Workflow,
    window: Window,
    deployments: &[Instant],
) -> TimeToMarket {
    let mut by_stage: Vec<Vec<f64>> = vec![Vec::new(); workflow.stages.len()];
    let mut all = Vec::new();
    let (mut unmapped, mut release) = (0.0, 0.0);
    for item in items {
        let item: &Item = item.borrow();
        let Some((finished, live)) = in_production(item, &workflow.calendar, deployments) else { continue };
        if !window.contains(live.day) || live.at < item.created.at {
            continue;
        }
        all.push(days(item.created.at, live.at));
        release += days(finished.at, live.at);
        let first = item.visits.first().map_or(finished.at, |it| it.from);
        unmapped += days(item.created.at, first).max(0.0);
        let seconds = item.seconds_in_stages(finished.at, workflow.stages.len());
        for (sum, seconds) in by_stage.iter_mut().zip(seconds) {
            if seconds > 0.0 {
                sum.push(seconds / 86_400.0);
            }
        }
    }
    let n = all.len();
    let mean = |sum: f64| if n == 0 { 0.0 } else { sum / n as f64 };
    let stages = (0..).zip(by_stage).filter(|(_, it)| !it.is_empty());
    TimeToMarket {
        n,
        days: Summary::of(all),
        stages: stages
            .map(|(stage, it)| StageTime { stage, mean_days: mean(it.iter().sum()), days: Summary::of(it) })
            .collect(),
        unmapped_mean_days: mean(unmapped),
        release_mean_days: mean(release),
    }
}

/// When an item was finished and when it went live; `None` while it is not live.
fn in_production(item: &Item, calendar: &Calendar, deployments: &[Instant]) -> Option<(Moment, Moment)> {
    let finished = item.finished?;
    if deployments.is_empty() {
        return Some((finished, finished));
    }
    let next = deployments.partition_point(|it| *it < finished.at);
    let at = *deployments.get(next)?;
    Some((finished, Moment { at, day: calendar.day_of(at) }))
}

fn days(from: Instant, until: Instant) -> f64 {
    (until.0 - from.0) as f64 / MICROS_PER_DAY as f64
}

/// How fast a change of priority becomes work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adaptability {
    /// Days from the last change of priority to the start, both counted, of the items that started in the window.
    pub days: Known<Summary<u32>>,
    /// Items whose priority was changed and that have not started.
    pub waiting: usize,
}

/// How fast changes of priority became work in the window.
pub fn adaptability<I: Borrow<Item>>(items: &[I], workflow: &Workflow, window: Window) -> Adaptability {
    let mut waiting = 0;
    let mut days = Vec::new();
    for item in items {
        let item: &Item = item.borrow();
        let Some(changed) = item.reprioritised else { continue };
        match item.started {
            Some(started) if window.contains(started.day) => {
                days.extend(workflow.calendar.days_between(changed.day, started.day));
            }
            None if item.left().is_none() && !item.is_undated => waiting += 1,
            _ => {}
        }
    }
    Adaptability { days: Summary::of_days(days), waiting }
}
