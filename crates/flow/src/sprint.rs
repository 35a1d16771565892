//! Iterations: what was committed, what became of it, and what a team usually finishes in one.

use std::collections::BTreeSet;

use headway_domain::{
    time::{Day, Instant},
    work::{Category, GivenSums, Workflow},
};

use crate::{
    Known, TooFew,
    history::{History, value_at},
    item::Item,
    percentile::nearest_rank,
    period::Window,
};

/// How much work: items, and the sum of their estimates (nothing for those without).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Amount {
    /// Items.
    pub items: f64,
    /// Their estimates.
    pub points: f64,
}

/// What an amount of work is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Items.
    Items,
    /// Estimates.
    Points,
}

impl Amount {
    /// The amount in this unit.
    pub fn of(self, unit: Unit) -> f64 {
        match unit {
            Unit::Items => self.items,
            Unit::Points => self.points,
        }
    }

    fn add(&mut self, points: f64) {
        self.items += 1.0;
        self.points += points;
    }
}

/// An iteration to look at: its key, and the instants at which it started and ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timebox<'a> {
    /// The tracker's key of it.
    pub key: &'a str,
    /// When it started: the commitment is what it held at this instant.
    pub starts: Instant,
    /// When it was closed, or now.
    pub ends: Instant,
}

/// What became of the work of an iteration. Always: started + added − removed + change of estimates − completed
/// = remaining.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// The commitment: in the iteration when it started, and not done.
    pub started: Amount,
    /// Came in afterwards.
    pub added: Amount,
    /// Went out again, or left undelivered.
    pub removed: Amount,
    /// By how much estimates changed while the item was in.
    pub estimate_change: f64,
    /// Done when it ended, at the estimates of that moment.
    pub completed: Amount,
    /// Not done when it ended: what is carried over.
    pub remaining: Amount,
    /// The part of the commitment that was completed.
    pub completed_of_started: Amount,
    /// Items of the commitment without an estimate.
    pub unestimated: u32,
}

/// How an item stands in an iteration at an instant.
struct State {
    is_member: bool,
    is_done: bool,
    estimate: Option<f64>,
}

impl State {
    fn at(at: Instant, key: &str, history: &History, item: &Item, workflow: &Workflow) -> Self {
        let visit = item.visits.partition_point(|it| it.from <= at).checked_sub(1).map(|it| item.visits[it]);
        let category = visit.map(|it| workflow.category(it.stage));
        let is_listed = value_at(&history.iterations, at).is_some_and(|keys| keys.iter().any(|it| it == key));
        let has_left = category == Some(Category::Cancelled) || item.cancelled.is_some_and(|it| it.at <= at);
        State {
            // An item in a state that is unmapped is on no board.
            is_member: is_listed && category.is_some() && !has_left,
            is_done: category == Some(Category::Done),
            estimate: value_at(&history.estimates, at).copied().flatten(),
        }
    }
}

impl Figures {
    /// What became of the work of an iteration, from the histories of all items that ever were in it.
    pub fn of<'a>(
        items: impl IntoIterator<Item = (&'a History, &'a Item)>,
        timebox: Timebox,
        workflow: &Workflow,
    ) -> Self {
        let mut figures = Figures::default();
        for (history, item) in items {
            figures.count(history, item, timebox, workflow);
        }
        figures
    }

    /// Follows one item through the iteration. It is in scope from when it is a member and not done, until it is
    /// no member: what was done before never counts.
    fn count(&mut self, history: &History, item: &Item, timebox: Timebox, workflow: &Workflow) {
        let state = |at| State::at(at, timebox.key, history, item, workflow);
        let opening = state(timebox.starts);
        let mut scope = (opening.is_member && !opening.is_done).then(|| opening.estimate.unwrap_or(0.0));
        let was_committed = scope.is_some();
        if let Some(points) = scope {
            self.started.add(points);
            self.unestimated += u32::from(opening.estimate.is_none());
        }
        let instants: BTreeSet<Instant> = (history.iterations.iter().map(|it| it.at))
            .chain(history.estimates.iter().map(|it| it.at))
            .chain(item.visits.iter().map(|it| it.from))
            .chain(item.cancelled.map(|it| it.at))
            .filter(|at| timebox.starts < *at && *at <= timebox.ends)
            .collect();
        let mut is_done = opening.is_done;
        for at in instants {
            let now = state(at);
            is_done = now.is_done;
            let points = now.estimate.unwrap_or(0.0);
            let next = (now.is_member && (scope.is_some() || !now.is_done)).then_some(points);
            match (scope, next) {
                (None, Some(points)) => self.added.add(points),
                (Some(points), None) => self.removed.add(points),
                (Some(before), Some(after)) => self.estimate_change += after - before,
                (None, None) => {}
            }
            scope = next;
        }
        match scope {
            Some(points) if is_done => {
                self.completed.add(points);
                if was_committed {
                    self.completed_of_started.add(points);
                }
            }
            Some(points) => self.remaining.add(points),
            None => {}
        }
    }

    /// From the sums of an export that holds no items. What of the commitment was completed it does not say.
    pub fn from_given(given: &GivenSums) -> Self {
        let amount = |items, points| Amount { items, points };
        let remaining = |committed: f64, added: f64, removed: f64, completed: f64| {
            (committed + added - removed - completed).max(0.0)
        };
        Figures {
            started: amount(given.committed_items, given.committed_estimate),
            added: amount(given.added_items, given.added_estimate),
            removed: amount(given.removed_items, given.removed_estimate),
            completed: amount(given.completed_items, given.completed_estimate),
            remaining: Amount {
                items: remaining(
                    given.committed_items,
                    given.added_items,
                    given.removed_items,
                    given.completed_items,
                ),
                points: remaining(
                    given.committed_estimate,
                    given.added_estimate,
                    given.removed_estimate,
                    given.completed_estimate,
                ),
            },
            ..Figures::default()
        }
    }

    /// Completed of what was committed, as a share of the commitment; too few when nothing was committed.
    pub fn say_do(&self, unit: Unit) -> Known<f64> {
        ratio(self.completed_of_started.of(unit), self.started.of(unit))
    }

    /// All that was completed, committed or not, as a share of the commitment: can be more than 1.
    pub fn completed_to_committed(&self, unit: Unit) -> Known<f64> {
        ratio(self.completed.of(unit), self.started.of(unit))
    }

    /// What was added and removed after the start, as a share of the commitment.
    pub fn scope_change(&self, unit: Unit) -> Known<f64> {
        ratio(self.added.of(unit) + self.removed.of(unit), self.started.of(unit))
    }

    /// What is carried over, as a share of all that was in scope at the end.
    pub fn carry_over(&self, unit: Unit) -> Known<f64> {
        ratio(self.remaining.of(unit), self.remaining.of(unit) + self.completed.of(unit))
    }
}

