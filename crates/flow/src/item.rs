//! What a team's workflow reads in a history: when work on an item started and ended, and where it was when.

use std::collections::HashMap;

use headway_domain::{
    time::{Day, Instant},
    work::{Calendar, Category, StageIx, WorkItem, WorkType, Workflow},
};

use crate::{
    clock::Dates,
    history::{BlockedSpan, Blocker, History},
};

/// An instant, and the day it is on the team's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    /// The instant.
    pub at: Instant,
    /// The day.
    pub day: Day,
}

/// A stay in a stage. It lasts until the item's next visit begins; the last one lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// When it began.
    pub from: Instant,
    /// The day of `from` on the team's calendar.
    pub day: Day,
    /// The stage.
    pub stage: StageIx,
}

/// A time from `from` until `until`, the latter not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first instant.
    pub from: Instant,
    /// The first instant after it.
    pub until: Instant,
}

impl Span {
    /// How long it is, in seconds; never negative.
    pub fn seconds(self) -> f64 {
        self.until.seconds_since(self.from).max(0.0)
    }

    /// The part of it that lies in another; empty when there is none.
    pub fn within(self, other: Span) -> Span {
        let from = self.from.max(other.from);
        Span { from, until: self.until.min(other.until).max(from) }
    }
}

/// Where an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Nobody has committed to it.
    NotStarted,
    /// It is work in progress.
    InProgress,
    /// It was delivered.
    Finished,
    /// It left without being delivered.
    Cancelled,
}

/// The facts of one item that measures are made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// When it was created.
    pub created: Moment,
    /// When work on it started; `None` when no start was observed.
    pub started: Option<Moment>,
    /// When it was delivered.
    pub finished: Option<Moment>,
    /// When it left without being delivered.
    pub cancelled: Option<Moment>,
    /// The stages it was in, in order; no two neighbours are the same.
    pub visits: Box<[Visit]>,
    /// When it was blocked, and why; ascending and overlapping.
    pub blocked: Box<[BlockedSpan]>,
    /// The gaps in its signs of life that are at least as long as the workflow's limit, up to the last one.
    pub quiet: Box<[Span]>,
    /// The last sign of life.
    pub last_active: Instant,
    /// The last change of its priority before it started, or the last one when it has not started.
    pub reprioritised: Option<Moment>,
    /// The estimate it has now.
    pub estimate: Option<f64>,
    /// What it counts as in the flow distribution.
    pub work_type: WorkType,
    /// Whether its whole past is known, and agrees with the state it is in now.
    pub is_complete: bool,
    /// Whether a resolution says that it left without being delivered, whatever its stage.
    pub is_discarded: bool,
    /// Whether it has left the process at a time that nobody recorded. It is then neither work in progress nor
    /// part of any throughput.
    pub is_undated: bool,
}

impl Item {
    /// What the workflow reads in a history whose moves are ascending in time.
    pub fn of(history: &History, workflow: &Workflow) -> Self {
        let calendar = &workflow.calendar;
        let moment = |at: Instant| Moment { at, day: calendar.day_of(at) };
        let created = moment(history.created);
        let visits = visits(history, created, calendar);
        // Without any move, being in an exit stage dates nothing unless the history is known to be whole.
        let is_undated = !history.is_complete
            && history.cancelled_at.is_none()
            && history.first.is_some()
            && visits.len() == 1
            && workflow.category(visits[0].stage).is_exit();
        let dates = if is_undated {
            Dates::default()
        } else {
            Dates::read(&visits, history.cancelled_at.map(moment), workflow)
        };
        let last_move = visits.last().map_or(history.created, |it| it.from);
        let last_active = history.activity.last().map_or(last_move, |it| last_move.max(*it));
        let before_start = |at: &&Instant| dates.started.is_none_or(|it| **at <= it.at);
        Item {
            created,
            reprioritised: history.reprioritised.iter().rev().find(before_start).map(|it| moment(*it)),
            started: dates.started,
            finished: dates.finished,
            cancelled: dates.cancelled,
            quiet: quiet(history, &visits, workflow.stalled_after_days),
            visits,
            blocked: history.blocked.as_slice().into(),
            last_active,
            estimate: history.estimates.last().and_then(|it| it.value),
            work_type: history.work_type,
            is_complete: history.is_complete,
            is_discarded: history.cancelled_at.is_some(),
            is_undated,
        }
    }

    /// Where it stands now.
    pub fn standing(&self) -> Standing {
        match (self.started, self.finished, self.cancelled) {
            (_, Some(_), _) => Standing::Finished,
            (_, _, Some(_)) => Standing::Cancelled,
            _ if self.is_undated => Standing::Cancelled,
            (Some(_), ..) => Standing::InProgress,
            _ => Standing::NotStarted,
        }
    }

