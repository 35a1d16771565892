//! A team at a glance: all that first screens say of it for one window. Computed once and kept, so that a portfolio
//! only adds up what its teams have ready, and a change costs the team that it concerns.

use std::sync::Arc;

use headway_domain::{
    time::Day,
    work::{Calendar, WorkType},
};
use headway_flow::{
    Known,
    item::Item,
    percentile::{Summary, sort_days},
    period::Window,
};

use crate::insight::{ItemRef, Scope, facts::TeamFacts};

/// Weeks of history.
const WEEKS: i32 = 12;

/// What a digest is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    pub window: Window,
    pub today: Day,
    pub work_type: Option<WorkType>,
}

/// A team, or several, at a glance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digest {
    /// Items.
    pub items: usize,
    /// Delivered ones.
    pub delivered: usize,
    /// In progress now.
    pub in_progress: usize,
    /// In progress and blocked today.
    pub blocked: usize,
    /// The oldest in progress, with its age as the team counts days.
    pub oldest: Option<(u32, ItemRef)>,
    /// The window.
    pub now: Sums,
    /// The window of equal length before.
    pub before: Sums,
    /// The last twelve whole weeks of the window, oldest first.
    pub weeks: Vec<Week>,
}

/// Counts over a window.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sums {
    pub finished: u32,
    pub wip: u32,
    pub never_started: u32,
    pub arrived: u32,
    pub departed: u32,
    pub total_age_days: u64,
    /// Ascending.
    cycle_times: Vec<u32>,
}

/// A week of history.
#[derive(Clone, Debug, Default)]
pub(crate) struct Week {
    pub sums: Sums,
    /// The age in calendar days of the oldest item in progress at its end.
    pub oldest: Option<u32>,
    /// Items in progress and blocked at its end.
    pub blocked: usize,
}

impl Digest {
    /// All teams of a scope together.
    pub fn of_scope(scope: &Scope) -> Arc<Digest> {
        if let [team] = scope.teams.as_slice() {
            return team.facts.digest(scope.view());
        }
        let view = scope.view();
        let teams: Vec<Arc<Digest>> = scope.teams.iter().map(|team| team.facts.digest(view)).collect();
        let mut sum = Digest {
            oldest: teams
                .iter()
                .filter_map(|it| it.oldest.as_ref())
                .reduce(|a, b| if b.0 > a.0 { b } else { a })
                .cloned(),
            now: Sums::together(teams.iter().map(|it| &it.now)),
            before: Sums::together(teams.iter().map(|it| &it.before)),
            weeks: (0..history_weeks(view.window.last).len())
                .map(|week| Week::together(teams.iter().filter_map(|it| it.weeks.get(week))))
                .collect(),
            ..Digest::default()
        };
        for team in teams {
            sum.items += team.items;
            sum.delivered += team.delivered;
            sum.in_progress += team.in_progress;
            sum.blocked += team.blocked;
        }
        Arc::new(sum)
    }

    /// One team.
    pub fn of_team(facts: &TeamFacts, view: View) -> Digest {
        let calendar = &facts.workflow.calendar;
        let holds = |item: &Item| view.work_type.is_none_or(|it| item.work_type == it);
        let items: Vec<&Item> = facts.items.iter().filter(|item| holds(item)).collect();
        let mut oldest: Option<(u32, usize)> = None;
        for (position, item) in facts.items.iter().enumerate().filter(|(_, item)| holds(item)) {
            let Some(age) = item.age_days(view.today, calendar) else { continue };
            if oldest.is_none_or(|(most, _)| age > most) {
                oldest = Some((age, position));
            }
        }
        let sums = |window| Sums::of_team(facts, &items, window, view.work_type);
        let week = |window: Window| Week {
            sums: sums(window),
            oldest: in_progress_on(&items, window.last)
                .filter_map(|item| u32::try_from(window.last.0 - item.arrived()?.day.0 + 1).ok())
                .max(),
            blocked: blocked_on(&items, window.last, calendar),
        };
        Digest {
            items: items.len(),
            delivered: items.iter().filter(|item| item.finished.is_some()).count(),
            in_progress: items.iter().filter(|item| item.is_in_progress()).count(),
            blocked: blocked_on(&items, view.today, calendar),
            oldest: oldest.map(|(age, position)| (age, ItemRef::of(&facts.names[position]))),
            now: sums(view.window),
            before: sums(view.window.before()),
            weeks: history_weeks(view.window.last).into_iter().map(week).collect(),
        }
    }
}

