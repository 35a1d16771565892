//! The facts everything else stands on: imports, workflows, items.

pub mod import;
mod item;
mod workflow;

pub use item::{ItemDetail, ItemFilterInput, ItemLine, ItemLines, Order, Progress, StageVisit, item, items};
pub use workflow::{change_workflow, workflow};
