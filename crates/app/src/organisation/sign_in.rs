//! Signing in with a password and out again, and the set-up of a new installation.

use headway_domain::{
    governance::audit::Doer,
    id::{GrantId, PersonId, SessionId},
    organisation::{
        Grant, Grantee, Person, PersonKind, PersonState, Role, check_password, checked_email, checked_name,
        handle_from_name,
    },
    time::Instant,
};
use headway_store::{Reader, Session, Tx};
use serde_json::json;

use crate::{
    App, Error, OpContext, Permission, Result,
    governance::audit::{self, Act},
    organisation::{
        callers::access_changed,
        secret::{hash_password, hash_secret, hash_text, is_password, new_secret},
    },
};

/// A session ends by itself after so long.
const SESSION_MICROS: i64 = 14 * 24 * 3_600 * 1_000_000;
/// The setting that holds the hash of the code for the set-up.
const SET_UP_CODE: &str = "set_up_code";

/// What a browser keeps to stay signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub person: Person,
    /// The text for the cookie. It is not stored.
    pub token: String,
    /// When it ends by itself.
    pub expires_at: Instant,
}

/// Somebody who wants to sign in with a password.
#[derive(Clone, Debug)]
pub struct PasswordSignIn {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// What the browser calls itself.
    pub agent: String,
}

/// The first owner of a new installation.
#[derive(Clone, Debug)]
pub struct SetUp {
    /// The code that the server printed.
    pub code: String,
    /// The owner's name.
    pub name: String,
    /// The owner's address.
    pub email: String,
    /// The owner's password.
    pub password: String,
    /// What the browser calls itself.
    pub agent: String,
}

/// Whether the installation has no owner yet. Anybody may ask.
pub async fn needs_set_up(app: &App) -> Result<bool> {
    Ok(app.db.read().await?.count_owners().await? == 0)
}

/// A new code for the set-up, which whoever starts the server is shown. Only the last one counts.
pub async fn new_set_up_code(ctx: &OpContext, app: &App) -> Result<String> {
    ctx.authorise(Permission::ManageOwners)?;
    let code = new_secret(ctx, "");
    let mut tx = app.db.begin().await?;
    tx.upsert_setting(SET_UP_CODE, &hash_text(&code)).await?;
    tx.commit().await?;
    Ok(code)
}

/// Creates the first owner and signs them in. Whoever knows the code may.
pub async fn set_up(ctx: &OpContext, app: &App, asked: SetUp) -> Result<SignedIn> {
    let name = checked_name(&asked.name).map_err(|error| Error::invalid("name", error.to_string()))?;
    let email = checked_email(&asked.email).map_err(|error| Error::invalid("email", error.to_string()))?;
    check_password(&asked.password).map_err(|error| Error::invalid("password", error.to_string()))?;
    // Before the slow hash, which strangers must not be able to ask for; and again when nobody else can be faster.
    refuse_set_up(&mut app.db.read().await?, &asked.code).await?;
    let hash = hash_password(ctx, app, &asked.password).await?;
    let mut tx = app.db.begin().await?;
    tx.lock_people().await?;
    refuse_set_up(&mut tx, &asked.code).await?;
    let person = new_person(ctx, &mut tx, &name, Some(&email), PersonKind::Human).await?;
    tx.update_password_hash(person.id, Some(&hash)).await?;
    let grant =
        Grant { id: GrantId(ctx.new_id()), to: Grantee::Person(person.id), role: Role::Owner, unit: None };
    tx.insert_grant(&grant).await?;
    tx.upsert_setting(SET_UP_CODE, "").await?;
    let signed_in = open_session(ctx, &mut tx, &person, "password", &asked.agent).await?;
    access_changed(ctx, &mut tx, None).await?;
    let act = Act::new("installation.set_up", "person", person.id).by(doer(person.id));
    audit::commit(ctx, tx, act).await?;
    app.callers.forget();
    Ok(signed_in)
}

/// Refuses a set-up that is not the first, or whose code is wrong.
async fn refuse_set_up(reader: &mut Reader, code: &str) -> Result<()> {
    if reader.count_owners().await? > 0 {
        return Err(Error::Conflict("this installation is set up already; sign in".to_owned()));
    }
    if reader.setting(SET_UP_CODE).await?.unwrap_or_default() != hash_text(code.trim()) {
        return Err(Error::invalid("code", "this is not the code that the server printed when it started"));
    }
    Ok(())
}