impl Sums {
    /// The cube answers for all types; a single type is counted item by item.
    fn of_team(facts: &TeamFacts, items: &[&Item], window: Window, work_type: Option<WorkType>) -> Sums {
        if work_type.is_some() {
            return Sums::counted(items, window, &facts.workflow.calendar);
        }
        let totals = facts.cube.totals(window);
        let mut cycle_times: Vec<u32> = facts.cube.cycle_times(window).collect();
        sort_days(&mut cycle_times);
        Sums {
            finished: totals.finished,
            wip: totals.wip,
            never_started: totals.never_started,
            arrived: totals.arrived,
            departed: totals.departed,
            total_age_days: totals.total_age_days,
            cycle_times,
        }
    }

    fn counted(items: &[&Item], window: Window, calendar: &Calendar) -> Sums {
        let mut sums = Sums::default();
        for item in items {
            let (came, went) = (item.arrived(), item.departed());
            sums.arrived += u32::from(came.is_some_and(|it| window.contains(it.day)));
            sums.departed += u32::from(went.is_some_and(|it| window.contains(it.day)));
            if let Some(came) = came.filter(|it| it.day <= window.last)
                && went.is_none_or(|it| it.day > window.last)
            {
                sums.wip += 1;
                sums.total_age_days += u64::try_from(window.last.0 - came.day.0 + 1).unwrap_or(0);
            }
            if item.finished.is_some_and(|it| window.contains(it.day)) {
                sums.finished += 1;
                sums.never_started += u32::from(item.never_started());
                sums.cycle_times.extend(item.cycle_time_days(calendar));
            }
        }
        sort_days(&mut sums.cycle_times);
        sums
    }

    fn together<'a>(all: impl Iterator<Item = &'a Sums>) -> Sums {
        let mut sum = Sums::default();
        for sums in all {
            sum.finished += sums.finished;
            sum.wip += sums.wip;
            sum.never_started += sums.never_started;
            sum.arrived += sums.arrived;
            sum.departed += sums.departed;
            sum.total_age_days += sums.total_age_days;
            sum.cycle_times.extend_from_slice(&sums.cycle_times);
        }
        sort_days(&mut sum.cycle_times);
        sum
    }

    /// How long what was finished took.
    pub fn cycle_time(&self) -> Known<Summary<u32>> {
        Summary::of_ascending(&self.cycle_times)
    }
}

impl Week {
    fn together<'a>(all: impl Iterator<Item = &'a Week> + Clone) -> Week {
        Week {
            sums: Sums::together(all.clone().map(|it| &it.sums)),
            oldest: all.clone().filter_map(|it| it.oldest).max(),
            blocked: all.map(|it| it.blocked).sum(),
        }
    }
}

/// The last twelve whole weeks up to a day.
fn history_weeks(last: Day) -> Vec<Window> {
    // The week that holds `last` is over only on its Sunday.
    let end = if last.plus(1).week_start() == last.plus(1) { last.plus(1) } else { last.week_start() };
    (1..=WEEKS)
        .rev()
        .map(|back| {
            let first = end.plus(-7 * back);
            Window { first, last: first.plus(6) }
        })
        .collect()
}

/// What was in progress at the end of a day.
fn in_progress_on<'i>(items: &'i [&Item], day: Day) -> impl Iterator<Item = &'i Item> {
    items.iter().copied().filter(move |item| {
        item.arrived().is_some_and(|it| it.day <= day) && item.departed().is_none_or(|it| it.day > day)
    })
}

fn blocked_on(items: &[&Item], day: Day, calendar: &Calendar) -> usize {
    let end = calendar.end_of(day);
    let is_blocked = |item: &&Item| {
        item.blocked.iter().any(|span| span.from < end && span.until.is_none_or(|until| until >= end))
    };
    in_progress_on(items, day).filter(is_blocked).count()
}
