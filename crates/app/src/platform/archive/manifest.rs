//! What an archive says about itself.

use headway_store::Table;
use serde::{Deserialize, Serialize};

/// The name of the format.
pub(crate) const FORMAT: &str = "headway-archive";
/// Its version. A reader refuses later ones.
pub(crate) const FORMAT_VERSION: u32 = 1;

/// What an archive says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The name of the format.
    pub format: String,
    /// Its version.
    pub format_version: u32,
    /// The version of the program that wrote it.
    pub product_version: String,
    /// The number of the newest migration of the database.
    pub schema_version: i64,
    /// The number of the newest event.
    pub event_position: i64,
    /// The digest of the newest entry of the audit log, when there is one: the head of its chain.
    pub audit_head: Option<String>,
    /// The tables, by name.
    pub tables: Vec<TableEntry>,
    /// What only a backup has; missing in an export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<BackupNote>,
}

/// A table in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableEntry {
    /// How many rows.
    pub rows: u64,
    /// How many bytes of lines.
    pub bytes: u64,
    /// The SHA-256 of the lines.
    pub sha256: String,
    /// Its name, columns and key.
    #[serde(flatten)]
    pub table: Table,
}

/// What a backup says beside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupNote {
    /// When it was begun: what it holds was so then. RFC 3339.
    pub created_at: String,
    /// The engine that the data came from: `sqlite` or `postgres`.
    pub engine: String,
    /// The files of unfinished imports.
    pub files: Vec<FileEntry>,
}

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Where it lies in the data folder, with `/` between the parts.
    pub path: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

impl Manifest {
    /// How many rows all tables have.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|entry| entry.rows).sum()
    }

    /// How many bytes come out of it: a little less than a database needs for them.
    pub fn bytes(&self) -> u64 {
        let files = self.backup.iter().flat_map(|note| &note.files).map(|file| file.bytes);
        self.tables.iter().map(|entry| entry.bytes).chain(files).sum()
    }

    /// The descriptions of the tables.
    pub fn described(&self) -> Vec<Table> {
        self.tables.iter().map(|entry| entry.table.clone()).collect()
    }
}
