//! What a rule warns of, and whether it came true.

use headway_domain::{insight::SignalKind, time::Day, work::Workflow};

use crate::{
    item::Item,
    percentile::nearest_rank,
    period::Window,
    signal::{Subject, rules::WINDOW_DAYS, view::View},
};

/// Days after which an item that is beyond its expectation should be finished.
const SOON_DAYS: i32 = 14;

/// Days that silence has to go on for stale data to have been stale.
const SILENT_DAYS: i32 = 7;

/// Finished items that a median needs.
const FEWEST: usize = 3;

/// A throughput below this share of the usual one is lower.
const LOWER: f64 = 0.85;

/// What is known today of what came after a view.
pub struct Future<'a> {
    /// All items, as they are today.
    pub items: &'a [Item],
    /// The team's workflow.
    pub workflow: &'a Workflow,
    /// Today.
    pub today: Day,
}

impl Future<'_> {
    /// Whether what the rule warns of came true for a subject; `None` when that is not known (yet).
    pub fn came_true(&self, kind: SignalKind, subject: Subject, view: &View) -> Option<bool> {
        match (kind, subject) {
            (SignalKind::AgeBeyondSle, Subject::Item(position)) => {
                self.still_open(&self.items[position], view.day)
            }
            (_, Subject::Item(position)) => self.late(&self.items[position], view),
            (SignalKind::ThroughputShift, _) => self.lower_throughput(view),
            (SignalKind::WipGrowth | SignalKind::WipOverLimit | SignalKind::AgeGrowth, _) => {
                self.slower(view)
            }
            (SignalKind::ScopeGrowth, _) => self.more_open(view),
            (SignalKind::StaleData, _) => self.silent(view),
            _ => None,
        }
    }

    fn is_over(&self, day: Day) -> Option<()> {
        (day <= self.today).then_some(())
    }

    /// It was still unfinished two weeks later.
    fn still_open(&self, item: &Item, day: Day) -> Option<bool> {
        let soon = day.plus(SOON_DAYS);
        self.is_over(soon)?;
        match item.left() {
            Some(left) if left.day <= soon => item.finished.map(|_| false),
            _ => Some(true),
        }
    }

    /// It was not late yet, and took longer than was expected then.
    fn late(&self, item: &Item, view: &View) -> Option<bool> {
        let expected = view.expected_days()?;
        if item.age_on(view.day, self.workflow)? > expected {
            return None;
        }
        if item.finished.is_some() {
            return Some(item.cycle_time_days(&self.workflow.calendar)? > expected);
        }
        (item.age_days(self.today, &self.workflow.calendar)? > expected).then_some(true)
    }

    fn finished_in(&self, window: Window) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |it| it.finished.is_some_and(|it| window.contains(it.day)))
    }

    /// The next four weeks finished clearly less than the team had before the last four.
    fn lower_throughput(&self, view: &View) -> Option<bool> {
        let next = Window { first: view.day.plus(1), last: view.day.plus(WINDOW_DAYS as i32) };
        self.is_over(next.last)?;
        let usual = Window::ending(view.day.plus(-(WINDOW_DAYS as i32)), 90);
        let usual = self.finished_in(usual).count() as f64 / 90.0 * f64::from(WINDOW_DAYS);
        (usual > 0.0).then(|| (self.finished_in(next).count() as f64) < LOWER * usual)
    }

    /// What was finished in the next four weeks had taken longer than what was finished in the 90 days before.
    fn slower(&self, view: &View) -> Option<bool> {
        let next = Window { first: view.day.plus(1), last: view.day.plus(WINDOW_DAYS as i32) };
        self.is_over(next.last)?;
        let median = |window: Window| {
            let days = self.finished_in(window).filter_map(|it| it.cycle_time_days(&self.workflow.calendar));
            let mut days: Vec<u32> = days.collect();
            days.sort_unstable();
            nearest_rank(&days, 50).filter(|_| days.len() >= FEWEST)
        };
        Some(median(next)? > median(Window::ending(view.day, 90))?)
    }

    /// More was open four weeks later.
    fn more_open(&self, view: &View) -> Option<bool> {
        let later = view.day.plus(WINDOW_DAYS as i32);
        self.is_over(later)?;
        let open = |day: Day| {
            let is_open = |it: &&Item| {
                !it.is_undated && it.created.day <= day && it.left().is_none_or(|left| left.day > day)
            };
            self.items.iter().filter(is_open).count()
        };
        Some(open(later) > open(view.day))
    }

    /// Nothing was created or moved for another week.
    fn silent(&self, view: &View) -> Option<bool> {
        let next = Window { first: view.day.plus(1), last: view.day.plus(SILENT_DAYS) };
        self.is_over(next.last)?;
        let lives = |it: &Item| {
            next.contains(it.created.day) || it.visits.iter().rev().any(|visit| next.contains(visit.day))
        };
        Some(!self.items.iter().any(lives))
    }
}
