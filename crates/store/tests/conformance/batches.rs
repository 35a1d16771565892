//! Batches of an import: all or nothing, once, and only what changed.

use headway_domain::{
    id::{DeploymentId, IterationId, UnitId},
    organisation::UnitKind,
    time::Instant,
    work::{CodeChange, Deployment, DeploymentOutcome, GivenSums, ImportState, Iteration},
};
use headway_store::{Batch, Commit, Error, ImportRun};
use headway_testkit::database::{for_each_database, for_each_place};
use uuid::Uuid;

use crate::fixtures::{
    at, bare_item, batch, first_workflow, import_items, imported, item, items_of, organisation, run,
    set_state, team, tracker, unit, workflow,
};

pub fn iteration(n: u128, unit: UnitId, name: &str) -> Iteration {
    Iteration {
        id: IterationId(Uuid::from_u128(n)),
        unit,
        key: format!("it-{n}"),
        name: name.to_owned(),
        starts_at: (n != 1).then(|| at(0)),
        ends_at: Some(at(300)),
        completed_at: None,
        given: (n == 2).then(|| GivenSums {
            committed_items: 7.0,
            added_estimate: 0.5,
            ..GivenSums::default()
        }),
    }
}

pub fn deployment(n: u128, unit: UnitId, outcome: DeploymentOutcome) -> Deployment {
    Deployment {
        id: DeploymentId(Uuid::from_u128(n)),
        unit,
        key: format!("v{n}"),
        finished_at: at(i64::try_from(n).unwrap()),
        outcome,
        environment: "production".to_owned(),
        is_proxy: n == 1,
        changes: Vec::new(),
    }
}

pub fn commit(n: i64, unit: UnitId, deployment: Option<&str>) -> Commit {
    let change = CodeChange { authored_at: at(n), committed_at: Instant(at(n).0 + 1), is_repair: n == 2 };
    Commit { unit, key: format!("c{n}"), deployment: deployment.map(str::to_owned), change }
}

#[tokio::test]
async fn a_batch_brings_everything_and_counts_it() {
    for_each_database(async |db| {
        organisation(&db).await;
        let run = run(1, ImportState::Running);
        let new_team = unit(4, Some(1), UnitKind::Team, "Osprey");
        let mut tx = db.begin().await.unwrap();
        tx.insert_import(&run).await.unwrap();
        let step = Batch {
            units: vec![new_team.clone()],
            workflows: vec![first_workflow(4)],
            iterations: vec![iteration(1, team(2), "One"), iteration(2, team(2), "Two")],
            deployments: vec![
                deployment(1, team(2), DeploymentOutcome::Succeeded),
                deployment(2, team(2), DeploymentOutcome::CausedFailure),
            ],
            commits: vec![
                commit(1, team(2), Some("v1")),
                commit(2, team(2), Some("v1")),
                commit(3, team(2), None),
            ],
            ..batch(&run, 0, vec![imported(item(1, 2), 1), imported(item(2, 4), 1)])
        };
        let saved = tx.save_batch(&step).await.unwrap();
        tx.commit().await.unwrap();
        let counts = saved.import.counts;
        assert_eq!((counts.read, counts.added, counts.updated, counts.unchanged), (2, 2, 0, 0));
        assert_eq!((counts.iterations, counts.deployments, counts.commits), (2, 2, 3));
        assert_eq!((saved.import.position, saved.seq), (2, 1));
        assert_eq!(saved.units.into_iter().collect::<Vec<_>>(), [team(2), team(4)]);

        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.unit(new_team.id).await.unwrap(), Some(new_team.clone()));
        assert_eq!(reader.workflow(new_team.id).await.unwrap(), Some(workflow()));
        assert_eq!(
            reader.iterations(team(2)).await.unwrap(),
            [iteration(2, team(2), "Two"), iteration(1, team(2), "One")],
            "those without a date last"
        );
        let deployments = reader.deployments(team(2)).await.unwrap();
        assert_eq!(
            deployments[0].changes,
            [commit(1, team(2), None).change, commit(2, team(2), None).change]
        );
        assert_eq!(deployments[1], deployment(2, team(2), DeploymentOutcome::CausedFailure));
        let event = reader.events_after(0, 9).await.unwrap().remove(0);
        assert_eq!((event.kind.as_str(), event.units), ("items", vec![team(2), team(4)]));
    })
    .await;
}

