//! Imports: from files that somebody chose to work items, in steps that can be looked at and taken back.
//!
//! What a person does stands here; what jobs do stands in [`check`], [`run`] and [`roll_back`].

mod check;
mod files;
mod gather;
pub mod mapping_text;
mod neutral;
mod plan;
mod report;
mod run;
mod spool;

use headway_domain::{
    id::{ImportId, TrackerId, UnitId},
    organisation::{Unit, UnitTree},
    time::Instant,
    work::{Census, Counts, Disposition, Import, ImportState, Mapping, Step},
};
pub use headway_store::{Finding, ReportEntry, ReportFilter};
use headway_store::{ImportRun, Reader, Tracker, Tx};
use serde_json::json;

pub(crate) use check::{Rows, check, check_rows};
pub use files::{DialectChoice, FileReport, Upload, discard, folder_for, format_code, new_upload_id};
pub(crate) use files::{sweep, unfinished_files};
pub use gather::{Gathered, Sorted, TeamHistory, gather};
pub use plan::{clean_up_days, each_oddity};
pub use report::{Meaning, Quality, meaning, quality, report};
pub(crate) use run::{dry_run, roll_back, run};

use crate::{
    App, Error, OpContext, Permission, Result,
    governance::audit::{self, Act},
    jobs::{self, JobKind},
    live,
    organisation::{self, find_unit, known_tree},
};

/// What somebody wants to import.
#[derive(Clone, Debug)]
pub struct NewImport {
    /// The id that the files were uploaded under.
    pub id: ImportId,
    /// The key of the unit: a team that gets everything, or a unit under which teams are created.
    pub unit: String,
    /// The tracker's name; from the first file's name when missing. Items of one tracker are recognised again.
    pub tracker: Option<String>,
    /// The files.
    pub files: Vec<Upload>,
}

/// An import with what a page shows beside it.
#[derive(Clone, Debug)]
pub struct ImportView {
    /// The import.
    pub import: Import,
    /// The name of its tracker.
    pub tracker: String,
    /// The unit it was made for; `None` when it has been deleted.
    pub unit: Option<Unit>,
    /// Its files.
    pub files: Vec<FileReport>,
}

/// A mapping with what the data shows beside it.
#[derive(Clone, Debug)]
pub struct MappingView {
    /// The mapping.
    pub mapping: Mapping,
    /// What the check counted.
    pub census: Census,
    /// All units, to name teams.
    pub units: UnitTree,
}

/// Asks for an import: the files are checked next.
pub async fn create_import(ctx: &OpContext, app: &App, new: NewImport) -> Result<ImportView> {
    ctx.authorise_somewhere(Permission::Import)?;
    if new.files.is_empty() {
        return Err(Error::invalid("files", "choose at least one file"));
    }
    let mut tx = app.db.begin().await?;
    let tree = organisation::tree(&mut tx).await?;
    let unit = match find_unit(ctx, Permission::Import, &tree, &new.unit) {
        Err(Error::NotFound(_)) => {
            return Err(Error::invalid("unit", format!("there is no unit with the key {:?}", new.unit)));
        }
        found => found?,
    };
    let name = new.tracker.filter(|name| !name.trim().is_empty());
    let name = name.unwrap_or_else(|| files::tracker_name(&new.files[0].name));
    let tracker = tracker_named(ctx, &mut tx, &name).await?;
    // An import changes what earlier ones of its tracker brought, wherever that is.
    for other in tx.import_units(tracker.id).await? {
        if !ctx.may_at(Permission::Import, &tree, other) {
            return Err(Error::invalid(
                "tracker",
                "a tracker of this name belongs to units where you may not import; choose another name",
            ));
        }
    }
    let run = ImportRun {
        options: files::Options::new(new.files).within(&app.config.data).to_value()?,
        ..new_run(ctx, new.id, tracker.id, unit.id)?
    };
    tx.insert_import(&run).await?;
    jobs::enqueue(ctx, &mut tx, JobKind::CheckImport, &new.id.to_string()).await?;
    tx.insert_event(&live::import_moved(ctx, &run.import)).await?;
    let act = Act::new("import.created", "import", new.id).at(unit.id);
    audit::commit(ctx, tx, act.with(json!({ "tracker_id": tracker.id.to_string() }))).await?;
    view(&mut app.db.read().await?, run).await
}

