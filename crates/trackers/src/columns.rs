//! What the columns of a table mean, from their names.
//!
//! Tables come from dozens of tools and scripts; what they have in common is how people name columns. The roles
//! found are shown to the person before anything is read.

use headway_domain::{
    time::Instant,
    work::{Category, ItemRecord},
};

use crate::{
    Dialect, dates,
    history::join,
    table::{Cells, Head},
};

/// The id that the tool itself uses, before the key that people say: an item may change its key.
const ID: &[&str] = &[
    "issue id",
    "ticket id",
    "ticket",
    "bug id",
    "work item id",
    "item id",
    "incident id",
    "task id",
    "card id",
    "story id",
    "case:concept:name",
    "case id",
    "case",
    "id",
];
const LABEL: &[&str] = &["issue key", "ticket key", "item key", "key", "reference"];
const OTHER_ID: &[&str] =
    &["number", "incident", "issue", "bug", "item", "story", "task", "card", "work item"];
const TITLE: &[&str] = &["title", "summary", "name", "subject", "short description", "short_desc"];
const KIND: &[&str] =
    &["issue type name", "issue type", "work item type", "item type", "type", "kind", "tracker", "category"];
const GROUP: &[&str] = &[
    "team",
    "component",
    "project key",
    "project",
    "board",
    "area path",
    "product",
    "assignment group",
    "group",
    "grp",
    "queue",
    "repository",
    "project id",
];
const STATE: &[&str] = &[
    "status",
    "state",
    "incident state",
    "bug status",
    "issue status",
    "status name",
    "current status",
    "column",
    "concept:name",
    "activity",
];
const RESOLUTION: &[&str] = &["resolution", "closed code", "close code", "resolution name"];
const CREATED: &[&str] = &[
    "issue created date",
    "created",
    "created date",
    "created at",
    "created on",
    "creation date",
    "date created",
    "opened",
    "opened at",
    "opened date",
    "open date",
    "reported",
    "creation_ts",
    "issue created",
];
const STARTED: &[&str] = &[
    "started",
    "started date",
    "started at",
    "start date",
    "start",
    "activated date",
    "activated",
    "in progress date",
    "date started",
    "commitment date",
    "work started",
];
const CLOSED: &[&str] = &[
    "closed",
    "closed date",
    "closed at",
    "closed on",
    "finished",
    "finished date",
    "finished at",
    "finish date",
    "done",
    "done date",
    "completed",
    "completed date",
    "completed at",
    "completion date",
    "resolved",
    "resolved at",
    "resolved date",
    "resolution date",
    "end date",
    "end",
    "delivered",
    "delivery date",
    "date closed",
];
const ESTIMATE: &[&str] = &[
    "story points",
    "issue points",
    "points",
    "estimate",
    "estimation",
    "story point estimate",
    "effort",
    "size",
];
const PARENT: &[&str] = &["parent", "parent id", "parent key", "epic link", "epic"];
const PRIORITY: &[&str] = &["priority", "urgency", "severity"];
const LABELS: &[&str] = &["labels", "label", "tags", "keywords"];
const ITERATION: &[&str] = &["sprint", "iteration", "iteration path", "milestone", "target milestone"];
const URL: &[&str] = &["url", "link", "issue url"];
const ASSIGNEE: &[&str] = &["assignee", "assigned to", "owner", "assigned_to"];

/// Dates that say nothing of a stage.
const OTHER_DATES: &[&str] = &[
    "modified",
    "updated",
    "updated at",
    "updated date",
    "changed date",
    "last updated",
    "due",
    "due date",
    "target date",
    "state changed date",
    "state change date",
    "last viewed",
    "changetime",
    "exported",
    "forecast",
];

/// Which column says what of an item. A role has several columns when several have its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) key: Vec<usize>,
    pub(crate) label: Vec<usize>,
    pub(crate) title: Vec<usize>,
    pub(crate) kind: Vec<usize>,
    pub(crate) group: Vec<usize>,
    pub(crate) state: Vec<usize>,
    pub(crate) resolution: Vec<usize>,
    pub(crate) created: Vec<usize>,
    pub(crate) started: Vec<usize>,
    pub(crate) closed: Vec<usize>,
    pub(crate) estimate: Vec<usize>,
    pub(crate) parent: Vec<usize>,
    pub(crate) priority: Vec<usize>,
    pub(crate) labels: Vec<usize>,
    pub(crate) iteration: Vec<usize>,
    pub(crate) url: Vec<usize>,
    pub(crate) assignee: Vec<usize>,
}

