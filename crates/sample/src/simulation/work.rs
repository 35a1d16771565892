//! Half an hour of work: pulling, working, waiting, being blocked, moving on.

use headway_domain::{
    time::Instant,
    work::{Category, CommitRecord, Field, Link, LinkKind},
};

use super::{
    HOUR, SECOND, Simulation, TICKS,
    card::{Blockage, Until},
};
use crate::{
    plan::{FOCUS_HOURS, Method, Part},
    process::{IMPEDIMENTS, Kind, Step, TEST_ENVIRONMENT},
};

/// Mean hours that an item waits until somebody reviews or tests it.
const REVIEW_WAIT_HOURS: f64 = 4.5;
const TEST_WAIT_HOURS: f64 = 6.5;

impl Simulation<'_> {
    /// Starts what the limit allows.
    pub(super) fn pull(&mut self, tick: i64) {
        let limit = self.plan.limit_on(self.day);
        // What waits for another team takes a place on the board, but nobody's time: the team goes on.
        let mut taken = self.progress.iter().filter(|card| !self.is_waiting_for_another(**card)).count();
        let keeps_up = self.plan.demand < 1.0;
        if self.selected.is_empty() && taken < limit && tick > 1 {
            if self.plan.method != Method::Scrum {
                if self.dice.chance(0.25) {
                    self.select_next(tick);
                }
            } else if self.days_left_in_sprint().is_some_and(|days| days > 4)
                && (taken as f64) < self.plan.people * 1.5
                && self.dice.chance(0.2)
            {
                self.add_to_sprint(tick);
            }
        }
        for _ in 0..2 {
            let Some(card) = self.most_urgent(&self.selected) else { return };
            let burns = self.cards[card].urgency == 0;
            if burns || taken < limit && self.dice.chance(if keeps_up { 0.5 } else { 0.3 }) {
                self.start(card, tick);
                taken += 1;
            }
        }
    }

    fn is_waiting_for_another(&self, card: usize) -> bool {
        matches!(self.cards[card].blockage, Some(Blockage { until: Until::Provided(_), .. }))
    }

    fn start(&mut self, card: usize, tick: i64) {
        let at = self.moment_for(card, tick);
        let skips_analysis = match self.cards[card].truth.work_type {
            work_type if work_type == Kind::Story.work_type() => 0.1,
            work_type if work_type == Kind::Security.work_type() => 0.3,
            _ => 0.7,
        };
        let to = if self.dice.chance(skips_analysis) { Step::Development } else { Step::Analysis };
        self.step(card, to, at);
        self.cards[card].truth.started_at = Some(at);
    }

    /// Half an hour for everything in progress.
    pub(super) fn work(&mut self, tick: i64) {
        let progress = self.progress.clone();
        let in_hand = |it: &Self, card: usize| {
            let card = &it.cards[card];
            card.step.category() == Category::Active && card.blockage.is_none() && !card.is_neglected_today
        };
        let in_hands = progress.iter().filter(|card| in_hand(self, **card)).count();
        // One person works on one item; when there are more items than people, items share.
        let share = (self.plan.people * self.pace / in_hands.max(1) as f64).min(1.0);
        // Many things at once cost time for getting into each of them again.
        let juggling = (in_hands as f64 / self.plan.people - 2.0).max(0.0);
        let hours = FOCUS_HOURS / TICKS as f64 * share / (1.0 + 0.06 * juggling);
        // Before a sprint ends, people review and test what is nearly done at once.
        let is_closing = self.days_left_in_sprint().is_some_and(|days| days <= 4);
        let (haste, patience) = if is_closing { (1.3, 1.5) } else { (1.0, 0.5) };
        for card in progress {
            if self.cards[card].blockage.is_some() {
                self.wait_for_release(card, tick);
                continue;
            }
            let is_waiting = self.cards[card].step.category() == Category::Waiting;
            if is_waiting {
                self.cards[card].left -= patience;
            } else if in_hand(self, card) {
                if self.meets_impediment(card, tick) {
                    continue;
                }
                let speed = if self.cards[card].urgency == 0 { 1.5 } else { haste };
                self.cards[card].left -= hours * speed;
            } else {
                continue;
            }
            if self.cards[card].left <= 0.0 {
                self.advance(card, tick);
            }
        }
    }

    /// Lets a blocked item go when what blocked it is over.
    fn wait_for_release(&mut self, card: usize, tick: i64) {
        let Some(blockage) = self.cards[card].blockage else { return };
        match blockage.until {
            Until::Ticks(0) => {
                let at = self.moment_for(card, tick);
                self.cards[card].clear_flag(at);
            }
            Until::Ticks(n) => {
                let until = Until::Ticks(n - 1);
                self.cards[card].blockage = Some(Blockage { until, ..blockage });
            }
            Until::Restored => {
                if !self.is_down {
                    let at = self.moment_for(card, tick);
                    self.cards[card].clear_flag(at);
                }
            }
            Until::Provided(exit) => {
                // One second before the step begins, so that nothing is dated before the release.
                let begins = self.mornings.last().map_or(0, |morning| morning.0 + tick * super::TICK);
                if let Some(exit) = exit.filter(|exit| exit.0 < begins) {
                    let card = &mut self.cards[card];
                    card.truth.waiting_for_link_seconds += exit.seconds_since(blockage.since);
                    card.blockage = None;
                }
            }
        }
    }

    /// Whether something blocks the item from now on.
    fn meets_impediment(&mut self, card: usize, tick: i64) -> bool {
        let item = &self.cards[card];
        let (step, part) = (item.step, item.part);
        if item.needs_provider && step == Step::Development {
            let promised = self.provided.iter().position(|it| it.is_promised);
            if let Some(ix) = promised.filter(|ix| self.provided[*ix].started_at < self.cards[card].last) {
                self.block_by(card, ix, tick);
                return true;
            }
        }
        if part == Some(Part::Provider) {
            return false;
        }
        if self.is_down && step == Step::Test && self.dice.chance(0.5) {
            let at = self.moment_for(card, tick);
            self.cards[card].set_flag(TEST_ENVIRONMENT, Until::Restored, at);
            return true;
        }
        let roll = self.dice.unit() * TICKS as f64;
        if roll < 0.016 {
            let ticks = self.dice.lognormal(22.0, 0.8).clamp(3.0, 190.0) as u32;
            let reason = self.dice.pick(&IMPEDIMENTS);
            let at = self.moment_for(card, tick);
            self.cards[card].set_flag(reason, Until::Ticks(ticks), at);
            return true;
        }
        if roll < 0.021 && step == Step::Development && !self.cards[card].needs_provider {
            return self.depend_on_another_team(card, tick);
        }
        false
    }

    /// The item needs something that a platform team has in progress.
    fn depend_on_another_team(&mut self, card: usize, tick: i64) -> bool {
        let now = self.moment(tick);
        let candidates: Vec<usize> = (0..self.provided.len())
            .filter(|ix| {
                let it = &self.provided[*ix];
                !it.is_promised
                    && it.started_at < now
                    && it.finished_at.is_none_or(|at| at > Instant(now.0 + HOUR))
            })
            .collect();
        let Some(ix) = candidates.get(self.dice.below(candidates.len())).copied() else { return false };
        self.block_by(card, ix, tick);
        true
    }

    fn block_by(&mut self, card: usize, provided: usize, tick: i64) {
        let at = self.moment_for(card, tick);
        let other = &self.provided[provided];
        let card = &mut self.cards[card];
        if card.record.links.iter().any(|link| link.to == other.key) {
            return;
        }
        card.record.links.push(Link { kind: LinkKind::BlockedBy, to: other.key.clone() });
        card.change(at, Field::BlockedBy, None, Some(other.key.clone()));
        card.blockage = Some(Blockage { since: at, until: Until::Provided(other.finished_at) });
    }

    /// Moves an item whose time in its stage is over.
    fn advance(&mut self, card: usize, tick: i64) {
        let at = self.moment_for(card, tick);
        match self.cards[card].step {
            Step::Analysis => self.step(card, Step::Development, at),
            Step::Development => {
                self.commit(card, at);
                self.step(card, Step::ReadyForReview, at);
                self.cards[card].left = self.dice.exponential(REVIEW_WAIT_HOURS * self.plan.wait);
                self.estimate_again(card, at);
            }
            Step::ReadyForReview => self.step(card, Step::Review, at),
            Step::Review if self.dice.chance(0.09) => self.rework(card, at),
            Step::Review if self.cards[card].can_skip_test => self.leave(card, Step::Done, at),
            Step::Review => {
                self.step(card, Step::ReadyForTest, at);
                self.cards[card].left = self.dice.exponential(TEST_WAIT_HOURS * self.plan.wait);
            }
            // Little is even tried while the environment is down.
            Step::ReadyForTest if self.is_down && self.dice.chance(0.85) => {}
            Step::ReadyForTest => self.step(card, Step::Test, at),
            Step::Test if self.dice.chance(0.11) => self.rework(card, at),
            Step::Test => self.leave(card, Step::Done, at),
            Step::Backlog | Step::Selected | Step::Done | Step::Cancelled => {}
        }
    }

    fn rework(&mut self, card: usize, at: Instant) {
        self.step(card, Step::Development, at);
        self.cards[card].left *= 0.28;
        self.cards[card].truth.moved_back += 1;
    }

    /// Now and then the work shows that the estimate was wrong.
    fn estimate_again(&mut self, card: usize, at: Instant) {
        if self.plan.method != Method::Scrum || !self.dice.chance(0.03) {
            return;
        }
        let card = &mut self.cards[card];
        let Some(points) = card.record.estimate else { return };
        let new = if points < 5.0 { points + 2.0 } else { 13.0 };
        if new > points {
            card.change(at, Field::Estimate, Some(points.to_string()), Some(new.to_string()));
            card.record.estimate = Some(new);
        }
    }

    fn commit(&mut self, card: usize, at: Instant) {
        let entered = self.cards[card].entered;
        let time = (at.0 - entered.0).clamp(0, 6 * HOUR) as f64;
        for _ in 0..=self.dice.poisson(0.8) {
            let committed_at = Instant(at.0 - (self.dice.unit() * time) as i64 / SECOND * SECOND);
            let written = (self.dice.exponential(2.5 * HOUR as f64)) as i64 / SECOND * SECOND;
            let authored_at = Instant(committed_at.0 - written).max(entered);
            let key = self.commit_key();
            self.commits.push(CommitRecord {
                key,
                group: Some(self.plan.key.clone()),
                authored_at: authored_at.min(committed_at),
                committed_at,
                deployment: None,
                is_repair: false,
            });
        }
    }

    pub(super) fn commit_key(&mut self) -> String {
        format!("{:016x}{:016x}{:08x}", self.dice.bits(), self.dice.bits(), self.dice.bits() as u32)
    }
}
