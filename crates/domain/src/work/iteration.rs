//! Timeboxes.

use crate::{
    id::{IterationId, UnitId},
    time::Instant,
    work::record::GivenSums,
};

/// A team's iteration (sprint).
#[derive(Clone, Debug, PartialEq)]
pub struct Iteration {
    /// Its id.
    pub id: IterationId,
    /// The team.
    pub unit: UnitId,
    /// The tracker's id of it.
    pub key: String,
    /// Its name.
    pub name: String,
    /// When it began, or is planned to.
    pub starts_at: Option<Instant>,
    /// When it is planned to end.
    pub ends_at: Option<Instant>,
    /// When it was closed.
    pub completed_at: Option<Instant>,
    /// Sums from an export that holds no items.
    pub given: Option<GivenSums>,
}
