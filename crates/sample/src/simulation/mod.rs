//! The simulation of one team: items arrive, wait, are worked on, are blocked, come back, and leave.
//!
//! Time goes in steps of half an hour over the team's working days. Items in active stages share the people's
//! hours; items in waiting stages wait. With enough demand the team is always busy, so throughput does not depend
//! on how much is in progress, and cycle time follows work in progress (Little's law): that is what makes the
//! planted changes of limits known by construction.
//!
//! While it moves an item, the simulation keeps its own books of it ([`crate::Truth`]).

mod card;
mod delivery;
mod demand;
mod outcome;
mod sprint;
mod work;

use headway_domain::{
    time::{Day, Instant},
    work::{CommitRecord, Field},
};

pub(crate) use self::outcome::{Provided, Run};
use self::{
    card::{Card, joined},
    sprint::{ClosedSprint, Sprint},
};
use crate::{
    dice::Dice,
    plan::{Method, TeamPlan},
    process::Step,
    story::Story,
};

/// Steps of a working day, half an hour each, from nine to five.
const TICKS: i64 = 16;
const TICK: i64 = 30 * 60 * SECOND;
const HOUR: i64 = 3_600 * SECOND;
const SECOND: i64 = 1_000_000;

/// Days before today for which the board is recorded.
const BOARD_DAYS: i32 = 60;

/// One team on its way through the two years.
pub(crate) struct Simulation<'a> {
    plan: &'a TeamPlan,
    story: &'a Story,
    program_key: &'a str,
    provided: &'a [Provided],
    dice: Dice,
    cards: Vec<Card>,
    backlog: Vec<usize>,
    selected: Vec<usize>,
    progress: Vec<usize>,
    /// Delivered items that will come back, and when.
    returning: Vec<(Day, usize)>,
    sprint: Option<Sprint>,
    closed: Vec<ClosedSprint>,
    commits: Vec<CommitRecord>,
    on_board: Vec<(Day, u32)>,
    /// Nine o'clock of every working day so far.
    mornings: Vec<Instant>,
    day: Day,
    /// How well the week goes: people away, other duties.
    pace: f64,
    is_down: bool,
}

impl<'a> Simulation<'a> {
    /// A team at its beginning. Another `take` lets chance play differently.
    pub fn new(
        seed: u64,
        take: u32,
        plan: &'a TeamPlan,
        story: &'a Story,
        program_key: &'a str,
        provided: &'a [Provided],
    ) -> Self {
        Simulation {
            plan,
            story,
            program_key,
            provided,
            dice: Dice::new(seed, plan.index as u64 | u64::from(take) << 40),
            cards: Vec::new(),
            backlog: Vec::new(),
            selected: Vec::new(),
            progress: Vec::new(),
            returning: Vec::new(),
            sprint: None,
            closed: Vec::new(),
            commits: Vec::new(),
            on_board: Vec::new(),
            mornings: Vec::new(),
            day: plan.founded,
            pace: 1.0,
            is_down: false,
        }
    }

    /// Lets the team work until the day before today.
    pub fn run(mut self) -> Run {
        self.fill_first_backlog();
        for day in self.plan.founded.through(self.story.today.plus(-1)) {
            self.day = day;
            if self.plan.calendar.is_workday(day) {
                self.work_a_day();
            }
            if day >= self.story.today.plus(-BOARD_DAYS) {
                self.on_board.push((day, self.progress.len() as u32));
            }
        }
        let as_of = self.plan.calendar.zone.start_of(self.story.today);
        self.settle(as_of)
    }

    fn work_a_day(&mut self) {
        let morning = Instant(self.plan.calendar.zone.start_of(self.day).0 + 9 * HOUR);
        let is_first_of_week = self
            .mornings
            .last()
            .is_none_or(|last| self.plan.calendar.day_of(*last).week_start() != self.day.week_start());
        if is_first_of_week {
            let luck = self.dice.lognormal(1.0, self.plan.luck);
            self.pace = self.season() * (0.35 * self.pace + 0.65 * luck);
        }
        self.mornings.push(morning);
        self.is_down = self.plan.suffers_outages && self.story.is_test_environment_down(self.day);

        // The half hour in which a sprint ends and the next one is planned belongs to nothing else.
        let first_tick = if self.plan.method == Method::Scrum { self.turn_sprint() } else { 0 };
        self.plan_the_day(first_tick);
        let mut arrivals = self.draw_arrivals(first_tick);
        for tick in first_tick..TICKS {
            while arrivals.first().is_some_and(|arrival| arrival.tick <= tick) {
                let arrival = arrivals.remove(0);
                self.create(&arrival);
            }
            self.pull(tick);
            self.work(tick);
        }
    }

