//! Units, settings, and the connection itself.

use headway_domain::{
    organisation::UnitKind,
    work::{DeploymentOutcome, ImportState},
};
use headway_store::{Batch, Error};
use headway_testkit::database::{for_each_database, for_each_place};

use crate::{
    batches::{commit, deployment, iteration},
    fixtures::{at, bare_item, batch, import_items, imported, organisation, run, team, tracker, unit},
};

#[tokio::test]
async fn units_are_kept_as_they_are() {
    for_each_database(async |db| {
        organisation(&db).await;
        let mut reader = db.read().await.unwrap();
        let names: Vec<_> = reader.units().await.unwrap().into_iter().map(|unit| unit.name).collect();
        assert_eq!(names, ["All Birds", "Heron", "Kestrel"]);
        let kestrel = unit(2, Some(1), UnitKind::Team, "Kestrel");
        assert_eq!(reader.unit(kestrel.id).await.unwrap(), Some(kestrel.clone()));
        assert_eq!(reader.unit_by_key("kestrel").await.unwrap(), Some(kestrel));
        assert_eq!(reader.unit(team(77)).await.unwrap(), None);
        assert_eq!(reader.unit_by_key("KESTREL").await.unwrap(), None);
        reader.ping().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_key_is_given_once() {
    for_each_database(async |db| {
        organisation(&db).await;
        let mut tx = db.begin().await.unwrap();
        let second = unit(4, None, UnitKind::Team, "Kestrel");
        assert!(matches!(tx.insert_unit(&second).await, Err(Error::Duplicate(_))));
    })
    .await;
}

#[tokio::test]
async fn of_two_changes_of_one_unit_the_second_is_stale() {
    for_each_database(async |db| {
        organisation(&db).await;
        let was = unit(2, Some(1), UnitKind::Team, "Kestrel");
        let mut tx = db.begin().await.unwrap();
        tx.update_unit(&was, &unit(2, None, UnitKind::Team, "Merlin")).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let late = tx.update_unit(&was, &unit(2, Some(1), UnitKind::Team, "Hobby")).await;
        assert!(matches!(late, Err(Error::Stale)));
        // The first change moved it to the top: no parent compares equal to no parent.
        let now = unit(2, None, UnitKind::Team, "Merlin");
        tx.update_unit(&now, &was).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_unit_goes_only_when_nothing_needs_it() {
    for_each_database(async |db| {
        organisation(&db).await;
        import_items(&db, 1, vec![imported(bare_item(1, 2), 1)]).await;
        for needed in [1, 2] {
            let mut tx = db.begin().await.unwrap();
            assert!(matches!(tx.delete_unit(team(needed)).await, Err(Error::Referenced)));
        }
        let mut tx = db.begin().await.unwrap();
        tx.delete_unit(team(3)).await.unwrap();
        assert!(matches!(tx.delete_unit(team(3)).await, Err(Error::Stale)));
    })
    .await;
}

#[tokio::test]
async fn the_numbers_of_items_are_kept() {
    for_each_database(async |db| {
        organisation(&db).await;
        import_items(&db, 1, (1..=5).map(|n| imported(bare_item(n, 2), 1)).collect()).await;
        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.unit_extents().await.unwrap().into_iter().collect::<Vec<_>>(), [(team(2), 5)]);
        drop(reader);
        // One of them moves to the other team.
        import_items(&db, 2, vec![imported(bare_item(5, 3), 1)]).await;
        let extents = db.read().await.unwrap().unit_extents().await.unwrap();
        assert_eq!(extents.into_iter().collect::<Vec<_>>(), [(team(2), 4), (team(3), 1)]);
    })
    .await;
}

#[expect(clippy::large_futures, reason = "one test, polled once")]
#[tokio::test]
async fn a_unit_holds_work_of_any_kind() {
    for_each_database(async |db| {
        organisation(&db).await;
        let run = run(1, ImportState::Running);
        let mut tx = db.begin().await.unwrap();
        tx.insert_import(&run).await.unwrap();
        tx.commit().await.unwrap();
        let nothing = || batch(&run, 0, Vec::new());
        let outcome = DeploymentOutcome::Succeeded;
        for step in [
            batch(&run, 0, vec![imported(bare_item(1, 2), 1)]),
            Batch { iterations: vec![iteration(1, team(2), "One")], ..nothing() },
            Batch { deployments: vec![deployment(1, team(2), outcome)], ..nothing() },
            Batch { commits: vec![commit(1, team(2), None)], ..nothing() },
        ] {
            // Not committed: each kind by itself.
            let mut tx = db.begin().await.unwrap();
            assert!(!tx.holds_work(team(2)).await.unwrap());
            tx.save_batch(&step).await.unwrap();
            assert!(tx.holds_work(team(2)).await.unwrap());
            assert!(!tx.holds_work(team(3)).await.unwrap());
        }
    })
    .await;
}

#[tokio::test]
async fn units_are_moved_by_one_at_a_time() {
    for_each_database(async |db| {
        let mut tx = db.begin().await.unwrap();
        tx.lock_units().await.unwrap();
        let other = async {
            let mut tx = db.begin().await.unwrap();
            tx.lock_units().await.unwrap();
        };
        let waited = tokio::time::timeout(std::time::Duration::from_millis(200), other).await;
        assert!(waited.is_err(), "the second one got in while the first was at it");
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn settings_and_trackers_are_kept() {
    for_each_database(async |db| {
        organisation(&db).await;
        let mut tx = db.begin().await.unwrap();
        tx.upsert_setting("names", "off").await.unwrap();
        tx.upsert_setting("names", "on").await.unwrap();
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        assert_eq!(reader.setting("names").await.unwrap().as_deref(), Some("on"));
        assert_eq!(reader.setting("other").await.unwrap(), None);
        let jira = reader.tracker(tracker()).await.unwrap().unwrap();
        assert_eq!((jira.name.as_str(), jira.created_at), ("Jira", at(0)));
        assert_eq!(reader.tracker_by_name("Jira").await.unwrap(), Some(jira));
        assert_eq!(reader.tracker_by_name("jira").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_committed_never_was() {
    for_each_database(async |db| {
        organisation(&db).await;
        let mut tx = db.begin().await.unwrap();
        tx.delete_unit(team(3)).await.unwrap();
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        tx.delete_unit(team(2)).await.unwrap();
        tx.roll_back().await.unwrap();
        assert_eq!(db.read().await.unwrap().units().await.unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_database_is_opened_again_with_what_it_holds() {
    for_each_place(async |place| {
        let db = place.open().await;
        assert_eq!(db.engine(), place.engine());
        organisation(&db).await;
        db.close().await;
        let db = place.open().await;
        assert_eq!(db.read().await.unwrap().units().await.unwrap().len(), 3);
        db.close().await;
        assert!(matches!(db.read().await.err(), Some(Error::Unavailable(_))));
    })
    .await;
}
