//! `headway import`: work histories from files into the database, all steps of an import in one command.

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use headway_app::{
    Actor, App, OpContext, jobs,
    organisation::{self, NewUnit, UnitPatch},
    work::import::{self, FileReport, Finding, ImportView, MappingView, NewImport, Upload, mapping_text},
};
use headway_domain::{
    id::ImportId,
    organisation::{Unit, UnitKind},
    work::{Category, Counts, Disposition, ImportState, Mapping, Oddity, Step},
};

use crate::{
    config::{Config, Flags},
    edge::context,
    open::{DataOptions, open},
    terminal::{counted, number, say, wrapped},
};

/// What to import, and where to.
#[derive(Args)]
pub struct Options {
    /// Exports of a tracker (plain, gzipped or in an archive), or the folder of a git repository.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The key or the name of the unit: a team that gets everything, or a unit under which teams are created. One that
    /// doesn't exist is created.
    #[arg(long, value_name = "KEY-OR-NAME")]
    unit: String,
    /// The tracker that the files come from; items of one tracker are recognised again. Taken from the first file's
    /// name when missing.
    #[arg(long, value_name = "NAME")]
    tracker: Option<String>,
    /// A mapping that was saved, instead of the proposed one.
    #[arg(long, value_name = "FILE.toml")]
    mapping: Option<PathBuf>,
    /// Saves the mapping, to be edited and used again.
    #[arg(long, value_name = "FILE.toml")]
    save_mapping: Option<PathBuf>,
    /// Only says what would change, and stores nothing.
    #[arg(long)]
    dry_run: bool,
    /// Leaves the import to be approved or rolled back by a person.
    #[arg(long)]
    review: bool,
    #[command(flatten)]
    data: DataOptions,
}

impl Options {
    /// What was said on the command line.
    pub fn flags(&self) -> Flags {
        self.data.flags()
    }
}

/// Imports.
pub async fn import(options: Options, config: &Config) -> Result<()> {
    let files = uploads(&options.files)?;
    let mapping = options.mapping.as_deref().map(read_text).transpose()?;
    let app = open(config).await?;
    let command = Command { owner: context(Actor::Operator), system: context(Actor::System), app };
    let done = command.run(&options, files, mapping.as_deref()).await;
    command.app.db.close().await;
    done
}

/// The files where they lie: nothing is copied.
fn uploads(files: &[PathBuf]) -> Result<Vec<Upload>> {
    let upload = |path: &PathBuf| {
        let found =
            std::fs::canonicalize(path).with_context(|| format!("failed to open {}", path.display()))?;
        let bytes = std::fs::metadata(&found).map(|it| if it.is_dir() { 0 } else { it.len() })?;
        let name = found
            .file_name()
            .map_or_else(|| path.display().to_string(), |it| it.to_string_lossy().into_owned());
        Ok(Upload { name, path: found, bytes })
    };
    files.iter().map(upload).collect()
}

fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("failed to read the mapping {}", path.display()))
}

/// The unit of an import, and whether this command created it.
struct Target {
    unit: Unit,
    is_new: bool,
}

struct Command {
    owner: OpContext,
    system: OpContext,
    app: App,
}

impl Command {
    async fn run(&self, options: &Options, files: Vec<Upload>, mapping: Option<&str>) -> Result<()> {
        let target = self.target(&options.unit).await?;
        let new = NewImport {
            id: import::new_upload_id(&self.owner)?,
            unit: target.unit.key.clone(),
            tracker: options.tracker.clone(),
            files,
        };
        let id = new.id;
        let asked = import::create_import(&self.owner, &self.app, new).await;
        let done = match asked {
            Ok(_) => self.all_steps(options, id, &target, mapping).await,
            Err(error) => Err(error.into()),
        };
        if done.is_err() {
            self.give_up(id, &target).await;
        }
        done
    }

