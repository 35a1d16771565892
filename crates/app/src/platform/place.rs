//! Where an installation keeps its data, and whether a restore into it came to its end.

use std::path::{Path, PathBuf};

use headway_store::Db;

use super::told;
use crate::{Error, Result};

/// Where an installation keeps its data.
#[derive(Clone, Debug)]
pub struct Place {
    /// The folder for uploaded files and for SQLite's database.
    pub data: PathBuf,
    /// `postgres://…` when it is not SQLite in the folder.
    pub database: Option<String>,
}

/// The folder of imports, in the data folder.
const IMPORTS: &str = "imports";

impl Place {
    /// The address of its database.
    pub fn url(&self) -> String {
        self.database
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", self.data.join("headway.sqlite").display()))
    }

    /// The file of its database; `None` on PostgreSQL.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        self.url().strip_prefix("sqlite:").map(|path| PathBuf::from(path.split('?').next().unwrap_or(path)))
    }

    /// Where files of imports lie.
    pub(super) fn imports(&self) -> PathBuf {
        self.data.join(IMPORTS)
    }

    /// Where they lie until a restore is over.
    pub(super) fn coming_imports(&self) -> PathBuf {
        beside(&self.imports(), "restoring")
    }

    /// What is there from the beginning of a restore to its end: SQLite's file that is being filled, a note on
    /// PostgreSQL.
    pub(super) fn marker(&self) -> PathBuf {
        self.sqlite_file()
            .map_or_else(|| self.data.join("postgres.restoring"), |file| beside(&file, "restoring"))
    }

    /// Refuses to go on where a restore was begun and did not come to its end.
    pub async fn refuse_half_restored(&self) -> Result<()> {
        let marker = self.marker();
        if !marker.exists() {
            return Ok(());
        }
        if self.sqlite_file().is_none() && !is_blank(&self.url()).await? {
            // Everything is in the database: only the last steps are missing.
            return self.end_restore().map_err(Error::from);
        }
        Err(Error::Conflict(format!(
            "a restore into {} was begun and did not come to its end; run `headway restore` again, or delete {} to go \
             on with what was there before",
            self.data.display(),
            marker.display()
        )))
    }

    /// The last steps of a restore, when the database holds everything.
    pub(super) fn end_restore(&self) -> std::io::Result<()> {
        if self.coming_imports().exists() {
            std::fs::rename(self.coming_imports(), self.imports())?;
        }
        if self.sqlite_file().is_none() {
            std::fs::remove_file(self.marker())?;
        }
        Ok(())
    }
}

/// Whether a database on PostgreSQL holds nothing yet.
pub(super) async fn is_blank(url: &str) -> Result<bool> {
    let db = Db::open_as_it_is(url).await.map_err(told)?;
    let blank = async { db.snapshot().await?.is_blank().await }.await.map_err(told);
    db.close().await;
    blank
}

/// `name.word` beside `name`.
pub(super) fn beside(path: &Path, word: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(word);
    path.with_file_name(name)
}
