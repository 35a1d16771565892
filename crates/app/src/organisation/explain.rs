//! "Why may I, or may I not": the decision with its reasons, what would change it, and who could.

use std::collections::BTreeSet;

use headway_domain::{
    id::PersonId,
    organisation::{Decision, Grant, Grantee, Limit, Person, PersonKind, PersonState, Rights, Role, Unit},
};
use headway_store::Reader;

use crate::{
    App, OpContext, Permission, Result,
    access::path,
    organisation::{directory::find, find_unit, grant::HeldView, known_tree},
};

/// So many people are named who could help.
const MOST_NAMED: usize = 5;

/// What is asked.
#[derive(Clone, Debug)]
pub struct WhyAsk {
    /// What somebody wants to do.
    pub permission: Permission,
    /// The key of the unit they want to do it to; `None` is the whole organisation.
    pub unit: Option<String>,
    /// Whom it is about; `None` is the caller, with the limit of their token.
    pub person: Option<PersonId>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Why {
    /// Where.
    pub unit: Option<Unit>,
    /// Whether it is allowed.
    pub is_allowed: bool,
    /// The roles that allow it, with where they come from.
    pub because: Vec<HeldView>,
    /// The limit of the token, where that alone forbids it.
    pub limit: Option<Limit>,
    /// The roles that allow it.
    pub roles: Vec<Role>,
    /// People who could grant such a role there.
    pub could_grant: Vec<Person>,
}

/// Says whether and why somebody may do something. Of others only whoever manages people may ask.
pub async fn explain(ctx: &OpContext, app: &App, asked: WhyAsk) -> Result<Why> {
    let caller = ctx.caller()?;
    let tree = known_tree(app).await?;
    let mut reader = app.db.read().await?;
    let rights = match asked.person.filter(|person| *person != caller.person) {
        None => caller.rights.clone(),
        Some(person) => {
            ctx.authorise(Permission::ManagePeople)?;
            let person = find(&mut reader, person).await?;
            let is_active = person.state == PersonState::Active;
            let held = if is_active { reader.held_by(person.id).await? } else { Vec::new() };
            Rights { held, limit: None }
        }
    };
    let unit = match &asked.unit {
        Some(key) => Some(find_unit(ctx, Permission::Read, &tree, key)?.clone()),
        None => None,
    };
    let place = unit.as_ref().map(|unit| path(&tree, unit.id)).unwrap_or_default();
    let Decision { is_allowed, because, is_limited } = rights.decide(asked.permission, &place);
    let at = unit.as_ref().map(|unit| unit.id);
    let roles = Role::ALL.into_iter().filter(|role| role.permissions_on(at).has(asked.permission));
    let grants = reader.grants_reaching(&place).await?;
    let could_grant =
        if is_allowed { Vec::new() } else { granters(&mut reader, &grants, asked.permission).await? };
    Ok(Why {
        because: HeldView::of(&mut reader, &tree, because).await?,
        unit,
        is_allowed,
        limit: rights.limit.filter(|_| is_limited),
        roles: roles.collect(),
        could_grant,
    })
}

/// People who hold a role here that may both invite and do this, those with the weakest role first: who leads a team
/// is nearer than who owns the installation.
async fn granters(reader: &mut Reader, grants: &[Grant], permission: Permission) -> Result<Vec<Person>> {
    let mut able: Vec<&Grant> = grants
        .iter()
        .filter(|grant| {
            let may = grant.role.permissions_on(grant.unit);
            may.has(Permission::Invite) && may.has(permission) && grant.to != Grantee::Everybody
        })
        .collect();
    able.sort_by_key(|grant| std::cmp::Reverse(grant.role));
    let mut named: Vec<Person> = Vec::new();
    let mut seen = BTreeSet::new();
    for grant in able {
        if named.len() >= MOST_NAMED {
            break;
        }
        let people = match grant.to {
            Grantee::Person(id) => reader.person(id).await?.into_iter().collect(),
            Grantee::Group(group) => reader.group_members(group).await?,
            Grantee::Everybody => Vec::new(),
        };
        let people = people.into_iter().filter(|person| {
            person.state == PersonState::Active && person.kind == PersonKind::Human && seen.insert(person.id)
        });
        named.extend(people.map(|person| Person { email: None, ..person }));
    }
    named.truncate(MOST_NAMED);
    Ok(named)
}
