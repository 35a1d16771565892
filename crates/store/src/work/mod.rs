//! The facts everything else stands on: trackers, workflows, items with their histories, imports.

mod batch;
mod delivery;
mod fact;
mod import;
mod item;
mod item_list;
mod iteration;
mod mapping;
mod report;
mod tracker;
mod undo;
mod workflow;

pub use batch::{Batch, ImportedItem, Saved, TaughtWorkflow};
pub use delivery::Commit;
pub(crate) use delivery::{CommitRow, DeploymentRow};
pub use import::ImportRun;
pub(crate) use import::RunRow;
pub(crate) use item::ItemRow;
pub use item::{Digest, KnownItem, StoredItem};
pub use item_list::{ItemCursor, ItemFilter, ItemPage, ItemSummary, NotACursor};
pub(crate) use item_list::{SUMMARY, SummaryRow};
pub(crate) use iteration::IterationRow;
pub use report::{Finding, ReportEntry, ReportFilter};
pub use tracker::Tracker;
pub use undo::Restored;
