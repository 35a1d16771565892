//! Azure DevOps: work items, their revisions or updates as JSON, and query results as CSV.
//!
//! Where an item stands on its team's board, the column is its state, else its own state is. The team is the area
//! path, the timebox the iteration path.

mod csv;
mod revision;

use std::{
    collections::HashSet,
    io::{BufRead, Cursor},
};

use headway_domain::work::{
    Category, Field, HistoryExtent, ItemRecord, IterationRecord, Link, LinkKind, Oddity, Record,
};
use serde::Deserialize;

pub use self::csv::{recognise as recognise_csv, rows as csv_rows};
use crate::{
    Dialect, Format, Recognised, Rows,
    azure::revision::{RawFields, Revision},
    container::Sample,
    history::History,
    json_outline::Outline,
    json_rows::{self, Reading, Sink},
    json_stream::{Piece, Values},
    lenient::{Many, Object, Stamp, Text, instant, stamp},
};

const ARRAYS: &[&str] = &["value", "values", "workItems"];

/// What this is, if it is work items of Azure DevOps.
pub fn recognise(sample: &Sample) -> Option<Recognised> {
    let outline = Outline::of(&sample.text);
    let roots = ["", "value[]", "workItems[]"];
    let has_items = outline
        .root(&roots, &["fields.System.State"])
        .or_else(|| outline.root(&roots, &["fields.System.Title"]));
    let has_updates = outline.root(&roots, &["workItemId", "fields"]);
    let has_timeboxes = outline.root(&roots, &["path", "attributes.startDate"]);
    let root = has_items.or(has_updates).or(has_timeboxes)?;
    let nested = ["revisions", "updates"].iter().any(|it| outline.has_all(root, &[it]));
    let is_flat_history = has_updates.is_some() || (!nested && ids_repeat(&sample.text));
    let (mut can, mut cannot) = (Vec::new(), Vec::new());
    if has_items.is_some() || has_updates.is_some() {
        can.push("work items with state, area, iteration, estimate and links".to_owned());
        if nested || is_flat_history {
            can.push("every change of their revisions".to_owned());
        } else {
            cannot.push(
                "no history: only the dates of creation and closing; export revisions to get it".to_owned(),
            );
        }
    } else {
        can.push("iterations with dates".to_owned());
    }
    Some(Recognised {
        format: Format::AzureJson,
        dialect: Dialect { delimiter: None, ..sample.dialect.clone() },
        can,
        cannot,
        hints: hints(),
        items_are_whole: !is_flat_history,
    })
}

/// What the states of the four processes that come with the product count as.
fn hints() -> Vec<(String, Category)> {
    let known = [
        (Category::Todo, &["New", "To Do", "Proposed", "Approved", "Design"][..]),
        (Category::Active, &["Active", "Doing", "Committed", "In Progress", "Open"][..]),
        (Category::Waiting, &["Resolved"][..]),
        (Category::Done, &["Closed", "Done", "Completed"][..]),
        (Category::Cancelled, &["Removed"][..]),
    ];
    let named = |(category, states): (Category, &[&str])| {
        states.iter().map(|state| ((*state).to_owned(), category)).collect::<Vec<_>>()
    };
    known.into_iter().flat_map(named).collect()
}

/// Whether an id occurs twice in the start of a file: then it is a list of revisions.
fn ids_repeat(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Id<'a> {
        #[serde(borrow, default)]
        id: Text<'a>,
    }
    let mut values = Values::new(Box::new(Cursor::new(text.as_bytes().to_vec())), ARRAYS);
    let mut seen = HashSet::new();
    while let Some(piece) = values.next() {
        if matches!(piece, Piece::Value(_))
            && let Ok(item) = serde_json::from_slice::<Id<'_>>(values.text())
            && let Some(id) = item.id.some()
            && !seen.insert(id)
        {
            return true;
        }
    }
    false
}

/// The rows of a file of work items, revisions or updates.
pub fn rows(reader: Box<dyn BufRead + Send>, file: String, _dialect: &Dialect) -> Rows {
    json_rows::rows(reader, file, ARRAYS, Azure::default())
}

