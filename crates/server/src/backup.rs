//! `headway backup`: everything into one file, while the server runs.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use headway_app::{
    Actor,
    platform::{self, Archived},
};

use crate::{
    config::Config,
    edge::context,
    open::{DataOptions, open_as_it_is},
    progress::ProgressLine,
    terminal::{counted, number, say, wrapped},
};

/// What to write, and where to: of backups and of exports.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    pub data: DataOptions,
    /// The file to write, or a folder to write into under a name with date and time. Nothing is ever replaced.
    #[arg(long, value_name = "FILE|FOLDER")]
    pub to: PathBuf,
}

/// Writes a backup.
pub async fn backup(options: &Options, config: &Config) -> Result<()> {
    let app = open_as_it_is(config).await?;
    let mut line = ProgressLine::new();
    let done = platform::back_up(&context(Actor::Operator), &app, &options.to, &mut |what, done, of| {
        line.say(what, done, of);
    })
    .await;
    app.db.close().await;
    drop(line);
    let archived = done.context("failed to back up; no file was written")?;
    tell(&archived);
    for path in &archived.missing {
        say(wrapped(&format!("{path} went away meanwhile: its import was approved or given up."), 0));
    }
    say(wrapped(
        "Not in it: secret.key of the data folder, and who is signed in. Keep a copy of secret.key elsewhere: without \
         it, secrets in a backup can't be read by anybody, you included.",
        0,
    ));
    Ok(())
}

/// Says what was written.
pub fn tell(archived: &Archived) {
    let tables = counted(archived.manifest.tables.len() as u64, "table", "tables");
    let rows = counted(archived.manifest.rows(), "row", "rows");
    let size = number(archived.bytes.div_ceil(1_000));
    say(format!("{}  {size} kB: {rows} of {tables}", archived.path.display()));
}