#[tokio::test]
async fn a_second_import_of_the_same_changes_nothing() {
    for_each_database(async |db| {
        organisation(&db).await;
        let facts = |run: &ImportRun, id: u128| {
            // Ids of a second import are new; the keys are the same.
            let with_new_id = |n| {
                let mut item = item(n, 2);
                item.id.0 = Uuid::from_u128(id + n);
                imported(item, 1)
            };
            let mut iteration = iteration(1, team(2), "One");
            iteration.id.0 = Uuid::from_u128(id);
            let mut deployment = deployment(1, team(2), DeploymentOutcome::Failed);
            deployment.id.0 = Uuid::from_u128(id);
            Batch {
                iterations: vec![iteration],
                deployments: vec![deployment],
                commits: vec![commit(1, team(2), Some("v1"))],
                ..batch(run, 0, (1..=40).map(with_new_id).collect())
            }
        };
        let (first, second) = (run(1, ImportState::Running), run(2, ImportState::Running));
        let mut tx = db.begin().await.unwrap();
        tx.insert_import(&first).await.unwrap();
        tx.save_batch(&facts(&first, 7000)).await.unwrap();
        tx.commit().await.unwrap();
        let before = db.read().await.unwrap().fact_dump().await.unwrap();
        let Batch { iterations, deployments, commits, .. } = facts(&second, 8000);
        let mut reader = db.read().await.unwrap();
        let changed =
            reader.changed_deliveries(tracker(), &iterations, &deployments, &commits).await.unwrap();
        assert_eq!(changed, (0, 0, 0));
        let renamed = [iteration(1, team(2), "Uno"), iteration(2, team(2), "Two")];
        let changed = reader.changed_deliveries(tracker(), &renamed, &[], &commits).await.unwrap();
        assert_eq!(changed, (2, 0, 0));
        drop(reader);
        let mut tx = db.begin().await.unwrap();
        tx.insert_import(&second).await.unwrap();
        let saved = tx.save_batch(&facts(&second, 8000)).await.unwrap();
        tx.commit().await.unwrap();
        let counts = saved.import.counts;
        assert_eq!((counts.added, counts.updated, counts.unchanged), (0, 0, 40));
        assert_eq!((counts.iterations, counts.deployments, counts.commits), (0, 0, 0));
        assert_eq!(db.read().await.unwrap().fact_dump().await.unwrap(), before);
    })
    .await;
}

#[tokio::test]
async fn a_newer_export_updates_and_keeps_the_id() {
    for_each_database(async |db| {
        organisation(&db).await;
        import_items(&db, 1, (1..=3).map(|n| imported(item(n, 2), 1)).collect()).await;
        let mut newer = item(2, 3);
        newer.id.0 = Uuid::from_u128(4711);
        newer.changes.pop();
        let run = import_items(&db, 2, vec![imported(newer.clone(), 2), imported(item(3, 2), 1)]).await;
        let counts = db.read().await.unwrap().import(run.import.id).await.unwrap().unwrap().counts;
        assert_eq!((counts.added, counts.updated, counts.unchanged), (0, 1, 1));
        newer.id = item(2, 2).id;
        assert_eq!(items_of(&db, team(3)).await, [newer]);
        assert_eq!(items_of(&db, team(2)).await, [item(1, 2), item(3, 2)]);
    })
    .await;
}

