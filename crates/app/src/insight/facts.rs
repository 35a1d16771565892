//! The teams' histories as measures read them, kept in memory.
//!
//! A team is read when it is first asked for, and again after an event has said that its items or its workflow
//! changed. Everything that measures need of a team is in one value that never changes, so a page that is being
//! computed sees one state of the data from beginning to end.

use std::{
    collections::{HashMap, HashSet},
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use futures::{StreamExt, TryStreamExt};
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
use headway_store::{Db, Reader};
use tokio::{sync::OnceCell, task::JoinSet};

use crate::{
    App, Error, OpContext, Permission, Result,
    insight::{outlook::Past, scope::today_of, signals::signals_of_team},
    live,
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
    /// Whether any of its items links to an item that it has not itself.
    waits_elsewhere: bool,
    /// The first and the last day on which anything happened.
    pub span: Option<(Day, Day)>,
    /// What is computed from the rest when it is first asked for, on which day.
    past: Mutex<Option<(Day, Arc<Past>)>>,
    signals: Mutex<Option<(Day, Arc<Vec<Signal>>)>>,
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
            team.items,
            team.iterations,
            team.deployments,
            HashMap::new(),
        )
    }

    /// The team's series of finished items with its past checks, on a day.
    pub(crate) fn past(&self, today: Day) -> Arc<Past> {
        kept(&self.past, today, || Past::of_team(self, today))
    }

    fn forget_signals(&self) {
        *self.signals.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The team's signals on a day.
    pub(crate) fn signals(&self, today: Day, pool: &Pool) -> Arc<Vec<Signal>> {
        kept(&self.signals, today, || signals_of_team(self, today, pool))
    }
}

/// What was computed for this day, or what is computed now and kept.
fn kept<T>(slot: &Mutex<Option<(Day, Arc<T>)>>, today: Day, compute: impl FnOnce() -> T) -> Arc<T> {
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    match slot.as_ref() {
        Some((day, value)) if *day == today => Arc::clone(value),
        _ => {
            let value = Arc::new(compute());
            *slot = Some((today, Arc::clone(&value)));
            value
        }
    }
}

type Slot = Arc<OnceCell<Arc<TeamFacts>>>;

/// The facts of all teams that were asked for. Clones share them.
#[derive(Clone, Default)]
pub struct Facts {
    slots: Arc<Mutex<HashMap<UnitId, Slot>>>,
}

/// How many teams are read at a time.
const READ_AT_ONCE: usize = 4;

impl Facts {
    /// The facts of a team, read when they are not there.
    pub async fn team(&self, db: &Db, unit: UnitId) -> Result<Arc<TeamFacts>> {
        let slot = Arc::clone(self.lock().entry(unit).or_default());
        let facts = slot.get_or_try_init(|| async { read(db, unit).await.map(Arc::new) }).await?;
        Ok(Arc::clone(facts))
    }