fn ratio(part: f64, whole: f64) -> Known<f64> {
    if whole > 0.0 { Ok(part / whole) } else { Err(TooFew { n: 0, need: 1 }) }
}

/// Value delivered of value planned for a planning interval: unplanned value counts as delivered, not as planned.
pub fn predictability(actual_value: f64, planned_value: f64) -> Known<f64> {
    ratio(actual_value, planned_value)
}

/// An iteration at the end of one of its days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BurnDay {
    /// The day.
    pub day: Day,
    /// All that is in scope.
    pub scope: Amount,
    /// What of it is done.
    pub done: Amount,
}

/// Scope and done at the end of each day, for a burn-up; their difference burns down.
pub fn burn<'a>(
    items: impl IntoIterator<Item = (&'a History, &'a Item), IntoIter: Clone>,
    timebox: Timebox,
    workflow: &Workflow,
) -> Vec<BurnDay> {
    let calendar = &workflow.calendar;
    let items = items.into_iter();
    let days = Window { first: calendar.day_of(timebox.starts), last: calendar.day_of(timebox.ends) };
    let at_end_of = |day: Day| {
        let last_instant = Instant(calendar.end_of(day).0 - 1);
        let until = Timebox { ends: timebox.ends.min(last_instant), ..timebox };
        let figures = Figures::of(items.clone(), until, workflow);
        let scope = |unit| figures.completed.of(unit) + figures.remaining.of(unit);
        BurnDay {
            day,
            scope: Amount { items: scope(Unit::Items), points: scope(Unit::Points) },
            done: figures.completed,
        }
    };
    days.days().map(at_end_of).collect()
}

/// How much a team completes in an iteration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Velocity {
    /// How many iterations it is made of.
    pub n: usize,
    /// The mean.
    pub mean: f64,
    /// The middle one.
    pub median: f64,
    /// In 85 % of iterations at least this was completed.
    pub p15: f64,
    /// In 85 % of iterations at most this was completed.
    pub p85: f64,
}

impl Velocity {
    /// The fewest iterations it is made of.
    pub const NEED: usize = 3;
    /// The most: older ones say little about the team of today.
    pub const MOST: usize = 7;

    /// Of what was completed in iterations, the oldest first; only the last few count.
    pub fn of(completed: &[f64]) -> Known<Self> {
        let last = &completed[completed.len().saturating_sub(Self::MOST)..];
        let n = last.len();
        let too_few = TooFew { n, need: Self::NEED };
        if n < Self::NEED {
            return Err(too_few);
        }
        let mut ascending = last.to_vec();
        ascending.sort_unstable_by(f64::total_cmp);
        let at = |percent| nearest_rank(&ascending, percent).ok_or(too_few);
        Ok(Velocity {
            n,
            mean: last.iter().sum::<f64>() / n as f64,
            median: at(50)?,
            p15: at(15)?,
            p85: at(85)?,
        })
    }
}
