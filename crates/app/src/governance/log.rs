//! Reading the audit log: the part that the caller may see, with the names of today.

use std::collections::HashMap;

use headway_domain::{
    governance::audit::{Doer, Stored},
    id::{PersonId, UnitId},
    organisation::{Person, UnitTree},
    time::Instant,
};
use headway_store::{AuditFilter, Reader};
use serde_json::json;
use uuid::Uuid;

use crate::{
    App, OpContext, Permission, Result,
    governance::audit::{self, Act},
    organisation::{find_unit, known_tree},
};

/// The longest page.
pub const MOST_ENTRIES: u32 = 200;
/// That somebody read the log is noted once in so long.
const NOTED_MICROS: i64 = 3_600_000_000;

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct AuditAsk {
    /// Only of this unit and what is below, by its key.
    pub unit: Option<String>,
    /// Only what this person did.
    pub person: Option<PersonId>,
    /// Only actions that begin like this.
    pub action: Option<String>,
    /// Only what was done to this kind of thing.
    pub subject_kind: Option<String>,
    /// Only what was done to this thing.
    pub subject: Option<String>,
    /// Not before.
    pub from: Option<Instant>,
    /// Before.
    pub to: Option<Instant>,
    /// Before the entry with this number.
    pub before: Option<i64>,
    /// How many.
    pub limit: u32,
}

/// A page of the log.
#[derive(Clone, Debug)]
pub struct AuditPage {
    /// The entries, newest first.
    pub entries: Vec<Stored>,
    /// Who and what they name, as it is called now. Whoever is not among them has left.
    pub names: Names,
    /// Before which entry the next page begins.
    pub next: Option<i64>,
}

/// What ids are called now.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// People.
    pub people: HashMap<Uuid, String>,
    /// Units that the reader may see.
    pub units: HashMap<UnitId, String>,
}

/// Entries that the caller may read. That they did is an entry too.
pub async fn entries(ctx: &OpContext, app: &App, asked: &AuditAsk) -> Result<AuditPage> {
    let filter = filter(ctx, app, asked).await?;
    note_reading(ctx, app).await?;
    page(ctx, app, &filter, asked).await
}

/// The first page of an export, which is noted every time; the rest comes by [`more`].
pub async fn begin_export(ctx: &OpContext, app: &App, asked: &AuditAsk) -> Result<AuditPage> {
    let filter = filter(ctx, app, asked).await?;
    let tx = app.db.begin().await?;
    audit::commit(ctx, tx, Act::new("audit.exported", "audit", "")).await?;
    page(ctx, app, &filter, asked).await
}

/// A later page of an export.
pub async fn more(ctx: &OpContext, app: &App, asked: &AuditAsk) -> Result<AuditPage> {
    let filter = filter(ctx, app, asked).await?;
    page(ctx, app, &filter, asked).await
}

/// What the caller did themselves.
pub async fn own_entries(ctx: &OpContext, app: &App, before: Option<i64>, limit: u32) -> Result<AuditPage> {
    let person = Some(ctx.caller()?.person);
    let asked = AuditAsk { person, before, limit, ..AuditAsk::default() };
    page(ctx, app, &AuditFilter { person, ..AuditFilter::default() }, &asked).await
}

/// What is asked for, within what the caller may read.
async fn filter(ctx: &OpContext, app: &App, asked: &AuditAsk) -> Result<AuditFilter> {
    ctx.authorise_somewhere(Permission::ReadAudit)?;
    let tree = known_tree(app).await?;
    let units = match &asked.unit {
        Some(key) => {
            let unit = find_unit(ctx, Permission::ReadAudit, &tree, key)?.id;
            Some(tree.with_descendants(unit).into_iter().map(|unit| unit.id).collect())
        }
        None if ctx.may(Permission::ReadAudit) => None,
        None => Some(readable(ctx, &tree)),
    };
    Ok(AuditFilter {
        units,
        person: asked.person,
        action: asked.action.clone(),
        subject_kind: asked.subject_kind.clone(),
        subject: asked.subject.clone(),
        from: asked.from,
        to: asked.to,
    })
}

fn readable(ctx: &OpContext, tree: &UnitTree) -> Vec<UnitId> {
    let ids = tree.units().iter().map(|unit| unit.id);
    ids.filter(|unit| ctx.may_at(Permission::ReadAudit, tree, *unit)).collect()
}

async fn page(ctx: &OpContext, app: &App, filter: &AuditFilter, asked: &AuditAsk) -> Result<AuditPage> {
    let limit = asked.limit.clamp(1, MOST_ENTRIES);
    let tree = known_tree(app).await?;
    let mut reader = app.db.read().await?;
    let mut entries = reader.audit(filter, asked.before, limit + 1).await?;
    let is_more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let next = entries.last().filter(|_| is_more).map(|last| last.entry.seq);
    let names = names(ctx, &mut reader, &tree, &entries).await?;
    Ok(AuditPage { entries, names, next })
}

async fn names(ctx: &OpContext, reader: &mut Reader, tree: &UnitTree, entries: &[Stored]) -> Result<Names> {
    let mut people: Vec<PersonId> = Vec::new();
    let mut names = Names::default();
    for Stored { entry, .. } in entries {
        if let Doer::Person { person, .. } = entry.doer {
            people.push(PersonId(person));
        }
        if entry.subject_kind == "person" {
            people.extend(entry.subject.parse::<PersonId>());
        }
        if let Some(unit) = entry.unit.and_then(|unit| tree.get(unit))
            && ctx.may_at(Permission::Read, tree, unit.id)
        {
            names.units.insert(unit.id, unit.name.clone());
        }
    }
    people.sort();
    people.dedup();
    let found = reader.people_by_id(&people).await?.into_iter();
    let found = found.filter(|person| person.state != headway_domain::organisation::PersonState::Erased);
    names.people = found.map(|Person { id, name, .. }| (id.0, name)).collect();
    Ok(names)
}

/// Who reads the log is in the log, once an hour.
async fn note_reading(ctx: &OpContext, app: &App) -> Result<()> {
    let crate::Actor::Person(caller) = &ctx.actor else { return Ok(()) };
    let lately = AuditFilter {
        person: Some(caller.person),
        action: Some("audit.read".to_owned()),
        from: Some(Instant(ctx.now().0.saturating_sub(NOTED_MICROS))),
        ..AuditFilter::default()
    };
    if !app.db.read().await?.audit(&lately, None, 1).await?.is_empty() {
        return Ok(());
    }
    let tx = app.db.begin().await?;
    audit::commit(ctx, tx, Act::new("audit.read", "audit", "").with(json!({}))).await
}
