//! A team's history as counts by day, for dashboards over a thousand teams.
//!
//! Every column holds changes, so an item touches only the days on which something happened to it and can be
//! taken out again exactly; levels (work in progress, cumulative flow) are running sums, walked back from the
//! last day, so that a question about a window costs the window, not the whole past.

use headway_domain::{
    time::Day,
    work::{StageIx, Workflow},
};

use crate::{Known, distribution, item::Item, percentile::Summary, period::Window};

/// Changes by day. What happened before the first day is in the total only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Column {
    days: Vec<i32>,
    total: i64,
}

impl Column {
    fn change(&mut self, position: Option<usize>, by: i32) {
        self.total += i64::from(by);
        if let Some(position) = position {
            if self.days.len() <= position {
                self.days.resize(position + 1, 0);
            }
            self.days[position] += by;
        }
    }

    /// The changes of positions `from..until`.
    fn changes(&self, from: usize, until: usize) -> &[i32] {
        self.days.get(from.min(self.days.len())..until.min(self.days.len())).unwrap_or_default()
    }

    fn sum(&self, from: usize, until: usize) -> i64 {
        self.changes(from, until).iter().map(|it| i64::from(*it)).sum()
    }

    /// The level before position `until`: everything, less what came later.
    fn level(&self, until: usize) -> i64 {
        self.total - self.sum(until, self.days.len())
    }
}

/// The counts of one team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamCube {
    first: Day,
    arrived: Column,
    departed: Column,
    cancelled: Column,
    finished: [Column; 5],
    /// Sum of the arrival days of what is in progress: with it, total age is a subtraction.
    arrival_days: Column,
    /// Items in each stage.
    occupied: Vec<Column>,
    /// Items that reached each stage.
    reached: Vec<Column>,
    /// Finish day and cycle time of what was finished after a start, ascending.
    cycle_times: Vec<(Day, u32)>,
    never_started: Column,
}

/// What a window of a team's history amounts to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Totals {
    /// Items finished.
    pub finished: u32,
    /// The same by work type, in the order of [`headway_domain::work::WorkType::ALL`].
    pub finished_by_type: [u32; 5],
    /// Of those finished, how many were never in progress.
    pub never_started: u32,
    /// Items that came into progress.
    pub arrived: u32,
    /// Items that went out of it, delivered or not.
    pub departed: u32,
    /// Items that left without being delivered.
    pub cancelled: u32,
    /// Items in progress at the end of the window's last day.
    pub wip: u32,
    /// Sum of their ages on that day, in calendar days.
    pub total_age_days: u64,
    /// How the cycle times of what was finished are distributed.
    pub cycle_time: Known<Summary<u32>>,
}

impl TeamCube {
    /// An empty cube that resolves days from `first` on; what happened before counts towards levels only.
    pub fn new(first: Day, workflow: &Workflow) -> Self {
        let stages = vec![Column::default(); workflow.stages.len()];
        TeamCube {
            first,
            arrived: Column::default(),
            departed: Column::default(),
            cancelled: Column::default(),
            finished: Default::default(),
            arrival_days: Column::default(),
            occupied: stages.clone(),
            reached: stages,
            cycle_times: Vec::new(),
            never_started: Column::default(),
        }
    }

    /// Adds an item, as the workflow of this cube reads it.
    pub fn add(&mut self, item: &Item, workflow: &Workflow) {
        self.change(item, workflow, 1);
    }

    /// Takes an item out again that was added in exactly this form.
    pub fn remove(&mut self, item: &Item, workflow: &Workflow) {
        self.change(item, workflow, -1);
    }

    fn change(&mut self, item: &Item, workflow: &Workflow, by: i32) {
        if item.is_undated {
            return;
        }
        let first = self.first;
        let position = |day: Day| usize::try_from(i64::from(day.0) - i64::from(first.0)).ok();
        if let Some(arrived) = item.arrived() {
            self.arrived.change(position(arrived.day), by);
            self.arrival_days.change(position(arrived.day), by * arrived.day.0);
            if let Some(departed) = item.departed() {
                self.departed.change(position(departed.day), by);
                self.arrival_days.change(position(departed.day), -by * arrived.day.0);
            }
        }
        if let Some(finished) = item.finished {
            let at = position(finished.day);
            self.finished[distribution::position(item.work_type)].change(at, by);
            if item.never_started() {
                self.never_started.change(at, by);
            }
            if let Some(days) = item.cycle_time_days(&workflow.calendar) {
                self.change_cycle_time((finished.day, days), by);
            }
        }
        if let Some(cancelled) = item.cancelled {
            self.cancelled.change(position(cancelled.day), by);
        }
        self.change_occupied(item, workflow, by);
        let reached = &mut self.reached;
        item.reached(workflow, |stage, day| {
            if let Some(column) = reached.get_mut(usize::from(stage)) {
                column.change(position(day), by);
            }
        });
    }

    /// An item is in a stage until it moves on or has left: a resolution, or a finish that is never restated, can
    /// take it off the board while its stage says otherwise.
    fn change_occupied(&mut self, item: &Item, workflow: &Workflow, by: i32) {
        let first = self.first;
        let position = |day: Day| usize::try_from(i64::from(day.0) - i64::from(first.0)).ok();
        let nexts = item.visits.iter().skip(1).map(|it| Some(it.day)).chain([None]);
        for (visit, next) in item.visits.iter().zip(nexts) {
            let left = item.left().filter(|_| !workflow.category(visit.stage).is_exit());
            if left.is_some_and(|it| it.at <= visit.from) {
                continue;
            }
            if let Some(column) = self.occupied.get_mut(usize::from(visit.stage)) {
                column.change(position(visit.day), by);
                let left = left.map(|it| it.day);
                if let Some(until) = next.into_iter().chain(left).min() {
                    column.change(position(until), -by);
                }
            }
        }
    }

