//! Service-level expectations, and how far they held.

use std::borrow::Borrow;

use headway_domain::work::{Sle, Workflow};

use crate::{
    Known, Share,
    cumulative_flow::cycle_times,
    item::Item,
    percentile::{Summary, nearest_rank},
    period::Window,
};

/// The days within which `percent` of the items that were finished in the window had been finished.
pub fn expectation<I: Borrow<Item>>(
    items: &[I],
    workflow: &Workflow,
    window: Window,
    percent: u8,
) -> Known<Sle> {
    let mut days: Vec<u32> = cycle_times(items, workflow, window).collect();
    days.sort_unstable();
    let too_few = crate::TooFew { n: days.len(), need: 1 };
    nearest_rank(&days, percent).map(|days| Sle { percent, days }).ok_or(too_few)
}

/// How many of the items that were finished in the window kept within the expectation.
pub fn kept<I: Borrow<Item>>(items: &[I], workflow: &Workflow, window: Window, sle: Sle) -> Known<Share> {
    Share::count(cycle_times(items, workflow, window).map(|days| days <= sle.days))
}

/// An expectation made in one window and checked in the one after it: the rate within the window that made it
/// says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What the first window would have led one to expect.
    pub expected: Sle,
    /// How often that held afterwards.
    pub held: Share,
}

/// Makes an expectation in `before` and checks it in `after`.
pub fn checked<I: Borrow<Item>>(
    items: &[I],
    workflow: &Workflow,
    before: Window,
    after: Window,
    percent: u8,
) -> Known<Checked> {
    let expected = expectation(items, workflow, before, percent)?;
    Ok(Checked { expected, held: kept(items, workflow, after, expected)? })
}

/// The expectation that holds for a team: its own, or the one its window leads to.
pub fn current<I: Borrow<Item>>(items: &[I], workflow: &Workflow, window: Window) -> Known<Sle> {
    workflow.sle.map_or_else(|| expectation(items, workflow, window, 85), Ok)
}

/// How the cycle times of the items that were finished in the window are distributed.
pub fn cycle_time_summary<I: Borrow<Item>>(
    items: &[I],
    workflow: &Workflow,
    window: Window,
) -> Known<Summary<u32>> {
    Summary::of_days(cycle_times(items, workflow, window))
}

/// How the lead times of the items that were finished in the window are distributed.
pub fn lead_time_summary<I: Borrow<Item>>(
    items: &[I],
    workflow: &Workflow,
    window: Window,
) -> Known<Summary<u32>> {
    Summary::of_days(items.iter().filter_map(|item| {
        let item: &Item = item.borrow();
        item.finished.filter(|it| window.contains(it.day))?;
        item.lead_time_days(&workflow.calendar)
    }))
}

/// How many of the items that were finished in the window were never seen in progress.
pub fn never_started<I: Borrow<Item>>(items: &[I], window: Window) -> Known<Share> {
    let finished = items.iter().map(Borrow::borrow).filter(|it: &&Item| {
        let finished = it.finished;
        finished.is_some_and(|it| window.contains(it.day))
    });
    Share::count(finished.map(Item::never_started))
}