/// An import that has just been asked for.
pub(crate) fn new_run(ctx: &OpContext, id: ImportId, tracker: TrackerId, unit: UnitId) -> Result<ImportRun> {
    let now = ctx.now();
    let import = Import {
        id,
        tracker,
        unit,
        state: ImportState::Checking,
        created_at: now,
        updated_at: now,
        counts: Counts::default(),
        forecast: None,
        position: 0,
        total: None,
        trouble: None,
    };
    Ok(ImportRun {
        import,
        mapping: None,
        census: None,
        files: files::to_value(&[])?,
        options: files::Options::new(Vec::new()).to_value()?,
    })
}

pub(crate) async fn tracker_named(ctx: &OpContext, tx: &mut Tx, name: &str) -> Result<Tracker> {
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(120).collect();
    if let Some(tracker) = tx.tracker_by_name(&name).await? {
        return Ok(tracker);
    }
    let tracker = Tracker { id: TrackerId(ctx.new_id()), name, created_at: ctx.now() };
    tx.insert_tracker(&tracker).await?;
    Ok(tracker)
}

/// One import.
pub async fn import(ctx: &OpContext, app: &App, id: ImportId) -> Result<ImportView> {
    let mut reader = app.db.read().await?;
    let run = authorised(ctx, app, &mut reader, Permission::Read, id).await?;
    view(&mut reader, run).await
}

/// Imports, newest first, behind the one with the id `after`.
pub async fn imports(
    ctx: &OpContext,
    app: &App,
    after: Option<ImportId>,
    limit: u32,
) -> Result<Vec<ImportView>> {
    ctx.authorise_anybody()?;
    let tree = known_tree(app).await?;
    let mut reader = app.db.read().await?;
    let before = match after {
        Some(id) => {
            let last = authorised(ctx, app, &mut reader, Permission::Read, id).await?;
            Some((last.import.created_at, id))
        }
        None => None,
    };
    let units = ctx.seen(&tree);
    let mut views = Vec::new();
    for import in reader.imports(units.as_deref(), before, limit).await? {
        let run = load(&mut reader, import.id).await?;
        views.push(view(&mut reader, run).await?);
    }
    Ok(views)
}

async fn view(reader: &mut Reader, run: ImportRun) -> Result<ImportView> {
    let tracker = reader.tracker(run.import.tracker).await?;
    Ok(ImportView {
        tracker: tracker.map(|tracker| tracker.name).unwrap_or_default(),
        unit: reader.unit(run.import.unit).await?,
        files: files::from_value(&run.files)?,
        import: run.import,
    })
}

/// The import, where the caller may do this to its unit. One that they may not see is not there.
pub(super) async fn authorised(
    ctx: &OpContext,
    app: &App,
    reader: &mut Reader,
    permission: Permission,
    id: ImportId,
) -> Result<ImportRun> {
    ctx.authorise_anybody()?;
    let run = load(reader, id).await?;
    let tree = known_tree(app).await?;
    match ctx.authorise_at(permission, &tree, run.import.unit) {
        Err(Error::NotFound(_)) => Err(Error::NotFound("import")),
        answer => answer.map(|()| run),
    }
}

/// A mapping may send items to any team, also to one where the caller may not import.
fn refuse_foreign_teams(ctx: &OpContext, tree: &UnitTree, run: &ImportRun) -> Result<()> {
    for rule in run.mapping.iter().flat_map(|mapping| &mapping.groups) {
        if let Disposition::Team(team) = rule.to
            && !ctx.may_at(Permission::Import, tree, team)
        {
            let group = &rule.group;
            let why =
                format!("{group:?} goes to a team where you may not import; send it elsewhere or skip it");
            return Err(Error::invalid("mapping", why));
        }
    }
    Ok(())
}

/// What the audit log calls a step.
fn taken(step: Step) -> &'static str {
    match step {
        Step::DryRun => "import.dry_run",
        Step::Start => "import.started",
        Step::Pause => "import.paused",
        Step::Resume => "import.resumed",
        Step::Approve => "import.approved",
        Step::RollBack => "import.rolled_back",
        Step::Abandon => "import.abandoned",
        _ => "import.moved",
    }
}

async fn load(reader: &mut Reader, id: ImportId) -> Result<ImportRun> {
    reader.import_run(id).await?.ok_or(Error::NotFound("import"))
}

/// What a person can do with an import now.
pub fn possible_steps(import: &Import) -> Vec<Step> {
    let steps = [
        Step::Remap,
        Step::DryRun,
        Step::Start,
        Step::Pause,
        Step::Resume,
        Step::Approve,
        Step::RollBack,
        Step::Abandon,
    ];
    steps.into_iter().filter(|step| import.state.after(*step).is_ok()).collect()
}

