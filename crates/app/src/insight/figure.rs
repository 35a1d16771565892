//! Key figures: a value with its unit, against the scope's own past, with a small history.

use headway_domain::{insight::Measure, time::Day};
use headway_flow::{
    TooFew,
    cube::Totals,
    item::Item,
    percentile::Summary,
    period::{Grain, Window},
};

use crate::insight::{ItemRef, Scope, Team};

/// What a value is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Items.
    Items,
    /// Items a week.
    ItemsPerWeek,
    /// Days.
    Days,
    /// Hours.
    Hours,
    /// A part of a whole, from 0 to 1.
    Share,
    /// Times a week.
    PerWeek,
    /// Estimates, in whatever the team estimates in.
    Estimate,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More.
    Up,
    /// Less.
    Down,
    /// It depends.
    Neither,
}

/// Too few of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFewOf {
    /// How many, and how many are needed.
    pub too_few: TooFew,
    /// Of what.
    pub of: &'static str,
}

/// A key figure.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The measure.
    pub measure: Measure,
    /// The value.
    pub value: Result<f64, TooFewOf>,
    /// What it is counted in.
    pub unit: Unit,
    /// The same over the window of equal length before.
    pub previous: Option<f64>,
    /// Which way is better.
    pub better: Better,
    /// The last twelve whole weeks, oldest first.
    pub history: Vec<Option<f64>>,
    /// Which statistic it is.
    pub statistic: &'static str,
    /// The item behind it, where it is one.
    pub item: Option<ItemRef>,
}

/// Weeks in a figure's history.
const HISTORY_WEEKS: i32 = 12;

/// Fewer finished items make no percentile.
const FEWEST_ITEMS: usize = 5;

/// The last twelve whole weeks up to a day.
pub(crate) fn history_weeks(last: Day) -> Vec<Window> {
    // The week that holds `last` is over only on its Sunday.
    let end = if last.plus(1).week_start() == last.plus(1) { last.plus(1) } else { last.week_start() };
    (1..=HISTORY_WEEKS)
        .rev()
        .map(|back| {
            let first = end.plus(-7 * back);
            Window { first, last: first.plus(6) }
        })
        .collect()
}

/// Counts of several teams, or of one, for a window.
#[derive(Clone, Debug)]
pub(crate) struct Sums {
    pub finished: u32,
    pub wip: u32,
    pub never_started: u32,
    pub arrived: u32,
    pub departed: u32,
    pub total_age_days: u64,
    pub cycle_time: Result<Summary<u32>, TooFew>,
}

/// What a window amounts to over these teams. The cubes answer for all types; a single type is counted item by item.
pub(crate) fn sums(scope: &Scope, teams: &[Team], window: Window) -> Sums {
    if scope.work_type.is_some() {
        return counted(scope, teams, window);
    }
    if let [team] = teams {
        return of_totals(team.facts.cube.totals(window));
    }
    let mut sum = Sums {
        finished: 0,
        wip: 0,
        never_started: 0,
        arrived: 0,
        departed: 0,
        total_age_days: 0,
        cycle_time: Err(TooFew { n: 0, need: 1 }),
    };
    for totals in teams.iter().map(|team| team.facts.cube.totals(window)) {
        sum.finished += totals.finished;
        sum.wip += totals.wip;
        sum.never_started += totals.never_started;
        sum.arrived += totals.arrived;
        sum.departed += totals.departed;
        sum.total_age_days += totals.total_age_days;
    }
    sum.cycle_time = Summary::of_days(teams.iter().flat_map(|team| team.facts.cube.cycle_times(window)));
    sum
}

fn of_totals(totals: Totals) -> Sums {
    Sums {
        finished: totals.finished,
        wip: totals.wip,
        never_started: totals.never_started,
        arrived: totals.arrived,
        departed: totals.departed,
        total_age_days: totals.total_age_days,
        cycle_time: totals.cycle_time,
    }
}

fn counted(scope: &Scope, teams: &[Team], window: Window) -> Sums {
    let mut cycle_times = Vec::new();
    let (mut finished, mut wip, mut never_started, mut arrived, mut departed, mut age) =
        (0, 0, 0, 0, 0, 0_u64);
    for team in teams {
        let workflow = &team.facts.workflow;
        for item in team.items(scope.work_type) {
            let (came, went) = (item.arrived(), item.departed());
            arrived += u32::from(came.is_some_and(|it| window.contains(it.day)));
            departed += u32::from(went.is_some_and(|it| window.contains(it.day)));
            if let Some(came) = came.filter(|it| it.day <= window.last)
                && went.is_none_or(|it| it.day > window.last)
            {
                wip += 1;
                age += u64::try_from(window.last.0 - came.day.0 + 1).unwrap_or(0);
            }
            if item.finished.is_some_and(|it| window.contains(it.day)) {
                finished += 1;
                never_started += u32::from(item.never_started());
                cycle_times.extend(item.cycle_time_days(&workflow.calendar));
            }
        }
    }
    let cycle_time = Summary::of_days(cycle_times);
    Sums { finished, wip, never_started, arrived, departed, total_age_days: age, cycle_time }
}

fn p85(sums: &Sums) -> Result<f64, TooFewOf> {
    let few = |n| TooFewOf { too_few: TooFew { n, need: FEWEST_ITEMS }, of: "items" };
    match &sums.cycle_time {
        Ok(summary) if summary.n >= FEWEST_ITEMS => Ok(f64::from(summary.p85)),
        Ok(summary) => Err(few(summary.n)),
        Err(_) => Err(few(0)),
    }
}

