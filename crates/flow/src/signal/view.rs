//! A team as it was at the end of a day.

use std::{borrow::Cow, cell::OnceCell};

use headway_domain::{
    time::{Day, Instant, MICROS_PER_DAY},
    work::Workflow,
};

use crate::{item::Item, period::Window, sle};

/// Days from which expectations are read.
const EXPECTED_FROM_DAYS: u32 = 180;

/// Finished items that an expectation needs.
pub const FEWEST_ITEMS: usize = 10;

/// The items of a team at the end of a day, as far as they were known then.
pub struct View<'a> {
    /// The day.
    pub day: Day,
    /// The last instant of the day.
    pub now: Instant,
    /// The items that existed.
    pub items: Vec<Cow<'a, Item>>,
    /// The position of each of them in the input.
    pub positions: Vec<usize>,
    /// The team's workflow.
    pub workflow: &'a Workflow,
    expected_days: OnceCell<Option<u32>>,
}

impl<'a> View<'a> {
    /// Takes back everything that happened after a day.
    pub fn at(items: &'a [Item], workflow: &'a Workflow, day: Day) -> Self {
        let now = Instant(workflow.calendar.end_of(day).0 - 1);
        let mut view = View {
            day,
            now,
            items: Vec::new(),
            positions: Vec::new(),
            workflow,
            expected_days: OnceCell::new(),
        };
        for (position, item) in items.iter().enumerate() {
            let began = item.visits.first().map_or(item.created.day, |it| it.day.min(item.created.day));
            if began > day || item.is_undated {
                continue;
            }
            // What left for good before the day looked then as it looks now.
            let is_over = item.left().is_some_and(|it| it.day <= day);
            view.items.push(if is_over { Cow::Borrowed(item) } else { Cow::Owned(as_of(item, &view)) });
            view.positions.push(position);
        }
        view
    }

    /// The days that expectations are read from.
    pub fn lately(&self) -> Window {
        Window::ending(self.day, EXPECTED_FROM_DAYS)
    }

    /// The days within which the team expects to finish an item: its own words, or what its items took lately when
    /// there are enough of them.
    pub fn expected_days(&self) -> Option<u32> {
        *self.expected_days.get_or_init(|| match self.workflow.sle {
            Some(sle) => Some(sle.days),
            None => {
                let summary = sle::cycle_time_summary(&self.items, self.workflow, self.lately()).ok()?;
                (summary.n >= FEWEST_ITEMS).then_some(summary.p85)
            }
        })
    }

    /// The items, without their positions.
    pub fn all(&self) -> impl Iterator<Item = &Item> + Clone {
        self.items.iter().map(|it| &**it)
    }

    /// Calendar days from an instant to the end of the day.
    pub fn days_since(&self, at: Instant) -> f64 {
        (self.now.0.saturating_sub(at.0)).max(0) as f64 / MICROS_PER_DAY as f64
    }

    /// The last sign of life of any item.
    pub fn last_sign_of_life(&self) -> Option<Instant> {
        let sign = |item: &Item| {
            let moved = item.visits.last().map_or(item.created.at, |it| it.from.max(item.created.at));
            // Comments on what is finished may be later than the day.
            let active = if item.last_active <= self.now { item.last_active } else { moved };
            moved.max(active).min(self.now)
        };
        self.all().map(sign).max()
    }
}

/// An item as it was at the end of the view's day.
fn as_of(item: &Item, view: &View) -> Item {
    let known = item.visits.partition_point(|it| it.day <= view.day);
    let dates = item.as_of(view.day, view.workflow);
    let blocked = item.blocked.iter().filter(|it| it.from <= view.now).cloned().map(|mut it| {
        it.until = it.until.filter(|until| *until <= view.now);
        it
    });
    // A silence that had begun and not ended tells when the last sign of life was. Shorter ones are not kept:
    // then there was one so lately that it makes no difference.
    let silence = item.quiet.iter().find(|it| it.from <= view.now && view.now < it.until);
    let last_active = silence.map_or(item.last_active.min(view.now), |it| it.from);
    Item {
        started: dates.started,
        finished: dates.finished,
        cancelled: dates.cancelled,
        visits: item.visits[..known].into(),
        blocked: blocked.collect(),
        quiet: item.quiet.iter().filter(|it| it.until <= view.now).copied().collect(),
        last_active,
        reprioritised: item.reprioritised.filter(|it| it.day <= view.day),
        ..item.clone()
    }
}
