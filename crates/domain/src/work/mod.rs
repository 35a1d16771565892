//! The facts everything else stands on: what trackers say, and how a team reads it.

mod assemble;
mod calendar;
mod census;
mod delivery;
mod finding;
mod import;
mod item;
mod iteration;
mod mapping;
mod record;
mod workflow;

pub use assemble::{LONGEST_TEXT, MOST_CHANGES};
pub use calendar::{Calendar, DayCount};
pub use census::{Census, StateCount};
pub use delivery::{CodeChange, Deployment, DeploymentOutcome};
pub use finding::{Location, Oddity, Problem, Severity};
pub use import::{Counts, IllegalStep, Import, ImportState, Step};
pub use item::{WorkItem, WorkType};
pub use iteration::Iteration;
pub use mapping::{BlockedRule, Disposition, GroupRule, KindRule, Mapping, MappingGap, StateRule};
pub use record::{
    Change, CommitRecord, DeploymentRecord, EARLIEST_DAY, Field, GivenSums, HistoryExtent, ItemRecord,
    IterationRecord, Link, LinkKind, Record, Row,
};
pub use workflow::{Category, FinishPolicy, Sle, Stage, StageIx, StartPolicy, Workflow};
