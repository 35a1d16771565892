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

impl SequentialIds {
    /// Ids that count up from here: beside others that must not change with how many of these are taken.
    pub fn from(first: u64) -> Self {
        SequentialIds(Arc::new(AtomicU64::new(first)))
    }
}

impl IdSource for SequentialIds {
    fn next(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)) + 1)
    }

    /// Nobody else makes secrets here; only that no two are the same counts.
    fn secret(&self) -> [u8; 32] {
        let half = self.next().into_bytes();
        let mut secret = [0x5e; 32];
        secret[..16].copy_from_slice(&half);
        secret
    }
}
