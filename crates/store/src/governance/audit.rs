//! The audit log. Entries are added and read; nothing changes or removes them.

use futures::{StreamExt, stream::BoxStream};
use headway_domain::{
    governance::audit::{BEGINNING, Digest, Doer, Entry, Stored},
    id::{PersonId, UnitId},
    time::Instant,
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    Error, Reader, Tx,
    dialect::push_in,
    platform::{Driver, corrupt, on},
};

/// Something that was done, before it has its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAudit {
    /// When.
    pub at: Instant,
    /// By whom.
    pub doer: Doer,
    /// What.
    pub action: String,
    /// What kind of thing it was done to.
    pub subject_kind: String,
    /// Which thing.
    pub subject: String,
    /// The unit it belongs to.
    pub unit: Option<UnitId>,
    /// What else there is to say.
    pub detail: serde_json::Value,
}

/// Which entries a list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only of these units; of all and of the installation when `None`.
    pub units: Option<Vec<UnitId>>,
    /// Only what this person did.
    pub person: Option<PersonId>,
    /// Only actions that begin like this, such as `unit.`.
    pub action: Option<String>,
    /// Only what was done to this kind of thing.
    pub subject_kind: Option<String>,
    /// Only what was done to this thing.
    pub subject: Option<String>,
    /// Not before.
    pub from: Option<Instant>,
    /// Before.
    pub to: Option<Instant>,
}

#[derive(sqlx::FromRow)]
struct AuditRow {
    seq: i64,
    at: i64,
    doer: String,
    person_id: Option<Uuid>,
    via_id: Option<Uuid>,
    action: String,
    subject_kind: String,
    subject: String,
    unit_id: Option<Uuid>,
    detail: String,
    digest: Vec<u8>,
}

const SELECT: &str = "select seq, at, doer, person_id, via_id, action, subject_kind, subject, unit_id, detail, digest from audit";

impl TryFrom<AuditRow> for Stored {
    type Error = Error;

    fn try_from(row: AuditRow) -> Result<Self, Error> {
        let broken = |what| corrupt("audit", row.seq, what);
        let doer = match (row.doer.as_str(), row.person_id) {
            ("person", Some(person)) => Doer::Person { person, via: row.via_id },
            ("operator", None) => Doer::Operator,
            ("system", None) => Doer::System,
            ("nobody", None) => Doer::Nobody,
            _ => return Err(broken("unknown doer")),
        };
        let digest: Digest = row.digest.try_into().map_err(|_| broken("not a digest"))?;
        let entry = Entry {
            seq: row.seq,
            at: Instant(row.at),
            doer,
            action: row.action,
            subject_kind: row.subject_kind,
            subject: row.subject,
            unit: row.unit_id.map(UnitId),
            detail: row.detail,
        };
        Ok(Stored { entry, digest })
    }
}

impl Reader {
    /// Entries that pass the filter, newest first, before the one numbered `before`, at most `limit`.
    pub async fn audit(
        &mut self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Stored>, Error> {
        let texts = [&filter.action, &filter.subject_kind, &filter.subject];
        if texts.into_iter().flatten().any(|text| text.contains('\0')) {
            return Ok(Vec::new());
        }
        let rows: Vec<AuditRow> = on!(self, |c| {
            let mut query = QueryBuilder::new(SELECT);
            query.push(" where true");
            if let Some(units) = &filter.units {
                push_in(query.push(" and "), "unit_id", units.iter().map(|unit| unit.0));
            }
            if let Some(person) = filter.person {
                query.push(" and person_id = ").push_bind(person.0);
            }
            if let Some(action) = &filter.action {
                query.push(" and action between ").push_bind(action.clone());
                query.push(" and ").push_bind(format!("{action}\u{10ffff}"));
            }
            if let Some(kind) = &filter.subject_kind {
                query.push(" and subject_kind = ").push_bind(kind.clone());
            }
            if let Some(subject) = &filter.subject {
                query.push(" and subject = ").push_bind(subject.clone());
            }
            if let Some(from) = filter.from {
                query.push(" and at >= ").push_bind(from.0);
            }
            if let Some(to) = filter.to {
                query.push(" and at < ").push_bind(to.0);
            }
            if let Some(before) = before {
                query.push(" and seq < ").push_bind(before);
            }
            query.push(" order by seq desc limit ").push_bind(i64::from(limit));
            query.build_query_as().fetch_all(c).await
        })?;
        rows.into_iter().map(Stored::try_from).collect()
    }

    /// All entries, oldest first, one after the other. A row that cannot be read is an error with its number.
    pub fn audit_chain(&mut self) -> BoxStream<'_, Result<Stored, Error>> {
        const CHAIN: &str =
            "select seq, at, doer, person_id, via_id, action, subject_kind, subject, unit_id, detail, digest
                             from audit order by seq";
        let read = |row: Result<AuditRow, sqlx::Error>| Stored::try_from(row?);
        match self.driver() {
            Driver::Sqlite(c) => sqlx::query_as(CHAIN).fetch(c).map(read).boxed(),
            Driver::Postgres(c) => sqlx::query_as(CHAIN).fetch(c).map(read).boxed(),
        }
    }

