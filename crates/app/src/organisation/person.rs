//! People and services.

use headway_domain::{
    id::GrantId,
    organisation::{Grant, Grantee, Person, PersonKind, Role, check_password, checked_email, checked_name},
};
use serde_json::json;

use crate::{
    App, Error, OpContext, Permission, Result,
    governance::audit::{self, Act},
    organisation::{callers::access_changed, secret::hash_password, sign_in::new_person},
};

/// A person or service to create.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// The name.
    pub name: String,
    /// The address; services have none.
    pub email: Option<String>,
    /// A first password, for accounts that sign in with one.
    pub password: Option<String>,
    /// A role in the whole organisation.
    pub role: Option<Role>,
}

/// Creates a person, or a service when there is no address.
pub async fn create_person(ctx: &OpContext, app: &App, new: NewPerson) -> Result<Person> {
    ctx.authorise(Permission::ManagePeople)?;
    let name = checked_name(&new.name).map_err(|error| Error::invalid("name", error.to_string()))?;
    let email = new.email.as_deref().map(checked_email).transpose();
    let email = email.map_err(|error| Error::invalid("email", error.to_string()))?;
    let kind = if email.is_some() { PersonKind::Human } else { PersonKind::Service };
    if new.role.is_some_and(|role| !role.permissions().within(ctx.permissions())) {
        return Err(Error::invalid("role", "this role may do more than you may"));
    }
    let hash = match &new.password {
        Some(password) => {
            check_password(password).map_err(|error| Error::invalid("password", error.to_string()))?;
            Some(hash_password(ctx, app, password).await?)
        }
        None => None,
    };
    let mut tx = app.db.begin().await?;
    tx.lock_people().await?;
    let person = new_person(ctx, &mut tx, &name, email.as_deref(), kind).await?;
    if hash.is_some() {
        tx.update_password_hash(person.id, hash.as_deref()).await?;
    }
    if let Some(role) = new.role {
        let grant = Grant { id: GrantId(ctx.new_id()), to: Grantee::Person(person.id), role, unit: None };
        tx.insert_grant(&grant).await?;
    }
    access_changed(ctx, &mut tx, Some(&[person.id])).await?;
    let detail = json!({ "kind": kind.code(), "role": new.role.map(Role::code) });
    audit::commit(ctx, tx, Act::new("person.created", "person", person.id).with(detail)).await?;
    app.callers.forget();
    Ok(person)
}

/// The person who signs in with this address.
pub async fn person_by_email(ctx: &OpContext, app: &App, email: &str) -> Result<Person> {
    ctx.authorise(Permission::ManagePeople)?;
    let found = app.db.read().await?.person_by_email(&email.trim().to_lowercase()).await?;
    found.ok_or(Error::NotFound("person"))
}
