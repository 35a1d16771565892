//! `headway import-all`: an export, or a backup, into an empty database of either kind.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use headway_app::platform::Accept;

use crate::{config::Config, open::DataOptions, restore};

/// What to load, and into what.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    pub data: DataOptions,
    /// A file that `headway export` or `headway backup` wrote.
    file: PathBuf,
    /// Sets aside what is in the data folder, under another name, instead of refusing. Stop the server first.
    #[arg(long)]
    force: bool,
}

/// Loads everything.
pub async fn import_all(options: &Options, config: &Config) -> Result<()> {
    restore::bring(config, &options.file, Accept::Everything, options.force).await
}
