//! The newest events, read once for all listeners of this process.
//!
//! A thousand open streams that are woken by a commit would otherwise ask the database a thousand times for the same
//! rows. Who is further behind than this reaches reads from the table itself.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use headway_store::{Db, Event};
use tokio::{sync::Mutex, time::Instant};

use super::PAGE;
use crate::Result;

/// How many events are kept.
const MOST: usize = 2_000;

/// How old an answer may be when nothing has woken us: another process on the same SQLite file wakes nobody here.
pub(super) const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// The newest events. Clones share them.
#[derive(Clone, Default)]
pub struct Tail(Arc<Mutex<Recent>>);

#[derive(Default)]
struct Recent {
    /// Without gaps, up to `newest`.
    events: VecDeque<Event>,
    newest: i64,
    /// The wake-up and the moment after which the table was read last.
    read: Option<(u64, Instant)>,
}

impl Tail {
    /// The newest number, and the events behind `after`; `None` for whom this does not reach back far enough.
    pub(super) async fn after(&self, db: &Db, after: i64, woken: u64) -> Result<Option<(i64, Vec<Event>)>> {
        // Whoever comes while another reads waits, and finds the answer.
        let mut recent = self.0.lock().await;
        let is_fresh = recent.read.is_some_and(|(seen, at)| seen >= woken && at.elapsed() < LOOK_AGAIN);
        if !is_fresh {
            recent.read_on(db).await?;
            recent.read = Some((woken, Instant::now()));
        }
        let reaches = (recent.first()..=recent.newest).contains(&(after + 1)) || after == recent.newest;
        Ok(reaches.then(|| (recent.newest, recent.behind(after))))
    }
}

impl Recent {
    async fn read_on(&mut self, db: &Db) -> Result<()> {
        let mut reader = db.read().await?;
        let last = reader.last_event_seq().await?;
        db.saw_event(last);
        // The first look begins at the end; so does one at a database that knows less than we do, as one may that took
        // over from another.
        if self.read.is_none() || last < self.newest {
            self.events.clear();
            self.newest = last;
            return Ok(());
        }
        while self.newest < last {
            let page = reader.events_after(self.newest, PAGE).await?;
            let Some(event) = page.last() else { break };
            if page.first().is_some_and(|first| first.seq > self.newest + 1) {
                // Some were cleared away before we read them.
                self.events.clear();
            }
            self.newest = event.seq;
            self.events.extend(page);
            let surplus = self.events.len().saturating_sub(MOST);
            self.events.drain(..surplus);
        }
        Ok(())
    }

    /// The number of the oldest event kept; the next one when there is none.
    fn first(&self) -> i64 {
        self.events.front().map_or(self.newest + 1, |event| event.seq)
    }

    fn behind(&self, after: i64) -> Vec<Event> {
        let from = self.events.partition_point(|event| event.seq <= after);
        self.events.range(from..).take(PAGE as usize).cloned().collect()
    }
}