/// Signs somebody in with a password.
pub async fn sign_in(ctx: &OpContext, app: &App, asked: PasswordSignIn) -> Result<SignedIn> {
    let email = asked.email.trim().to_lowercase();
    let mut reader = app.db.read().await?;
    let person = reader.person_by_email(&email).await?;
    let hash = match &person {
        Some(person) => reader.password_hash(person.id).await?,
        None => None,
    };
    drop(reader);
    let is_right = is_password(app, &asked.password, hash).await?;
    let mut tx = app.db.begin().await?;
    let person = person.filter(|person| is_right && person.state == PersonState::Active);
    let Some(person) = person else {
        // Which of the two was wrong is told to nobody.
        audit::commit(
            ctx,
            tx,
            Act::new("session.refused", "session", "").with(json!({ "method": "password" })),
        )
        .await?;
        return Err(Error::Unauthenticated);
    };
    let signed_in = open_session(ctx, &mut tx, &person, "password", &asked.agent).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// Opens a session for somebody who has proven who they are. The token is always a new one, so that nobody can have
/// fixed it before.
pub(crate) async fn open_session(
    ctx: &OpContext,
    tx: &mut Tx,
    person: &Person,
    method: &str,
    agent: &str,
) -> Result<SignedIn> {
    let now = ctx.now();
    let token = new_secret(ctx, "");
    let session = Session {
        id: SessionId(ctx.new_id()),
        person: person.id,
        method: method.to_owned(),
        agent: agent.chars().take(200).collect(),
        created_at: now,
        seen_at: now,
        expires_at: Instant(now.0.saturating_add(SESSION_MICROS)),
    };
    tx.insert_session(&session, &hash_secret(&token)).await?;
    let act = Act::new("session.opened", "session", session.id);
    audit::record(ctx, tx, act.by(doer(person.id)).with(json!({ "method": method }))).await?;
    Ok(SignedIn { person: person.clone(), token, expires_at: session.expires_at })
}

/// Ends the session of whoever asks.
pub async fn sign_out(ctx: &OpContext, app: &App) -> Result<()> {
    let caller = ctx.caller()?;
    let crate::access::Via::Session(session) = caller.via else {
        return Err(Error::Conflict("a token is revoked, not signed out".to_owned()));
    };
    let mut tx = app.db.begin().await?;
    tx.delete_session(caller.person, session).await?;
    access_changed(ctx, &mut tx, Some(&[caller.person])).await?;
    audit::commit(ctx, tx, Act::new("session.ended", "session", session)).await?;
    app.callers.forget();
    Ok(())
}

/// The person who asks.
pub async fn myself(ctx: &OpContext, app: &App) -> Result<Person> {
    let person = ctx.caller()?.person;
    app.db.read().await?.person(person).await?.ok_or(Error::Unauthenticated)
}

/// Adds a person or a service, with a handle of its own. The caller holds [`Tx::lock_people`].
pub(crate) async fn new_person(
    ctx: &OpContext,
    tx: &mut Tx,
    name: &str,
    email: Option<&str>,
    kind: PersonKind,
) -> Result<Person> {
    if let Some(email) = email
        && tx.person_by_email(email).await?.is_some()
    {
        return Err(Error::Conflict("somebody with this address has an account already".to_owned()));
    }
    let person = Person {
        id: PersonId(ctx.new_id()),
        kind,
        state: PersonState::Active,
        name: name.to_owned(),
        email: email.map(str::to_owned),
        handle: free_handle(tx, name).await?,
        is_break_glass: false,
        created_at: ctx.now(),
    };
    tx.insert_person(&person).await?;
    Ok(person)
}

async fn free_handle(reader: &mut Reader, name: &str) -> Result<String> {
    let mut taken = Vec::new();
    loop {
        let handle = handle_from_name(name, |handle| taken.iter().any(|it| it == handle));
        if reader.person_by_handle(&handle).await?.is_none() {
            return Ok(handle);
        }
        taken.push(handle);
    }
}

fn doer(person: PersonId) -> Doer {
    Doer::Person { person: person.0, via: None }
}
