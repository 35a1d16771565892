//! One step of an import: a batch of records, what they replace, the report and the position, all or nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use headway_domain::{
    id::{ImportId, TrackerId, UnitId},
    organisation::Unit,
    work::{Counts, Deployment, Import, ImportState, Iteration, WorkItem, Workflow},
};
use uuid::Uuid;

use super::{
    delivery::{CommitRow, DeploymentRow},
    item::ItemRow,
    iteration::IterationRow,
    undo::Undo,
};
use crate::{Commit, Digest, Error, Finding, NewEvent, Reader, ReportEntry, Tx};

/// An item on its way into the store.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedItem {
    /// The item. Its id is used when the tracker's key is new; an item that is there keeps the id it has.
    pub item: WorkItem,
    /// The digest of the record it was made from. An item of the same digest in the same unit is left as it is.
    pub digest: Digest,
    /// Who works on it, where the administrator switched names on.
    pub assignee: Option<String>,
}

/// What an import does to a team's workflow.
#[derive(Clone, Debug, PartialEq)]
pub struct TaughtWorkflow {
    /// The team.
    pub unit: UnitId,
    /// The workflow that it was made from; `None` when the team had none.
    pub was: Option<Workflow>,
    /// The workflow with what it learned.
    pub now: Workflow,
}

/// What one step of an import stores.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The import; it must be running.
    pub run: ImportId,
    /// Its tracker.
    pub tracker: TrackerId,
    /// The position it goes on from: the import's own.
    pub from: u64,
    /// The position after it.
    pub to: u64,
    /// Teams that it creates, parents before children.
    pub units: Vec<Unit>,
    /// Workflows of teams: first ones, and ones that have learned new states.
    pub workflows: Vec<TaughtWorkflow>,
    /// Items; of two with the same key the later one counts.
    pub items: Vec<ImportedItem>,
    /// Iterations.
    pub iterations: Vec<Iteration>,
    /// Deployments; the changes they carry come as `commits`.
    pub deployments: Vec<Deployment>,
    /// Commits.
    pub commits: Vec<Commit>,
    /// What the batch adds to the import's counts, without `added`, `updated`, `unchanged`, `iterations`,
    /// `deployments` and `commits`: the store finds these out.
    pub counts: Counts,
    /// How often each finding occurred.
    pub findings: BTreeMap<Finding, u64>,
    /// New entries of the report.
    pub report: Vec<ReportEntry>,
    /// The event to publish. The units whose data changed are added to it.
    pub event: NewEvent,
}

/// What a batch did.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// The number of the event.
    pub seq: i64,
    /// The import after it.
    pub import: Import,
    /// The units whose data changed.
    pub units: BTreeSet<UnitId>,
}

impl Tx {
    /// Stores a batch: new units and workflows, items with their histories, iterations, deployments, commits; what
    /// they replaced, for [`Tx::roll_back_batch`]; the report, the counts, the position and an event.
    ///
    /// [`Error::Stale`] when the import is not running at position `from` any more (somebody paused it, or another
    /// runner has taken over), and when somebody has changed one of the workflows since it was read.
    pub async fn save_batch(&mut self, batch: &Batch) -> Result<Saved, Error> {
        self.lock_tracker(batch.tracker).await?;
        self.lock_import(batch.run).await?;
        let was = self.import(batch.run).await?.ok_or(Error::Stale)?;
        if was.state != ImportState::Running || was.position != batch.from || was.tracker != batch.tracker {
            return Err(Error::Stale);
        }
        let mut touched = BTreeSet::new();
        let mut counts = batch.counts;
        for unit in &batch.units {
            self.insert_unit(unit).await?;
            touched.insert(unit.id.0);
        }
        // Parents before children, as they were created.
        let units = batch.units.iter().map(|unit| unit.id.0).collect();
        let mut undo = Undo { units, ..Undo::default() };
        for taught in &batch.workflows {
            undo.workflows.push(self.teach(taught).await?);
            touched.insert(taught.unit.0);
        }
        self.save_items(batch, &mut undo, &mut touched, &mut counts).await?;

        let tracker = batch.tracker;
        let rows = batch.iterations.iter().map(|it| IterationRow::new(it, tracker)).collect();
        undo.iterations = self.save_facts(tracker, rows, &mut touched).await?;
        counts.iterations += undo.iterations.len() as u64;
        let rows = batch.deployments.iter().map(|it| DeploymentRow::new(it, tracker)).collect();
        undo.deployments = self.save_facts(tracker, rows, &mut touched).await?;
        counts.deployments += undo.deployments.len() as u64;
        let rows = batch.commits.iter().map(|it| CommitRow::new(it, tracker)).collect();
        undo.commits = self.save_facts(tracker, rows, &mut touched).await?;
        counts.commits += undo.commits.len() as u64;

        self.insert_undo(batch.run, &undo).await?;
        self.append_report(batch.run, &batch.report, &batch.findings).await?;
        let mut import = was.clone();
        import.position = batch.to;
        import.updated_at = batch.event.at;
        import.counts = sum(import.counts, counts);
        self.update_import_state(&was, &import).await?;
        let units: BTreeSet<UnitId> = touched.into_iter().map(UnitId).collect();
        let mut event = batch.event.clone();
        event.units =
            units.iter().chain(&event.units).copied().collect::<BTreeSet<_>>().into_iter().collect();
        // Last of all: from here to the commit nobody else can tell of anything.
        let seq = self.insert_event(&event).await?;
        Ok(Saved { seq, import, units })
    }

