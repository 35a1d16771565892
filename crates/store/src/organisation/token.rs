//! Tokens for the API. Only their hashes are stored.

use headway_domain::{
    id::{PersonId, TokenId, UnitId},
    organisation::{Limit, Role},
    time::Instant,
};
use uuid::Uuid;

use crate::{
    Error, Reader, Tx,
    organisation::SignedIn,
    platform::{corrupt, on},
};

/// A token for the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Whom it stands for.
    pub person: PersonId,
    /// What its owner calls it.
    pub name: String,
    /// What it may do at most.
    pub limit: Limit,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last used, to within some minutes.
    pub seen_at: Option<Instant>,
    /// When it ends by itself.
    pub expires_at: Instant,
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    id: Uuid,
    person_id: Uuid,
    name: String,
    role: String,
    unit_id: Option<Uuid>,
    created_at: i64,
    seen_at: Option<i64>,
    expires_at: i64,
}

impl TryFrom<TokenRow> for Token {
    type Error = Error;

    fn try_from(row: TokenRow) -> Result<Self, Error> {
        let role = Role::from_code(&row.role).ok_or_else(|| corrupt("api_token", row.id, "unknown role"))?;
        Ok(Token {
            id: TokenId(row.id),
            person: PersonId(row.person_id),
            name: row.name,
            limit: Limit { role, unit: row.unit_id.map(UnitId) },
            created_at: Instant(row.created_at),
            seen_at: row.seen_at.map(Instant),
            expires_at: Instant(row.expires_at),
        })
    }
}

impl Reader {
    /// The token with this hash, and its limit.
    pub async fn token_by_hash(&mut self, hash: &[u8]) -> Result<Option<(SignedIn<TokenId>, Limit)>, Error> {
        let sql = "select id, person_id, name, role, unit_id, created_at, seen_at, expires_at
                   from api_token where token_hash = $1";
        let row: Option<TokenRow> = on!(self, |c| sqlx::query_as(sql).bind(hash).fetch_optional(c).await)?;
        let Some(token) = row.map(Token::try_from).transpose()? else { return Ok(None) };
        let signed_in = SignedIn {
            id: token.id,
            person: token.person,
            seen_at: token.seen_at,
            expires_at: token.expires_at,
        };
        Ok(Some((signed_in, token.limit)))
    }

    /// The tokens of a person, newest first.
    pub async fn tokens(&mut self, person: PersonId) -> Result<Vec<Token>, Error> {
        let sql = "select id, person_id, name, role, unit_id, created_at, seen_at, expires_at
                   from api_token where person_id = $1 order by created_at desc, id";
        let rows: Vec<TokenRow> = on!(self, |c| sqlx::query_as(sql).bind(person.0).fetch_all(c).await)?;
        rows.into_iter().map(Token::try_from).collect()
    }
}

impl Tx {
    /// Adds a token.
    pub async fn insert_token(&mut self, token: &Token, token_hash: &[u8]) -> Result<(), Error> {
        let sql = "insert into api_token (id, person_id, name, token_hash, role, unit_id, created_at, seen_at, expires_at)
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        on!(self, |c| {
            let query =
                sqlx::query(sql).bind(token.id.0).bind(token.person.0).bind(&token.name).bind(token_hash);
            let query = query.bind(token.limit.role.code()).bind(token.limit.unit.map(|unit| unit.0));
            let query = query.bind(token.created_at.0).bind(token.seen_at.map(|at| at.0));
            query.bind(token.expires_at.0).execute(c).await.map(drop)
        })?;
        Ok(())
    }

    /// Notes when a token was used.
    pub async fn update_token_seen(&mut self, id: TokenId, at: Instant) -> Result<(), Error> {
        let sql = "update api_token set seen_at = $2 where id = $1";
        on!(self, |c| sqlx::query(sql).bind(id.0).bind(at.0).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Revokes a token of a person. [`Error::Stale`] when there is none.
    pub async fn delete_token(&mut self, person: PersonId, id: TokenId) -> Result<(), Error> {
        let sql = "delete from api_token where id = $1 and person_id = $2";
        let done = on!(self, |c| {
            sqlx::query(sql).bind(id.0).bind(person.0).execute(c).await.map(|done| done.rows_affected())
        })?;
        if done == 1 { Ok(()) } else { Err(Error::Stale) }
    }

    /// Revokes all tokens of a person, and says how many.
    pub async fn delete_tokens(&mut self, person: PersonId) -> Result<u64, Error> {
        let sql = "delete from api_token where person_id = $1";
        Ok(on!(self, |c| sqlx::query(sql).bind(person.0).execute(c).await.map(|done| done.rows_affected()))?)
    }
}
