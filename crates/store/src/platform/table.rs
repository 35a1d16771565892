//! The tables as the database's own catalogue describes them, in words that both engines share. Backups, exports and
//! checks go by these, so that a new table is covered as soon as it is there.

use futures::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Reader,
    dialect::catalogue,
    platform::{Line, db::blank, on},
};

/// What the values of a column are, whichever engine keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// An id.
    Uuid,
    /// Text.
    Text,
    /// Text that is JSON.
    Json,
    /// A whole number.
    Integer,
    /// Microseconds since 1970 in UTC.
    Instant,
    /// Days since 1970.
    Day,
    /// A number.
    Real,
    /// Yes or no.
    Bool,
    /// Bytes.
    Bytes,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: ColumnKind,
    /// Whether a value may be missing.
    pub nullable: bool,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, as they were declared.
    pub columns: Vec<Column>,
    /// The columns of its key; rows are read in the order of their values.
    pub key: Vec<String>,
}

/// Tables whose rows must never be in a file. Whoever has signed out would be signed in again by an old backup.
const LEFT_OUT: [&str; 1] = ["session"];

/// Tables with such a name hold what is meant to be forgotten, such as the keys of secret ballots. They are never in
/// a file either.
const EPHEMERAL: &str = "ephemeral_";

/// Columns that hold JSON, as table and column. Catalogues call them text; the migrations say so in a comment.
const JSON: [(&str, &str); 17] = [
    ("audit", "detail"),
    ("event", "payload"),
    ("event", "units"),
    ("import_run", "census"),
    ("import_run", "counts"),
    ("import_run", "files"),
    ("import_run", "forecast"),
    ("import_run", "mapping"),
    ("import_run", "options"),
    ("import_undo", "body"),
    ("iteration", "given"),
    ("job", "payload"),
    ("work_item", "history"),
    ("work_item", "iterations"),
    ("work_item", "labels"),
    ("work_item", "links"),
    ("workflow", "body"),
];

/// Columns whose name is not enough to tell what they are. SQLite has one type for ids and bytes, and one for numbers,
/// instants, days and truths; PostgreSQL one for the middle three.
const KINDS: [(&str, &str, ColumnKind); 1] = [("audit", "via", ColumnKind::Uuid)];

/// A column as a catalogue has it.
#[derive(sqlx::FromRow)]
pub(crate) struct CatalogueColumn {
    pub(crate) table_name: String,
    pub(crate) name: String,
    pub(crate) sql_type: String,
    pub(crate) nullable: bool,
    /// Its place in the table's key, from 1; 0 when it is not part of it.
    pub(crate) key_place: i64,
}

impl Table {
    /// The tables of a version, whatever the engine.
    pub async fn all_of(version: i64) -> Result<Vec<Table>, Error> {
        blank(version).await?.tables().await
    }
}

impl ColumnKind {
    fn of(column: &CatalogueColumn) -> Result<ColumnKind, Error> {
        let CatalogueColumn { table_name: table, name, .. } = column;
        if let Some((_, _, kind)) = KINDS.iter().find(|it| (it.0, it.1) == (table, name)) {
            return Ok(*kind);
        }
        let number = || match name.as_str() {
            "at" => ColumnKind::Instant,
            name if name.ends_with("_at") || name.ends_with("_until") => ColumnKind::Instant,
            name if name.ends_with("_on") => ColumnKind::Day,
            _ => ColumnKind::Integer,
        };
        let is_truth = ["is_", "has_", "may_"].iter().any(|it| name.starts_with(it));
        let is_id = name == "id" || name.ends_with("_id");
        let is_json = JSON.contains(&(table.as_str(), name.as_str()));
        Ok(match column.sql_type.to_lowercase().as_str() {
            "text" if is_json => ColumnKind::Json,
            "text" => ColumnKind::Text,
            "boolean" => ColumnKind::Bool,
            "integer" if is_truth => ColumnKind::Bool,
            "integer" | "bigint" => number(),
            "real" | "double precision" => ColumnKind::Real,
            "uuid" => ColumnKind::Uuid,
            "blob" if is_id => ColumnKind::Uuid,
            "blob" | "bytea" => ColumnKind::Bytes,
            other => {
                let reason = format!("column {name} has the type {other}, which is not one of ours");
                return Err(Error::Row { table: table.clone(), row: "any".to_owned(), reason });
            }
        })
    }
}