    fn change_cycle_time(&mut self, entry: (Day, u32), by: i32) {
        let at = self.cycle_times.partition_point(|it| *it < entry);
        if by > 0 {
            self.cycle_times.insert(at, entry);
        } else if self.cycle_times.get(at) == Some(&entry) {
            self.cycle_times.remove(at);
        }
    }

    /// The positions of a window's days that this cube resolves.
    fn range(&self, window: Window) -> (usize, usize) {
        let position = |day: i32| usize::try_from(i64::from(day) - i64::from(self.first.0)).unwrap_or(0);
        let from = position(window.first.0);
        (from, position(window.last.0.saturating_add(1)).max(from))
    }

    /// What a window amounts to.
    pub fn totals(&self, window: Window) -> Totals {
        let (from, until) = self.range(window);
        let count = |column: &Column| u32::try_from(column.sum(from, until)).unwrap_or(0);
        let finished_by_type = self.finished.each_ref().map(count);
        let wip = self.arrived.level(until) - self.departed.level(until);
        let age = wip * (i64::from(window.last.0) + 1) - self.arrival_days.level(until);
        Totals {
            finished: finished_by_type.iter().sum(),
            finished_by_type,
            never_started: count(&self.never_started),
            arrived: count(&self.arrived),
            departed: count(&self.departed),
            cancelled: count(&self.cancelled),
            wip: u32::try_from(wip).unwrap_or(0),
            total_age_days: u64::try_from(age).unwrap_or(0),
            cycle_time: Summary::of_days(self.cycle_times(window)),
        }
    }

    /// The cycle times of what was finished in a window after a start, by day of finish.
    pub fn cycle_times(&self, window: Window) -> impl Iterator<Item = u32> {
        let from = self.cycle_times.partition_point(|it| it.0 < window.first);
        let until = self.cycle_times.partition_point(|it| it.0 <= window.last).max(from);
        self.cycle_times[from..until].iter().map(|it| it.1)
    }

    /// Items finished on each day of a window.
    pub fn daily_finished(&self, window: Window) -> Vec<u32> {
        let mut sums = vec![0_i64; window.len()];
        for column in &self.finished {
            self.add_changes(column, window, &mut sums);
        }
        sums.into_iter().map(|it| u32::try_from(it).unwrap_or(0)).collect()
    }

    /// Items that came into progress on each day of a window.
    pub fn daily_arrived(&self, window: Window) -> Vec<u32> {
        let mut sums = vec![0_i64; window.len()];
        self.add_changes(&self.arrived, window, &mut sums);
        sums.into_iter().map(|it| u32::try_from(it).unwrap_or(0)).collect()
    }

    /// Items in progress at the end of each day of a window.
    pub fn daily_wip(&self, window: Window) -> Vec<u32> {
        let departed = self.levels(&self.departed, window);
        let arrived = self.levels(&self.arrived, window);
        arrived.iter().zip(departed).map(|(a, d)| u32::try_from(a - d).unwrap_or(0)).collect()
    }

    /// Items in a stage at the end of each day of a window.
    pub fn daily_in_stage(&self, stage: StageIx, window: Window) -> Vec<u32> {
        self.stage_levels(&self.occupied, stage, window)
    }

    /// Items that had reached a stage by the end of each day of a window: a line of the cumulative flow diagram.
    pub fn daily_reached(&self, stage: StageIx, window: Window) -> Vec<u32> {
        self.stage_levels(&self.reached, stage, window)
    }

    /// Items in each stage of work at the end of a day, for stages of work only.
    pub fn wip_by_stage(&self, day: Day, workflow: &Workflow) -> Vec<(StageIx, u32)> {
        let stages = (0..).zip(&workflow.stages).filter(|(_, it)| it.category.is_in_progress());
        let window = Window { first: day, last: day };
        stages
            .map(|(stage, _)| (stage, self.daily_in_stage(stage, window).first().copied().unwrap_or(0)))
            .collect()
    }

    fn stage_levels(&self, columns: &[Column], stage: StageIx, window: Window) -> Vec<u32> {
        let levels =
            columns.get(usize::from(stage)).map_or(vec![0; window.len()], |it| self.levels(it, window));
        levels.into_iter().map(|it| u32::try_from(it).unwrap_or(0)).collect()
    }

    fn add_changes(&self, column: &Column, window: Window, sums: &mut [i64]) {
        let (from, until) = self.range(window);
        let skip = usize::try_from(i64::from(self.first.0) - i64::from(window.first.0)).unwrap_or(0);
        for (sum, change) in sums.iter_mut().skip(skip).zip(column.changes(from, until)) {
            *sum += i64::from(*change);
        }
    }

    /// The level at the end of each day of a window, walked back from the last change.
    fn levels(&self, column: &Column, window: Window) -> Vec<i64> {
        let mut changes = vec![0_i64; window.len()];
        self.add_changes(column, window, &mut changes);
        let (_, until) = self.range(window);
        let mut level = column.level(until);
        for change in changes.iter_mut().rev() {
            let before = level - *change;
            *change = level;
            level = before;
        }
        changes
    }
}
