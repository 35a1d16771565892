//! The live feed: what changed, told to whoever listens.
//!
//! Writers insert an event in the transaction that changes the data. Listeners always read from the table, behind the
//! last event they have seen, so reconnects, other nodes and missed wake-ups are harmless.

use std::time::Duration;

use futures::{Stream, stream};
use headway_domain::{id::UnitId, work::Import};
pub use headway_store::Event;
use headway_store::{NewEvent, Tx};
use serde_json::{Value, json};

use crate::{App, OpContext, Permission, Result};

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

/// All kinds of event. Each has a handler in the web client.
pub const KINDS: [&str; 5] = [ITEMS, UNITS, WORKFLOW, IMPORT, SAMPLE];

const PAGE: u32 = 200;

/// How long a listener sleeps at most.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

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
    ctx.authorise(Permission::Read)?;
    Ok(app.db.read().await?.last_event_seq().await?)
}

/// The events behind `after`, for ever.
pub fn follow(ctx: &OpContext, app: &App, after: i64) -> Result<impl Stream<Item = Result<Event>> + use<>> {
    ctx.authorise(Permission::Read)?;
    let state = (app.db.clone(), app.db.watch(), after, Vec::new().into_iter());
    Ok(stream::unfold(state, |(db, mut wake, after, mut page)| async move {
        loop {
            if let Some(event) = page.next() {
                let event: Event = event;
                return Some((Ok(event.clone()), (db, wake, event.seq, page)));
            }
            // Seen before reading, so that an event inserted meanwhile wakes us again.
            wake.borrow_and_update();
            let read = async { db.read().await?.events_after(after, PAGE).await };
            match read.await {
                Ok(events) if events.is_empty() => {
                    // Another process on the same SQLite file wakes nobody here; then looking again finds its events.
                    if let Ok(Err(_)) = tokio::time::timeout(LOOK_AGAIN, wake.changed()).await {
                        return None;
                    }
                }
                Ok(events) => page = events.into_iter(),
                Err(error) => return Some((Err(error.into()), (db, wake, after, page))),
            }
        }
    }))
}
