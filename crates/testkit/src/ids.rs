//! Ids that are the same in every run.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use headway_app::IdSource;
use uuid::Uuid;

/// Ids that count up from one. Clones go on where the others are.
#[derive(Clone, Debug, Default)]
pub struct SequentialIds(Arc<AtomicU64>);

impl IdSource for SequentialIds {
    fn next(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)) + 1)
    }
}
