//! Rows from lines of JSON, into tables that hold nothing yet.

use std::{borrow::Cow, collections::BTreeMap};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use headway_domain::time::{Day, Instant};
use serde::Deserialize;
use serde_json::value::RawValue;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::{
    Error, Tx,
    dialect::{self, Bulk, catalogue},
    platform::{Column, ColumnKind, Table, on, quoted, row::NOT_JSON},
};

/// References that rest while rows are loaded.
pub struct Resting(catalogue::Resting);

impl Tx {
    /// Empties the tables of what the migrations put there, and lets rows come in any order until
    /// [`Tx::end_load`].
    pub async fn begin_load(&mut self, tables: &[Table]) -> Result<Resting, Error> {
        let resting = catalogue::rest_references(self).await?;
        for table in tables {
            let sql = format!("delete from {}", quoted(&table.name));
            on!(self, |c| sqlx::query(AssertSqlSafe(sql)).execute(c).await.map(drop))?;
        }
        Ok(Resting(resting))
    }

    /// Adds rows to a table: lines as [`Reader::lines`] gives them. `first` is the number of the first line, for
    /// messages.
    ///
    /// [`Reader::lines`]: crate::Reader::lines
    pub async fn load_lines(&mut self, table: &Table, first: u64, lines: &[String]) -> Result<(), Error> {
        let parsed = lines.iter().zip(first..).map(|(line, number)| {
            serde_json::from_str::<BTreeMap<Cow<'_, str>, &RawValue>>(line)
                .map_err(|error| bad_line(table, number, error))
        });
        let rows = parsed.collect::<Result<Vec<_>, Error>>()?;
        for (row, number) in rows.iter().zip(first..) {
            let is_known = |name: &Cow<'_, str>| table.columns.iter().any(|column| column.name == **name);
            if let Some(name) = row.keys().find(|name| !is_known(name)) {
                return Err(bad_line(table, number, format!("there is no column {name}")));
            }
        }
        let mut columns = Vec::with_capacity(table.columns.len());
        for column in &table.columns {
            let mut values = Owned::new(column.kind, rows.len());
            for (row, number) in rows.iter().zip(first..) {
                let value = row.get(column.name.as_str()).map_or("null", |it| it.get());
                let value = (value != "null").then_some(value);
                values.push(column, value).map_err(|reason| bad_line(table, number, reason))?;
            }
            columns.push((quoted(&column.name), values));
        }
        let columns = columns.iter().map(|(name, values)| (name.as_str(), values.as_column()));
        let name = quoted(&table.name);
        let bulk = Bulk { table: &name, columns: columns.collect(), rows: rows.len(), on_conflict: "" };
        dialect::insert_bulk(self, bulk).await
    }

    /// Ends loading: every reference leads somewhere again, and numbers that the database gives out go on.
    pub async fn end_load(&mut self, tables: &[Table], resting: Resting) -> Result<(), Error> {
        catalogue::wake_references(self, resting.0).await?;
        for table in tables {
            catalogue::continue_numbers(self, table).await?;
        }
        Ok(())
    }
}

fn bad_line(table: &Table, number: u64, reason: impl std::fmt::Display) -> Error {
    Error::Row { table: table.name.clone(), row: format!("in line {number}"), reason: reason.to_string() }
}

/// The values of one column, until they are bound.
enum Owned<'a> {
    Uuid(Vec<Option<Uuid>>),
    Text(Vec<Option<Cow<'a, str>>>),
    Big(Vec<Option<i64>>),
    Real(Vec<Option<f64>>),
    Bool(Vec<Option<bool>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

/// Text that is no JSON, in a column that should hold JSON.
#[derive(Deserialize)]
struct NotJson<'a> {
    #[serde(borrow, rename = "$text")]
    text: Cow<'a, str>,
}

impl<'a> Owned<'a> {
    fn new(kind: ColumnKind, rows: usize) -> Self {
        match kind {
            ColumnKind::Uuid => Owned::Uuid(Vec::with_capacity(rows)),
            ColumnKind::Text | ColumnKind::Json => Owned::Text(Vec::with_capacity(rows)),
            ColumnKind::Integer | ColumnKind::Instant | ColumnKind::Day => {
                Owned::Big(Vec::with_capacity(rows))
            }
            ColumnKind::Real => Owned::Real(Vec::with_capacity(rows)),
            ColumnKind::Bool => Owned::Bool(Vec::with_capacity(rows)),
            ColumnKind::Bytes => Owned::Bytes(Vec::with_capacity(rows)),
        }
    }

    /// Adds a value from its JSON.
    fn push(&mut self, column: &Column, json: Option<&'a str>) -> Result<(), String> {
        if json.is_none() && !column.nullable {
            return Err(format!("column {} must have a value", column.name));
        }
        let bad = |reason: String| format!("column {}: {reason}", column.name);
        match self {
            Owned::Uuid(values) => values.push(json.map(parsed::<Uuid>).transpose().map_err(bad)?),
            Owned::Text(values) => {
                let text = json
                    .map(|json| if column.kind == ColumnKind::Json { json_text(json) } else { text(json) });
                values.push(text.transpose().map_err(bad)?);
            }
            Owned::Big(values) => {
                let number = json.map(|json| match column.kind {
                    ColumnKind::Instant if json.starts_with('"') => parsed::<Instant>(json).map(|it| it.0),
                    ColumnKind::Day if json.starts_with('"') => parsed::<Day>(json).map(|it| i64::from(it.0)),
                    _ => json.parse().map_err(|_| format!("{json} is not a whole number")),
                });
                values.push(number.transpose().map_err(bad)?);
            }
            Owned::Real(values) => {
                let number =
                    json.map(|json| json.trim_matches('"').parse::<f64>().map_err(|error| error.to_string()));
                values.push(number.transpose().map_err(bad)?);
            }
            Owned::Bool(values) => {
                let truth = json.map(|json| json.parse::<bool>().map_err(|error| error.to_string()));
                values.push(truth.transpose().map_err(bad)?);
            }
            Owned::Bytes(values) => {
                let bytes = json
                    .map(|json| STANDARD.decode(text(json)?.as_bytes()).map_err(|error| error.to_string()));
                values.push(bytes.transpose().map_err(bad)?);
            }
        }
        Ok(())
    }

    fn as_column(&self) -> dialect::Column<'_> {
        match self {
            Owned::Uuid(values) => dialect::Column::Uuid(values.clone()),
            Owned::Text(values) => dialect::Column::Text(values.iter().map(Option::as_deref).collect()),
            Owned::Big(values) => dialect::Column::Big(values.clone()),
            Owned::Real(values) => dialect::Column::Real(values.clone()),
            Owned::Bool(values) => dialect::Column::Bool(values.clone()),
            Owned::Bytes(values) => dialect::Column::Bytes(values.iter().map(Option::as_deref).collect()),
        }
    }
}

fn text(json: &str) -> Result<Cow<'_, str>, String> {
    /// `Cow` alone would always be owned.
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str::<Text<'_>>(json).map(|it| it.0).map_err(|error| error.to_string())
}

fn json_text(json: &str) -> Result<Cow<'_, str>, String> {
    if json.strip_prefix("{\"").is_some_and(|rest| rest.starts_with(NOT_JSON)) {
        return serde_json::from_str::<NotJson<'_>>(json)
            .map(|it| it.text)
            .map_err(|error| error.to_string());
    }
    Ok(Cow::Borrowed(json))
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(json: &str) -> Result<T, String> {
    text(json)?.parse().map_err(|error: T::Err| error.to_string())
}
