//! Files without a database: read, put together and sorted into teams as an import would do it, and kept by nobody.
//!
//! It goes the same way as an import (check, mapping, plan), so that what the command line says of a file is what
//! the pages say once it is imported.

use std::collections::{BTreeMap, HashMap};

use headway_domain::{
    id::{TrackerId, UnitId},
    organisation::{Unit, UnitKind, UnitTree},
    time::Zone,
    work::{Census, Counts, Deployment, Iteration, Mapping, Oddity, WorkItem, Workflow},
};
use headway_store::{Commit, Finding, ReportEntry};
use tempfile::TempDir;

use super::{
    check::{News, Reading, recognise_all},
    files::{DialectChoice, FileReport, Options, Upload},
    plan::Plan,
    report::Reporter,
    spool,
};
use crate::{Error, OpContext, Result};

/// Entries that are sorted into teams at a time.
const BATCH: usize = 2_000;
/// How many unreadable rows are kept with their reasons; all are counted.
const MOST_UNREADABLE: usize = 20;

/// What files hold.
pub struct Gathered {
    /// What was recognised.
    pub files: Vec<FileReport>,
    /// What was counted.
    pub census: Census,
    /// The mapping that an import would propose.
    pub mapping: Mapping,
    /// The first unreadable rows.
    pub unreadable: Vec<ReportEntry>,
    findings: BTreeMap<Finding, u64>,
    folder: TempDir,
}

/// What one team did.
#[derive(Clone, Debug)]
pub struct TeamHistory {
    /// The team.
    pub unit: Unit,
    /// How it works.
    pub workflow: Workflow,
    /// Its items, by the tracker's key.
    pub items: Vec<WorkItem>,
    /// Its iterations, oldest first.
    pub iterations: Vec<Iteration>,
    /// Its deployments, oldest first, each with the changes it was the first to carry.
    pub deployments: Vec<Deployment>,
}

/// Everything in files, by team.
#[derive(Clone, Debug)]
pub struct Sorted {
    /// The unit above all teams.
    pub whole: Unit,
    /// That unit and the teams.
    pub tree: UnitTree,
    /// The teams, by name.
    pub teams: Vec<TeamHistory>,
    /// What was read.
    pub counts: Counts,
    /// Everything odd, most frequent first.
    pub findings: Vec<(Finding, u64)>,
}

/// What files hold. Dates without offset are read in `zone`, where one is given.
pub fn gather(ctx: &OpContext, files: Vec<Upload>, zone: Option<&Zone>) -> Result<Gathered> {
    let (mut reports, mut sources) = recognise_all(&Options::new(files))?;
    if let Some(zone) = zone {
        for source in &mut sources {
            source.recognised.dialect.zone = zone.clone();
        }
        for dialect in reports.iter_mut().filter_map(|report| report.dialect.as_mut()) {
            *dialect = DialectChoice { zone: zone.name().to_owned(), ..dialect.clone() };
        }
    }
    let folder = tempfile::tempdir()?;
    let reading = Reading { folder: folder.path().to_owned(), keep_names: false, now: ctx.now() };
    let mut findings = BTreeMap::new();
    let mut unreadable = Vec::new();
    let outcome = reading.read_sources(reports, sources.clone(), &mut |news| {
        if let News::Found(entries, counts) = news {
            for (finding, count) in counts {
                *findings.entry(finding).or_insert(0) += count;
            }
            let room = MOST_UNREADABLE - unreadable.len();
            unreadable.extend(entries.into_iter().filter(|it| it.finding == Finding::Unreadable).take(room));
        }
        Ok(())
    })?;
    if outcome.entries == 0 {
        let reason = outcome
            .files
            .iter()
            .find_map(|file| file.reason.as_ref().map(|reason| format!("{}: {reason}", file.name)));
        let first =
            || unreadable.first().map(|row| format!("no row can be read; the first because {}", row.text));
        let reason = reason.or_else(first).unwrap_or_else(|| "the files hold nothing to look at".to_owned());
        return Err(Error::invalid("files", reason));
    }
    let mapping = Mapping::propose(&outcome.census);
    Ok(Gathered { files: outcome.files, census: outcome.census, mapping, unreadable, findings, folder })
}

