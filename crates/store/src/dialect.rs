//! The few statements that differ between the engines. Everything else has one text.

pub(crate) mod catalogue;

use std::fmt::Write as _;

use headway_domain::time::Instant;
use sqlx::{Arguments, AssertSqlSafe, Database, Encode, QueryBuilder, Type, sqlite::SqliteArguments};
use uuid::Uuid;

use crate::{
    Error, Tx,
    platform::{Driver, JobRow},
};

/// The engine behind a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// One file, one node.
    Sqlite,
    /// A server, any number of nodes.
    Postgres,
}

impl Engine {
    /// Its name as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        }
    }
}

/// The channel on which PostgreSQL wakes other nodes.
pub(crate) const CHANNEL: &str = "headway";

/// Wakes the other nodes when the transaction commits. SQLite has one node, which is woken in the process.
pub(crate) async fn notify(tx: &mut Tx) -> Result<(), Error> {
    if let Driver::Postgres(connection) = tx.driver() {
        sqlx::query("select pg_notify($1, '')").bind(CHANNEL).execute(connection).await?;
    }
    Ok(())
}

/// Takes the job that has been due longest. PostgreSQL passes over rows that another runner is about to take; in
/// SQLite there is no other writer.
pub(crate) async fn claim_job(
    tx: &mut Tx,
    owner: &str,
    now: Instant,
    lease_until: Instant,
) -> Result<Option<JobRow>, Error> {
    macro_rules! claim {
        ($lock:literal) => {
            concat!(
                "update job set state = 'leased', lease_owner = $1, lease_until = $3, attempts = attempts + 1
                 where id = (select id from job
                             where (state = 'waiting' and run_at <= $2) or (state = 'leased' and lease_until <= $2)
                             order by run_at, id limit 1 ",
                $lock,
                ") returning id, kind, payload, state, run_at, attempts, lease_owner, lease_until, last_error, created_at"
            )
        };
    }
    let (sqlite, postgres) = (claim!(""), claim!("for update skip locked"));
    Ok(match tx.driver() {
        Driver::Sqlite(c) => {
            let query = sqlx::query_as(sqlite).bind(owner).bind(now.0).bind(lease_until.0);
            query.fetch_optional(c).await?
        }
        Driver::Postgres(c) => {
            let query = sqlx::query_as(postgres).bind(owner).bind(now.0).bind(lease_until.0);
            query.fetch_optional(c).await?
        }
    })
}

/// Whether an item's `words` hold all of these, the last one whole or as a beginning. Words are letters and digits
/// only, which both query languages take literally inside quotes. What matches is found once, from the index of
/// words: a planner that thinks it knows better would try item after item in the order of the list.
pub(crate) fn match_words<DB>(engine: Engine, query: &mut QueryBuilder<DB>, words: &[String], last: LastWord)
where
    DB: Database,
    String: for<'q> Encode<'q, DB> + Type<DB>,
{
    push_match(engine, query, words, last);
    query.push(match engine {
        Engine::Sqlite => ")",
        Engine::Postgres => "))",
    });
}

/// The newest items that [`match_words`] finds, at most `limit`: condition, order and limit.
pub(crate) fn match_newest<DB>(
    engine: Engine,
    query: &mut QueryBuilder<DB>,
    words: &[String],
    last: LastWord,
    limit: i64,
) where
    DB: Database,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
    String: for<'q> Encode<'q, DB> + Type<DB>,
{
    push_match(engine, query, words, last);
    match engine {
        // The index is read from its newest end and left as soon as there is enough.
        Engine::Sqlite => {
            query.push(" order by rowid desc limit ").push_bind(limit).push(") order by number desc")
        }
        Engine::Postgres => query.push(")) order by number desc limit ").push_bind(limit),
    };
}

/// The beginning of the condition, up to the closing brackets.
fn push_match<DB>(engine: Engine, query: &mut QueryBuilder<DB>, words: &[String], last: LastWord)
where
    DB: Database,
    String: for<'q> Encode<'q, DB> + Type<DB>,
{
    let text = words_query(engine, words, last);
    match engine {
        Engine::Sqlite => {
            query.push("number in (select rowid from work_item_search where work_item_search match ");
            query.push_bind(text);
        }
        Engine::Postgres => {
            query.push("number = any(array(select number from work_item ");
            query.push("where array_to_tsvector(string_to_array(words, ' ')) @@ cast(");
            query.push_bind(text).push(" as tsquery)");
        }
    }
}

fn words_query(engine: Engine, words: &[String], last: LastWord) -> String {
    let (quote, and, any_end) = match engine {
        Engine::Sqlite => ('"', " AND ", " *"),
        Engine::Postgres => ('\'', " & ", ":*"),
    };
    let mut text = String::new();
    for (ix, word) in words.iter().enumerate() {
        let end = if last == LastWord::Begun && ix + 1 == words.len() { any_end } else { "" };
        let join = if ix == 0 { "" } else { and };
        // Writing to a string does not fail.
        let _ = write!(text, "{join}{quote}{word}{quote}{end}");
    }
    text
}

/// How the last word of a search is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LastWord {
    /// Somebody may still be typing it.
    Begun,
    /// As it stands.
    Whole,
}

