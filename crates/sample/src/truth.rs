//! What is known of a team by construction.
//!
//! The simulation keeps these books itself, while it moves the items; nothing here is computed from the records
//! it writes, nor by the crate that measures them. Tests compare the two.

use headway_domain::{
    id::UnitId,
    time::{Day, Instant, MICROS_PER_DAY},
    work::{Oddity, WorkType},
};

use crate::story::LimitChange;

/// What is known of one item.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemTruth {
    /// The tracker's id of it.
    pub key: String,
    /// The key that people say.
    pub label: String,
    /// What it counts as.
    pub work_type: WorkType,
    /// When it was created.
    pub created_at: Instant,
    /// When work began; the last time, when it was put back to the backlog in between. `None` for items that
    /// wait in the backlog and for items that went from there straight to their end.
    pub started_at: Option<Instant>,
    /// When it was delivered; the last time, when it was reopened. `None` while it is not.
    pub finished_at: Option<Instant>,
    /// When it was given up.
    pub cancelled_at: Option<Instant>,
    /// Days from start to finish, both counted, in the team's zone. `None` without either.
    pub cycle_days: Option<u32>,
    /// Seconds since its start in which its flag was set, up to its end or [`Truth::as_of`].
    pub flagged_seconds: f64,
    /// Seconds since its start in which it waited for another team's item. Never at the same time as a flag.
    pub waiting_for_link_seconds: f64,
    /// Whether it is blocked now.
    pub is_blocked: bool,
    /// How often it came back after it was delivered.
    pub reopened: u32,
    /// How often it moved to an earlier stage (reopening not counted).
    pub moved_back: u32,
    /// The position of its theme in [`crate::ALLOCATION`].
    pub theme: usize,
    /// Whether it belongs to the planted initiative.
    pub is_in_initiative: bool,
    /// Whether its record was spoilt on purpose so that its dates contradict each other; what is said here is
    /// how it was before.
    pub is_spoilt: bool,
}

impl ItemTruth {
    /// Delivered without any work seen.
    pub fn never_started(&self) -> bool {
        self.finished_at.is_some() && self.started_at.is_none()
    }

    /// When it left the process.
    pub fn exit_at(&self) -> Option<Instant> {
        self.finished_at.or(self.cancelled_at)
    }

    /// All blocked seconds.
    pub fn blocked_seconds(&self) -> f64 {
        self.flagged_seconds + self.waiting_for_link_seconds
    }
}

/// Items and their estimates.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum {
    /// How many.
    pub items: u32,
    /// Their estimates together.
    pub points: f64,
}

impl Sum {
    pub(crate) fn add(&mut self, points: Option<f64>) {
        self.items += 1;
        self.points += points.unwrap_or(0.0);
    }
}

/// What is known of one sprint.
#[derive(Clone, Debug, PartialEq)]
pub struct SprintTruth {
    /// The tracker's id of it.
    pub key: String,
    /// When it began.
    pub starts_at: Instant,
    /// When it was closed; `None` for the one that runs.
    pub completed_at: Option<Instant>,
    /// In it at its start, with their estimates then.
    pub committed: Sum,
    /// Added after its start, with their estimates then.
    pub added: Sum,
    /// Taken out or given up before its end, with their estimates then.
    pub removed: Sum,
    /// Done at its end, with their estimates then. Empty while it runs.
    pub completed: Sum,
    /// Done at its end, of those in it at its start.
    pub completed_of_committed: Sum,
}

/// What is known of a team's deployments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeliveryTruth {
    /// Those that reached production and stayed.
    pub succeeded: u32,
    /// Those that did not reach production.
    pub failed: u32,
    /// Those that reached production and had to be repaired.
    pub caused_failure: u32,
    /// Of all that reached production, those that repaired an earlier one.
    pub repairs: u32,
    /// Commits.
    pub commits: u32,
    /// Seconds from commit to production, for every commit that got there; ascending.
    pub lead_seconds: Vec<f64>,
    /// Seconds from a deployment that caused a failure to the one that repaired it, in their order.
    pub recovery_seconds: Vec<f64>,
}

