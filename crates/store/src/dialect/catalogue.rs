//! What each engine's catalogue says about tables, and how references rest while rows are loaded.

use sqlx::AssertSqlSafe;

use super::Engine;
use crate::{
    Error, Tx,
    platform::{Driver, Table, quoted},
};

/// Every column of every table, tables by name, columns as they were declared. Tables that an index keeps for itself
/// are not among them.
pub(crate) fn columns(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "select t.name as table_name, c.name, c.type as sql_type, c.\"notnull\" = 0 as nullable, c.pk as key_place
             from pragma_table_list t join pragma_table_info(t.name) c
             where t.schema = 'main' and t.type = 'table' and substr(t.name, 1, 7) <> 'sqlite_'
             order by t.name, c.cid"
        }
        Engine::Postgres => {
            "select cast(t.relname as text) as table_name, cast(a.attname as text) as name,
                    format_type(a.atttypid, null) as sql_type, not a.attnotnull as nullable,
                    cast(coalesce(array_position(cast(k.conkey as smallint[]), a.attnum), 0) as bigint) as key_place
             from pg_class t
             join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
             left join pg_constraint k on k.conrelid = t.oid and k.contype = 'p'
             where t.relkind = 'r' and t.relnamespace = (select oid from pg_namespace where nspname = current_schema())
             order by cast(t.relname as text) collate \"C\", a.attnum"
        }
    }
}

/// Whether migrations were ever applied.
pub(crate) fn has_migrations(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "select count(*) > 0 from pragma_table_info('_sqlx_migrations')",
        Engine::Postgres => "select to_regclass('_sqlx_migrations') is not null",
    }
}

/// The size of the database.
pub(crate) fn database_bytes(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "select c.page_count * s.page_size from pragma_page_count c, pragma_page_size s",
        Engine::Postgres => "select pg_database_size(current_database())",
    }
}

/// A text column to sort by, so that both engines sort alike, whatever the database's language.
pub(crate) fn bytewise(engine: Engine, column: &str) -> String {
    match engine {
        Engine::Sqlite => column.to_owned(),
        Engine::Postgres => format!("{column} collate \"C\""),
    }
}

/// References that rest: statements that set them up again.
pub(crate) struct Resting(Vec<String>);

/// Lets rows come in any order: until [`wake_references`] nothing has to be there that a row refers to.
pub(crate) async fn rest_references(tx: &mut Tx) -> Result<Resting, Error> {
    match tx.driver() {
        Driver::Sqlite(c) => {
            sqlx::query("pragma defer_foreign_keys = on").execute(c).await?;
            Ok(Resting(Vec::new()))
        }
        Driver::Postgres(c) => {
            let sql =
                "select cast(conrelid::regclass as text), quote_ident(conname), pg_get_constraintdef(oid)
                       from pg_constraint
                       where contype = 'f'
                         and connamespace = (select oid from pg_namespace where nspname = current_schema())
                       order by conrelid, conname";
            let all: Vec<(String, String, String)> = sqlx::query_as(sql).fetch_all(&mut *c).await?;
            let mut again = Vec::with_capacity(all.len());
            for (table, name, definition) in all {
                let drop = format!("alter table {table} drop constraint {name}");
                sqlx::query(AssertSqlSafe(drop)).execute(&mut *c).await?;
                again.push(format!("alter table {table} add constraint {name} {definition}"));
            }
            Ok(Resting(again))
        }
    }
}

/// References hold again from here; [`Error::Referenced`] when one leads nowhere. SQLite says so at the commit.
pub(crate) async fn wake_references(tx: &mut Tx, resting: Resting) -> Result<(), Error> {
    if let Driver::Postgres(c) = tx.driver() {
        for sql in resting.0 {
            sqlx::query(AssertSqlSafe(sql)).execute(&mut *c).await?;
        }
    }
    Ok(())
}

/// Numbers that the database gives out go on behind those that were loaded. SQLite looks at what is there anyway.
pub(crate) async fn continue_numbers(tx: &mut Tx, table: &Table) -> Result<(), Error> {
    if let Driver::Postgres(c) = tx.driver() {
        let sql = "select cast(attname as text) from pg_attribute
                   where attrelid = cast($1 as regclass) and attidentity <> ''";
        let name = quoted(&table.name);
        let columns: Vec<String> = sqlx::query_scalar(sql).bind(&name).fetch_all(&mut *c).await?;
        for column in columns {
            let sql = format!(
                "select setval(pg_get_serial_sequence($1, $2), coalesce(max({0}), 1), max({0}) is not null) from {name}",
                quoted(&column)
            );
            sqlx::query(AssertSqlSafe(sql)).bind(&name).bind(&column).execute(&mut *c).await?;
        }
    }
    Ok(())
}

/// What the engine itself finds broken, as table, row and reason: pages and indexes, references that lead nowhere.
pub(crate) async fn broken_storage(
    reader: &mut crate::Reader,
) -> Result<Vec<(String, String, String)>, Error> {
    let mut broken = Vec::new();
    match reader.driver() {
        Driver::Sqlite(c) => {
            let lines: Vec<String> =
                sqlx::query_scalar("pragma integrity_check(1000)").fetch_all(&mut *c).await?;
            let lines = lines.into_iter().filter(|line| line != "ok");
            broken.extend(lines.map(|line| ("(file)".to_owned(), "-".to_owned(), line)));
            let sql =
                "select \"table\", coalesce(cast(rowid as text), '-'), parent from pragma_foreign_key_check";
            let lines: Vec<(String, String, String)> = sqlx::query_as(sql).fetch_all(&mut *c).await?;
            broken.extend(lines.into_iter().map(|(table, row, parent)| {
                (table, format!("rowid {row}"), format!("it refers to a row of {parent} that is not there"))
            }));
            // An item that search would not find, and the reverse.
            let sql = "select number, 'it is not in the index of words' from work_item
                       where number not in (select rowid from work_item_search)
                       union all
                       select rowid, 'it is in the index of words, but not there' from work_item_search
                       where rowid not in (select number from work_item) limit 1000";
            let lines: Vec<(i64, String)> = sqlx::query_as(sql).fetch_all(&mut *c).await?;
            let lines = lines.into_iter();
            broken
                .extend(lines.map(|(row, reason)| ("work_item".to_owned(), format!("number {row}"), reason)));
        }
        Driver::Postgres(c) => {
            let sql = "select cast(conrelid::regclass as text), cast(conname as text),
                              'PostgreSQL has not checked this reference'
                       from pg_constraint where contype = 'f' and not convalidated
                       union all
                       select cast(indrelid::regclass as text), cast(indexrelid::regclass as text),
                              'PostgreSQL calls this index invalid: reindex it'
                       from pg_index where not indisvalid";
            broken.extend(sqlx::query_as::<_, (String, String, String)>(sql).fetch_all(&mut *c).await?);
        }
    }
    Ok(broken)
}