/// `column in (…)`, and false for an empty list.
pub(crate) fn push_in<'v, DB, T>(
    query: &mut QueryBuilder<DB>,
    column: &'static str,
    values: impl IntoIterator<Item = T>,
) where
    DB: Database,
    T: Encode<'v, DB> + Type<DB>,
{
    let mut values = values.into_iter().peekable();
    // PostgreSQL knows no empty list.
    if values.peek().is_none() {
        query.push("false");
        return;
    }
    query.push(column).push(" in (");
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value);
    }
    query.push(")");
}

/// Whether a column holds this text somewhere.
pub(crate) fn holds_text<DB>(engine: Engine, query: &mut QueryBuilder<DB>, column: &str, text: String)
where
    DB: Database,
    String: for<'q> Encode<'q, DB> + Type<DB>,
{
    query.push(match engine {
        Engine::Sqlite => "instr(",
        Engine::Postgres => "strpos(",
    });
    query.push(column).push(", ").push_bind(text).push(") > 0");
}

/// One column of many rows.
pub(crate) enum Column<'a> {
    Uuid(Vec<Option<Uuid>>),
    Text(Vec<Option<&'a str>>),
    Big(Vec<Option<i64>>),
    Real(Vec<Option<f64>>),
    Bool(Vec<Option<bool>>),
    Bytes(Vec<Option<&'a [u8]>>),
}

impl<'a> Column<'a> {
    pub(crate) fn uuid<R>(rows: &[R], get: impl FnMut(&R) -> Uuid) -> Self {
        Column::Uuid(rows.iter().map(get).map(Some).collect())
    }

    pub(crate) fn text<R>(rows: &'a [R], get: impl Fn(&'a R) -> &'a str) -> Self {
        Column::Text(rows.iter().map(|row| Some(get(row))).collect())
    }

    pub(crate) fn text_or_null<R>(rows: &'a [R], get: impl Fn(&'a R) -> &'a Option<String>) -> Self {
        Column::Text(rows.iter().map(|row| get(row).as_deref()).collect())
    }

    pub(crate) fn big<R>(rows: &[R], get: impl FnMut(&R) -> i64) -> Self {
        Column::Big(rows.iter().map(get).map(Some).collect())
    }

    pub(crate) fn big_or_null<R>(rows: &[R], get: impl FnMut(&R) -> Option<i64>) -> Self {
        Column::Big(rows.iter().map(get).collect())
    }

    pub(crate) fn real_or_null<R>(rows: &[R], get: impl FnMut(&R) -> Option<f64>) -> Self {
        Column::Real(rows.iter().map(get).collect())
    }

    pub(crate) fn bool<R>(rows: &[R], get: impl FnMut(&R) -> bool) -> Self {
        Column::Bool(rows.iter().map(get).map(Some).collect())
    }

    pub(crate) fn bytes<R>(rows: &'a [R], get: impl Fn(&'a R) -> &'a [u8]) -> Self {
        Column::Bytes(rows.iter().map(|row| Some(get(row))).collect())
    }

    /// PostgreSQL's name of the array.
    fn array_type(&self) -> &'static str {
        match self {
            Column::Uuid(_) => "uuid[]",
            Column::Text(_) => "text[]",
            Column::Big(_) => "bigint[]",
            Column::Real(_) => "double precision[]",
            Column::Bool(_) => "boolean[]",
            Column::Bytes(_) => "bytea[]",
        }
    }
}