    /// Less gets done in the summer and before the year ends.
    fn season(&self) -> f64 {
        let date = self.day.to_date();
        match (date.month(), date.day()) {
            (7, 15..) | (8, ..=20) => 0.85,
            (12, 15..) => 0.9,
            _ => 1.0,
        }
    }

    /// Some moment within a step of today.
    fn moment(&mut self, tick: i64) -> Instant {
        let morning = self.mornings.last().map_or(0, |morning| morning.0);
        Instant(morning + tick * TICK + (1 + self.dice.below(1_789) as i64) * SECOND)
    }

    /// Some moment within a step of today, after everything that has happened to this item.
    fn moment_for(&mut self, card: usize, tick: i64) -> Instant {
        let moment = self.moment(tick);
        moment.max(Instant(self.cards[card].last.0 + SECOND))
    }

    /// Moves an item between the lists that stand for the parts of the board.
    fn relocate(&mut self, card: usize, to: Step) {
        for list in [&mut self.backlog, &mut self.selected, &mut self.progress] {
            if let Some(at) = list.iter().position(|it| *it == card) {
                list.remove(at);
            }
        }
        match to {
            Step::Backlog => self.backlog.push(card),
            Step::Selected => self.selected.push(card),
            Step::Done | Step::Cancelled => {}
            _ => self.progress.push(card),
        }
    }

    /// Moves an item, on the board and in its record.
    fn step(&mut self, card: usize, to: Step, at: Instant) {
        self.relocate(card, to);
        let card = &mut self.cards[card];
        card.move_to(to, at);
        card.left = to.effort().map_or(0.0, |ix| card.hours[ix]);
    }

    /// The item leaves: delivered or given up.
    fn leave(&mut self, card: usize, to: Step, at: Instant) {
        let resolution = match to {
            Step::Done => "Done",
            _ if self.dice.chance(0.25) => "Duplicate",
            _ => "Won't do",
        };
        self.step(card, to, at);
        let card_ref = &mut self.cards[card];
        card_ref.change(at, Field::Resolution, None, Some(resolution.to_owned()));
        card_ref.record.resolution = Some(resolution.to_owned());
        card_ref.record.closed_at = Some(at);
        if to == Step::Done {
            card_ref.truth.finished_at = Some(at);
            let can_return = card_ref.truth.started_at.is_some();
            if can_return && self.dice.chance(0.035) {
                let days = 1 + self.dice.below(12) as i32;
                self.returning.push((self.day.plus(days), card));
            }
        } else {
            card_ref.truth.cancelled_at = Some(at);
            // It keeps its sprint in the tracker, but nobody expects it any more.
            self.drop_from_sprint(card);
        }
    }

    /// A delivered item comes back to the developers.
    fn reopen(&mut self, card: usize, at: Instant) {
        self.step(card, Step::Development, at);
        let card_ref = &mut self.cards[card];
        card_ref.left *= 0.3;
        let resolution = card_ref.record.resolution.take();
        card_ref.record.closed_at = None;
        card_ref.change(at, Field::Resolution, resolution, None);
        card_ref.truth.finished_at = None;
        card_ref.truth.reopened += 1;
        self.join_sprint(card, at);
    }

    /// The item goes back to the backlog, and its clock with it.
    fn put_back(&mut self, card: usize, at: Instant) {
        let was_started = self.cards[card].step.is_in_progress();
        self.step(card, Step::Backlog, at);
        let truth = &mut self.cards[card].truth;
        truth.moved_back += 1;
        if was_started {
            truth.started_at = None;
            truth.flagged_seconds = 0.0;
            truth.waiting_for_link_seconds = 0.0;
        }
        self.leave_sprint(card, at);
    }

    /// Writes a new list of iterations.
    fn set_iterations(&mut self, card: usize, iterations: Vec<String>, at: Instant) {
        let card = &mut self.cards[card];
        let (from, to) = (joined(&card.record.iterations), joined(&iterations));
        card.change(at, Field::Iterations, from, to);
        card.record.iterations = iterations;
    }
}
