//! Settings of the installation: a text under a key.

use crate::{Error, Reader, Tx, platform::on};

impl Reader {
    /// The setting under this key.
    pub async fn setting(&mut self, key: &str) -> Result<Option<String>, Error> {
        let sql = "select value from setting where key = $1";
        Ok(on!(self, |c| sqlx::query_scalar(sql).bind(key).fetch_optional(c).await)?)
    }
}

impl Tx {
    /// Stores a setting in place of the one under this key.
    pub async fn upsert_setting(&mut self, key: &str, value: &str) -> Result<(), Error> {
        let sql = "insert into setting (key, value) values ($1, $2)
                   on conflict (key) do update set value = excluded.value";
        on!(self, |c| sqlx::query(sql).bind(key).bind(value).execute(c).await.map(drop))?;
        Ok(())
    }
}
