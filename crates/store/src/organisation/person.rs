//! People and services.

use headway_domain::{
    id::{GroupId, PersonId},
    organisation::{Person, PersonKind, PersonState, Role},
    time::Instant,
};
use uuid::Uuid;

use crate::{
    Error, Reader, Tx,
    dialect::holds_text,
    platform::{corrupt, on},
};

#[derive(sqlx::FromRow)]
pub(super) struct PersonRow {
    id: Uuid,
    kind: String,
    state: String,
    name: String,
    email: Option<String>,
    handle: String,
    is_break_glass: bool,
    created_at: i64,
}

/// What [`PersonRow`] is read from.
macro_rules! select_person {
    ($rest:literal) => {
        concat!(
            "select p.id, p.kind, p.state, p.name, p.email, p.handle, p.is_break_glass, p.created_at from person p ",
            $rest
        )
    };
}
pub(super) use select_person;

impl TryFrom<PersonRow> for Person {
    type Error = Error;

    fn try_from(row: PersonRow) -> Result<Self, Error> {
        let broken = |what| corrupt("person", row.id, what);
        Ok(Person {
            id: PersonId(row.id),
            kind: PersonKind::from_code(&row.kind).ok_or_else(|| broken("unknown kind"))?,
            state: PersonState::from_code(&row.state).ok_or_else(|| broken("unknown state"))?,
            name: row.name,
            email: row.email,
            handle: row.handle,
            is_break_glass: row.is_break_glass,
            created_at: Instant(row.created_at),
        })
    }
}

pub(super) fn people_of(rows: Vec<PersonRow>) -> Result<Vec<Person>, Error> {
    rows.into_iter().map(Person::try_from).collect()
}

/// Which people a list holds; those who are erased only when they are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonPage {
    /// Whose name, address or handle holds this, in letters of any size; everybody when it is empty.
    pub text: String,
    /// Only in this state.
    pub state: Option<PersonState>,
    /// Only of this kind.
    pub kind: Option<PersonKind>,
    /// Only who holds this role anywhere, by a grant of their own or of a group.
    pub role: Option<Role>,
    /// Only who is in this group.
    pub group: Option<GroupId>,
    /// Behind this name and id.
    pub after: Option<(String, PersonId)>,
    /// How many.
    pub limit: u32,
}

/// What a person is found by.
fn words_of(person: &Person) -> String {
    let email = person.email.as_deref().unwrap_or_default();
    format!("{}\n{email}\n{}", person.name, person.handle).to_lowercase()
}

