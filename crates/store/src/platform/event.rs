//! The outbox: what happened, in the order of commits. Written in the transaction that changes the data.

use headway_domain::{id::UnitId, time::Instant};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Reader, Tx,
    platform::{corrupt, on},
};

/// Something that happened, before it has its place in the sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// When.
    pub at: Instant,
    /// What, such as `items` or `import`.
    pub kind: String,
    /// The units whose data it changed.
    pub units: Vec<UnitId>,
    /// Anything else that listeners need.
    pub payload: Value,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its place: events are numbered in the order of commits, without gaps.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// What.
    pub kind: String,
    /// The units whose data it changed.
    pub units: Vec<UnitId>,
    /// Anything else that listeners need.
    pub payload: Value,
}

#[derive(sqlx::FromRow)]
pub(crate) struct EventRow {
    seq: i64,
    at: i64,
    kind: String,
    units: String,
    payload: String,
}

impl TryFrom<EventRow> for Event {
    type Error = Error;

    fn try_from(row: EventRow) -> Result<Self, Error> {
        let broken = |error| corrupt("event", row.seq, error);
        let units: Vec<Uuid> = serde_json::from_str(&row.units).map_err(broken)?;
        Ok(Event {
            seq: row.seq,
            at: Instant(row.at),
            kind: row.kind,
            units: units.into_iter().map(UnitId).collect(),
            payload: serde_json::from_str(&row.payload).map_err(broken)?,
        })
    }
}

impl Reader {
    /// The events behind `seq`, oldest first, at most `limit`.
    pub async fn events_after(&mut self, seq: i64, limit: u32) -> Result<Vec<Event>, Error> {
        let sql = "select seq, at, kind, units, payload from event where seq > $1 order by seq limit $2";
        let rows: Vec<EventRow> =
            on!(self, |c| sqlx::query_as(sql).bind(seq).bind(i64::from(limit)).fetch_all(c).await)?;
        rows.into_iter().map(Event::try_from).collect()
    }

    /// The number of the newest event; 0 before the first.
    pub async fn last_event_seq(&mut self) -> Result<i64, Error> {
        let sql = "select value from counter where name = 'event'";
        Ok(on!(self, |c| sqlx::query_scalar(sql).fetch_one(c).await)?)
    }
}

impl Tx {
    /// Appends an event and says which number it got. From here to the commit no other transaction appends one,
    /// so that no listener can see a later number first.
    pub async fn insert_event(&mut self, event: &NewEvent) -> Result<i64, Error> {
        let sql = "update counter set value = value + 1 where name = 'event' returning value";
        let seq: i64 = on!(self, |c| sqlx::query_scalar(sql).fetch_one(c).await)?;
        let units: Vec<Uuid> = event.units.iter().map(|unit| unit.0).collect();
        let units = units.iter().map(Uuid::to_string).collect::<Value>().to_string();
        let payload = event.payload.to_string();
        let sql = "insert into event (seq, at, kind, units, payload) values ($1, $2, $3, $4, $5)";
        on!(self, |c| {
            let query = sqlx::query(sql).bind(seq).bind(event.at.0).bind(&event.kind);
            query.bind(units).bind(payload).execute(c).await.map(drop)
        })?;
        self.wakes = true;
        self.newest = seq;
        Ok(seq)
    }

    /// Removes the events before an instant, and says how many.
    pub async fn delete_events_before(&mut self, at: Instant) -> Result<u64, Error> {
        let sql = "delete from event where at < $1";
        Ok(on!(self, |c| sqlx::query(sql).bind(at.0).execute(c).await.map(|done| done.rows_affected()))?)
    }
}