    /// The unit of this key or name, created when there is none. It stays a portfolio until the files say how many
    /// teams there are.
    async fn target(&self, wanted: &str) -> Result<Target> {
        let tree = organisation::units(&self.owner, &self.app).await?;
        let known = tree.units().iter().find(|unit| unit.key == wanted);
        let mut alike = tree.units().iter().filter(|unit| unit.name.to_lowercase() == wanted.to_lowercase());
        if let Some(unit) = known.or_else(|| alike.next()) {
            if known.is_none() && alike.next().is_some() {
                bail!(
                    "several units are named {wanted:?}; name one by its key, which is in the address of its page"
                );
            }
            return Ok(Target { unit: unit.clone(), is_new: false });
        }
        let new = NewUnit { name: wanted.to_owned(), kind: UnitKind::Portfolio, parent: None };
        let unit = organisation::create_unit(&self.owner, &self.app, new).await?;
        Ok(Target { unit, is_new: true })
    }

    async fn all_steps(
        &self,
        options: &Options,
        id: ImportId,
        target: &Target,
        mapping: Option<&str>,
    ) -> Result<()> {
        let checked = self.until_idle(id, "reading").await?;
        print_files(&checked.files);
        if checked.import.state == ImportState::Abandoned {
            let reason =
                checked.import.trouble.unwrap_or_else(|| "the files hold nothing to import".to_owned());
            bail!("failed to import: {reason}");
        }
        if checked.import.state != ImportState::Mapping {
            bail!("somebody else took this import over; it is {} now", checked.import.state.code());
        }
        let view = self.mapped(id, target, mapping).await?;
        print_mapping(&view);
        if let Some(path) = &options.save_mapping {
            let text = mapping_text::write(&to_be_kept(&view.mapping, target), &view.units)?;
            std::fs::write(path, text)
                .with_context(|| format!("failed to save the mapping {}", path.display()))?;
            say(format_args!("\nSaved the mapping as {}", path.display()));
        }
        self.step(id, Step::DryRun).await?;
        let ready = self.until_idle(id, "comparing").await?;
        let counts = ready.import.forecast.unwrap_or_default();
        print_counts(if options.dry_run { "It would come to" } else { "Read" }, &counts);
        self.print_findings(id).await?;
        if options.dry_run {
            self.give_up(id, target).await;
            say("\nDry run: nothing was stored");
            return Ok(());
        }
        self.step(id, Step::Start).await?;
        let stored = self.until_idle(id, "storing").await?;
        if stored.import.state != ImportState::Review {
            bail!("somebody else took this import over; it is {} now", stored.import.state.code());
        }
        print_stored(&stored.import.counts);
        if options.review {
            say(format_args!("To be approved or rolled back on the page /imports/{id}"));
        } else {
            self.step(id, Step::Approve).await?;
        }
        Ok(())
    }

    /// The mapping of the import: the one that was given, or the proposed one.
    async fn mapped(&self, id: ImportId, target: &Target, text: Option<&str>) -> Result<MappingView> {
        let view = import::mapping(&self.owner, &self.app, id).await?;
        let mut mapping = match text {
            Some(text) => mapping_text::read(text, &view.units)?,
            None => view.mapping.clone(),
        };
        if target.is_new {
            let is_team = view.census.groups.len() <= 1;
            if is_team {
                let patch = UnitPatch { kind: Some(UnitKind::Team), ..UnitPatch::default() };
                organisation::update_unit(&self.owner, &self.app, &target.unit.key, patch).await?;
                for rule in mapping.groups.iter_mut().filter(|it| matches!(it.to, Disposition::NewTeam(_))) {
                    rule.to = Disposition::Team(target.unit.id);
                }
            }
            let kind = if is_team { "team" } else { "portfolio" };
            say(format_args!("\nCreated the {kind} {:?} (key {})", target.unit.name, target.unit.key));
        }
        if mapping == view.mapping {
            return Ok(view);
        }
        Ok(import::change_mapping(&self.owner, &self.app, id, mapping).await?)
    }

    async fn step(&self, id: ImportId, step: Step) -> Result<ImportView> {
        Ok(import::take_step(&self.owner, &self.app, id, step).await?)
    }

