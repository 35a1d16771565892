//! `headway export`: everything into one file in a documented form that is the same for both databases.

use anyhow::{Context, Result};
use headway_app::{Actor, platform};

use crate::{backup, config::Config, edge::context, open::open_as_it_is, progress::ProgressLine};

/// Writes an export.
pub async fn export(options: &backup::Options, config: &Config) -> Result<()> {
    let app = open_as_it_is(config).await?;
    let mut line = ProgressLine::new();
    let done = platform::export(&context(Actor::Operator), &app, &options.to, &mut |what, done, of| {
        line.say(what, done, of);
    })
    .await;
    app.db.close().await;
    drop(line);
    backup::tell(&done.context("failed to export; no file was written")?);
    Ok(())
}
