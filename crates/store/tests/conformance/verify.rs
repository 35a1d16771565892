//! What is broken is named, with its table and row.

use headway_store::{Db, Engine};
use headway_testkit::database::{Place, for_each_place};
use sqlx::{Connection, SqliteConnection};

use crate::{schema::execute, tables::fill};

async fn broken(db: &Db) -> Vec<String> {
    let broken = db.snapshot().await.unwrap().verify().await.unwrap();
    broken.into_iter().map(|it| format!("{} {}: {}", it.table, it.row, it.what)).collect()
}

#[tokio::test]
async fn a_sound_database_has_nothing_broken() {
    for_each_place(async |place| {
        let db = place.open().await;
        assert_eq!(broken(&db).await, [""; 0], "a new one");
        fill(&db).await;
        assert_eq!(broken(&db).await, [""; 0]);
        db.close().await;
    })
    .await;
}

#[tokio::test]
async fn each_kind_of_damage_is_named() {
    const ID: &str = "00000000-0000-0000-0000-0000000f4241";
    let cases: [(&'static str, String); 11] = [
        (
            "update unit_extent set items = 7 where items = 2",
            "unit_extent 00000000-0000-0000-0000-000000000003: it says 7 items where there are 2".to_owned(),
        ),
        (
            "delete from unit_extent",
            "unit_extent 00000000-0000-0000-0000-000000000002: it says 0 items where there are 1".to_owned(),
        ),
        (
            "update work_item set tracker_id = id where label = 'PAY-1'",
            format!("work_item {ID}: tracker_id leads to no tracker"),
        ),
        (
            "update work_item set unit_id = id where label = 'PAY-1'",
            format!("work_item {ID}: unit_id leads to no unit"),
        ),
        ("delete from event where seq = 2", "event 3: event 2 before it is missing".to_owned()),
        (
            "delete from event where seq = 3",
            "counter event: it says 3 where the newest event is 2".to_owned(),
        ),
        (
            "update work_item set history = '[' where label = 'PAY-1'",
            "work_item 1: column history should hold JSON and does not".to_owned(),
        ),
        (
            "update work_item set history = '[[1,\"x\",null,null]]' where label = 'PAY-1'",
            format!("work_item {ID}: change of an unknown field"),
        ),
        (
            "update unit set kind = 'flock' where key = 'kestrel'",
            "unit 00000000-0000-0000-0000-000000000002: unknown kind".to_owned(),
        ),
        ("update audit set action = 'unit.deleted' where seq = 2", "audit 2: entry 2 was changed".to_owned()),
        (
            "update workflow set body = '{}'",
            "workflow 00000000-0000-0000-0000-000000000002: missing field".to_owned(),
        ),
    ];
    for engine in [Engine::Sqlite, Engine::Postgres] {
        for (sql, expected) in &cases {
            let place = Place::new(engine).await;
            let db = place.open().await;
            fill(&db).await;
            execute(&place, sql).await;
            let found = broken(&db).await;
            let is_named = found.iter().any(|it| it.starts_with(expected.as_str()));
            assert!(is_named, "{} after {sql}: {found:#?}", engine.name());
            db.close().await;
        }
    }
}

/// Damage that only a file can have: PostgreSQL keeps its references itself.
#[tokio::test]
async fn a_damaged_file_is_named() {
    for (sql, expected) in [
        ("delete from tracker", "import_run rowid 1: it refers to a row of tracker that is not there"),
        (
            "delete from work_item_search where rowid = 2",
            "work_item number 2: it is not in the index of words",
        ),
        ("update unit set id = x'01' where key = 'heron'", "unit {\"id\":: column id"),
    ] {
        let place = Place::new(Engine::Sqlite).await;
        let db = place.open().await;
        fill(&db).await;
        let mut connection = SqliteConnection::connect(place.url()).await.unwrap();
        sqlx::query("pragma foreign_keys = off").execute(&mut connection).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let found = broken(&db).await;
        assert!(found.iter().any(|it| it.starts_with(expected)), "after {sql}: {found:#?}");
        db.close().await;
    }
}
