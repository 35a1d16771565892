//! From entries of the spool to what a batch stores: which team, which workflow, which item, and what is odd about
//! it once the mapping says what its states mean.

use std::{
    collections::{BTreeSet, HashMap},
    io,
};

use headway_domain::{
    id::{DeploymentId, ItemId, IterationId, TrackerId, UnitId},
    organisation::{Unit, UnitKind, UnitTree},
    time::Day,
    work::{
        Category, CodeChange, Counts, Deployment, Disposition, Field, HistoryExtent, ImportState, ItemRecord,
        Iteration, Mapping, Oddity, Record, WorkItem, Workflow,
    },
};
use headway_flow::{
    history::{Blocker, History},
    item::{Item, Visit},
};
use headway_store::{Commit, Digest, ImportRun, ImportedItem, Reader, TaughtWorkflow};
use sha2::{Digest as _, Sha256};

use super::{neutral, report::Reporter, spool::Entry};
use crate::{
    Error, OpContext, Result,
    organisation::{NewUnit, new_unit},
};

/// Closing so many times more items on one day than on a usual day is a clean-up.
const BULK_FACTOR: u32 = 10;
/// Fewer are never called one.
const BULK_LEAST: u32 = 25;

/// Where everything of an import goes.
pub(super) struct Plan {
    /// The unit that everything goes to or below.
    unit: UnitId,
    tracker: TrackerId,
    mapping: Mapping,
    /// How teams work that have no workflow yet.
    template: Workflow,
    tree: UnitTree,
    /// Where each group goes; `None` leaves it out.
    targets: HashMap<String, Option<UnitId>>,
    workflows: HashMap<UnitId, Workflow>,
    /// What a person can do when a team is missing, as it fits into a sentence.
    way_out: &'static str,
    /// The names of the teams that it creates, in the order in which they were met.
    new_teams: Vec<String>,
    /// Teams and workflows that the next batch has to store first.
    new_units: Vec<Unit>,
    new_workflows: Vec<TaughtWorkflow>,
    /// Items finished by team and day, for telling clean-ups.
    finished: HashMap<(UnitId, Day), u32>,
}

/// What a stretch of the spool comes to.
#[derive(Default)]
pub(super) struct Portion {
    pub(super) units: Vec<Unit>,
    pub(super) workflows: Vec<TaughtWorkflow>,
    pub(super) items: Vec<ImportedItem>,
    pub(super) iterations: Vec<Iteration>,
    pub(super) deployments: Vec<Deployment>,
    pub(super) commits: Vec<Commit>,
    pub(super) counts: Counts,
}

impl Plan {
    /// The plan of an import, as the organisation stands now. Teams that an earlier batch created are found again
    /// by name.
    pub(super) async fn new(reader: &mut Reader, run: ImportRun) -> Result<Self> {
        let tree = UnitTree::new(reader.units().await?);
        let workflows = reader.workflows().await?.into_iter().collect();
        let mapping = run.mapping.unwrap_or_default();
        let template = Workflow::from_mapping(mapping.clone());
        let (unit, tracker) = (run.import.unit, run.import.tracker);
        let plan = Plan::of(unit, tracker, tree, mapping, template);
        let way_out = if run.import.state == ImportState::Running {
            "roll this import back, and import the files again with another team in the mapping"
        } else {
            plan.way_out
        };
        Ok(Plan { workflows, way_out, ..plan })
    }

    /// The plan for an organisation without any workflow yet; new teams will work as `template` says.
    pub(super) fn of(
        unit: UnitId,
        tracker: TrackerId,
        tree: UnitTree,
        mapping: Mapping,
        template: Workflow,
    ) -> Self {
        Plan {
            unit,
            tracker,
            mapping,
            template,
            tree,
            targets: HashMap::new(),
            workflows: HashMap::new(),
            way_out: "choose another one in the mapping",
            new_teams: Vec::new(),
            new_units: Vec::new(),
            new_workflows: Vec::new(),
            finished: HashMap::new(),
        }
    }

    /// All units, those that are yet to be stored included.
    pub(super) fn tree(&self) -> &UnitTree {
        &self.tree
    }

    /// Turns entries into what is to be stored.
    pub(super) fn portion(
        &mut self,
        ctx: &OpContext,
        entries: Vec<(Entry, Vec<u8>)>,
        reporter: &mut Reporter,
    ) -> Result<Portion> {
        let mut portion = Portion::default();
        for (entry, bytes) in entries {
            let group = group_of(&entry.record);
            let unit = self.target(ctx, group)?;
            let Entry { location, record, .. } = entry;
            if let Record::Item(record) = record {
                portion.counts.read += 1;
                portion.counts.changes += record.changes.len() as u64;
                let state_changes = record.changes.iter().filter(|change| change.field == Field::State);
                portion.counts.state_changes += state_changes.count() as u64;
                let Some(unit) = unit else {
                    portion.counts.skipped += 1;
                    continue;
                };
                let digest = digest_of(&bytes)?;
                let imported = self.item(ctx, unit, *record, digest);
                let (oddities, never_started) = self.look_at(unit, &imported.item);
                portion.counts.never_started += u64::from(never_started);
                for oddity in oddities {
                    reporter.odd(oddity, &location, Some(&imported.item.label));
                }
                portion.items.push(imported);
            } else if let Some(unit) = unit {
                Self::other(ctx, unit, record, &mut portion);
            }
        }
        portion.units = std::mem::take(&mut self.new_units);
        portion.workflows = std::mem::take(&mut self.new_workflows);
        Ok(portion)
    }

