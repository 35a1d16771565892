//! Issues and merge requests.

use headway_domain::work::{Field, HistoryExtent, ItemRecord, IterationRecord, Oddity};
use serde::Deserialize;

use crate::{
    gitlab::project,
    history::{History, join},
    lenient::{Many, Named, Object, Stamp, Text, instant, stamp},
};

/// An issue or a merge request.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Subject<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    iid: Text<'a>,
    project_id: Text<'a>,
    target_project_id: Text<'a>,
    title: Text<'a>,
    state: Text<'a>,
    created_at: Text<'a>,
    closed_at: Text<'a>,
    merged_at: Text<'a>,
    weight: Text<'a>,
    issue_type: Text<'a>,
    web_url: Text<'a>,
    assignee: Named<'a>,
    /// In lists of the interface: names.
    labels: Many<Named<'a>>,
    /// In exports.
    label_links: Many<LabelLink<'a>>,
    milestone: Object<Timebox<'a>>,
    #[serde(alias = "sprint")]
    iteration: Object<Timebox<'a>>,
    epic: Named<'a>,
    metrics: Object<Metrics<'a>>,
    notes: Option<Many<Note<'a>>>,
    resource_label_events: Option<Many<LabelEvent<'a>>>,
    resource_state_events: Option<Many<StateEvent<'a>>>,
    resource_milestone_events: Many<TimeboxEvent<'a>>,
    resource_iteration_events: Many<TimeboxEvent<'a>>,
    events: Many<ProjectEvent<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LabelLink<'a> {
    #[serde(borrow)]
    label: Named<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metrics<'a> {
    #[serde(borrow)]
    merged_at: Text<'a>,
    latest_closed_at: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Note<'a> {
    #[serde(borrow)]
    created_at: Text<'a>,
    system: bool,
    system_note_metadata: Object<NoteKind<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NoteKind<'a> {
    #[serde(borrow)]
    action: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LabelEvent<'a> {
    #[serde(borrow)]
    created_at: Text<'a>,
    action: Text<'a>,
    label: Named<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StateEvent<'a> {
    #[serde(borrow)]
    created_at: Text<'a>,
    state: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TimeboxEvent<'a> {
    #[serde(borrow)]
    created_at: Text<'a>,
    action: Text<'a>,
    #[serde(alias = "iteration")]
    milestone: Named<'a>,
}

/// What a project's activity page says: the only trace of closing in old exports.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ProjectEvent<'a> {
    #[serde(borrow)]
    created_at: Text<'a>,
    action: Text<'a>,
}

/// A milestone or an iteration.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Timebox<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    title: Text<'a>,
    project_id: Text<'a>,
    state: Text<'a>,
    start_date: Text<'a>,
    due_date: Text<'a>,
    updated_at: Text<'a>,
    web_url: Text<'a>,
}

impl Timebox<'_> {
    /// Its title: events of items name it so.
    fn key(&self) -> Option<String> {
        self.title.some().or_else(|| self.id.some())
    }

    /// The timebox in our words, if it has a date.
    pub(super) fn record(&self) -> Option<IterationRecord> {
        let (starts_at, ends_at) = (instant(&self.start_date), instant(&self.due_date));
        starts_at.or(ends_at)?;
        let key = self.key()?;
        Some(IterationRecord {
            name: key.clone(),
            key,
            group: project(&self.project_id, &self.web_url),
            starts_at,
            ends_at,
            completed_at: (&*self.state == "closed").then(|| instant(&self.updated_at)).flatten(),
            given: None,
        })
    }
}

