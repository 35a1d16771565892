//! A team's history as measures read it: everything they need of a team, in one value that never changes, so that a
//! page which is being computed sees one state of the data from beginning to end.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use headway_domain::{
    id::{ItemId, UnitId},
    time::{Day, Instant},
    work::{Deployment, Iteration, LinkKind, WorkItem, Workflow},
};
use headway_flow::{
    cube::TeamCube,
    forecast::Pool,
    history::{Blocker, History},
    item::{Item, derive},
    signal::Signal,
};
use headway_store::Reader;

use crate::{
    Result,
    insight::{
        digest::{Digest, View},
        kept::Kept,
        outlook::Past,
        scope::today_of,
        signals::{all_signals, own_signals},
    },
    work::import::TeamHistory,
};

/// What an item is called. Stands beside its facts, position by position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its id.
    pub id: ItemId,
    /// The tracker's own id.
    pub key: Box<str>,
    /// The key people say.
    pub label: Box<str>,
    /// Its title.
    pub title: Box<str>,
    /// The item above it.
    pub parent: Option<Box<str>>,
    /// The tracker's type.
    pub kind: Box<str>,
    /// Its labels.
    pub labels: Box<[String]>,
}

impl Name {
    /// Whether the item has this label, or stands below the item of this key.
    pub fn matches(&self, text: &str) -> bool {
        self.parent.as_deref() == Some(text) || self.labels.iter().any(|label| label == text)
    }
}

/// Everything that measures need of a team.
#[derive(Debug)]
pub struct TeamFacts {
    /// The team.
    pub unit: UnitId,
    /// How it works.
    pub workflow: Workflow,
    /// Its items.
    pub items: Vec<Item>,
    /// What they are called.
    pub names: Vec<Name>,
    /// The same as counts by day.
    pub cube: TeamCube,
    /// Its iterations, oldest first.
    pub iterations: Vec<Iteration>,
    /// The histories of the items that were in an iteration, by position in `items`.
    pub iteration_histories: Vec<(usize, History)>,
    /// Its deployments, oldest first.
    pub deployments: Vec<Deployment>,
    /// What people say for items of other teams that this team's items wait for, by the name in the link.
    pub foreign_labels: HashMap<String, String>,
    /// The teams of these items.
    pub(crate) waits_for: HashSet<UnitId>,
    /// Whether any of its items waits for one that nobody has: it may come with the next import.
    pub(crate) waits_for_unknown: bool,
    /// The first and the last day on which anything happened.
    pub span: Option<(Day, Day)>,
    pasts: Kept<Day, Past>,
    digests: Kept<View, Digest>,
    own_signals: Kept<Day, Vec<Signal>>,
    signals: Kept<(Day, Arc<Pool>), Vec<Signal>>,
}

impl TeamFacts {
    /// The position of an item. Items stand in the order in which they were created.
    pub(crate) fn position(&self, created_at: Instant, id: ItemId) -> Option<usize> {
        let from = self.items.partition_point(|item| item.created.at < created_at);
        let until = self.items.partition_point(|item| item.created.at <= created_at);
        (from..until).find(|position| self.names[*position].id == id)
    }

    /// The day that counts as today for this team alone.
    pub(crate) fn today(&self, now: Instant) -> Day {
        today_of(self.span.map(|(_, last)| last), self.workflow.calendar.day_of(now))
    }

    /// The facts of a team whose history does not come from the database.
    pub fn of(team: TeamHistory) -> Self {
        derive_team(
            team.unit.id,
            team.workflow,
            &team.items,
            team.iterations,
            team.deployments,
            Elsewhere::default(),
        )
    }

    /// The team's series of finished items with its past checks, on a day.
    pub(crate) fn past(&self, today: Day) -> Arc<Past> {
        self.pasts.get(today, || Past::of_team(self, today))
    }

    /// The team at a glance.
    pub(crate) fn digest(&self, view: View) -> Arc<Digest> {
        self.digests.get(view, || Digest::of_team(self, view))
    }

    /// The team's signals on a day, among all teams. What rests on its own history alone stays when others change.
    pub(crate) fn signals(&self, today: Day, pool: &Arc<Pool>) -> Arc<Vec<Signal>> {
        self.signals.get((today, Arc::clone(pool)), || {
            let own = self.own_signals.get(today, || own_signals(self, today));
            all_signals(self, &own, today, pool)
        })
    }
}

/// The items of other teams that a team's items wait for.
#[derive(Default)]
pub(super) struct Elsewhere {
    /// How they stand, and what people say for them, by the name in a link.
    items: HashMap<String, (Blocker, String)>,
    /// Their teams.
    teams: HashSet<UnitId>,
}

