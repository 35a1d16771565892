//! Taking imports back.

use headway_domain::{
    organisation::UnitKind,
    work::{DeploymentOutcome, Import, ImportState},
};
use headway_store::{Batch, Db, Error};
use headway_testkit::database::for_each_database;

use crate::{
    batches::{commit, deployment, iteration},
    fixtures::{
        batch, event, import_items, imported, item, items_of, organisation, run, set_state, team, unit,
        workflow,
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

#[expect(clippy::large_futures, reason = "one test, polled once")]
#[tokio::test]
async fn an_import_is_taken_back_exactly() {
    for_each_database(async |db| {
        organisation(&db).await;
        let mut tx = db.begin().await.unwrap();
        let first = run(1, ImportState::Running);
        tx.insert_import(&first).await.unwrap();
        let facts = Batch {
            iterations: vec![iteration(1, team(2), "One")],
            deployments: vec![deployment(1, team(2), DeploymentOutcome::Succeeded)],
            commits: vec![commit(1, team(2), Some("v1"))],
            ..batch(&first, 0, (1..=600).map(|n| imported(item(n, 2), 1)).collect())
        };
        tx.save_batch(&facts).await.unwrap();
        tx.commit().await.unwrap();
        let before = db.read().await.unwrap().fact_dump().await.unwrap();

        // A second import creates a team, moves and changes items, and touches one of them twice.
        let second = run(2, ImportState::Running);
        let osprey = unit(4, Some(1), UnitKind::Team, "Osprey");
        let mut tx = db.begin().await.unwrap();
        tx.insert_import(&second).await.unwrap();
        let step = Batch {
            units: vec![osprey.clone()],
            workflows: vec![(osprey.id, workflow()), (team(2), workflow())],
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
        assert_eq!(db.read().await.unwrap().count_undo(second.import.id).await.unwrap(), 2);

        let import = set_state(&db, &second, ImportState::RollingBack).await;
        let seq = db.read().await.unwrap().last_event_seq().await.unwrap();
        assert_eq!(take_back(&db, &import).await, 2);
        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.fact_dump().await.unwrap(), before);
        assert_eq!(reader.unit(osprey.id).await.unwrap(), None);
        let events = reader.events_after(seq, 10).await.unwrap();
        assert_eq!(events[0].units, [team(3), team(4)]);
        assert_eq!(events[1].units, [team(2), team(4)]);
        // Caches that follow the events see what came back.
        assert_eq!(reader.work_item(item(500, 2).id).await.unwrap().unwrap().changed_seq, events[1].seq);
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
