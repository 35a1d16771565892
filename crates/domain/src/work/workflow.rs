//! How a team reads its tracker's states: stages in order, where the clock starts and stops, what it expects.

use std::collections::HashMap;

use crate::work::{BlockedRule, Calendar, KindRule, Mapping, StateRule, WorkType};

/// What kind of time an item spends in a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Not started: nobody has committed to it.
    Todo,
    /// Somebody works on it.
    Active,
    /// Started, and waiting for somebody.
    Waiting,
    /// Delivered.
    Done,
    /// Left the process without being delivered.
    Cancelled,
}

impl Category {
    /// All categories, in the order of a board.
    pub const ALL: [Category; 5] =
        [Category::Todo, Category::Active, Category::Waiting, Category::Done, Category::Cancelled];

    /// The stable code used in the API, in mapping files and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Category::Todo => "todo",
            Category::Active => "active",
            Category::Waiting => "waiting",
            Category::Done => "done",
            Category::Cancelled => "cancelled",
        }
    }

    /// The category with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Category::ALL.into_iter().find(|category| category.code() == code)
    }

    /// Whether an item here counts as work in progress.
    pub fn is_in_progress(self) -> bool {
        matches!(self, Category::Active | Category::Waiting)
    }

    /// Whether an item here has left the process.
    pub fn is_exit(self) -> bool {
        matches!(self, Category::Done | Category::Cancelled)
    }
}

/// A column of the team's process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its name, as on the board.
    pub name: String,
    /// What kind of time passes in it.
    pub category: Category,
}

/// The position of a stage in [`Workflow::stages`].
pub type StageIx = u16;

/// Which crossing into work starts the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StartPolicy {
    /// The last crossing from not started into progress before the finish; a reopening does not restart it.
    Last,
    /// The first crossing ever.
    First,
    /// A backward move wipes the dates of every later column.
    Wipe,
}

/// Which crossing into done stops it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FinishPolicy {
    /// The last, and only while the item is done: a reopened item leaves its old day.
    Last,
    /// The first, for reports that must never be restated.
    First,
}

impl StartPolicy {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            StartPolicy::Last => "last",
            StartPolicy::First => "first",
            StartPolicy::Wipe => "wipe",
        }
    }

    /// The policy with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        [StartPolicy::Last, StartPolicy::First, StartPolicy::Wipe].into_iter().find(|it| it.code() == code)
    }
}

impl FinishPolicy {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            FinishPolicy::Last => "last",
            FinishPolicy::First => "first",
        }
    }

    /// The policy with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        [FinishPolicy::Last, FinishPolicy::First].into_iter().find(|it| it.code() == code)
    }
}

/// A service-level expectation: `percent` of items are finished within `days`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sle {
    /// How many of a hundred.
    pub percent: u8,
    /// Within how many days.
    pub days: u32,
}

/// A team's process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workflow {
    /// The stages in order: not started, in progress, done, cancelled.
    pub stages: Vec<Stage>,
    /// The tracker's states and the stage each belongs to. A state that is missing is unmapped: it is reported
    /// and ignored for movement.
    pub states: HashMap<String, StageIx>,
    /// What the tracker's types count as in the flow distribution.
    pub kinds: Vec<KindRule>,
    /// What says that an item is blocked.
    pub blocked: BlockedRule,
    /// Resolutions that mean "left without being delivered", whatever the stage.
    pub cancelled_resolutions: Vec<String>,
    /// What starts the clock.
    pub start: StartPolicy,
    /// What stops it.
    pub finish: FinishPolicy,
    /// The team's calendar.
    pub calendar: Calendar,
    /// What the team expects of itself; computed from its history when `None`.
    pub sle: Option<Sle>,
    /// How many items the team wants in progress at most.
    pub wip_limit: Option<u32>,
    /// Days without any activity after which an item counts as stalled.
    pub stalled_after_days: u32,
}

impl Workflow {
    /// The workflow that a mapping describes, with default policies.
    pub fn from_mapping(mapping: Mapping) -> Self {
        let states = mapping
            .states
            .iter()
            .filter_map(|rule| {
                let stage = mapping.stages.iter().position(|stage| stage.name == rule.stage)?;
                Some((rule.state.clone(), StageIx::try_from(stage).ok()?))
            })
            .collect();
        Workflow {
            stages: mapping.stages,
            states,
            kinds: mapping.kinds,
            blocked: mapping.blocked,
            cancelled_resolutions: mapping.cancelled_resolutions,
            start: StartPolicy::Last,
            finish: FinishPolicy::Last,
            calendar: Calendar::default(),
            sle: None,
            wip_limit: None,
            stalled_after_days: 5,
        }
    }

    /// Takes over the states, types and words of a mapping that it does not know yet. What a team has decided stays.
    pub fn learn(&mut self, mapping: &Mapping) {
        for StateRule { state, stage } in &mapping.states {
            if self.states.contains_key(state) || stage.is_empty() {
                continue;
            }
            let Some(stage) = mapping.stages.iter().find(|it| it.name == *stage) else { continue };
            let known = self.stages.iter().position(|it| it.name == stage.name);
            // Else the last stage of the same kind of time: a team's stages are its own, and no import adds one.
            let alike = || self.stages.iter().rposition(|it| it.category == stage.category);
            let position = known.or_else(alike).and_then(|position| StageIx::try_from(position).ok());
            if let Some(position) = position {
                self.states.insert(state.clone(), position);
            }
        }
        for rule in &mapping.kinds {
            if !self.kinds.iter().any(|known| known.kind == rule.kind) {
                self.kinds.push(rule.clone());
            }
        }
        add_new(&mut self.cancelled_resolutions, &mapping.cancelled_resolutions);
        add_new(&mut self.blocked.flags, &mapping.blocked.flags);
        add_new(&mut self.blocked.states, &mapping.blocked.states);
        add_new(&mut self.blocked.labels, &mapping.blocked.labels);
    }