    /// The facts of several teams, in their order.
    pub async fn teams(&self, db: &Db, units: &[UnitId]) -> Result<Vec<Arc<TeamFacts>>> {
        // What is there already is taken under one lock: a portfolio asks for a thousand teams at a time.
        let known: Vec<Option<Arc<TeamFacts>>> = {
            let slots = self.lock();
            units.iter().map(|unit| slots.get(unit).and_then(|slot| slot.get().cloned())).collect()
        };
        let missing: Vec<UnitId> =
            units.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(unit, _)| *unit).collect();
        let mut read = HashMap::with_capacity(missing.len());
        for some in missing.chunks(READ_AT_ONCE) {
            let mut reads = JoinSet::new();
            for unit in some.iter().copied() {
                let (facts, db) = (self.clone(), db.clone());
                reads.spawn(async move { facts.team(&db, unit).await });
            }
            while let Some(done) = reads.join_next().await {
                let facts = done.map_err(Error::internal)??;
                read.insert(facts.unit, facts);
            }
        }
        let found = units.iter().zip(known).map(|(unit, known)| known.or_else(|| read.get(unit).cloned()));
        found.collect::<Option<_>>().ok_or_else(|| Error::internal("a team was read under another id"))
    }

    /// Forgets teams whose data has changed; whoever reads them at this moment gets a slot that is no longer used.
    pub fn forget(&self, units: &[UnitId]) {
        let mut slots = self.lock();
        for unit in units {
            slots.remove(unit);
        }
        // Whoever waits for other teams' items may wait no longer, and every team's record is compared with the others'.
        slots.retain(|_, slot| slot.get().is_none_or(|facts| !facts.waits_elsewhere));
        for facts in slots.values().filter_map(|slot| slot.get()) {
            facts.forget_signals();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<UnitId, Slot>> {
        // The map is whole after every statement, so a panic elsewhere leaves nothing half done.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Follows the events and forgets what has changed, until `stop` is done.
pub async fn keep_up(ctx: &OpContext, app: &App, stop: impl Future<Output = ()>) -> Result<()> {
    ctx.authorise(Permission::Read)?;
    let newest = live::newest(ctx, app).await?;
    let mut events = std::pin::pin!(live::follow(ctx, app, newest)?);
    tokio::pin!(stop);
    loop {
        let event = tokio::select! {
            event = events.next() => event,
            () = &mut stop => return Ok(()),
        };
        match event {
            Some(Ok(event)) if event.kind == live::ITEMS || event.kind == live::WORKFLOW => {
                app.facts.forget(&event.units);
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "failed to follow events; trying again"
                );
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            }
            None => return Ok(()),
        }
    }
}

async fn read(db: &Db, unit: UnitId) -> Result<TeamFacts> {
    let mut reader = db.read().await?;
    let workflow = match reader.workflow(unit).await? {
        Some(workflow) => workflow,
        None => Workflow::from_mapping(headway_domain::work::Mapping::default()),
    };
    let items: Vec<WorkItem> = reader.team_items(unit).try_collect().await?;
    let iterations = reader.iterations(unit).await?;
    let deployments = reader.deployments(unit).await?;
    let elsewhere = blockers_elsewhere(&mut reader, unit, &items, &workflow).await?;
    // Deriving a large team takes a while; the threads that serve requests are not for that.
    let derived = tokio::task::spawn_blocking(move || {
        derive_team(unit, workflow, items, iterations, deployments, elsewhere)
    });
    derived.await.map_err(Error::internal)
}

/// How items of other teams stand, and what people say for them, by the name in a link.
type Elsewhere = HashMap<String, (Blocker, String)>;

/// The items of other teams that this team's items wait for.
async fn blockers_elsewhere(
    reader: &mut Reader,
    unit: UnitId,
    items: &[WorkItem],
    workflow: &Workflow,
) -> Result<Elsewhere> {
    let mut found = HashMap::new();
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
            found.insert(other.key, (stands, other.label.clone()));
            found.insert(other.label.clone(), (stands, other.label));
        }
    }
    Ok(found)
}

fn derive_team(
    unit: UnitId,
    workflow: Workflow,
    sources: Vec<WorkItem>,
    iterations: Vec<Iteration>,
    deployments: Vec<Deployment>,
    elsewhere: Elsewhere,
) -> TeamFacts {
    let waits_elsewhere = workflow.blocked.links && {
        let own: HashSet<&str> = sources.iter().flat_map(|it| [it.key.as_str(), it.label.as_str()]).collect();
        let mut links =
            sources.iter().flat_map(|it| &it.links).filter(|link| link.kind == LinkKind::BlockedBy);
        links.any(|link| !own.contains(link.to.as_str()))
    };
    let blocker = |key: &str| elsewhere.get(key).map_or(Blocker::Unknown, |(stands, _)| *stands);
    let items = derive(&sources, &workflow, blocker);
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
    let names = sources.into_iter().map(|source| Name {
        id: source.id,
        key: source.key.into(),
        label: source.label.into(),
        title: source.title.into(),
        parent: source.parent.map(Into::into),
        kind: source.kind.into(),
        labels: source.labels.into(),
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
        waits_elsewhere,
        foreign_labels: elsewhere.into_iter().map(|(name, (_, label))| (name, label)).collect(),
        span,
        past: Mutex::default(),
        signals: Mutex::default(),
    }
}
