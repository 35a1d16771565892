//! How each team works: the parameters of its simulation.
//!
//! Twelve teams are written down here; a larger organisation repeats them in blocks of twelve, with numbers that
//! vary around these.

use headway_domain::{
    id::UnitId,
    time::{Day, Zone},
    work::{Calendar, DayCount, Sle},
};

use crate::{
    dice::Dice,
    holidays::holidays,
    story::{Initiative, LimitChange, Story},
};

/// How a team plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// In sprints of two weeks, with estimates.
    Scrum,
    /// One item after the other, with a limit on work in progress.
    Kanban,
    /// Like Kanban; other teams depend on it, and it deploys more often.
    Platform,
}

/// A row of the table of twelve.
pub(crate) struct Slot {
    pub name: &'static str,
    pub key: &'static str,
    pub program: usize,
    method: Method,
    zone: &'static str,
    people: f64,
    /// Mean hours of work an item takes.
    effort: f64,
    /// How long items wait for review and test, as a multiple of what is usual.
    wait: f64,
    /// Items in progress at most.
    limit: u32,
    sle: Option<Sle>,
    deployments_per_week: f64,
    /// Weights of story, bug, chore, security.
    mix: [f64; 4],
}

const ZURICH: &str = "Europe/Zurich";
const LONDON: &str = "Europe/London";
const NEW_YORK: &str = "America/New_York";

#[expect(clippy::too_many_arguments, reason = "a table reads best with one row a line")]
const fn slot(
    name: &'static str,
    key: &'static str,
    program: usize,
    method: Method,
    zone: &'static str,
    people: f64,
    effort: f64,
    wait: f64,
    limit: u32,
    sle_days: u32,
    deployments_per_week: f64,
    mix: [f64; 4],
) -> Slot {
    let sle = if sle_days == 0 { None } else { Some(Sle { percent: 85, days: sle_days }) };
    Slot { name, key, program, method, zone, people, effort, wait, limit, sle, deployments_per_week, mix }
}

/// The twelve teams. Those that others depend on come first, because they are simulated first.
pub(crate) const SLOTS: [Slot; 12] = [
    slot("Osprey", "OSP", 3, Method::Platform, ZURICH, 4.0, 9.5, 0.8, 9, 14, 7.0, [0.38, 0.17, 0.30, 0.15]),
    slot("Falcon", "FAL", 3, Method::Platform, LONDON, 4.0, 12.0, 1.2, 10, 0, 6.0, [0.33, 0.20, 0.33, 0.14]),
    slot("Kestrel", "KES", 0, Method::Scrum, ZURICH, 6.0, 14.5, 0.6, 10, 14, 3.0, [0.56, 0.25, 0.13, 0.06]),
    slot("Heron", "HER", 0, Method::Scrum, ZURICH, 5.0, 15.0, 1.0, 8, 0, 2.0, [0.54, 0.27, 0.13, 0.06]),
    slot("Swift", "SWI", 0, Method::Kanban, LONDON, 6.0, 12.5, 1.0, 21, 21, 5.0, [0.50, 0.29, 0.14, 0.07]),
    slot("Plover", "PLO", 1, Method::Scrum, NEW_YORK, 7.0, 16.5, 1.7, 13, 0, 1.5, [0.58, 0.24, 0.13, 0.05]),
    slot("Curlew", "CUR", 1, Method::Kanban, NEW_YORK, 3.0, 9.5, 0.8, 8, 14, 3.0, [0.47, 0.31, 0.16, 0.06]),
    slot("Magpie", "MAG", 1, Method::Kanban, NEW_YORK, 4.0, 13.5, 2.2, 12, 0, 0.8, [0.36, 0.42, 0.17, 0.05]),
    slot("Robin", "ROB", 2, Method::Scrum, LONDON, 8.0, 18.0, 1.2, 13, 21, 2.5, [0.55, 0.25, 0.14, 0.06]),
    slot("Lapwing", "LAP", 2, Method::Kanban, ZURICH, 6.0, 9.5, 0.8, 30, 12, 4.0, [0.46, 0.32, 0.15, 0.07]),
    slot("Avocet", "AVO", 2, Method::Scrum, ZURICH, 5.0, 12.5, 0.5, 10, 12, 2.0, [0.54, 0.26, 0.14, 0.06]),
    slot("Wren", "WRE", 3, Method::Kanban, ZURICH, 4.0, 12.5, 1.0, 7, 0, 2.0, [0.52, 0.14, 0.24, 0.10]),
];

/// The part a team plays in the planted initiative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Nearly through.
    Lead,
    /// Waits for the provider.
    Waiting,
    /// Is waited for.
    Provider,
}

