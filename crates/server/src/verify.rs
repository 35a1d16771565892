//! `headway verify`: what is broken, in the database or in a file.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use headway_app::{
    Actor,
    platform::{self, Damage},
};

use crate::{
    config::Config,
    edge::context,
    open::{DataOptions, open_as_it_is},
    terminal::{counted, say},
};

/// What the command ends with when something is broken: other failures end with 1, wrong usage with 2.
pub const BROKEN: u8 = 3;

/// Something is broken, and was named.
#[derive(Debug)]
pub struct SomethingIsBroken(String);

impl std::fmt::Display for SomethingIsBroken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SomethingIsBroken {}

/// What to verify.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    pub data: DataOptions,
    /// A file that `headway backup` or `headway export` wrote; the database when missing.
    file: Option<PathBuf>,
}

/// Verifies.
pub async fn verify(options: &Options, config: &Config) -> Result<()> {
    let owner = context(Actor::Operator);
    let Some(file) = &options.file else {
        let app = open_as_it_is(config).await?;
        let done = platform::verify(&owner, &app).await;
        app.db.close().await;
        return tell(&done.context("failed to read the database")?, "the database");
    };
    let what = file.display().to_string();
    let (manifest, damage) =
        platform::verify_archive(&owner, file).await.with_context(|| format!("failed to read {what}"))?;
    if let Some(manifest) = manifest {
        let kind = match &manifest.backup {
            Some(note) => format!("a backup of {}", note.created_at),
            None => "an export".to_owned(),
        };
        let rows = counted(manifest.rows(), "row", "rows");
        let tables = counted(manifest.tables.len() as u64, "table", "tables");
        say(format!("{what}: {kind}, Headway {}, {rows} of {tables}", manifest.product_version));
    }
    tell(&damage, &what)
}

/// So many broken things are listed.
const MOST: usize = 100;

/// Says what is broken, or that nothing is.
pub fn tell(damage: &[Damage], what: &str) -> Result<()> {
    for one in damage.iter().take(MOST) {
        say(format!("{}: {}", one.at, one.what));
    }
    if damage.len() > MOST {
        say(format!("… and {} more", damage.len() - MOST));
    }
    if damage.is_empty() {
        say(format!("Nothing is broken in {what}."));
        return Ok(());
    }
    let count = counted(damage.len() as u64, "thing is", "things are");
    Err(SomethingIsBroken(format!("{count} broken in {what}; see docs/guide/backup.md for what to do"))
        .into())
}
