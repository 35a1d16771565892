//! One module per foreign tool: its dialect in, our words out.
//!
//! A reader turns a file into [`Row`]s: each is a record or the reason why it is none, with the place it stands at.
//! Readers are pull iterators over a buffered stream: they hold one row (or one item) at a time, never the file.
//!
//! **Invariant:** only a tool's own module knows its field names, formats and oddities; a bad row never stops the
//! rows after it.
//!
//! Not here: what a state means to a team (`headway-domain`'s mapping), storage, jobs, progress.

use std::path::PathBuf;

use headway_domain::{
    time::Zone,
    work::{Category, Row},
};

pub use crate::recognition::{read, recognise, recognise_start, rows_of};

pub mod azure;
pub mod change_table;
mod columns;
pub mod container;
pub mod dates;
pub mod devlake;
pub mod dialect;
pub mod git;
pub mod github;
pub mod gitlab;
mod history;
pub mod item_table;
pub mod jira;
mod json_outline;
mod json_rows;
mod json_stream;
mod lenient;
mod path;
mod recognition;
pub mod redmine;
pub mod sprints;
pub mod stage_dates;
pub mod table;
mod table_rows;
#[cfg(test)]
mod testing;
pub mod trello;
pub mod xes;

/// Something to read: a file, possibly gzipped or an archive, or the folder of a git repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The name people know it by, such as the name of the uploaded file.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// The formats that are recognised, from the content and never from the name alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Jira REST: an array of issues, search pages, or one issue a line; with or without changelog.
    JiraJson,
    /// Jira's CSV export.
    JiraCsv,
    /// GitHub issues and pull requests with timeline events.
    GithubJson,
    /// A GitLab project export (archive of ndjson files).
    GitlabExport,
    /// Azure DevOps query results as CSV.
    AzureCsv,
    /// Azure DevOps work items or revisions as JSON.
    AzureJson,
    /// Redmine issues with journals.
    RedmineJson,
    /// A Trello board.
    TrelloJson,
    /// A table with one row a change (Trac, Bugzilla, ServiceNow, Jira changelog rows).
    ChangeTable,
    /// A table with one row an item and one column a stage, each holding a date.
    StageDates,
    /// A table with one row an item: identifiers, state, dates of creation, start and finish.
    ItemTable,
    /// An XES event log.
    Xes,
    /// A git repository.
    GitRepository,
    /// A stream of `git fast-export`.
    GitFastExport,
    /// Raw tables of Apache DevLake, one tool's API answers a row.
    DevlakeRaw,
    /// A table with one row a sprint.
    SprintTable,
}

/// How a table's dates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateOrder {
    /// 2024-03-04 and everything that carries its order in itself.
    YearFirst,
    /// 4/3/2024.
    DayFirst,
    /// 3/4/2024.
    MonthFirst,
}

/// What was detected about a text format; shown to the person, who may correct it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between cells, for tables.
    pub delimiter: Option<u8>,
    /// The name of the encoding, by the WHATWG standard, such as `UTF-8` or `windows-1252`.
    pub encoding: String,
    /// The order of day and month.
    pub date_order: DateOrder,
    /// Whether the data left no doubt about `date_order`.
    pub date_order_is_certain: bool,
    /// The zone of dates without offset.
    pub zone: Zone,
}

/// A file that was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// Its format.
    pub format: Format,
    /// Its dialect.
    pub dialect: Dialect,
    /// What it is and what can be read from it, one sentence each.
    pub can: Vec<String>,
    /// What it cannot give, one sentence each: "no history: only dates of creation and closing".
    pub cannot: Vec<String>,
    /// What the tool itself says of states.
    pub hints: Vec<(String, Category)>,
    /// Whether every item comes as one record. If not, records of one key are to be put together.
    pub items_are_whole: bool,
}

/// The file is not what it should be: one clear sentence for the person who chose it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Unreadable {
    /// What it is instead, or what is broken, and what to do.
    pub reason: String,
}

/// Rows one after the other. The order is the file's and the same at every reading, so that an interrupted import
/// goes on where it stopped.
pub type Rows = Box<dyn Iterator<Item = Row> + Send>;

/// Something that can be read as rows: a file, or those members of an archive that are of one format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file.
    pub input: Input,
    /// The members of the archive, in its order; empty if the input is no archive.
    pub members: Vec<String>,
    /// What it is. A person may correct the dialect before it is read.
    pub recognised: Recognised,
}

/// A member of an archive that holds nothing to import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its path in the archive.
    pub member: String,
    /// Why it is left out, one sentence.
    pub reason: String,
}

/// What an input holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// What can be read; at least one.
    pub sources: Vec<Source>,
    /// What is left out.
    pub left_out: Vec<LeftOut>,
}