/// A work item, one of its revisions, one of its updates, or an iteration.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Value<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    rev: Option<u64>,
    #[serde(rename = "workItemId")]
    work_item_id: Text<'a>,
    #[serde(rename = "revisedDate")]
    revised: Text<'a>,
    fields: Option<RawFields<'a>>,
    relations: Option<Relations<'a>>,
    url: Text<'a>,
    revisions: Many<Object<Value<'a>>>,
    updates: Many<Object<Value<'a>>>,
    // Of iterations.
    path: Text<'a>,
    name: Text<'a>,
    attributes: Object<Dates<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Dates<'a> {
    #[serde(rename = "startDate", borrow)]
    start: Text<'a>,
    #[serde(rename = "finishDate")]
    finish: Text<'a>,
}

/// The links of an item, or what an update did to them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Relations<'a> {
    Now(#[serde(borrow)] Vec<Relation<'a>>),
    Changed {
        #[serde(default, borrow)]
        added: Vec<Relation<'a>>,
        #[serde(default)]
        removed: Vec<Relation<'a>>,
    },
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Relation<'a> {
    #[serde(rename = "rel", borrow)]
    kind: Text<'a>,
    url: Text<'a>,
}

impl Relation<'_> {
    /// The id of the other item.
    fn other(&self) -> Option<String> {
        let id = self.url.rsplit('/').next()?;
        (!id.is_empty() && id.bytes().all(|sign| sign.is_ascii_digit())).then(|| id.to_owned())
    }

    fn is(&self, kind: &str) -> bool {
        self.kind.starts_with("System.LinkTypes.") && self.kind.ends_with(kind)
    }

    fn link(&self) -> Option<Link> {
        let kind = if self.is("Dependency-Reverse") {
            LinkKind::BlockedBy
        } else if self.is("Dependency-Forward") {
            LinkKind::Blocks
        } else if self.is("Related") {
            LinkKind::Related
        } else {
            return None;
        };
        Some(Link { kind, to: self.other()? })
    }
}

/// Reads Azure's values. Revisions of one item that follow each other are put together.
#[derive(Default)]
pub(crate) struct Azure {
    item: Option<Building>,
}

/// An item whose revisions are still coming.
#[derive(Default)]
struct Building {
    id: String,
    line: u64,
    /// The number of the newest revision.
    rev: u64,
    revisions: Vec<Revision>,
    /// Signs that an item waits for another began or ended.
    blockers: Vec<(Stamp, Option<String>, Option<String>)>,
    links: Vec<Link>,
    parent: Option<String>,
    url: Option<String>,
    /// When the revision before was replaced, for updates that say nothing of their own time.
    replaced: Option<Stamp>,
}

impl Reading for Azure {
    fn value(&mut self, _member: Option<&str>, json: &str, sink: &mut Sink) -> serde_json::Result<()> {
        let value: Value<'_> = serde_json::from_str(json)?;
        if let (Some(path), None) = (value.path.some(), &value.fields) {
            if let (Some(starts_at), name) = (instant(&value.attributes.start), value.name.some()) {
                sink.record(Record::Iteration(IterationRecord {
                    name: name.unwrap_or_else(|| path.clone()),
                    key: path,
                    group: None,
                    starts_at: Some(starts_at),
                    ends_at: instant(&value.attributes.finish),
                    completed_at: None,
                    given: None,
                }));
            }
            return Ok(());
        }
        let id = value.work_item_id.some().or_else(|| value.id.some()).unwrap_or_default();
        if self.item.as_ref().is_none_or(|item| item.id != id) {
            self.give(sink);
            self.item = Some(Building { id, line: sink.line(), ..Building::default() });
        }
        if let Some(item) = &mut self.item {
            for revision in value.revisions.iter().chain(&*value.updates) {
                item.add(revision);
            }
            item.add(&value);
        }
        Ok(())
    }

    fn end(&mut self, sink: &mut Sink) {
        self.give(sink);
    }
}

