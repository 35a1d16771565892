//! Signals of a scope: what needs attention, with evidence, record and next step.

use std::{cmp::Reverse, collections::HashSet, sync::Arc};

use headway_domain::{
    insight::{SignalKind, SignalLevel},
    organisation::Unit,
    time::{Day, Instant},
};
use headway_flow::{
    forecast::{Forecaster, Pool, Protocol},
    signal::{Signal, Subject, signals, with_forecasts},
};

use crate::insight::{ItemRef, Scope, Team, facts::TeamFacts, iterations};

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

/// What a team's own history says on a day.
pub(crate) fn own_signals(facts: &TeamFacts, today: Day) -> Vec<Signal> {
    let own: HashSet<&str> = facts.names.iter().flat_map(|name| [&*name.key, &*name.label]).collect();
    let is_foreign = |key: &str| !own.contains(key);
    let now = Instant(facts.workflow.calendar.end_of(today).0 - 1);
    let iterations = iterations::lately(facts, now);
    signals(&headway_flow::signal::Team {
        is_foreign: &is_foreign,
        iterations: &iterations,
        ..headway_flow::signal::Team::new(&facts.items, &facts.workflow, today)
    })
}

/// The same with what its forecasts say, which rest on the checks of all teams.
pub(crate) fn all_signals(facts: &TeamFacts, own: &[Signal], today: Day, pool: &Pool) -> Vec<Signal> {
    let past = facts.past(today);
    let others = pool.without(&past.checks);
    match Forecaster::new(&past.series, &past.checks, &others, &Protocol::default()) {
        Ok(forecaster) => with_forecasts(own.to_vec(), &[], &forecaster),
        Err(_) => own.to_vec(),
    }
}

/// The signals of all teams in scope.
pub struct Found<'s> {
    teams: Vec<(&'s Team, Arc<Vec<Signal>>)>,
}

impl<'s> Found<'s> {
    /// Looks for them.
    pub fn in_scope(scope: &'s Scope, pool: &Arc<Pool>) -> Self {
        Found { teams: scope.teams.iter().map(|team| (team, team.signals(pool))).collect() }
    }

    /// What one rule says about items of one team stands together: "four items are blocked". The worst first.
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: Vec<Group> = Vec::new();
        for (team, signals) in &self.teams {
            let first = groups.len();
            for signal in signals.iter() {
                let alike = groups[first..].iter_mut().find(|group| group.takes(signal));
                match alike {
                    Some(group) => group.signals.push(signal),
                    None => groups.push(Group { team, signals: vec![signal] }),
                }
            }
        }
        groups.sort_by_cached_key(|group| {
            let worst = group.signals[0];
            (Reverse(worst.level), Reverse(worth(worst)), worst.kind, group.team.unit.name.clone())
        });
        groups
    }
}

/// Signals of one rule about one team, the worst first; more than one only where they are about items.
pub struct Group<'s> {
    team: &'s Team,
    signals: Vec<&'s Signal>,
}

impl Group<'_> {
    fn takes(&self, signal: &Signal) -> bool {
        self.kind() == signal.kind && matches!(self.signals[0].subject, Subject::Item(_))
    }

    /// The rule.
    pub fn kind(&self) -> SignalKind {
        self.signals[0].kind
    }

    /// How much attention the worst of them asks for.
    pub fn level(&self) -> SignalLevel {
        self.signals[0].level
    }

    /// With the names of what it is about.
    pub fn named(&self) -> TeamSignal {
        let all: Vec<TeamSignal> = self.signals.iter().map(|signal| named(self.team, signal)).collect();
        let item_count = all.iter().map(|it| it.item_count).sum();
        let items = all.iter().flat_map(|it| &it.items).take(MOST_ITEMS).cloned().collect();
        TeamSignal { items, item_count, unit: self.team.unit.clone(), signal: self.signals[0].clone() }
    }
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
