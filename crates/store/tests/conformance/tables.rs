//! Tables and rows as backups and exports see them: the same on both engines, out and in again.

use std::{collections::BTreeSet, fs, path::Path};

use futures::TryStreamExt;
use headway_store::{Broken, ColumnKind, Db, Engine, Error, NewAudit, Table, newest_schema};
use headway_testkit::database::{Place, for_each_database, for_each_place};

use crate::{
    batches::{commit, deployment, iteration},
    fixtures::{
        at, bare_item, batch, event, first_workflow, import_items, imported, item, organisation, run, team,
    },
    schema::execute,
};
use headway_domain::{
    governance::audit::Doer,
    organisation::UnitKind,
    work::{DeploymentOutcome, ImportState},
};

/// Rows in every table that an import fills.
pub async fn fill(db: &Db) {
    organisation(db).await;
    import_items(db, 1, vec![imported(item(1, 2), 1), imported(bare_item(2, 2), 2), imported(item(3, 3), 3)])
        .await;
    let mut tx = db.begin().await.unwrap();
    let later = run(2, ImportState::Running);
    tx.insert_import(&later).await.unwrap();
    let mut more = batch(&later, 0, vec![imported(item(1, 3), 9)]);
    more.workflows = vec![first_workflow(2)];
    more.iterations = vec![iteration(1, team(2), "s1")];
    more.deployments = vec![deployment(1, team(2), DeploymentOutcome::Succeeded)];
    more.commits = vec![commit(1, team(2), Some("d1"))];
    tx.save_batch(&more).await.unwrap();
    tx.upsert_setting("name", "All \"Birds\"\n\t\u{1f426}").await.unwrap();
    for subject in ["1", "2", "3"] {
        let act = NewAudit {
            at: at(1),
            doer: Doer::Operator,
            action: "unit.created".to_owned(),
            subject_kind: "unit".to_owned(),
            subject: subject.to_owned(),
            unit: Some(team(2)),
            detail: serde_json::json!({ "n": 1 }),
        };
        tx.insert_audit(&act).await.unwrap();
    }
    tx.insert_event(&event("import")).await.unwrap();
    tx.commit().await.unwrap();
}

/// Every line of every table, each behind the name of its table.
pub async fn every_line(db: &Db) -> Vec<String> {
    let mut reader = db.snapshot().await.unwrap();
    let mut all = Vec::new();
    for table in reader.tables().await.unwrap() {
        let lines: Vec<_> = reader.lines(&table).try_collect().await.unwrap();
        assert_eq!(reader.count_rows(&table).await.unwrap(), lines.len() as u64, "{}", table.name);
        all.extend(lines.into_iter().map(|line| format!("{} {}", table.name, line.json)));
    }
    all
}

/// Loads lines into a database that holds nothing yet.
pub async fn load(place: &Place, lines: &[String]) -> Result<(), Error> {
    let db = Db::open_to_load(place.url(), newest_schema()).await?;
    let mut tx = db.begin().await?;
    let tables = tx.tables().await?;
    let resting = tx.begin_load(&tables).await?;
    for table in &tables {
        let start = format!("{} ", table.name);
        let lines: Vec<String> =
            lines.iter().filter_map(|line| line.strip_prefix(&start)).map(str::to_owned).collect();
        tx.load_lines(table, 1, &lines).await?;
    }
    tx.end_load(&tables, resting).await?;
    tx.commit().await?;
    db.migrate().await?;
    db.close().await;
    Ok(())
}

#[tokio::test]
async fn both_engines_describe_their_tables_alike() {
    let expected = Table::all_of(newest_schema()).await.unwrap();
    for_each_database(async |db| {
        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.schema_version().await.unwrap(), newest_schema());
        assert!(reader.database_bytes().await.unwrap() > 4_096);
        let tables = reader.tables().await.unwrap();
        for (table, expected) in tables.iter().zip(&expected) {
            assert_eq!(table, expected, "see KINDS in platform/table.rs");
            assert!(!table.key.is_empty(), "{} has no key to sort its rows by", table.name);
        }
        assert_eq!(tables.len(), expected.len());
        assert!(
            tables.iter().all(|table| !table.name.starts_with('_') && table.name != "work_item_search_data")
        );
    })
    .await;
}

#[tokio::test]
async fn columns_that_a_migration_calls_json_are_json() {
    let mut said: BTreeSet<(String, String)> = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let mut comment = String::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("-- ") {
                comment.push_str(rest);
                comment.push(' ');
            } else if let Some(rest) = line.strip_prefix("create table ") {
                let table = rest.split(' ').next().unwrap();
                // The sentence up to `JSON`: `a`, `b`: JSON.
                for sentence in comment.split(". ").filter_map(|it| it.split_once(": JSON").map(|it| it.0)) {
                    let columns = sentence.split('`').skip(1).step_by(2);
                    said.extend(columns.map(|column| (table.to_owned(), column.to_owned())));
                }
                comment.clear();
            } else {
                comment.clear();
            }
        }
    }
    assert!(said.len() > 15, "only {said:?}");
    let tables = Table::all_of(newest_schema()).await.unwrap();
    let is_json = |table: &Table, name: &str| {
        table.columns.iter().any(|column| column.name == name && column.kind == ColumnKind::Json)
    };
    for (table, column) in said {
        // Tables that are in no file are not listed.
        let Some(table) = tables.iter().find(|it| it.name == table) else { continue };
        assert!(is_json(table, &column), "{}.{column} is missing from JSON in platform/table.rs", table.name);
    }
}

