//! Roles given and taken back: by whoever may invite there, and never more than they may themselves.

use std::collections::HashMap;

use headway_domain::{
    id::{GrantId, GroupId, PersonId, UnitId},
    organisation::{Grant, Grantee, Group, Held, Person, PersonState, Role, Through, Unit, UnitTree},
};
use headway_store::{Reader, Tx};
use serde_json::json;

use crate::{
    App, Error, OpContext, Permission, Result,
    access::path,
    governance::audit::{self, Act},
    organisation::{
        callers::access_changed,
        directory::{find, refuse_without_owner},
        find_unit, known_tree,
    },
};

/// A role to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// To whom.
    pub to: Grantee,
    /// Which.
    pub role: Role,
    /// Where; `None` is the whole organisation.
    pub unit: Option<UnitId>,
}

/// To whom a role is given, named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GranteeView {
    /// A person.
    Person(Person),
    /// A group.
    Group(Group),
    /// Everybody who can sign in.
    Everybody,
}

/// A grant that reaches a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantView {
    /// The grant.
    pub grant: Grant,
    /// To whom.
    pub to: GranteeView,
    /// Where it was given; `None` is the whole organisation.
    pub unit: Option<Unit>,
    /// Whether it was given further up.
    pub is_inherited: bool,
    /// Whether the caller may take it back.
    pub may_revoke: bool,
}

/// A role somebody holds, with names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldView {
    /// The role.
    pub held: Held,
    /// Where; `None` is the whole organisation.
    pub unit: Option<Unit>,
    /// The group it comes through, where it does.
    pub group: Option<Group>,
}

impl HeldView {
    /// Roles with the names of what they refer to.
    pub(crate) async fn of(reader: &mut Reader, tree: &UnitTree, held: Vec<Held>) -> Result<Vec<HeldView>> {
        let mut views = Vec::with_capacity(held.len());
        for held in held {
            let group = match held.through {
                Through::Group(Some(group)) => reader.group(group).await?,
                Through::Group(None) | Through::Person => None,
            };
            let unit = held.unit.and_then(|unit| tree.get(unit)).cloned();
            views.push(HeldView { held, unit, group });
        }
        Ok(views)
    }
}

/// Who has access to a unit, or to the whole organisation, from where it was given.
pub async fn grants(ctx: &OpContext, app: &App, unit: Option<&str>) -> Result<Vec<GrantView>> {
    ctx.authorise_somewhere(Permission::Invite)?;
    let tree = known_tree(app).await?;
    let at = match unit {
        Some(key) => Some(find_unit(ctx, Permission::Invite, &tree, key)?.id),
        None => {
            ctx.authorise(Permission::Invite)?;
            None
        }
    };
    let above = at.map(|unit| path(&tree, unit)).unwrap_or_default();
    let mut reader = app.db.read().await?;
    let grants = reader.grants_reaching(&above).await?;
    let people: Vec<PersonId> = grants.iter().filter_map(|grant| person_of(grant.to)).collect();
    let people = reader.people_by_id(&people).await?.into_iter().map(|person| (person.id, person));
    let people: HashMap<PersonId, Person> = people.collect();
    let groups = reader.groups().await?.into_iter().map(|group| (group.id, group));
    let groups: HashMap<GroupId, Group> = groups.collect();
    let views = grants.into_iter().filter_map(|grant| {
        let to = match grant.to {
            Grantee::Person(id) => GranteeView::Person(people.get(&id)?.clone()),
            Grantee::Group(id) => GranteeView::Group(groups.get(&id)?.clone()),
            Grantee::Everybody => GranteeView::Everybody,
        };
        Some(GrantView {
            to,
            unit: grant.unit.and_then(|unit| tree.get(unit)).cloned(),
            is_inherited: grant.unit != at,
            may_revoke: refused(ctx, &tree, grant.to, grant.role, grant.unit).is_none(),
            grant,
        })
    });
    let mut views: Vec<GrantView> = views.collect();
    // What was given here first, then from the nearest above; strong roles first.
    views.sort_by_key(|view| {
        let depth = view.grant.unit.and_then(|unit| above.iter().position(|it| *it == unit));
        (std::cmp::Reverse(depth), view.grant.role, view.grant.id)
    });
    Ok(views)
}

