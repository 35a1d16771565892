//! Taking imports back.

use headway_domain::{
    organisation::UnitKind,
    work::{DeploymentOutcome, Import, ImportState, Workflow},
};
use headway_store::{Batch, Db, Engine, Error, TaughtWorkflow};
use headway_testkit::database::{Place, for_each_database, for_each_place};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::{
    batches::{commit, deployment, iteration},
    fixtures::{
        batch, event, first_workflow, import_items, imported, item, items_of, organisation, run, set_state,
        team, unit, workflow,
    },
};

async fn take_back(db: &Db, import: &Import) -> usize {
    let mut steps = 0;
    loop {
        // A transaction a batch: an interruption between two costs nothing.
        let mut tx = db.begin().await.unwrap();
        let restored = tx.roll_back_batch(import, &event("items")).await.unwrap();
        tx.commit().await.unwrap();
        if restored.seq.is_none() {
            return steps;
        }
        steps += 1;
    }
}

/// Every column of every table, but for what a run leaves of itself: imports, reports, events.
async fn every_column(place: &Place) -> Vec<String> {
    const TABLES: [(&str, &str); 9] = [
        ("unit", "*"),
        ("unit_extent", "*"),
        ("workflow", "*"),
        ("tracker", "id, name, created_at"),
        ("work_item", "*"),
        ("iteration", "*"),
        ("deployment", "*"),
        ("code_change", "*"),
        ("setting", "*"),
    ];
    let mut dump = Vec::new();
    for (table, columns) in TABLES {
        let rows: Vec<String> = match place.engine() {
            Engine::Sqlite => {
                let mut connection = SqliteConnection::connect(place.url()).await.unwrap();
                let columns: Vec<String> = if columns == "*" {
                    let names = sqlx::query_scalar("select name from pragma_table_info($1)").bind(table);
                    names.fetch_all(&mut connection).await.unwrap()
                } else {
                    columns.split(", ").map(str::to_owned).collect()
                };
                let columns: Vec<_> = columns.iter().map(|name| format!("quote({name})")).collect();
                let sql = format!("select {} from {table}", columns.join(" || ', ' || "));
                sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap()
            }
            Engine::Postgres => {
                let mut connection = PgConnection::connect(place.url()).await.unwrap();
                let sql = format!("select cast(t as text) from (select {columns} from {table}) t");
                sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap()
            }
        };
        dump.extend(rows.into_iter().map(|row| format!("{table} {row}")));
    }
    dump.sort();
    dump
}

#[expect(clippy::large_futures, reason = "one test, polled once")]
#[tokio::test]
async fn an_import_is_taken_back_exactly() {
    for_each_place(async |place| {
        let db = place.open().await;
        organisation(&db).await;
        let mut tx = db.begin().await.unwrap();
        let first = run(1, ImportState::Running);
        tx.insert_import(&first).await.unwrap();
        let facts = Batch {
            workflows: vec![first_workflow(2)],
            iterations: vec![iteration(1, team(2), "One")],
            deployments: vec![deployment(1, team(2), DeploymentOutcome::Succeeded)],
            commits: vec![commit(1, team(2), Some("v1"))],
            ..batch(&first, 0, (1..=600).map(|n| imported(item(n, 2), 1)).collect())
        };
        tx.save_batch(&facts).await.unwrap();
        tx.commit().await.unwrap();
        let before = db.read().await.unwrap().fact_dump().await.unwrap();
        let every_column_before = every_column(place).await;

        // A second import creates a team, teaches another, moves and changes items, and touches one of them twice.
        let second = run(2, ImportState::Running);
        let osprey = unit(4, Some(1), UnitKind::Team, "Osprey");
        let mut learned = workflow();
        learned.states.insert("Review".to_owned(), 1);
        let mut tx = db.begin().await.unwrap();
        tx.insert_import(&second).await.unwrap();
        let step = Batch {
            units: vec![osprey.clone()],
            workflows: vec![
                first_workflow(4),
                first_workflow(3),
                TaughtWorkflow { was: Some(workflow()), now: learned.clone(), ..first_workflow(2) },
            ],
            iterations: vec![iteration(1, team(4), "Uno"), iteration(2, team(4), "Due")],
            deployments: vec![
                deployment(1, team(4), DeploymentOutcome::Failed),
                deployment(2, team(4), DeploymentOutcome::Failed),
            ],
            commits: vec![commit(1, team(4), None), commit(2, team(4), Some("v2"))],
            ..batch(&second, 0, (400..=700).map(|n| imported(item(n, 4), 2)).collect())
        };
        tx.save_batch(&step).await.unwrap();
        tx.save_batch(&batch(&second, 301, vec![imported(item(500, 3), 3), imported(item(700, 3), 3)]))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_ne!(db.read().await.unwrap().fact_dump().await.unwrap(), before);
        assert_eq!(db.read().await.unwrap().workflow(team(2)).await.unwrap(), Some(learned));
        assert_eq!(db.read().await.unwrap().count_undo(second.import.id).await.unwrap(), 2);

        let import = set_state(&db, &second, ImportState::RollingBack).await;
        let seq = db.read().await.unwrap().last_event_seq().await.unwrap();
        assert_eq!(take_back(&db, &import).await, 2);
        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.fact_dump().await.unwrap(), before);
        assert_eq!(every_column(place).await, every_column_before);
        assert_eq!(reader.unit(osprey.id).await.unwrap(), None);
        assert_eq!(reader.search("PAY-600", None, 9).await.unwrap().items.len(), 1);
        assert_eq!(reader.search("PAY-700", None, 9).await.unwrap().items.len(), 0);
        let events = reader.events_after(seq, 10).await.unwrap();
        assert_eq!(events[0].units, [team(3), team(4)]);
        assert_eq!(events[1].units, [team(2), team(3), team(4)]);
        drop(reader);
        db.close().await;
    })
    .await;
}