#[tokio::test]
async fn rows_come_out_alike_and_go_into_the_other_engine() {
    let mut dumps = Vec::new();
    for (from, to) in [(Engine::Sqlite, Engine::Postgres), (Engine::Postgres, Engine::Sqlite)] {
        let place = Place::new(from).await;
        let db = place.open().await;
        fill(&db).await;
        for sql in [
            "update work_item set estimate = 1e300, created_at = -9223372036854775808 where label = 'PAY-2'",
            "update work_item set links = '[ 1 ]', labels = ' []', iterations = 'null' where label = 'PAY-3'",
            "update event set payload = 'nonsense \"1\"' where seq = 1",
            "update event set payload = '{\"a\":\n1}' where seq = 2",
            "update event set payload = '{\"$text\":\"no\"}' where seq = 3",
        ] {
            execute(&place, sql).await;
        }
        let lines = every_line(&db).await;
        db.close().await;
        let target = Place::new(to).await;
        load(&target, &lines).await.unwrap();
        let db = target.open().await;
        let again = every_line(&db).await;
        assert_eq!(again, lines, "from {} to {}", from.name(), to.name());
        // What was loaded can be worked with: numbers go on behind those that are there.
        import_items(&db, 7, vec![imported(item(70, 2), 1)]).await;
        db.close().await;
        dumps.push(lines);
    }
    assert_eq!(dumps[0], dumps[1], "both engines write the same bytes");
    let line = |start: &str| dumps[0].iter().find(|line| line.starts_with(start)).unwrap();
    assert_eq!(
        line("unit {"),
        "unit {\"id\":\"00000000-0000-0000-0000-000000000001\",\"parent_id\":null,\"kind\":\"portfolio\",\
         \"key\":\"all-birds\",\"name\":\"All Birds\"}"
    );
    assert!(line("deployment {").contains(",\"finished_at\":\"20"), "{}", line("deployment {"));
    assert!(line("deployment {").contains("\"is_proxy\":true"), "{}", line("deployment {"));
    assert!(line("event {\"seq\":1").contains("{\"$text\":\"nonsense \\\"1\\\"\"}"));
}

#[tokio::test]
async fn a_line_that_does_not_fit_is_named() {
    for_each_place(async |place| {
        for (line, expected) in [
            ("setting {", "EOF"),
            ("setting {\"key\":\"a\",\"value\":\"b\",\"colour\":1}", "no column colour"),
            ("setting {\"key\":\"a\",\"value\":null}", "column value must have a value"),
            ("setting {\"key\":\"a\",\"value\":1}", "column value"),
            ("tracker {\"id\":\"x\",\"name\":\"a\",\"created_at\":1,\"revision\":1}", "column id"),
            (
                "tracker {\"id\":\"00000000-0000-0000-0000-000000000001\",\"name\":\"a\",\"created_at\":\"soon\",\
                 \"revision\":1}",
                "column created_at",
            ),
        ] {
            let place = Place::new(place.engine()).await;
            let error = load(&place, &[line.to_owned()]).await.unwrap_err();
            let Error::Row { row, reason, .. } = &error else { panic!("{error:?}") };
            assert!(row == "in line 1" && reason.contains(expected), "{line}: {row} {reason}");
        }
        let orphan = "workflow {\"unit_id\":\"00000000-0000-0000-0000-000000000001\",\"body\":{}}";
        let place = Place::new(place.engine()).await;
        let error = load(&place, &[orphan.to_owned()]).await.unwrap_err();
        assert!(matches!(error, Error::Referenced), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_stays_as_it_was() {
    for_each_place(async |place| {
        let db = place.open().await;
        fill(&db).await;
        let other = Db::open_as_it_is(place.url()).await.unwrap();
        let mut reader = other.snapshot().await.unwrap();
        let before = reader.last_event_seq().await.unwrap();
        import_items(&db, 5, vec![imported(item(50, 2), 1)]).await;
        assert_eq!(reader.last_event_seq().await.unwrap(), before);
        assert_eq!(reader.unit_extents().await.unwrap()[&team(2)], 1);
        drop(reader);
        assert_eq!(other.snapshot().await.unwrap().last_event_seq().await.unwrap(), before + 1);
        other.close().await;
        db.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_blank_database_is_told_from_one_in_use() {
    for_each_place(async |place| {
        let db = place.open().await;
        assert!(db.read().await.unwrap().is_blank().await.unwrap());
        let mut tx = db.begin().await.unwrap();
        tx.insert_unit(&crate::fixtures::unit(1, None, UnitKind::Portfolio, "All Birds")).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!db.read().await.unwrap().is_blank().await.unwrap());
        db.close().await;
    })
    .await;
    let nowhere = Db::open_as_it_is("sqlite:/nonexistent/headway.sqlite").await;
    assert!(nowhere.is_err(), "nothing is created by looking");
}

#[tokio::test]
async fn a_missing_column_is_named() {
    for_each_place(async |place| {
        let db = place.open().await;
        execute(place, "alter table import_report drop column line").await;
        let broken = db.snapshot().await.unwrap().verify().await.unwrap();
        let what = "the column is missing".to_owned();
        assert_eq!(broken, [Broken { table: "import_report".to_owned(), row: "line".to_owned(), what }]);
        db.close().await;
    })
    .await;
}

/// PostgreSQL has no file to settle.
#[tokio::test]
async fn a_file_is_settled_when_nobody_has_it_open() {
    let place = Place::new(Engine::Sqlite).await;
    let db = place.open().await;
    fill(&db).await;
    let path = place.url().strip_prefix("sqlite:").unwrap();
    let log = format!("{path}-wal");
    assert!(Path::new(&log).exists());
    let refused = Db::settle_file(place.url()).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    let lines = every_line(&db).await;
    db.close().await;
    Db::settle_file(place.url()).await.unwrap();
    assert!(!Path::new(&log).exists());
    let db = Db::open_as_it_is(place.url()).await.unwrap();
    assert_eq!(every_line(&db).await, lines);
    db.close().await;
}
