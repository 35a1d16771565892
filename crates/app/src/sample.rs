//! The sample organisation, loaded the way every history comes in: as imports.
//!
//! What it consists of comes from outside ([`SampleSource`]): the application knows no particular sample.

use std::sync::Arc;

use headway_domain::{
    id::{ImportId, UnitId},
    organisation::Unit,
    time::Day,
    work::{ImportState, Location, Mapping, Record, Row, Step, Workflow},
};

use crate::{
    App, Error, OpContext, Permission, Result,
    governance::audit::{self, Act},
    jobs::{self, JobKind},
    live,
    work::import,
};

/// Where the sample organisation comes from.
pub trait SampleSource: Send + Sync {
    /// Its units, parents before children.
    fn units(&self, today: Day) -> Vec<Unit>;
    /// The workflows of its teams.
    fn workflows(&self, today: Day) -> Vec<(UnitId, Workflow)>;
    /// Its trackers: name and mapping.
    fn trackers(&self, today: Day) -> Vec<(String, Mapping)>;
    /// What the tracker with this name holds.
    fn records(&self, today: Day, tracker: &str) -> Box<dyn Iterator<Item = Record> + Send>;
}

/// Where loading the sample stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SampleState {
    /// Not asked for.
    Absent,
    /// Being loaded; from 0 to 1.
    Loading(f64),
    /// There.
    Loaded,
}

const SETTING: &str = "sample";
const LOADED: &str = "loaded";

/// Where loading the sample stands.
pub async fn state(ctx: &OpContext, app: &App) -> Result<SampleState> {
    ctx.authorise_anybody()?;
    let mut reader = app.db.read().await?;
    match reader.setting(SETTING).await?.as_deref() {
        None => return Ok(SampleState::Absent),
        Some(LOADED) => return Ok(SampleState::Loaded),
        Some(_) => {}
    }
    let (mut position, mut total) = (0, 0);
    for import in reader.imports(None, None, 20).await? {
        let rows = import.total.unwrap_or_default();
        total += rows;
        position += if import.state == ImportState::Approved { rows } else { import.position };
    }
    Ok(SampleState::Loading(if total == 0 { 0.0 } else { position as f64 / total as f64 }))
}

/// Asks for the sample organisation. Asking again changes nothing.
pub async fn request(ctx: &OpContext, app: &App) -> Result<SampleState> {
    ctx.authorise(Permission::Import)?;
    let mut tx = app.db.begin().await?;
    if tx.setting(SETTING).await?.is_none() {
        // The sample has keys and trackers of its own; beside real work it would only confuse.
        if !tx.units().await?.is_empty() {
            return Err(Error::Conflict(
                "the sample organisation is for an empty installation; this one has units".to_owned(),
            ));
        }
        let source = source(app)?;
        let today = headway_domain::time::Zone::utc().day_of(ctx.now());
        let units = source.units(today);
        for unit in &units {
            tx.insert_unit(unit).await?;
        }
        for (unit, workflow) in source.workflows(today) {
            tx.insert_workflow(unit, &workflow).await?;
        }
        let ids: Vec<UnitId> = units.iter().map(|unit| unit.id).collect();
        live::units_changed(ctx, &mut tx, &ids).await?;
        tx.upsert_setting(SETTING, &today.to_string()).await?;
        jobs::enqueue(ctx, &mut tx, JobKind::LoadSample, "").await?;
        tx.insert_event(&told(ctx, "loading", 0.0)).await?;
        audit::commit(ctx, tx, Act::new("sample.loaded", "installation", "")).await?;
        app.units.forget();
    }
    state(ctx, app).await
}

fn source(app: &App) -> Result<Arc<dyn SampleSource>> {
    app.sample.clone().ok_or_else(|| Error::internal("there is no sample organisation in this program"))
}

fn told(ctx: &OpContext, state: &str, progress: f64) -> headway_store::NewEvent {
    live::event(ctx, live::SAMPLE, &[], serde_json::json!({ "state": state, "progress": progress }))
}

/// The job: begins or goes on.
pub(crate) async fn load(ctx: &OpContext, app: &App) -> Result<()> {
    ctx.authorise(Permission::RunJobs)?;
    let setting = app.db.read().await?.setting(SETTING).await?.unwrap_or_default();
    // The day it was asked for, so that going on tomorrow continues the same sample.
    let Ok(today) = setting.parse::<Day>() else { return Ok(()) };
    let source = source(app)?;

    let units = source.units(today);
    let top = units.first().ok_or_else(|| Error::internal("the sample organisation has no units"))?;
    for (name, mapping) in source.trackers(today) {
        let id = begin(ctx, app, top.id, &name).await?;
        bring_in(ctx, app, id, &mapping, || {
            let records = source.records(today, &name);
            let rows = records.zip(1..).map(|(record, line)| Row {
                location: Location { file: "sample".to_owned(), line },
                record: Ok(record),
                oddities: Vec::new(),
            });
            Box::new(rows)
        })
        .await?;
    }
    let mut tx = app.db.begin().await?;
    tx.upsert_setting(SETTING, LOADED).await?;
    tx.insert_event(&told(ctx, LOADED, 1.0)).await?;
    Ok(tx.commit().await?)
}

/// The import of a tracker: the one that an interrupted job left, or a new one.
async fn begin(ctx: &OpContext, app: &App, unit: UnitId, tracker: &str) -> Result<ImportId> {
    let mut tx = app.db.begin().await?;
    let tracker = import::tracker_named(ctx, &mut tx, tracker).await?;
    let left = tx.imports(None, None, 20).await?.into_iter().find(|import| import.tracker == tracker.id);
    if let Some(import) = left {
        tx.commit().await?;
        return Ok(import.id);
    }
    let id = ImportId(ctx.new_id());
    tx.insert_import(&import::new_run(ctx, id, tracker.id, unit)?).await?;
    tx.commit().await?;
    Ok(id)
}

/// Takes an import through all its steps, from wherever it stands.
async fn bring_in(
    ctx: &OpContext,
    app: &App,
    id: ImportId,
    mapping: &Mapping,
    rows: impl Fn() -> import::Rows,
) -> Result<()> {
    loop {
        let state = app.db.read().await?.import(id).await?.ok_or(Error::NotFound("import"))?.state;
        match state {
            ImportState::Checking => import::check_rows(ctx, app, id, rows(), mapping.clone()).await?,
            ImportState::Mapping => import::advance(ctx, app, id, Step::DryRun).await?,
            ImportState::DryRunning => import::dry_run(ctx, app, id).await?,
            ImportState::Ready => import::advance(ctx, app, id, Step::Start).await?,
            ImportState::Running => import::run(ctx, app, id).await?,
            ImportState::Review => import::advance(ctx, app, id, Step::Approve).await?,
            // Somebody took it into their own hands.
            _ => return Ok(()),
        }
    }
}