    /// The entry with this number.
    pub async fn audit_entry(&mut self, seq: i64) -> Result<Option<Stored>, Error> {
        let sql =
            "select seq, at, doer, person_id, via_id, action, subject_kind, subject, unit_id, detail, digest
                   from audit where seq = $1";
        let row: Option<AuditRow> = on!(self, |c| sqlx::query_as(sql).bind(seq).fetch_optional(c).await)?;
        row.map(Stored::try_from).transpose()
    }

    /// The number of the last entry before an instant; entries are in the order of their instants but for clocks of
    /// nodes that differ.
    pub async fn last_audit_before(&mut self, at: Instant) -> Result<Option<i64>, Error> {
        let sql = "select max(seq) from audit where at < $1";
        Ok(on!(self, |c| sqlx::query_scalar(sql).bind(at.0).fetch_one(c).await)?)
    }

    /// How many entries there have ever been.
    pub async fn count_audit(&mut self) -> Result<i64, Error> {
        let sql = "select value from counter where name = 'audit'";
        Ok(on!(self, |c| sqlx::query_scalar(sql).fetch_one(c).await)?)
    }
}

impl Tx {
    /// Removes the entries up to this one. What is left begins with the next, whose place only an entry that holds
    /// the digest of the last one removed explains.
    pub async fn delete_audit_through(&mut self, seq: i64) -> Result<u64, Error> {
        let sql = "delete from audit where seq <= $1";
        Ok(on!(self, |c| sqlx::query(sql).bind(seq).execute(c).await.map(|done| done.rows_affected()))?)
    }

    /// Appends an entry and says which number it got. From here to the commit no other transaction appends one.
    pub async fn insert_audit(&mut self, new: &NewAudit) -> Result<i64, Error> {
        // The counter of events first, as everybody else: two transactions never wait for each other.
        for sql in [
            "update counter set value = value where name = 'event'",
            "update counter set value = value + 1 where name = 'audit'",
        ] {
            on!(self, |c| sqlx::query(sql).execute(c).await.map(drop))?;
        }
        let seq = self.count_audit().await?;
        let sql = "select digest from audit where seq = $1";
        let previous: Option<Vec<u8>> =
            on!(self, |c| sqlx::query_scalar(sql).bind(seq - 1).fetch_optional(c).await)?;
        // A broken chain goes on all the same; verifying says where it broke.
        let previous = previous.and_then(|digest| Digest::try_from(digest).ok()).unwrap_or(BEGINNING);
        let entry = Entry {
            seq,
            at: new.at,
            doer: new.doer,
            action: new.action.clone(),
            subject_kind: new.subject_kind.clone(),
            subject: new.subject.replace('\0', "\u{fffd}"),
            unit: new.unit,
            detail: new.detail.to_string(),
        };
        let digest = entry.digest(&previous);
        let (person, via) = match entry.doer {
            Doer::Person { person, via } => (Some(person), via),
            Doer::Operator | Doer::System | Doer::Nobody => (None, None),
        };
        let sql = "insert into audit (seq, at, doer, person_id, via_id, action, subject_kind, subject, unit_id, detail, digest)
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        on!(self, |c| {
            let query =
                sqlx::query(sql).bind(seq).bind(entry.at.0).bind(entry.doer.code()).bind(person).bind(via);
            let query = query.bind(&entry.action).bind(&entry.subject_kind).bind(&entry.subject);
            let query = query.bind(entry.unit.map(|unit| unit.0)).bind(&entry.detail).bind(digest.as_slice());
            query.execute(c).await.map(drop)
        })?;
        Ok(seq)
    }
}
