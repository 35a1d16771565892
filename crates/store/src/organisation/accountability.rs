//! Who answers for a unit.

use headway_domain::{
    id::{PersonId, UnitId},
    organisation::Accountability,
};
use uuid::Uuid;

use crate::{
    Error, Reader, Tx,
    platform::{corrupt, on},
};

impl Reader {
    /// Who answers for a unit, and as what.
    pub async fn accountable(&mut self, unit: UnitId) -> Result<Vec<(Accountability, PersonId)>, Error> {
        let sql = "select kind, person_id from accountability where unit_id = $1 order by kind, person_id";
        let rows: Vec<(String, Uuid)> = on!(self, |c| sqlx::query_as(sql).bind(unit.0).fetch_all(c).await)?;
        let read = |(kind, person): (String, Uuid)| {
            let known = Accountability::from_code(&kind);
            let known = known.ok_or_else(|| corrupt("accountability", unit, "unknown kind"))?;
            Ok((known, PersonId(person)))
        };
        rows.into_iter().map(read).collect()
    }
}

impl Tx {
    /// Says that a person answers for a unit; once is enough.
    pub async fn insert_accountable(
        &mut self,
        unit: UnitId,
        kind: Accountability,
        person: PersonId,
    ) -> Result<(), Error> {
        let sql = "insert into accountability (unit_id, kind, person_id) values ($1, $2, $3) on conflict do nothing";
        on!(self, |c| {
            sqlx::query(sql).bind(unit.0).bind(kind.code()).bind(person.0).execute(c).await.map(drop)
        })?;
        Ok(())
    }

    /// Says that nobody answers for a unit any more.
    pub async fn delete_accountable(&mut self, unit: UnitId) -> Result<(), Error> {
        let sql = "delete from accountability where unit_id = $1";
        on!(self, |c| sqlx::query(sql).bind(unit.0).execute(c).await.map(drop))?;
        Ok(())
    }
}
