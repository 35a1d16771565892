//! Roles given to people, groups and everybody.

use headway_domain::{
    id::{GrantId, GroupId, PersonId, UnitId},
    organisation::{Grant, Grantee, Held, Role, Through},
};
use uuid::Uuid;

use crate::{
    Error, Reader, Tx,
    dialect::push_in,
    platform::{corrupt, on},
};

#[derive(sqlx::FromRow)]
struct GrantRow {
    id: Uuid,
    person_id: Option<Uuid>,
    group_id: Option<Uuid>,
    role: String,
    unit_id: Option<Uuid>,
}

impl TryFrom<GrantRow> for Grant {
    type Error = Error;

    fn try_from(row: GrantRow) -> Result<Self, Error> {
        let to = match (row.person_id, row.group_id) {
            (Some(person), None) => Grantee::Person(PersonId(person)),
            (None, Some(group)) => Grantee::Group(GroupId(group)),
            (None, None) => Grantee::Everybody,
            (Some(_), Some(_)) => return Err(corrupt("role_grant", row.id, "to a person and a group")),
        };
        let role = Role::from_code(&row.role).ok_or_else(|| corrupt("role_grant", row.id, "unknown role"))?;
        Ok(Grant { id: GrantId(row.id), to, role, unit: row.unit_id.map(UnitId) })
    }
}

impl Reader {
    /// The roles that a person holds: by grants of their own, of their groups, and of everybody.
    pub async fn held_by(&mut self, person: PersonId) -> Result<Vec<Held>, Error> {
        let sql = "select g.id, g.person_id, g.group_id, g.role, g.unit_id from role_grant g
                   where g.person_id = $1
                      or g.group_id in (select m.group_id from group_member m where m.person_id = $1)
                      or (g.person_id is null and g.group_id is null)
                   order by g.id";
        let rows: Vec<GrantRow> = on!(self, |c| sqlx::query_as(sql).bind(person.0).fetch_all(c).await)?;
        let held = |row: GrantRow| {
            let grant = Grant::try_from(row)?;
            let through = match grant.to {
                Grantee::Person(_) => Through::Person,
                Grantee::Group(group) => Through::Group(Some(group)),
                Grantee::Everybody => Through::Group(None),
            };
            Ok(Held { grant: grant.id, role: grant.role, unit: grant.unit, through })
        };
        rows.into_iter().map(held).collect()
    }

    /// All grants.
    pub async fn grants(&mut self) -> Result<Vec<Grant>, Error> {
        let sql = "select id, person_id, group_id, role, unit_id from role_grant order by id";
        let rows: Vec<GrantRow> = on!(self, |c| sqlx::query_as(sql).fetch_all(c).await)?;
        rows.into_iter().map(Grant::try_from).collect()
    }

    /// What is granted on these units and on the whole organisation.
    pub async fn grants_reaching(&mut self, units: &[UnitId]) -> Result<Vec<Grant>, Error> {
        let rows: Vec<GrantRow> = on!(self, |c| {
            let mut query = sqlx::QueryBuilder::new(
                "select id, person_id, group_id, role, unit_id from role_grant where unit_id is null or ",
            );
            push_in(&mut query, "unit_id", units.iter().map(|unit| unit.0));
            query.push(" order by id").build_query_as().fetch_all(c).await
        })?;
        rows.into_iter().map(Grant::try_from).collect()
    }

    /// What is granted to a group.
    pub async fn grants_of_group(&mut self, group: GroupId) -> Result<Vec<Grant>, Error> {
        let sql =
            "select id, person_id, group_id, role, unit_id from role_grant where group_id = $1 order by id";
        let rows: Vec<GrantRow> = on!(self, |c| sqlx::query_as(sql).bind(group.0).fetch_all(c).await)?;
        rows.into_iter().map(Grant::try_from).collect()
    }

    /// The grant with this id.
    pub async fn grant(&mut self, id: GrantId) -> Result<Option<Grant>, Error> {
        let sql = "select id, person_id, group_id, role, unit_id from role_grant where id = $1";
        let row: Option<GrantRow> = on!(self, |c| sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
        row.map(Grant::try_from).transpose()
    }

    /// How many people who can sign in own the installation.
    pub async fn count_owners(&mut self) -> Result<u64, Error> {
        let sql = "select count(*) from person p where p.state = 'active' and p.kind = 'human' and exists (
                       select 1 from role_grant g where g.role = 'owner' and g.unit_id is null
                       and (g.person_id = p.id or g.group_id in
                            (select m.group_id from group_member m where m.person_id = p.id)))";
        let count: i64 = on!(self, |c| sqlx::query_scalar(sql).fetch_one(c).await)?;
        Ok(count.unsigned_abs())
    }
}

impl Tx {
    /// Adds a grant.
    pub async fn insert_grant(&mut self, grant: &Grant) -> Result<(), Error> {
        let (person, group) = match grant.to {
            Grantee::Person(person) => (Some(person.0), None),
            Grantee::Group(group) => (None, Some(group.0)),
            Grantee::Everybody => (None, None),
        };
        let sql =
            "insert into role_grant (id, person_id, group_id, role, unit_id) values ($1, $2, $3, $4, $5)";
        on!(self, |c| {
            let query = sqlx::query(sql).bind(grant.id.0).bind(person).bind(group).bind(grant.role.code());
            query.bind(grant.unit.map(|unit| unit.0)).execute(c).await.map(drop)
        })?;
        Ok(())
    }

    /// Takes a grant back. [`Error::Stale`] when it is gone.
    pub async fn delete_grant(&mut self, id: GrantId) -> Result<(), Error> {
        let sql = "delete from role_grant where id = $1";
        let done =
            on!(self, |c| sqlx::query(sql).bind(id.0).execute(c).await.map(|done| done.rows_affected()))?;
        if done == 1 { Ok(()) } else { Err(Error::Stale) }
    }
}