    /// Whether it is work in progress.
    pub fn is_in_progress(&self) -> bool {
        self.standing() == Standing::InProgress
    }

    /// Whether it was delivered without ever having been seen in progress.
    pub fn never_started(&self) -> bool {
        self.finished.is_some() && self.started.is_none()
    }

    /// When it came into the system of work: its start, or its finish when no start was observed (it passes
    /// through in that instant, so that arrivals less departures is always what is in progress).
    pub fn arrived(&self) -> Option<Moment> {
        self.started.or(self.finished)
    }

    /// When it went out of the system of work, delivered or not; `None` when it never came in.
    pub fn departed(&self) -> Option<Moment> {
        self.arrived().and(self.left())
    }

    /// When it left the process, delivered or not.
    pub fn left(&self) -> Option<Moment> {
        self.finished.or(self.cancelled)
    }

    /// The stage it is in; `None` when it never was in a known one.
    pub fn stage(&self) -> Option<StageIx> {
        self.visits.last().map(|it| it.stage)
    }

    /// Days from start to finish, both counted, as the team counts days; `None` when it is not finished or no
    /// start was observed.
    pub fn cycle_time_days(&self, calendar: &Calendar) -> Option<u32> {
        calendar.days_between(self.started?.day, self.finished?.day)
    }

    /// Seconds from start to finish.
    pub fn elapsed_seconds(&self) -> Option<f64> {
        Some(self.finished?.at.seconds_since(self.started?.at))
    }

    /// Days from creation to finish, both counted; `None` when it is not finished, or finished before it was
    /// created.
    pub fn lead_time_days(&self, calendar: &Calendar) -> Option<u32> {
        calendar.days_between(self.created.day, self.finished?.day)
    }

    /// Seconds in stages of work and of waiting until it was finished, the clock stopped while it was back among
    /// what is not started; `None` when it is not finished or no start was observed.
    pub fn process_seconds(&self, workflow: &Workflow) -> Option<f64> {
        self.started?;
        let until = self.finished?.at;
        let stays = self.stays(until).filter(|(stage, _)| workflow.category(*stage).is_in_progress());
        Some(stays.map(|(_, span)| span.seconds()).sum())
    }

    /// Days since the start, both counted, while it is in progress.
    pub fn age_days(&self, today: Day, calendar: &Calendar) -> Option<u32> {
        self.is_in_progress().then_some(())?;
        calendar.days_between(self.started?.day, today)
    }

    /// Its clock as it stood at the end of a day: only what had happened by then counts.
    pub fn as_of(&self, day: Day, workflow: &Workflow) -> Dates {
        if self.is_undated {
            return Dates::default();
        }
        let known = self.visits.partition_point(|it| it.day <= day);
        let by_resolution = self.cancelled.filter(|it| self.is_discarded && it.day <= day);
        Dates::read(&self.visits[..known], by_resolution, workflow)
    }

    /// Its age at the end of a day, by what had happened until then; `None` when it was not in progress.
    pub fn age_on(&self, day: Day, workflow: &Workflow) -> Option<u32> {
        let dates = self.as_of(day, workflow);
        if dates.finished.is_some() || dates.cancelled.is_some() {
            return None;
        }
        workflow.calendar.days_between(dates.started?.day, day)
    }

    /// Each stay in a stage up to an instant, as half-open spans in order.
    pub fn stays(&self, until: Instant) -> impl Iterator<Item = (StageIx, Span)> {
        let ends = self.visits.iter().skip(1).map(|it| it.from).chain(std::iter::once(until));
        self.visits.iter().zip(ends).filter_map(move |(visit, end)| {
            let span = Span { from: visit.from, until: end.min(until) };
            (span.from < until).then_some((visit.stage, span))
        })
    }

    /// Seconds in each of `stages` stages up to an instant, all visits of a stage added up.
    pub fn seconds_in_stages(&self, until: Instant, stages: usize) -> Vec<f64> {
        let mut seconds = vec![0.0; stages];
        for (stage, span) in self.stays(until) {
            if let Some(sum) = seconds.get_mut(usize::from(stage)) {
                *sum += span.seconds();
            }
        }
        seconds
    }

