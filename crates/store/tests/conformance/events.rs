//! The outbox.

use std::{collections::BTreeSet, time::Duration};

use headway_store::{Db, Engine, Event};
use headway_testkit::database::{Place, for_each_database, for_each_place};

use crate::fixtures::{at, event, organisation, team};

#[tokio::test]
async fn events_are_read_in_order_from_anywhere() {
    for_each_database(async |db| {
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.last_event_seq().await.unwrap(), 0);
        for kind in ["a", "b", "c"] {
            let mut event = event(kind);
            event.units = vec![team(2), team(3)];
            tx.insert_event(&event).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        let events = reader.events_after(1, 10).await.unwrap();
        assert_eq!(
            events.iter().map(|it| (it.seq, it.kind.as_str())).collect::<Vec<_>>(),
            [(2, "b"), (3, "c")]
        );
        let Event { units, payload, at: happened, .. } = &events[0];
        assert_eq!(units, &[team(2), team(3)]);
        assert_eq!((payload, *happened), (&event("b").payload, at(1)));
        assert_eq!(reader.events_after(0, 2).await.unwrap().len(), 2);
        assert_eq!(reader.last_event_seq().await.unwrap(), 3);
    })
    .await;
}

#[tokio::test]
async fn old_events_go_and_numbers_are_not_used_again() {
    for_each_database(async |db| {
        let mut tx = db.begin().await.unwrap();
        tx.insert_event(&event("a")).await.unwrap();
        assert_eq!(tx.delete_events_before(at(1)).await.unwrap(), 0);
        assert_eq!(tx.delete_events_before(at(2)).await.unwrap(), 1);
        assert_eq!(tx.insert_event(&event("b")).await.unwrap(), 2);
    })
    .await;
}

/// A listener that has seen number 2 must never meet number 1 later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_become_visible_in_their_order() {
    for_each_database(async |db| {
        let writers: Vec<_> = (0..4)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    for _ in 0..10 {
                        let mut tx = db.begin().await.unwrap();
                        tx.insert_event(&event("x")).await.unwrap();
                        tokio::time::sleep(Duration::from_millis(1)).await;
                        tx.commit().await.unwrap();
                    }
                })
            })
            .collect();
        let mut seen = 0;
        let mut all = BTreeSet::new();
        while all.len() < 40 {
            for event in db.read().await.unwrap().events_after(seen, 7).await.unwrap() {
                assert_eq!(event.seq, seen + 1, "an event was skipped");
                seen = event.seq;
                all.insert(event.seq);
            }
        }
        for writer in writers {
            writer.await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_commit_with_an_event_wakes_listeners_and_one_without_does_not() {
    for_each_database(async |db| {
        let mut watch = db.watch();
        let mut tx = db.begin().await.unwrap();
        tx.insert_event(&event("a")).await.unwrap();
        assert!(!watch.has_changed().unwrap());
        tx.commit().await.unwrap();
        tokio::time::timeout(Duration::from_secs(5), watch.changed()).await.unwrap().unwrap();
        // PostgreSQL's own notification of the same commit may still come.
        tokio::time::sleep(Duration::from_millis(200)).await;
        watch.mark_unchanged();
        organisation(&db).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(!watch.has_changed().unwrap());
    })
    .await;
}

#[tokio::test]
async fn other_nodes_are_woken_too() {
    for_each_place(async |place| {
        if place.engine() == Engine::Sqlite {
            return; // One node by definition.
        }
        let (here, there) = (place.open().await, place.open().await);
        let mut watch = there.watch();
        let mut tx = here.begin().await.unwrap();
        tx.insert_event(&event("a")).await.unwrap();
        tx.commit().await.unwrap();
        tokio::time::timeout(Duration::from_secs(5), watch.changed()).await.unwrap().unwrap();
        here.close().await;
        there.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_copy_that_is_behind_is_not_read() {
    // A database without events stands for a copy that has not received them yet.
    let behind = Place::new(Engine::Postgres).await;
    behind.open().await.close().await;
    for_each_place(async |place| {
        let db = place.open().await;
        let units = async |db: &Db| db.read_by_events().await.unwrap().units().await.unwrap().len();
        let db = if place.engine() == Engine::Postgres { db.with_replica(behind.url()).unwrap() } else { db };
        organisation(&db).await;
        // No event says so yet: the copy may answer.
        assert_eq!(units(&db).await, if place.engine() == Engine::Postgres { 0 } else { 3 });
        let mut tx = db.begin().await.unwrap();
        tx.insert_event(&event("units")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(units(&db).await, 3);
        db.close().await;

        let other = place.open().await;
        let other =
            if place.engine() == Engine::Postgres { other.with_replica(place.url()).unwrap() } else { other };
        other.saw_event(1);
        assert_eq!(units(&other).await, 3);
        other.close().await;
    })
    .await;
}
