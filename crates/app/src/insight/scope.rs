//! What a page looks at: a unit with the teams below it, a window of days, and a work type.

use std::sync::Arc;

use headway_domain::{
    organisation::{Unit, UnitTree},
    time::Day,
    work::WorkType,
};
use headway_flow::{forecast::Pool, item::Item, period::Window, signal::Signal};

use crate::{
    App, Error, OpContext, Permission, Result,
    insight::{
        digest::View,
        facts::{Name, TeamFacts},
    },
    organisation::{find_unit, known_tree},
};

/// How long a window is when nobody says.
const DEFAULT_DAYS: u32 = 180;
/// The longest window that is looked at.
const MOST_DAYS: i32 = 3_660;
/// Windows lie between these days, far from the ends of what a calendar can say.
const EARLIEST: Day = Day(-700_000);
const LATEST: Day = Day(700_000);
/// Data that ends longer ago than this is history: its last day counts as today.
const STALE_DAYS: i32 = 60;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// First day.
    pub from: Option<Day>,
    /// Last day.
    pub to: Option<Day>,
    /// Only this type.
    pub work_type: Option<WorkType>,
}

/// A team in scope.
#[derive(Clone, Debug)]
pub struct Team {
    /// The team.
    pub unit: Unit,
    /// Its facts.
    pub facts: Arc<TeamFacts>,
    /// The day that counts as today for this team: one whose data ended long ago is looked at as it was then; its
    /// silence is history, not news.
    pub today: Day,
}

/// What a page looks at.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The unit.
    pub unit: Unit,
    /// All units.
    pub tree: Arc<UnitTree>,
    /// The teams at and below it, by name.
    pub teams: Vec<Team>,
    /// The window.
    pub window: Window,
    /// The day that counts as today.
    pub today: Day,
    /// Only this type.
    pub work_type: Option<WorkType>,
}

/// Gathers what a page looks at.
pub async fn scope(ctx: &OpContext, app: &App, key: &str, ask: &Ask) -> Result<Scope> {
    let tree = known_tree(app).await?;
    let unit = find_unit(ctx, Permission::Read, &tree, key)?.clone();
    let units: Vec<Unit> = tree.teams(unit.id).into_iter().cloned().collect();
    let ids: Vec<_> = units.iter().map(|unit| unit.id).collect();
    let facts = app.facts.teams(&app.db, &ids).await?;
    let now = ctx.now();
    let teams = units.into_iter().zip(facts);
    let teams: Vec<Team> = teams.map(|(unit, facts)| Team { unit, today: facts.today(now), facts }).collect();
    let real = teams.iter().map(|team| team.facts.workflow.calendar.day_of(now)).max();
    let real = real.unwrap_or_else(|| headway_domain::time::Zone::utc().day_of(now));
    let last = teams.iter().filter_map(|team| team.facts.span).map(|(_, last)| last).max();
    let today = today_of(last, real);
    let window = window(ask, today)?;
    Ok(Scope { unit, tree, teams, window, today, work_type: ask.work_type })
}

/// The day that counts as today for data whose last day is `last`.
pub fn today_of(last: Option<Day>, real: Day) -> Day {
    match last {
        Some(last) if last < real.plus(-STALE_DAYS) => last,
        _ => real,
    }
}

fn window(ask: &Ask, today: Day) -> Result<Window> {
    let last = ask.to.unwrap_or(today);
    let first = ask.from.unwrap_or_else(|| Window::ending(last, DEFAULT_DAYS).first);
    for (field, day) in [("from", ask.from), ("to", ask.to)] {
        if day.is_some_and(|day| !(EARLIEST..=LATEST).contains(&day)) {
            return Err(Error::invalid(field, format!("expected a day from {EARLIEST} to {LATEST}")));
        }
    }
    if first > last {
        return Err(Error::invalid("from", format!("the window begins on {first}, after its end on {last}")));
    }
    if last.0.saturating_sub(first.0) > MOST_DAYS {
        return Err(Error::invalid("from", "the window is longer than ten years; choose a shorter one"));
    }
    Ok(Window { first, last })
}

impl Scope {
    /// What digests of its teams are made for.
    pub(crate) fn view(&self) -> View {
        View { window: self.window, today: self.today, work_type: self.work_type }
    }

    /// Whether an item is of the type asked for.
    pub fn holds(&self, item: &Item) -> bool {
        self.work_type.is_none_or(|work_type| item.work_type == work_type)
    }

    /// The items of the type asked for, with their teams and names.
    pub fn items(&self) -> impl Iterator<Item = (&Team, &Name, &Item)> {
        self.teams.iter().flat_map(move |team| {
            let items = team.facts.names.iter().zip(&team.facts.items);
            items.filter(|(_, item)| self.holds(item)).map(move |(name, item)| (team, name, item))
        })
    }
}

impl Team {
    /// Its signals today.
    pub(crate) fn signals(&self, pool: &Arc<Pool>) -> Arc<Vec<Signal>> {
        self.facts.signals(self.today, pool)
    }

    /// The items of the type asked for.
    pub fn items(&self, work_type: Option<WorkType>) -> Vec<&Item> {
        let items = self.facts.items.iter();
        items.filter(|item| work_type.is_none_or(|it| item.work_type == it)).collect()
    }
}
