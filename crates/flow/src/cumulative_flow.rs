//! Cumulative flow: how many items have reached each stage, day by day.

use std::borrow::Borrow;

use headway_domain::{
    time::Day,
    work::{Category, StageIx, Workflow},
};

use crate::{Known, TooFew, item::Item, percentile::Summary, period::Window};

/// A time in which an item stood behind the furthest stage it had reached. The lines do not show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The position of the item in the input.
    pub item: usize,
    /// The furthest stage it had reached.
    pub furthest: StageIx,
    /// The day it was moved back.
    pub from: Day,
    /// The day it was as far again; `None` while it is not.
    pub until: Option<Day>,
}

/// The lines of a cumulative flow diagram, from the first day on which any item reached anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CumulativeFlow {
    /// The day of the first value of every line.
    pub first: Day,
    /// One line a stage, stages of leaving undelivered excepted: items that had reached it by the end of the day.
    pub lines: Vec<Vec<u32>>,
    /// Where items were moved back.
    pub corrections: Vec<Correction>,
    /// The first stage of work in progress.
    start: Option<usize>,
}

impl CumulativeFlow {
    /// The lines of these items up to a day.
    pub fn of<I: Borrow<Item>>(items: &[I], workflow: &Workflow, last: Day) -> Self {
        let board = workflow.stages.iter().filter(|it| it.category != Category::Cancelled).count();
        let entry = |item: &I| {
            let item: &Item = item.borrow();
            item.visits.first().map(|it| it.day).or(item.cancelled.map(|it| it.day))
        };
        let first = items.iter().filter_map(entry).min().unwrap_or(last).min(last);
        let days = Window { first, last };
        let mut lines = vec![vec![0_u32; days.len()]; board];
        let mut corrections = Vec::new();
        for (position, item) in items.iter().enumerate() {
            let item = item.borrow();
            item.reached(workflow, |stage, day| {
                let line = lines.get_mut(usize::from(stage));
                if let (Some(line), Some(at)) = (line, days.position(day)) {
                    line[at] += 1;
                }
            });
            add_corrections(&mut corrections, item, position, workflow);
        }
        for line in &mut lines {
            let mut sum = 0;
            for value in line {
                sum += *value;
                *value = sum;
            }
        }
        let start = workflow.stages.iter().position(|it| it.category.is_in_progress());
        CumulativeFlow { first, lines, corrections, start }
    }

    /// How many items had reached a stage by the end of a day.
    pub fn at(&self, stage: StageIx, day: Day) -> u32 {
        let Some(line) = self.lines.get(usize::from(stage)) else { return 0 };
        match usize::try_from(i64::from(day.0) - i64::from(self.first.0)) {
            Ok(position) => line.get(position).or(line.last()).copied().unwrap_or(0),
            Err(_) => 0,
        }
    }

    /// How many items stood in a stage at the end of a day, by their furthest stage.
    pub fn band(&self, stage: StageIx, day: Day) -> u32 {
        self.at(stage, day) - self.at(stage.saturating_add(1), day).min(self.at(stage, day))
    }

    /// The horizontal distance on the diagram at a day: how many days ago, both days counted, as many items had
    /// started as are finished now. It approximates the average cycle time of what is being finished.
    pub fn approximate_cycle_time_days(&self, day: Day) -> Known<u32> {
        let too_few = TooFew { n: 0, need: 1 };
        let started = self.start.and_then(|stage| self.lines.get(stage)).ok_or(too_few)?;
        let done = StageIx::try_from(self.lines.len().saturating_sub(1)).map_err(|_| too_few)?;
        let finished = self.at(done, day);
        if finished == 0 {
            return Err(too_few);
        }
        let position = started.partition_point(|value| *value < finished);
        u32::try_from(day.0 - self.first.0 - position as i32 + 1).map_err(|_| too_few)
    }

    /// Approximate average cycle time at the end of the window, less the average of the cycle times that ended in
    /// it. Positive: older items are left behind while younger ones are finished; the debt is paid later.
    pub fn flow_debt_days<I: Borrow<Item>>(
        &self,
        items: &[I],
        workflow: &Workflow,
        window: Window,
    ) -> Known<f64> {
        let approximate = self.approximate_cycle_time_days(window.last)?;
        let actual: Vec<u32> = cycle_times(items, workflow, window).collect();
        let n = Summary::of_days(actual.iter().copied())?.n;
        Ok(f64::from(approximate) - actual.iter().map(|it| f64::from(*it)).sum::<f64>() / n as f64)
    }
}

/// The cycle times of the items that were finished in the window.
pub fn cycle_times<I: Borrow<Item>>(
    items: &[I],
    workflow: &Workflow,
    window: Window,
) -> impl Iterator<Item = u32> {
    items.iter().filter_map(move |item| {
        let item = item.borrow();
        item.finished.filter(|it| window.contains(it.day))?;
        item.cycle_time_days(&workflow.calendar)
    })
}

/// Adds the times in which an item stood behind the furthest stage it had reached.
fn add_corrections(corrections: &mut Vec<Correction>, item: &Item, position: usize, workflow: &Workflow) {
    let mut furthest: Option<StageIx> = None;
    let mut open: Option<Correction> = None;
    for visit in &item.visits {
        match furthest.filter(|it| visit.stage < *it) {
            Some(furthest) if open.is_none() => {
                open = Some(Correction { item: position, furthest, from: visit.day, until: None });
            }
            Some(_) => {}
            None => {
                let closed = open.take().map(|it| Correction { until: Some(visit.day), ..it });
                corrections.extend(closed);
            }
        }
        if workflow.category(visit.stage) != Category::Cancelled {
            furthest = furthest.max(Some(visit.stage));
        }
    }
    corrections.extend(open);
}
