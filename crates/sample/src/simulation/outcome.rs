//! The end of a simulation: the books are closed and the records handed over.

use headway_domain::{
    time::{Day, Instant},
    work::{CommitRecord, DeploymentRecord, ItemRecord, IterationRecord, Oddity},
};

use super::{
    BOARD_DAYS, Simulation,
    card::{Card, Until},
};
use crate::{
    process::Step,
    sample::{History, Team},
    story::LimitChange,
    truth::{ItemTruth, Truth},
};

/// An item of a platform team that others may wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Provided {
    /// The tracker's id of it.
    pub key: String,
    pub started_at: Instant,
    pub finished_at: Option<Instant>,
    /// Whether it is the one that the planted initiative waits for.
    pub is_promised: bool,
}

/// A simulation that is over.
pub(crate) struct Run {
    items: Vec<ItemRecord>,
    iterations: Vec<IterationRecord>,
    deployments: Vec<DeploymentRecord>,
    commits: Vec<CommitRecord>,
    truth: Truth,
}

impl Run {
    /// By how much the mean cycle time differs from what the story says of this change; without items on both
    /// sides, by infinitely much.
    pub fn error(&self, change: &LimitChange) -> f64 {
        let effect = self.truth.effect_of(change);
        effect.map_or(f64::INFINITY, |effect| (effect - change.effect).abs())
    }

    /// The items that others may wait for: started once, and finished once or not yet.
    pub fn provided(&self) -> impl Iterator<Item = Provided> {
        self.truth.items.iter().filter_map(|item| {
            let is_plain = item.reopened == 0 && item.cancelled_at.is_none();
            let started_at = item.started_at.filter(|_| is_plain)?;
            Some(Provided {
                key: item.key.clone(),
                started_at,
                finished_at: item.finished_at,
                is_promised: item.is_in_initiative,
            })
        })
    }

    pub fn into_history(self, team: Team) -> History {
        History {
            team,
            items: self.items,
            iterations: self.iterations,
            deployments: self.deployments,
            commits: self.commits,
            truth: self.truth,
        }
    }
}

impl Simulation<'_> {
    /// Closes the books.
    pub(super) fn settle(mut self, as_of: Instant) -> Run {
        let deliveries = self.deliver(as_of);
        let cards = std::mem::take(&mut self.cards);
        let (mut items, mut books) = (Vec::with_capacity(cards.len()), Vec::with_capacity(cards.len()));
        for card in cards {
            let (record, truth) = self.close(card, as_of);
            items.push(record);
            books.push(truth);
        }
        let mut sprints = std::mem::take(&mut self.closed);
        sprints.extend(self.sprint.take().map(super::sprint::Sprint::into_closed));
        let (iterations, sprint_truths) = sprints.into_iter().map(|it| (it.record, it.truth)).unzip();
        let truth = Truth {
            unit: self.plan.unit,
            group: self.plan.key.clone(),
            as_of,
            wip: self.wip(&books),
            on_board: std::mem::take(&mut self.on_board),
            weekly_throughput: self.weekly_throughput(&books),
            sprints: sprint_truths,
            delivery: deliveries.truth,
            oddities: self.bulk_closings(&books),
            items: books,
        };
        Run { items, iterations, deployments: deliveries.deployments, commits: deliveries.commits, truth }
    }

    fn close(&self, card: Card, as_of: Instant) -> (ItemRecord, ItemTruth) {
        let Card { record, mut truth, step, blockage, .. } = card;
        if let Some(blockage) = blockage {
            let open = as_of.seconds_since(blockage.since);
            match blockage.until {
                Until::Provided(Some(at)) if at < as_of => {
                    truth.waiting_for_link_seconds += at.seconds_since(blockage.since);
                }
                Until::Provided(_) => {
                    truth.waiting_for_link_seconds += open;
                    truth.is_blocked = true;
                }
                Until::Ticks(_) | Until::Restored => {
                    truth.flagged_seconds += open;
                    truth.is_blocked = true;
                }
            }
        }
        debug_assert_eq!(step == Step::Done, truth.finished_at.is_some());
        let zone = &self.plan.calendar.zone;
        truth.cycle_days = truth.started_at.zip(truth.finished_at).map(|(start, finish)| {
            let days = zone.day_of(finish).0 - zone.day_of(start).0 + 1;
            days.unsigned_abs()
        });
        (record, truth)
    }

    fn wip(&self, items: &[ItemTruth]) -> Vec<(Day, u32)> {
        let first = self.story.today.plus(-BOARD_DAYS).max(self.plan.founded);
        first
            .through(self.story.today.plus(-1))
            .map(|day| {
                let end = self.plan.calendar.end_of(day);
                let is_open = |item: &&ItemTruth| {
                    item.started_at.is_some_and(|at| at < end) && item.exit_at().is_none_or(|at| at >= end)
                };
                (day, items.iter().filter(is_open).count() as u32)
            })
            .collect()
    }

    fn weekly_throughput(&self, items: &[ItemTruth]) -> Vec<(Day, u32)> {
        let (first, last) = (self.plan.founded.week_start(), self.story.today.week_start());
        let mut weeks: Vec<(Day, u32)> = first.through(last).step_by(7).map(|monday| (monday, 0)).collect();
        for at in items.iter().filter_map(|item| item.finished_at) {
            let week = self.plan.calendar.day_of(at).week_start();
            if let Some(count) = weeks.get_mut(((week.0 - first.0) / 7) as usize) {
                count.1 += 1;
            }
        }
        weeks
    }

    /// The items that were closed in one go.
    fn bulk_closings(&self, items: &[ItemTruth]) -> Vec<(Oddity, u32)> {
        let Some(day) = self.plan.bulk_closed_on else { return Vec::new() };
        let on_that_day = |item: &&ItemTruth| {
            item.never_started() && item.finished_at.is_some_and(|at| self.plan.calendar.day_of(at) == day)
        };
        vec![(Oddity::BulkClosed, items.iter().filter(on_that_day).count() as u32)]
    }
}
