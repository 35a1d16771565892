//! The teams below a unit against their own past, by what needs attention. Never a rank of results.

use std::{cmp::Reverse, sync::Arc};

use headway_domain::{
    insight::{Measure, SignalLevel},
    organisation::Unit,
};
use headway_flow::{forecast::Pool, signal::Signal};

use crate::insight::{
    Scope, Team,
    figure::{self, Better, Figure},
    signals::{self, TeamSignal},
};

/// The measures of the columns.
pub const COLUMNS: [Measure; 5] =
    [Measure::Throughput, Measure::CycleTime, Measure::Wip, Measure::WorkItemAge, Measure::BlockedTime];

/// A team.
#[derive(Clone, Debug)]
pub struct HeatMapRow {
    /// The team.
    pub unit: Unit,
    /// The units above it, below the scope.
    pub path: Vec<Unit>,
    /// One cell a column.
    pub cells: Vec<HeatMapCell>,
    /// Signals to act on.
    pub bad_signals: usize,
    /// Signals to look at.
    pub watch_signals: usize,
    /// The most urgent one.
    pub top: Option<TeamSignal>,
}

/// A measure of a team.
#[derive(Clone, Debug)]
pub struct HeatMapCell {
    /// The figure.
    pub figure: Figure,
    /// Against the team's own past.
    pub trend: Trend,
    /// The worst signal that concerns it.
    pub signal: Option<SignalLevel>,
}

/// A figure against the team's own past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// Better, beyond the team's own variation.
    Better,
    /// Worse, beyond it.
    Worse,
    /// Within it.
    Steady,
    /// There is too little data to say.
    Unknown,
}

/// The heat map of a scope: the `limit` teams that need attention most.
pub fn heat_map_of(scope: &Scope, pool: &Arc<Pool>, limit: usize) -> Vec<HeatMapRow> {
    let mut teams: Vec<(&Team, Arc<Vec<Signal>>)> =
        scope.teams.iter().map(|team| (team, team.signals(pool))).collect();
    teams.sort_by_cached_key(|(team, found)| {
        let need = Reverse((count(found, SignalLevel::Bad), count(found, SignalLevel::Watch)));
        (need, team.unit.name.clone())
    });
    teams.iter().take(limit).map(|(team, found)| row(scope, team, found)).collect()
}

fn count(signals: &[Signal], level: SignalLevel) -> usize {
    signals.iter().filter(|signal| signal.level == level).count()
}

fn row(scope: &Scope, team: &Team, found: &[Signal]) -> HeatMapRow {
    let digest = team.facts.digest(scope.view());
    let cells = COLUMNS.map(|measure| {
        let figure = match measure {
            Measure::Throughput => figure::throughput(scope.window, &digest),
            Measure::CycleTime => figure::cycle_time(&digest),
            Measure::Wip => figure::wip(&digest),
            Measure::BlockedTime => figure::blocked(&digest),
            _ => figure::oldest(&digest),
        };
        HeatMapCell { trend: trend(&figure), signal: signals::level_of(found, measure), figure }
    });
    let path = scope.tree.path(team.unit.id);
    let below = path.iter().position(|unit| unit.id == scope.unit.id).map_or(0, |at| at + 1);
    let above = path.len().saturating_sub(1).max(below);
    HeatMapRow {
        unit: team.unit.clone(),
        path: path[below..above].iter().map(|unit| (*unit).clone()).collect(),
        cells: cells.into(),
        bad_signals: count(found, SignalLevel::Bad),
        watch_signals: count(found, SignalLevel::Watch),
        top: found.first().map(|signal| signals::named(team, signal)),
    }
}

/// The last four weeks against the eight before them, in the spread of those eight. A figure that was always the
/// same changes with any other value.
fn trend(figure: &Figure) -> Trend {
    let known: Vec<f64> = figure.history.iter().flatten().copied().collect();
    if figure.better == Better::Neither || known.len() < 8 {
        return Trend::Unknown;
    }
    let (past, recent) = known.split_at(known.len() - 4);
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (was, is) = (mean(past), mean(recent));
    let variance = past.iter().map(|it| (it - was).powi(2)).sum::<f64>() / (past.len() as f64 - 1.0).max(1.0);
    // Two standard errors of the difference of the two means.
    let beyond = 2.0 * (variance * (1.0 / past.len() as f64 + 1.0 / recent.len() as f64)).sqrt();
    let change = is - was;
    if change.abs() <= beyond.max(1e-9) {
        return Trend::Steady;
    }
    match (figure.better, change > 0.0) {
        (Better::Up, true) | (Better::Down, false) => Trend::Better,
        _ => Trend::Worse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(history: &[f64], better: Better) -> Figure {
        Figure {
            measure: Measure::Wip,
            value: Ok(0.0),
            unit: figure::Unit::Items,
            previous: None,
            better,
            history: history.iter().map(|it| Some(*it)).collect(),
            statistic: "last",
            item: None,
        }
    }

    #[test]
    fn only_a_change_beyond_the_own_spread_is_a_trend() {
        let restless = [5.0, 9.0, 4.0, 8.0, 6.0, 9.0, 5.0, 7.0, 8.0, 6.0, 9.0, 5.0];
        assert_eq!(trend(&figure(&restless, Better::Down)), Trend::Steady);
        let risen = [5.0, 6.0, 5.0, 6.0, 5.0, 6.0, 5.0, 6.0, 11.0, 12.0, 11.0, 12.0];
        assert_eq!(trend(&figure(&risen, Better::Down)), Trend::Worse);
        assert_eq!(trend(&figure(&risen, Better::Up)), Trend::Better);
        assert_eq!(trend(&figure(&risen[..6], Better::Up)), Trend::Unknown);
    }
}
