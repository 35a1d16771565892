//! The events of a timeline.

use headway_domain::work::{Field, Oddity};
use serde::Deserialize;

use crate::{
    github::OPEN,
    history::{History, join},
    lenient::{Named, Object, Stamp, Text, stamp},
};

/// One event.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Event<'a> {
    #[serde(rename = "event", borrow)]
    kind: Text<'a>,
    created_at: Text<'a>,
    /// Of reviews.
    submitted_at: Text<'a>,
    /// Of commits.
    committer: Object<Committer<'a>>,
    state_reason: Text<'a>,
    label: Named<'a>,
    milestone: Named<'a>,
    rename: Object<Rename<'a>>,
    project_card: Object<Card<'a>>,
    /// Of the newer boards.
    status: Text<'a>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Committer<'a> {
    #[serde(borrow)]
    date: Text<'a>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Rename<'a> {
    #[serde(borrow)]
    from: Text<'a>,
    to: Text<'a>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Card<'a> {
    #[serde(borrow)]
    column_name: Text<'a>,
}

impl Event<'_> {
    fn at(&self) -> Option<Stamp> {
        [&self.created_at, &self.submitted_at, &self.committer.date].into_iter().find_map(|it| stamp(it))
    }
}

/// Where an item stands while its events are read in order.
pub(super) struct Timeline<K> {
    is_pull: bool,
    milestone_key: K,
    state: String,
    resolution: Option<String>,
    labels: Vec<String>,
    milestones: Vec<String>,
}

impl<K: Fn(&str) -> String> Timeline<K> {
    pub(super) fn new(is_pull: bool, milestone_key: K) -> Self {
        let (labels, milestones) = (Vec::new(), Vec::new());
        Timeline { is_pull, milestone_key, state: OPEN.to_owned(), resolution: None, labels, milestones }
    }

    /// The state after the events.
    pub(super) fn state(&self) -> &str {
        &self.state
    }

    /// Goes through the events, oldest first.
    pub(super) fn read(&mut self, events: &[Event<'_>], history: &mut History) {
        let mut order: Vec<(Stamp, &Event<'_>)> = Vec::with_capacity(events.len());
        for event in events {
            match event.at() {
                Some(at) => order.push((at, event)),
                None => history.note(Oddity::ImplausibleDate),
            }
        }
        order.sort_by_key(|(at, _)| at.at);
        for (at, event) in order {
            self.step(at, event, history);
        }
    }

    fn step(&mut self, at: Stamp, event: &Event<'_>, history: &mut History) {
        let is_open = self.state != "closed" && self.state != "merged";
        match &*event.kind {
            "closed" if is_open => {
                let reason = event.state_reason.some();
                self.go("closed", at, history);
                self.resolve(if self.is_pull { None } else { reason }, at, history);
            }
            // GitHub tells the closing of a merged pull request too.
            "closed" => {}
            "merged" => {
                self.go("merged", at, history);
            }
            "reopened" => {
                self.go(OPEN, at, history);
                self.resolve(None, at, history);
            }
            "labeled" => {
                if let Some(label) = event.label.name.some() {
                    let before = join(self.labels.iter().map(String::as_str));
                    if !self.labels.contains(&label) {
                        self.labels.push(label);
                    }
                    history.push(at, Field::Labels, before, join(self.labels.iter().map(String::as_str)));
                }
            }
            "unlabeled" => {
                let before = join(self.labels.iter().map(String::as_str));
                self.labels.retain(|it| it.as_str() != event.label.name.trim());
                history.push(at, Field::Labels, before, join(self.labels.iter().map(String::as_str)));
            }
            "milestoned" | "demilestoned" => self.plan(at, event, history),
            "renamed" => history.push(at, Field::Title, event.rename.from.some(), event.rename.to.some()),
            "added_to_project" | "moved_columns_in_project"
                if is_open && !event.project_card.column_name.is_empty() =>
            {
                self.go(&event.project_card.column_name, at, history);
            }
            "removed_from_project" if is_open => self.go(OPEN, at, history),
            "project_v2_item_status_changed" if is_open && !event.status.is_empty() => {
                self.go(&event.status, at, history);
            }
            _ => history.activity(at),
        }
    }

    fn go(&mut self, state: &str, at: Stamp, history: &mut History) {
        if self.state == state {
            history.activity(at);
            return;
        }
        let before = std::mem::replace(&mut self.state, state.to_owned());
        history.push(at, Field::State, Some(before), Some(state.to_owned()));
    }

    fn resolve(&mut self, resolution: Option<String>, at: Stamp, history: &mut History) {
        if self.resolution != resolution {
            let before = std::mem::replace(&mut self.resolution, resolution.clone());
            history.push(at, Field::Resolution, before, resolution);
        }
    }

    fn plan(&mut self, at: Stamp, event: &Event<'_>, history: &mut History) {
        let Some(title) = event.milestone.name.some() else { return };
        let key = (self.milestone_key)(&title);
        let before = join(self.milestones.iter().map(String::as_str));
        // An item has one milestone at a time.
        self.milestones.clear();
        if &*event.kind == "milestoned" {
            self.milestones.push(key);
        }
        let now = join(self.milestones.iter().map(String::as_str));
        if before != now {
            history.push(at, Field::Iterations, before, now);
        }
    }
}
