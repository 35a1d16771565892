//! What belongs to no wing: health, the engine, search; backup, restore, export and checks.

mod archive;
mod backup;
mod health;
mod place;
mod restore;
mod verify;

use std::{error::Error as _, io, path::Path};

use headway_store::{Engine, SearchHits};

pub use archive::{BackupNote, Damage, FileEntry, Manifest, TableEntry};
pub use backup::{Archived, back_up, export};
pub use health::{Health, Unready, health, readiness};
pub use place::Place;
pub use restore::{Accept, Occupied, Restored, restore};
pub use verify::{verify, verify_archive};

use crate::{App, Error, OpContext, Result, organisation::known_tree};

/// Hears how far long work has come: what is being done, how much of it is done, and of how much.
pub type Progress<'a> = dyn FnMut(&str, u64, u64) + Send + 'a;

/// The code of the database's engine.
pub fn engine(app: &App) -> &'static str {
    match app.db.engine() {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    }
}

/// Units and items by words of their names.
pub async fn search(ctx: &OpContext, app: &App, words: &str, limit: u32) -> Result<SearchHits> {
    ctx.authorise_anybody()?;
    let tree = known_tree(app).await?;
    // Longer questions find nothing that shorter ones do not.
    let words: String = words.chars().take(200).collect();
    let units = ctx.seen(&tree);
    Ok(app.db.read().await?.search(&words, units.as_deref(), limit).await?)
}

/// A fault of the database with its cause: whoever runs these commands runs the machine, too.
#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn told(error: headway_store::Error) -> Error {
    let mut text = format!("failed to {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    Error::Conflict(text)
}

/// A fault of the disk, with the place.
fn at(path: &Path) -> impl Fn(io::Error) -> Error {
    move |error| Error::Conflict(format!("{}: {error}", path.display()))
}

/// How much room there is where a folder lies.
fn free_bytes(folder: &Path) -> io::Result<u64> {
    let room = nix::sys::statvfs::statvfs(folder)?;
    Ok(room.blocks_available().saturating_mul(room.fragment_size()))
}