impl DeliveryTruth {
    /// Deployments that reached production.
    pub fn reached_production(&self) -> u32 {
        self.succeeded + self.caused_failure
    }
}

/// What is known of a team.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// The team.
    pub unit: UnitId,
    /// The key of its project.
    pub group: String,
    /// Up to when everything is known: the first instant of "today" in the team's zone. Nothing happens later.
    pub as_of: Instant,
    /// Every item, in the order of the records.
    pub items: Vec<ItemTruth>,
    /// Items in progress at the end of each of the last 60 days before today: started, and neither delivered
    /// nor cancelled, by the dates as they are known now.
    pub wip: Vec<(Day, u32)>,
    /// Items that stood in progress on the board at the end of these days. It differs from `wip` where an item
    /// was put back or reopened later.
    pub on_board: Vec<(Day, u32)>,
    /// Items delivered in each week (by its Monday) from the team's first to today's, empty weeks included.
    pub weekly_throughput: Vec<(Day, u32)>,
    /// Every sprint, by time. Empty for teams without.
    pub sprints: Vec<SprintTruth>,
    /// Its deployments.
    pub delivery: DeliveryTruth,
    /// What was spoilt on purpose, and how many times.
    pub oddities: Vec<(Oddity, u32)>,
}

impl Truth {
    /// Items created.
    pub fn created(&self) -> usize {
        self.items.len()
    }

    /// Items on which work began and that were not put back since.
    pub fn started(&self) -> usize {
        self.items.iter().filter(|item| item.started_at.is_some()).count()
    }

    /// Items delivered.
    pub fn finished(&self) -> usize {
        self.items.iter().filter(|item| item.finished_at.is_some()).count()
    }

    /// Items given up.
    pub fn cancelled(&self) -> usize {
        self.items.iter().filter(|item| item.cancelled_at.is_some()).count()
    }

    /// Items delivered without any work seen.
    pub fn never_started(&self) -> usize {
        self.items.iter().filter(|item| item.never_started()).count()
    }

    /// Cycle times of all delivered items with a start, ascending.
    pub fn cycle_days(&self) -> Vec<u32> {
        let mut days: Vec<u32> = self.items.iter().filter_map(|item| item.cycle_days).collect();
        days.sort_unstable();
        days
    }

    /// All blocked seconds of all items.
    pub fn blocked_seconds(&self) -> f64 {
        self.items.iter().map(ItemTruth::blocked_seconds).sum()
    }

    /// By which share the mean cycle time changed with a change of this team's limit: items delivered in the 16
    /// weeks before it, against those of 16 weeks that begin four weeks after it, when most of what was in
    /// progress at the change has left. `None` without items on both sides.
    pub fn effect_of(&self, change: &LimitChange) -> Option<f64> {
        // Nearly midnight, and the same for both sides.
        let midnight = |day: Day| Instant(i64::from(day.0) * MICROS_PER_DAY);
        let before = self.mean_cycle_days(midnight(change.on.plus(-112)), midnight(change.on))?;
        let after = self.mean_cycle_days(midnight(change.on.plus(28)), midnight(change.on.plus(140)))?;
        Some(after / before - 1.0)
    }

    /// Mean cycle time of the items delivered between two instants; `None` when there are none.
    pub fn mean_cycle_days(&self, from: Instant, to: Instant) -> Option<f64> {
        let days: Vec<f64> = self
            .items
            .iter()
            .filter(|item| item.finished_at.is_some_and(|at| from <= at && at < to))
            .filter_map(|item| item.cycle_days.map(f64::from))
            .collect();
        (!days.is_empty()).then(|| days.iter().sum::<f64>() / days.len() as f64)
    }
}
