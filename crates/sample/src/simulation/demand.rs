//! What is asked of the team, and what it takes on: arrivals, selection, priorities, grooming.

use headway_domain::{
    time::{Day, Instant},
    work::{Field, HistoryExtent, ItemRecord},
};
use jiff::civil::Weekday;

use super::{HOUR, SECOND, Simulation, TICKS, card::Card};
use crate::{
    epic,
    plan::{Method, Part},
    process::{Kind, PRIORITIES, Step},
    story::ALLOCATION,
    truth::ItemTruth,
    words,
};

/// An item that will be created today.
pub(super) struct Arrival {
    pub tick: i64,
    /// Its part in the planted initiative.
    part: Option<Part>,
}

/// Deviation of the logarithm of the effort of items.
const EFFORT_SIGMA: f64 = 0.72;

impl Simulation<'_> {
    /// The team begins with what was written down in the weeks before.
    pub(super) fn fill_first_backlog(&mut self) {
        let count = self.target_backlog() * 0.8;
        let opening = self.plan.calendar.zone.start_of(self.plan.founded).0;
        let mut moments: Vec<i64> = (0..count as usize)
            .map(|_| opening - 8 * HOUR - (self.dice.unit() * 40.0 * 24.0) as i64 * HOUR)
            .collect();
        moments.sort_unstable();
        for moment in moments {
            let at = Instant(moment + self.dice.below(3_600) as i64 * SECOND);
            let last = self.cards.last().map_or(at, |card: &Card| Instant(card.last.0 + SECOND));
            self.add_card(at.max(last), None);
        }
    }

    /// Items that a team likes to have in its backlog: four weeks of work.
    fn target_backlog(&self) -> f64 {
        // Where nobody cleans up, things pile up.
        let weeks = if self.plan.is_dirty { 14.0 } else { 4.0 * self.plan.demand.min(1.0).powi(4) };
        self.plan.weekly_capacity() * weeks
    }

    pub(super) fn draw_arrivals(&mut self, first_tick: i64) -> Vec<Arrival> {
        let target = self.target_backlog();
        let backlog = (self.backlog.len() + self.selected.len()) as f64;
        // People ask for less while the backlog is long, unless the team is one that keeps up anyway.
        let pressure = if self.plan.demand < 1.0 {
            1.0
        } else {
            (1.0 + 0.6 * (target - backlog) / target).clamp(0.35, 1.9)
        };
        let rate = self.plan.weekly_capacity() / 5.0 * self.plan.demand * pressure;
        let tick =
            |dice: &mut crate::dice::Dice| first_tick + dice.below((TICKS - first_tick) as usize) as i64;
        let mut arrivals: Vec<Arrival> = (0..self.dice.poisson(rate))
            .map(|_| Arrival { tick: tick(&mut self.dice), part: None })
            .collect();
        if let Some(part) = self.planted_today() {
            arrivals.push(Arrival { tick: tick(&mut self.dice), part: Some(part) });
        }
        arrivals.sort_by_key(|arrival| arrival.tick);
        arrivals
    }

    /// The part of today's item of the planted initiative, when there is one: the lead begins before the team
    /// that waits, one item every few days.
    fn planted_today(&self) -> Option<Part> {
        let (part, initiative) = self.plan.part?;
        let every = 5;
        let first = match part {
            Part::Provider => return self.is_next_workday_after(initiative.asked_on).then_some(part),
            Part::Lead => initiative.asked_on.plus(-12),
            Part::Waiting => initiative.asked_on.plus(7),
        };
        (0..initiative.items_each as i32)
            .any(|n| self.is_next_workday_after(first.plus(n * every - 1)))
            .then_some(part)
    }

    /// Whether today is the first working day after this one.
    fn is_next_workday_after(&self, day: Day) -> bool {
        day < self.day && self.plan.calendar.next_workday(day) == self.day
    }

    pub(super) fn create(&mut self, arrival: &Arrival) {
        let at = self.moment(arrival.tick);
        let last = self.cards.last().map_or(at, |card| Instant(card.truth.created_at.0 + SECOND));
        self.add_card(at.max(last), arrival.part);
        let card = self.cards.len() - 1;
        // What burns goes into the running sprint.
        if self.cards[card].urgency == 0 && self.sprint.is_some() {
            let at = self.moment_for(card, arrival.tick);
            self.step(card, Step::Selected, at);
            self.join_sprint(card, at);
        }
    }

    fn add_card(&mut self, at: Instant, part: Option<Part>) {
        let n = self.cards.len();
        let planted = self.cards.iter().filter(|card| card.is_planted()).count();
        let kind = match part {
            Some(_) => Kind::Story,
            None => Kind::ALL[self.dice.weighted(&self.plan.mix)],
        };
        let urgency = match (part, kind) {
            (Some(Part::Provider), _) => 0,
            (Some(_), _) => 1,
            (None, Kind::Bug) => self.dice.weighted(&[0.07, 0.28, 0.45, 0.20]),
            (None, _) => self.dice.weighted(&[0.02, 0.20, 0.55, 0.23]),
        };
        let hours = self.draw_hours(kind, part);
        let theme = theme_of(n, self.plan.index);
        let title = match part {
            Some(Part::Provider) => "Issue payment tokens for every market".to_owned(),
            _ => words::title(&mut self.dice, self.plan.program, kind),
        };
        let parent = match part {
            Some(_) => self.plan.part.map(|(_, initiative)| initiative.key.to_owned()),
            None if kind == Kind::Story && self.dice.chance(0.6) => {
                Some(epic::key_on(self.program_key, self.story, self.plan.calendar.day_of(at)))
            }
            None => None,
        };
        let key = ((self.plan.index + 1) * 100_000 + n + 1).to_string();
        let label = format!("{}-{}", self.plan.key, n + 1);
        let total = hours.iter().sum::<f64>().min(200.0);
        let is_estimated = self.plan.method == Method::Scrum && self.dice.chance(0.6);
        let estimate = is_estimated.then(|| self.draw_points(total));
        let record = ItemRecord {
            key: key.clone(),
            label: Some(label.clone()),
            title: Some(title),
            kind: Some(kind.name().to_owned()),
            group: Some(self.plan.key.clone()),
            state: Some(Step::Backlog.name().to_owned()),
            created_at: Some(at),
            estimate,
            parent,
            priority: Some(PRIORITIES[urgency].to_owned()),
            labels: vec![
                ALLOCATION[theme].label.to_owned(),
                words::area(&mut self.dice, self.plan.program).to_owned(),
            ],
            extent: Some(HistoryExtent::Complete),
            ..ItemRecord::default()
        };
        let truth = ItemTruth {
            key,
            label,
            work_type: kind.work_type(),
            created_at: at,
            started_at: None,
            finished_at: None,
            cancelled_at: None,
            cycle_days: None,
            flagged_seconds: 0.0,
            waiting_for_link_seconds: 0.0,
            is_blocked: false,
            reopened: 0,
            moved_back: 0,
            theme,
            is_in_initiative: part.is_some(),
            is_spoilt: false,
        };
        let can_skip_test = match kind {
            Kind::Chore => self.dice.chance(0.6),
            Kind::Security => self.dice.chance(0.3),
            _ => false,
        };
        let neglect = if self.dice.chance(0.09) { 0.6 } else { 0.1 };
        self.cards.push(Card {
            record,
            truth,
            step: Step::Backlog,
            can_skip_test,
            urgency,
            hours,
            left: 0.0,
            neglect: if part == Some(Part::Provider) { 0.7 } else { neglect },
            is_neglected_today: false,
            blockage: None,
            needs_provider: part == Some(Part::Waiting) && planted.is_multiple_of(2),
            part,
            entered: at,
            last: at,
        });
        self.backlog.push(n);
    }

    fn draw_hours(&mut self, kind: Kind, part: Option<Part>) -> [f64; 4] {
        let factor = match kind {
            Kind::Story => 1.25,
            Kind::Bug => 0.65,
            Kind::Chore => 0.85,
            Kind::Security => 0.8,
        };
        let median = self.plan.effort * factor * (-EFFORT_SIGMA * EFFORT_SIGMA / 2.0).exp();
        let total = self.dice.lognormal(median, EFFORT_SIGMA).clamp(0.8, 90.0);
        let mut hours = [0.15, 0.55, 0.10, 0.20].map(|share| share * total * self.dice.lognormal(0.95, 0.35));
        if part == Some(Part::Provider) {
            // What the provider was asked for turns out to be far larger than anybody thought.
            hours[1] = 1e6;
        }
        hours
    }

    pub(super) fn draw_points(&mut self, hours: f64) -> f64 {
        let guess = hours / 4.5 * self.dice.lognormal(1.0, 0.3);
        let scale = [1.0, 2.0, 3.0, 5.0, 8.0, 13.0];
        scale.into_iter().find(|points| guess <= points * 1.25).unwrap_or(13.0)
    }

    /// What a team does once a day: looks at its backlog, closes what has become void, answers what came back.
    pub(super) fn plan_the_day(&mut self, tick: i64) {
        for card in self.progress.clone() {
            let neglect = self.cards[card].neglect;
            self.cards[card].is_neglected_today = self.dice.chance(neglect);
            self.talk_about(card, tick);
        }
        let today = self.day;
        let due: Vec<usize> =
            self.returning.iter().filter(|(day, _)| *day <= today).map(|(_, card)| *card).collect();
        self.returning.retain(|(day, _)| *day > today);
        for card in due {
            let at = self.moment_for(card, tick + 1);
            self.reopen(card, at);
        }
        self.change_course(tick + 1);
        self.close_without_work(tick + 1);
        if self.plan.bulk_closed_on == Some(self.day) {
            self.close_old_backlog();
        }
        let yesterday = self.day.plus(-1);
        if self.plan.calendar.next_workday(yesterday.month_start().plus(-1)).month_start()
            != self.day.month_start()
        {
            self.groom(tick + 2);
        }
        if self.plan.method != Method::Scrum
            && matches!(self.day.weekday(), Weekday::Monday | Weekday::Thursday)
        {
            let buffer = (self.plan.limit_on(self.day) as f64 * 0.6).ceil().max(3.0) as usize;
            while self.selected.len() < buffer && self.select_next(tick) {}
        }
    }

    /// A comment or an edit.
    fn talk_about(&mut self, card: usize, tick: i64) {
        if !self.cards[card].is_neglected_today && self.dice.chance(0.16) {
            let at = self.moment_for(card, tick + 3);
            self.cards[card].change(at, Field::Activity, None, None);
        }
    }

    /// Takes the most urgent item of the backlog to those that come next; false when there is none.
    pub(super) fn select_next(&mut self, tick: i64) -> bool {
        let Some(card) = self.most_urgent(&self.backlog) else { return false };
        let at = self.moment_for(card, tick);
        self.step(card, Step::Selected, at);
        true
    }

    /// The most urgent of these items; among equals what was planted, and then the oldest.
    pub(super) fn most_urgent(&self, among: &[usize]) -> Option<usize> {
        among.iter().copied().min_by_key(|card| {
            let item = &self.cards[*card];
            (item.urgency, !item.is_planted(), *card)
        })
    }

    /// Priorities change, started work is put back or given up.
    fn change_course(&mut self, tick: i64) {
        if !self.backlog.is_empty() && self.dice.chance(0.14) {
            let card = self.backlog[self.dice.below(self.backlog.len())];
            let to = self.cards[card].urgency.saturating_sub(1).max(1);
            if to != self.cards[card].urgency {
                let at = self.moment_for(card, tick);
                let item = &mut self.cards[card];
                let from = item.record.priority.replace(PRIORITIES[to].to_owned());
                item.change(at, Field::Priority, from, Some(PRIORITIES[to].to_owned()));
                item.urgency = to;
            }
        }
        for card in self.progress.clone() {
            let item = &self.cards[card];
            if item.is_planted() || item.blockage.is_some() || item.truth.reopened > 0 {
                continue;
            }
            let roll = self.dice.unit();
            if roll < 0.0022 {
                let at = self.moment_for(card, tick);
                self.leave(card, Step::Cancelled, at);
            } else if roll < 0.0042 {
                let at = self.moment_for(card, tick);
                self.put_back(card, at);
            }
        }
        for card in self.selected.clone() {
            if self.plan.method == Method::Scrum && !self.cards[card].is_planted() && self.dice.chance(0.008)
            {
                let at = self.moment_for(card, tick);
                self.put_back(card, at);
            }
        }
    }

    /// Some items turn out to be done already, or are done on the side: they go straight to their end.
    fn close_without_work(&mut self, tick: i64) {
        let rate = 0.065 * self.plan.weekly_capacity() / 5.0;
        for _ in 0..self.dice.poisson(rate) {
            let card = self.backlog.get(self.dice.below(self.backlog.len())).copied();
            if let Some(card) = card.filter(|card| !self.cards[*card].is_planted()) {
                let at = self.moment_for(card, tick);
                self.leave(card, Step::Done, at);
            }
        }
    }

    /// Once a month, what nobody has taken up for long is given up.
    fn groom(&mut self, tick: i64) {
        let morning = self.moment(tick);
        for card in self.backlog.clone() {
            let age = morning.seconds_since(self.cards[card].truth.created_at) / 86_400.0;
            if age > 120.0 && !self.plan.is_dirty && !self.cards[card].is_planted() && self.dice.chance(0.35)
            {
                let at = self.moment_for(card, tick);
                self.leave(card, Step::Cancelled, at);
            }
        }
    }

    /// A clean-up: everything old is marked as done within minutes.
    fn close_old_backlog(&mut self) {
        let morning = self.moment(4);
        for (n, card) in self.backlog.clone().into_iter().enumerate() {
            let age = morning.seconds_since(self.cards[card].truth.created_at) / 86_400.0;
            if age > 28.0 {
                let at =
                    Instant(morning.0 + n as i64 * SECOND).max(Instant(self.cards[card].last.0 + SECOND));
                self.leave(card, Step::Done, at);
            }
        }
    }
}

/// The theme of a team's `n`th item: spread evenly, so that the shares of any long run are those of the story.
fn theme_of(n: usize, team: usize) -> usize {
    let place = (n as f64 * 0.618_033_988_749_894_9 + team as f64 * 0.377).fract() * 100.0;
    let mut bound = 0.0;
    ALLOCATION
        .iter()
        .position(|theme| {
            bound += f64::from(theme.measured);
            place < bound
        })
        .unwrap_or(ALLOCATION.len() - 1)
}
