//! What is known about one person: given to them, and erased.

use headway_domain::{
    id::PersonId,
    organisation::{Person, PersonState},
};
use headway_store::PERSONAL;
pub use headway_store::{OnErase, Personal};
use serde_json::{Value, json};

use crate::{
    App, Error, OpContext, Permission, Result,
    governance::audit::{self, Act},
    organisation::{access_changed, find_person, refuse_above, refuse_without_owner},
};

/// What is known about a person, table by table.
#[derive(Clone, Debug)]
pub struct PersonalData {
    /// The account.
    pub person: Person,
    /// Each place, with what lies there.
    pub places: Vec<(Personal, Vec<Value>)>,
}

/// Every place where something about people lies, and what becomes of it.
pub fn places(ctx: &OpContext) -> Result<&'static [Personal]> {
    ctx.authorise_anybody()?;
    Ok(PERSONAL)
}

/// What is known about the caller.
pub async fn own_data(ctx: &OpContext, app: &App) -> Result<PersonalData> {
    let person = ctx.caller()?.person;
    export(ctx, app, person).await
}

/// What is known about somebody.
pub async fn data_of(ctx: &OpContext, app: &App, person: PersonId) -> Result<PersonalData> {
    ctx.authorise(Permission::ManagePeople)?;
    export(ctx, app, person).await
}

async fn export(ctx: &OpContext, app: &App, id: PersonId) -> Result<PersonalData> {
    let mut reader = app.db.read().await?;
    let person = find_person(&mut reader, id).await?;
    let mut places = Vec::with_capacity(PERSONAL.len());
    for place in PERSONAL {
        let lines = reader.personal_lines(place, id).await?;
        let rows: Result<Vec<Value>, _> = lines.iter().map(|line| serde_json::from_str(line)).collect();
        places.push((*place, rows.map_err(Error::internal)?));
    }
    drop(reader);
    let tx = app.db.begin().await?;
    audit::commit(ctx, tx, Act::new("person.exported", "person", id)).await?;
    Ok(PersonalData { person, places })
}

/// Erases a person for ever. Whoever does it types the name.
pub async fn erase(ctx: &OpContext, app: &App, id: PersonId, typed: &str) -> Result<()> {
    ctx.authorise(Permission::ManagePeople)?;
    let mut tx = app.db.begin().await?;
    tx.lock_people().await?;
    let person = find_person(&mut tx, id).await?;
    if ctx.caller().is_ok_and(|caller| caller.person == id) {
        return Err(Error::Conflict("nobody erases themselves; another administrator does it".to_owned()));
    }
    if typed.trim() != person.name {
        return Err(Error::invalid("name", "type the person's name exactly as it stands there"));
    }
    refuse_above(ctx, app, &mut tx, id).await?;
    let had_owners = tx.count_owners().await? > 0;
    let rows = tx.delete_personal(id).await?;
    tx.update_password_hash(id, None).await?;
    tx.update_person(&emptied(&person)).await?;
    refuse_without_owner(&mut tx, had_owners).await?;
    access_changed(ctx, &mut tx, Some(&[id])).await?;
    audit::commit(ctx, tx, Act::new("person.erased", "person", id).with(json!({ "rows": rows }))).await?;
    app.callers.forget();
    Ok(())
}

/// What is left: the id, so that what refers to it still means one and the same.
fn emptied(person: &Person) -> Person {
    Person {
        state: PersonState::Erased,
        name: String::new(),
        email: None,
        handle: format!("gone-{}", person.id),
        is_break_glass: false,
        ..person.clone()
    }
}