#[expect(clippy::large_futures, reason = "one test, polled once")]
#[tokio::test]
async fn what_somebody_changed_in_a_workflow_survives_an_import_and_its_roll_back() {
    for_each_database(async |db| {
        organisation(&db).await;
        let run = run(1, ImportState::Running);
        let mut learned = workflow();
        learned.states.insert("Review".to_owned(), 1);
        let taught = TaughtWorkflow { was: Some(workflow()), now: learned.clone(), ..first_workflow(2) };
        let mut own = workflow();
        own.wip_limit = Some(4);
        let mut tx = db.begin().await.unwrap();
        tx.insert_import(&run).await.unwrap();
        tx.insert_workflow(team(2), &own).await.unwrap();
        tx.commit().await.unwrap();

        // The import has read it before somebody changed it.
        let step = |workflows| Batch { workflows, ..batch(&run, 0, Vec::new()) };
        for stale in [taught, first_workflow(2)] {
            let mut tx = db.begin().await.unwrap();
            let refused = tx.save_batch(&step(vec![stale])).await;
            assert!(matches!(refused, Err(Error::Stale)), "{refused:?}");
        }
        let mut grown = own.clone();
        grown.states.insert("Review".to_owned(), 1);
        let taught = TaughtWorkflow { was: Some(own.clone()), now: grown.clone(), ..first_workflow(2) };
        let mut tx = db.begin().await.unwrap();
        tx.save_batch(&step(vec![taught, first_workflow(3)])).await.unwrap();
        // And changes it again, and the first one of another team, before it is taken back.
        let edited = |workflow: &Workflow| Workflow { stalled_after_days: 9, ..workflow.clone() };
        tx.update_workflow(team(2), &grown, &edited(&grown)).await.unwrap();
        tx.update_workflow(team(3), &workflow(), &edited(&workflow())).await.unwrap();
        tx.commit().await.unwrap();
        let import = set_state(&db, &run, ImportState::RollingBack).await;
        take_back(&db, &import).await;
        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.workflow(team(2)).await.unwrap(), Some(edited(&own)));
        assert_eq!(reader.workflow(team(3)).await.unwrap(), Some(edited(&workflow())));
    })
    .await;
}

#[tokio::test]
async fn only_an_import_that_is_rolling_back_is_taken_back() {
    for_each_database(async |db| {
        organisation(&db).await;
        let run = import_items(&db, 1, vec![imported(item(1, 2), 1)]).await;
        let mut tx = db.begin().await.unwrap();
        let refused = tx.roll_back_batch(&run.import, &event("items")).await;
        assert!(matches!(refused, Err(Error::Stale)));
    })
    .await;
}

#[tokio::test]
async fn an_approved_import_forgets_what_it_replaced() {
    for_each_database(async |db| {
        organisation(&db).await;
        let run = import_items(&db, 1, vec![imported(item(1, 2), 1)]).await;
        let mut tx = db.begin().await.unwrap();
        tx.delete_undo(run.import.id).await.unwrap();
        assert_eq!(tx.count_undo(run.import.id).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(items_of(&db, team(2)).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_team_that_others_use_by_now_is_not_taken_away() {
    for_each_database(async |db| {
        organisation(&db).await;
        let first = run(1, ImportState::Running);
        let osprey = unit(4, Some(1), UnitKind::Team, "Osprey");
        let mut tx = db.begin().await.unwrap();
        tx.insert_import(&first).await.unwrap();
        let step = Batch { units: vec![osprey], ..batch(&first, 0, vec![imported(item(1, 4), 1)]) };
        tx.save_batch(&step).await.unwrap();
        tx.commit().await.unwrap();
        import_items(&db, 2, vec![imported(item(2, 4), 1)]).await;
        let import = set_state(&db, &first, ImportState::RollingBack).await;
        let mut tx = db.begin().await.unwrap();
        let refused = tx.roll_back_batch(&import, &event("items")).await;
        assert!(matches!(refused, Err(Error::Referenced)));
        drop(tx);
        assert_eq!(items_of(&db, team(4)).await.len(), 2);
    })
    .await;
}