impl Azure {
    /// Hands out the item that is complete now.
    fn give(&mut self, sink: &mut Sink) {
        let Some(item) = self.item.take() else { return };
        let line = sink.line();
        sink.stand_at(item.line);
        let key = Some(item.id.clone()).filter(|id| !id.is_empty());
        match item.finish() {
            Some((record, oddities)) => sink.item(record, oddities),
            None => sink.problem(key, "the record has no fields"),
        }
        sink.stand_at(line);
    }
}

impl Building {
    /// Adds a revision, an update, or the item as it is now.
    fn add(&mut self, value: &Value<'_>) {
        let Some(fields) = &value.fields else { return };
        let before = self.revisions.last();
        let mut revision = fields.revision(before);
        revision.rev = value.rev.unwrap_or_default();
        if revision.at.is_none() {
            revision.at = self.replaced;
        }
        self.replaced = stamp(&value.revised).or(self.replaced);
        match &value.relations {
            Some(Relations::Now(relations)) => {
                self.links = relations.iter().filter_map(Relation::link).collect();
                self.parent =
                    relations.iter().find(|it| it.is("Hierarchy-Reverse")).and_then(Relation::other);
            }
            Some(Relations::Changed { added, removed }) => {
                let blockers = |list: &[Relation<'_>]| {
                    list.iter()
                        .filter(|it| it.is("Dependency-Reverse"))
                        .filter_map(Relation::other)
                        .collect::<Vec<_>>()
                };
                if let Some(at) = revision.at {
                    self.blockers.extend(blockers(removed).into_iter().map(|it| (at, Some(it), None)));
                    self.blockers.extend(blockers(added).into_iter().map(|it| (at, None, Some(it))));
                }
            }
            None => {}
        }
        self.rev = self.rev.max(revision.rev);
        self.url = self.url.take().or_else(|| page(&value.url));
        // The item itself repeats its newest revision.
        if !self.revisions.iter().any(|it| it.rev == revision.rev && it.rev > 0) {
            self.revisions.push(revision);
        }
    }

    fn finish(mut self) -> Option<(ItemRecord, Vec<Oddity>)> {
        self.revisions.sort_by_key(|revision| revision.rev);
        let now = self.revisions.last()?;
        let mut history = History::default();
        for pair in self.revisions.windows(2) {
            match pair[1].at {
                Some(at) => pair[1].tell(&pair[0], at, &mut history),
                None => history.note(Oddity::ImplausibleDate),
            }
        }
        for (at, from, to) in self.blockers {
            history.push(at, Field::BlockedBy, from, to);
        }
        let known = self.revisions.len() as u64;
        let extent = if known >= self.rev.max(1) {
            HistoryExtent::Complete
        } else if known > 1 {
            history.note(Oddity::HistoryTruncated);
            HistoryExtent::Partial
        } else {
            HistoryExtent::None
        };
        let (changes, oddities) = history.finish();
        let item = ItemRecord {
            key: self.id,
            title: now.value(Field::Title),
            kind: now.value(Field::Kind),
            group: now.value(Field::Group),
            state: now.value(Field::State),
            resolution: now.value(Field::Resolution),
            created_at: now.created().or_else(|| self.revisions[0].created()),
            closed_at: now.closed(),
            estimate: now.value(Field::Estimate).and_then(|it| it.parse().ok()),
            parent: now.value(Field::Parent).or(self.parent),
            priority: now.value(Field::Priority),
            labels: now.labels(),
            iterations: now.value(Field::Iterations).into_iter().collect(),
            links: self.links,
            url: self.url,
            assignee: now.assignee(),
            extent: Some(extent),
            changes,
            ..ItemRecord::default()
        };
        Some((item, oddities))
    }
}

/// The page for people, from an address of the interface.
fn page(address: &str) -> Option<String> {
    let (site, rest) = address.split_once("/_apis/wit/")?;
    let id = rest.split(['/', '?']).nth(1)?;
    Some(format!("{site}/_workitems/edit/{id}"))
}
