//! The people there are, as administrators see and change them: found, renamed, deactivated, and what they hold.

use headway_domain::{
    id::PersonId,
    organisation::{Held, Person, PersonKind, PersonState, checked_email, checked_name},
};
use headway_store::{PersonPage, Reader, Session, Token, Tx};
use serde_json::json;

use crate::{
    App, Error, OpContext, Permission, Result,
    governance::audit::{self, Act},
    organisation::{callers::access_changed, grant::HeldView, known_tree},
};

/// The longest page of a list of people.
pub const MOST_PEOPLE: u32 = 100;

/// A person with everything an administrator looks at.
#[derive(Clone, Debug)]
pub struct PersonView {
    /// The account.
    pub person: Person,
    /// The roles, with where they come from.
    pub held: Vec<HeldView>,
    /// Where they are signed in.
    pub sessions: Vec<Session>,
    /// Their tokens.
    pub tokens: Vec<Token>,
}

/// What to change about a person.
#[derive(Clone, Debug, Default)]
pub struct PersonPatch {
    /// A new name.
    pub name: Option<String>,
    /// A new address.
    pub email: Option<String>,
    /// A new handle.
    pub handle: Option<String>,
    /// Whether the account can be used.
    pub is_active: Option<bool>,
}

/// People by name, whoever may be asked to do something; addresses are for administrators.
pub async fn people(
    ctx: &OpContext,
    app: &App,
    page: PersonPage,
    after: Option<PersonId>,
) -> Result<Vec<Person>> {
    ctx.authorise_somewhere(Permission::ManageTeam)?;
    let mut reader = app.db.read().await?;
    let after = match after {
        Some(id) => Some(reader.person(id).await?.ok_or(Error::NotFound("person"))?),
        None => None,
    };
    let after = after.map(|last| (last.name, last.id));
    let mut found =
        reader.people(&PersonPage { after, limit: page.limit.min(MOST_PEOPLE + 1), ..page }).await?;
    if !ctx.may(Permission::ManagePeople) {
        for person in &mut found {
            person.email = None;
        }
    }
    Ok(found)
}

/// One person with everything that is known.
pub async fn person(ctx: &OpContext, app: &App, id: PersonId) -> Result<PersonView> {
    ctx.authorise(Permission::ManagePeople)?;
    let tree = known_tree(app).await?;
    let mut reader = app.db.read().await?;
    let person = find(&mut reader, id).await?;
    let held = reader.held_by(id).await?;
    Ok(PersonView {
        person,
        held: HeldView::of(&mut reader, &tree, held).await?,
        sessions: reader.sessions(id).await?,
        tokens: reader.tokens(id).await?,
    })
}

/// Changes a person. Whoever is deactivated is signed out everywhere at once, and their tokens are gone.
pub async fn update_person(ctx: &OpContext, app: &App, id: PersonId, patch: PersonPatch) -> Result<Person> {
    ctx.authorise(Permission::ManagePeople)?;
    let mut tx = app.db.begin().await?;
    tx.lock_people().await?;
    let was = find(&mut tx, id).await?;
    refuse_above(ctx, app, &mut tx, id).await?;
    let person = changed(&mut tx, &was, patch).await?;
    let had_owners = tx.count_owners().await? > 0;
    tx.update_person(&person).await?;
    let is_deactivated = was.state != person.state && person.state == PersonState::Inactive;
    if is_deactivated {
        tx.delete_sessions(id, None).await?;
        tx.delete_tokens(id).await?;
    }
    refuse_without_owner(&mut tx, had_owners).await?;
    access_changed(ctx, &mut tx, Some(&[id])).await?;
    let act = match (was.state == person.state, person.state) {
        (true, _) => {
            Act::new("person.changed", "person", id).with(json!({ "fields": fields(&was, &person) }))
        }
        (false, PersonState::Active) => Act::new("person.reactivated", "person", id),
        (false, _) => Act::new("person.deactivated", "person", id),
    };
    audit::commit(ctx, tx, act).await?;
    app.callers.forget();
    Ok(person)
}

async fn changed(tx: &mut Tx, was: &Person, patch: PersonPatch) -> Result<Person> {
    let mut person = was.clone();
    if let Some(name) = patch.name {
        person.name = checked_name(&name).map_err(|error| Error::invalid("name", error.to_string()))?;
    }
    if let Some(email) = patch.email {
        if person.kind == PersonKind::Service {
            return Err(Error::invalid("email", "a service has no address"));
        }
        let email = checked_email(&email).map_err(|error| Error::invalid("email", error.to_string()))?;
        let taken = tx.person_by_email(&email).await?;
        if taken.is_some_and(|other| other.id != was.id) {
            return Err(Error::invalid("email", "somebody with this address has an account already"));
        }
        person.email = Some(email);
    }
    if let Some(handle) = patch.handle {
        person.handle = checked_handle(&handle)?;
        let taken = tx.person_by_handle(&person.handle).await?;
        if taken.is_some_and(|other| other.id != was.id) {
            return Err(Error::invalid("handle", "somebody has this handle already"));
        }
    }
    if let Some(is_active) = patch.is_active {
        person.state = if is_active { PersonState::Active } else { PersonState::Inactive };
    }
    Ok(person)
}

/// Which fields differ. What they hold stays out of the log.
fn fields(was: &Person, person: &Person) -> Vec<&'static str> {
    let fields = [
        ("name", was.name != person.name),
        ("email", was.email != person.email),
        ("handle", was.handle != person.handle),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}

fn checked_handle(handle: &str) -> Result<String> {
    let handle = handle.trim().trim_start_matches('@').to_lowercase();
    let is_plain = handle.chars().all(|c| c.is_alphanumeric() || ".-_".contains(c));
    if (1..=60).contains(&handle.chars().count()) && is_plain {
        return Ok(handle);
    }
    Err(Error::invalid("handle", "a handle has 1 to 60 letters, digits, dots, dashes and underscores"))
}

/// The person with this id, who is not erased.
pub(crate) async fn find(reader: &mut Reader, id: PersonId) -> Result<Person> {
    let person = reader.person(id).await?.filter(|person| person.state != PersonState::Erased);
    person.ok_or(Error::NotFound("person"))
}

/// Nobody takes something from somebody who may do more than they themselves, and nobody becomes them by a detour.
pub(crate) async fn refuse_above(ctx: &OpContext, app: &App, tx: &mut Tx, person: PersonId) -> Result<()> {
    let tree = known_tree(app).await?;
    let is_above = |held: &Held| {
        let own = held.unit.map_or_else(|| ctx.permissions(), |unit| ctx.permissions_at(&tree, unit));
        !held.role.permissions_on(held.unit).within(own)
    };
    if tx.held_by(person).await?.iter().any(is_above) {
        return Err(Error::Conflict(
            "this person may do more than you may; somebody with their role has to do this".to_owned(),
        ));
    }
    Ok(())
}

/// An installation that has an owner keeps one.
pub(crate) async fn refuse_without_owner(tx: &mut Tx, had_owners: bool) -> Result<()> {
    if had_owners && tx.count_owners().await? == 0 {
        return Err(Error::Conflict(
            "this would leave nobody who owns the installation; make somebody else an owner first".to_owned(),
        ));
    }
    Ok(())
}
