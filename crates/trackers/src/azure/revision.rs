//! The fields of a work item at one of its revisions.

use std::collections::{BTreeMap, HashMap};

use headway_domain::{
    time::Instant,
    work::{Field, Oddity},
};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    history::{History, join},
    lenient::{Named, Stamp, Text, instant, stamp},
};

const STATE: &str = "System.State";
const COLUMN: &str = "System.BoardColumn";
const COLUMN_DONE: &str = "System.BoardColumnDone";
const CHANGED: &str = "System.ChangedDate";
const CREATED: &str = "System.CreatedDate";
const CLOSED: &str = "Microsoft.VSTS.Common.ClosedDate";
const ASSIGNED: &str = "System.AssignedTo";
const TAGS: &str = "System.Tags";

/// The fields that say something about the flow.
const WANTED: [&str; 21] = [
    STATE,
    COLUMN,
    COLUMN_DONE,
    CHANGED,
    CREATED,
    CLOSED,
    ASSIGNED,
    TAGS,
    "System.Reason",
    "System.Title",
    "System.WorkItemType",
    "System.AreaPath",
    "System.TeamProject",
    "System.IterationPath",
    "System.Parent",
    "Microsoft.VSTS.Common.Priority",
    "Microsoft.VSTS.Common.ResolvedReason",
    "Microsoft.VSTS.CMMI.Blocked",
    "Microsoft.VSTS.Scheduling.StoryPoints",
    "Microsoft.VSTS.Scheduling.Effort",
    "Microsoft.VSTS.Scheduling.Size",
];

/// The fields that become changes.
const TOLD: [Field; 11] = [
    Field::State,
    Field::Resolution,
    Field::Flag,
    Field::Estimate,
    Field::Iterations,
    Field::Kind,
    Field::Group,
    Field::Parent,
    Field::Labels,
    Field::Priority,
    Field::Title,
];

/// Fields as they stand in the file: values, or pairs of old and new ones.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct RawFields<'a>(#[serde(borrow)] HashMap<Text<'a>, &'a RawValue>);

/// The new value of a field in an update; without one the field was emptied.
#[derive(Deserialize)]
struct Renewed<'a> {
    #[serde(rename = "newValue", borrow, default)]
    new: Option<&'a RawValue>,
}

/// An item at one revision.
#[derive(Clone, Debug, Default)]
pub(super) struct Revision {
    /// Its number; 0 when not told.
    pub(super) rev: u64,
    /// When it was made.
    pub(super) at: Option<Stamp>,
    values: BTreeMap<&'static str, String>,
}

impl RawFields<'_> {
    /// The revision that these fields make, on top of the one before it where they tell only what changed.
    pub(super) fn revision(&self, before: Option<&Revision>) -> Revision {
        let is_update = self.0.values().any(|raw| is_renewed(raw));
        let mut values = match before {
            Some(before) if is_update => before.values.clone(),
            _ => BTreeMap::new(),
        };
        // An update that says nothing of its time must not pass for the one before.
        if is_update {
            values.remove(CHANGED);
        }
        for (name, raw) in &self.0 {
            let Some(name) = WANTED.into_iter().find(|it| *it == &**name) else { continue };
            let text = if is_renewed(raw) {
                serde_json::from_str::<Renewed<'_>>(raw.get()).ok().and_then(|it| text_of(it.new?))
            } else {
                text_of(raw)
            };
            match text {
                Some(text) => values.insert(name, text),
                None => values.remove(name),
            };
        }
        let at = values.get(CHANGED).and_then(|it| stamp(it));
        let at =
            at.or_else(|| before.is_none().then(|| values.get(CREATED).and_then(|it| stamp(it))).flatten());
        Revision { rev: 0, at, values }
    }
}

fn is_renewed(raw: &RawValue) -> bool {
    raw.get().starts_with('{') && (raw.get().contains("\"newValue\"") || raw.get().contains("\"oldValue\""))
}

/// A text, a number, a truth value, or the name of a person.
fn text_of(raw: &RawValue) -> Option<String> {
    if raw.get().starts_with('{') {
        let named: Named<'_> = serde_json::from_str(raw.get()).ok()?;
        named.name.some().or_else(|| named.id.some())
    } else {
        serde_json::from_str::<Text<'_>>(raw.get()).ok()?.some()
    }
}

impl Revision {
    /// The value of a field in our words.
    pub(super) fn value(&self, field: Field) -> Option<String> {
        let get = |name: &str| self.values.get(name).cloned();
        match field {
            Field::State => match (get(COLUMN), self.values.get(COLUMN_DONE).map(String::as_str)) {
                (Some(column), Some("true" | "True")) => Some(format!("{column} (done)")),
                (Some(column), _) => Some(column),
                (None, _) => get(STATE),
            },
            Field::Resolution => {
                let ends = ["Closed", "Done", "Completed", "Removed", "Resolved"];
                let ended = self.values.get(STATE).is_some_and(|state| ends.contains(&state.as_str()));
                ended
                    .then(|| get("Microsoft.VSTS.Common.ResolvedReason").or_else(|| get("System.Reason")))
                    .flatten()
            }
            Field::Flag => get("Microsoft.VSTS.CMMI.Blocked").filter(|it| !it.eq_ignore_ascii_case("no")),
            Field::Estimate => get("Microsoft.VSTS.Scheduling.StoryPoints")
                .or_else(|| get("Microsoft.VSTS.Scheduling.Effort"))
                .or_else(|| get("Microsoft.VSTS.Scheduling.Size")),
            Field::Iterations => get("System.IterationPath"),
            Field::Kind => get("System.WorkItemType"),
            Field::Group => get("System.AreaPath").or_else(|| get("System.TeamProject")),
            Field::Parent => get("System.Parent"),
            Field::Labels => join(self.labels().iter().map(String::as_str)),
            Field::Priority => get("Microsoft.VSTS.Common.Priority"),
            Field::Title => get("System.Title"),
            Field::BlockedBy | Field::Activity => None,
        }
    }

    /// The tags.
    pub(super) fn labels(&self) -> Vec<String> {
        let tags = self.values.get(TAGS).map(String::as_str).unwrap_or_default();
        tags.split(';').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
    }

    /// When the item was created.
    pub(super) fn created(&self) -> Option<Instant> {
        self.values.get(CREATED).and_then(|it| instant(it))
    }

    /// When it was closed.
    pub(super) fn closed(&self) -> Option<Instant> {
        self.values.get(CLOSED).and_then(|it| instant(it))
    }

    /// Who works on it.
    pub(super) fn assignee(&self) -> Option<String> {
        self.values.get(ASSIGNED).cloned()
    }

    /// Tells what differs from the revision before.
    pub(super) fn tell(&self, before: &Revision, at: Stamp, history: &mut History) {
        let mut told = false;
        for field in TOLD {
            let (from, to) = (before.value(field), self.value(field));
            if from != to {
                told = true;
                history.push(at, field, from, to);
            }
        }
        if !told {
            history.activity(at);
        }
        if before.at.is_some_and(|earlier| earlier.at > at.at) {
            history.note(Oddity::ImplausibleDate);
        }
    }
}
