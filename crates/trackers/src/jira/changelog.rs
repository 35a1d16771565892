//! The history of an issue.

use headway_domain::work::{Change, Field, HistoryExtent, ItemRecord, LinkKind, Oddity};
use serde::Deserialize;

use crate::{
    history::{History, join},
    jira::issue::{is_estimate, is_issue_key, link_kind},
    lenient::{Many, Stamp, Text, stamp},
};

/// The changes of one issue: `histories` inside an issue, `values` on a page of their own.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Changelog<'a> {
    total: Option<u64>,
    #[serde(borrow)]
    histories: Option<Many<Entry<'a>>>,
    values: Option<Many<Entry<'a>>>,
}

/// What somebody changed at one moment.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Entry<'a> {
    #[serde(borrow)]
    created: Text<'a>,
    items: Many<FieldChange<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FieldChange<'a> {
    #[serde(borrow)]
    field: Text<'a>,
    #[serde(rename = "fieldtype")]
    field_type: Text<'a>,
    #[serde(rename = "fieldId")]
    field_id: Text<'a>,
    from: Text<'a>,
    #[serde(rename = "fromString")]
    from_name: Text<'a>,
    to: Text<'a>,
    #[serde(rename = "toString")]
    to_name: Text<'a>,
}

/// What a history tells about the issue beside its changes.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Whether it is all there.
    pub(super) is_complete: bool,
    /// The estimate it ends with.
    pub(super) estimate: Option<f64>,
    /// The field that holds the estimate.
    pub(super) estimate_field: Option<String>,
    /// The items above, now or once: id and key.
    pub(super) parents: Vec<(String, String)>,
}

/// Changes that come apart from their issue: a page of the bulk interface, or a change with its issue's id.
#[derive(Deserialize)]
pub(crate) struct IssueChanges<'a> {
    #[serde(borrow, default)]
    pub(super) id: Text<'a>,
    #[serde(rename = "issueId", default)]
    issue: Text<'a>,
    #[serde(rename = "changeHistories", default)]
    histories: super::Told<Entry<'a>>,
    #[serde(default)]
    created: Text<'a>,
    #[serde(default)]
    items: super::Told<FieldChange<'a>>,
}

impl IssueChanges<'_> {
    /// Whether this is a single change.
    pub(super) fn is_change(&self) -> bool {
        self.items.is_some() && stamp(&self.created).is_some()
    }

    /// The part of an item that these changes are.
    pub(super) fn item(&self) -> Option<(ItemRecord, Vec<Oddity>)> {
        self.item_of(&self.issue)
    }

    /// The part of the item with this id that these changes are.
    pub(crate) fn item_of(&self, issue: &str) -> Option<(ItemRecord, Vec<Oddity>)> {
        if issue.is_empty() || (self.histories.is_none() && !self.is_change()) {
            return None;
        }
        let mut history = History::default();
        let mut told = Told::default();
        for entry in self.histories.iter().flat_map(|it| it.iter()) {
            read_entry(stamp(&entry.created), &entry.items, &mut history, &mut told);
        }
        if let Some(items) = &self.items {
            read_entry(stamp(&self.created), items, &mut history, &mut told);
        }
        let (changes, oddities) = history.finish();
        let key = issue.to_owned();
        let extent = Some(HistoryExtent::Complete);
        Some((ItemRecord { key, extent, changes, ..ItemRecord::default() }, oddities))
    }
}

impl Changelog<'_> {
    /// Puts the changes into `history`. `status` is the id and the name of the issue's status now: where the
    /// history knows the status by an older name, it gets the newer one.
    pub(super) fn read(&self, history: &mut History, status: (&str, Option<&str>)) -> Told {
        let entries = self.histories.iter().chain(&self.values).flat_map(|it| it.iter());
        let count = entries.clone().count() as u64;
        let mut told = Told { is_complete: self.total.is_none_or(|total| total <= count), ..Told::default() };
        let mut names = Vec::new();
        for entry in entries {
            read_entry(stamp(&entry.created), &entry.items, history, &mut told);
            for change in entry.items.iter().filter(|it| it.is_status() && !status.0.is_empty()) {
                for (id, name) in [(&change.from, &change.from_name), (&change.to, &change.to_name)] {
                    if **id == *status.0 && Some(&**name) != status.1 && !names.contains(&&**name) {
                        names.push(name);
                    }
                }
            }
        }
        if let Some(now) = status.1 {
            rename(history.changes_mut(), &names, now);
        }
        told
    }
}

