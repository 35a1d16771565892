//! Dry run, run and roll-back: the spool, batch by batch.

use headway_domain::{
    id::ImportId,
    work::{Census, Counts, HistoryExtent, Import, ImportState, Oddity, Step},
};
use headway_store::{Batch, Finding, ImportRun};

use super::{
    discard, files, later, load,
    plan::{Plan, Portion},
    report::Reporter,
    spool::{Entry, Reader as SpoolReader},
};
use crate::{App, Error, OpContext, Permission, Result, live, organisation};

/// Entries in a batch: large enough for the database to be fast, small enough to pause at once.
const BATCH: usize = 2_000;

/// Bytes of the spool in a batch: items with long histories come in smaller batches.
const BATCH_BYTES: usize = 16 << 20;

/// Findings that depend on the mapping: each dry run finds them anew.
const MAPPED_FINDINGS: [Finding; 9] = [
    Finding::Odd(Oddity::NeverStarted),
    Finding::Odd(Oddity::Reopened),
    Finding::Odd(Oddity::MovedBack),
    Finding::Odd(Oddity::CreatedInProgress),
    Finding::Odd(Oddity::UnmappedState),
    Finding::Odd(Oddity::BulkClosed),
    Finding::Odd(Oddity::ChangedTeam),
    Finding::Odd(Oddity::NewTeam),
    Finding::Odd(Oddity::ManyTeams),
];

/// An import creates no more teams than this: a mapping lists no more groups, so nobody could have looked at them. A
/// column of free text that was taken for the team makes tens of thousands.
const MOST_NEW_TEAMS: usize = Census::MOST_LABELS;

/// From here on a dry run warns of the teams that would be created: an organisation that has more brings them in
/// several imports, or knows it.
const MANY_NEW_TEAMS: usize = 100;

/// The spool as batches of entries, read on a thread where waiting for the disk does no harm.
struct Batches {
    reader: Option<SpoolReader>,
}

impl Batches {
    async fn open(app: &App, id: ImportId, skip: u64) -> Result<Self> {
        let path = files::spool_of(app, id);
        let reader = tokio::task::spawn_blocking(move || SpoolReader::open(&path, skip)).await;
        Ok(Batches { reader: Some(reader.map_err(Error::internal)??) })
    }

    async fn next(&mut self) -> Result<Vec<(Entry, Vec<u8>)>> {
        let Some(mut reader) = self.reader.take() else { return Ok(Vec::new()) };
        let read = tokio::task::spawn_blocking(move || {
            let mut entries = Vec::with_capacity(BATCH);
            let mut bytes = 0;
            while entries.len() < BATCH && bytes < BATCH_BYTES {
                let Some(entry) = reader.next_entry()? else { break };
                bytes += entry.1.len();
                entries.push(entry);
            }
            Ok::<_, std::io::Error>((reader, entries))
        });
        let (reader, entries) = read.await.map_err(Error::internal)??;
        self.reader = Some(reader);
        Ok(entries)
    }
}

