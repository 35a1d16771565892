//! The facts of all teams, kept in memory.
//!
//! A team is read when it is first asked for, and again after an event has said that its items or its workflow
//! changed.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{StreamExt, TryStreamExt};
use headway_domain::{
    id::UnitId,
    work::{Mapping, WorkItem, Workflow},
};
use headway_flow::forecast::Pool;
use headway_store::Db;
use tokio::{sync::OnceCell, task::JoinSet};

use crate::{
    App, Error, OpContext, Permission, Result,
    insight::{
        facts::{TeamFacts, blockers_elsewhere, derive_team},
        kept::Kept,
    },
    live,
};

type Slot = Arc<OnceCell<Arc<TeamFacts>>>;

/// The facts of all teams that were asked for. Clones share them.
#[derive(Clone, Default)]
pub struct Facts {
    memory: Arc<Mutex<Memory>>,
}

#[derive(Default)]
struct Memory {
    slots: HashMap<UnitId, Slot>,
    /// The pooled checks of all teams, by quarter of an hour.
    pools: Arc<Kept<i64, Pool>>,
}

/// How many teams are read at a time.
const READ_AT_ONCE: usize = 4;

impl Facts {
    /// The facts of a team, read when they are not there.
    pub async fn team(&self, db: &Db, unit: UnitId) -> Result<Arc<TeamFacts>> {
        let slot = Arc::clone(self.lock().slots.entry(unit).or_default());
        let facts = slot.get_or_try_init(|| async { read(db, unit).await.map(Arc::new) }).await?;
        Ok(Arc::clone(facts))
    }

    /// The facts of several teams, in their order.
    pub async fn teams(&self, db: &Db, units: &[UnitId]) -> Result<Vec<Arc<TeamFacts>>> {
        // What is there already is taken under one lock: a portfolio asks for a thousand teams at a time.
        let known: Vec<Option<Arc<TeamFacts>>> = {
            let memory = self.lock();
            units.iter().map(|unit| memory.slots.get(unit).and_then(|slot| slot.get().cloned())).collect()
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

    /// How many teams are in memory, and how many items they have together.
    pub(crate) fn extent(&self) -> (usize, usize) {
        let memory = self.lock();
        let teams = memory.slots.values().filter_map(|slot| slot.get());
        teams.fold((0, 0), |(teams, items), facts| (teams + 1, items + facts.items.len()))
    }

    /// Where the pooled checks of all teams are kept. Who pools facts takes this first: what is forgotten meanwhile
    /// takes the pool with it.
    pub(crate) fn pools(&self) -> Arc<Kept<i64, Pool>> {
        Arc::clone(&self.lock().pools)
    }

    /// Forgets teams whose data has changed; whoever reads them at this moment gets a slot that is no longer used.
    pub fn forget(&self, units: &[UnitId]) {
        let mut memory = self.lock();
        memory.pools = Arc::default();
        for unit in units {
            memory.slots.remove(unit);
        }
        // Whoever waits for other teams' items may wait no longer; of a team that is being read nobody knows yet.
        let waits = |facts: &Arc<TeamFacts>| {
            facts.waits_for_unknown || units.iter().any(|unit| facts.waits_for.contains(unit))
        };
        memory.slots.retain(|_, slot| slot.get().is_some_and(|facts| !waits(facts)));
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        // The map is whole after every statement, so a panic elsewhere leaves nothing half done.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
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
            Some(Ok(event)) => match event.kind.as_str() {
                live::ITEMS | live::WORKFLOW => {
                    app.extents.forget();
                    app.facts.forget(&event.units);
                }
                live::UNITS => app.units.forget(),
                live::ACCESS => app.callers.forget_for(event.seq),
                live::RELOAD => {
                    app.units.forget();
                    app.callers.forget();
                    app.extents.forget();
                    *app.facts.lock() = Memory::default();
                }
                _ => {}
            },
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
    let mut reader = db.read_by_events().await?;
    let workflow = match reader.workflow(unit).await? {
        Some(workflow) => workflow,
        None => Workflow::from_mapping(Mapping::default()),
    };
    let items: Vec<WorkItem> = reader.team_items(unit).try_collect().await?;
    let iterations = reader.iterations(unit).await?;
    let deployments = reader.deployments(unit).await?;
    let elsewhere = blockers_elsewhere(&mut reader, unit, &items, &workflow).await?;
    // Deriving a large team takes a while; the threads that serve requests are not for that.
    let derived = tokio::task::spawn_blocking(move || {
        derive_team(unit, workflow, &items, iterations, deployments, elsewhere)
    });
    derived.await.map_err(Error::internal)
}
