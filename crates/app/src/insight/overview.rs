//! The first screen of a unit, what changed since a visit, and where a number comes from.

use headway_domain::{
    insight::Measure,
    time::{Day, Instant},
    work::{DayCount, FinishPolicy, StartPolicy},
};
use headway_flow::{Share, forecast::Pool};

use crate::insight::{
    ItemRef, Scope,
    durations::items_behind,
    figure::{self, Figure, Unit},
    signals::{TeamSignal, grouped, signals_of},
};

/// What there is to look at.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Items.
    pub items: usize,
    /// Delivered ones.
    pub delivered: usize,
    /// In progress now.
    pub in_progress: usize,
    /// First and last day.
    pub span: Option<(Day, Day)>,
    /// Teams.
    pub teams: usize,
    /// Whether there are deployments.
    pub has_deployments: bool,
    /// Whether there are iterations.
    pub has_iterations: bool,
}

/// The first screen of a unit.
#[derive(Clone, Debug)]
pub struct Overview {
    /// What there is.
    pub extent: Extent,
    /// Throughput, cycle time, work in progress, oldest item.
    pub figures: Vec<Figure>,
    /// The signals that need attention most.
    pub signals: Vec<TeamSignal>,
    /// How many there are.
    pub signal_count: usize,
    /// Delivered items that were never in progress.
    pub never_started: Share,
}

/// The most signals on a first screen.
const MOST_SIGNALS: usize = 5;

/// The first screen of a unit.
pub fn overview(scope: &Scope, pool: &Pool) -> Overview {
    let teams = &scope.teams;
    let now = figure::sums(scope, teams, scope.window);
    let before = figure::sums(scope, teams, scope.before());
    let signals = grouped(signals_of(scope, pool));
    Overview {
        extent: extent(scope),
        figures: vec![
            figure::throughput(scope, teams, &now, &before),
            figure::cycle_time(scope, teams, &now, &before),
            figure::wip(scope, teams, &now, &before),
            figure::oldest(scope, teams),
        ],
        signal_count: signals.len(),
        signals: most_urgent(signals),
        never_started: Share { part: now.never_started as usize, of: now.finished as usize },
    }
}

/// The worst of each kind first: five times the same says less than five different things.
fn most_urgent(signals: Vec<TeamSignal>) -> Vec<TeamSignal> {
    let mut kinds = Vec::new();
    let (mut first, mut more) = (Vec::new(), Vec::new());
    for signal in signals {
        if kinds.contains(&signal.signal.kind) {
            more.push(signal);
        } else {
            kinds.push(signal.signal.kind);
            first.push(signal);
        }
    }
    first.extend(more);
    first.truncate(MOST_SIGNALS);
    first.sort_by_key(|signal| std::cmp::Reverse(signal.signal.level));
    first
}

fn extent(scope: &Scope) -> Extent {
    let facts = || scope.teams.iter().map(|team| &team.facts);
    let count = |holds: fn(&headway_flow::item::Item) -> bool| {
        scope.items().filter(|(_, _, item)| holds(item)).count()
    };
    let spans = facts().filter_map(|facts| facts.span);
    Extent {
        items: count(|_| true),
        delivered: count(|item| item.finished.is_some()),
        in_progress: count(headway_flow::item::Item::is_in_progress),
        span: spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))),
        teams: scope.teams.len(),
        has_deployments: facts().any(|facts| !facts.deployments.is_empty()),
        has_iterations: facts().any(|facts| !facts.iterations.is_empty()),
    }
}

/// What is new since an instant.
#[derive(Clone, Debug)]
pub struct Changes {
    /// Items started.
    pub started: usize,
    /// Items delivered.
    pub delivered: usize,
    /// Items created.
    pub created: usize,
    /// Items that became blocked.
    pub blocked: usize,
    /// The delivered ones, newest first.
    pub delivered_items: Vec<ItemRef>,
}

/// The most delivered items that are named.
const MOST_DELIVERED: usize = 20;

