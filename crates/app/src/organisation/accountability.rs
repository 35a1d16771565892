//! Who answers for a unit: sponsor, owner, lead, facilitator. It says whom to turn to and allows nothing.

use headway_domain::{
    id::PersonId,
    organisation::{Accountability, Person},
};
use serde_json::json;

use crate::{
    App, Error, OpContext, Permission, Result,
    governance::audit::{self, Act},
    live,
    organisation::{find_unit, known_tree},
};

/// The most people that answer for a unit in one way.
pub const MOST_ACCOUNTABLE: usize = 10;

/// Who answers for a unit, and as what.
pub async fn accountable(ctx: &OpContext, app: &App, unit: &str) -> Result<Vec<(Accountability, Person)>> {
    let tree = known_tree(app).await?;
    let unit = find_unit(ctx, Permission::Read, &tree, unit)?.id;
    let mut reader = app.db.read().await?;
    let told = reader.accountable(unit).await?;
    let ids: Vec<PersonId> = told.iter().map(|(_, person)| *person).collect();
    let people = reader.people_by_id(&ids).await?;
    let named = told.into_iter().filter_map(|(kind, id)| {
        let person = people.iter().find(|person| person.id == id)?;
        Some((kind, Person { email: None, ..person.clone() }))
    });
    let mut named: Vec<_> = named.collect();
    named.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
    Ok(named)
}

/// Says who answers for a unit from now on.
pub async fn change_accountable(
    ctx: &OpContext,
    app: &App,
    unit: &str,
    told: Vec<(Accountability, PersonId)>,
) -> Result<Vec<(Accountability, Person)>> {
    let tree = known_tree(app).await?;
    let id = find_unit(ctx, Permission::ManageTeam, &tree, unit)?.id;
    for kind in Accountability::ALL {
        if told.iter().filter(|(it, _)| *it == kind).count() > MOST_ACCOUNTABLE {
            let why = format!("at most {MOST_ACCOUNTABLE} people answer for a unit in one way");
            return Err(Error::invalid(kind.code(), why));
        }
    }
    let mut tx = app.db.begin().await?;
    tx.delete_accountable(id).await?;
    for (kind, person) in &told {
        if tx.person(*person).await?.is_none() {
            return Err(Error::invalid(kind.code(), "there is no such person"));
        }
        tx.insert_accountable(id, *kind, *person).await?;
    }
    live::units_changed(ctx, &mut tx, &[id]).await?;
    let people =
        told.iter().map(|(kind, person)| json!({ "as": kind.code(), "person_id": person.to_string() }));
    let detail = json!({ "accountable": people.collect::<Vec<_>>() });
    audit::commit(ctx, tx, Act::new("unit.accountability_changed", "unit", id).at(id).with(detail)).await?;
    accountable(ctx, app, unit).await
}