/// Gives a role. Given again, it stays as it is.
pub async fn create_grant(ctx: &OpContext, app: &App, new: NewGrant) -> Result<Grant> {
    ctx.authorise_somewhere(Permission::Invite)?;
    let mut tx = app.db.begin().await?;
    tx.lock_people().await?;
    let tree = crate::organisation::tree(&mut tx).await?;
    check_place(ctx, &tree, new.unit)?;
    if let Some(why) = refused(ctx, &tree, new.to, new.role, new.unit) {
        return Err(why);
    }
    match new.to {
        Grantee::Person(id) => {
            if find(&mut tx, id).await?.state != PersonState::Active {
                return Err(Error::invalid("person_id", "this account is not active"));
            }
        }
        Grantee::Group(id) => drop(tx.group(id).await?.ok_or(Error::NotFound("group"))?),
        Grantee::Everybody => {}
    }
    let reaching = tx.grants_reaching(new.unit.as_slice()).await?;
    let same = |it: &&Grant| (it.to, it.role, it.unit) == (new.to, new.role, new.unit);
    if let Some(there) = reaching.iter().find(same) {
        return Ok(*there);
    }
    let grant = Grant { id: GrantId(ctx.new_id()), to: new.to, role: new.role, unit: new.unit };
    tx.insert_grant(&grant).await?;
    finish(ctx, app, tx, "grant.given", &grant).await?;
    Ok(grant)
}

/// Takes a role back.
pub async fn revoke_grant(ctx: &OpContext, app: &App, id: GrantId) -> Result<()> {
    ctx.authorise_somewhere(Permission::Invite)?;
    let mut tx = app.db.begin().await?;
    tx.lock_people().await?;
    let grant = tx.grant(id).await?.ok_or(Error::NotFound("grant"))?;
    let tree = crate::organisation::tree(&mut tx).await?;
    check_place(ctx, &tree, grant.unit).map_err(|error| match error {
        Error::NotFound(_) => Error::NotFound("grant"),
        other => other,
    })?;
    if let Some(why) = refused(ctx, &tree, grant.to, grant.role, grant.unit) {
        return Err(why);
    }
    let had_owners = tx.count_owners().await? > 0;
    tx.delete_grant(id).await?;
    refuse_without_owner(&mut tx, had_owners).await?;
    finish(ctx, app, tx, "grant.taken", &grant).await
}

/// Whether the caller may say who has access here at all.
fn check_place(ctx: &OpContext, tree: &UnitTree, unit: Option<UnitId>) -> Result<()> {
    match unit {
        Some(unit) => ctx.authorise_at(Permission::Invite, tree, unit),
        None => ctx.authorise(Permission::Invite),
    }
}

/// Why the caller may not give or take this role here: nobody gives more than they have.
fn refused(ctx: &OpContext, tree: &UnitTree, to: Grantee, role: Role, unit: Option<UnitId>) -> Option<Error> {
    let own = unit.map_or_else(|| ctx.permissions(), |unit| ctx.permissions_at(tree, unit));
    if !own.has(Permission::Invite) {
        return Some(Error::Forbidden);
    }
    if !role.permissions_on(unit).within(own) {
        return Some(Error::Conflict(format!("the role {} may do more than you may there", role.code())));
    }
    if to == Grantee::Everybody && !ctx.may(Permission::ManagePeople) {
        return Some(Error::Conflict("what everybody may is up to whoever manages people".to_owned()));
    }
    None
}

async fn finish(ctx: &OpContext, app: &App, mut tx: Tx, action: &'static str, grant: &Grant) -> Result<()> {
    let concerned = match grant.to {
        Grantee::Person(id) => Some(vec![id]),
        Grantee::Group(id) => Some(tx.group_members(id).await?.into_iter().map(|it| it.id).collect()),
        Grantee::Everybody => None,
    };
    access_changed(ctx, &mut tx, concerned.as_deref()).await?;
    let detail = json!({
        "role": grant.role.code(),
        "person_id": person_of(grant.to).map(|id| id.to_string()),
        "group_id": match grant.to {
            Grantee::Group(id) => Some(id.to_string()),
            Grantee::Person(_) | Grantee::Everybody => None,
        },
        "everybody": grant.to == Grantee::Everybody,
    });
    let act = Act::new(action, "grant", grant.id).with(detail);
    let act = match grant.unit {
        Some(unit) => act.at(unit),
        None => act,
    };
    audit::commit(ctx, tx, act).await?;
    app.callers.forget();
    Ok(())
}

fn person_of(to: Grantee) -> Option<PersonId> {
    match to {
        Grantee::Person(id) => Some(id),
        Grantee::Group(_) | Grantee::Everybody => None,
    }
}
