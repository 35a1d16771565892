//! `headway export`: everything into one file in a documented form that is the same for both databases.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use headway_app::{Actor, platform};

use crate::{
    backup,
    config::Config,
    edge::context,
    open::{DataOptions, open_as_it_is},
    progress::ProgressLine,
};

/// What to export, and where to.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    pub data: DataOptions,
    /// The file to write, or a folder to write into under a name with date and time. Nothing is ever replaced.
    #[arg(long, value_name = "FILE|FOLDER")]
    to: PathBuf,
}

/// Writes an export.
pub async fn export(options: &Options, config: &Config) -> Result<()> {
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
