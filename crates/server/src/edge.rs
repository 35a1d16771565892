//! The wall clock and the system's source of ids: the one place that may touch them.

use std::sync::Arc;

use headway_app::{Actor, Clock, IdSource, OpContext};
use headway_domain::time::Instant;
use uuid::Uuid;

/// The wall clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the edge: everybody else asks the context")]
    fn now(&self) -> Instant {
        jiff::Timestamp::now().into()
    }
}

/// Ids that sort by the time they were made, and secrets from the system's source of chance.
pub struct SystemIds;

impl IdSource for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is the edge: everybody else asks the context")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }

    #[expect(
        clippy::expect_used,
        reason = "without chance no secret can be made, and going on would be worse"
    )]
    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).expect("the system gives random bytes");
        secret
    }
}

/// A context on the real clock.
pub fn context(actor: Actor) -> OpContext {
    OpContext::new(actor, Arc::new(SystemClock), Arc::new(SystemIds))
}
