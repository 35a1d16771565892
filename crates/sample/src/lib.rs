//! The sample organisation: simulated teams whose numbers are known by construction.
//!
//! From a seed, a day and a scale, [`Sample`] builds two years of work of a mid-sized company: its units, the
//! mapping and workflow of each team, and the same neutral history that importers write, simulated item by item:
//! arrivals, limits on work in progress, stages with work and waiting, blocking, rework, reopening, sprints,
//! deployments. What is planted in it is listed in [`Story`]; what is known of each team, in [`Truth`].
//!
//! **Invariant:** the same seed and day give the same records, and the first twelve teams are the same at any
//! scale. Teams are simulated one after the other, so memory does not grow with their number.
//!
//! Also here: [`bench`], which writes tables of changes of any size for benchmarks, and [`series`], weekly counts
//! and durations that are stable, drifting or shifted by a known amount.
//!
//! Not here: any measure of the histories (`headway-flow`; only the tests compare), any storage.

pub mod bench;
mod dice;
mod dirty;
mod epic;
mod holidays;
mod organisation;
mod plan;
mod process;
mod sample;
pub mod series;
mod simulation;
mod story;
mod truth;
mod words;

pub use dirty::write_dirty_tracker;
pub use epic::Epic;
pub use plan::Method;
pub use process::{TEST_ENVIRONMENT, UNMAPPED_STATE};
pub use sample::{History, Sample, Scale, Team, Tracker};
pub use story::{ALLOCATION, Allocation, Initiative, LimitChange, Newcomer, Outage, Story};
pub use truth::{DeliveryTruth, ItemTruth, SprintTruth, Sum, Truth};