/// How one team works.
#[derive(Clone, Debug)]
pub(crate) struct TeamPlan {
    pub index: usize,
    pub unit: UnitId,
    pub name: String,
    pub key: String,
    pub program: usize,
    pub method: Method,
    pub calendar: Calendar,
    pub founded: Day,
    pub people: f64,
    pub effort: f64,
    pub wait: f64,
    /// Arrivals as a share of what the team can finish.
    pub demand: f64,
    pub mix: [f64; 4],
    /// What is planned for a sprint, as a share of what was completed in those before.
    pub optimism: f64,
    /// How much better or worse one week goes than another.
    pub luck: f64,
    /// Items in progress at most, from a day on; ascending.
    pub limits: Vec<(Day, u32)>,
    /// What the team says its limit is.
    pub declared_limit: Option<u32>,
    pub sle: Option<Sle>,
    pub deployments_per_week: f64,
    /// Times at which the test environment is down for this team.
    pub suffers_outages: bool,
    pub bulk_closed_on: Option<Day>,
    pub part: Option<(Part, Initiative)>,
    /// The planted change of its limit.
    pub change: Option<LimitChange>,
    pub is_dirty: bool,
}

/// Hours a day that a person has for items, meetings and mail taken off.
pub(crate) const FOCUS_HOURS: f64 = 4.7;

impl TeamPlan {
    /// The plan of the `index`th team.
    pub fn new(seed: u64, index: usize, unit: UnitId, story: &Story) -> Self {
        let (block, slot) = (index / SLOTS.len(), &SLOTS[index % SLOTS.len()]);
        let zone = Zone::named(slot.zone).unwrap_or_else(|_| Zone::utc());
        let calendar = Calendar {
            zone,
            holidays: holidays(slot.zone, story.first.plus(-90), story.today),
            count: DayCount::Calendar,
            ..Calendar::default()
        };
        let is_scrum = slot.method == Method::Scrum;
        let mut plan = TeamPlan {
            index,
            unit,
            name: numbered(slot.name, " ", block),
            key: numbered(slot.key, "", block),
            program: slot.program,
            method: slot.method,
            calendar,
            founded: story.first,
            people: slot.people,
            effort: slot.effort,
            wait: slot.wait,
            demand: 1.13,
            mix: slot.mix,
            optimism: 0.84 + 0.06 * (index % 5) as f64,
            luck: 0.2,
            limits: vec![(story.first, slot.limit)],
            declared_limit: (!is_scrum && slot.limit < 15).then_some(slot.limit),
            sle: slot.sle,
            deployments_per_week: slot.deployments_per_week,
            suffers_outages: false,
            bulk_closed_on: None,
            part: None,
            change: None,
            is_dirty: false,
        };
        if block == 0 {
            plan.take_part_in(story, slot.key);
        } else {
            plan.vary(&mut Dice::new(seed, 2_000_000_000 + index as u64));
        }
        plan
    }

    /// The limit on work in progress on a day.
    pub fn limit_on(&self, day: Day) -> usize {
        self.limits
            .iter()
            .rev()
            .find(|(from, _)| *from <= day)
            .map_or(usize::MAX, |(_, limit)| *limit as usize)
    }

    /// Items that the team can finish in a week of five days, all in all.
    pub fn weekly_capacity(&self) -> f64 {
        // Rework, people away and days lost to other things take about a quarter.
        self.people * 5.0 * FOCUS_HOURS * 0.80 / self.effort
    }

    fn take_part_in(&mut self, story: &Story, key: &'static str) {
        for change in [&story.wip_doubled, &story.experiment, &story.idle_experiment] {
            if change.team == key {
                self.limits = vec![(story.first, change.before), (change.on, change.after)];
                self.declared_limit = Some(change.after);
                self.change = Some(*change);
                // A steady team, so that the change is what one sees.
                self.luck = 0.08;
            }
        }
        if story.idle_experiment.team == key {
            // Less is asked of the team than it could do, so no limit is ever reached.
            self.demand = 0.58;
        }
        self.suffers_outages = story.outage_teams.contains(&key);
        self.bulk_closed_on = (story.dirty_team == key).then_some(story.bulk_closed_on);
        self.is_dirty = story.dirty_team == key;
        if story.newcomer.team == key {
            self.founded = story.newcomer.founded_on;
        }
        let initiative = story.initiative;
        self.part = [
            (initiative.lead, Part::Lead),
            (initiative.waiting, Part::Waiting),
            (initiative.provider, Part::Provider),
        ]
        .into_iter()
        .find(|(team, _)| *team == key)
        .map(|(_, part)| (part, initiative));
    }

    fn vary(&mut self, dice: &mut Dice) {
        self.people = (self.people + dice.between(-1.5, 2.0)).round();
        self.effort *= dice.between(0.85, 1.2);
        let limit = (self.people * dice.between(1.5, 2.6)).round() as u32;
        self.limits = vec![(self.founded, limit)];
        if self.declared_limit.is_some() {
            self.declared_limit = Some(limit);
        }
        self.deployments_per_week *= dice.between(0.4, 1.8);
    }
}

/// `Kestrel` in the first block, `Kestrel 2` in the second.
pub(crate) fn numbered(name: &str, separator: &str, block: usize) -> String {
    if block == 0 { name.to_owned() } else { format!("{name}{separator}{}", block + 1) }
}
