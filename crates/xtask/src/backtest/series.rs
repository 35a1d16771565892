//! Real histories as series of finished items, read the way an import reads them.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use headway_app::{
    Actor,
    work::import::{Upload, gather},
};
use headway_domain::{
    organisation::UnitTree,
    time::{Day, Zone},
    work::{Calendar, DayCount, WorkItem, Workflow},
};
use headway_flow::{
    forecast::{NamedSeries, Series},
    history::Blocker,
    item::derive,
};

use crate::context::context;

/// A series of fewer items, or over fewer days, has nothing to check.
const FEWEST_ITEMS: usize = 60;
const FEWEST_DAYS: i32 = 400;

/// A part of a project is a series of its own from this size on.
const FEWEST_OF_A_PART: usize = 150;

/// What a source is divided into, besides the whole of it.
enum Parts {
    /// Nothing.
    Whole,
    /// What the tracker calls a project, board or component.
    Groups,
    /// The tracker's types.
    Kinds,
    /// Projects, and their components; an importer has no use for these, so they are read beside it.
    ProjectsAndComponents,
}

/// One set of files of one tracker.
struct Source {
    family: &'static str,
    files: &'static [&'static str],
    parts: Parts,
}

/// Everything with a history of years. Commit graphs are left out: what is finished there is a deployment.
const SOURCES: [Source; 7] = [
    Source {
        family: "Titanium (Jira projects and components)",
        files: &["jira/jira-titanium.jsonl.gz"],
        parts: Parts::ProjectsAndComponents,
    },
    Source {
        family: "jQuery (Trac components)",
        files: &["trac/trac-jquery-tickets.csv.gz", "trac/trac-jquery-changes.csv.gz"],
        parts: Parts::Groups,
    },
    Source {
        family: "Duraspace (Jira projects and components)",
        files: &["jira/jira-duraspace.jsonl.gz"],
        parts: Parts::ProjectsAndComponents,
    },
    Source {
        family: "anonymised Jira (two projects)",
        files: &["csv/jira-anonymised.csv"],
        parts: Parts::Groups,
    },
    Source {
        family: "bitcoin-core/gui (issues, pull requests)",
        files: &["github/github-core-gui.jsonl.gz"],
        parts: Parts::Kinds,
    },
    Source { family: "help desk (event log)", files: &["xes/helpdesk.xes.gz"], parts: Parts::Whole },
    Source { family: "FlowPulse demo", files: &["csv/flowpulse-demo.csv"], parts: Parts::Whole },
];

/// Families on which the shape of the outlook was chosen; the others were not looked at for it.
pub const TUNED_ON: [&str; 3] = [SOURCES[0].family, SOURCES[3].family, SOURCES[6].family];

/// Which days a series counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Items delivered, on every day.
    Delivered,
    /// The same on the days from Monday to Friday.
    OnWorkingDays,
    /// Items that left the process in any way, on every day.
    Closed,
}

/// The days on which one series' items left.
struct Days {
    name: String,
    delivered: Vec<Day>,
    closed: Vec<Day>,
}

/// One source, read.
struct History {
    family: &'static str,
    /// The last day it knows.
    last: Day,
    series: Vec<Days>,
}

/// All sources.
pub struct Histories(Vec<History>);

impl Histories {
    /// Reads what is there of the sources.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut read = Vec::new();
        for source in &SOURCES {
            let is_there = source.files.iter().all(|file| folder.join(file).is_file());
            if is_there {
                let history = read_source(source, folder)
                    .with_context(|| format!("failed to read {}", source.family))?;
                println!("{}: {} series", source.family, history.series.len());
                read.push(history);
            } else {
                println!("{}: left out, {} is missing", source.family, source.files.join(" or "));
            }
        }
        Ok(Histories(read))
    }

    /// Those of the series that are long enough.
    pub fn series(&self, counted: Counted) -> Vec<NamedSeries> {
        let mut calendar = Calendar::default();
        if counted == Counted::OnWorkingDays {
            calendar.count = DayCount::Working;
        }
        let mut all = Vec::new();
        for history in &self.0 {
            for it in &history.series {
                let days = if counted == Counted::Closed { &it.closed } else { &it.delivered };
                let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) else { continue };
                if days.len() >= FEWEST_ITEMS && last.0 - first.0 >= FEWEST_DAYS {
                    let series = Series::of_days(days.iter().copied(), history.last.max(*last), &calendar);
                    all.push(NamedSeries {
                        family: history.family.to_owned(),
                        name: it.name.clone(),
                        series,
                    });
                }
            }
        }
        all
    }
}

