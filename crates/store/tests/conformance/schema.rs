//! Both engines have the same tables, columns, keys and indexes; broken rows are told apart from missing ones; and
//! lists use their indexes.

use std::{collections::BTreeSet, fs, path::Path};

use headway_domain::organisation::UnitKind;
use headway_store::{Engine, Error};
use headway_testkit::database::{Place, for_each_place};
use sqlx::{Connection, PgConnection, Row, SqliteConnection};

use crate::fixtures::{organisation, team, unit};

/// What a column, a key or an index is, in words that both engines share.
type Schema = BTreeSet<String>;

/// SQLite's names of types in PostgreSQL's families.
fn family(sql_type: &str) -> &'static str {
    match sql_type.to_lowercase().as_str() {
        "integer" | "bigint" | "boolean" => "integer",
        "blob" | "bytea" | "uuid" => "blob",
        "real" | "double precision" => "real",
        "text" => "text",
        other => panic!("{other} is no type of both engines"),
    }
}

async fn sqlite_schema(url: &str) -> Schema {
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    let mut schema = Schema::new();
    let tables: Vec<(String, i64)> = sqlx::query_as(
        "select name, strict from pragma_table_list where schema = 'main' and type = 'table'
         and name not like 'sqlite%' and name not like '#_%' escape '#'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    for (table, strict) in tables {
        assert_eq!(strict, 1, "{table} is not strict");
        let columns =
            sqlx::query("select name, type, \"notnull\", pk from pragma_table_info($1)").bind(&table);
        for row in columns.fetch_all(&mut connection).await.unwrap() {
            let (name, sql_type): (String, String) = (row.get(0), row.get(1));
            let null = if row.get::<i64, _>(2) == 0 { "null" } else { "not null" };
            schema.insert(format!("column {table}.{name} {} {null}", family(&sql_type)));
            if row.get::<i64, _>(3) > 0 {
                schema.insert(format!("key {table} {name} {}", row.get::<i64, _>(3)));
            }
        }
        let references =
            sqlx::query("select \"from\", \"table\", on_delete from pragma_foreign_key_list($1)")
                .bind(&table);
        for row in references.fetch_all(&mut connection).await.unwrap() {
            let (from, to, then): (String, String, String) = (row.get(0), row.get(1), row.get(2));
            schema.insert(format!("reference {table}.{from} to {to} {}", then.to_lowercase()));
        }
        let indexes: Vec<(String, i64, String)> =
            sqlx::query_as("select name, \"unique\", origin from pragma_index_list($1)")
                .bind(&table)
                .fetch_all(&mut connection)
                .await
                .unwrap();
        for (index, unique, origin) in indexes {
            if origin == "pk" {
                continue;
            }
            let columns: Vec<Option<String>> =
                sqlx::query_scalar("select name from pragma_index_info($1) order by seqno")
                    .bind(&index)
                    .fetch_all(&mut connection)
                    .await
                    .unwrap();
            let columns = columns.into_iter().map(|it| it.unwrap_or_else(|| "(expression)".to_owned()));
            let columns = columns.collect::<Vec<_>>().join(", ");
            let name = if origin == "u" { "unique" } else { &index };
            schema.insert(format!("index {table} {name} ({columns}) unique {}", unique != 0));
        }
    }
    schema
}

async fn postgres_schema(url: &str) -> Schema {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let mut schema = Schema::new();
    let columns = "select cast(table_name as text), cast(column_name as text), cast(data_type as text),
                          cast(is_nullable as text)
                   from information_schema.columns where table_schema = 'public' and table_name not like '\\_%'";
    for row in sqlx::query(columns).fetch_all(&mut connection).await.unwrap() {
        let (table, name, sql_type, null): (String, String, String, String) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        let null = if null == "YES" { "null" } else { "not null" };
        schema.insert(format!("column {table}.{name} {} {null}", family(&sql_type)));
    }
    let references = "select cast(c.conrelid::regclass as text), cast(a.attname as text),
                             cast(c.confrelid::regclass as text), cast(c.confdeltype as text)
                      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
                      where c.contype = 'f'";
    for row in sqlx::query(references).fetch_all(&mut connection).await.unwrap() {
        let (table, from, to, then): (String, String, String, String) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        let then = if then == "c" { "cascade" } else { "no action" };
        schema.insert(format!("reference {table}.{from} to {to} {then}"));
    }
    let indexes = "select cast(t.relname as text), cast(i.relname as text), x.indisunique, x.indisprimary,
                          exists (select from pg_constraint c where c.conindid = x.indexrelid),
                          array(select coalesce(cast(a.attname as text), '(expression)')
                                from unnest(x.indkey) with ordinality k (number, place)
                                left join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number and k.number > 0
                                order by place)
                   from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
                   join pg_namespace n on n.oid = t.relnamespace
                   where n.nspname = 'public' and t.relname not like '\\_%'";
    for row in sqlx::query(indexes).fetch_all(&mut connection).await.unwrap() {
        let (table, index): (String, String) = (row.get(0), row.get(1));
        let (unique, primary, constraint): (bool, bool, bool) = (row.get(2), row.get(3), row.get(4));
        let columns: Vec<String> = row.get(5);
        if primary {
            for (place, column) in columns.iter().enumerate() {
                schema.insert(format!("key {table} {column} {}", place + 1));
            }
            continue;
        }
        let name = if constraint { "unique" } else { index.as_str() };
        schema.insert(format!("index {table} {name} ({}) unique {unique}", columns.join(", ")));
    }
    schema
}

#[tokio::test]
async fn both_engines_have_the_same_tables() {
    let sqlite = Place::new(Engine::Sqlite).await;
    let postgres = Place::new(Engine::Postgres).await;
    sqlite.open().await.close().await;
    postgres.open().await.close().await;
    // The index of words is the engines' own.
    let is_shared = |line: &String| !line.contains("work_item_search");
    let a: Schema = sqlite_schema(sqlite.url()).await.into_iter().filter(is_shared).collect();
    let b: Schema = postgres_schema(postgres.url()).await.into_iter().filter(is_shared).collect();
    assert!(a.len() > 100, "only {a:?}");
    let only_sqlite: Vec<_> = a.difference(&b).collect();
    let only_postgres: Vec<_> = b.difference(&a).collect();
    assert!(
        only_sqlite.is_empty() && only_postgres.is_empty(),
        "{only_sqlite:#?} against {only_postgres:#?}"
    );
}

#[test]
fn both_engines_have_the_same_migrations() {
    let names = |engine: &str| -> BTreeSet<_> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

pub async fn execute(place: &Place, sql: &'static str) {
    match place.engine() {
        Engine::Sqlite => {
            let mut connection = SqliteConnection::connect(place.url()).await.unwrap();
            sqlx::query(sql).execute(&mut connection).await.map(drop)
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(place.url()).await.unwrap();
            sqlx::query(sql).execute(&mut connection).await.map(drop)
        }
    }
    .unwrap();
}

#[tokio::test]
async fn a_broken_row_says_where_it_is() {
    for_each_place(async |place| {
        let db = place.open().await;
        organisation(&db).await;
        execute(place, "update unit set kind = 'flock' where key = 'kestrel'").await;
        let mut reader = db.read().await.unwrap();
        let error = reader.unit(team(2)).await.unwrap_err();
        let kestrel = unit(2, Some(1), UnitKind::Team, "Kestrel").id.to_string();
        assert!(matches!(&error, Error::Corrupt { table: "unit", id, .. } if *id == kestrel), "{error:?}");
        drop(reader);
        db.close().await;
    })
    .await;
}

/// A page of a list must not sort what it is a page of.
#[tokio::test]
async fn lists_use_their_indexes() {
    let place = Place::new(Engine::Sqlite).await;
    let db = place.open().await;
    let mut connection = SqliteConnection::connect(place.url()).await.unwrap();
    for (condition, order, index) in [
        ("unit_id = x'01'", "created_at desc, id desc", "work_item_unit "),
        (
            "unit_id = x'01' and created_at <= 5 and (created_at < 5 or id < x'02')",
            "created_at desc, id desc",
            "work_item_unit ",
        ),
        ("coalesce(unit_id, id) in (x'01', x'02')", "created_at desc, id desc", "work_item_created"),
        ("true", "created_at desc, id desc", "work_item_created"),
        ("tracker_id = x'01' and (key in ('1', '2') or label in ('1', '2'))", "number", "work_item_label "),
    ] {
        let sql = format!(
            "explain query plan select title from work_item where {condition} order by {order} limit 9"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
        let plan = rows.iter().map(|row| row.get::<String, _>(3)).collect::<Vec<_>>().join("; ");
        let sorts = plan.contains("TEMP B-TREE") && order != "number";
        assert!(format!("{plan} ").contains(index) && !sorts, "{condition}: {plan}");
    }
    db.close().await;
}