/// What happened to an item, of the things that decide its state.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn<'a> {
    Closed,
    Merged,
    Reopened,
    LabelAdded(&'a str),
    LabelRemoved(&'a str),
}

impl Subject<'_> {
    /// The timeboxes that the item tells of.
    pub(super) fn timeboxes(&self) -> [&Timebox<'_>; 2] {
        [&self.milestone, &self.iteration]
    }

    /// The item in our words, and what is odd about it.
    pub(super) fn item(&self, is_merge_request: bool) -> (ItemRecord, Vec<Oddity>) {
        let mut history = History::default();
        let created = stamp(&self.created_at);
        if let Some(created) = created {
            history.see(created);
        }
        let labels: Vec<String> = self
            .labels
            .iter()
            .chain(self.label_links.iter().map(|link| &link.label))
            .filter_map(|it| it.name.some())
            .collect();
        let turns = self.turns(&mut history);
        tell_turns(&turns, &mut history);
        self.tell_rest(&mut history);

        let state = match &*self.state {
            "opened" | "reopened" | "open" | "" => {
                labels.iter().find_map(|it| workflow_state(it)).unwrap_or("opened").to_owned()
            }
            other => other.to_owned(),
        };
        let has_events = self.resource_label_events.is_some() || self.resource_state_events.is_some();
        let extent =
            if has_events || self.notes.is_some() { HistoryExtent::Complete } else { HistoryExtent::None };
        let closed =
            [&self.merged_at, &self.metrics.merged_at, &self.closed_at, &self.metrics.latest_closed_at];
        let project_id = if self.project_id.is_empty() { &self.target_project_id } else { &self.project_id };
        let number = self.iid.some();
        let (changes, oddities) = history.finish();
        let (prefix, sign) = if is_merge_request { ("merge request ", '!') } else { ("", '#') };
        let item = ItemRecord {
            key: self
                .id
                .some()
                .map(|id| format!("{prefix}{id}"))
                .or_else(|| number.clone())
                .unwrap_or_default(),
            label: number.map(|number| format!("{sign}{number}")),
            title: self.title.some(),
            kind: Some(self.kind(is_merge_request, &labels)),
            group: project(project_id, &self.web_url),
            resolution: (is_merge_request && state == "closed").then(|| "declined".to_owned()),
            closed_at: if matches!(state.as_str(), "closed" | "merged") {
                closed.into_iter().find_map(|it| instant(it))
            } else {
                None
            },
            state: Some(state),
            created_at: created.map(|it| it.at),
            estimate: self.weight.number(),
            parent: self.epic.id.some(),
            priority: labels
                .iter()
                .find_map(|it| scoped(it, &["priority", "prio", "severity"]))
                .map(str::to_owned),
            iterations: self.timeboxes().into_iter().filter_map(Timebox::key).collect(),
            labels,
            url: self.web_url.some(),
            assignee: self.assignee.name.some(),
            extent: Some(extent),
            changes,
            ..ItemRecord::default()
        };
        (item, oddities)
    }

    fn kind(&self, is_merge_request: bool, labels: &[String]) -> String {
        if is_merge_request {
            return "Merge request".to_owned();
        }
        let by_label = labels.iter().find_map(|it| scoped(it, &["type", "kind"])).map(str::to_owned);
        let own = self.issue_type.some().filter(|it| it != "issue");
        own.or(by_label).unwrap_or_else(|| "Issue".to_owned())
    }

    /// Everything that decides the state, oldest first.
    fn turns(&self, history: &mut History) -> Vec<(Stamp, Turn<'_>)> {
        let mut told: Vec<(&str, Turn<'_>)> = Vec::new();
        for event in self.resource_label_events.iter().flat_map(|it| it.iter()) {
            let turn = match &*event.action {
                "add" => Turn::LabelAdded(&event.label.name),
                _ => Turn::LabelRemoved(&event.label.name),
            };
            told.push((&event.created_at, turn));
        }
        let turn_of = |action: &str| match action {
            "closed" => Some(Turn::Closed),
            "merged" => Some(Turn::Merged),
            "reopened" | "opened" => Some(Turn::Reopened),
            _ => None,
        };
        // The same closing is told by state events, by notes and by the project's events: the first that tell any win.
        let by_state: Vec<_> = self
            .resource_state_events
            .iter()
            .flat_map(|it| it.iter())
            .filter_map(|it| Some((&*it.created_at, turn_of(&it.state)?)))
            .collect();
        let by_note: Vec<_> = self
            .notes
            .iter()
            .flat_map(|it| it.iter())
            .filter(|it| it.system)
            .filter_map(|it| Some((&*it.created_at, turn_of(&it.system_note_metadata.action)?)))
            .collect();
        let by_event: Vec<_> =
            self.events.iter().filter_map(|it| Some((&*it.created_at, turn_of(&it.action)?))).collect();
        let ends = [by_state, by_note, by_event].into_iter().find(|it| !it.is_empty());
        told.extend(ends.unwrap_or_default());
        let mut turns = Vec::with_capacity(told.len());
        for (time, turn) in told {
            match stamp(time) {
                Some(at) => turns.push((at, turn)),
                None => history.note(Oddity::ImplausibleDate),
            }
        }
        turns.sort_by_key(|(at, _)| at.at);
        turns
    }

    /// What does not decide the state: timeboxes, comments, everything that shows life.
    fn tell_rest(&self, history: &mut History) {
        let mut planned: Vec<String> = Vec::new();
        let mut events: Vec<_> = self
            .resource_milestone_events
            .iter()
            .chain(&*self.resource_iteration_events)
            .filter_map(|it| Some((stamp(&it.created_at)?, it)))
            .collect();
        events.sort_by_key(|(at, _)| at.at);
        for (at, event) in events {
            let before = join(planned.iter().map(String::as_str));
            if let Some(key) = event.milestone.name.some().or_else(|| event.milestone.id.some()) {
                planned.retain(|it| *it != key);
                if &*event.action == "add" {
                    planned.push(key);
                }
            } else {
                planned.clear();
            }
            let now = join(planned.iter().map(String::as_str));
            if before != now {
                history.push(at, Field::Iterations, before, now);
            }
        }
        let decides = ["closed", "merged", "reopened", "opened", "label", "milestone", "iteration"];
        for note in self.notes.iter().flat_map(|it| it.iter()) {
            if let (Some(at), false) =
                (stamp(&note.created_at), decides.contains(&&*note.system_note_metadata.action))
            {
                history.activity(at);
            }
        }
    }
}

/// Turns what happened into changes of state and labels. Labels that go and come in the same second are one change.
fn tell_turns(turns: &[(Stamp, Turn<'_>)], history: &mut History) {
    let mut state = "opened".to_owned();
    let mut labels: Vec<&str> = Vec::new();
    let second = |at: &Stamp| at.at.0.div_euclid(1_000_000);
    for moment in turns.chunk_by(|(a, _), (b, _)| second(a) == second(b)) {
        let at = moment[0].0;
        let before = join(labels.iter().copied());
        let mut end = None;
        for (_, turn) in moment {
            match turn {
                Turn::LabelAdded(label) => {
                    labels.retain(|it| it != label);
                    labels.push(label);
                }
                Turn::LabelRemoved(label) => labels.retain(|it| it != label),
                Turn::Closed if end != Some("merged") => end = Some("closed"),
                Turn::Closed => {}
                Turn::Merged => end = Some("merged"),
                Turn::Reopened => end = Some("opened"),
            }
        }
        let now = join(labels.iter().copied());
        if before != now {
            history.push(at, Field::Labels, before, now);
        }
        let by_label = || labels.iter().rev().find_map(|it| workflow_state(it)).unwrap_or("opened");
        let next = match end {
            Some("opened") => by_label(),
            Some(end) => end,
            None if matches!(state.as_str(), "closed" | "merged") => continue,
            None => by_label(),
        };
        if next != state {
            let before = std::mem::replace(&mut state, next.to_owned());
            history.push(at, Field::State, Some(before), Some(next.to_owned()));
        }
    }
}

/// The state that a label stands for, if it stands for one.
fn workflow_state(label: &str) -> Option<&str> {
    if matches!(label, "To Do" | "Doing") {
        return Some(label);
    }
    scoped(label, &["workflow", "status", "state", "stage", "phase", "kanban", "board", "step"])
}

/// The value of a label such as `workflow::in review`, if its scope is one of these.
fn scoped<'a>(label: &'a str, scopes: &[&str]) -> Option<&'a str> {
    let (scope, value) = label.rsplit_once("::")?;
    let scope = scope.rsplit("::").next().unwrap_or(scope).trim().to_lowercase();
    (scopes.contains(&scope.as_str()) && !value.trim().is_empty()).then(|| value.trim())
}
