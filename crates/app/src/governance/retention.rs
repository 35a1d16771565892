//! How long things are kept, and the cut that takes the oldest part off the audit log.

use std::time::Duration;

use headway_domain::time::Instant;
use headway_store::Tx;
use serde_json::json;

use crate::{
    App, Error, OpContext, Permission, Result,
    governance::{
        audit::{self, Act},
        verify::{CUT, hex},
    },
};

/// Something that is kept for some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its code in the API.
    pub code: &'static str,
    /// For so many days when nobody says; 0 is for ever.
    pub usual_days: u32,
    /// For so many days at least.
    pub least_days: u32,
}

/// Everything with a rule.
pub const KEPT: [Kept; 4] = [
    // Events are there for clients that lost their stream. After a week it is less to load everything anew than to
    // read what happened.
    Kept { code: "events", usual_days: 7, least_days: 1 },
    // Nothing reads a finished job; a month is for whoever looks for the reason why one failed.
    Kept { code: "jobs", usual_days: 30, least_days: 1 },
    // The rows of a report are looked at while the data is being put right. How often each finding occurred is kept
    // for as long as the import.
    Kept { code: "reports", usual_days: 365, least_days: 1 },
    // What was done is kept for ever unless somebody decides otherwise.
    Kept { code: "audit", usual_days: 0, least_days: 365 },
];

/// The longest time, in days.
pub const MOST_DAYS: u32 = 36_600;

/// For how many days something is kept; `None` is for ever.
pub type Days = Option<u32>;

/// The rules, in the order of [`KEPT`].
pub async fn retention(ctx: &OpContext, app: &App) -> Result<Vec<(Kept, Days)>> {
    ctx.authorise(Permission::ManageSettings)?;
    let mut rules = Vec::with_capacity(KEPT.len());
    for kept in KEPT {
        rules.push((kept, days(app, kept).await?));
    }
    Ok(rules)
}

/// Changes rules; what is not named stays.
pub async fn change_retention(
    ctx: &OpContext,
    app: &App,
    rules: &[(String, Days)],
) -> Result<Vec<(Kept, Days)>> {
    ctx.authorise(Permission::ManageSettings)?;
    let mut tx = app.db.begin().await?;
    for (code, days) in rules {
        let kept = KEPT.iter().find(|kept| kept.code == code);
        let kept = kept.ok_or_else(|| Error::invalid("rules", format!("nothing is called {code:?}")))?;
        if days.is_some_and(|days| !(kept.least_days..=MOST_DAYS).contains(&days)) {
            let why = format!("{code} are kept for {} to {MOST_DAYS} days, or for ever", kept.least_days);
            return Err(Error::invalid("rules", why));
        }
        tx.upsert_setting(&key(*kept), &days.unwrap_or_default().to_string()).await?;
    }
    let told = rules.iter().map(|(code, days)| json!({ "code": code, "days": days })).collect::<Vec<_>>();
    audit::commit(ctx, tx, Act::new("retention.changed", "settings", "").with(json!({ "rules": told })))
        .await?;
    retention(ctx, app).await
}

fn key(kept: Kept) -> String {
    format!("keep_{}_days", kept.code)
}

async fn days(app: &App, kept: Kept) -> Result<Days> {
    let told = app.db.read().await?.setting(&key(kept)).await?;
    let days = told.and_then(|told| told.parse().ok()).unwrap_or(kept.usual_days);
    Ok(Some(days).filter(|days| *days > 0))
}

/// Before which instant something may go; `None` while it is kept for ever.
pub(crate) async fn before(ctx: &OpContext, app: &App, code: &str) -> Result<Option<Instant>> {
    let Some(kept) = KEPT.iter().find(|kept| kept.code == code) else { return Ok(None) };
    let days = days(app, *kept).await?;
    Ok(days.map(|days| {
        let micros = Duration::from_hours(24 * u64::from(days)).as_micros();
        Instant(ctx.now().0.saturating_sub(i64::try_from(micros).unwrap_or(i64::MAX)))
    }))
}

/// Takes the oldest part off the audit log. An entry says up to where, with the digest of the last one removed, so
/// that the rest can still be checked.
pub(crate) async fn cut_audit(ctx: &OpContext, app: &App) -> Result<u64> {
    let Some(before) = before(ctx, app, "audit").await? else { return Ok(0) };
    let mut tx = app.db.begin().await?;
    let Some(last) = tx.last_audit_before(before).await? else { return Ok(0) };
    let cut = cut_through(ctx, &mut tx, last).await?;
    tx.commit().await?;
    Ok(cut)
}

async fn cut_through(ctx: &OpContext, tx: &mut Tx, last: i64) -> Result<u64> {
    let Some(entry) = tx.audit_entry(last).await? else { return Ok(0) };
    let detail = json!({ "through": last, "digest": hex(&entry.digest) });
    audit::record(ctx, tx, Act::new(CUT, "audit", last).with(detail)).await?;
    Ok(tx.delete_audit_through(last).await?)
}