    /// The team of a group; creates it when the mapping says so.
    fn target(&mut self, ctx: &OpContext, group: &str) -> Result<Option<UnitId>> {
        if let Some(target) = self.targets.get(group) {
            return Ok(*target);
        }
        let target = match self.mapping.disposition(group) {
            Disposition::Skip => None,
            Disposition::Team(unit) => Some(self.known_team(unit, group)?),
            Disposition::NewTeam(name) => Some(self.team_named(ctx, &name)?),
        };
        if let Some(unit) = target {
            self.prepare_workflow(unit);
        }
        self.targets.insert(group.to_owned(), target);
        Ok(target)
    }

    fn known_team(&self, unit: UnitId, group: &str) -> Result<UnitId> {
        let team = self.tree.get(unit).filter(|unit| unit.kind == UnitKind::Team);
        let gone = || format!("the team that {group:?} goes to is there no more; {}", self.way_out);
        Ok(team.ok_or_else(|| Error::Conflict(gone()))?.id)
    }

    fn team_named(&mut self, ctx: &OpContext, name: &str) -> Result<UnitId> {
        // Below the unit of the import; beside it, when that is a team itself.
        let unit = self.tree.get(self.unit);
        let unit =
            unit.ok_or_else(|| Error::Conflict("the unit of this import has been deleted".to_owned()))?;
        let parent = if unit.kind == UnitKind::Team { unit.parent } else { Some(unit.id) };
        // As it will be stored, so that the next batch finds it again.
        let name: String =
            name.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(120).collect();
        let name = name.trim();
        let known =
            self.tree.children(parent).find(|child| child.kind == UnitKind::Team && child.name == name);
        if let Some(team) = known {
            return Ok(team.id);
        }
        let team =
            new_unit(ctx, &self.tree, &NewUnit { name: name.to_owned(), kind: UnitKind::Team, parent })?;
        let mut units = self.tree.units().to_vec();
        units.push(team.clone());
        self.tree = UnitTree::new(units);
        self.new_teams.push(team.name.clone());
        self.new_units.push(team.clone());
        Ok(team.id)
    }

    /// Gives a team without a workflow the one of the mapping; one that has a workflow keeps it, and learns the
    /// states it does not know yet.
    fn prepare_workflow(&mut self, unit: UnitId) {
        match self.workflows.get(&unit) {
            None => {
                let now = self.template.clone();
                self.workflows.insert(unit, now.clone());
                self.new_workflows.push(TaughtWorkflow { unit, was: None, now });
            }
            Some(workflow) => {
                let mut now = workflow.clone();
                now.learn(&self.mapping);
                if now != *workflow {
                    let was = self.workflows.insert(unit, now.clone());
                    self.new_workflows.push(TaughtWorkflow { unit, was, now });
                }
            }
        }
    }

    fn item(&self, ctx: &OpContext, unit: UnitId, record: ItemRecord, digest: Digest) -> ImportedItem {
        let key = record.key;
        let item = WorkItem {
            id: ItemId(ctx.new_id()),
            unit,
            tracker: self.tracker,
            label: record.label.unwrap_or_else(|| key.clone()),
            title: record.title.unwrap_or_default(),
            kind: record.kind.unwrap_or_default(),
            group: record.group.unwrap_or_default(),
            state: record.state.unwrap_or_default(),
            resolution: record.resolution,
            created_at: record.created_at.unwrap_or_default(),
            closed_at: record.closed_at,
            estimate: record.estimate.filter(|estimate| estimate.is_finite()),
            parent: record.parent,
            priority: record.priority,
            labels: record.labels,
            iterations: record.iterations,
            links: record.links,
            url: record.url,
            extent: record.extent.unwrap_or(HistoryExtent::None),
            changes: record.changes,
            key,
        };
        ImportedItem { item, digest, assignee: record.assignee }
    }