/// Takes a step that a person may take: dry run, start, pause, resume, approve, roll back, abandon.
pub async fn take_step(ctx: &OpContext, app: &App, id: ImportId, step: Step) -> Result<ImportView> {
    // First of all, so that nobody waits for the queue of writers to hear no.
    authorised(ctx, app, &mut app.db.read().await?, Permission::Import, id).await?;
    let mut tries = 0;
    loop {
        tries += 1;
        match step_once(ctx, app, id, step).await {
            // A job moves the import on all the time; what the person asked for is meant all the same.
            Err(Error::Stale) if tries < MOST_TRIES => {}
            taken => return taken,
        }
    }
}

/// How often a step is tried when a job is faster.
const MOST_TRIES: u32 = 20;

async fn step_once(ctx: &OpContext, app: &App, id: ImportId, step: Step) -> Result<ImportView> {
    let mut tx = app.db.begin().await?;
    let run = move_on(ctx, &mut tx, id, step).await?;
    if matches!(step, Step::DryRun | Step::Start | Step::Resume) {
        let tree = organisation::tree(&mut tx).await?;
        refuse_foreign_teams(ctx, &tree, &run)?;
    }
    let job = match step {
        Step::DryRun => Some(JobKind::DryRunImport),
        Step::Start | Step::Resume => Some(JobKind::RunImport),
        Step::RollBack => Some(JobKind::RollBackImport),
        _ => None,
    };
    if let Some(job) = job {
        jobs::enqueue(ctx, &mut tx, job, &id.to_string()).await?;
    }
    let act = Act::new(taken(step), "import", id).at(run.import.unit);
    audit::commit(ctx, tx, act).await?;
    if run.import.state.is_over() {
        discard(app, id).await;
    }
    view(&mut app.db.read().await?, run).await
}

/// Takes a step on behalf of a job that goes on with the import itself.
pub(crate) async fn advance(ctx: &OpContext, app: &App, id: ImportId, step: Step) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let run = move_on(ctx, &mut tx, id, step).await?;
    tx.commit().await?;
    if run.import.state.is_over() {
        discard(app, id).await;
    }
    Ok(())
}

async fn move_on(ctx: &OpContext, tx: &mut Tx, id: ImportId, step: Step) -> Result<ImportRun> {
    if matches!(step, Step::Start | Step::Resume | Step::RollBack) {
        // One at a time: what these steps ask about other imports of the tracker must stay true until the commit.
        let tracker = load(tx, id).await?.import.tracker;
        tx.lock_tracker(tracker).await?;
    }
    let mut run = load(tx, id).await?;
    let was = run.import.clone();
    run.import.state = was.state.after(step)?;
    run.import.updated_at = later(ctx, &was);
    run.import.trouble = None;
    match step {
        Step::DryRun => {
            refuse_gaps(&run)?;
            run.import.forecast = None;
        }
        Step::Start => {
            refuse_beside_another(tx, &was).await?;
            refuse_if_outdated(tx, &was).await?;
        }
        Step::Resume => refuse_beside_another(tx, &was).await?,
        Step::RollBack => refuse_if_built_upon(tx, &was).await?,
        Step::Approve => tx.delete_undo(id).await?,
        _ => {}
    }
    tx.update_import(&was, &run).await?;
    tx.insert_event(&live::import_moved(ctx, &run.import)).await?;
    Ok(run)
}

/// The instant of a change: later than the one before, since changes are told apart by it.
fn later(ctx: &OpContext, was: &Import) -> Instant {
    ctx.now().max(Instant(was.updated_at.0 + 1))
}

fn refuse_gaps(run: &ImportRun) -> Result<()> {
    let gaps = run.mapping.as_ref().map(Mapping::gaps).unwrap_or_default();
    match gaps.into_iter().next() {
        Some(gap) => Err(gap.into()),
        None => Ok(()),
    }
}

async fn refuse_if_built_upon(tx: &mut Tx, import: &Import) -> Result<()> {
    // One that found everything as it was stands on nothing; one that is under way may still change something.
    let stands_on = |later: &Import| {
        !matches!(later.state, ImportState::Approved | ImportState::Review) || later.counts.has_stored()
    };
    if !tx.imports_after(import).await?.iter().any(stands_on) {
        return Ok(());
    }
    Err(Error::Conflict(
        "a later import of the same tracker has stored something; roll that one back first".to_owned(),
    ))
}

/// Two imports that store at the same time could not be taken back exactly.
async fn refuse_beside_another(tx: &mut Tx, import: &Import) -> Result<()> {
    if tx.imports_under_way(import.tracker).await?.iter().all(|other| other.id == import.id) {
        return Ok(());
    }
    Err(Error::Conflict(
        "another import of the same tracker is being stored or rolled back; finish that one first".to_owned(),
    ))
}

