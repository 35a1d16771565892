//! An import: a run with states, counts, and a report of everything that was odd.

use crate::{
    id::{ImportId, TrackerId, UnitId},
    time::Instant,
};

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImportState {
    /// The files are being recognised and counted.
    Checking,
    /// A mapping is proposed; a person may change it.
    Mapping,
    /// The dry run is counting what would change.
    DryRunning,
    /// The dry run is finished; nothing is stored yet.
    Ready,
    /// Storing.
    Running,
    /// Stopped by a person, to go on later.
    Paused,
    /// Stored, visible, and still to be approved or rolled back.
    Review,
    /// Taking everything back.
    RollingBack,
    /// Kept.
    Approved,
    /// Taken back exactly.
    RolledBack,
    /// Given up before anything was stored, or the files can't be read.
    Abandoned,
}

impl ImportState {
    /// All states.
    pub const ALL: [ImportState; 11] = [
        ImportState::Checking,
        ImportState::Mapping,
        ImportState::DryRunning,
        ImportState::Ready,
        ImportState::Running,
        ImportState::Paused,
        ImportState::Review,
        ImportState::RollingBack,
        ImportState::Approved,
        ImportState::RolledBack,
        ImportState::Abandoned,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            ImportState::Checking => "checking",
            ImportState::Mapping => "mapping",
            ImportState::DryRunning => "dry_running",
            ImportState::Ready => "ready",
            ImportState::Running => "running",
            ImportState::Paused => "paused",
            ImportState::Review => "review",
            ImportState::RollingBack => "rolling_back",
            ImportState::Approved => "approved",
            ImportState::RolledBack => "rolled_back",
            ImportState::Abandoned => "abandoned",
        }
    }

    /// The state with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        ImportState::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Whether a job works on it by itself.
    pub fn is_working(self) -> bool {
        matches!(
            self,
            ImportState::Checking | ImportState::DryRunning | ImportState::Running | ImportState::RollingBack
        )
    }

    /// Whether it is over.
    pub fn is_over(self) -> bool {
        matches!(self, ImportState::Approved | ImportState::RolledBack | ImportState::Abandoned)
    }
}

/// What moves an import on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The check succeeded.
    Checked,
    /// A person corrected how the files are written: they are read again.
    Reread,
    /// A person changed the mapping.
    Remap,
    /// A person asks what would change.
    DryRun,
    /// The dry run is finished.
    DryRunDone,
    /// A person says go.
    Start,
    /// A person says wait.
    Pause,
    /// A person says go on.
    Resume,
    /// Everything is stored.
    Stored,
    /// A person keeps it.
    Approve,
    /// A person takes it back.
    RollBack,
    /// It is taken back.
    TakenBack,
    /// Something stands in the way that a person has to look at.
    Obstructed,
    /// A person gives it up, or the files can't be read.
    Abandon,
}

/// The step cannot be taken now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this import can't {step} now: it is {state}; {advice}",
    step = .step.words(), state = .state.code().replace('_', " "), advice = .state.advice())]
pub struct IllegalStep {
    /// Where the import stands.
    pub state: ImportState,
    /// What was asked.
    pub step: Step,
}

impl Step {
    /// What is done, as it fits after "can't".
    fn words(self) -> &'static str {
        match self {
            Step::Checked => "be checked",
            Step::Reread => "be read in another way",
            Step::Remap => "get another mapping",
            Step::DryRun | Step::DryRunDone => "be tried out",
            Step::Start | Step::Stored => "be started",
            Step::Pause => "be paused",
            Step::Resume => "be resumed",
            Step::Approve => "be approved",
            Step::RollBack | Step::TakenBack => "be rolled back",
            Step::Obstructed => "be stopped",
            Step::Abandon => "be given up",
        }
    }
}

impl ImportState {
    /// What a person can do in this state instead of what was asked.
    fn advice(self) -> &'static str {
        match self {
            ImportState::Checking => "wait until its files are read, or give it up",
            ImportState::Mapping => "try it out first, or give it up",
            ImportState::DryRunning => "wait until the dry run is finished, or give it up",
            ImportState::Ready => "start it, change its mapping, or give it up",
            ImportState::Running => "pause it, or wait until everything is stored",
            ImportState::Paused => "resume it, or roll it back and import its files again",
            ImportState::Review => "approve it, or roll it back",
            ImportState::RollingBack => "wait until everything is taken back; ask again if it was stopped",
            ImportState::Approved | ImportState::RolledBack | ImportState::Abandoned => {
                "it is over; import its files again"
            }
        }
    }

    /// The state after a step.
    pub fn after(self, step: Step) -> Result<ImportState, IllegalStep> {
        use ImportState as S;
        Ok(match (self, step) {
            (S::Mapping | S::Ready, Step::Reread) => S::Checking,
            // Not once anything is stored: half of it would have gone where the old mapping said.
            (S::Checking, Step::Checked)
            | (S::Mapping | S::Ready, Step::Remap)
            | (S::DryRunning, Step::Obstructed) => S::Mapping,
            (S::Mapping | S::Ready, Step::DryRun) => S::DryRunning,
            (S::DryRunning, Step::DryRunDone) => S::Ready,
            (S::Ready, Step::Start) | (S::Paused, Step::Resume) => S::Running,
            (S::Running, Step::Pause | Step::Obstructed) => S::Paused,
            (S::Running, Step::Stored) => S::Review,
            (S::Review, Step::Approve) => S::Approved,
            // What is half taken back can only be taken back wholly.
            (S::Review | S::Paused | S::RollingBack, Step::RollBack) | (S::RollingBack, Step::Obstructed) => {
                S::RollingBack
            }
            (S::RollingBack, Step::TakenBack) => S::RolledBack,
            (S::Checking | S::Mapping | S::DryRunning | S::Ready, Step::Abandon)
            | (S::Checking, Step::Obstructed) => S::Abandoned,
            (state, step) => return Err(IllegalStep { state, step }),
        })
    }
}