    /// Runs jobs until the import waits for a person. A job that a running server took is waited for.
    async fn until_idle(&self, id: ImportId, what: &str) -> Result<ImportView> {
        /// Without any progress for so long, nobody works on it.
        const PATIENCE: Duration = Duration::from_secs(90);
        const PAUSE: Duration = Duration::from_millis(250);
        let mut shown = Progress::default();
        let mut quiet = Duration::ZERO;
        let mut last = None;
        loop {
            let work = jobs::run_until_idle(&self.system, &self.app);
            tokio::pin!(work);
            loop {
                tokio::select! {
                    done = &mut work => break done?,
                    () = tokio::time::sleep(PAUSE) => shown.show(what, &self.view(id).await?),
                }
            }
            let view = self.view(id).await?;
            if !view.import.state.is_working() {
                shown.end();
                return Ok(view);
            }
            quiet = if last == Some(view.import.updated_at) { quiet + PAUSE } else { Duration::ZERO };
            last = Some(view.import.updated_at);
            if quiet > PATIENCE {
                shown.end();
                bail!("failed to go on with the import {id}: nobody works on it; the log says why");
            }
            shown.show(what, &view);
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn view(&self, id: ImportId) -> Result<ImportView> {
        Ok(import::import(&self.owner, &self.app, id).await?)
    }

    async fn print_findings(&self, id: ImportId) -> Result<()> {
        /// How many kinds are shown.
        const MOST: usize = 8;
        let mut quality = import::quality(&self.owner, &self.app, id).await?;
        // Named with the mapping already.
        quality.findings.retain(|(finding, _)| *finding != Finding::Odd(Oddity::NewTeam));
        if quality.findings.is_empty() {
            say("\nNothing odd was found.");
            return Ok(());
        }
        say("\nOdd, and how it is handled:");
        for (finding, count) in quality.findings.iter().take(MOST) {
            let line = format!("{:>9}  {}", number(*count), import::meaning(*finding).text);
            say(wrapped(&line, 11));
        }
        if quality.findings.len() > MOST {
            say(format_args!(
                "           … and {} more kinds, on the page of the import",
                quality.findings.len() - MOST
            ));
        }
        Ok(())
    }

    /// Leaves nothing behind of an import that did not come to its end.
    async fn give_up(&self, id: ImportId, target: &Target) {
        // It may be over already, or stored in part: then it stays as it is, to be looked at.
        let _ = import::take_step(&self.owner, &self.app, id, Step::Abandon).await;
        if target.is_new {
            // Fails when anything belongs to it.
            let _ = organisation::delete_unit(&self.owner, &self.app, &target.unit.key).await;
        }
    }
}

/// A mapping as it is kept: a team that this command has created is named as one to create, since it goes again when
/// nothing is stored. Where it is there, a new team of its name is that team.
fn to_be_kept(mapping: &Mapping, target: &Target) -> Mapping {
    let mut mapping = mapping.clone();
    for rule in mapping.groups.iter_mut().filter(|_| target.is_new) {
        if rule.to == Disposition::Team(target.unit.id) {
            rule.to = Disposition::NewTeam(target.unit.name.clone());
        }
    }
    mapping
}

/// A line that says how far it is, on a terminal only.
#[derive(Default)]
struct Progress {
    is_shown: bool,
}

impl Progress {
    fn show(&mut self, what: &str, view: &ImportView) {
        let mut out = std::io::stderr();
        if !out.is_terminal() || view.import.position == 0 {
            return;
        }
        let of = view.import.total.filter(|total| *total > 0);
        let part = of.map(|total| format!(" ({} %)", view.import.position * 100 / total)).unwrap_or_default();
        let _ = write!(out, "\r{what}: {}{part}   ", number(view.import.position));
        let _ = out.flush();
        self.is_shown = true;
    }

    fn end(&self) {
        if self.is_shown {
            let _ = write!(std::io::stderr(), "\r{:40}\r", "");
        }
    }
}

/// Members of an archive that hold nothing are told up to here.
const MOST_LEFT_OUT: usize = 5;

fn print_files(files: &[FileReport]) {
    let (readable, left_out): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.format.is_some());
    for file in readable {
        let format = file.format.as_deref().unwrap_or_default().replace('_', " ");
        say(format_args!("{}: {format}", file.name));
        if let Some(dialect) = &file.dialect {
            let mut parts = vec![dialect.encoding.clone()];
            match dialect.delimiter {
                Some(b'\t') => parts.push("cells between tabs".to_owned()),
                Some(delimiter) => parts.push(format!("cells between {:?}", char::from(delimiter))),
                None => {}
            }
            let doubt = if dialect.date_order_is_certain { "" } else { " (a guess: no date tells)" };
            parts.push(format!("dates {}{doubt}", dialect.date_order.replace('_', " ")));
            parts.push(format!("zone {}", dialect.zone));
            say(wrapped(&format!("  written as {}", parts.join(", ")), 4));
        }
        for sentence in &file.can {
            say(wrapped(&format!("  + {sentence}"), 4));
        }
        for sentence in &file.cannot {
            say(wrapped(&format!("  - {sentence}"), 4));
        }
    }
    for file in left_out.iter().take(MOST_LEFT_OUT) {
        let reason = file.reason.as_deref().unwrap_or("nothing to import");
        say(wrapped(&format!("{}: left out, {reason}", file.name), 4));
    }
    if left_out.len() > MOST_LEFT_OUT {
        say(format_args!("… and {} more files without anything to import", left_out.len() - MOST_LEFT_OUT));
    }
}

fn print_mapping(view: &MappingView) {
    let mapping = &view.mapping;
    say("\nStages, in the order of the process:");
    for stage in &mapping.stages {
        let states =
            mapping.states.iter().filter(|rule| rule.stage == stage.name).map(|rule| shown(&rule.state));
        let line = format!(
            "  {:<9}  {}: {}",
            category_name(stage.category),
            stage.name,
            states.collect::<Vec<_>>().join(", ")
        );
        say(wrapped(&line, 13));
    }
    let unmapped: Vec<_> =
        mapping.states.iter().filter(|rule| rule.stage.is_empty()).map(|rule| shown(&rule.state)).collect();
    if !unmapped.is_empty() {
        say(wrapped(&format!("  unmapped   {}", unmapped.join(", ")), 13));
    }
    say(wrapped(&format!("Teams: {}", teams(mapping, view)), 2));
}

fn shown(state: &str) -> &str {
    if state.is_empty() { "(no state)" } else { state }
}

fn category_name(category: Category) -> &'static str {
    match category {
        Category::Todo => "to do",
        Category::Active => "active",
        Category::Waiting => "waiting",
        Category::Done => "done",
        Category::Cancelled => "cancelled",
    }
}

