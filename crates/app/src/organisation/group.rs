//! Groups of people. Whoever puts somebody into a group gives them its roles, and must have those to give.

use headway_domain::{
    id::{GroupId, PersonId},
    organisation::{Grant, Group, Person, checked_name},
};
use headway_store::Tx;
use serde_json::json;

use crate::{
    App, Error, OpContext, Permission, Result,
    governance::audit::{self, Act},
    organisation::{
        callers::access_changed,
        directory::{find, refuse_without_owner},
    },
};

/// A group with who is in it and what it is given.
#[derive(Clone, Debug)]
pub struct GroupView {
    /// The group.
    pub group: Group,
    /// The people in it.
    pub members: Vec<Person>,
    /// What it is given.
    pub grants: Vec<Grant>,
}

/// All groups.
pub async fn groups(ctx: &OpContext, app: &App) -> Result<Vec<Group>> {
    ctx.authorise_somewhere(Permission::Invite)?;
    Ok(app.db.read().await?.groups().await?)
}

/// One group.
pub async fn group(ctx: &OpContext, app: &App, id: GroupId) -> Result<GroupView> {
    ctx.authorise(Permission::ManagePeople)?;
    let mut reader = app.db.read().await?;
    Ok(GroupView {
        group: reader.group(id).await?.ok_or(Error::NotFound("group"))?,
        members: reader.group_members(id).await?,
        grants: reader.grants_of_group(id).await?,
    })
}

/// Creates an empty group.
pub async fn create_group(ctx: &OpContext, app: &App, name: &str) -> Result<Group> {
    ctx.authorise(Permission::ManagePeople)?;
    let group = Group { id: GroupId(ctx.new_id()), name: checked(name)?, external_id: None };
    let mut tx = app.db.begin().await?;
    tx.insert_group(&group).await.map_err(taken)?;
    audit::commit(ctx, tx, Act::new("group.created", "group", group.id)).await?;
    Ok(group)
}

/// Renames a group.
pub async fn rename_group(ctx: &OpContext, app: &App, id: GroupId, name: &str) -> Result<Group> {
    ctx.authorise(Permission::ManagePeople)?;
    let name = checked(name)?;
    let mut tx = app.db.begin().await?;
    let group = Group { name, ..own(&mut tx, id).await? };
    tx.update_group(&group).await.map_err(taken)?;
    audit::commit(ctx, tx, Act::new("group.renamed", "group", id)).await?;
    Ok(group)
}

/// Deletes a group with what it is given.
pub async fn delete_group(ctx: &OpContext, app: &App, id: GroupId) -> Result<()> {
    ctx.authorise(Permission::ManagePeople)?;
    let mut tx = app.db.begin().await?;
    tx.lock_people().await?;
    own(&mut tx, id).await?;
    refuse_more_than_own(ctx, &mut tx, id).await?;
    let had_owners = tx.count_owners().await? > 0;
    let members: Vec<PersonId> = tx.group_members(id).await?.into_iter().map(|it| it.id).collect();
    tx.delete_group(id).await?;
    refuse_without_owner(&mut tx, had_owners).await?;
    access_changed(ctx, &mut tx, Some(&members)).await?;
    audit::commit(ctx, tx, Act::new("group.deleted", "group", id)).await?;
    app.callers.forget();
    Ok(())
}

/// Puts a person into a group.
pub async fn add_member(ctx: &OpContext, app: &App, id: GroupId, person: PersonId) -> Result<()> {
    let mut tx = begin_with(ctx, app, id).await?;
    find(&mut tx, person).await?;
    tx.insert_group_member(id, person).await?;
    finish(ctx, app, tx, "group.member_added", (id, person)).await
}

/// Takes a person out of a group.
pub async fn remove_member(ctx: &OpContext, app: &App, id: GroupId, person: PersonId) -> Result<()> {
    let mut tx = begin_with(ctx, app, id).await?;
    let had_owners = tx.count_owners().await? > 0;
    tx.delete_group_member(id, person).await?;
    refuse_without_owner(&mut tx, had_owners).await?;
    finish(ctx, app, tx, "group.member_removed", (id, person)).await
}

async fn begin_with(ctx: &OpContext, app: &App, id: GroupId) -> Result<Tx> {
    ctx.authorise(Permission::ManagePeople)?;
    let mut tx = app.db.begin().await?;
    tx.lock_people().await?;
    own(&mut tx, id).await?;
    refuse_more_than_own(ctx, &mut tx, id).await?;
    Ok(tx)
}

async fn finish(
    ctx: &OpContext,
    app: &App,
    mut tx: Tx,
    action: &'static str,
    (group, person): (GroupId, PersonId),
) -> Result<()> {
    access_changed(ctx, &mut tx, Some(&[person])).await?;
    let act = Act::new(action, "group", group).with(json!({ "person_id": person.to_string() }));
    audit::commit(ctx, tx, act).await?;
    app.callers.forget();
    Ok(())
}

/// The group, when it is filled by hand.
async fn own(tx: &mut Tx, id: GroupId) -> Result<Group> {
    let group = tx.group(id).await?.ok_or(Error::NotFound("group"))?;
    if group.external_id.is_some() {
        return Err(Error::Conflict("a directory fills this group; change it there".to_owned()));
    }
    Ok(group)
}

async fn refuse_more_than_own(ctx: &OpContext, tx: &mut Tx, group: GroupId) -> Result<()> {
    let tree = crate::organisation::tree(tx).await?;
    for grant in tx.grants_of_group(group).await? {
        let own = grant.unit.map_or_else(|| ctx.permissions(), |unit| ctx.permissions_at(&tree, unit));
        if !grant.role.permissions_on(grant.unit).within(own) {
            let role = grant.role.code();
            return Err(Error::Conflict(format!(
                "this group has the role {role}, which may do more than you may; an owner has to do this"
            )));
        }
    }
    Ok(())
}

fn checked(name: &str) -> Result<String> {
    checked_name(name).map_err(|error| Error::invalid("name", error.to_string()))
}

fn taken(error: headway_store::Error) -> Error {
    match error {
        headway_store::Error::Duplicate(_) => {
            Error::Conflict("there is a group of this name; choose another".to_owned())
        }
        other => other.into(),
    }
}
