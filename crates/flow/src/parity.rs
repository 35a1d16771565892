//! Other tools' rules, so that a team can see the number it knows beside ours.
//!
//! Given the same two timestamps, the tools that teams come from show five different cycle times. Each rule
//! here is what one of them does with a history; none of them is used for any other measure.

use headway_domain::work::{Category, FinishPolicy, StartPolicy, Workflow};

use crate::{
    history::History,
    item::{Item, Moment},
};

/// A tool whose rule can be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// `ActionableAgile`: whole days, both counted; a move back drops later dates.
    ActionableAgile,
    /// Lighthouse: whole days, both counted; an item that skipped work took a day.
    Lighthouse,
    /// jirametrics: whole days, both counted, from the first time in progress.
    Jirametrics,
    /// jira-agile-metrics: difference of days, skipped columns filled from behind.
    JiraAgileMetrics,
    /// `FlowPulse`: whole times 24 hours, plus one.
    FlowPulse,
    /// Focused Objective's spreadsheets: difference of days, at least half a day.
    FocusedObjective,
    /// Azure DevOps: elapsed time, from the last time in progress.
    AzureDevops,
    /// GitLab: elapsed time.
    GitLab,
}

/// What a tool shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading {
    /// So many days.
    Days(f64),
    /// The item is finished, and counted as one that never started.
    NotStarted,
    /// The item is not finished.
    Unfinished,
    /// The tool has no rule for such a history.
    NoRule,
}

impl Tool {
    /// All tools, in the order of the table.
    pub const ALL: [Tool; 8] = [
        Tool::ActionableAgile,
        Tool::Lighthouse,
        Tool::Jirametrics,
        Tool::JiraAgileMetrics,
        Tool::FlowPulse,
        Tool::FocusedObjective,
        Tool::AzureDevops,
        Tool::GitLab,
    ];

    /// The name people know.
    pub fn name(self) -> &'static str {
        match self {
            Tool::ActionableAgile => "ActionableAgile",
            Tool::Lighthouse => "Lighthouse",
            Tool::Jirametrics => "jirametrics",
            Tool::JiraAgileMetrics => "jira-agile-metrics",
            Tool::FlowPulse => "FlowPulse",
            Tool::FocusedObjective => "Focused Objective",
            Tool::AzureDevops => "Azure DevOps",
            Tool::GitLab => "GitLab",
        }
    }

    /// The cycle time that the tool shows for this history.
    pub fn cycle_time(self, history: &History, workflow: &Workflow) -> Reading {
        let start = match self {
            Tool::ActionableAgile | Tool::JiraAgileMetrics => StartPolicy::Wipe,
            Tool::Jirametrics => StartPolicy::First,
            _ => StartPolicy::Last,
        };
        let rules = Workflow { start, finish: FinishPolicy::Last, ..workflow.clone() };
        let item = Item::of(history, &rules);
        let Some(finished) = item.finished else { return Reading::Unfinished };
        let started = if self == Tool::AzureDevops { last_into_work(&item, &rules) } else { item.started };
        let Some(started) = started else {
            return match self {
                Tool::ActionableAgile | Tool::Jirametrics => Reading::NotStarted,
                Tool::Lighthouse => Reading::Days(1.0),
                Tool::JiraAgileMetrics => Reading::Days(0.0),
                _ => Reading::NoRule,
            };
        };
        let days = f64::from(finished.day.0 - started.day.0);
        let elapsed = finished.at.seconds_since(started.at) / 86_400.0;
        Reading::Days(match self {
            Tool::ActionableAgile | Tool::Lighthouse | Tool::Jirametrics => days + 1.0,
            Tool::JiraAgileMetrics => days,
            Tool::FlowPulse => elapsed.floor() + 1.0,
            Tool::FocusedObjective => days.max(0.5),
            Tool::AzureDevops | Tool::GitLab => elapsed,
        })
    }
}

/// The last entry into work from anywhere outside it, a reopening included.
fn last_into_work(item: &Item, workflow: &Workflow) -> Option<Moment> {
    let category = |position: usize| item.visits.get(position).map(|it| workflow.category(it.stage));
    let into_work = (0..item.visits.len()).rev().find(|position| {
        let before = position.checked_sub(1).and_then(category).unwrap_or(Category::Todo);
        category(*position).is_some_and(Category::is_in_progress) && !before.is_in_progress()
    })?;
    let visit = item.visits[into_work];
    Some(Moment { at: visit.from, day: visit.day })
}