    /// Takes back what was learned between `before` and `after`, and nothing else: what somebody has changed since
    /// stays, also a decision about something that was learned.
    pub fn unlearn(&mut self, before: &Workflow, after: &Workflow) {
        let stage_name = |workflow: &Workflow, stage: StageIx| {
            workflow.stages.get(usize::from(stage)).map(|stage| stage.name.clone())
        };
        for (state, stage) in &after.states {
            let Some(now) = self.stage_of(state).filter(|_| !before.states.contains_key(state)) else {
                continue;
            };
            // The same stage, also when it was renamed or moved meanwhile.
            if now == *stage || stage_name(self, now) == stage_name(after, *stage) {
                self.states.remove(state);
            }
        }
        self.kinds.retain(|rule| {
            !after.kinds.contains(rule) || before.kinds.iter().any(|known| known.kind == rule.kind)
        });
        for (now, before, after) in [
            (&mut self.cancelled_resolutions, &before.cancelled_resolutions, &after.cancelled_resolutions),
            (&mut self.blocked.flags, &before.blocked.flags, &after.blocked.flags),
            (&mut self.blocked.states, &before.blocked.states, &after.blocked.states),
            (&mut self.blocked.labels, &before.blocked.labels, &after.blocked.labels),
        ] {
            now.retain(|value| before.contains(value) || !after.contains(value));
        }
    }

    /// The stage of a tracker's state; `None` when the state is unmapped.
    pub fn stage_of(&self, state: &str) -> Option<StageIx> {
        self.states.get(state).copied()
    }

    /// What an item of this type counts as.
    pub fn work_type(&self, kind: &str) -> WorkType {
        self.kinds.iter().find(|rule| rule.kind == kind).map_or(WorkType::Unmapped, |rule| rule.work_type)
    }

    /// The category of a stage.
    #[inline]
    pub fn category(&self, stage: StageIx) -> Category {
        self.stages.get(usize::from(stage)).map_or(Category::Todo, |stage| stage.category)
    }
}

fn add_new(known: &mut Vec<String>, values: &[String]) {
    for value in values {
        if !known.contains(value) {
            known.push(value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(states: &[(&str, &str)], kinds: &[&str]) -> Mapping {
        let stage = |name: &str, category| Stage { name: name.to_owned(), category };
        let state = |(state, stage): &(&str, &str)| StateRule {
            state: (*state).to_owned(),
            stage: (*stage).to_owned(),
        };
        let kind = |kind: &&str| KindRule { kind: (*kind).to_owned(), work_type: WorkType::Feature };
        Mapping {
            stages: vec![
                stage("Open", Category::Todo),
                stage("Doing", Category::Active),
                stage("Done", Category::Done),
            ],
            states: states.iter().map(state).collect(),
            kinds: kinds.iter().map(kind).collect(),
            cancelled_resolutions: kinds.iter().map(|kind| format!("No {kind}")).collect(),
            blocked: BlockedRule {
                labels: kinds.iter().map(|kind| format!("{kind} blocked")).collect(),
                ..BlockedRule::default()
            },
            ..Mapping::default()
        }
    }

    #[test]
    fn what_was_learned_can_be_taken_back() {
        let before = Workflow::from_mapping(mapping(&[("open", "Open"), ("done", "Done")], &["Story"]));
        let mut after = before.clone();
        after.learn(&mapping(
            &[("open", "Doing"), ("review", "Doing"), ("audit", "Doing")],
            &["Story", "Bug"],
        ));
        assert_eq!(after.stage_of("open"), Some(0), "what is known stays as it is");
        assert_eq!((after.stage_of("review"), after.stage_of("audit")), (Some(1), Some(1)));
        assert_eq!(after.kinds.len(), 2);
        let mut back = after.clone();
        back.unlearn(&before, &after);
        assert_eq!(back, before);
    }

    #[test]
    fn what_somebody_decided_meanwhile_stays() {
        let before = Workflow::from_mapping(mapping(&[("open", "Open"), ("done", "Done")], &[]));
        let mut after = before.clone();
        after.learn(&mapping(&[("review", "Doing"), ("audit", "Doing")], &["Bug", "Chore"]));
        let mut now = after.clone();
        now.wip_limit = Some(3);
        now.stages[1].name = "Building".to_owned();
        now.states.insert("audit".to_owned(), 2);
        now.kinds[0].work_type = WorkType::Defect;
        now.blocked.labels.push("stuck".to_owned());
        let mut back = now.clone();
        back.unlearn(&before, &after);
        let mut expected = now;
        expected.states.remove("review");
        expected.kinds.remove(1);
        expected.cancelled_resolutions.clear();
        expected.blocked.labels = vec!["stuck".to_owned()];
        assert_eq!(back, expected);
    }
}
