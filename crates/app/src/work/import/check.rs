//! The check: recognises files, reads them once into the spool, counts what they hold, proposes a mapping.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use headway_domain::{
    id::ImportId,
    organisation::{Unit, UnitKind},
    time::Instant,
    work::{
        Category, Census, Disposition, ImportState, Location, Mapping, Oddity, Problem, Record, Row, Step,
    },
};
use headway_store::{Finding, ImportRun, ReportEntry};
use headway_trackers::{Source, Unreadable, read, recognise};
use tokio::sync::mpsc;

use super::{
    files::{self, FileReport, Options},
    later, load,
    report::Reporter,
    spool,
};
use crate::{
    App, Error, OpContext, Permission, Result,
    jobs::{self, JobKind},
    live, organisation,
};

/// How often progress is told, in rows.
const PROGRESS_EVERY: u64 = 5_000;

/// How many imports back a mapping of the same tracker is looked for.
const IMPORTS_LOOKED_AT: u32 = 200;

/// What the reading thread says while it reads.
pub(super) enum News {
    /// Entries of the report.
    Found(Vec<ReportEntry>, BTreeMap<Finding, u64>),
    /// So many rows have been read.
    Rows(u64),
}

/// Takes the news.
pub(super) type Tell<'a> = &'a mut dyn FnMut(News) -> Result<()>;

/// What reading came to.
pub(super) struct Outcome {
    pub(super) files: Vec<FileReport>,
    pub(super) census: Census,
    pub(super) entries: u64,
    pub(super) is_readable: bool,
    /// Whether any row could not be read.
    pub(super) has_unreadable: bool,
}

/// Rows from anywhere.
pub(crate) type Rows = Box<dyn Iterator<Item = Row> + Send>;

/// The job.
pub(crate) async fn check(ctx: &OpContext, app: &App, id: ImportId) -> Result<()> {
    let Some(run) = ready(ctx, app, id).await? else { return Ok(()) };
    let options = Options::from_value(&run.options)?.located(&app.config.data);
    let unit = app.db.read().await?.unit(run.import.unit).await?;
    let outcome = read_rows(ctx, app, id, move |reading, tell| {
        let (reports, sources) = recognise_all(&options)?;
        let outcome = reading.read_sources(reports, sources, tell)?;
        if outcome.has_unreadable || outcome.files.iter().any(|file| file.format.is_none()) {
            options.read_through()?;
        }
        Ok(outcome)
    })
    .await?;
    let earlier = match &run.mapping {
        Some(mapping) => Some(mapping.clone()),
        None => mapping_before(app, &run).await?,
    };
    let mapping = outcome.is_readable.then(|| {
        let proposed = propose(&outcome.census, unit.as_ref());
        match &earlier {
            Some(earlier) => proposed.carrying_over(earlier),
            None => proposed,
        }
    });
    settle(ctx, app, id, mapping, outcome).await
}

/// The mapping of the last import of the same tracker into the same unit that was stored.
async fn mapping_before(app: &App, run: &ImportRun) -> Result<Option<Mapping>> {
    let mut reader = app.db.read().await?;
    let is_stored = |state| matches!(state, ImportState::Review | ImportState::Approved);
    let last = reader.imports(None, None, IMPORTS_LOOKED_AT).await?.into_iter().find(|import| {
        import.tracker == run.import.tracker && import.unit == run.import.unit && is_stored(import.state)
    });
    let Some(last) = last else { return Ok(None) };
    Ok(reader.import_run(last.id).await?.and_then(|run| run.mapping))
}

/// The same for rows that do not come from files, whose mapping is known.
pub(crate) async fn check_rows(
    ctx: &OpContext,
    app: &App,
    id: ImportId,
    rows: Rows,
    mapping: Mapping,
) -> Result<()> {
    if ready(ctx, app, id).await?.is_none() {
        return Ok(());
    }
    let outcome =
        read_rows(ctx, app, id, move |reading, tell| reading.read(Vec::new(), rows, &[], tell)).await?;
    settle(ctx, app, id, Some(mapping), outcome).await
}

