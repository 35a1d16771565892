//! Signals of a scope: what needs attention, with evidence, record and next step.

use std::sync::Arc;

use headway_domain::{
    insight::{SignalKind, SignalLevel},
    organisation::Unit,
    time::{Day, Instant},
};
use headway_flow::{
    forecast::{Forecaster, Pool, Protocol},
    signal::{Signal, Subject, signals},
};

use crate::insight::{ItemRef, Scope, Team, facts::TeamFacts, iterations, scope::today_of};

/// A signal, with what its positions mean.
#[derive(Clone, Debug)]
pub struct TeamSignal {
    /// The team.
    pub unit: Unit,
    /// The signal.
    pub signal: Signal,
    /// The items behind it, at most ten.
    pub items: Vec<ItemRef>,
    /// How many there are.
    pub item_count: usize,
}

/// The most items that are named with a signal.
const MOST_ITEMS: usize = 10;

/// The signals of one team on a day, from its facts.
pub(crate) fn signals_of_team(facts: &TeamFacts, today: Day, pool: &Pool) -> Vec<Signal> {
    let past = facts.past(today);
    let others = pool.without(&past.checks);
    let forecaster = Forecaster::new(&past.series, &past.checks, &others, &Protocol::default()).ok();
    let own: std::collections::HashSet<&str> =
        facts.names.iter().flat_map(|name| [&*name.key, &*name.label]).collect();
    let is_foreign = |key: &str| !own.contains(key);
    let now = Instant(facts.workflow.calendar.end_of(today).0 - 1);
    let iterations = iterations::lately(facts, now);
    signals(&headway_flow::signal::Team {
        is_foreign: &is_foreign,
        forecaster: forecaster.as_ref(),
        iterations: &iterations,
        ..headway_flow::signal::Team::new(&facts.items, &facts.workflow, today)
    })
}

/// The signals of all teams in scope, worst first.
pub fn signals_of(scope: &Scope, pool: &Pool) -> Vec<TeamSignal> {
    let mut all: Vec<TeamSignal> = Vec::new();
    for team in &scope.teams {
        let signals = team.facts.signals(today_of_team(scope, team), pool);
        all.extend(signals.iter().map(|signal| named(team, signal)));
    }
    sort(&mut all);
    all
}

/// The signals of one team.
pub fn signals_of_one(scope: &Scope, team: &Team, pool: &Pool) -> Arc<Vec<Signal>> {
    team.facts.signals(today_of_team(scope, team), pool)
}

/// A team whose data ended long ago is looked at as it was then: its silence is history, not news.
fn today_of_team(scope: &Scope, team: &Team) -> Day {
    today_of(team.facts.span.map(|(_, last)| last), scope.today)
}

fn sort(signals: &mut [TeamSignal]) {
    signals.sort_by(|a, b| {
        let key =
            |it: &TeamSignal| (std::cmp::Reverse(it.signal.level), std::cmp::Reverse(worth(&it.signal)));
        key(a)
            .cmp(&key(b))
            .then_with(|| a.signal.kind.cmp(&b.signal.kind))
            .then_with(|| a.unit.name.cmp(&b.unit.name))
    });
}

/// How much more often a rule was right than chance, in percent: what has proven itself stands first.
fn worth(signal: &Signal) -> i64 {
    match (signal.track.raised, signal.track.otherwise) {
        (Ok(raised), otherwise) => {
            let rate =
                |it: headway_flow::signal::HitRate| i64::from(it.hits) * 100 / i64::from(it.checks.max(1));
            rate(raised) - otherwise.map_or(0, rate)
        }
        _ => 0,
    }
}

pub(crate) fn named(team: &Team, signal: &Signal) -> TeamSignal {
    let mut positions = signal.evidence.items.clone();
    if let Subject::Item(position) = signal.subject
        && !positions.contains(&position)
    {
        positions.insert(0, position);
    }
    let items = positions.iter().filter_map(|position| team.facts.names.get(*position));
    TeamSignal {
        unit: team.unit.clone(),
        items: items.take(MOST_ITEMS).map(ItemRef::of).collect(),
        item_count: positions.len(),
        signal: signal.clone(),
    }
}

/// Signals of many items by one rule as one line, for short lists: "four items are blocked".
pub fn grouped(signals: Vec<TeamSignal>) -> Vec<TeamSignal> {
    let mut groups: Vec<TeamSignal> = Vec::new();
    for signal in signals {
        let is_alike = |group: &&mut TeamSignal| {
            group.unit.id == signal.unit.id
                && group.signal.kind == signal.signal.kind
                && matches!(signal.signal.subject, Subject::Item(_))
        };
        match groups.iter_mut().find(is_alike) {
            Some(group) => {
                group.item_count += signal.item_count;
                let room = MOST_ITEMS.saturating_sub(group.items.len());
                group.items.extend(signal.items.into_iter().take(room));
                group.signal.level = group.signal.level.max(signal.signal.level);
            }
            None => groups.push(signal),
        }
    }
    groups
}

/// The kinds of signal that concern a measure, for the cells of a heat map.
pub fn concerns(kind: SignalKind, measure: headway_domain::insight::Measure) -> bool {
    use headway_domain::insight::Measure;
    match measure {
        Measure::Throughput => matches!(kind, SignalKind::ThroughputShift | SignalKind::ScopeGrowth),
        Measure::CycleTime => matches!(kind, SignalKind::AgeBeyondSle | SignalKind::SlowInStage),
        Measure::Wip => matches!(kind, SignalKind::WipGrowth | SignalKind::WipOverLimit),
        Measure::WorkItemAge => matches!(kind, SignalKind::AgeGrowth | SignalKind::Stalled),
        Measure::BlockedTime => matches!(kind, SignalKind::Blocked | SignalKind::DependencyRisk),
        Measure::Forecast => {
            matches!(kind, SignalKind::ForecastRisk | SignalKind::Unpredictable | SignalKind::StaleData)
        }
        _ => false,
    }
}

/// The worst level among the signals that concern a measure.
pub fn level_of(signals: &[Signal], measure: headway_domain::insight::Measure) -> Option<SignalLevel> {
    signals.iter().filter(|signal| concerns(signal.kind, measure)).map(|signal| signal.level).max()
}
