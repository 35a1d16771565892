//! Who acts, when, and where new ids come from.

use std::sync::Arc;

use headway_domain::time::Instant;
use uuid::Uuid;

use crate::Actor;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Instant;
}

/// Makes ids and secrets.
pub trait IdSource: Send + Sync {
    /// An id that has not been handed out before; later ones sort behind earlier ones.
    fn next(&self) -> Uuid;

    /// Bytes that nobody can guess.
    fn secret(&self) -> [u8; 32];
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

    /// Bytes that nobody can guess: for tokens, codes and salts.
    pub fn new_secret(&self) -> [u8; 32] {
        self.ids.secret()
    }

    /// The same clock and ids for somebody else.
    pub fn acting_as(&self, actor: Actor) -> Self {
        OpContext { actor, clock: Arc::clone(&self.clock), ids: Arc::clone(&self.ids) }
    }
}
