//! `headway restore`: a backup back into an empty place.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use headway_app::{
    Actor,
    platform::{self, Accept, Occupied},
};

use crate::{
    config::Config,
    edge::context,
    open::DataOptions,
    progress::ProgressLine,
    terminal::{counted, say, wrapped},
    verify,
};

/// What to restore, and into what.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    pub data: DataOptions,
    /// A file that `headway backup` wrote.
    file: PathBuf,
    /// Sets aside what is in the data folder, under another name, instead of refusing. Stop the server first.
    #[arg(long)]
    force: bool,
}

/// Restores a backup.
pub async fn restore(options: &Options, config: &Config) -> Result<()> {
    bring(config, &options.file, Accept::Backups, options.force).await
}

/// Loads a file and says what came of it.
pub async fn bring(config: &Config, file: &Path, accept: Accept, force: bool) -> Result<()> {
    let occupied = if force { Occupied::SetAside } else { Occupied::Refuse };
    let mut line = ProgressLine::new();
    let (ctx, place) = (context(Actor::Operator), config.place());
    let done = platform::restore(&ctx, file, &place, accept, occupied, &mut |what, done, of| {
        line.say(what, done, of);
    })
    .await;
    drop(line);
    let restored = done.with_context(|| format!("failed to load {}", file.display()))?;
    for path in &restored.set_aside {
        say(format!("What was there is now {}", path.display()));
    }
    let rows = counted(restored.manifest.rows(), "row", "rows");
    let tables = counted(restored.manifest.tables.len() as u64, "table", "tables");
    say(format!("{rows} of {tables} are in {}", place.data.display()));
    if let Some(note) = &restored.manifest.backup {
        let files = counted(note.files.len() as u64, "file", "files");
        say(format!("As it was at {}, with {files} of imports under way", note.created_at));
    }
    say(wrapped(
        "Everybody has to sign in again. If the old installation had a secret.key, copy it into the data folder before \
         the next start.",
        0,
    ));
    verify::tell(&restored.broken, "the database")
}
