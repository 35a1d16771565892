//! Jira: issues from its REST interface and from its CSV export.
//!
//! Issues come as an array, as search pages, or one a line; alone, with their changelog, or with their changelog
//! on pages of its own. Sprints are told by the issues that were in them and by the pages of boards.
//! An item's key is the issue's id, which survives moves; its label is the newest key.

mod changelog;
mod csv;
mod issue;
mod sprint;

use std::{
    collections::{BTreeMap, HashSet},
    io::{BufRead, Cursor},
};

use headway_domain::work::{Category, IterationRecord, Record};
use serde::Deserialize;

pub use self::csv::{recognise as recognise_csv, rows as csv_rows};
pub(crate) use self::{changelog::IssueChanges, issue::link_kind};
use crate::{
    Dialect, Format, Recognised, Rows,
    container::Sample,
    jira::{
        issue::{Issue, Status},
        sprint::Sprint,
    },
    json_outline::Outline,
    json_rows::{self, Reading, Sink},
    json_stream::{Piece, Values},
    lenient::{Many, Names},
};

/// Members of Jira's pages that hold lists: of issues, of sprints, of changelogs.
const ARRAYS: &[&str] = &["issues", "values", "issueChangeLogs"];
const ROOTS: &[&str] = &["", "issues[]", "values[]"];

/// What this is, if it is issues of Jira or files that stand beside them.
pub fn recognise(sample: &Sample) -> Option<Recognised> {
    let outline = Outline::of(&sample.text);
    let mut can = Vec::new();
    let mut cannot = Vec::new();
    let hints = hints(&sample.text);
    if let Some(root) = outline.root(ROOTS, &["key", "fields"]) {
        let has = |path: &str| outline.has_all(root, &[path]);
        let known = ["fields.status", "fields.issuetype", "fields.summary", "fields.project", "changelog"];
        if !known.into_iter().any(has) {
            return None;
        }
        can.push("issues with type, status, priority, links and dates".to_owned());
        if has("changelog") {
            can.push("the full history of every issue that comes with its changelog".to_owned());
        } else {
            cannot.push(
                "no history: only the dates of creation and resolution; export with expand=changelog to get it"
                    .to_owned(),
            );
        }
    } else if outline.has("issueChangeLogs")
        || outline.root(&["", "values[]"], &["items", "created"]).is_some()
    {
        can.push("changes of issues that are read from another file".to_owned());
        cannot.push("the issues themselves".to_owned());
    } else if is_sprints(&outline) {
        can.push("sprints".to_owned());
        cannot.push("no issues".to_owned());
    } else if hints.is_empty() {
        return None;
    } else {
        can.push("what Jira says of each status: to do, in progress or done".to_owned());
        cannot.push("no issues".to_owned());
    }
    Some(Recognised {
        format: Format::JiraJson,
        dialect: Dialect { delimiter: None, ..sample.dialect.clone() },
        can,
        cannot,
        hints,
        items_are_whole: !outline.has("issueChangeLogs"),
    })
}

/// Why there is nothing to import from a file that is Jira's: settings of a board or of an export.
pub fn left_out(sample: &Sample) -> Option<String> {
    let outline = Outline::of(&sample.text);
    (is_configuration(&outline) && recognise(sample).is_none())
        .then(|| "configuration, nothing to import".to_owned())
}

fn is_sprints(outline: &Outline) -> bool {
    outline.root(&["", "values[]"], &["id", "state", "name"]).is_some_and(|root| {
        ["originBoardId", "startDate", "completeDate"].into_iter().any(|it| outline.has_all(root, &[it]))
    })
}

/// Boards and the settings of exports.
fn is_configuration(outline: &Outline) -> bool {
    let lists = ["", "values[]"];
    outline.has("columnConfig")
        || outline.root(&lists, &["id", "name", "location", "type"]).is_some()
        || outline.has("jira_url")
        || outline.has_all("", &["date_start", "date_end"])
        || outline.has_all("", &["url", "api_token"])
}

/// What Jira itself says of statuses, from the start of a file of issues or of statuses.
pub(crate) fn hints(text: &str) -> Vec<(String, Category)> {
    /// An issue, or a status.
    #[derive(Deserialize)]
    struct Holder<'a> {
        #[serde(borrow, default)]
        fields: Fields<'a>,
        #[serde(flatten)]
        status: Status<'a>,
    }
    #[derive(Default, Deserialize)]
    struct Fields<'a> {
        #[serde(borrow, default)]
        status: Status<'a>,
    }
    let mut found = BTreeMap::new();
    let mut values = Values::new(Box::new(Cursor::new(text.as_bytes().to_vec())), ARRAYS);
    while let Some(piece) = values.next() {
        if !matches!(piece, Piece::Value(_)) {
            continue;
        }
        if let Ok(holder) = serde_json::from_slice::<Holder<'_>>(values.text()) {
            for status in [&holder.fields.status, &holder.status] {
                if let (Some(name), Some(category)) = (status.name.some(), status.category()) {
                    found.insert(name, category);
                }
            }
        }
    }
    found.into_iter().collect()
}

/// The rows of a file of issues, of changelogs, or of sprints.
pub fn rows(reader: Box<dyn BufRead + Send>, file: String, _dialect: &Dialect) -> Rows {
    json_rows::rows(reader, file, ARRAYS, Jira::default())
}

/// Reads Jira's values.
#[derive(Debug, Default)]
pub(crate) struct Jira {
    /// Names of fields, where a page gives them.
    names: Names,
    /// Keys of the sprints that were told.
    sprints: HashSet<String>,
}

/// So many sprints are remembered; after that one may be told twice, which does no harm.
const MOST_SPRINTS: usize = 100_000;

impl Jira {
    fn sprint(&mut self, sprint: IterationRecord, sink: &mut Sink) {
        if self.sprints.len() < MOST_SPRINTS && self.sprints.insert(sprint.key.clone()) {
            sink.record(Record::Iteration(sprint));
        }
    }
}

impl Reading for Jira {
    fn value(&mut self, _member: Option<&str>, json: &str, sink: &mut Sink) -> serde_json::Result<()> {
        let mut issue: Issue<'_> = serde_json::from_str(json)?;
        if let Some(fields) = issue.fields() {
            if let Ok(names) = serde_json::from_str(issue.names.map_or("", |it| it.get())) {
                self.names = names;
            }
            for sprint in &fields.sprints {
                if let Some(record) = sprint.record(fields.project.name.some()) {
                    self.sprint(record, sink);
                }
            }
            let (item, oddities) = issue.item(&fields, &self.names);
            sink.item(item, oddities);
            return Ok(());
        }
        // No issue, then: a page of changelogs, a sprint, or configuration.
        let changes: IssueChanges<'_> = serde_json::from_str(json)?;
        if let Some((item, oddities)) = changes.item() {
            sink.item(item, oddities);
        } else if changes.is_change() {
            sink.problem(changes.id.some(), "the change does not say which issue it belongs to");
        } else if let Ok(sprint) = serde_json::from_str::<Sprint>(json)
            && sprint.is_told()
            && let Some(record) = sprint.record(None)
        {
            self.sprint(record, sink);
        }
        Ok(())
    }

    fn rest(&mut self, json: &str) -> serde_json::Result<()> {
        #[derive(Deserialize)]
        struct Page {
            #[serde(default)]
            names: Option<Names>,
        }
        let page: Page = serde_json::from_str(json)?;
        if let Some(names) = page.names {
            self.names = names;
        }
        Ok(())
    }
}

/// Whether the values of a list are there at all: an empty list of changes says that nothing ever changed.
type Told<T> = Option<Many<T>>;