fn per_week(finished: u32, window: Window) -> f64 {
    f64::from(finished) * 7.0 / window.len().max(1) as f64
}

/// Throughput in items a week.
pub(crate) fn throughput(scope: &Scope, teams: &[Team], now: &Sums, before: &Sums) -> Figure {
    let is_known = now.finished > 0 || before.finished > 0;
    let none = TooFewOf { too_few: TooFew { n: 0, need: 1 }, of: "items" };
    Figure {
        measure: Measure::Throughput,
        value: if is_known { Ok(per_week(now.finished, scope.window)) } else { Err(none) },
        unit: Unit::ItemsPerWeek,
        previous: Some(per_week(before.finished, scope.before())),
        better: Better::Up,
        history: weekly(scope, teams, |sums| Some(f64::from(sums.finished))),
        statistic: "mean",
        item: None,
    }
}

/// Cycle time: its 85th percentile.
pub(crate) fn cycle_time(scope: &Scope, teams: &[Team], now: &Sums, before: &Sums) -> Figure {
    Figure {
        measure: Measure::CycleTime,
        value: p85(now),
        unit: Unit::Days,
        previous: p85(before).ok(),
        better: Better::Down,
        history: weekly(scope, teams, |sums| sums.cycle_time.as_ref().ok().map(|it| f64::from(it.p85))),
        statistic: "p85",
        item: None,
    }
}

/// Work in progress at the end of the window.
pub(crate) fn wip(scope: &Scope, teams: &[Team], now: &Sums, before: &Sums) -> Figure {
    Figure {
        measure: Measure::Wip,
        value: Ok(f64::from(now.wip)),
        unit: Unit::Items,
        previous: Some(f64::from(before.wip)),
        better: Better::Down,
        history: weekly(scope, teams, |sums| Some(f64::from(sums.wip))),
        statistic: "last",
        item: None,
    }
}

/// The age of the oldest item in progress.
pub(crate) fn oldest(scope: &Scope, teams: &[Team]) -> Figure {
    let mut oldest: Option<(u32, ItemRef)> = None;
    for team in teams {
        let calendar = &team.facts.workflow.calendar;
        for (name, item) in team.facts.names.iter().zip(&team.facts.items) {
            let Some(age) = item.age_days(scope.today, calendar).filter(|_| scope.holds(item)) else {
                continue;
            };
            if oldest.as_ref().is_none_or(|(most, _)| age > *most) {
                oldest = Some((age, ItemRef::of(name)));
            }
        }
    }
    let none = TooFewOf { too_few: TooFew { n: 0, need: 1 }, of: "items" };
    let (value, item) = match oldest {
        Some((age, item)) => (Ok(f64::from(age)), Some(item)),
        None => (Err(none), None),
    };
    Figure {
        measure: Measure::WorkItemAge,
        value,
        unit: Unit::Days,
        previous: None,
        better: Better::Down,
        history: history_weeks(scope.window.last)
            .into_iter()
            .map(|week| oldest_on(scope, teams, week.last))
            .collect(),
        statistic: "oldest",
        item,
    }
}

/// The age in calendar days of the oldest item that was in progress at the end of a day.
fn oldest_on(scope: &Scope, teams: &[Team], day: Day) -> Option<f64> {
    let ages =
        in_progress_on(scope, teams, day).map(|item| item.arrived().map_or(0, |it| day.0 - it.day.0 + 1));
    ages.max().map(f64::from)
}

/// Items blocked now, and at the end of each of the last weeks.
pub(crate) fn blocked(scope: &Scope, teams: &[Team]) -> Figure {
    let blocked_on = |day: Day| {
        let end = teams.first().map(|team| team.facts.workflow.calendar.end_of(day)).unwrap_or_default();
        let is_blocked = |item: &&Item| {
            item.blocked.iter().any(|span| span.from < end && span.until.is_none_or(|until| until >= end))
        };
        in_progress_on(scope, teams, day).filter(is_blocked).count() as f64
    };
    Figure {
        measure: Measure::BlockedTime,
        value: Ok(blocked_on(scope.today)),
        unit: Unit::Items,
        previous: None,
        better: Better::Down,
        history: history_weeks(scope.window.last)
            .into_iter()
            .map(|week| Some(blocked_on(week.last)))
            .collect(),
        statistic: "now",
        item: None,
    }
}

fn in_progress_on<'s>(scope: &'s Scope, teams: &'s [Team], day: Day) -> impl Iterator<Item = &'s Item> + 's {
    let items = teams.iter().flat_map(|team| &team.facts.items).filter(|item| scope.holds(item));
    items.filter(move |item| {
        item.arrived().is_some_and(|it| it.day <= day) && item.departed().is_none_or(|it| it.day > day)
    })
}

fn weekly(scope: &Scope, teams: &[Team], value: impl Fn(&Sums) -> Option<f64>) -> Vec<Option<f64>> {
    let weeks = history_weeks(scope.window.last);
    weeks.into_iter().map(|week| value(&sums(scope, teams, week))).collect()
}

/// The grain with this code; weeks when there is none.
pub fn grain(code: Option<&str>) -> Option<Grain> {
    match code {
        None | Some("week") => Some(Grain::Week),
        Some("day") => Some(Grain::Day),
        Some("month") => Some(Grain::Month),
        Some(_) => None,
    }
}
