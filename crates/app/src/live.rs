//! The live feed: what changed, told to whoever listens.
//!
//! Writers insert an event in the transaction that changes the data. Listeners always read from the table, behind the
//! last event they have seen, so reconnects, other nodes and missed wake-ups are harmless.

mod tail;

use futures::{Stream, stream};
use headway_domain::{id::UnitId, time::Instant, work::Import};
pub use headway_store::Event;
use headway_store::{Db, NewEvent, Tx};
use serde_json::{Value, json};
use tokio::sync::watch;

use tail::LOOK_AGAIN;
pub use tail::Tail;

use crate::{Actor, App, OpContext, Permission, Result, organisation};

/// Items of these units changed: `{}`.
pub const ITEMS: &str = "items";
/// The tree of units changed: `{}`.
pub const UNITS: &str = "units";
/// A team's workflow changed: `{}`.
pub const WORKFLOW: &str = "workflow";
/// An import moved: `{import_id, state, position, total}`.
pub const IMPORT: &str = "import";
/// The sample organisation is being loaded: `{state, progress}`.
pub const SAMPLE: &str = "sample";

/// Somebody's access changed: `{}`, and only to whom it concerns.
pub const ACCESS: &str = "access";

/// What a listener has missed is not there any more, and everything has to be loaded anew: `{}`.
pub const RELOAD: &str = "reload";

/// All kinds of event. Each has a handler in the web client.
pub const KINDS: [&str; 7] = [ITEMS, UNITS, WORKFLOW, IMPORT, SAMPLE, ACCESS, RELOAD];

const PAGE: u32 = 200;

pub(crate) fn event(ctx: &OpContext, kind: &str, units: &[UnitId], payload: Value) -> NewEvent {
    NewEvent { at: ctx.now(), kind: kind.to_owned(), units: units.to_owned(), payload }
}

pub(crate) async fn units_changed(ctx: &OpContext, tx: &mut Tx, units: &[UnitId]) -> Result<()> {
    tx.insert_event(&event(ctx, UNITS, units, json!({}))).await?;
    Ok(())
}

pub(crate) fn import_moved(ctx: &OpContext, import: &Import) -> NewEvent {
    let payload = json!({
        "import_id": import.id.to_string(),
        "state": import.state.code(),
        "position": import.position,
        "total": import.total,
    });
    event(ctx, IMPORT, &[import.unit], payload)
}

/// The number of the newest event: a listener that has just loaded everything starts here.
pub async fn newest(ctx: &OpContext, app: &App) -> Result<i64> {
    ctx.authorise_anybody()?;
    Ok(app.db.read().await?.last_event_seq().await?)
}

/// The events behind `after` that the listener may hear of, until they may no longer listen. Where some of them are
/// not there any more, [`RELOAD`] stands in their place.
pub fn follow(ctx: &OpContext, app: &App, after: i64) -> Result<impl Stream<Item = Result<Event>> + use<>> {
    ctx.authorise_anybody()?;
    let feed = Feed {
        db: app.db.clone(),
        tail: app.tail.clone(),
        wake: app.db.watch(),
        after,
        page: Vec::new().into_iter(),
        now: ctx.now(),
    };
    let listener = Listener { ctx: ctx.clone(), app: app.clone() };
    Ok(stream::unfold((feed, listener), |(mut feed, mut listener)| async move {
        loop {
            let told = match feed.next().await? {
                Ok(event) => listener.hear(event).await,
                Err(error) => Err(error),
            };
            match told {
                Ok(Heard::Event(event)) => return Some((Ok(event), (feed, listener))),
                Ok(Heard::Nothing) => {}
                Ok(Heard::End) => return None,
                Err(error) => return Some((Err(error), (feed, listener))),
            }
        }
    }))
}

/// Who listens: what they may hear of changes while they do.
struct Listener {
    ctx: OpContext,
    app: App,
}

/// What a listener hears of an event.
enum Heard {
    Event(Event),
    Nothing,
    /// They may no longer listen.
    End,
}

impl Listener {
    async fn hear(&mut self, mut event: Event) -> Result<Heard> {
        let Actor::Person(caller) = &self.ctx.actor else { return Ok(Heard::Event(event)) };
        if event.kind == ACCESS {
            let people = event.payload.get("person_ids").and_then(Value::as_array);
            let own = caller.person.to_string();
            if people.is_some_and(|people| people.iter().all(|id| *id != own)) {
                return Ok(Heard::Nothing);
            }
            self.app.callers.forget_for(event.seq);
            let Some(now) = organisation::again(&self.ctx, &self.app, caller).await? else {
                return Ok(Heard::End);
            };
            self.ctx.actor = Actor::Person(now);
            event.payload = json!({});
            return Ok(Heard::Event(event));
        }
        if event.units.is_empty() || self.ctx.may(Permission::Read) {
            return Ok(Heard::Event(event));
        }
        let tree = organisation::known_tree(&self.app).await?;
        event.units.retain(|unit| self.ctx.may_at(Permission::Read, &tree, *unit));
        // That the tree of units changed is told to everybody: a unit may have been taken away from them.
        let concerns = !event.units.is_empty() || event.kind == UNITS;
        Ok(if concerns { Heard::Event(event) } else { Heard::Nothing })
    }
}

/// A listener's place in the sequence of events.
struct Feed {
    db: Db,
    tail: Tail,
    wake: watch::Receiver<u64>,
    /// The number of the last event it has seen.
    after: i64,
    /// Events that have been read and not handed out.
    page: std::vec::IntoIter<Event>,
    /// When the listener came.
    now: Instant,
}

impl Feed {
    /// The next event; `None` when there will be none.
    async fn next(&mut self) -> Option<Result<Event>> {
        loop {
            if let Some(seq) = self.page.as_slice().first().map(|event| event.seq) {
                // Numbers have no gaps: where some are missing, events have been cleared away.
                if seq > self.after + 1 {
                    return Some(Ok(self.reload(seq - 1)));
                }
                self.after = seq;
                return self.page.next().map(Ok);
            }
            // Seen before reading, so that an event inserted meanwhile wakes us again.
            let woken = *self.wake.borrow_and_update();
            match self.read(woken).await {
                Ok((_, events)) if !events.is_empty() => self.page = events.into_iter(),
                // All that was missed has been cleared away, or the database is another one than the listener knew.
                Ok((last, _)) if last != self.after => return Some(Ok(self.reload(last))),
                Ok(_) => {
                    if let Ok(Err(_)) = tokio::time::timeout(LOOK_AGAIN, self.wake.changed()).await {
                        return None;
                    }
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// The newest number, and after that the events: what is not among them up to that number is gone.
    async fn read(&self, woken: u64) -> Result<(i64, Vec<Event>)> {
        if let Some(found) = self.tail.after(&self.db, self.after, woken).await? {
            return Ok(found);
        }
        let mut reader = self.db.read().await?;
        let last = reader.last_event_seq().await?;
        Ok((last, reader.events_after(self.after, PAGE).await?))
    }

    fn reload(&mut self, seq: i64) -> Event {
        self.after = seq;
        Event { seq, at: self.now, kind: RELOAD.to_owned(), units: Vec::new(), payload: json!({}) }
    }
}