/// Many rows for one table.
pub(crate) struct Bulk<'a> {
    pub(crate) table: &'a str,
    pub(crate) columns: Vec<(&'a str, Column<'a>)>,
    /// How many values each column has.
    pub(crate) rows: usize,
    /// What to do with rows that are there already: `on conflict …`, or nothing.
    pub(crate) on_conflict: &'static str,
}

/// SQLite takes 32,766 values a statement; smaller statements are as fast and keep the buffers small.
const SQLITE_VALUES: usize = 12_000;

/// Inserts many rows: statements of many rows on SQLite, one `unnest` of an array a column on PostgreSQL.
pub(crate) async fn insert_bulk(tx: &mut Tx, bulk: Bulk<'_>) -> Result<(), Error> {
    if bulk.rows == 0 {
        return Ok(());
    }
    let names = bulk.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    match tx.driver() {
        Driver::Sqlite(c) => {
            let per_statement = (SQLITE_VALUES / bulk.columns.len()).clamp(1, bulk.rows);
            let head = format!("insert into {} ({names}) values ", bulk.table);
            let whole = sqlite_statement(&head, bulk.columns.len(), per_statement, bulk.on_conflict);
            for from in (0..bulk.rows).step_by(per_statement) {
                let to = (from + per_statement).min(bulk.rows);
                let is_whole = to - from == per_statement;
                let sql = if is_whole {
                    whole.clone()
                } else {
                    sqlite_statement(&head, bulk.columns.len(), to - from, bulk.on_conflict)
                };
                let arguments = sqlite_arguments(&bulk.columns, from..to)?;
                let query = sqlx::query_with(AssertSqlSafe(sql), arguments).persistent(is_whole);
                query.execute(&mut *c).await?;
            }
        }
        Driver::Postgres(c) => {
            let arrays = bulk.columns.iter().enumerate();
            let arrays = arrays.map(|(ix, (_, column))| format!("${}::{}", ix + 1, column.array_type()));
            let arrays = arrays.collect::<Vec<_>>().join(", ");
            let sql = format!(
                "insert into {} ({names}) select * from unnest({arrays}) {}",
                bulk.table, bulk.on_conflict
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for (_, column) in bulk.columns {
                query = match column {
                    Column::Uuid(values) => query.bind(values),
                    Column::Text(values) => query.bind(values),
                    Column::Big(values) => query.bind(values),
                    Column::Real(values) => query.bind(values),
                    Column::Bool(values) => query.bind(values),
                    Column::Bytes(values) => query.bind(values),
                };
            }
            query.execute(c).await?;
        }
    }
    Ok(())
}

fn sqlite_statement(head: &str, columns: usize, rows: usize, on_conflict: &str) -> String {
    let mut row = "(".to_owned();
    row.push_str(&"?, ".repeat(columns - 1));
    row.push_str("?)");
    let mut sql = String::with_capacity(head.len() + rows * (row.len() + 2) + on_conflict.len());
    sql.push_str(head);
    for ix in 0..rows {
        sql.push_str(if ix == 0 { "" } else { ", " });
        sql.push_str(&row);
    }
    sql.push(' ');
    sql.push_str(on_conflict);
    sql
}

fn sqlite_arguments(
    columns: &[(&str, Column<'_>)],
    rows: std::ops::Range<usize>,
) -> Result<SqliteArguments, Error> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(rows.len() * columns.len(), 0);
    for row in rows {
        for (_, column) in columns {
            match column {
                Column::Uuid(values) => arguments.add(values[row]),
                Column::Text(values) => arguments.add(values[row]),
                Column::Big(values) => arguments.add(values[row]),
                Column::Real(values) => arguments.add(values[row]),
                Column::Bool(values) => arguments.add(values[row]),
                Column::Bytes(values) => arguments.add(values[row]),
            }
            .map_err(sqlx::Error::Encode)?;
        }
    }
    Ok(arguments)
}