/// What an import did, or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items read.
    pub read: u64,
    /// Items that were not there before.
    pub added: u64,
    /// Items that differ from what was there.
    pub updated: u64,
    /// Items that are as they were.
    pub unchanged: u64,
    /// Items left out by the mapping.
    pub skipped: u64,
    /// Rows that could not be read.
    pub failed: u64,
    /// Rows that could be read but were odd.
    pub warned: u64,
    /// Changes read, of any field.
    pub changes: u64,
    /// Changes of state among them.
    pub state_changes: u64,
    /// Items that went from not started straight to done.
    pub never_started: u64,
    /// Iterations, deployments and commits added or updated.
    pub iterations: u64,
    /// Deployments added or updated.
    pub deployments: u64,
    /// Commits added or updated.
    pub commits: u64,
}

impl Counts {
    /// Whether anything that is stored differs from what was there.
    pub fn has_stored(&self) -> bool {
        self.added + self.updated + self.iterations + self.deployments + self.commits > 0
    }
}

/// One import.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// The tracker whose data it brings; items of one tracker are recognised again by key.
    pub tracker: TrackerId,
    /// The unit under which new teams are created, or the one team that everything goes to.
    pub unit: UnitId,
    /// Where it stands.
    pub state: ImportState,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it last moved.
    pub updated_at: Instant,
    /// What it did so far.
    pub counts: Counts,
    /// What the dry run said it would do.
    pub forecast: Option<Counts>,
    /// Rows done so far: a resumed import goes on behind them.
    pub position: u64,
    /// Rows in all, known after the check.
    pub total: Option<u64>,
    /// Why it was abandoned, or what went wrong and will be tried again.
    pub trouble: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_way_through() {
        let steps = [
            Step::Checked,
            Step::DryRun,
            Step::DryRunDone,
            Step::Start,
            Step::Pause,
            Step::Resume,
            Step::Stored,
            Step::RollBack,
            Step::TakenBack,
        ];
        let end = steps.into_iter().try_fold(ImportState::Checking, ImportState::after);
        assert_eq!(end, Ok(ImportState::RolledBack));
    }

    #[test]
    fn nothing_is_stored_without_a_dry_run() {
        assert!(ImportState::Mapping.after(Step::Start).is_err());
        assert!(ImportState::Approved.after(Step::RollBack).is_err());
    }

    #[test]
    fn every_step_leads_where_it_should_or_nowhere() {
        use ImportState as S;
        let steps = [
            Step::Checked,
            Step::Reread,
            Step::Remap,
            Step::DryRun,
            Step::DryRunDone,
            Step::Start,
            Step::Pause,
            Step::Resume,
            Step::Stored,
            Step::Approve,
            Step::RollBack,
            Step::TakenBack,
            Step::Obstructed,
            Step::Abandon,
        ];
        let ways = |state: S| -> Vec<(Step, S)> {
            steps.into_iter().filter_map(|step| Some((step, state.after(step).ok()?))).collect()
        };
        assert_eq!(
            ways(S::Checking),
            [(Step::Checked, S::Mapping), (Step::Obstructed, S::Abandoned), (Step::Abandon, S::Abandoned)]
        );
        let before_storing = [
            (Step::Reread, S::Checking),
            (Step::Remap, S::Mapping),
            (Step::DryRun, S::DryRunning),
            (Step::Abandon, S::Abandoned),
        ];
        assert_eq!(ways(S::Mapping), before_storing);
        assert_eq!(
            ways(S::DryRunning),
            [(Step::DryRunDone, S::Ready), (Step::Obstructed, S::Mapping), (Step::Abandon, S::Abandoned)]
        );
        let mut ready = before_storing.to_vec();
        ready.insert(3, (Step::Start, S::Running));
        assert_eq!(ways(S::Ready), ready);
        assert_eq!(
            ways(S::Running),
            [(Step::Pause, S::Paused), (Step::Stored, S::Review), (Step::Obstructed, S::Paused)]
        );
        assert_eq!(ways(S::Paused), [(Step::Resume, S::Running), (Step::RollBack, S::RollingBack)]);
        assert_eq!(ways(S::Review), [(Step::Approve, S::Approved), (Step::RollBack, S::RollingBack)]);
        assert_eq!(
            ways(S::RollingBack),
            [
                (Step::RollBack, S::RollingBack),
                (Step::TakenBack, S::RolledBack),
                (Step::Obstructed, S::RollingBack)
            ]
        );
        for state in S::ALL.into_iter().filter(|state| state.is_over()) {
            assert_eq!(ways(state), []);
        }
    }

    #[test]
    fn a_refused_step_says_what_can_be_done() {
        let refused = ImportState::Paused.after(Step::Remap).map_err(|error| error.to_string());
        let expected = "this import can't get another mapping now: it is paused; resume it, or roll it back and \
                        import its files again";
        assert_eq!(refused, Err(expected.to_owned()));
    }

    #[test]
    fn codes_are_unique_and_complete() {
        for state in ImportState::ALL {
            assert_eq!(ImportState::from_code(state.code()), Some(state));
        }
    }
}
