//! Redmine: issues of the REST interface with their journals.
//!
//! Journals name states, types and projects by id. Names come from lists in the same file, and from the issues
//! themselves: the reader looks at a number of issues before it hands out the first.

use std::{
    collections::{HashMap, VecDeque},
    io::BufRead,
};

use headway_domain::work::{Category, Field, HistoryExtent, ItemRecord, Link, LinkKind, Oddity};
use serde::Deserialize;

use crate::{
    Dialect, Format, Recognised, Rows,
    container::Sample,
    history::History,
    json_outline::Outline,
    json_rows::{self, Reading, Sink},
    lenient::{Many, Named, Object, Text, instant, stamp},
};

const ARRAYS: &[&str] =
    &["issues", "issue_statuses", "statuses", "trackers", "projects", "versions", "issue_priorities"];

/// The reader looks ahead at so many issues, or so many bytes of them, to learn names.
const LOOK_AHEAD: usize = 500;
const LOOK_AHEAD_BYTES: usize = 8 << 20;

/// What this is, if it is issues of Redmine.
pub fn recognise(sample: &Sample) -> Option<Recognised> {
    let outline = Outline::of(&sample.text);
    let root = outline.root(&["issues[]", "", "issue"], &["subject", "tracker", "status", "created_on"])?;
    let has_journals = outline.has_all(root, &["journals"]);
    let mut hints = Vec::new();
    for list in ["issue_statuses[]", "statuses[]"] {
        if outline.has_all(list, &["is_closed"]) {
            hints = closed_hints(&sample.text);
        }
    }
    let no_journals =
        "no history: only the dates of creation and closing; export with include=journals to get it";
    Some(Recognised {
        format: Format::RedmineJson,
        dialect: Dialect { delimiter: None, ..sample.dialect.clone() },
        can: vec![
            if has_journals {
                "issues with status, tracker, version, relations and every change of their journals"
            } else {
                "issues with status, tracker, version, relations and dates"
            }
            .to_owned(),
        ],
        cannot: if has_journals { Vec::new() } else { vec![no_journals.to_owned()] },
        hints,
        items_are_whole: true,
    })
}

/// What lists of statuses say of them.
fn closed_hints(text: &str) -> Vec<(String, Category)> {
    use std::io::Cursor;

    use crate::json_stream::{Piece, Values};

    let mut values = Values::new(Box::new(Cursor::new(text.as_bytes().to_vec())), ARRAYS);
    let mut hints = Vec::new();
    while let Some(piece) = values.next() {
        if let Piece::Value(Some("issue_statuses" | "statuses")) = piece
            && let Ok(status) = serde_json::from_slice::<Status<'_>>(values.text())
            && let (Some(name), true) = (status.name.some(), status.is_closed)
        {
            hints.push((name, Category::Done));
        }
    }
    hints
}

/// The rows of a file of issues.
pub fn rows(reader: Box<dyn BufRead + Send>, file: String, _dialect: &Dialect) -> Rows {
    json_rows::rows(reader, file, ARRAYS, Redmine::default())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    is_closed: bool,
}

/// An issue, alone in its file or in a list.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Issue<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    subject: Text<'a>,
    project: Named<'a>,
    tracker: Named<'a>,
    status: Named<'a>,
    priority: Named<'a>,
    fixed_version: Named<'a>,
    category: Named<'a>,
    assigned_to: Named<'a>,
    parent: Named<'a>,
    created_on: Text<'a>,
    closed_on: Text<'a>,
    estimated_hours: Text<'a>,
    story_points: Text<'a>,
    relations: Many<Relation<'a>>,
    journals: Option<Many<Journal<'a>>>,
    /// Of a file with one issue.
    #[serde(rename = "issue")]
    alone: Option<Box<Issue<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Relation<'a> {
    #[serde(borrow)]
    issue_id: Text<'a>,
    issue_to_id: Text<'a>,
    #[serde(rename = "relation_type")]
    kind: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Journal<'a> {
    #[serde(borrow)]
    created_on: Text<'a>,
    details: Many<Object<Detail<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Detail<'a> {
    #[serde(borrow)]
    property: Text<'a>,
    name: Text<'a>,
    old_value: Text<'a>,
    new_value: Text<'a>,
}

/// Reads Redmine's values.
#[derive(Default)]
pub(crate) struct Redmine {
    /// Names by attribute and id.
    names: HashMap<(&'static str, String), String>,
    /// Issues that wait until names are known: line and text.
    waiting: VecDeque<(u64, String)>,
    waiting_bytes: usize,
}

/// So many names are remembered.
const MOST_NAMES: usize = 100_000;

impl Reading for Redmine {
    fn value(&mut self, member: Option<&str>, json: &str, sink: &mut Sink) -> serde_json::Result<()> {
        let list = match member {
            Some("issue_statuses" | "statuses") => Some("status_id"),
            Some("trackers") => Some("tracker_id"),
            Some("projects") => Some("project_id"),
            Some("versions") => Some("fixed_version_id"),
            Some("issue_priorities") => Some("priority_id"),
            _ => None,
        };
        if let Some(list) = list {
            let named: Named<'_> = serde_json::from_str(json)?;
            self.learn(list, &named);
            return Ok(());
        }
        let issue: Issue<'_> = serde_json::from_str(json)?;
        let issue = issue.alone.as_deref().unwrap_or(&issue);
        self.learn("status_id", &issue.status);
        self.learn("tracker_id", &issue.tracker);
        self.learn("project_id", &issue.project);
        self.learn("fixed_version_id", &issue.fixed_version);
        self.learn("priority_id", &issue.priority);
        self.waiting_bytes += json.len();
        self.waiting.push_back((sink.line(), json.to_owned()));
        if self.waiting.len() > LOOK_AHEAD || self.waiting_bytes > LOOK_AHEAD_BYTES {
            self.give(sink);
        }
        Ok(())
    }

