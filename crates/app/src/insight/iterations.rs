//! Iterations of the teams in scope.

use headway_domain::{
    id::IterationId,
    organisation::Unit as OrganisationUnit,
    time::{Day, Instant},
    work::Iteration,
};
use headway_flow::{
    Known, TooFew,
    signal::IterationFacts,
    sprint::{BurnDay, Figures, Timebox, Unit, Velocity, burn},
};

use crate::{
    Error, OpContext, Result,
    insight::{Scope, Team, TeamFacts},
};

/// The iterations of a scope.
#[derive(Clone, Debug)]
pub struct Iterations {
    /// Newest first.
    pub iterations: Vec<IterationReport>,
    /// What iterations of a single team usually complete.
    pub velocity: Known<Velocity>,
    /// Completed of what was committed over the last closed ones.
    pub say_do: Option<f64>,
    /// What is counted: estimates where there are any, else items.
    pub unit: Unit,
}

/// One iteration.
#[derive(Clone, Debug)]
pub struct IterationReport {
    /// Its id.
    pub id: IterationId,
    /// The team.
    pub team: OrganisationUnit,
    /// Its name.
    pub name: String,
    /// First and last day.
    pub days: Option<(Day, Day)>,
    /// Whether it is closed.
    pub is_closed: bool,
    /// What became of its work.
    pub figures: Figures,
    /// Completed of what was committed.
    pub say_do: Option<f64>,
}

/// The most iterations that are shown.
const MOST: usize = 60;

/// The iterations of the teams in scope.
pub fn iterations_of(ctx: &OpContext, scope: &Scope) -> Iterations {
    let now = ctx.now();
    let mut reports: Vec<IterationReport> = Vec::new();
    for team in &scope.teams {
        let begun = team.facts.iterations.iter().filter(|it| it.starts_at.is_none_or(|at| at <= now));
        reports.extend(begun.map(|iteration| report(team, iteration, now)));
    }
    reports.sort_by(|a, b| b.days.cmp(&a.days).then_with(|| b.name.cmp(&a.name)));
    let closed: Vec<&IterationReport> = reports.iter().filter(|it| it.is_closed).collect();
    let has_points = closed.iter().any(|it| it.figures.completed.points > 0.0);
    let unit = if has_points { Unit::Points } else { Unit::Items };
    let completed: Vec<f64> = closed.iter().rev().map(|it| it.figures.completed.of(unit)).collect();
    let last = &closed[..closed.len().min(Velocity::MOST)];
    let committed: f64 = last.iter().map(|it| it.figures.started.of(unit)).sum();
    let kept: f64 = last.iter().map(|it| it.figures.completed_of_started.of(unit)).sum();
    let is_told = last.iter().any(|it| it.say_do.is_some());
    let velocity = match scope.teams.len() {
        1 => Velocity::of(&completed),
        // Estimates of different teams do not add up.
        _ => Err(TooFew { n: 0, need: Velocity::NEED }),
    };
    reports.truncate(MOST);
    Iterations {
        iterations: reports,
        velocity,
        say_do: (is_told && committed > 0.0).then(|| kept / committed),
        unit,
    }
}

fn report(team: &Team, iteration: &Iteration, now: Instant) -> IterationReport {
    let calendar = &team.facts.workflow.calendar;
    let end = iteration.completed_at.or(iteration.ends_at);
    let days = iteration.starts_at.map(|from| (calendar.day_of(from), calendar.day_of(end.unwrap_or(now))));
    let figures = match (&iteration.given, timebox(iteration, now)) {
        (Some(given), _) => Figures::from_given(given),
        (None, Some(timebox)) => Figures::of(members(&team.facts), timebox, &team.facts.workflow),
        (None, None) => Figures::default(),
    };
    let unit = if figures.started.points > 0.0 { Unit::Points } else { Unit::Items };
    IterationReport {
        id: iteration.id,
        team: team.unit.clone(),
        name: iteration.name.clone(),
        days,
        is_closed: iteration.completed_at.is_some() || iteration.ends_at.is_some_and(|at| at < now),
        say_do: if iteration.given.is_some() { None } else { figures.say_do(unit).ok() },
        figures,
    }
}

fn timebox(iteration: &Iteration, now: Instant) -> Option<Timebox<'_>> {
    let starts = iteration.starts_at?;
    let ends = iteration.completed_at.or(iteration.ends_at).unwrap_or(now).min(now);
    Some(Timebox { key: &iteration.key, starts, ends: ends.max(starts) })
}

fn members(
    facts: &TeamFacts,
) -> impl Iterator<Item = (&headway_flow::history::History, &headway_flow::item::Item)> + Clone {
    facts.iteration_histories.iter().map(|(position, history)| (history, &facts.items[*position]))
}

/// What the last iterations of a team began with and completed, the running one last: what its signals read.
pub(crate) fn lately(facts: &TeamFacts, now: Instant) -> Vec<IterationFacts> {
    let told = facts.iterations.iter().filter(|it| it.given.is_none());
    let begun: Vec<_> =
        told.filter_map(|it| Some((it, timebox(it, now)?))).filter(|(_, it)| it.starts <= now).collect();
    let last = &begun[begun.len().saturating_sub(Velocity::MOST + 1)..];
    let figures = last.iter().map(|(iteration, timebox)| {
        let end = iteration.completed_at.or(iteration.ends_at);
        (Figures::of(members(facts), *timebox, &facts.workflow), end.is_some_and(|end| end <= now))
    });
    let figures: Vec<_> = figures.collect();
    let has_points = figures.iter().any(|(it, _)| it.completed.points > 0.0);
    let unit = if has_points { Unit::Points } else { Unit::Items };
    let facts = figures.iter().map(|(it, is_over)| IterationFacts {
        committed: it.started.of(unit),
        completed: is_over.then(|| it.completed.of(unit)),
    });
    facts.collect()
}

/// An iteration day by day.
#[derive(Clone, Debug)]
pub struct BurnDown {
    /// The iteration.
    pub iteration: IterationReport,
    /// Scope and done at the end of each day.
    pub days: Vec<BurnDay>,
    /// What is counted.
    pub unit: Unit,
}

/// An iteration of a team in scope, day by day.
pub fn burn_down_of(ctx: &OpContext, scope: &Scope, id: IterationId) -> Result<BurnDown> {
    let now = ctx.now();
    let found = scope.teams.iter().find_map(|team| {
        let iteration = team.facts.iterations.iter().find(|it| it.id == id)?;
        Some((team, iteration))
    });
    let (team, iteration) = found.ok_or(Error::NotFound("iteration"))?;
    let report = report(team, iteration, now);
    let days = match timebox(iteration, now) {
        Some(timebox) if iteration.given.is_none() => {
            burn(members(&team.facts), timebox, &team.facts.workflow)
        }
        _ => Vec::new(),
    };
    let has_points = days.iter().any(|day| day.scope.points > 0.0);
    Ok(BurnDown { iteration: report, days, unit: if has_points { Unit::Points } else { Unit::Items } })
}
