//! All units, kept in memory: every page asks for them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use headway_domain::organisation::UnitTree;
use headway_store::Db;
use tokio::sync::OnceCell;

use super::tree;
use crate::{Error, Result};

type Slot = Arc<OnceCell<Arc<UnitTree>>>;

/// The tree of units, read when it is first asked for and again after a change. Clones share it.
#[derive(Clone, Default)]
pub struct KnownUnits {
    slot: Arc<Mutex<Slot>>,
}

impl KnownUnits {
    /// The tree.
    pub(crate) async fn tree(&self, db: &Db) -> Result<Arc<UnitTree>> {
        let slot = Arc::clone(&self.lock());
        let read = || async { Ok::<_, Error>(Arc::new(tree(&mut db.read().await?).await?)) };
        Ok(Arc::clone(slot.get_or_try_init(read).await?))
    }

    /// Forgets it, after the change is committed; whoever reads it at this moment fills a slot that is no longer used.
    pub(crate) fn forget(&self) {
        *self.lock() = Slot::default();
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        // The slot is whole after every statement, so a panic elsewhere leaves nothing half done.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
