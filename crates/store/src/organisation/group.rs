//! Groups of people.

use headway_domain::{
    id::{GroupId, PersonId},
    organisation::{Group, Person},
};
use uuid::Uuid;

use crate::{
    Error, Reader, Tx,
    organisation::person::{PersonRow, people_of, select_person},
    platform::on,
};

#[derive(sqlx::FromRow)]
struct GroupRow {
    id: Uuid,
    name: String,
    external_id: Option<String>,
}

impl From<GroupRow> for Group {
    fn from(row: GroupRow) -> Self {
        Group { id: GroupId(row.id), name: row.name, external_id: row.external_id }
    }
}

impl Reader {
    /// All groups, by name.
    pub async fn groups(&mut self) -> Result<Vec<Group>, Error> {
        let sql = "select id, name, external_id from person_group order by name, id";
        let rows: Vec<GroupRow> = on!(self, |c| sqlx::query_as(sql).fetch_all(c).await)?;
        Ok(rows.into_iter().map(Group::from).collect())
    }

    /// The group with this id.
    pub async fn group(&mut self, id: GroupId) -> Result<Option<Group>, Error> {
        let sql = "select id, name, external_id from person_group where id = $1";
        let row: Option<GroupRow> = on!(self, |c| sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
        Ok(row.map(Group::from))
    }

    /// The people in a group, by name.
    pub async fn group_members(&mut self, id: GroupId) -> Result<Vec<Person>, Error> {
        let sql = select_person!(
            "join group_member m on m.person_id = p.id where m.group_id = $1 order by p.name, p.id"
        );
        let rows: Vec<PersonRow> = on!(self, |c| sqlx::query_as(sql).bind(id.0).fetch_all(c).await)?;
        people_of(rows)
    }

    /// The groups that a person is in, by name.
    pub async fn groups_of(&mut self, person: PersonId) -> Result<Vec<Group>, Error> {
        let sql = "select g.id, g.name, g.external_id from person_group g
                   join group_member m on m.group_id = g.id where m.person_id = $1 order by g.name, g.id";
        let rows: Vec<GroupRow> = on!(self, |c| sqlx::query_as(sql).bind(person.0).fetch_all(c).await)?;
        Ok(rows.into_iter().map(Group::from).collect())
    }
}

impl Tx {
    /// Adds a group. [`Error::Duplicate`] when its name is taken.
    pub async fn insert_group(&mut self, group: &Group) -> Result<(), Error> {
        let sql = "insert into person_group (id, name, external_id) values ($1, $2, $3)";
        on!(self, |c| {
            let query = sqlx::query(sql).bind(group.id.0).bind(&group.name).bind(&group.external_id);
            query.execute(c).await.map(drop)
        })?;
        Ok(())
    }

    /// Changes a group. [`Error::Duplicate`] when its name is taken, [`Error::Stale`] when it is gone.
    pub async fn update_group(&mut self, group: &Group) -> Result<(), Error> {
        let sql = "update person_group set name = $2, external_id = $3 where id = $1";
        let done = on!(self, |c| {
            let query = sqlx::query(sql).bind(group.id.0).bind(&group.name).bind(&group.external_id);
            query.execute(c).await.map(|done| done.rows_affected())
        })?;
        if done == 1 { Ok(()) } else { Err(Error::Stale) }
    }

    /// Removes a group with what it was granted. [`Error::Stale`] when it is gone.
    pub async fn delete_group(&mut self, id: GroupId) -> Result<(), Error> {
        let sql = "delete from person_group where id = $1";
        let done =
            on!(self, |c| sqlx::query(sql).bind(id.0).execute(c).await.map(|done| done.rows_affected()))?;
        if done == 1 { Ok(()) } else { Err(Error::Stale) }
    }

    /// Puts a person into a group; once is enough.
    pub async fn insert_group_member(&mut self, group: GroupId, person: PersonId) -> Result<(), Error> {
        let sql = "insert into group_member (group_id, person_id) values ($1, $2) on conflict do nothing";
        on!(self, |c| sqlx::query(sql).bind(group.0).bind(person.0).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Takes a person out of a group.
    pub async fn delete_group_member(&mut self, group: GroupId, person: PersonId) -> Result<(), Error> {
        let sql = "delete from group_member where group_id = $1 and person_id = $2";
        on!(self, |c| sqlx::query(sql).bind(group.0).bind(person.0).execute(c).await.map(drop))?;
        Ok(())
    }
}
