//! The first screen of a unit, what changed since a visit, and where a number comes from.

use std::{collections::HashSet, sync::Arc};

use headway_domain::{
    insight::Measure,
    time::{Day, Instant},
    work::{DayCount, FinishPolicy, StartPolicy},
};
use headway_flow::{Share, forecast::Pool};

use crate::insight::{
    ItemRef, Scope,
    digest::Digest,
    durations::items_behind,
    figure::{self, Figure, Unit},
    signals::{Found, Group, TeamSignal},
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
pub fn overview(scope: &Scope, pool: &Arc<Pool>) -> Overview {
    let digest = Digest::of_scope(scope);
    let found = Found::in_scope(scope, pool);
    let groups = found.groups();
    Overview {
        extent: extent(scope, &digest),
        figures: vec![
            figure::throughput(scope.window, &digest),
            figure::cycle_time(&digest),
            figure::wip(&digest),
            figure::oldest(&digest),
        ],
        signal_count: groups.len(),
        signals: most_urgent(groups).iter().map(Group::named).collect(),
        never_started: Share { part: digest.now.never_started as usize, of: digest.now.finished as usize },
    }
}

/// The worst of each kind first: five times the same says less than five different things.
fn most_urgent(groups: Vec<Group>) -> Vec<Group> {
    let mut kinds = HashSet::new();
    let (mut chosen, more): (Vec<Group>, Vec<Group>) =
        groups.into_iter().partition(|group| kinds.insert(group.kind()));
    chosen.extend(more.into_iter().take(MOST_SIGNALS.saturating_sub(chosen.len())));
    chosen.truncate(MOST_SIGNALS);
    chosen.sort_by_key(|group| std::cmp::Reverse(group.level()));
    chosen
}

fn extent(scope: &Scope, digest: &Digest) -> Extent {
    let facts = || scope.teams.iter().map(|team| &team.facts);
    let spans = facts().filter_map(|facts| facts.span);
    Extent {
        items: digest.items,
        delivered: digest.delivered,
        in_progress: digest.in_progress,
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
    let digest = Digest::of_scope(scope);
    let figure = match measure {
        Measure::Throughput => Some(figure::throughput(scope.window, &digest)),
        Measure::CycleTime => Some(figure::cycle_time(&digest)),
        Measure::Wip => Some(figure::wip(&digest)),
        Measure::WorkItemAge => Some(figure::oldest(&digest)),
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