#[tokio::test]
async fn of_two_items_with_one_key_the_later_counts() {
    for_each_database(async |db| {
        organisation(&db).await;
        let mut later = bare_item(1, 2);
        later.title = "later".to_owned();
        later.id.0 = Uuid::from_u128(4711);
        import_items(&db, 1, vec![imported(bare_item(1, 2), 1), imported(later.clone(), 2)]).await;
        assert_eq!(items_of(&db, team(2)).await, [later]);
        let extents = db.read().await.unwrap().unit_extents().await.unwrap();
        assert_eq!(extents[&team(2)], 1);
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_refused_when_the_import_moved_on() {
    for_each_database(async |db| {
        organisation(&db).await;
        let run = import_items(&db, 1, vec![imported(item(1, 2), 1)]).await;
        // Another runner has stored this step already.
        let mut tx = db.begin().await.unwrap();
        let again = tx.save_batch(&batch(&run, 0, vec![imported(item(2, 2), 1)])).await;
        assert!(matches!(again, Err(Error::Stale)));
        drop(tx);
        set_state(&db, &run, ImportState::Paused).await;
        let mut tx = db.begin().await.unwrap();
        let paused = tx.save_batch(&batch(&run, 1, vec![imported(item(2, 2), 1)])).await;
        assert!(matches!(paused, Err(Error::Stale)));
        drop(tx);
        assert_eq!(items_of(&db, team(2)).await, [item(1, 2)]);
    })
    .await;
}

/// Two imports of one tracker at once: every key is there once, and the numbers are right.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_imports_of_one_tracker_agree_on_the_keys() {
    for_each_database(async |db| {
        organisation(&db).await;
        let import = |n: u128| {
            let db = db.clone();
            tokio::spawn(async move {
                let items = (1..=200).map(|key| {
                    let mut item = bare_item(key, 2);
                    item.id.0 = Uuid::from_u128(n * 100_000 + key);
                    imported(item, u8::try_from(n).unwrap())
                });
                let items: Vec<_> = items.collect();
                let run = run(n, ImportState::Running);
                let mut tx = db.begin().await.unwrap();
                tx.insert_import(&run).await.unwrap();
                tx.commit().await.unwrap();
                for (step, items) in items.chunks(20).enumerate() {
                    let mut tx = db.begin().await.unwrap();
                    tx.save_batch(&batch(&run, step as u64 * 20, items.to_vec())).await.unwrap();
                    tx.commit().await.unwrap();
                }
            })
        };
        let (one, two) = (import(1), import(2));
        one.await.unwrap();
        two.await.unwrap();
        assert_eq!(items_of(&db, team(2)).await.len(), 200);
        assert_eq!(db.read().await.unwrap().unit_extents().await.unwrap()[&team(2)], 200);
    })
    .await;
}

/// Whoever asks about the imports of a tracker and then acts on the answer holds the tracker meanwhile.
#[tokio::test]
async fn a_locked_tracker_is_changed_by_one_at_a_time() {
    for_each_database(async |db| {
        organisation(&db).await;
        let mut tx = db.begin().await.unwrap();
        tx.lock_tracker(tracker()).await.unwrap();
        let other = async {
            let mut tx = db.begin().await.unwrap();
            tx.lock_tracker(tracker()).await.unwrap();
        };
        let waited = tokio::time::timeout(std::time::Duration::from_millis(200), other).await;
        assert!(waited.is_err(), "the second one got in while the first held the tracker");
        tx.commit().await.unwrap();
    })
    .await;
}

/// As after a kill in the middle: what was not committed is not there, and the import goes on from its position.
#[tokio::test]
async fn an_interrupted_batch_leaves_nothing_behind() {
    for_each_place(async |place| {
        let db = place.open().await;
        organisation(&db).await;
        let run = import_items(&db, 1, vec![imported(item(1, 2), 1)]).await;
        let before = db.read().await.unwrap().fact_dump().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let step = batch(&run, 1, (2..=400).map(|n| imported(item(n, 3), 1)).collect());
        tx.save_batch(&step).await.unwrap();
        drop(tx);
        db.close().await;

        let db = place.open().await;
        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.fact_dump().await.unwrap(), before);
        assert_eq!(reader.import(run.import.id).await.unwrap().unwrap().position, 1);
        assert_eq!(reader.count_undo(run.import.id).await.unwrap(), 1);
        assert_eq!(reader.last_event_seq().await.unwrap(), 1);
        drop(reader);
        let mut tx = db.begin().await.unwrap();
        tx.save_batch(&step).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(items_of(&db, team(3)).await.len(), 399);
        db.close().await;
    })
    .await;
}
