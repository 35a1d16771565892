//! What an import has to say about a row: why it cannot be read, or what is odd about it and how it is handled.

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
    /// The item belonged to another team before this import.
    ChangedTeam,
    /// The import creates a team.
    NewTeam,
    /// It creates more teams than an import usually does.
    ManyTeams,
}

impl Oddity {
    /// All oddities.
    pub const ALL: [Oddity; 25] = [
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
        Oddity::ChangedTeam,
        Oddity::NewTeam,
        Oddity::ManyTeams,
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
            Oddity::ChangedTeam => "changed_team",
            Oddity::NewTeam => "new_team",
            Oddity::ManyTeams => "many_teams",
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
            | Oddity::ImplausibleDate
            | Oddity::ChangedTeam
            | Oddity::ManyTeams => Severity::Warning,
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
            | Oddity::NamesDropped
            | Oddity::NewTeam => Severity::Note,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_back() {
        for oddity in Oddity::ALL {
            assert_eq!(Oddity::from_code(oddity.code()), Some(oddity));
        }
    }
}
