//! Which column of a change table says what.

use std::collections::{BTreeMap, HashSet};

use headway_domain::work::{Category, Field};

use crate::{
    columns::{self, Columns, columns, shown},
    table::{Cells, Head, known},
};

/// When the change was made. Dates of creation are tried last: in some tables they are the change's own.
const AT: &[&str] = &[
    "status change date",
    "changed at",
    "change date",
    "change time",
    "changed",
    "changed date",
    "time:timestamp",
    "timestamp",
    "bug_when",
    "when",
    "time",
    "at",
    "date",
    "event time",
    "sys_updated_at",
    "updated at",
    "updated",
    "modified",
    "created",
    "created date",
    "created at",
];
const FIELD: &[&str] = &["field", "field name", "what", "attribute", "property", "fieldid"];
const FROM: &[&str] = &[
    "from",
    "old",
    "old value",
    "from string",
    "from value",
    "original from value",
    "removed",
    "status from name",
    "from status",
    "status from",
    "from state",
    "old status",
    "old state",
    "previous state",
    "previous",
    "before",
];
const TO: &[&str] = &[
    "to",
    "new",
    "new value",
    "to string",
    "to value",
    "original to value",
    "added",
    "status to name",
    "to status",
    "status to",
    "to state",
    "new status",
    "new state",
    "next state",
    "after",
];
const LOG_STATE: &[&str] = &[
    "incident state",
    "concept:name",
    "activity",
    "status",
    "state",
    "event",
    "issue status",
    "status name",
];

/// Where the values of a change stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Values {
    /// Before and after; without a column for the field it is the state.
    Pair { field: Vec<usize>, from: Vec<usize>, to: Vec<usize> },
    /// The state after the event; the one before is in the item's row before.
    Log { state: Vec<usize> },
}

/// Which column says what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) columns: Columns,
    pub(super) at: Vec<usize>,
    pub(super) values: Values,
    /// Columns with the categories of the states before and after.
    categories: Vec<(usize, usize)>,
}

impl Layout {
    /// The layout, if the columns have the names of a change table's.
    pub(super) fn of(head: &Head) -> Option<Self> {
        let mut found = Columns::of(head);
        let at = columns(head, AT);
        let (field, from, to) = (columns(head, FIELD), columns(head, FROM), columns(head, TO));
        if found.key.is_empty() || at.is_empty() {
            return None;
        }
        // One column is one thing: the date of the change is not that of the creation as well.
        if found.created == at {
            found.created.clear();
        }
        let values = if !to.is_empty() && (!from.is_empty() || !field.is_empty()) {
            Values::Pair { field, from, to }
        } else {
            let state = columns(head, LOG_STATE);
            if state.is_empty() || state == found.key {
                return None;
            }
            if found.title == state || found.title == at {
                found.title.clear();
            }
            Values::Log { state }
        };
        let pair = |from: &str, to: &str| Some((head.find(&[from])?, head.find(&[to])?));
        let categories = [
            (head.find(&["status from name"]), head.find(&["status from category name"])),
            (head.find(&["status to name"]), head.find(&["status to category name"])),
        ]
        .into_iter()
        .filter_map(|(state, category)| Some((state?, category?)))
        .chain(pair("status", "status category"))
        .collect();
        // The state now is that after the last change.
        found.state.clear();
        found.started.clear();
        Some(Layout { columns: found, at, values, categories })
    }

    /// Whether rows are events with the state after them.
    pub(super) fn is_log(&self) -> bool {
        matches!(self.values, Values::Log { .. })
    }

    /// Whether a row has neither a field nor values of a change.
    pub(super) fn says_no_change(&self, cells: &Cells) -> bool {
        match &self.values {
            Values::Pair { field, from, to } => {
                [field, from, to].into_iter().all(|it| cells.any(it).is_none())
            }
            Values::Log { .. } => false,
        }
    }

    /// Whether some item has more than one row among these.
    pub(super) fn repeats_keys(&self, rows: &[Vec<String>]) -> bool {
        let Some(key) = self.columns.key.first() else { return false };
        let mut seen = HashSet::new();
        rows.iter().filter_map(|row| known(row.get(*key)?)).any(|key| !seen.insert(key))
    }

    /// The roles that were found, for the person to check.
    pub(super) fn shown(&self, head: &Head) -> Vec<String> {
        let mut roles = self.columns.shown(head);
        roles.extend(self.at.first().map(|it| shown("time", head, *it)));
        match &self.values {
            Values::Pair { field, from, to } => {
                for (role, columns) in [("field", field), ("before", from), ("after", to)] {
                    roles.extend(columns.first().map(|it| shown(role, head, *it)));
                }
            }
            Values::Log { state } => roles.extend(state.first().map(|it| shown("state", head, *it))),
        }
        roles
    }

    /// What the table itself says of states.
    pub(super) fn hints(&self, rows: &[Vec<String>]) -> Vec<(String, Category)> {
        let mut hints = BTreeMap::new();
        for (state, category) in &self.categories {
            for row in rows {
                let (Some(state), Some(category)) = (row.get(*state), row.get(*category)) else { continue };
                if let (Some(state), Some(category)) = (known(state), columns::category(category)) {
                    hints.insert(state.to_owned(), category);
                }
            }
        }
        hints.into_iter().collect()
    }
}

/// What names of fields mean; the few that occur in a table are remembered.
#[derive(Debug, Default)]
pub(super) struct FieldNames(Vec<(String, Field)>);

impl FieldNames {
    /// The most names that are remembered.
    const MOST: usize = 64;

    pub(super) fn get(&mut self, name: &str) -> Field {
        if let Some((_, field)) = self.0.iter().find(|(known, _)| known == name) {
            return *field;
        }
        let field = field_of(name);
        if self.0.len() < Self::MOST {
            self.0.push((name.to_owned(), field));
        }
        field
    }
}

/// What a tool's name of a field means.
fn field_of(name: &str) -> Field {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    match plain.as_str() {
        "status" | "state" | "bugstatus" | "incidentstate" | "systemstate" => Field::State,
        "resolution" | "closedcode" => Field::Resolution,
        "flagged" | "impediment" => Field::Flag,
        "storypoints" | "estimate" | "storypointestimate" | "estimatedhours" | "points" | "estimatedtime" => {
            Field::Estimate
        }
        "sprint" | "iteration" | "iterationpath" | "milestone" | "targetmilestone" => Field::Iterations,
        "type" | "issuetype" | "kind" | "tracker" | "workitemtype" => Field::Kind,
        "component" | "project" | "team" | "product" | "board" | "areapath" | "assignmentgroup" => {
            Field::Group
        }
        "parent" | "epic" | "epiclink" | "parents" => Field::Parent,
        "labels" | "keywords" | "tags" => Field::Labels,
        "priority" | "severity" | "bugseverity" | "urgency" => Field::Priority,
        "summary" | "title" | "shortdesc" | "shortdescription" | "subject" => Field::Title,
        "blockedby" | "dependson" => Field::BlockedBy,
        _ => Field::Activity,
    }
}