    fn other(ctx: &OpContext, unit: UnitId, record: Record, portion: &mut Portion) {
        match record {
            Record::Item(_) => {}
            Record::Iteration(it) => portion.iterations.push(Iteration {
                id: IterationId(ctx.new_id()),
                unit,
                key: it.key,
                name: it.name,
                starts_at: it.starts_at,
                ends_at: it.ends_at,
                completed_at: it.completed_at,
                given: it.given,
            }),
            Record::Deployment(it) => portion.deployments.push(Deployment {
                id: DeploymentId(ctx.new_id()),
                unit,
                key: it.key,
                finished_at: it.finished_at,
                outcome: it.outcome,
                environment: it.environment,
                is_proxy: it.is_proxy,
                changes: Vec::new(),
            }),
            Record::Commit(it) => portion.commits.push(Commit {
                unit,
                key: it.key,
                deployment: it.deployment,
                change: CodeChange {
                    authored_at: it.authored_at,
                    committed_at: it.committed_at,
                    is_repair: it.is_repair,
                },
            }),
        }
    }

    /// What is odd about an item, seen through its team's workflow, and whether it was done without being started.
    fn look_at(&mut self, unit: UnitId, item: &WorkItem) -> (BTreeSet<Oddity>, bool) {
        let mut odd = BTreeSet::new();
        let Some(workflow) = self.workflows.get(&unit) else { return (odd, false) };
        let facts = Item::of(&History::of(item, workflow, |_| Blocker::Unknown), workflow);
        let states = item.changes.iter().filter(|change| change.field == Field::State);
        let states = states.flat_map(|change| [&change.from, &change.to]).flatten().chain([&item.state]);
        if states.into_iter().any(|state| workflow.stage_of(state).is_none()) {
            odd.insert(Oddity::UnmappedState);
        }
        let mut note = |oddity| {
            odd.insert(oddity);
        };
        each_oddity(&facts, workflow, &mut note);
        if let Some(finished) = facts.finished {
            *self.finished.entry((unit, finished.day)).or_default() += 1;
        }
        let never_started = went_straight_to_done(&facts, workflow);
        (odd, never_started)
    }

    /// The names of the teams that it creates, so far.
    pub(super) fn new_teams(&self) -> &[String] {
        &self.new_teams
    }

    /// The name of a unit, for a person.
    pub(super) fn name_of(&self, unit: UnitId) -> &str {
        self.tree.get(unit).map_or("another team", |unit| &unit.name)
    }

    /// Days on which a team closed unusually many items, with their team's name and count.
    pub(super) fn clean_ups(&self) -> Vec<(String, Day, u32)> {
        let mut by_team: HashMap<UnitId, Vec<(Day, u32)>> = HashMap::new();
        for ((unit, day), count) in &self.finished {
            by_team.entry(*unit).or_default().push((*day, *count));
        }
        let mut found = Vec::new();
        for (unit, days) in by_team {
            let name = self.tree.get(unit).map(|unit| unit.name.clone()).unwrap_or_default();
            found.extend(clean_up_days(days).into_iter().map(|(day, count)| (name.clone(), day, count)));
        }
        found.sort();
        found
    }
}

/// The days on which a team closed unusually many items, of all days on which it closed any.
pub fn clean_up_days(days: Vec<(Day, u32)>) -> Vec<(Day, u32)> {
    let mut counts: Vec<u32> = days.iter().map(|(_, count)| *count).collect();
    counts.sort_unstable();
    let usual = counts.get(counts.len() / 2).copied().unwrap_or(0);
    days.into_iter().filter(|(_, count)| *count >= (usual * BULK_FACTOR).max(BULK_LEAST)).collect()
}

/// What is odd about an item, seen through its team's workflow. An oddity may be told more than once.
pub fn each_oddity(item: &Item, workflow: &Workflow, note: &mut impl FnMut(Oddity)) {
    let first = item.visits.first().map(|visit| workflow.category(visit.stage));
    if first.is_some_and(Category::is_in_progress) {
        note(Oddity::CreatedInProgress);
    }
    for pair in item.visits.windows(2) {
        let categories = (workflow.category(pair[0].stage), workflow.category(pair[1].stage));
        if categories.0.is_exit() && !categories.1.is_exit() {
            note(Oddity::Reopened);
        } else if pair[1].stage < pair[0].stage {
            note(Oddity::MovedBack);
        }
    }
    if went_straight_to_done(item, workflow) {
        note(Oddity::NeverStarted);
    }
}

/// Whether an item ever went from not started straight to done. It may have been started at another time, or have
/// been closed as a duplicate: this is about how a tracker is used, not about what was delivered.
pub fn went_straight_to_done(item: &Item, workflow: &Workflow) -> bool {
    let category = |visit: &Visit| workflow.category(visit.stage);
    let pairs = item.visits.windows(2);
    pairs.into_iter().any(|pair| (category(&pair[0]), category(&pair[1])) == (Category::Todo, Category::Done))
}

fn group_of(record: &Record) -> &str {
    let group = match record {
        Record::Item(it) => &it.group,
        Record::Iteration(it) => &it.group,
        Record::Deployment(it) => &it.group,
        Record::Commit(it) => &it.group,
    };
    group.as_deref().unwrap_or_default()
}

fn digest_of(bytes: &[u8]) -> io::Result<Digest> {
    let (_, record) = neutral::split(bytes)?;
    Ok(Sha256::digest(record).into())
}