/// The dry run: compares everything with what is stored, and stores nothing but what it found.
pub(crate) async fn dry_run(ctx: &OpContext, app: &App, id: ImportId) -> Result<()> {
    ctx.authorise(Permission::RunJobs)?;
    let mut reader = app.db.read().await?;
    let run = load(&mut reader, id).await?;
    if run.import.state != ImportState::DryRunning {
        return Ok(());
    }
    let tracker = run.import.tracker;
    let mut plan = Plan::new(&mut reader, run).await?;
    let mut tx = app.db.begin().await?;
    tx.delete_findings(id, &MAPPED_FINDINGS).await?;
    tx.commit().await?;

    let mut batches = Batches::open(app, id, 0).await?;
    let mut reporter = Reporter::default();
    let mut counts = Counts::default();
    let mut position = 0;
    loop {
        let entries = batches.next().await?;
        if entries.is_empty() {
            break;
        }
        position += entries.len() as u64;
        let portion = plan.portion(ctx, entries, &mut reporter)?;
        refuse_too_many_teams(&plan)?;
        let keys: Vec<String> = portion.items.iter().map(|imported| imported.item.key.clone()).collect();
        let known = reader.digests(tracker, &keys).await?;
        for imported in &portion.items {
            match known.get(&imported.item.key) {
                None => counts.added += 1,
                Some(there) if there.digest == imported.digest && there.unit == imported.item.unit => {
                    counts.unchanged += 1;
                }
                Some(there) => {
                    counts.updated += 1;
                    let unit = imported.item.unit;
                    if there.unit != unit {
                        let (from, to) = (plan.name_of(there.unit), plan.name_of(unit));
                        let text = || {
                            format!(
                                "It belongs to {from} so far and moves to {to}. If the files come from another \
                                 tracker, import them under a tracker name of their own."
                            )
                        };
                        reporter.note(Oddity::ChangedTeam, Some(&imported.item.label), text);
                    }
                }
            }
        }
        let changed =
            reader.changed_deliveries(tracker, &portion.iterations, &portion.deployments, &portion.commits);
        let (iterations, deployments, commits) = changed.await?;
        counts.iterations += iterations;
        counts.deployments += deployments;
        counts.commits += commits;
        add_read(&mut counts, portion.counts);
        tell(ctx, app, id, position, &mut reporter).await?;
    }
    note_whole(&plan, &mut reporter);
    settle_dry_run(ctx, app, id, counts, &mut reporter).await
}

fn refuse_too_many_teams(plan: &Plan) -> Result<()> {
    if plan.new_teams().len() <= MOST_NEW_TEAMS {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "this import would create more than {MOST_NEW_TEAMS} teams; choose in the mapping which groups become teams, \
         or import for one team"
    )))
}

/// What only shows when everything has been looked at.
fn note_whole(plan: &Plan, reporter: &mut Reporter) {
    for (team, day, count) in plan.clean_ups() {
        reporter.note(Oddity::BulkClosed, None, || {
            format!(
                "{team} closed {count} items on {day}, as in a clean-up; they count, and a forecast may look too good."
            )
        });
    }
    let mut teams = plan.new_teams().to_vec();
    teams.sort();
    for team in &teams {
        reporter.note(Oddity::NewTeam, None, || format!("The import creates the team {team}."));
    }
    if teams.len() > MANY_NEW_TEAMS {
        reporter.note(Oddity::ManyTeams, None, || {
            format!(
                "The import creates {} teams, {} and others; see in the mapping whether all of them are teams.",
                teams.len(),
                teams[..3].join(", ")
            )
        });
    }
}

fn add_read(sum: &mut Counts, portion: Counts) {
    sum.read += portion.read;
    sum.skipped += portion.skipped;
    sum.changes += portion.changes;
    sum.state_changes += portion.state_changes;
    sum.never_started += portion.never_started;
}

async fn tell(
    ctx: &OpContext,
    app: &App,
    id: ImportId,
    position: u64,
    reporter: &mut Reporter,
) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let was = load(&mut tx, id).await?.import;
    if was.state != ImportState::DryRunning {
        return Err(Error::Conflict("the dry run was given up".to_owned()));
    }
    let import = Import { position, updated_at: later(ctx, &was), ..was.clone() };
    tx.update_import_state(&was, &import).await?;
    if let Some((entries, findings)) = reporter.take(false) {
        tx.append_report(id, &entries, &findings).await?;
    }
    tx.insert_event(&live::import_moved(ctx, &import)).await?;
    Ok(tx.commit().await?)
}