/// What is new since an instant.
pub fn changes(scope: &Scope, since: Instant) -> Changes {
    let mut found = Changes { started: 0, delivered: 0, created: 0, blocked: 0, delivered_items: Vec::new() };
    let mut delivered = Vec::new();
    for (_, name, item) in scope.items() {
        found.created += usize::from(item.created.at > since);
        found.started += usize::from(item.started.is_some_and(|it| it.at > since));
        found.blocked += usize::from(item.blocked.iter().any(|span| span.from > since));
        if let Some(finished) = item.finished.filter(|it| it.at > since) {
            delivered.push((finished.at, name));
        }
    }
    found.delivered = delivered.len();
    delivered.sort_by_key(|(at, name)| (std::cmp::Reverse(*at), name.id));
    found.delivered_items =
        delivered.into_iter().take(MOST_DELIVERED).map(|(_, name)| ItemRef::of(name)).collect();
    found
}

/// Where a number comes from.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The value in this window, for measures that have a key figure.
    pub figure: Option<Figure>,
    /// What went in, by name.
    pub inputs: Vec<(&'static str, String)>,
    /// The items behind it, those that contribute most first.
    pub items: Vec<(ItemRef, Option<f64>)>,
    /// What an item contributes is counted in this.
    pub unit: Unit,
    /// How many items there are.
    pub item_count: usize,
}

/// The most items that are named behind a number.
const MOST_BEHIND: usize = 50;

/// Where a number comes from.
pub fn explain(scope: &Scope, measure: Measure) -> Explanation {
    let teams = &scope.teams;
    let sums = || (figure::sums(scope, teams, scope.window), figure::sums(scope, teams, scope.before()));
    let figure = match measure {
        Measure::Throughput => {
            let (now, before) = sums();
            Some(figure::throughput(scope, teams, &now, &before))
        }
        Measure::CycleTime => {
            let (now, before) = sums();
            Some(figure::cycle_time(scope, teams, &now, &before))
        }
        Measure::Wip => {
            let (now, before) = sums();
            Some(figure::wip(scope, teams, &now, &before))
        }
        Measure::WorkItemAge => Some(figure::oldest(scope, teams)),
        _ => None,
    };
    let behind = items_behind(scope, measure);
    Explanation {
        figure,
        inputs: inputs(scope, behind.len()),
        unit: if measure == Measure::Throughput { Unit::Items } else { Unit::Days },
        item_count: behind.len(),
        items: behind
            .into_iter()
            .take(MOST_BEHIND)
            .map(|(_, name, value)| (ItemRef::of(name), value))
            .collect(),
    }
}

fn inputs(scope: &Scope, items: usize) -> Vec<(&'static str, String)> {
    let mut inputs = vec![
        ("window", format!("{} to {}", scope.window.first, scope.window.last)),
        ("today", scope.today.to_string()),
        ("work_type", scope.work_type.map_or("all", headway_domain::work::WorkType::code).to_owned()),
        ("teams", scope.teams.len().to_string()),
        ("items", items.to_string()),
    ];
    if let [team] = scope.teams.as_slice() {
        let workflow = &team.facts.workflow;
        let start = match workflow.start {
            StartPolicy::Last => {
                "the last crossing into progress before the finish; a reopening does not restart it"
            }
            StartPolicy::First => "the first crossing into progress",
            StartPolicy::Wipe => "the first crossing that no later move back has wiped",
        };
        let finish = match workflow.finish {
            FinishPolicy::Last => "the last crossing into done, while the item is done",
            FinishPolicy::First => "the first crossing into done",
        };
        let days = match workflow.calendar.count {
            DayCount::Calendar => "calendar days, both ends counted",
            DayCount::Working => "working days, both ends counted",
        };
        inputs.extend([
            ("start", start.to_owned()),
            ("finish", finish.to_owned()),
            ("days", days.to_owned()),
            ("zone", workflow.calendar.zone.name().to_owned()),
        ]);
    }
    inputs
}