/// Whether a table's rows may be in a file. Names that begin with `_` are those of the log of migrations.
fn is_kept(table: &str) -> bool {
    !table.starts_with(['_']) && !table.starts_with(EPHEMERAL) && !LEFT_OUT.contains(&table)
}

impl Reader {
    /// The tables that backups and exports hold, by name.
    pub async fn tables(&mut self) -> Result<Vec<Table>, Error> {
        self.described_tables(is_kept).await
    }

    /// The tables with such names, by name.
    pub(crate) async fn described_tables(
        &mut self,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<Table>, Error> {
        let sql = catalogue::columns(self.engine());
        let rows: Vec<CatalogueColumn> = on!(self, |c| sqlx::query_as(sql).fetch_all(c).await)?;
        let mut tables: Vec<Table> = Vec::new();
        let mut key: Vec<(i64, String)> = Vec::new();
        for row in
            rows.into_iter().filter(|row| is_wanted(&row.table_name) && !row.table_name.starts_with('_'))
        {
            if tables.last().is_none_or(|table| table.name != row.table_name) {
                key.clear();
                tables.push(Table { name: row.table_name.clone(), columns: Vec::new(), key: Vec::new() });
            }
            let Some(table) = tables.last_mut() else { continue };
            let kind = ColumnKind::of(&row)?;
            if row.key_place > 0 {
                key.push((row.key_place, row.name.clone()));
                key.sort();
                table.key = key.iter().map(|(_, name)| name.clone()).collect();
            }
            table.columns.push(Column { name: row.name, kind, nullable: row.nullable });
        }
        tables.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(tables)
    }

    /// How many rows a table has.
    pub async fn count_rows(&mut self, table: &Table) -> Result<u64, Error> {
        let sql = format!("select count(*) from {}", quoted(&table.name));
        let count: i64 = on!(self, |c| sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(c).await)?;
        Ok(count.unsigned_abs())
    }

    /// The number of the newest migration that was applied; 0 when there are no tables yet.
    pub async fn schema_version(&mut self) -> Result<i64, Error> {
        let there = catalogue::has_migrations(self.engine());
        let is_there: bool = on!(self, |c| sqlx::query_scalar(there).fetch_one(c).await)?;
        if !is_there {
            return Ok(0);
        }
        let sql = "select coalesce(max(version), 0) from _sqlx_migrations where success";
        Ok(on!(self, |c| sqlx::query_scalar(sql).fetch_one(c).await)?)
    }

    /// Whether the database holds nothing but what the migrations put there.
    pub async fn is_blank(&mut self) -> Result<bool, Error> {
        let version = self.schema_version().await?;
        if version == 0 {
            return Ok(self.tables().await?.is_empty());
        }
        let mut blank = blank(version).await?;
        for table in self.tables().await? {
            let mut expected: Vec<Line> = Vec::new();
            if blank.tables().await?.contains(&table) {
                expected = blank.lines(&table).try_collect().await?;
            }
            // One row more tells, and a full table may be long.
            let found: Vec<Line> = self.lines(&table).take(expected.len() + 1).try_collect().await?;
            if found != expected {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How many bytes the database takes on disk, about.
    pub async fn database_bytes(&mut self) -> Result<u64, Error> {
        let sql = catalogue::database_bytes(self.engine());
        let bytes: i64 = on!(self, |c| sqlx::query_scalar(sql).fetch_one(c).await)?;
        Ok(bytes.unsigned_abs())
    }
}

/// An identifier as SQL reads it. They come from a catalogue; quotes are for words that SQL keeps for itself.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