async fn settle_dry_run(
    ctx: &OpContext,
    app: &App,
    id: ImportId,
    mut counts: Counts,
    reporter: &mut Reporter,
) -> Result<()> {
    let mut tx = app.db.begin().await?;
    if let Some((entries, findings)) = reporter.take(true) {
        tx.append_report(id, &entries, &findings).await?;
    }
    for (finding, count) in tx.oddities(id).await? {
        match finding.severity() {
            headway_domain::work::Severity::Error => counts.failed += count,
            headway_domain::work::Severity::Warning => counts.warned += count,
            headway_domain::work::Severity::Note => {}
        }
    }
    let mut run = load(&mut tx, id).await?;
    let was = run.import.clone();
    run.import.state = was.state.after(Step::DryRunDone)?;
    run.import.position = 0;
    run.import.forecast = Some(counts);
    run.import.trouble = None;
    run.import.updated_at = later(ctx, &was);
    tx.update_import_state(&was, &run.import).await?;
    tx.insert_event(&live::import_moved(ctx, &run.import)).await?;
    Ok(tx.commit().await?)
}

/// The run: stores batch after batch, each all or nothing, from the position it had reached.
pub(crate) async fn run(ctx: &OpContext, app: &App, id: ImportId) -> Result<()> {
    ctx.authorise(Permission::RunJobs)?;
    loop {
        let mut reader = app.db.read().await?;
        let run = load(&mut reader, id).await?;
        if run.import.state != ImportState::Running {
            return Ok(());
        }
        let plan = Plan::new(&mut reader, run.clone()).await?;
        drop(reader);
        match store_from(ctx, app, &run, plan).await {
            // Paused by a person, or another runner was faster: the import itself says which, and from where to go on.
            Err(Error::Stale) => {}
            Err(error) => return Err(error),
            Ok(()) => return settle_run(ctx, app, id).await,
        }
    }
}

/// Stores everything behind the position that a run had reached.
async fn store_from(ctx: &OpContext, app: &App, run: &ImportRun, mut plan: Plan) -> Result<()> {
    let mut position = run.import.position;
    let mut batches = Batches::open(app, run.import.id, position).await?;
    let keep_names = organisation::settings(ctx, app).await?.keep_names;
    loop {
        let entries = batches.next().await?;
        if entries.is_empty() {
            return Ok(());
        }
        let to = position + entries.len() as u64;
        // What the dry run has reported is not reported again.
        let portion = plan.portion(ctx, entries, &mut Reporter::default())?;
        store(ctx, app, run, keep_names, portion, (position, to)).await?;
        position = to;
    }
}

async fn store(
    ctx: &OpContext,
    app: &App,
    run: &ImportRun,
    keep_names: bool,
    portion: Portion,
    (from, to): (u64, u64),
) -> Result<(), headway_store::Error> {
    let mut counts = portion.counts;
    if from == 0 {
        let checked = run.import.forecast.unwrap_or_default();
        counts.failed = checked.failed;
        counts.warned = checked.warned;
    }
    let import = &run.import;
    let mut items = portion.items;
    if !keep_names {
        // The files may have been read while names were still kept.
        for imported in &mut items {
            imported.assignee = None;
        }
    }
    let batch = Batch {
        run: import.id,
        tracker: import.tracker,
        from,
        to,
        units: portion.units,
        workflows: portion.workflows,
        items: with_older_changes(app, import, items).await?,
        iterations: portion.iterations,
        deployments: portion.deployments,
        commits: portion.commits,
        counts,
        findings: std::collections::BTreeMap::new(),
        report: Vec::new(),
        event: live::event(ctx, live::ITEMS, &[], serde_json::json!({})),
    };
    let mut tx = app.db.begin().await?;
    let saved = tx.save_batch(&batch).await?;
    if !batch.units.is_empty() {
        let units: Vec<_> = batch.units.iter().map(|unit| unit.id).collect();
        tx.insert_event(&live::event(ctx, live::UNITS, &units, serde_json::json!({}))).await?;
    }
    tx.insert_event(&live::import_moved(ctx, &saved.import)).await?;
    tx.commit().await?;
    crate::telemetry::items_stored(batch.items.len());
    app.extents.forget();
    if !batch.units.is_empty() {
        app.units.forget();
    }
    Ok(())
}