/// The items of other teams that this team's items wait for.
pub(super) async fn blockers_elsewhere(
    reader: &mut Reader,
    unit: UnitId,
    items: &[WorkItem],
    workflow: &Workflow,
) -> Result<Elsewhere> {
    let mut found = Elsewhere::default();
    if !workflow.blocked.links {
        return Ok(found);
    }
    let own: HashSet<&str> = items.iter().flat_map(|item| [item.key.as_str(), item.label.as_str()]).collect();
    let mut wanted: HashMap<_, Vec<String>> = HashMap::new();
    for item in items {
        let links = item.links.iter().filter(|link| link.kind == LinkKind::BlockedBy);
        for link in links.filter(|link| !own.contains(link.to.as_str())) {
            wanted.entry(item.tracker).or_default().push(link.to.clone());
        }
    }
    for (tracker, mut keys) in wanted {
        keys.sort_unstable();
        keys.dedup();
        for other in reader.items_by_name(tracker, &keys).await? {
            if other.unit == unit {
                continue;
            }
            let Some(its_workflow) = reader.workflow(other.unit).await? else { continue };
            let facts = Item::of(&History::of(&other, &its_workflow, |_| Blocker::Unknown), &its_workflow);
            let stands = facts.left().map_or(Blocker::Open, |left| Blocker::Left(left.at));
            found.teams.insert(other.unit);
            found.items.insert(other.key, (stands, other.label.clone()));
            found.items.insert(other.label.clone(), (stands, other.label));
        }
    }
    Ok(found)
}

pub(super) fn derive_team(
    unit: UnitId,
    workflow: Workflow,
    sources: &[WorkItem],
    iterations: Vec<Iteration>,
    deployments: Vec<Deployment>,
    elsewhere: Elsewhere,
) -> TeamFacts {
    let waits_for_unknown = workflow.blocked.links && {
        let own: HashSet<&str> = sources.iter().flat_map(|it| [it.key.as_str(), it.label.as_str()]).collect();
        let mut links =
            sources.iter().flat_map(|it| &it.links).filter(|link| link.kind == LinkKind::BlockedBy);
        links.any(|link| !own.contains(link.to.as_str()) && !elsewhere.items.contains_key(&link.to))
    };
    let blocker = |key: &str| elsewhere.items.get(key).map_or(Blocker::Unknown, |(stands, _)| *stands);
    let items = derive(sources, &workflow, blocker);
    let iteration_histories = if iterations.is_empty() {
        Vec::new()
    } else {
        let histories = sources.iter().map(|source| History::of(source, &workflow, blocker)).enumerate();
        histories.filter(|(_, history)| history.iterations.iter().any(|it| !it.value.is_empty())).collect()
    };
    let created = items.iter().map(|item| item.created.day);
    let active = items.iter().map(|item| workflow.calendar.day_of(item.last_active));
    let deployed = deployments.iter().map(|it| workflow.calendar.day_of(it.finished_at));
    let ended = iterations
        .iter()
        .filter_map(|it| it.completed_at.or(it.starts_at))
        .map(|at| workflow.calendar.day_of(at));
    let days = created.chain(active).chain(deployed).chain(ended);
    let span = days.fold(None, |span: Option<(Day, Day)>, day| match span {
        None => Some((day, day)),
        Some((first, last)) => Some((first.min(day), last.max(day))),
    });
    let mut cube = TeamCube::new(span.map_or(Day(0), |(first, _)| first), &workflow);
    for item in &items {
        cube.add(item, &workflow);
    }
    // Copied, not taken over: strings that stay among those of the histories would keep the memory of all of them.
    let names = sources.iter().map(|source| Name {
        id: source.id,
        key: source.key.as_str().into(),
        label: source.label.as_str().into(),
        title: source.title.as_str().into(),
        parent: source.parent.as_deref().map(Into::into),
        kind: source.kind.as_str().into(),
        labels: source.labels.clone().into(),
    });
    TeamFacts {
        unit,
        names: names.collect(),
        workflow,
        items,
        cube,
        iterations,
        iteration_histories,
        deployments,
        waits_for: elsewhere.teams,
        waits_for_unknown,
        foreign_labels: elsewhere.items.into_iter().map(|(name, (_, label))| (name, label)).collect(),
        span,
        pasts: Kept::default(),
        digests: Kept::default(),
        own_signals: Kept::default(),
        signals: Kept::default(),
    }
}