impl Gathered {
    /// Sorts everything into teams below a unit of this name, as `mapping` says; `template` is how they work.
    /// `units` are teams that the mapping names.
    pub fn sort(
        &self,
        ctx: &OpContext,
        name: &str,
        mapping: Mapping,
        template: &Workflow,
        units: &UnitTree,
    ) -> Result<Sorted> {
        let whole = Unit {
            id: UnitId(ctx.new_id()),
            parent: None,
            kind: UnitKind::Portfolio,
            key: "all".to_owned(),
            name: name.to_owned(),
        };
        let tree = units.units().iter().cloned().map(|unit| Unit { parent: Some(whole.id), ..unit });
        let tree = UnitTree::new(tree.chain([whole.clone()]).collect());
        let mut plan = Plan::of(whole.id, TrackerId(ctx.new_id()), tree, mapping, template.clone());
        let mut reporter = Reporter::default();
        let mut teams: HashMap<UnitId, TeamHistory> = HashMap::new();
        let mut commits = Vec::new();
        let mut counts = Counts::default();
        let mut reader = spool::Reader::open(&self.folder.path().join("spool"), 0)?;
        loop {
            let mut entries = Vec::with_capacity(BATCH);
            while let Some(entry) = reader.next_entry()? {
                entries.push(entry);
                if entries.len() == BATCH {
                    break;
                }
            }
            if entries.is_empty() {
                break;
            }
            let portion = plan.portion(ctx, entries, &mut reporter)?;
            let mut team = Teams { met: &mut teams, tree: plan.tree(), whole: &whole, template };
            for imported in portion.items {
                team.of(imported.item.unit).items.push(imported.item);
            }
            for iteration in portion.iterations {
                team.of(iteration.unit).iterations.push(iteration);
            }
            for deployment in portion.deployments {
                team.of(deployment.unit).deployments.push(deployment);
            }
            commits.extend(portion.commits);
            counts = plus(counts, portion.counts);
        }
        for (team, day, count) in plan.clean_ups() {
            reporter.note(Oddity::BulkClosed, None, || format!("{team} closed {count} items on {day}"));
        }
        counts.commits = commits.len() as u64;
        let mut teams: Vec<TeamHistory> = teams.into_values().collect();
        teams.sort_by(|a, b| a.unit.name.cmp(&b.unit.name).then_with(|| a.unit.key.cmp(&b.unit.key)));
        carry(&mut teams, commits);
        counts.iterations = teams.iter().map(|team| team.iterations.len() as u64).sum();
        counts.deployments = teams.iter().map(|team| team.deployments.len() as u64).sum();
        let findings = self.with(reporter);
        counts.failed = findings.iter().filter(|(it, _)| *it == Finding::Unreadable).map(|(_, n)| n).sum();
        Ok(Sorted { whole, tree: plan.tree().clone(), teams, counts, findings })
    }

    /// What was found by reading and by sorting, most frequent first.
    fn with(&self, mut reporter: Reporter) -> Vec<(Finding, u64)> {
        let mut findings = self.findings.clone();
        for (finding, count) in reporter.take(true).map(|(_, counts)| counts).unwrap_or_default() {
            *findings.entry(finding).or_default() += count;
        }
        let mut findings: Vec<_> = findings.into_iter().collect();
        findings.sort_by_key(|(finding, count)| (std::cmp::Reverse(*count), *finding));
        findings
    }
}

/// The teams as far as they have been met.
struct Teams<'a> {
    met: &'a mut HashMap<UnitId, TeamHistory>,
    tree: &'a UnitTree,
    whole: &'a Unit,
    template: &'a Workflow,
}

impl Teams<'_> {
    fn of(&mut self, unit: UnitId) -> &mut TeamHistory {
        self.met.entry(unit).or_insert_with(|| TeamHistory {
            unit: self.tree.get(unit).unwrap_or(self.whole).clone(),
            workflow: self.template.clone(),
            items: Vec::new(),
            iterations: Vec::new(),
            deployments: Vec::new(),
        })
    }
}

fn plus(sum: Counts, portion: Counts) -> Counts {
    Counts {
        read: sum.read + portion.read,
        skipped: sum.skipped + portion.skipped,
        changes: sum.changes + portion.changes,
        state_changes: sum.state_changes + portion.state_changes,
        never_started: sum.never_started + portion.never_started,
        ..sum
    }
}

/// Gives each deployment the changes that it was the first to carry.
fn carry(teams: &mut [TeamHistory], commits: Vec<Commit>) {
    let mut carried: HashMap<String, Vec<_>> = HashMap::new();
    for commit in commits {
        if let Some(deployment) = commit.deployment {
            carried.entry(deployment).or_default().push(commit.change);
        }
    }
    for team in teams {
        team.iterations.sort_by_key(|it| (it.starts_at, it.completed_at));
        team.deployments.sort_by_key(|it| it.finished_at);
        for deployment in &mut team.deployments {
            deployment.changes = carried.remove(&deployment.key).unwrap_or_default();
        }
    }
}
