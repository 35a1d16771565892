//! Trackers whose data has been imported: the scope in which an item's key is unique.

use headway_domain::{id::TrackerId, time::Instant};
use uuid::Uuid;

use crate::{Error, Reader, Tx, platform::on};

/// A tracker whose data has been imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracker {
    /// Its id.
    pub id: TrackerId,
    /// The name people gave it; unique.
    pub name: String,
    /// When it was first seen.
    pub created_at: Instant,
}

type TrackerRow = (Uuid, String, i64);

impl From<TrackerRow> for Tracker {
    fn from((id, name, created_at): TrackerRow) -> Self {
        Tracker { id: TrackerId(id), name, created_at: Instant(created_at) }
    }
}

impl Reader {
    /// The tracker with this id.
    pub async fn tracker(&mut self, id: TrackerId) -> Result<Option<Tracker>, Error> {
        let sql = "select id, name, created_at from tracker where id = $1";
        let row: Option<TrackerRow> = on!(self, |c| sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
        Ok(row.map(Tracker::from))
    }

    /// The tracker with this name.
    pub async fn tracker_by_name(&mut self, name: &str) -> Result<Option<Tracker>, Error> {
        let sql = "select id, name, created_at from tracker where name = $1";
        let row: Option<TrackerRow> = on!(self, |c| sqlx::query_as(sql).bind(name).fetch_optional(c).await)?;
        Ok(row.map(Tracker::from))
    }
}

impl Tx {
    /// Adds a tracker. [`Error::Duplicate`] when its name is taken.
    pub async fn insert_tracker(&mut self, tracker: &Tracker) -> Result<(), Error> {
        let sql = "insert into tracker (id, name, created_at, revision) values ($1, $2, $3, 0)";
        on!(self, |c| {
            let query = sqlx::query(sql).bind(tracker.id.0).bind(&tracker.name).bind(tracker.created_at.0);
            query.execute(c).await.map(drop)
        })?;
        Ok(())
    }

    /// Lets this transaction alone write the tracker's data until it ends.
    pub async fn lock_tracker(&mut self, id: TrackerId) -> Result<(), Error> {
        let sql = "update tracker set revision = revision + 1 where id = $1";
        on!(self, |c| sqlx::query(sql).bind(id.0).execute(c).await.map(drop))?;
        Ok(())
    }
}