/// Imports of a tracker are stored in the order in which they were asked for: they are taken back in the reverse
/// one, and an older export must not overwrite a newer.
async fn refuse_if_outdated(tx: &mut Tx, import: &Import) -> Result<()> {
    if tx.imports_after(import).await?.is_empty() {
        return Ok(());
    }
    Err(Error::Conflict(
        "a later import of the same tracker is stored already; abandon this one and import its files again"
            .to_owned(),
    ))
}

/// Notes why a job of an import failed. When it is not tried again, the import stops where a person can go on.
pub(crate) async fn obstruct(
    ctx: &OpContext,
    tx: &mut Tx,
    id: ImportId,
    why: &Error,
    is_last: bool,
) -> Result<()> {
    let Some(was) = tx.import(id).await?.filter(|import| import.state.is_working()) else { return Ok(()) };
    let mut import = Import { updated_at: later(ctx, &was), trouble: Some(why.to_string()), ..was.clone() };
    if is_last {
        import.state = was.state.after(Step::Obstructed)?;
    }
    tx.update_import_state(&was, &import).await?;
    tx.insert_event(&live::import_moved(ctx, &import)).await?;
    Ok(())
}

/// The mapping of an import and what the data shows.
pub async fn mapping(ctx: &OpContext, app: &App, id: ImportId) -> Result<MappingView> {
    let mut reader = app.db.read().await?;
    let run = authorised(ctx, app, &mut reader, Permission::Read, id).await?;
    mapping_view(ctx, &mut reader, run).await
}

async fn mapping_view(ctx: &OpContext, reader: &mut Reader, run: ImportRun) -> Result<MappingView> {
    let is_over = run.import.state.is_over();
    let not_yet = || {
        let why = if is_over {
            "this import was given up before a mapping was proposed"
        } else {
            "the files are still being checked; the mapping is proposed after that"
        };
        Error::Conflict(why.to_owned())
    };
    Ok(MappingView {
        mapping: run.mapping.ok_or_else(not_yet)?,
        census: run.census.ok_or_else(not_yet)?,
        units: organisation::seen_tree(ctx, organisation::tree(reader).await?),
    })
}

/// More stages than any process has.
pub(crate) const MOST_STAGES: usize = 500;

/// Changes the mapping of an import. It may have gaps; a dry run may not.
pub async fn change_mapping(
    ctx: &OpContext,
    app: &App,
    id: ImportId,
    mapping: Mapping,
) -> Result<MappingView> {
    authorised(ctx, app, &mut app.db.read().await?, Permission::Import, id).await?;
    let mut tx = app.db.begin().await?;
    if mapping.stages.len() > MOST_STAGES {
        return Err(Error::invalid("stages", format!("a mapping has at most {MOST_STAGES} stages")));
    }
    let mut run = load(&mut tx, id).await?;
    let was = run.import.clone();
    run.import.state = was.state.after(Step::Remap)?;
    run.import.updated_at = later(ctx, &was);
    run.import.forecast = None;
    run.mapping = Some(mapping);
    let tree = organisation::tree(&mut tx).await?;
    refuse_foreign_teams(ctx, &tree, &run)?;
    tx.update_import(&was, &run).await?;
    tx.insert_event(&live::import_moved(ctx, &run.import)).await?;
    audit::commit(ctx, tx, Act::new("import.remapped", "import", id).at(run.import.unit)).await?;
    mapping_view(ctx, &mut app.db.read().await?, run).await
}

/// Corrects how files are written (in their order; `None` keeps what was detected), and checks them again.
pub async fn change_dialects(
    ctx: &OpContext,
    app: &App,
    id: ImportId,
    dialects: Vec<Option<DialectChoice>>,
) -> Result<ImportView> {
    authorised(ctx, app, &mut app.db.read().await?, Permission::Import, id).await?;
    let mut tx = app.db.begin().await?;
    let mut run = load(&mut tx, id).await?;
    let was = run.import.clone();
    let mut options = files::Options::from_value(&run.options)?;
    options.choose(&files::from_value(&run.files)?, dialects);
    run.options = options.to_value()?;
    run.import.state = was.state.after(Step::Reread)?;
    run.import.updated_at = later(ctx, &was);
    run.import.forecast = None;
    tx.update_import(&was, &run).await?;
    jobs::enqueue(ctx, &mut tx, JobKind::CheckImport, &id.to_string()).await?;
    tx.insert_event(&live::import_moved(ctx, &run.import)).await?;
    audit::commit(ctx, tx, Act::new("import.reread", "import", id).at(run.import.unit)).await?;
    view(&mut app.db.read().await?, run).await
}
