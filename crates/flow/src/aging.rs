//! Ageing work: how old is what is in progress, and how old did finished items get in the same stage?

use std::borrow::Borrow;

use headway_domain::{
    time::Day,
    work::{StageIx, Workflow},
};

use crate::{Known, item::Item, percentile::Summary, period::Window};

/// How old finished items were when they left a stage for the last time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// The stage.
    pub stage: StageIx,
    /// Days from start to leaving it, both counted.
    pub days: Known<Summary<u32>>,
}

/// An item in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aged {
    /// Its position in the input.
    pub item: usize,
    /// The stage it is in.
    pub stage: StageIx,
    /// Days since its start, both counted.
    pub age_days: u32,
    /// Days in the stage it is in, both counted.
    pub stage_days: u32,
}

/// The pace of each stage of work, by the items that were finished in the window.
pub fn paces<I: Borrow<Item>>(items: &[I], workflow: &Workflow, window: Window) -> Vec<Pace> {
    let mut ages: Vec<Vec<u32>> = vec![Vec::new(); workflow.stages.len()];
    let mut last: Vec<Option<u32>> = vec![None; workflow.stages.len()];
    for item in items {
        let item: &Item = item.borrow();
        if item.finished.is_some_and(|it| window.contains(it.day)) {
            ages_at_leaving(item, workflow, &mut last);
            for (all, age) in ages.iter_mut().zip(&last) {
                all.extend(age);
            }
        }
    }
    let stages = (0..).zip(&workflow.stages).zip(ages).filter(|((_, it), _)| it.category.is_in_progress());
    stages.map(|((stage, _), ages)| Pace { stage, days: Summary::of_days(ages) }).collect()
}

/// How old a finished item was when it left each stage for the last time, stage by stage; `None` for stages it did
/// not leave between its start and its finish.
pub fn ages_at_leaving(item: &Item, workflow: &Workflow, ages: &mut [Option<u32>]) {
    ages.fill(None);
    let (Some(started), Some(finished)) = (item.started, item.finished) else { return };
    for (visit, next) in item.visits.iter().zip(item.visits.iter().skip(1)) {
        let is_between = started.at < next.from && next.from <= finished.at;
        if let Some(age) = ages.get_mut(usize::from(visit.stage)).filter(|_| is_between) {
            *age = workflow.calendar.days_between(started.day, next.day);
        }
    }
}

/// The items in progress, the oldest first (those of one age as in the input).
pub fn aged<I: Borrow<Item>>(items: &[I], workflow: &Workflow, today: Day) -> Vec<Aged> {
    let calendar = &workflow.calendar;
    let mut aged: Vec<Aged> = items
        .iter()
        .enumerate()
        .filter_map(|(position, item)| {
            let item = item.borrow();
            let visit = item.visits.last()?;
            Some(Aged {
                item: position,
                stage: visit.stage,
                age_days: item.age_days(today, calendar)?,
                stage_days: calendar.days_between(visit.day, today)?,
            })
        })
        .collect();
    aged.sort_by_key(|it| std::cmp::Reverse(it.age_days));
    aged
}

/// Which share of finished items had left this stage at this age: the band of an ageing chart, as one of
/// 0, 50, 70, 85 and 95 percent.
pub fn band(paces: &[Pace], stage: StageIx, age_days: u32) -> Known<u8> {
    let none = Err(crate::TooFew { n: 0, need: 1 });
    let days = paces.iter().find(|it| it.stage == stage).map_or(none, |it| it.days)?;
    let passed = [(95, days.p95), (85, days.p85), (70, days.p70), (50, days.p50)];
    Ok(passed.into_iter().find(|(_, at)| age_days > *at).map_or(0, |(percent, _)| percent))
}
