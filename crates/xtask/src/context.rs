//! A context for measurements: the time of this machine, ids that count up.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use headway_app::{Actor, Clock, IdSource, OpContext};
use headway_domain::time::{Day, Instant, Zone};
use uuid::Uuid;

struct MachineClock;

impl Clock for MachineClock {
    #[expect(clippy::disallowed_methods, reason = "a measurement stands at the edge, like the server's main")]
    fn now(&self) -> Instant {
        jiff::Timestamp::now().into()
    }
}

#[derive(Default)]
struct Counter(AtomicU64);

impl IdSource for Counter {
    fn next(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)) + (1 << 100))
    }

    /// Nothing that is measured signs in.
    fn secret(&self) -> [u8; 32] {
        [0; 32]
    }
}

/// A context on behalf of somebody.
pub fn context(actor: Actor) -> OpContext {
    OpContext::new(actor, Arc::new(MachineClock), Arc::new(Counter::default()))
}

/// Today, in UTC.
pub fn today() -> Day {
    Zone::utc().day_of(MachineClock.now())
}