/// Gives a status that was renamed its name of now.
fn rename(changes: &mut [Change], names: &[&str], now: &str) {
    let renamed = |value: &mut Option<String>| {
        if value.as_deref().is_some_and(|it| names.contains(&it)) {
            *value = Some(now.to_owned());
        }
    };
    for change in changes.iter_mut().filter(|change| change.field == Field::State) {
        renamed(&mut change.from);
        renamed(&mut change.to);
    }
}

impl FieldChange<'_> {
    fn is_status(&self) -> bool {
        &*self.field_id == "status" || (&*self.field == "status" && &*self.field_type != "custom")
    }
}

fn read_entry(at: Option<Stamp>, items: &[FieldChange<'_>], history: &mut History, told: &mut Told) {
    let Some(at) = at else {
        history.note(Oddity::ImplausibleDate);
        return;
    };
    let mut has_life = items.is_empty();
    for change in items {
        match change.meaning() {
            Some((field, from, to)) => {
                change.tell(field, told);
                history.push(at, field, from, to);
            }
            None if &*change.field == "Key" => history.note(Oddity::MovedProject),
            None => has_life = true,
        }
    }
    if has_life {
        history.activity(at);
    }
}

impl FieldChange<'_> {
    /// The field in our words with its old and new value; `None` for what is just a sign of life.
    fn meaning(&self) -> Option<(Field, Option<String>, Option<String>)> {
        let field = match &*self.field {
            _ if self.is_status() => {
                // A status that was given another name is the same status.
                if !self.from.is_empty() && self.from == self.to {
                    return Some((Field::State, self.to_name.some(), self.to_name.some()));
                }
                Field::State
            }
            "resolution" => Field::Resolution,
            "Flagged" => Field::Flag,
            "issuetype" | "Issue Type" | "type" if &*self.field_type != "custom" => Field::Kind,
            "project" | "Project" => Field::Group,
            "priority" => Field::Priority,
            "summary" => Field::Title,
            "labels" => {
                let labels = |text: &str| join(text.split_whitespace());
                return Some((Field::Labels, labels(&self.from_name), labels(&self.to_name)));
            }
            "Sprint" => {
                let (from, to) = (sprints(&self.from, &self.from_name), sprints(&self.to, &self.to_name));
                return Some((Field::Iterations, from, to));
            }
            "Parent" | "IssueParentAssociation" | "Epic Link" => {
                let above = |id: &Text<'_>, key: &Text<'_>| id.some().or_else(|| key.some());
                return Some((
                    Field::Parent,
                    above(&self.from, &self.from_name),
                    above(&self.to, &self.to_name),
                ));
            }
            "Link" => {
                let blocker = |key: &Text<'_>, text: &str| {
                    (link_kind(text) == LinkKind::BlockedBy).then(|| key.some()).flatten()
                };
                let (from, to) = (blocker(&self.from, &self.from_name), blocker(&self.to, &self.to_name));
                return (from.is_some() || to.is_some()).then_some((Field::BlockedBy, from, to));
            }
            name if is_estimate(name) => Field::Estimate,
            _ => return None,
        };
        Some((field, self.from_name.some(), self.to_name.some()))
    }

    fn tell(&self, field: Field, told: &mut Told) {
        match field {
            Field::Estimate => {
                told.estimate = self.to_name.number();
                told.estimate_field = self.field_id.some().or(told.estimate_field.take());
            }
            Field::Parent => {
                for (id, key) in [(&self.from, &self.from_name), (&self.to, &self.to_name)] {
                    if let (Some(id), true) = (id.some(), is_issue_key(key)) {
                        told.parents.push((id, key.to_string()));
                    }
                }
            }
            _ => {}
        }
    }
}

/// Sprints by id; an old server may give only names.
fn sprints(ids: &str, names: &str) -> Option<String> {
    let list = if ids.trim().is_empty() { names } else { ids };
    join(list.split(',').map(str::trim).filter(|it| !it.is_empty()))
}