fn read_source(source: &Source, folder: &Path) -> Result<History> {
    let uploads = source.files.iter().map(|file| {
        let path = folder.join(file);
        Ok(Upload { name: (*file).to_owned(), bytes: std::fs::metadata(&path)?.len(), path })
    });
    let ctx = context(Actor::Operator);
    let gathered = gather(&ctx, uploads.collect::<Result<_>>()?, None)?;
    let workflow = Workflow::from_mapping(gathered.mapping.clone());
    let sorted = gathered.sort(
        &ctx,
        source.family,
        gathered.mapping.clone(),
        &workflow,
        &UnitTree::new(Vec::new()),
    )?;
    let items: Vec<WorkItem> = sorted.teams.into_iter().flat_map(|team| team.items).collect();
    let parts = parts_of(&source.parts, &items, &folder.join(source.files[0]))?;

    let mut series: BTreeMap<String, Days> = BTreeMap::new();
    for (position, item) in derive(&items, &workflow, |_| Blocker::Unknown).iter().enumerate() {
        let Some(left) = item.left() else { continue };
        for name in &parts[position] {
            let days = series.entry(name.clone()).or_insert_with(|| Days {
                name: name.clone(),
                delivered: Vec::new(),
                closed: Vec::new(),
            });
            days.closed.push(left.day);
            days.delivered.extend(item.finished.map(|it| it.day));
        }
    }
    let of_size = |days: &Days| days.closed.len() >= FEWEST_OF_A_PART || !days.name.starts_with("component ");
    let last = gathered.census.span.map_or(Day(0), |(_, last)| Zone::utc().day_of(last));
    Ok(History { family: source.family, last, series: series.into_values().filter(of_size).collect() })
}

/// The names of the series that each item belongs to.
fn parts_of(parts: &Parts, items: &[WorkItem], file: &Path) -> Result<Vec<Vec<String>>> {
    let whole = || "all".to_owned();
    Ok(match parts {
        Parts::Whole => items.iter().map(|_| vec![whole()]).collect(),
        Parts::Groups => items.iter().map(|item| vec![whole(), item.group.clone()]).collect(),
        Parts::Kinds => items.iter().map(|item| vec![whole(), item.kind.clone()]).collect(),
        Parts::ProjectsAndComponents => {
            let components = components_of(file)?;
            let of_item = |item: &WorkItem| {
                let own = components.get(&item.key).into_iter().flatten();
                let own = own.map(|it| format!("component {} {it}", item.group));
                std::iter::once(format!("project {}", item.group)).chain(own).collect()
            };
            items.iter().map(of_item).collect()
        }
    })
}

/// The components of each issue, by its id, from a file with one issue a line.
fn components_of(file: &Path) -> Result<HashMap<String, Vec<String>>> {
    let mut found = HashMap::new();
    for line in BufReader::new(GzDecoder::new(File::open(file)?)).lines() {
        let issue: serde_json::Value = serde_json::from_str(&line?)?;
        let names = issue["fields"]["components"].as_array().into_iter().flatten();
        let names: Vec<String> = names.filter_map(|it| Some(it["name"].as_str()?.to_owned())).collect();
        for id in [&issue["id"], &issue["key"]] {
            if let Some(id) = id.as_str() {
                found.insert(id.to_owned(), names.clone());
            }
        }
    }
    Ok(found)
}