/// The columns of the first of these names that occurs.
pub(crate) fn columns(head: &Head, names: &[&str]) -> Vec<usize> {
    let found = names.iter().map(|name| head.find_all(name).collect::<Vec<_>>());
    found.into_iter().find(|it| !it.is_empty()).unwrap_or_default()
}

impl Columns {
    /// Finds the roles by name.
    pub(crate) fn of(head: &Head) -> Self {
        let find = |names: &[&str]| columns(head, names);
        let (id, label) = (find(ID), find(LABEL));
        let key = if !id.is_empty() {
            id
        } else if label.is_empty() {
            find(OTHER_ID)
        } else {
            label.clone()
        };
        let title = find(TITLE).into_iter().filter(|it| !key.contains(it)).collect();
        let label = if label == key { Vec::new() } else { label };
        Columns {
            key,
            label,
            title,
            kind: find(KIND),
            group: find(GROUP),
            state: find(STATE),
            resolution: find(RESOLUTION),
            created: find(CREATED),
            started: find(STARTED),
            closed: find(CLOSED),
            estimate: find(ESTIMATE),
            parent: find(PARENT),
            priority: find(PRIORITY),
            labels: find(LABELS),
            iteration: find(ITERATION),
            url: find(URL),
            assignee: find(ASSIGNEE),
        }
    }

    /// The roles that were found, as `key from "ID"`, for the person to check.
    pub(crate) fn shown(&self, head: &Head) -> Vec<String> {
        [
            ("key", &self.key),
            ("label", &self.label),
            ("title", &self.title),
            ("type", &self.kind),
            ("team", &self.group),
            ("state", &self.state),
            ("resolution", &self.resolution),
            ("creation", &self.created),
            ("start", &self.started),
            ("finish", &self.closed),
            ("estimate", &self.estimate),
            ("parent", &self.parent),
            ("priority", &self.priority),
            ("labels", &self.labels),
            ("iteration", &self.iteration),
        ]
        .into_iter()
        .filter_map(|(role, columns)| Some(shown(role, head, *columns.first()?)))
        .collect()
    }

    /// Whether the table says of its items no more than key, creation, type and team.
    pub(crate) fn is_bare(&self) -> bool {
        let others = [
            &self.label,
            &self.title,
            &self.state,
            &self.resolution,
            &self.started,
            &self.closed,
            &self.estimate,
            &self.parent,
            &self.priority,
            &self.labels,
            &self.iteration,
            &self.url,
            &self.assignee,
        ];
        others.into_iter().all(Vec::is_empty)
    }

    /// What a row says of its item beside dates and changes; `None` if it says no key.
    pub(crate) fn item(&self, cells: &Cells) -> Option<ItemRecord> {
        let get = |columns: &[usize]| cells.any(columns).map(str::to_owned);
        Some(ItemRecord {
            key: get(&self.key)?,
            label: get(&self.label),
            title: get(&self.title),
            kind: get(&self.kind),
            group: get(&self.group),
            state: get(&self.state),
            resolution: get(&self.resolution),
            estimate: cells.any(&self.estimate).and_then(number),
            parent: get(&self.parent),
            priority: get(&self.priority),
            labels: self
                .labels
                .iter()
                .filter_map(|it| cells.get(*it))
                .flat_map(several)
                .map(str::to_owned)
                .collect(),
            iterations: get(&self.iteration).into_iter().collect(),
            url: get(&self.url),
            assignee: get(&self.assignee),
            ..ItemRecord::default()
        })
    }
}

/// A role and its column, as text.
pub(crate) fn shown(role: &str, head: &Head, column: usize) -> String {
    format!("{role} from {:?}", head.names.get(column).map_or("", String::as_str))
}

