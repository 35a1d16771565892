//! Who is signed in with a browser. Only hashes of tokens are stored.

use headway_domain::{
    id::{PersonId, SessionId},
    time::Instant,
};
use uuid::Uuid;

use crate::{Error, Reader, Tx, platform::on};

/// Somebody signed in with a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who.
    pub person: PersonId,
    /// How they signed in, such as `password`.
    pub method: String,
    /// What the browser calls itself.
    pub agent: String,
    /// When they signed in.
    pub created_at: Instant,
    /// When they were last there, to within some minutes.
    pub seen_at: Instant,
    /// When it ends by itself.
    pub expires_at: Instant,
}

/// Whom a session or a token stands for, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedIn<Id> {
    /// The session or the token.
    pub id: Id,
    /// Who.
    pub person: PersonId,
    /// When they were last there.
    pub seen_at: Option<Instant>,
    /// When it ends by itself.
    pub expires_at: Instant,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    id: Uuid,
    person_id: Uuid,
    method: String,
    agent: String,
    created_at: i64,
    seen_at: i64,
    expires_at: i64,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Session {
            id: SessionId(row.id),
            person: PersonId(row.person_id),
            method: row.method,
            agent: row.agent,
            created_at: Instant(row.created_at),
            seen_at: Instant(row.seen_at),
            expires_at: Instant(row.expires_at),
        }
    }
}

impl Reader {
    /// The session whose token has this hash.
    pub async fn session_by_hash(&mut self, hash: &[u8]) -> Result<Option<SignedIn<SessionId>>, Error> {
        let sql = "select id, person_id, seen_at, expires_at from session where token_hash = $1";
        let row: Option<(Uuid, Uuid, i64, i64)> =
            on!(self, |c| sqlx::query_as(sql).bind(hash).fetch_optional(c).await)?;
        Ok(row.map(|(id, person, seen_at, expires_at)| SignedIn {
            id: SessionId(id),
            person: PersonId(person),
            seen_at: Some(Instant(seen_at)),
            expires_at: Instant(expires_at),
        }))
    }

    /// The sessions of a person, the one that was used last first.
    pub async fn sessions(&mut self, person: PersonId) -> Result<Vec<Session>, Error> {
        let sql = "select id, person_id, method, agent, created_at, seen_at, expires_at
                   from session where person_id = $1 order by seen_at desc, id";
        let rows: Vec<SessionRow> = on!(self, |c| sqlx::query_as(sql).bind(person.0).fetch_all(c).await)?;
        Ok(rows.into_iter().map(Session::from).collect())
    }
}

impl Tx {
    /// Adds a session.
    pub async fn insert_session(&mut self, session: &Session, token_hash: &[u8]) -> Result<(), Error> {
        let sql =
            "insert into session (id, person_id, token_hash, method, agent, created_at, seen_at, expires_at)
                   values ($1, $2, $3, $4, $5, $6, $7, $8)";
        on!(self, |c| {
            let query = sqlx::query(sql).bind(session.id.0).bind(session.person.0).bind(token_hash);
            let query = query.bind(&session.method).bind(session.agent.replace('\0', "\u{fffd}"));
            let query = query.bind(session.created_at.0).bind(session.seen_at.0).bind(session.expires_at.0);
            query.execute(c).await.map(drop)
        })?;
        Ok(())
    }

    /// Notes when a session was used.
    pub async fn update_session_seen(&mut self, id: SessionId, at: Instant) -> Result<(), Error> {
        let sql = "update session set seen_at = $2 where id = $1";
        on!(self, |c| sqlx::query(sql).bind(id.0).bind(at.0).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Ends a session of a person. [`Error::Stale`] when there is none.
    pub async fn delete_session(&mut self, person: PersonId, id: SessionId) -> Result<(), Error> {
        let sql = "delete from session where id = $1 and person_id = $2";
        let done = on!(self, |c| {
            sqlx::query(sql).bind(id.0).bind(person.0).execute(c).await.map(|done| done.rows_affected())
        })?;
        if done == 1 { Ok(()) } else { Err(Error::Stale) }
    }

    /// Ends all sessions of a person but one, and says how many.
    pub async fn delete_sessions(&mut self, person: PersonId, but: Option<SessionId>) -> Result<u64, Error> {
        let sql = "delete from session where person_id = $1 and id is distinct from $2";
        Ok(on!(self, |c| {
            let query = sqlx::query(sql).bind(person.0).bind(but.map(|id| id.0));
            query.execute(c).await.map(|done| done.rows_affected())
        })?)
    }

    /// Removes sessions and tokens that ended by themselves before an instant, and says how many.
    pub async fn delete_ended_sessions(&mut self, at: Instant) -> Result<u64, Error> {
        let mut ended = 0;
        for sql in
            ["delete from session where expires_at < $1", "delete from api_token where expires_at < $1"]
        {
            ended +=
                on!(self, |c| sqlx::query(sql).bind(at.0).execute(c).await.map(|done| done.rows_affected()))?;
        }
        Ok(ended)
    }
}
