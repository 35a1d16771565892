//! Whom a session or a token stands for, kept in memory and forgotten when anything about access changes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use headway_domain::{
    id::PersonId,
    organisation::{Limit, PersonState, Rights},
    time::Instant,
};
use headway_store::{Reader, Tx};
use serde_json::json;

use crate::{
    App, OpContext, Result,
    access::{Caller, Via},
    live,
    organisation::secret::{SecretHash, hash_secret},
};

/// What a request brings to say whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential<'a> {
    /// The cookie of a browser.
    Session(&'a str),
    /// A token for the API.
    Token(&'a str),
}

/// So long an answer is believed: another node's change is heard of by its event long before that.
const BELIEVED_MICROS: i64 = 60_000_000;
/// So much later somebody's last use is noted again.
const NOTED_MICROS: i64 = 300_000_000;
/// So many are kept.
const MOST: usize = 20_000;

/// Whom sessions and tokens stand for. Clones share it.
#[derive(Clone, Default)]
pub struct Callers(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Raised by every change, so that what was read before it is not kept after it.
    generation: u64,
    /// The newest event of changed access for which everybody was forgotten.
    forgotten_for: i64,
    known: HashMap<SecretHash, Known>,
}

impl State {
    fn forget(&mut self) {
        self.generation += 1;
        self.known.clear();
    }
}

#[derive(Clone)]
struct Known {
    caller: Arc<Caller>,
    read_at: Instant,
    expires_at: Instant,
}

impl Callers {
    /// Forgets everybody, after a change of access is committed.
    pub(crate) fn forget(&self) {
        self.lock().forget();
    }

    /// Forgets everybody because of an event. A thousand streams that hear of it forget once.
    pub(crate) fn forget_for(&self, seq: i64) {
        let mut state = self.lock();
        if state.forgotten_for < seq {
            state.forgotten_for = seq;
            state.forget();
        }
    }

    fn find(&self, hash: &SecretHash, now: Instant) -> (u64, Option<Known>) {
        let state = self.lock();
        let known = state.known.get(hash).filter(|known| now.0 - known.read_at.0 < BELIEVED_MICROS);
        (state.generation, known.cloned())
    }

    fn keep(&self, generation: u64, hash: SecretHash, known: Known) {
        let mut state = self.lock();
        if state.generation == generation {
            if state.known.len() >= MOST {
                state.known.clear();
            }
            state.known.insert(hash, known);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The map is whole after every statement, so a panic elsewhere leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who a request comes from; `None` when what it brings is not or no longer good.
pub async fn authenticate(
    ctx: &OpContext,
    app: &App,
    credential: Credential<'_>,
) -> Result<Option<Arc<Caller>>> {
    let (text, is_token) = match credential {
        Credential::Session(text) => (text, false),
        Credential::Token(text) => (text, true),
    };
    find(ctx, app, hash_secret(text), is_token).await
}

/// Who somebody is now, whose access may have changed since they began to listen.
pub(crate) async fn again(ctx: &OpContext, app: &App, caller: &Caller) -> Result<Option<Arc<Caller>>> {
    find(ctx, app, caller.proof, matches!(caller.via, Via::Token(_))).await
}

async fn find(ctx: &OpContext, app: &App, hash: SecretHash, is_token: bool) -> Result<Option<Arc<Caller>>> {
    let now = ctx.now();
    let (generation, known) = app.callers.find(&hash, now);
    if let Some(known) = known {
        return Ok((known.expires_at > now).then_some(known.caller));
    }
    let mut reader = app.db.read().await?;
    let found = if is_token {
        let found = reader.token_by_hash(&hash).await?;
        found.map(|(it, limit)| (Via::Token(it.id), it.person, it.seen_at, it.expires_at, Some(limit)))
    } else {
        let found = reader.session_by_hash(&hash).await?;
        found.map(|it| (Via::Session(it.id), it.person, it.seen_at, it.expires_at, None))
    };
    let Some((via, person, seen_at, expires_at, limit)) = found.filter(|found| found.3 > now) else {
        return Ok(None);
    };
    let Some(rights) = rights(&mut reader, person, limit).await? else { return Ok(None) };
    drop(reader);
    if seen_at.is_none_or(|at| now.0 - at.0 > NOTED_MICROS) {
        let mut tx = app.db.begin().await?;
        match via {
            Via::Session(id) => tx.update_session_seen(id, now).await?,
            Via::Token(id) => tx.update_token_seen(id, now).await?,
        }
        tx.commit().await?;
    }
    let caller = Arc::new(Caller { person, via, rights, proof: hash });
    let known = Known { caller: Arc::clone(&caller), read_at: now, expires_at };
    app.callers.keep(generation, hash, known);
    Ok(Some(caller))
}

/// What somebody may do; `None` when their account cannot be used.
async fn rights(reader: &mut Reader, person: PersonId, limit: Option<Limit>) -> Result<Option<Rights>> {
    let account = reader.person(person).await?;
    if account.is_none_or(|account| account.state != PersonState::Active) {
        return Ok(None);
    }
    Ok(Some(Rights { held: reader.held_by(person).await?, limit }))
}

/// Tells every node and every open stream that somebody's access changed; of everybody when no one is named. The
/// caller forgets [`Callers`] after the commit.
pub(crate) async fn access_changed(ctx: &OpContext, tx: &mut Tx, people: Option<&[PersonId]>) -> Result<()> {
    let ids = people.map(|people| people.iter().map(PersonId::to_string).collect::<Vec<_>>());
    tx.insert_event(&live::event(ctx, live::ACCESS, &[], json!({ "person_ids": ids }))).await?;
    Ok(())
}
