//! Sprints of two weeks: planning, what comes in and goes out while they run, and what is done at their end.

use headway_domain::{
    time::{Day, Instant},
    work::{Field, IterationRecord},
};

use super::{HOUR, SECOND, Simulation, TICK};
use crate::{
    process::Step,
    truth::{SprintTruth, Sum},
};

/// An item of a sprint.
struct Member {
    card: usize,
    was_committed: bool,
    is_out: bool,
}

/// The sprint that runs.
pub(super) struct Sprint {
    record: IterationRecord,
    truth: SprintTruth,
    members: Vec<Member>,
    /// The day on which the next one is planned.
    ends_on: Day,
}

/// A sprint that is over, or that runs today.
pub(super) struct ClosedSprint {
    pub record: IterationRecord,
    pub truth: SprintTruth,
}

impl Sprint {
    pub fn into_closed(self) -> ClosedSprint {
        ClosedSprint { record: self.record, truth: self.truth }
    }
}

/// Sprints begin on every second Wednesday; half of the teams in one week, half in the other.
fn is_turning_day(day: Day, team: usize) -> bool {
    (day.0 - 6 - 7 * (team % 2) as i32).rem_euclid(14) == 0
}

impl Simulation<'_> {
    /// Ends the sprint that is over and plans the next, on the days for it; the step of the day at which work
    /// goes on.
    pub(super) fn turn_sprint(&mut self) -> i64 {
        let turns = is_turning_day(self.day, self.plan.index);
        // A sprint that should turn on a holiday turns on the next working day.
        let turned_late = (1..6)
            .map(|n| self.day.plus(-n))
            .take_while(|day| !self.plan.calendar.is_workday(*day))
            .any(|day| is_turning_day(day, self.plan.index));
        if !turns && !turned_late && self.sprint.is_some() {
            return 0;
        }
        let opens = self.mornings.last().copied().unwrap_or_default();
        let carried = self.close_sprint(opens);
        self.open_sprint(opens, &carried);
        1
    }

    /// Closes the sprint at this instant; the items that are not done.
    fn close_sprint(&mut self, at: Instant) -> Vec<usize> {
        let Some(mut sprint) = self.sprint.take() else { return Vec::new() };
        sprint.record.completed_at = Some(at);
        sprint.truth.completed_at = Some(at);
        let mut carried = Vec::new();
        for member in sprint.members.iter().filter(|member| !member.is_out) {
            let card = &self.cards[member.card];
            match card.step {
                Step::Done => {
                    sprint.truth.completed.add(card.points());
                    if member.was_committed {
                        sprint.truth.completed_of_committed.add(card.points());
                    }
                }
                Step::Cancelled => {}
                _ => carried.push(member.card),
            }
        }
        self.closed.push(sprint.into_closed());
        carried
    }

    fn open_sprint(&mut self, opens: Instant, carried: &[usize]) {
        let number = self.closed.len() + 1;
        let key = format!("{}-S{number}", self.plan.key);
        let starts_at = Instant(opens.0 + TICK);
        let next = self
            .day
            .plus(1)
            .through(self.day.plus(20))
            .find(|day| is_turning_day(*day, self.plan.index) && day.0 - self.day.0 > 5);
        let ends_at = next.map(|day| Instant(self.plan.calendar.zone.start_of(day).0 + 9 * HOUR));
        let mut members: Vec<usize> = Vec::new();
        let mut planned = 0.0;
        let target = self.velocity() * self.plan.optimism * self.dice.between(0.9, 1.1);

        for card in carried.iter().copied() {
            let is_untouched = self.cards[card].step == Step::Selected;
            if is_untouched && !self.cards[card].is_planted() && self.dice.chance(0.2) {
                let at = self.planning_moment(card, opens);
                self.step(card, Step::Backlog, at);
                continue;
            }
            self.plan_in(card, &key, opens);
            members.push(card);
            // What is begun is partly done; what waits for others costs nobody's time.
            let rest = match self.cards[card].blockage {
                Some(_) => 0.0,
                None if is_untouched => 1.0,
                None => 0.7,
            };
            planned += rest * self.cards[card].points().unwrap_or(0.0);
        }
        while planned < target {
            let Some(card) = self.most_urgent(&self.backlog) else { break };
            self.plan_in(card, &key, opens);
            let at = self.planning_moment(card, opens);
            self.step(card, Step::Selected, at);
            members.push(card);
            planned += self.cards[card].points().unwrap_or(0.0);
        }
        let mut committed = Sum::default();
        for card in &members {
            committed.add(self.cards[*card].points());
        }
        self.sprint = Some(Sprint {
            record: IterationRecord {
                key: key.clone(),
                name: format!("{} sprint {number}", self.plan.name),
                group: Some(self.plan.key.clone()),
                starts_at: Some(starts_at),
                ends_at,
                completed_at: None,
                given: None,
            },
            truth: SprintTruth {
                key,
                starts_at,
                completed_at: None,
                committed,
                added: Sum::default(),
                removed: Sum::default(),
                completed: Sum::default(),
                completed_of_committed: Sum::default(),
            },
            ends_on: next.unwrap_or(self.day.plus(14)),
            members: members
                .into_iter()
                .map(|card| Member { card, was_committed: true, is_out: false })
                .collect(),
        });
    }

    /// Some moment in the half hour of planning.
    fn planning_moment(&mut self, card: usize, opens: Instant) -> Instant {
        let moment = Instant(opens.0 + (60 + self.dice.below(1_500) as i64) * SECOND);
        moment.max(Instant(self.cards[card].last.0 + SECOND))
    }

    /// Estimates an item where that is still to be done, and puts it into the sprint.
    fn plan_in(&mut self, card: usize, sprint: &str, opens: Instant) {
        let at = self.planning_moment(card, opens);
        self.estimate(card, at);
        let mut iterations = self.cards[card].record.iterations.clone();
        iterations.push(sprint.to_owned());
        self.set_iterations(card, iterations, at);
    }

    fn estimate(&mut self, card: usize, at: Instant) {
        if self.cards[card].record.estimate.is_some() {
            return;
        }
        let hours = self.cards[card].hours.iter().sum();
        let points = self.draw_points(hours);
        let card = &mut self.cards[card];
        card.change(at, Field::Estimate, None, Some(points.to_string()));
        card.record.estimate = Some(points);
    }

    /// Points that a sprint usually completes.
    fn velocity(&self) -> f64 {
        let recent = &self.closed[self.closed.len().saturating_sub(3)..];
        if recent.is_empty() {
            return self.plan.weekly_capacity() * 2.0 * 3.3;
        }
        let sum: f64 = recent.iter().map(|sprint| sprint.truth.completed.points).sum();
        (sum / recent.len() as f64).max(12.0)
    }

    /// Days until the next planning; `None` without sprints.
    pub(super) fn days_left_in_sprint(&self) -> Option<i32> {
        self.sprint.as_ref().map(|sprint| sprint.ends_on.0 - self.day.0)
    }

    /// The team has time left: it takes one more item.
    pub(super) fn add_to_sprint(&mut self, tick: i64) {
        let Some(card) = self.most_urgent(&self.backlog) else { return };
        let at = self.moment_for(card, tick);
        self.step(card, Step::Selected, at);
        self.join_sprint(card, at);
    }

    /// Puts an item into the sprint that runs, unless it is in it.
    pub(super) fn join_sprint(&mut self, card: usize, at: Instant) {
        let Some(sprint) = &self.sprint else { return };
        if sprint.members.iter().any(|member| member.card == card && !member.is_out) {
            return;
        }
        let key = sprint.record.key.clone();
        self.estimate(card, at);
        let mut iterations = self.cards[card].record.iterations.clone();
        iterations.push(key);
        self.set_iterations(card, iterations, at);
        let points = self.cards[card].points();
        if let Some(sprint) = &mut self.sprint {
            sprint.truth.added.add(points);
            match sprint.members.iter_mut().find(|member| member.card == card) {
                Some(member) => member.is_out = false,
                None => sprint.members.push(Member { card, was_committed: false, is_out: false }),
            }
        }
    }

    /// Notes that an item is no longer part of the sprint that runs; the key of the sprint, if it was.
    pub(super) fn drop_from_sprint(&mut self, card: usize) -> Option<String> {
        let points = self.cards[card].points();
        let sprint = self.sprint.as_mut()?;
        let member = sprint.members.iter_mut().find(|member| member.card == card && !member.is_out)?;
        member.is_out = true;
        sprint.truth.removed.add(points);
        Some(sprint.record.key.clone())
    }

    /// Takes an item out of the sprint that runs, if it is in it.
    pub(super) fn leave_sprint(&mut self, card: usize, at: Instant) {
        let Some(key) = self.drop_from_sprint(card) else { return };
        let mut iterations = self.cards[card].record.iterations.clone();
        iterations.retain(|it| *it != key);
        self.set_iterations(card, iterations, at);
    }
}