impl Reader {
    /// The person with this id.
    pub async fn person(&mut self, id: PersonId) -> Result<Option<Person>, Error> {
        let sql = select_person!("where p.id = $1");
        let row: Option<PersonRow> = on!(self, |c| sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
        row.map(Person::try_from).transpose()
    }

    /// The person who signs in with this address.
    pub async fn person_by_email(&mut self, email: &str) -> Result<Option<Person>, Error> {
        if email.contains('\0') {
            return Ok(None);
        }
        let sql = select_person!("where p.email = $1");
        let row: Option<PersonRow> = on!(self, |c| sqlx::query_as(sql).bind(email).fetch_optional(c).await)?;
        row.map(Person::try_from).transpose()
    }

    /// The person with this handle.
    pub async fn person_by_handle(&mut self, handle: &str) -> Result<Option<Person>, Error> {
        if handle.contains('\0') {
            return Ok(None);
        }
        let sql = select_person!("where p.handle = $1");
        let row: Option<PersonRow> = on!(self, |c| sqlx::query_as(sql).bind(handle).fetch_optional(c).await)?;
        row.map(Person::try_from).transpose()
    }

    /// People by name.
    pub async fn people(&mut self, page: &PersonPage) -> Result<Vec<Person>, Error> {
        if page.text.contains('\0') {
            return Ok(Vec::new());
        }
        let engine = self.engine();
        let rows: Vec<PersonRow> = on!(self, |c| {
            let mut query = sqlx::QueryBuilder::new(select_person!("where p.state "));
            match page.state {
                Some(state) => query.push("= ").push_bind(state.code()),
                None => query.push("<> 'erased'"),
            };
            if !page.text.is_empty() {
                holds_text(engine, query.push(" and "), "p.words", page.text.trim().to_lowercase());
            }
            if let Some(kind) = page.kind {
                query.push(" and p.kind = ").push_bind(kind.code());
            }
            if let Some(role) = page.role {
                query.push(" and exists (select 1 from role_grant g where g.role = ").push_bind(role.code());
                query.push(
                    " and (g.person_id = p.id or g.group_id in
                           (select m.group_id from group_member m where m.person_id = p.id)))",
                );
            }
            if let Some(group) = page.group {
                query.push(" and p.id in (select m.person_id from group_member m where m.group_id = ");
                query.push_bind(group.0).push(")");
            }
            if let Some((name, id)) = &page.after {
                query
                    .push(" and (p.name, p.id) > (")
                    .push_bind(name.clone())
                    .push(", ")
                    .push_bind(id.0)
                    .push(")");
            }
            query.push(" order by p.name, p.id limit ").push_bind(i64::from(page.limit));
            query.build_query_as().fetch_all(c).await
        })?;
        people_of(rows)
    }

    /// The people with these ids, in no order; ids of nobody are left out.
    pub async fn people_by_id(&mut self, ids: &[PersonId]) -> Result<Vec<Person>, Error> {
        let rows: Vec<PersonRow> = on!(self, |c| {
            let mut query = sqlx::QueryBuilder::new(select_person!("where "));
            crate::dialect::push_in(&mut query, "p.id", ids.iter().map(|id| id.0));
            query.build_query_as().fetch_all(c).await
        })?;
        people_of(rows)
    }

    /// How many people there are who are not erased.
    pub async fn count_people(&mut self) -> Result<u64, Error> {
        let sql = "select count(*) from person where state <> 'erased'";
        let count: i64 = on!(self, |c| sqlx::query_scalar(sql).fetch_one(c).await)?;
        Ok(count.unsigned_abs())
    }

    /// The hash of a person's password, if they have one.
    pub async fn password_hash(&mut self, id: PersonId) -> Result<Option<String>, Error> {
        let sql = "select password from person where id = $1";
        let found: Option<Option<String>> =
            on!(self, |c| sqlx::query_scalar(sql).bind(id.0).fetch_optional(c).await)?;
        Ok(found.flatten())
    }
}

impl Tx {
    /// Lets this transaction alone create people until it ends: whether an address or a handle is free, and whether
    /// there is an owner yet, depends on all of them.
    pub async fn lock_people(&mut self) -> Result<(), Error> {
        let sql = "update counter set value = value + 1 where name = 'people'";
        on!(self, |c| sqlx::query(sql).execute(c).await.map(drop))?;
        Ok(())
    }

    /// Adds a person. [`Error::Duplicate`] when the address or the handle is taken.
    pub async fn insert_person(&mut self, person: &Person) -> Result<(), Error> {
        let sql =
            "insert into person (id, kind, state, name, email, handle, is_break_glass, created_at, words)
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        on!(self, |c| {
            let query = sqlx::query(sql).bind(person.id.0).bind(person.kind.code()).bind(person.state.code());
            let query = query.bind(&person.name).bind(&person.email).bind(&person.handle);
            let query = query.bind(person.is_break_glass).bind(person.created_at.0).bind(words_of(person));
            query.execute(c).await.map(drop)
        })?;
        Ok(())
    }

    /// Changes a person. [`Error::Duplicate`] when the address or the handle is taken, [`Error::Stale`] when there is
    /// no such person.
    pub async fn update_person(&mut self, person: &Person) -> Result<(), Error> {
        let sql = "update person set state = $2, name = $3, email = $4, handle = $5, is_break_glass = $6, words = $7
                   where id = $1";
        let done = on!(self, |c| {
            let query = sqlx::query(sql).bind(person.id.0).bind(person.state.code()).bind(&person.name);
            let query = query.bind(&person.email).bind(&person.handle).bind(person.is_break_glass);
            query.bind(words_of(person)).execute(c).await.map(|done| done.rows_affected())
        })?;
        if done == 1 { Ok(()) } else { Err(Error::Stale) }
    }

    /// Sets or removes the hash of a person's password.
    pub async fn update_password_hash(&mut self, id: PersonId, hash: Option<&str>) -> Result<(), Error> {
        let sql = "update person set password = $2 where id = $1";
        on!(self, |c| sqlx::query(sql).bind(id.0).bind(hash).execute(c).await.map(drop))?;
        Ok(())
    }
}
