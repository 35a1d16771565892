//! A clock that stands still until it is told to go on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use headway_app::Clock;
use headway_domain::time::{Day, Instant, MICROS_PER_DAY};

/// A clock that stands still until it is told to go on. Clones show the same time.
#[derive(Clone, Debug)]
pub struct FixedClock(Arc<AtomicI64>);

impl FixedClock {
    /// A clock at noon of a day, in UTC.
    pub fn at_noon_of(day: Day) -> Self {
        FixedClock(Arc::new(AtomicI64::new(i64::from(day.0) * MICROS_PER_DAY + MICROS_PER_DAY / 2)))
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).expect("tests take less than an age");
        self.0.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::Relaxed))
    }
}
