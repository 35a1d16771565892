//! Tokens for the API: shown once, with an end, and never able to do more than whoever made them.

use headway_domain::{
    id::{PersonId, TokenId},
    organisation::{Limit, PersonKind, PersonState},
    time::Instant,
};
use headway_store::{Token, Tx};
use serde_json::json;

use crate::{
    App, Error, OpContext, Permission, Result,
    governance::audit::{self, Act},
    organisation::{
        callers::access_changed,
        directory::{find as find_person, refuse_above},
        known_tree,
        secret::{hash_secret, new_secret},
    },
};

/// The longest life of a token, in days.
pub const MOST_DAYS: u32 = 366;

/// A token to make.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What its owner calls it.
    pub name: String,
    /// What it may do at most.
    pub limit: Limit,
    /// In so many days it ends.
    pub days: u32,
}

/// The caller's tokens, newest first.
pub async fn tokens(ctx: &OpContext, app: &App) -> Result<Vec<Token>> {
    let person = ctx.caller()?.person;
    Ok(app.db.read().await?.tokens(person).await?)
}

/// Makes a token for the caller, and returns it with its text, which is not stored.
pub async fn create_token(ctx: &OpContext, app: &App, new: NewToken) -> Result<(Token, String)> {
    let person = ctx.caller()?.person;
    if !matches!(ctx.caller()?.via, crate::access::Via::Session(_)) {
        return Err(Error::Conflict("a token cannot make another one; sign in with a browser".to_owned()));
    }
    if let Some(unit) = new.limit.unit {
        // One that the caller may not see is not there for them.
        let tree = known_tree(app).await?;
        if !ctx.may_at(Permission::Read, &tree, unit) {
            return Err(Error::invalid("unit_id", "there is no such unit"));
        }
    }
    let mut tx = app.db.begin().await?;
    let made = insert(ctx, &mut tx, person, new).await?;
    let act = Act::new("token.created", "token", made.0.id);
    let act = act.with(json!({ "role": made.0.limit.role.code(), "unit_id": unit_text(&made.0) }));
    audit::commit(ctx, tx, act).await?;
    Ok(made)
}

/// Makes a token for somebody else: for whoever runs commands on this machine.
pub async fn create_token_for(
    ctx: &OpContext,
    app: &App,
    person: PersonId,
    new: NewToken,
) -> Result<(Token, String)> {
    ctx.authorise(Permission::ManageOwners)?;
    let mut tx = app.db.begin().await?;
    let account = tx.person(person).await?.ok_or(Error::NotFound("person"))?;
    if account.state != PersonState::Active {
        return Err(Error::Conflict("this account is not active".to_owned()));
    }
    let made = insert(ctx, &mut tx, person, new).await?;
    let detail = json!({
        "role": made.0.limit.role.code(), "unit_id": unit_text(&made.0), "person_id": person.to_string(),
        "is_service": account.kind == PersonKind::Service,
    });
    audit::commit(ctx, tx, Act::new("token.created", "token", made.0.id).with(detail)).await?;
    Ok(made)
}

/// Makes a token for a service account, which can't make its own.
pub async fn create_service_token(
    ctx: &OpContext,
    app: &App,
    service: PersonId,
    new: NewToken,
) -> Result<(Token, String)> {
    let mut tx = service_of(ctx, app, service).await?;
    let made = insert(ctx, &mut tx, service, new).await?;
    let detail = json!({
        "role": made.0.limit.role.code(), "unit_id": unit_text(&made.0), "person_id": service.to_string(),
        "is_service": true,
    });
    audit::commit(ctx, tx, Act::new("token.created", "token", made.0.id).with(detail)).await?;
    Ok(made)
}

/// Revokes a token of a service account.
pub async fn revoke_service_token(ctx: &OpContext, app: &App, service: PersonId, id: TokenId) -> Result<()> {
    let tx = service_of(ctx, app, service).await?;
    revoke(ctx, app, tx, service, id).await
}

/// Whoever has the token of a service may do what it may, so nobody makes one for a service that may more.
async fn service_of(ctx: &OpContext, app: &App, service: PersonId) -> Result<Tx> {
    ctx.authorise(Permission::ManagePeople)?;
    let mut tx = app.db.begin().await?;
    let account = find_person(&mut tx, service).await?;
    if account.kind != PersonKind::Service {
        return Err(Error::Conflict("people make their tokens themselves".to_owned()));
    }
    if account.state != PersonState::Active {
        return Err(Error::Conflict("this account is not active".to_owned()));
    }
    refuse_above(ctx, app, &mut tx, service).await?;
    Ok(tx)
}

/// Revokes a token of the caller.
pub async fn revoke_token(ctx: &OpContext, app: &App, id: TokenId) -> Result<()> {
    let person = ctx.caller()?.person;
    let tx = app.db.begin().await?;
    revoke(ctx, app, tx, person, id).await
}

async fn revoke(ctx: &OpContext, app: &App, mut tx: Tx, person: PersonId, id: TokenId) -> Result<()> {
    tx.delete_token(person, id).await.map_err(|error| match error {
        headway_store::Error::Stale => Error::NotFound("token"),
        other => other.into(),
    })?;
    access_changed(ctx, &mut tx, Some(&[person])).await?;
    audit::commit(ctx, tx, Act::new("token.revoked", "token", id)).await?;
    app.callers.forget();
    Ok(())
}

async fn insert(ctx: &OpContext, tx: &mut Tx, person: PersonId, new: NewToken) -> Result<(Token, String)> {
    let name = headway_domain::organisation::checked_name(&new.name);
    let name = name.map_err(|error| Error::invalid("name", error.to_string()))?;
    if !(1..=MOST_DAYS).contains(&new.days) {
        return Err(Error::invalid("days", format!("a token lives 1 to {MOST_DAYS} days")));
    }
    if let Some(unit) = new.limit.unit
        && tx.unit(unit).await?.is_none()
    {
        return Err(Error::invalid("unit_id", "there is no such unit"));
    }
    let now = ctx.now();
    let token = Token {
        id: TokenId(ctx.new_id()),
        person,
        name,
        limit: new.limit,
        created_at: now,
        seen_at: None,
        expires_at: Instant(now.0.saturating_add(i64::from(new.days) * 24 * 3_600 * 1_000_000)),
    };
    let text = new_secret(ctx, "hw_");
    tx.insert_token(&token, &hash_secret(&text)).await?;
    Ok((token, text))
}

fn unit_text(token: &Token) -> Option<String> {
    token.limit.unit.map(|unit| unit.to_string())
}
