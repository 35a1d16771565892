//! What every page asks for, kept in memory.

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::OnceCell;

use crate::Result;

type Slot<T> = Arc<OnceCell<Arc<T>>>;

/// A value of the database that is read when it is first asked for, and again after a change. Clones share it.
pub struct Known<T> {
    slot: Arc<Mutex<Slot<T>>>,
}

impl<T> Known<T> {
    /// The value; whoever asks while it is being read waits for it.
    pub(crate) async fn get<R: Future<Output = Result<T>>>(
        &self,
        read: impl FnOnce() -> R,
    ) -> Result<Arc<T>> {
        let slot = Arc::clone(&self.lock());
        let value = slot.get_or_try_init(|| async { read().await.map(Arc::new) }).await?;
        Ok(Arc::clone(value))
    }

    /// Forgets it, after the change is committed; whoever reads it at this moment fills a slot that is no longer used.
    pub(crate) fn forget(&self) {
        *self.lock() = Slot::default();
    }

    fn lock(&self) -> MutexGuard<'_, Slot<T>> {
        // The slot is whole after every statement, so a panic elsewhere leaves nothing half done.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Known<T> {
    fn clone(&self) -> Self {
        Known { slot: Arc::clone(&self.slot) }
    }
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Known { slot: Arc::default() }
    }
}