    async fn save_items(
        &mut self,
        batch: &Batch,
        undo: &mut Undo,
        touched: &mut BTreeSet<Uuid>,
        counts: &mut Counts,
    ) -> Result<(), Error> {
        let keys: Vec<String> = batch.items.iter().map(|imported| imported.item.key.clone()).collect();
        let known = self.digests(batch.tracker, &keys).await?;
        let mut added: Vec<ItemRow> = Vec::with_capacity(batch.items.len());
        let mut replacing: Vec<ItemRow> = Vec::new();
        let mut extents: BTreeMap<Uuid, i64> = BTreeMap::new();
        let mut seen = HashSet::with_capacity(batch.items.len());
        // From the end, so that the later of two with one key is met first.
        for imported in batch.items.iter().rev() {
            if !seen.insert(imported.item.key.as_str()) {
                continue;
            }
            let mut row = ItemRow::new(&imported.item, &imported.digest, imported.assignee.as_ref());
            match known.get(&row.key) {
                Some(there) if there.digest == imported.digest && there.unit.0 == row.unit_id => {
                    counts.unchanged += 1;
                }
                Some(there) => {
                    counts.updated += 1;
                    row.id = there.id.0;
                    touched.insert(row.unit_id);
                    if there.unit.0 != row.unit_id {
                        *extents.entry(there.unit.0).or_default() -= 1;
                        *extents.entry(row.unit_id).or_default() += 1;
                        touched.insert(there.unit.0);
                    }
                    replacing.push(row);
                }
                None => {
                    counts.added += 1;
                    undo.added_items.entry(row.unit_id).or_default().push(row.id);
                    *extents.entry(row.unit_id).or_default() += 1;
                    touched.insert(row.unit_id);
                    added.push(row);
                }
            }
        }
        added.reverse();
        let replaced: Vec<Uuid> = replacing.iter().map(|row| row.id).collect();
        undo.replaced_items = self.item_rows(&replaced).await?;
        self.insert_item_rows(&added).await?;
        self.upsert_item_rows(&replacing).await?;
        self.add_to_extents(&extents).await
    }
}

impl Reader {
    /// How many of these iterations, deployments and commits of a tracker are new or differ from what is stored.
    pub async fn changed_deliveries(
        &mut self,
        tracker: TrackerId,
        iterations: &[Iteration],
        deployments: &[Deployment],
        commits: &[Commit],
    ) -> Result<(u64, u64, u64), Error> {
        let rows = iterations.iter().map(|it| IterationRow::new(it, tracker)).collect();
        let iterations = self.differing(tracker, rows).await?.len();
        let rows = deployments.iter().map(|it| DeploymentRow::new(it, tracker)).collect();
        let deployments = self.differing(tracker, rows).await?.len();
        let rows = commits.iter().map(|it| CommitRow::new(it, tracker)).collect();
        let commits = self.differing(tracker, rows).await?.len();
        Ok((iterations as u64, deployments as u64, commits as u64))
    }
}

fn sum(a: Counts, b: Counts) -> Counts {
    Counts {
        read: a.read + b.read,
        added: a.added + b.added,
        updated: a.updated + b.updated,
        unchanged: a.unchanged + b.unchanged,
        skipped: a.skipped + b.skipped,
        failed: a.failed + b.failed,
        warned: a.warned + b.warned,
        changes: a.changes + b.changes,
        state_changes: a.state_changes + b.state_changes,
        never_started: a.never_started + b.never_started,
        iterations: a.iterations + b.iterations,
        deployments: a.deployments + b.deployments,
        commits: a.commits + b.commits,
    }
}