    fn end(&mut self, sink: &mut Sink) {
        while !self.waiting.is_empty() {
            self.give(sink);
        }
    }
}

impl Redmine {
    fn learn(&mut self, attribute: &'static str, named: &Named<'_>) {
        if let (Some(id), Some(name)) = (named.id.some(), named.name.some())
            && self.names.len() < MOST_NAMES
        {
            self.names.insert((attribute, id), name);
        }
    }

    /// Hands out the issue that waits longest.
    fn give(&mut self, sink: &mut Sink) {
        let Some((line, json)) = self.waiting.pop_front() else { return };
        self.waiting_bytes -= json.len();
        let here = sink.line();
        sink.stand_at(line);
        // It could be read when it came.
        if let Ok(issue) = serde_json::from_str::<Issue<'_>>(&json) {
            let issue = issue.alone.as_deref().unwrap_or(&issue);
            let (item, oddities) = self.item(issue);
            sink.item(item, oddities);
        }
        sink.stand_at(here);
    }

    /// The name behind an id, or the id.
    fn name(&self, attribute: &str, id: &Text<'_>) -> Option<String> {
        let id = id.some()?;
        let known = ["status_id", "tracker_id", "project_id", "fixed_version_id", "priority_id"];
        let attribute = known.into_iter().find(|it| *it == attribute)?;
        Some(self.names.get(&(attribute, id.clone())).cloned().unwrap_or(id))
    }

    fn item(&self, issue: &Issue<'_>) -> (ItemRecord, Vec<Oddity>) {
        let mut history = History::default();
        let created = stamp(&issue.created_on);
        if let Some(created) = created {
            history.see(created);
        }
        for journal in issue.journals.iter().flat_map(|it| it.iter()) {
            let Some(at) = stamp(&journal.created_on) else {
                history.note(Oddity::ImplausibleDate);
                continue;
            };
            let mut has_life = journal.details.is_empty();
            for detail in &*journal.details {
                match self.meaning(detail) {
                    Some((field, from, to)) => history.push(at, field, from, to),
                    None => has_life = true,
                }
                if &*detail.property == "attr" && &*detail.name == "project_id" {
                    history.note(Oddity::MovedProject);
                }
            }
            if has_life {
                history.activity(at);
            }
        }
        let (changes, oddities) = history.finish();
        let item = ItemRecord {
            key: issue.id.some().unwrap_or_default(),
            label: issue.id.some().map(|id| format!("#{id}")),
            title: issue.subject.some(),
            kind: issue.tracker.name.some(),
            group: issue.project.name.some(),
            state: issue.status.name.some().or_else(|| issue.status.id.some()),
            created_at: created.map(|it| it.at),
            closed_at: instant(&issue.closed_on),
            estimate: issue.story_points.number().or_else(|| issue.estimated_hours.number()),
            parent: issue.parent.id.some(),
            priority: issue.priority.name.some(),
            labels: issue.category.name.some().into_iter().collect(),
            iterations: issue.fixed_version.name.some().into_iter().collect(),
            links: issue.relations.iter().filter_map(|it| it.link(&issue.id)).collect(),
            assignee: issue.assigned_to.name.some(),
            extent: Some(if issue.journals.is_some() {
                HistoryExtent::Complete
            } else {
                HistoryExtent::None
            }),
            changes,
            ..ItemRecord::default()
        };
        (item, oddities)
    }

    /// The field in our words with its old and new value; `None` for what is just a sign of life.
    fn meaning(&self, detail: &Detail<'_>) -> Option<(Field, Option<String>, Option<String>)> {
        if &*detail.property == "relation" {
            let blocker = |id: &Text<'_>| {
                matches!(&*detail.name, "blocked" | "follows" | "blocked_by").then(|| id.some()).flatten()
            };
            let (from, to) = (blocker(&detail.old_value), blocker(&detail.new_value));
            return (from.is_some() || to.is_some()).then_some((Field::BlockedBy, from, to));
        }
        if &*detail.property != "attr" {
            return None;
        }
        let field = match &*detail.name {
            "status_id" => Field::State,
            "tracker_id" => Field::Kind,
            "project_id" => Field::Group,
            "fixed_version_id" => Field::Iterations,
            "priority_id" => Field::Priority,
            "subject" => Field::Title,
            "parent_id" => Field::Parent,
            "estimated_hours" | "story_points" => Field::Estimate,
            _ => return None,
        };
        let value = |text: &Text<'_>| self.name(&detail.name, text).or_else(|| text.some());
        Some((field, value(&detail.old_value), value(&detail.new_value)))
    }
}

impl Relation<'_> {
    /// The relation as seen from the issue with the id `own`: it is told in one direction for both.
    fn link(&self, own: &Text<'_>) -> Option<Link> {
        let is_first = **own == *self.issue_id;
        let to = if is_first { self.issue_to_id.some()? } else { self.issue_id.some()? };
        let kind = match (&*self.kind, is_first) {
            ("blocks" | "precedes", true) | ("blocked" | "follows", false) => LinkKind::Blocks,
            ("blocks" | "precedes", false) | ("blocked" | "follows", true) => LinkKind::BlockedBy,
            _ => LinkKind::Related,
        };
        Some(Link { kind, to })
    }
}
