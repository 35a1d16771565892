//! Who acts, when, and where new ids come from.

use std::sync::Arc;

use headway_domain::time::Instant;
use uuid::Uuid;

use crate::{Actor, Error, Permission, Result};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Instant;
}

/// Makes ids.
pub trait IdSource: Send + Sync {
    /// An id that has not been handed out before; later ones sort behind earlier ones.
    fn next(&self) -> Uuid;
}

/// The first parameter of every use case.
#[derive(Clone)]
pub struct OpContext {
    /// Who acts.
    pub actor: Actor,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl OpContext {
    /// A context for one operation.
    pub fn new(actor: Actor, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        OpContext { actor, clock, ids }
    }

    /// Now.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// A new id.
    pub fn new_id(&self) -> Uuid {
        self.ids.next()
    }

    /// Refuses what the actor may not do.
    pub fn authorise(&self, permission: Permission) -> Result<()> {
        if self.actor.may(permission) { Ok(()) } else { Err(Error::Forbidden) }
    }
}
