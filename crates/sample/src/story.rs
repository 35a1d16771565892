//! What is planted in the sample organisation, with dates and true sizes: everything here can be found by
//! looking at the right page, and tests look for it.
//!
//! This module holds the part of the story that work histories can tell. Strategy, people, meetings and
//! decisions (a portfolio order that costs delay, a planning interval that is over-allocated, retrospective
//! topics that return, a policy nobody keeps, a gate that never changes an outcome, a lesson, readiness) belong
//! next to it as fields of [`Story`], each with its own file, once the product has these nouns.

use headway_domain::time::Day;
use jiff::civil::Date;

/// Everything that is planted. Teams are named by the key of their project, such as `KES`.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// The first day with events.
    pub first: Day,
    /// "Today": events end the day before.
    pub today: Day,
    /// A team that took on twice as much at once in the last spring, and got slower.
    pub wip_doubled: LimitChange,
    /// A team whose smaller limit on work in progress made it faster.
    pub experiment: LimitChange,
    /// A team whose limit changed nothing, because it never had that much in progress.
    pub idle_experiment: LimitChange,
    /// When the shared test environment was down.
    pub outages: Vec<Outage>,
    /// The teams whose items wait for it.
    pub outage_teams: [&'static str; 7],
    /// Work of two teams that will be late, because one waits for a third.
    pub initiative: Initiative,
    /// A team too young for any forecast.
    pub newcomer: Newcomer,
    /// The team whose tracker holds dirty data.
    pub dirty_team: &'static str,
    /// When that team closed its old backlog in one go.
    pub bulk_closed_on: Day,
    /// Where the organisation says its effort goes, and where it goes.
    pub allocation: [Allocation; 4],
}

/// A change of a team's limit on work in progress.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimitChange {
    /// The team.
    pub team: &'static str,
    /// The first day with the new limit.
    pub on: Day,
    /// Items in progress before; where there was no limit, more than the team ever takes on.
    pub before: u32,
    /// Items in progress at most from then on.
    pub after: u32,
    /// The change of the mean cycle time, as a share: -0.3 is 30 % faster. It follows from the change of work in
    /// progress (Little's law), around which chance would play; the team's history is simulated again until
    /// [`Truth::effect_of`](crate::Truth::effect_of) lies within [`LimitChange::TOLERANCE`] of it.
    pub effect: f64,
}

impl LimitChange {
    /// How near a history comes to the effect.
    pub const TOLERANCE: f64 = 0.03;
}

/// A time in which the shared test environment was down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// The first day.
    pub first: Day,
    /// The last day; `None` while it is still down.
    pub last: Option<Day>,
}

impl Outage {
    /// Whether the environment is down on this day.
    pub fn covers(&self, day: Day) -> bool {
        self.first <= day && self.last.is_none_or(|last| day <= last)
    }
}

/// Work that spans two teams and waits for a third.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Initiative {
    /// The key of the item above its items.
    pub key: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The team that is nearly through with its part.
    pub lead: &'static str,
    /// The team that waits.
    pub waiting: &'static str,
    /// The team it waits for.
    pub provider: &'static str,
    /// How many items each of the two teams has.
    pub items_each: u32,
    /// When the provider was asked. What it was asked for is in progress, and not in sight of its end.
    pub asked_on: Day,
    /// The day it was promised for. At most a few of the waiting team's items can be done by then.
    pub due_on: Day,
}

/// A young team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newcomer {
    /// The team.
    pub team: &'static str,
    /// Its first day.
    pub founded_on: Day,
}

/// A strategic theme: a label on every item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// The label.
    pub label: &'static str,
    /// The percentage the organisation declares.
    pub declared: u32,
    /// The percentage of its items that carry the label.
    pub measured: u32,
}

/// Declared and measured shares of the four themes.
pub const ALLOCATION: [Allocation; 4] = [
    Allocation { label: "theme:new-markets", declared: 40, measured: 25 },
    Allocation { label: "theme:self-service", declared: 30, measured: 25 },
    Allocation { label: "theme:platform-renewal", declared: 20, measured: 15 },
    Allocation { label: "theme:run-the-business", declared: 10, measured: 35 },
];

impl Story {
    /// The story of the two years before `today`.
    pub fn ending(today: Day) -> Self {
        let weeks_ago = |weeks: i32| today.week_start().plus(-7 * weeks);
        let outage = |weeks: i32, weekday: i32, days: i32| Outage {
            first: weeks_ago(weeks).plus(weekday),
            last: Some(weeks_ago(weeks).plus(weekday + days - 1)),
        };
        Story {
            first: today.plus(-730),
            today,
            wip_doubled: LimitChange {
                team: "CUR",
                on: last_spring(today),
                before: 8,
                after: 16,
                effect: 0.8,
            },
            experiment: LimitChange { team: "SWI", on: weeks_ago(20), before: 21, after: 13, effect: -0.3 },
            idle_experiment: LimitChange {
                team: "LAP",
                on: weeks_ago(26),
                before: 30,
                after: 14,
                effect: 0.0,
            },
            outages: vec![
                outage(71, 1, 3),
                outage(48, 0, 4),
                outage(29, 2, 3),
                outage(14, 1, 9),
                outage(7, 0, 5),
                Outage { first: today.plus(-7), last: None },
            ],
            outage_teams: ["KES", "HER", "PLO", "ROB", "AVO", "CUR", "FAL"],
            initiative: Initiative {
                key: "SHOP-INIT",
                title: "One checkout for every market",
                lead: "KES",
                waiting: "HER",
                provider: "OSP",
                items_each: 12,
                asked_on: today.plus(-90),
                due_on: today.plus(28),
            },
            newcomer: Newcomer { team: "WRE", founded_on: today.plus(-21) },
            dirty_team: "MAG",
            bulk_closed_on: weeks_ago(30).plus(3),
            allocation: ALLOCATION,
        }
    }

    /// Whether the shared test environment is down on this day.
    pub fn is_test_environment_down(&self, day: Day) -> bool {
        self.outages.iter().any(|outage| outage.covers(day))
    }
}

/// The first Monday after the last beginning of spring that lies at least eight weeks back, so that its
/// consequences can be seen.
fn last_spring(today: Day) -> Day {
    let year = today.to_date().year();
    [year, year - 1]
        .into_iter()
        .filter_map(|year| Date::new(year, 3, 20).ok())
        .map(|date| Day::from_date(date).plus(6).week_start())
        .find(|monday| monday.plus(56) <= today)
        .unwrap_or(today.plus(-365))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spring_is_the_last_one_that_can_be_seen() {
        let spring = |today: &str| last_spring(today.parse().unwrap()).to_string();
        assert_eq!(spring("2026-11-24"), "2026-03-23");
        assert_eq!(spring("2026-04-10"), "2025-03-24");
    }

    #[test]
    fn the_story_lies_within_the_two_years() {
        let story = Story::ending("2026-11-24".parse().unwrap());
        assert!(story.outages.iter().all(|outage| story.first < outage.first && outage.first < story.today));
        assert_eq!(story.allocation.iter().map(|it| it.declared).sum::<u32>(), 100);
        assert_eq!(story.allocation.iter().map(|it| it.measured).sum::<u32>(), 100);
        assert!(story.is_test_environment_down(story.today.plus(-1)));
        assert!(!story.is_test_environment_down(story.today.plus(-12)));
    }
}
