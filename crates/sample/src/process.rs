//! The process every team of the sample follows, and how its tracker's words are read.

use headway_domain::work::{BlockedRule, Category, KindRule, Mapping, Stage, StateRule, WorkType};

/// Where an item stands: the states of the trackers, in the order of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Step {
    Backlog,
    Selected,
    Analysis,
    Development,
    ReadyForReview,
    Review,
    ReadyForTest,
    Test,
    Done,
    Cancelled,
}

impl Step {
    pub const ALL: [Step; 10] = [
        Step::Backlog,
        Step::Selected,
        Step::Analysis,
        Step::Development,
        Step::ReadyForReview,
        Step::Review,
        Step::ReadyForTest,
        Step::Test,
        Step::Done,
        Step::Cancelled,
    ];

    /// The tracker's state and the name of the stage.
    pub fn name(self) -> &'static str {
        match self {
            Step::Backlog => "Backlog",
            Step::Selected => "Selected",
            Step::Analysis => "In analysis",
            Step::Development => "In development",
            Step::ReadyForReview => "Ready for review",
            Step::Review => "In review",
            Step::ReadyForTest => "Ready for test",
            Step::Test => "In test",
            Step::Done => "Done",
            Step::Cancelled => "Cancelled",
        }
    }

    pub fn category(self) -> Category {
        match self {
            Step::Backlog | Step::Selected => Category::Todo,
            Step::Analysis | Step::Development | Step::Review | Step::Test => Category::Active,
            Step::ReadyForReview | Step::ReadyForTest => Category::Waiting,
            Step::Done => Category::Done,
            Step::Cancelled => Category::Cancelled,
        }
    }

    pub fn is_in_progress(self) -> bool {
        self.category().is_in_progress()
    }

    /// The position of this step's effort in [`crate::simulation`]'s list of efforts; waiting has none.
    pub fn effort(self) -> Option<usize> {
        match self {
            Step::Analysis => Some(0),
            Step::Development => Some(1),
            Step::Review => Some(2),
            Step::Test => Some(3),
            _ => None,
        }
    }
}

/// What sort of work an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Story,
    Bug,
    Chore,
    Security,
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Story, Kind::Bug, Kind::Chore, Kind::Security];

    /// The tracker's type.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Story => "Story",
            Kind::Bug => "Bug",
            Kind::Chore => "Chore",
            Kind::Security => "Security",
        }
    }

    pub fn work_type(self) -> WorkType {
        match self {
            Kind::Story => WorkType::Feature,
            Kind::Bug => WorkType::Defect,
            Kind::Chore => WorkType::Debt,
            Kind::Security => WorkType::Risk,
        }
    }
}

/// Priorities, the most urgent first.
pub(crate) const PRIORITIES: [&str; 4] = ["Highest", "High", "Medium", "Low"];

/// The value of the impediment flag while the shared test environment is down.
pub const TEST_ENVIRONMENT: &str = "test-environment";

/// Other things that block, for a day or a week.
pub(crate) const IMPEDIMENTS: [&str; 6] = [
    "waiting-for-customer",
    "unclear-requirement",
    "access-rights",
    "third-party",
    "waiting-for-decision",
    "data-missing",
];

/// The state in the tracker with dirty data that nobody has mapped.
pub const UNMAPPED_STATE: &str = "Parked";

/// The stages and rules that all trackers of the sample share; the teams are added by the caller.
pub(crate) fn mapping() -> Mapping {
    Mapping {
        stages: Step::ALL
            .iter()
            .map(|step| Stage { name: step.name().to_owned(), category: step.category() })
            .collect(),
        states: Step::ALL
            .iter()
            .map(|step| StateRule { state: step.name().to_owned(), stage: step.name().to_owned() })
            .collect(),
        kinds: Kind::ALL
            .iter()
            .map(|kind| KindRule { kind: kind.name().to_owned(), work_type: kind.work_type() })
            .collect(),
        groups: Vec::new(),
        blocked: BlockedRule { links: true, ..BlockedRule::default() },
        cancelled_resolutions: vec!["Won't do".to_owned(), "Duplicate".to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mapping_is_whole() {
        assert_eq!(mapping().gaps(), []);
        assert_eq!(mapping().states.len(), 10);
    }
}