    /// Tells `note` the day on which the item first got as far as a stage or beyond it, stage by stage; a stage
    /// that was skipped takes the day of the next one reached. A move back changes nothing. An item that left
    /// without being delivered leaves through all the stages it had not reached, on that day.
    pub fn reached(&self, workflow: &Workflow, mut note: impl FnMut(StageIx, Day)) {
        if self.is_undated {
            return;
        }
        let is_left = |stage: StageIx| workflow.category(stage) == Category::Cancelled;
        let last = workflow.stages.iter().rposition(|it| it.category != Category::Cancelled);
        let end = last.map_or(0, |it| StageIx::try_from(it + 1).unwrap_or(StageIx::MAX));
        let mut next: StageIx = 0;
        let steps = self
            .visits
            .iter()
            .map(|it| (if is_left(it.stage) { end } else { it.stage.saturating_add(1) }, it.day));
        let left = self.cancelled.map(|it| (end, it.day));
        for (goal, day) in steps.chain(left) {
            for stage in next..goal.min(end) {
                note(stage, day);
            }
            next = next.max(goal);
        }
    }
}

/// The visits of a history, without moves that lead nowhere.
fn visits(history: &History, created: Moment, calendar: &Calendar) -> Box<[Visit]> {
    // Counted first, so that the slice is allocated once and fits.
    let is_move = |before: Option<StageIx>, to: StageIx| before != Some(to);
    let mut before = history.first;
    let moves = history.moves.iter().filter(|it| is_move(before.replace(it.to), it.to)).count();
    let mut visits: Vec<Visit> = Vec::with_capacity(moves + usize::from(history.first.is_some()));
    if let Some(stage) = history.first {
        // Trackers hold items that were moved before they were created.
        let earliest = history.moves.first().filter(|it| it.at < created.at);
        let from = earliest.map_or(created, |it| Moment { at: it.at, day: calendar.day_of(it.at) });
        visits.push(Visit { from: from.at, day: from.day, stage });
    }
    for step in &history.moves {
        if is_move(visits.last().map(|it| it.stage), step.to) {
            visits.push(Visit { from: step.at, day: calendar.day_of(step.at), stage: step.to });
        }
    }
    visits.into_boxed_slice()
}

/// The gaps of at least `limit_days` days between signs of life.
fn quiet(history: &History, visits: &[Visit], limit_days: u32) -> Box<[Span]> {
    let limit = i64::from(limit_days) * headway_domain::time::MICROS_PER_DAY;
    if limit == 0 {
        return Box::default();
    }
    let mut gaps = Vec::new();
    let mut last = history.created;
    let mut note = |at: Instant| {
        if at.0 - last.0 >= limit {
            gaps.push(Span { from: last, until: at });
        }
        last = last.max(at);
    };
    // Where nothing else is known, moves are the signs of life.
    if history.activity.is_empty() {
        for visit in visits {
            note(visit.from);
        }
    } else {
        for at in &history.activity {
            note(*at);
        }
    }
    gaps.into_boxed_slice()
}

/// The items of one workflow, read together: an item that waits for another is blocked until that one has left,
/// and a sign of life on an item is one on the item above it. `elsewhere` answers for items that are not among
/// these.
pub fn derive(items: &[WorkItem], workflow: &Workflow, elsewhere: impl Fn(&str) -> Blocker) -> Vec<Item> {
    let left = if workflow.blocked.links { exits(items, workflow) } else { HashMap::new() };
    let blocker = |key: &str| left.get(key).copied().unwrap_or_else(|| elsewhere(key));
    let mut below: HashMap<&str, Vec<Instant>> = HashMap::new();
    for item in items {
        if let Some(parent) = &item.parent {
            let lives = below.entry(parent).or_default();
            lives.push(item.created_at);
            lives.extend(item.changes.iter().map(|it| it.at));
        }
    }
    let read = |item: &WorkItem| {
        let mut history = History::of(item, workflow, blocker);
        let of_children = [&item.key, &item.label].into_iter().find_map(|key| below.get(key.as_str()));
        history.activity.extend(of_children.into_iter().flatten());
        history.sort();
        Item::of(&history, workflow)
    };
    items.iter().map(read).collect()
}

/// How each item stands, for those that wait for it, by both of its keys.
fn exits<'a>(items: &'a [WorkItem], workflow: &Workflow) -> HashMap<&'a str, Blocker> {
    let mut exits: HashMap<&'a str, Blocker> = HashMap::with_capacity(2 * items.len());
    for item in items {
        let facts = Item::of(&History::of(item, workflow, |_| Blocker::Unknown), workflow);
        let stands = match facts.left() {
            Some(moment) => Blocker::Left(moment.at),
            None if facts.is_undated => Blocker::Unknown,
            None => Blocker::Open,
        };
        exits.insert(&item.key, stands);
        exits.entry(&item.label).or_insert(stands);
    }
    exits
}
