//! A row as a line of JSON, the same on both engines, to the byte.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use headway_domain::time::{Day, Instant};
use serde::de::IgnoredAny;
use sqlx::{AssertSqlSafe, ColumnIndex, Decode, Row, Type};
use uuid::Uuid;

use crate::{
    Engine, Error, Reader,
    dialect::catalogue,
    platform::{Column, ColumnKind, Table, on, quoted},
};

/// The one field of the object that stands in place of JSON that can't go in as it is.
pub(super) const NOT_JSON: &str = "$text";

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// An object with a field for each column, in their order; no line break.
    pub json: String,
    /// A column that should hold JSON and does not. Its text is kept.
    pub not_json: Option<String>,
}

impl Table {
    /// `select … from … order by`, by key.
    fn select(&self, engine: Engine) -> String {
        self.select_where(engine, "")
    }

    fn select_where(&self, engine: Engine, condition: &str) -> String {
        let columns = self.columns.iter().map(|column| {
            let name = quoted(&column.name);
            match column.kind {
                // PostgreSQL has shorter integers too.
                ColumnKind::Integer | ColumnKind::Instant | ColumnKind::Day => {
                    format!("cast({name} as bigint)")
                }
                _ => name,
            }
        });
        let kind = |name: &String| self.columns.iter().find(|it| it.name == *name).map(|it| it.kind);
        let key = self.key.iter().map(|name| match kind(name) {
            Some(ColumnKind::Text) => catalogue::bytewise(engine, &quoted(name)),
            _ => quoted(name),
        });
        let (columns, key): (Vec<String>, Vec<String>) = (columns.collect(), key.collect());
        let (columns, key) = (columns.join(", "), key.join(", "));
        format!("select {columns} from {} {condition} order by {key}", quoted(&self.name))
    }
}

impl Reader {
    /// All rows of a table, by key. One that can't be read is an error among the others.
    pub fn lines<'a>(&'a mut self, table: &'a Table) -> BoxStream<'a, Result<Line, Error>> {
        let sql = AssertSqlSafe(table.select(self.engine()));
        on!(self, |c| {
            let rows = sqlx::query(sql).persistent(false).fetch(c).map_err(Error::from);
            rows.map(|row| to_line(&row?, table)).boxed()
        })
    }
}

impl Reader {
    /// The rows of a table that hold this id in a column.
    pub(crate) fn lines_where<'a>(
        &'a mut self,
        table: &'a Table,
        column: &str,
        id: Uuid,
    ) -> BoxStream<'a, Result<Line, Error>> {
        let sql = AssertSqlSafe(table.select_where(self.engine(), &format!("where {} = $1", quoted(column))));
        on!(self, |c| {
            let rows = sqlx::query(sql).bind(id).persistent(false).fetch(c).map_err(Error::from);
            rows.map(|row| to_line(&row?, table)).boxed()
        })
    }
}

fn to_line<R>(row: &R, table: &Table) -> Result<Line, Error>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    f64: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    bool: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    String: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    Uuid: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: for<'r> Decode<'r, R::Database> + Type<R::Database>,
{
    let mut line = Line { json: String::with_capacity(256), not_json: None };
    for (ix, column) in table.columns.iter().enumerate() {
        line.json.push(if ix == 0 { '{' } else { ',' });
        push_text(&mut line.json, &column.name);
        line.json.push(':');
        let before = line.json.len();
        let pushed = match column.kind {
            ColumnKind::Uuid => row
                .try_get::<Option<Uuid>, _>(ix)
                .map(|it| push(&mut line.json, it, |it| format!("\"{it}\""))),
            ColumnKind::Text => {
                row.try_get::<Option<String>, _>(ix).map(|it| push(&mut line.json, it, |it| text(&it)))
            }
            ColumnKind::Json => {
                row.try_get::<Option<String>, _>(ix).map(|it| push_json(&mut line, column, it))
            }
            ColumnKind::Integer => {
                row.try_get::<Option<i64>, _>(ix).map(|it| push(&mut line.json, it, |it| it.to_string()))
            }
            ColumnKind::Instant => {
                row.try_get::<Option<i64>, _>(ix).map(|it| push(&mut line.json, it, instant))
            }
            ColumnKind::Day => row.try_get::<Option<i64>, _>(ix).map(|it| push(&mut line.json, it, day)),
            ColumnKind::Real => row.try_get::<Option<f64>, _>(ix).map(|it| push(&mut line.json, it, real)),
            ColumnKind::Bool => {
                row.try_get::<Option<bool>, _>(ix).map(|it| push(&mut line.json, it, |it| it.to_string()))
            }
            ColumnKind::Bytes => row
                .try_get::<Option<Vec<u8>>, _>(ix)
                .map(|it| push(&mut line.json, it, |it| format!("\"{}\"", STANDARD.encode(it)))),
        };
        if let Err(error) = pushed {
            line.json.truncate(before);
            // What was read so far names the row: the key mostly comes first.
            let reason = format!("column {}: {error}", column.name);
            return Err(Error::Row { table: table.name.clone(), row: line.json, reason });
        }
    }
    line.json.push('}');
    Ok(line)
}

fn push<T>(json: &mut String, value: Option<T>, form: impl FnOnce(T) -> String) {
    match value {
        Some(value) => json.push_str(&form(value)),
        None => json.push_str("null"),
    }
}

fn text(value: &str) -> String {
    let mut json = String::with_capacity(value.len() + 2);
    push_text(&mut json, value);
    json
}

fn push_text(json: &mut String, value: &str) {
    // A string always has a JSON form.
    json.push_str(&serde_json::to_string(value).unwrap_or_default());
}

/// JSON goes in as it is, so that it comes out as it was. A line break between its parts would end the line.
fn push_json(line: &mut Line, column: &Column, value: Option<String>) {
    match value {
        None => line.json.push_str("null"),
        Some(value) if !value.contains(['\n', '\r']) && is_embeddable(&value) => line.json.push_str(&value),
        Some(value) => {
            if serde_json::from_str::<IgnoredAny>(&value).is_err() {
                line.not_json = Some(column.name.clone());
            }
            // Writing to a string does not fail.
            let _ = write!(line.json, "{{\"{NOT_JSON}\":{}}}", text(&value));
        }
    }
}

/// A `null` would come back as a missing value, blanks around a value would not come back, and what looks like a
/// stand-in would be taken for one.
fn is_embeddable(value: &str) -> bool {
    let is_odd = value.trim() != value || value == "null" || value.contains(NOT_JSON);
    !is_odd && serde_json::from_str::<IgnoredAny>(value).is_ok()
}

/// RFC 3339; beyond the years that it knows, the number.
fn instant(micros: i64) -> String {
    let instant = Instant(micros);
    if Instant::from(instant.to_timestamp()) == instant {
        format!("\"{instant}\"")
    } else {
        micros.to_string()
    }
}

fn day(number: i64) -> String {
    match i32::try_from(number).map(Day) {
        Ok(day) if Day::from_date(day.to_date()) == day => format!("\"{day}\""),
        _ => number.to_string(),
    }
}

/// The shortest digits that mean this number and no other.
fn real(number: f64) -> String {
    if number.is_finite() { format!("{number:?}") } else { format!("\"{number}\"") }
}
