//! `headway analyze`: figures, a forecast and charts of work histories, without a database.

mod charts;
mod columns;
mod forecast;
mod quick;
mod report;
mod table;
mod tally;

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use headway_app::{
    Actor, OpContext,
    insight::{Scope, Team, TeamFacts},
    work::import::{self, FileReport, Finding, Sorted, Upload, mapping_text},
};
use headway_domain::{
    id::UnitId,
    organisation::{Unit, UnitKind, UnitTree},
    time::{Day, Zone},
    work::{DayCount, Disposition, FinishPolicy, Mapping, StartPolicy, Workflow},
};
use headway_flow::{
    history::{Blocker, History},
    item::derive,
    parity::{Reading, Tool},
    percentile::Summary,
    period::Window,
};
use headway_trackers::{Format, Input, Recognised, Source, change_table, recognise};

use self::{
    charts::{Drawing, PictureFormat, Theme},
    forecast::Question,
    report::{Asked, Basis, CountsText, Parity, Report},
    tally::{Days, Tally},
};
use crate::edge::context;

/// What to look at, and how to count.
#[derive(Args)]
pub struct Options {
    /// Exports of a tracker (plain, gzipped or in an archive), or the folder of a git repository.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A table for people, or JSON with the same figures under stable names.
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,
    /// The first day of the window; the first day of the data when missing.
    #[arg(long, value_name = "DAY")]
    from: Option<Day>,
    /// The last day of the window; today when missing.
    #[arg(long, value_name = "DAY")]
    to: Option<Day>,
    /// The day that counts as today. When missing: today, or the last day of data that ended long ago.
    #[arg(long, value_name = "DAY")]
    today: Option<Day>,
    /// A mapping that was saved, instead of the proposed one.
    #[arg(long, value_name = "FILE.toml")]
    mapping: Option<PathBuf>,
    /// Which crossing into work starts the clock.
    #[arg(long, value_enum, default_value_t)]
    start: Start,
    /// Which crossing into done stops it.
    #[arg(long, value_enum, default_value_t)]
    finish: Finish,
    /// Which days durations count.
    #[arg(long, value_enum, default_value_t)]
    days: CountedDays,
    /// The zone in which a day begins and ends, such as Europe/Zurich.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Shows what another tool would show beside it.
    #[arg(long, value_name = "TOOL", value_parser = tool)]
    parity: Option<Tool>,
    /// How many items by the end of this day? 30 days ahead when missing.
    #[arg(long, value_name = "DAY")]
    until: Option<Day>,
    /// When are so many items done? Those in progress when missing.
    #[arg(long, value_name = "N")]
    items: Option<u32>,
    /// The same seed gives the same forecast.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u32,
    /// Draws charts into this folder.
    #[arg(long, value_name = "DIR")]
    charts: Option<PathBuf>,
    /// How charts are written.
    #[arg(long, value_enum, default_value_t, requires = "charts")]
    chart_format: PictureFormat,
    /// The colours of charts.
    #[arg(long, value_enum, default_value_t, requires = "charts")]
    theme: Theme,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum ReportFormat {
    #[default]
    Table,
    Json,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Start {
    /// The last one before the finish; a reopening doesn't restart it.
    #[default]
    Last,
    /// The first one ever.
    First,
    /// A move back wipes the dates of every later stage.
    Wipe,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Finish {
    /// The last one, and only while the item is done.
    #[default]
    Last,
    /// The first one, never restated.
    First,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum CountedDays {
    /// Every day.
    #[default]
    Calendar,
    /// Monday to Friday.
    Working,
}

/// A tool by its name, whatever the letters' case and the blanks in it.
fn tool(name: &str) -> Result<Tool, String> {
    let plain =
        |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let names = || Tool::ALL.map(Tool::name).join(", ");
    let known = Tool::ALL.into_iter().find(|tool| plain(tool.name()) == plain(name));
    known.ok_or_else(|| format!("known are {}", names()))
}

/// Looks at files and says what they hold.
pub fn analyze(options: &Options) -> Result<()> {
    let analysis = Analysis::new(options)?;
    let report = match analysis.quick()? {
        Some(report) => report,
        None => analysis.thorough()?,
    };
    match options.format {
        ReportFormat::Table => print!("{}", table::text(&report)),
        ReportFormat::Json => println!("{}", serde_json::to_string_pretty(&report)?),
    }
    Ok(())
}

struct Analysis<'a> {
    options: &'a Options,
    ctx: OpContext,
    zone: Option<Zone>,
    /// A mapping that a person gave, and the teams it names.
    mapping: Option<Mapping>,
    named: UnitTree,
    asked: Asked,
}

impl<'a> Analysis<'a> {
    fn new(options: &'a Options) -> Result<Self> {
        let ctx = context(Actor::Operator);
        let zone = options.zone.as_deref().map(Zone::named).transpose()?;
        let (mapping, named) = match &options.mapping {
            None => (None, UnitTree::default()),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("failed to read the mapping {}", path.display()))?;
                let named = named_teams(&ctx, &text);
                let mapping =
                    mapping_text::read(&text, &named).with_context(|| path.display().to_string())?;
                if let Some(gap) = mapping.gaps().into_iter().next() {
                    bail!("failed to use the mapping {}: {gap}", path.display());
                }
                (Some(mapping), named)
            }
        };
        if let (Some(from), Some(to)) = (options.from, options.to)
            && from > to
        {
            bail!("failed to look at the window: it begins on {from}, after its end on {to}");
        }
        let real_today = zone.clone().unwrap_or_else(Zone::utc).day_of(ctx.now());
        let question = Question { until: options.until, items: options.items, seed: u64::from(options.seed) };
        let asked = Asked { from: options.from, to: options.to, today: options.today, real_today, question };
        Ok(Analysis { options, ctx, zone, mapping, named, asked })
    }

    fn days(&self) -> Days {
        let today = self.options.today.unwrap_or(self.asked.real_today);
        Days { from: self.options.from, until: self.options.to.unwrap_or(today), today: self.options.today }
    }

    /// How all teams work, as far as the mapping and the options say.
    fn workflow(&self, mapping: Mapping) -> Workflow {
        let mut workflow = Workflow::from_mapping(mapping);
        workflow.start = match self.options.start {
            Start::Last => StartPolicy::Last,
            Start::First => StartPolicy::First,
            Start::Wipe => StartPolicy::Wipe,
        };
        workflow.finish = match self.options.finish {
            Finish::Last => FinishPolicy::Last,
            Finish::First => FinishPolicy::First,
        };
        workflow.calendar.count = match self.options.days {
            CountedDays::Calendar => DayCount::Calendar,
            CountedDays::Working => DayCount::Working,
        };
        if let Some(zone) = &self.zone {
            workflow.calendar.zone = zone.clone();
        }
        workflow
    }

    /// The short way, for a plain table of changes and what can be told of it.
    fn quick(&self) -> Result<Option<Report>> {
        let [path] = self.options.files.as_slice() else { return Ok(None) };
        if self.options.charts.is_some() || self.options.parity.is_some() || path.is_dir() {
            return Ok(None);
        }
        let input = Input { name: name_of(path), path: path.clone() };
        // What can't be recognised is told by the long way.
        let Ok(contents) = recognise(&input) else { return Ok(None) };
        let Some(mut source) = contents.sources.into_iter().next().filter(is_plain) else { return Ok(None) };
        if let Some(zone) = &self.zone {
            source.recognised.dialect.zone = zone.clone();
        }
        let way = quick::Way {
            dialect: &source.recognised.dialect,
            hints: &source.recognised.hints,
            mapping: self.mapping.as_ref(),
            workflow: &|mapping| self.workflow(mapping),
            team: &|mapping, group| match mapping.disposition(group) {
                Disposition::Skip => None,
                Disposition::NewTeam(name) => Some(name.trim().to_owned()),
                Disposition::Team(id) => self.named.get(id).map(|unit| unit.name.clone()),
            },
            days: self.days(),
            now: self.ctx.now(),
        };
        let Some(counted) = quick::read(path, &way)? else { return Ok(None) };
        if counted.tally.standings.items == 0 {
            return Ok(None);
        }
        let odd = counted.tally.oddities().into_iter().map(|(oddity, count)| (Finding::Odd(oddity), count));
        let unreadable = (counted.unreadable > 0).then_some((Finding::Unreadable, counted.unreadable));
        let basis = Basis {
            files: vec![FileReport::of(&source)],
            mapping: &counted.mapping,
            tally: &counted.tally,
            counts: CountsText {
                changes: counted.changes,
                state_changes: counted.state_changes,
                skipped: counted.skipped,
                unreadable_rows: counted.unreadable,
                ..CountsText::default()
            },
            findings: odd.chain(unreadable).collect(),
            quality_of_rows: false,
            parity: None,
            span: counted.span,
        };
        Ok(Some(Report::of(basis, &self.asked)))
    }

    /// The way of an import, for everything.
    fn thorough(&self) -> Result<Report> {
        let uploads = self.options.files.iter().map(|path| {
            let bytes = std::fs::metadata(path).map_or(0, |it| it.len());
            Upload { name: name_of(path), path: path.clone(), bytes }
        });
        let gathered = import::gather(&self.ctx, uploads.collect(), self.zone.as_ref())?;
        let mapping = self.mapping.clone().unwrap_or_else(|| gathered.mapping.clone());
        let workflow = self.workflow(mapping.clone());
        let sorted = gathered.sort(&self.ctx, "All teams", mapping.clone(), &workflow, &self.named)?;
        let mut tally = Tally::new(workflow, self.days());
        for team in &sorted.teams {
            let ix = tally.add_team(team.unit.name.clone());
            let items = derive(&team.items, &team.workflow, |_| Blocker::Unknown);
            for (item, source) in items.iter().zip(&team.items) {
                tally.add(item, ix, &source.label);
            }
        }
        let counts = CountsText {
            changes: sorted.counts.changes,
            state_changes: sorted.counts.state_changes,
            skipped: sorted.counts.skipped,
            unreadable_rows: sorted.counts.failed,
            iterations: sorted.counts.iterations,
            deployments: sorted.counts.deployments,
            commits: sorted.counts.commits,
            ..CountsText::default()
        };
        let basis = Basis {
            files: gathered.files,
            mapping: &mapping,
            tally: &tally,
            counts,
            findings: sorted.findings.clone(),
            quality_of_rows: true,
            parity: self.options.parity.map(|tool| self.parity(tool, &sorted)),
            span: gathered.census.span,
        };
        let report = Report::of(basis, &self.asked);
        self.draw(sorted, &report)?;
        Ok(report)
    }

    fn parity(&self, tool: Tool, sorted: &Sorted) -> Parity {
        let days = self.days();
        let mut shown = Vec::new();
        let mut not_started = 0;
        for team in &sorted.teams {
            for item in &team.items {
                let history = History::of(item, &team.workflow, |_| Blocker::Unknown);
                let finished = headway_flow::item::Item::of(&history, &team.workflow).finished;
                if finished.is_none_or(|it| !days.contain(it.day)) {
                    continue;
                }
                match tool.cycle_time(&history, &team.workflow) {
                    Reading::Days(days) => shown.push(days),
                    Reading::NotStarted => not_started += 1,
                    Reading::Unfinished | Reading::NoRule => {}
                }
            }
        }
        let items = shown.len();
        let summary = Summary::of(shown).ok();
        let (p50, p85) = (summary.map(|it| it.p50), summary.map(|it| it.p85));
        Parity { tool: tool.name(), items, not_started, p50, p85 }
    }

    fn draw(&self, sorted: Sorted, report: &Report) -> Result<()> {
        let Some(folder) = &self.options.charts else { return Ok(()) };
        let day = |text: &str| text.parse::<Day>().context("failed to read a day");
        let window = Window { first: day(&report.window.from)?, last: day(&report.window.to)? };
        let today = day(&report.window.today)?;
        let teams = sorted.teams.into_iter().map(|team| {
            let unit = team.unit.clone();
            Team { unit, facts: Arc::new(TeamFacts::of(team)), today }
        });
        let scope = Scope {
            unit: sorted.whole,
            tree: Arc::new(sorted.tree),
            teams: teams.collect(),
            window,
            today,
            work_type: None,
        };
        let drawing = Drawing {
            format: self.options.chart_format,
            theme: self.options.theme,
            seed: self.options.seed,
            until: self.options.until,
            items: self.options.items,
        };
        for path in charts::draw(&scope, folder, drawing)? {
            tracing::debug!(path = %path.display(), "drew a chart");
        }
        Ok(())
    }
}

fn name_of(path: &std::path::Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Whether a source is a table of changes that tells nothing else.
fn is_plain(source: &Source) -> bool {
    let Recognised { format, dialect, .. } = &source.recognised;
    *format == Format::ChangeTable
        && source.members.is_empty()
        && change_table::holds_changes_only(&source.input.path, dialect).unwrap_or(false)
}

/// The teams that a mapping names by key: where there is no organisation, the key says enough.
fn named_teams(ctx: &OpContext, text: &str) -> UnitTree {
    let Ok(text) = text.parse::<toml::Table>() else { return UnitTree::default() };
    let groups = text.get("group").and_then(toml::Value::as_array).into_iter().flatten();
    let keys: BTreeSet<&str> = groups.filter_map(|group| group.get("team")?.as_str()).collect();
    let team = |key: &str| Unit {
        id: UnitId(ctx.new_id()),
        parent: None,
        kind: UnitKind::Team,
        key: key.to_owned(),
        name: key.to_owned(),
    };
    UnitTree::new(keys.into_iter().map(team).collect())
}