/// The import, if it is still to be checked; its report is emptied.
async fn ready(ctx: &OpContext, app: &App, id: ImportId) -> Result<Option<ImportRun>> {
    ctx.authorise(Permission::RunJobs)?;
    let mut tx = app.db.begin().await?;
    let run = load(&mut tx, id).await?;
    if run.import.state != ImportState::Checking {
        return Ok(None);
    }
    tx.delete_report(id).await?;
    tx.commit().await?;
    Ok(Some(run))
}

/// Reads on a thread of its own and stores what it says meanwhile.
async fn read_rows(
    ctx: &OpContext,
    app: &App,
    id: ImportId,
    read: impl FnOnce(Reading, Tell<'_>) -> Result<Outcome> + Send + 'static,
) -> Result<Outcome> {
    // A thread that was given up may still be writing: every attempt has a folder of its own.
    remove_attempts(&files::folder_for(app, id)).await?;
    let folder = files::folder_for(app, id).join(format!("{ATTEMPT}{}", ctx.new_id()));
    tokio::fs::create_dir_all(&folder).await?;
    let keep_names = organisation::settings(ctx, app).await?.keep_names;
    let reading = Reading { folder: folder.clone(), keep_names, now: ctx.now() };
    let (sender, mut news) = mpsc::channel(4);
    let reading = tokio::task::spawn_blocking(move || {
        let gone = |_| Error::internal("the check was given up");
        read(reading, &mut |news| sender.blocking_send(news).map_err(gone))
    });
    while let Some(news) = news.recv().await {
        tell(ctx, app, id, news).await?;
    }
    let outcome = reading.await.map_err(Error::internal)??;
    if outcome.is_readable {
        tokio::fs::rename(folder.join("spool"), files::spool_of(app, id)).await?;
    }
    tokio::fs::remove_dir_all(&folder).await?;
    Ok(outcome)
}

/// The beginning of the names of folders in which an attempt to read writes.
const ATTEMPT: &str = "reading-";

/// Removes what attempts before have left.
async fn remove_attempts(folder: &Path) -> Result<()> {
    let Ok(mut entries) = tokio::fs::read_dir(folder).await else { return Ok(()) };
    while let Some(entry) = entries.next_entry().await? {
        if entry.file_name().to_string_lossy().starts_with(ATTEMPT) {
            tokio::fs::remove_dir_all(entry.path()).await?;
        }
    }
    Ok(())
}

async fn tell(ctx: &OpContext, app: &App, id: ImportId, news: News) -> Result<()> {
    let mut tx = app.db.begin().await?;
    match news {
        News::Found(entries, counts) => tx.append_report(id, &entries, &counts).await?,
        News::Rows(rows) => {
            let was = load(&mut tx, id).await?.import;
            if was.state != ImportState::Checking {
                return Err(Error::Conflict("the check was given up".to_owned()));
            }
            let mut import = was.clone();
            import.position = rows;
            import.updated_at = later(ctx, &was);
            tx.update_import_state(&was, &import).await?;
            tx.insert_event(&live::import_moved(ctx, &import)).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Stores what was found: a proposed mapping, or the reason why nothing can be imported.
async fn settle(
    ctx: &OpContext,
    app: &App,
    id: ImportId,
    mapping: Option<Mapping>,
    outcome: Outcome,
) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let mut run = load(&mut tx, id).await?;
    let was = run.import.clone();
    if was.state != ImportState::Checking {
        return Ok(());
    }
    run.import.position = 0;
    run.import.updated_at = later(ctx, &was);
    let found = mapping.is_some() && outcome.entries > 0;
    if !found && run.mapping.is_some() {
        // It was readable before a person corrected how it is written: the correction was wrong, not the file.
        let mut options = Options::from_value(&run.options)?;
        options.dialects.clear();
        run.options = options.to_value()?;
        run.import.trouble = Some(
            "read like this, the files hold nothing; what was detected at first is used again".to_owned(),
        );
        tx.update_import(&was, &run).await?;
        jobs::enqueue(ctx, &mut tx, JobKind::CheckImport, &id.to_string()).await?;
        tx.insert_event(&live::import_moved(ctx, &run.import)).await?;
        return Ok(tx.commit().await?);
    }
    run.files = files::to_value(&outcome.files)?;
    if let Some(mapping) = mapping.filter(|_| outcome.entries > 0) {
        run.import.state = was.state.after(Step::Checked)?;
        run.import.total = Some(outcome.entries);
        run.import.trouble = None;
        run.mapping = Some(mapping);
        run.census = Some(outcome.census);
    } else {
        run.import.state = was.state.after(Step::Abandon)?;
        let reason = outcome.files.iter().find_map(|file| file.reason.clone());
        let reason = reason.unwrap_or_else(|| "the files hold nothing to import".to_owned());
        // A reason may quote the file, and not every text of a file is one for a database.
        run.import.trouble = Some(reason.replace('\0', "\u{fffd}"));
    }
    tx.update_import(&was, &run).await?;
    tx.insert_event(&live::import_moved(ctx, &run.import)).await?;
    tx.commit().await?;
    if run.import.state.is_over() {
        files::discard(app, id).await;
    }
    Ok(())
}

/// A source that could be recognised and can't be read any more, as the one row that says so.
fn unreadable_source(source: &Source, error: &Unreadable) -> Row {
    Row {
        location: Location { file: source.input.name.clone(), line: 0 },
        record: Err(Problem { key: None, reason: error.reason.clone() }),
        oddities: Vec::new(),
    }
}

/// The proposed mapping. When the import was made for one team, everything goes to it.
fn propose(census: &Census, unit: Option<&Unit>) -> Mapping {
    let mut mapping = Mapping::propose(census);
    match unit {
        Some(unit) if unit.kind == UnitKind::Team => {
            for rule in &mut mapping.groups {
                rule.to = Disposition::Team(unit.id);
            }
        }
        _ => {}
    }
    mapping
}

/// Reads into a spool in `folder`.
pub(super) struct Reading {
    pub(super) folder: PathBuf,
    pub(super) keep_names: bool,
    pub(super) now: Instant,
}

impl Reading {
    pub(super) fn read_sources(
        self,
        reports: Vec<FileReport>,
        sources: Vec<Source>,
        tell: Tell<'_>,
    ) -> Result<Outcome> {
        if sources.is_empty() {
            let census = Census::default();
            let (is_readable, has_unreadable) = (false, false);
            return Ok(Outcome { files: reports, census, entries: 0, is_readable, has_unreadable });
        }
        let hints: Vec<_> = sources.iter().flat_map(|source| source.recognised.hints.clone()).collect();
        // One file is open at a time, however many there are.
        let rows = sources.into_iter().flat_map(|source| match read(&source) {
            Ok(rows) => rows,
            Err(error) => Box::new(std::iter::once(unreadable_source(&source, &error))),
        });
        self.read(reports, Box::new(rows), &hints, tell)
    }

    fn read(
        self,
        files: Vec<FileReport>,
        rows: Rows,
        hints: &[(String, Category)],
        tell: Tell<'_>,
    ) -> Result<Outcome> {
        let census = Census::default();
        let (is_readable, has_unreadable) = (true, false);
        let mut outcome = Outcome { files, census, entries: 0, is_readable, has_unreadable };
        let mut reporter = Reporter::default();
        let mut writer = spool::Writer::new(&self.folder);
        for (row, number) in rows.zip(1..) {
            self.take(row, &mut writer, &mut reporter)?;
            if number % PROGRESS_EVERY == 0 {
                tell(News::Rows(number))?;
                flush(tell, &mut reporter, false)?;
            }
        }
        let census = &mut outcome.census;
        outcome.entries = writer.finish(&self.folder.join("spool"), |mut entry| {
            let kept = self.look_at(&mut entry, census, &mut reporter);
            flush(tell, &mut reporter, false).map_err(io::Error::other)?;
            Ok(kept.then_some(entry))
        })?;
        for (state, category) in hints {
            if census.states.contains_key(state) {
                census.hint(state, *category);
            }
        }
        outcome.has_unreadable = reporter.has_unreadable();
        flush(tell, &mut reporter, true)?;
        Ok(outcome)
    }

    fn take(&self, row: Row, writer: &mut spool::Writer, reporter: &mut Reporter) -> Result<()> {
        let mut oddities = row.oddities;
        match row.record {
            Ok(mut record) => {
                if let Record::Item(item) = &mut record
                    && !self.keep_names
                    && item.assignee.take().is_some()
                {
                    oddities.push(Oddity::NamesDropped);
                }
                for oddity in oddities {
                    reporter.odd(oddity, &row.location, Some(name_of(&record)));
                }
                writer.push(&row.location, &record)?;
            }
            Err(problem) => reporter.unreadable(&row.location, &problem),
        }
        Ok(())
    }

    /// Looks at a whole entry: puts its history in order and counts it. `false` when it cannot be used.
    fn look_at(&self, entry: &mut spool::Entry, census: &mut Census, reporter: &mut Reporter) -> bool {
        if entry.is_repeated {
            reporter.odd(Oddity::RepeatedItem, &entry.location, Some(name_of(&entry.record)));
        }
        let group = match &mut entry.record {
            Record::Item(item) => {
                let whole = std::mem::take(item.as_mut());
                let is_orphan = whole.created_at.is_none() && whole.title.is_none() && whole.state.is_none();
                return match whole.assemble(self.now) {
                    Ok((whole, mut oddities)) => {
                        if is_orphan {
                            oddities.push(Oddity::OrphanChange);
                        }
                        for oddity in oddities {
                            reporter.odd(oddity, &entry.location, Some(&whole.key));
                        }
                        census.add(&whole);
                        **item = whole;
                        true
                    }
                    Err(problem) => {
                        reporter.unreadable(&entry.location, &problem);
                        false
                    }
                };
            }
            Record::Iteration(it) => {
                census.iterations += 1;
                &it.group
            }
            Record::Deployment(it) => {
                census.deployments += 1;
                &it.group
            }
            Record::Commit(it) => {
                census.commits += 1;
                &it.group
            }
        };
        // A repository without items still belongs to a team.
        if census.groups.len() < Census::MOST_LABELS {
            census.groups.entry(group.clone().unwrap_or_default()).or_insert(0);
        }
        true
    }
}

pub(super) fn recognise_all(options: &Options) -> Result<(Vec<FileReport>, Vec<Source>)> {
    let mut reports = Vec::new();
    let mut sources = Vec::new();
    for (ix, upload) in options.uploads.iter().enumerate() {
        let Some(input) = options.input(ix) else { continue };
        match recognise(&input) {
            Ok(contents) => {
                for mut source in contents.sources {
                    if let Some(choice) = options.correction(ix, source.recognised.format) {
                        source.recognised.dialect = choice.to_dialect()?;
                    }
                    reports.push(FileReport::readable(ix, upload.bytes, &source));
                    sources.push(source);
                }
                for left_out in contents.left_out {
                    let name = format!("{}: {}", upload.name, left_out.member);
                    reports.push(FileReport::unreadable(ix, upload.bytes, name, left_out.reason));
                }
            }
            Err(error) => {
                let name = upload.name.clone();
                reports.push(FileReport::unreadable(ix, upload.bytes, name, error.to_string()));
            }
        }
    }
    Ok((reports, sources))
}

fn flush(tell: Tell<'_>, reporter: &mut Reporter, is_last: bool) -> Result<()> {
    match reporter.take(is_last) {
        Some((entries, counts)) => tell(News::Found(entries, counts)),
        None => Ok(()),
    }
}

fn name_of(record: &Record) -> &str {
    match record {
        Record::Item(item) => item.label.as_deref().unwrap_or(&item.key),
        Record::Iteration(it) => &it.name,
        Record::Deployment(it) => &it.key,
        Record::Commit(it) => &it.key,
    }
}

/// For reporting a row that the reader refused.
pub(super) fn unreadable(location: &Location, problem: &Problem) -> ReportEntry {
    ReportEntry {
        finding: Finding::Unreadable,
        location: Some(location.clone()),
        key: problem.key.clone(),
        text: problem.reason.clone(),
    }
}
