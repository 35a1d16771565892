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
#[error("this import can't {step} now: it is {state}; load it again to see what it can do",
    step = .step.words(), state = .state.code().replace('_', " "))]
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
    /// The state after a step.
    pub fn after(self, step: Step) -> Result<ImportState, IllegalStep> {
        use ImportState as S;
        Ok(match (self, step) {
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

/// Where a row stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    /// The file, or the member of an archive.
    pub file: String,
    /// The line, counted from 1; for formats without lines, the number of the record.
    pub line: u64,
}

/// How bad an entry of the report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Note,
    /// Handled, but somebody should look.
    Warning,
    /// The row was left out.
    Error,
}

impl Severity {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    /// The severity with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Severity::Note, Severity::Warning, Severity::Error].into_iter().find(|it| it.code() == code)
    }
}

/// Why a row was left out.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{reason}")]
pub struct Problem {
    /// The item's key, where it could be read.
    pub key: Option<String>,
    /// What is wrong and what was expected, as one sentence.
    pub reason: String,
}

/// Something odd about a row that could be read. Each has a stable code, counts on the data-quality page, and a
/// sentence on how it was handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oddity {
    /// The offsets from UTC differ within one history.
    MixedOffsets,
    /// A change from a value to the same value; dropped.
    NoOpChange,
    /// The item moved between projects and changed its key.
    MovedProject,
    /// The item was created in a state that is already in progress.
    CreatedInProgress,
    /// The item went from not started straight to done.
    NeverStarted,
    /// The item was done and came back.
    Reopened,
    /// The item moved to an earlier stage.
    MovedBack,
    /// It is finished before it starts or before it was created; its cycle time is not counted.
    FinishBeforeStart,
    /// The date of creation is missing and was taken from the tracker's id or the first change.
    CreationInferred,
    /// Older changes are missing from the export.
    HistoryTruncated,
    /// The last change of state does not lead to the state the item is in.
    HistoryIncomplete,
    /// The state is not mapped; the item does not move in it.
    UnmappedState,
    /// The row has more cells than the head; an unquoted delimiter was put back together.
    UnquotedDelimiter,
    /// Two columns have the same name; the values were put together.
    DuplicateColumn,
    /// A value says "unknown" (`?`, `N/A`, `-`); treated as empty.
    UnknownValue,
    /// Closed together with many others on one day: a clean-up, not a day's work.
    BulkClosed,
    /// The same item occurs twice; the later row was kept.
    RepeatedItem,
    /// The row says who worked on the item; names were left out.
    NamesDropped,
    /// A change of an item that the files do not hold otherwise.
    OrphanChange,
    /// Bytes that are not valid in the file's encoding were replaced.
    InvalidText,
    /// A text was longer than is kept and was cut.
    TextCut,
    /// An instant lies in the future or before 1970.
    ImplausibleDate,
}

impl Oddity {
    /// All oddities.
    pub const ALL: [Oddity; 22] = [
        Oddity::MixedOffsets,
        Oddity::NoOpChange,
        Oddity::MovedProject,
        Oddity::CreatedInProgress,
        Oddity::NeverStarted,
        Oddity::Reopened,
        Oddity::MovedBack,
        Oddity::FinishBeforeStart,
        Oddity::CreationInferred,
        Oddity::HistoryTruncated,
        Oddity::HistoryIncomplete,
        Oddity::UnmappedState,
        Oddity::UnquotedDelimiter,
        Oddity::DuplicateColumn,
        Oddity::UnknownValue,
        Oddity::BulkClosed,
        Oddity::RepeatedItem,
        Oddity::NamesDropped,
        Oddity::OrphanChange,
        Oddity::InvalidText,
        Oddity::TextCut,
        Oddity::ImplausibleDate,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Oddity::MixedOffsets => "mixed_offsets",
            Oddity::NoOpChange => "no_op_change",
            Oddity::MovedProject => "moved_project",
            Oddity::CreatedInProgress => "created_in_progress",
            Oddity::NeverStarted => "never_started",
            Oddity::Reopened => "reopened",
            Oddity::MovedBack => "moved_back",
            Oddity::FinishBeforeStart => "finish_before_start",
            Oddity::CreationInferred => "creation_inferred",
            Oddity::HistoryTruncated => "history_truncated",
            Oddity::HistoryIncomplete => "history_incomplete",
            Oddity::UnmappedState => "unmapped_state",
            Oddity::UnquotedDelimiter => "unquoted_delimiter",
            Oddity::DuplicateColumn => "duplicate_column",
            Oddity::UnknownValue => "unknown_value",
            Oddity::BulkClosed => "bulk_closed",
            Oddity::RepeatedItem => "repeated_item",
            Oddity::NamesDropped => "names_dropped",
            Oddity::OrphanChange => "orphan_change",
            Oddity::InvalidText => "invalid_text",
            Oddity::TextCut => "text_cut",
            Oddity::ImplausibleDate => "implausible_date",
        }
    }

    /// The oddity with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Oddity::ALL.into_iter().find(|it| it.code() == code)
    }

    /// How it counts in the report.
    pub fn severity(self) -> Severity {
        match self {
            Oddity::FinishBeforeStart
            | Oddity::HistoryTruncated
            | Oddity::HistoryIncomplete
            | Oddity::UnmappedState
            | Oddity::UnquotedDelimiter
            | Oddity::BulkClosed
            | Oddity::RepeatedItem
            | Oddity::OrphanChange
            | Oddity::InvalidText
            | Oddity::TextCut
            | Oddity::ImplausibleDate => Severity::Warning,
            Oddity::MixedOffsets
            | Oddity::NoOpChange
            | Oddity::MovedProject
            | Oddity::CreatedInProgress
            | Oddity::NeverStarted
            | Oddity::Reopened
            | Oddity::MovedBack
            | Oddity::CreationInferred
            | Oddity::DuplicateColumn
            | Oddity::UnknownValue
            | Oddity::NamesDropped => Severity::Note,
        }
    }
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
    fn codes_are_unique_and_complete() {
        for oddity in Oddity::ALL {
            assert_eq!(Oddity::from_code(oddity.code()), Some(oddity));
        }
        for state in ImportState::ALL {
            assert_eq!(ImportState::from_code(state.code()), Some(state));
        }
    }
}