fn teams(mapping: &Mapping, view: &MappingView) -> String {
    /// How many are named.
    const MOST: usize = 12;
    let mut names: Vec<String> = Vec::new();
    for rule in &mapping.groups {
        let name = match &rule.to {
            Disposition::Team(id) => view.units.get(*id).map(|unit| unit.name.clone()).unwrap_or_default(),
            Disposition::NewTeam(name) => name.clone(),
            Disposition::Skip => continue,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(MOST);
    names.truncate(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", names.join(", "))
}

fn print_counts(what: &str, counts: &Counts) {
    say(format_args!(
        "\n{what}: {}, {} ({} of state), {} never started",
        counted(counts.read, "item", "items"),
        counted(counts.changes, "change", "changes"),
        number(counts.state_changes),
        number(counts.never_started),
    ));
    let others: Vec<String> = [
        (counts.iterations, "iteration", "iterations"),
        (counts.deployments, "deployment", "deployments"),
        (counts.commits, "commit", "commits"),
    ]
    .into_iter()
    .filter(|(n, ..)| *n > 0)
    .map(|(n, one, many)| counted(n, one, many))
    .collect();
    if !others.is_empty() {
        say(format_args!("  new or changed: {}", others.join(", ")));
    }
    say(format_args!(
        "  items: {} to add, {} to update, {} unchanged, {} left out; {} unreadable",
        number(counts.added),
        number(counts.updated),
        number(counts.unchanged),
        number(counts.skipped),
        counted(counts.failed, "row", "rows"),
    ));
}

fn print_stored(counts: &Counts) {
    say(format_args!(
        "\n{} added, {} updated, {} unchanged",
        number(counts.added),
        number(counts.updated),
        number(counts.unchanged)
    ));
}