/// Whether a column of dates is no stage: when an item was changed, is due.
pub(crate) fn is_other_date(head: &Head, column: usize) -> bool {
    OTHER_DATES.iter().chain(CREATED).any(|name| head.find_all(name).any(|it| it == column))
}

/// A number, with a point or a comma.
pub(crate) fn number(text: &str) -> Option<f64> {
    text.parse().or_else(|_| text.replacen(',', ".", 1).parse()).ok().filter(|it: &f64| it.is_finite())
}

/// The values of a cell that holds several: separated by commas or semicolons, else by blanks.
pub(crate) fn several(text: &str) -> impl Iterator<Item = &str> {
    let by_marks = text.contains([',', ';']);
    text.split(move |c: char| if by_marks { matches!(c, ',' | ';') } else { c.is_whitespace() })
        .map(str::trim)
        .filter(|it| !it.is_empty())
}

/// The values of a cell, as one text.
pub(crate) fn joined(text: &str) -> Option<String> {
    join(several(text))
}

/// The instants in cells, each the first of its columns, or the sentence that says what is wrong with one.
pub(crate) fn instants<const N: usize>(
    cells: &Cells,
    columns: [&[usize]; N],
    head: &Head,
    dialect: &Dialect,
) -> Result<[Option<Instant>; N], String> {
    let mut instants = [None; N];
    for (instant, columns) in instants.iter_mut().zip(columns) {
        let Some(text) = cells.any(columns) else { continue };
        *instant = Some(dates::parse(text, dialect).ok_or_else(|| not_a_date(text, head, columns))?);
    }
    Ok(instants)
}

/// What to say of a cell that should be a date.
pub(crate) fn not_a_date(text: &str, head: &Head, columns: &[usize]) -> String {
    let name = columns.first().and_then(|it| head.names.get(*it)).map_or("", String::as_str);
    let text: String = text.chars().take(60).collect();
    format!(
        "{text:?} in the column {name:?} is not a date in the order of day and month chosen for this file"
    )
}

/// The category of the three that Jira and others use for their states.
pub(crate) fn category(name: &str) -> Option<Category> {
    match name.trim().to_ascii_lowercase().as_str() {
        "to do" | "todo" | "new" | "proposed" => Some(Category::Todo),
        "in progress" | "indeterminate" | "active" => Some(Category::Active),
        "done" | "complete" | "completed" => Some(Category::Done),
        _ => None,
    }
}

/// The name of the stage that a column of dates stands for: `Activated Date` is `Activated`.
pub(crate) fn stage_name(column: &str) -> String {
    let words: Vec<&str> = column.split([' ', '_', '-']).filter(|it| !it.is_empty()).collect();
    let is_filler = |word: &&&str| {
        ["date", "at", "on", "time", "timestamp", "ts"].iter().any(|it| it.eq_ignore_ascii_case(word))
    };
    let stem: Vec<&str> = words.iter().filter(|it| !is_filler(it)).copied().collect();
    let name =
        if stem.is_empty() || stem.len() == words.len() { column.trim().to_owned() } else { stem.join(" ") };
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(names: &str) -> Head {
        Head { names: names.split(',').map(str::to_owned).collect() }
    }

    #[test]
    fn the_id_is_the_key_and_the_key_the_label() {
        let columns = Columns::of(&head("project_id,project_key,issue_id,issue_key"));
        assert_eq!((columns.key, columns.label, columns.group), (vec![2], vec![3], vec![1]));
        let columns = Columns::of(&head("Key,Summary"));
        assert_eq!((columns.key, columns.label), (vec![0], vec![]));
    }

    #[test]
    fn stages_have_the_names_of_their_columns() {
        assert_eq!(stage_name("Activated Date"), "Activated");
        assert_eq!(stage_name("closed_at"), "Closed");
        assert_eq!(stage_name("In Sign Off"), "In Sign Off");
        assert_eq!(stage_name("Done"), "Done");
        assert_eq!(stage_name("Date"), "Date");
    }

    #[test]
    fn cells_may_hold_several_values() {
        assert_eq!(several("a b,c").collect::<Vec<_>>(), ["a b", "c"]);
        assert_eq!(several("a  b").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(number("2,5"), Some(2.5));
    }
}