/// An export that holds only the newest changes, or none, must not take the older ones away that an earlier one
/// brought.
async fn with_older_changes(
    app: &App,
    import: &Import,
    mut items: Vec<headway_store::ImportedItem>,
) -> Result<Vec<headway_store::ImportedItem>, headway_store::Error> {
    let is_partial = |it: &headway_store::ImportedItem| it.item.extent != HistoryExtent::Complete;
    let keys: Vec<String> = items.iter().filter(|it| is_partial(it)).map(|it| it.item.key.clone()).collect();
    if keys.is_empty() {
        return Ok(items);
    }
    let mut reader = app.db.read().await?;
    let known = reader.digests(import.tracker, &keys).await?;
    for imported in items.iter_mut().filter(|it| is_partial(it)) {
        let is_same = |there: &&headway_store::KnownItem| {
            there.digest == imported.digest && there.unit == imported.item.unit
        };
        let Some(there) = known.get(&imported.item.key).filter(|there| !is_same(there)) else { continue };
        let Some(stored) = reader.work_item(there.id).await? else { continue };
        let first = imported.item.changes.first().map(|change| change.at);
        let older =
            stored.item.changes.into_iter().filter(|change| first.is_none_or(|first| change.at < first));
        imported.item.changes = older.chain(std::mem::take(&mut imported.item.changes)).collect();
        imported.item.created_at = imported.item.created_at.min(stored.item.created_at);
        if stored.item.extent != HistoryExtent::None {
            imported.item.extent = HistoryExtent::Partial;
        }
    }
    Ok(items)
}

async fn settle_run(ctx: &OpContext, app: &App, id: ImportId) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let was = load(&mut tx, id).await?.import;
    if was.state != ImportState::Running {
        return Ok(());
    }
    let state = was.state.after(Step::Stored)?;
    let import = Import { state, updated_at: later(ctx, &was), trouble: None, ..was.clone() };
    tx.update_import_state(&was, &import).await?;
    tx.insert_event(&live::import_moved(ctx, &import)).await?;
    Ok(tx.commit().await?)
}

/// The roll-back: undoes batch after batch, the last one first.
pub(crate) async fn roll_back(ctx: &OpContext, app: &App, id: ImportId) -> Result<()> {
    ctx.authorise(Permission::RunJobs)?;
    loop {
        let mut tx = app.db.begin().await?;
        let was = load(&mut tx, id).await?.import;
        if was.state != ImportState::RollingBack {
            return Ok(());
        }
        let event = live::event(ctx, live::ITEMS, &[], serde_json::json!({}));
        let restored = tx.roll_back_batch(&was, &event).await.map_err(|error| match error {
            headway_store::Error::Referenced => Error::Conflict(
                "a team that this import created holds other work now; move that first, then roll back again"
                    .to_owned(),
            ),
            other => other.into(),
        });
        let restored = match restored {
            Ok(restored) => restored,
            Err(Error::Conflict(trouble)) => {
                tx.roll_back().await?;
                return stop_roll_back(ctx, app, id, trouble).await;
            }
            Err(error) => return Err(error),
        };
        let is_done = restored.seq.is_none() || restored.left == 0;
        let mut import = Import { updated_at: later(ctx, &was), ..was.clone() };
        if is_done {
            import.state = was.state.after(Step::TakenBack)?;
            import.position = 0;
            import.trouble = None;
        }
        tx.update_import_state(&was, &import).await?;
        tx.insert_event(&live::event(ctx, live::UNITS, &[], serde_json::json!({}))).await?;
        tx.insert_event(&live::import_moved(ctx, &import)).await?;
        tx.commit().await?;
        app.units.forget();
        app.extents.forget();
        if is_done {
            discard(app, id).await;
            return Ok(());
        }
    }
}

/// The roll-back can't go on until a person has made way for it: back to review, with the reason.
async fn stop_roll_back(ctx: &OpContext, app: &App, id: ImportId, trouble: String) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let was = load(&mut tx, id).await?.import;
    let import = Import {
        state: was.state.after(Step::Obstructed)?,
        updated_at: later(ctx, &was),
        trouble: Some(trouble),
        ..was.clone()
    };
    tx.update_import_state(&was, &import).await?;
    tx.insert_event(&live::import_moved(ctx, &import)).await?;
    Ok(tx.commit().await?)
}
