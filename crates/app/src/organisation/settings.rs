//! Settings of the installation.

use serde_json::json;

use crate::{
    App, OpContext, Permission, Result,
    governance::audit::{self, Act},
};

const KEEP_NAMES: &str = "keep_names";

/// Settings of the installation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether names of people are kept from trackers. Nothing measures them either way.
    pub keep_names: bool,
}

/// The settings.
pub async fn settings(ctx: &OpContext, app: &App) -> Result<Settings> {
    ctx.authorise_anybody()?;
    let keep_names = app.db.read().await?.setting(KEEP_NAMES).await?;
    Ok(Settings { keep_names: keep_names.as_deref() == Some("true") })
}

/// Changes the settings.
pub async fn change_settings(ctx: &OpContext, app: &App, settings: Settings) -> Result<Settings> {
    ctx.authorise(Permission::ManageSettings)?;
    let mut tx = app.db.begin().await?;
    tx.upsert_setting(KEEP_NAMES, if settings.keep_names { "true" } else { "false" }).await?;
    let act = Act::new("settings.changed", "settings", "");
    audit::commit(ctx, tx, act.with(json!({ "keep_names": settings.keep_names }))).await?;
    Ok(settings)
}
