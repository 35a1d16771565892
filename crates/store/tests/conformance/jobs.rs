//! The job queue.

use std::collections::BTreeSet;

use headway_domain::id::JobId;
use headway_store::{Error, JobState, NewJob};
use headway_testkit::database::for_each_database;
use serde_json::json;
use uuid::Uuid;

use crate::fixtures::at;

fn job(n: u128, run_at: i64) -> NewJob {
    NewJob {
        id: JobId(Uuid::from_u128(n)),
        kind: "import".to_owned(),
        payload: json!({ "import": n }),
        run_at: at(run_at),
        created_at: at(0),
    }
}

#[tokio::test]
async fn a_job_is_claimed_kept_and_finished() {
    for_each_database(async |db| {
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.next_job_at().await.unwrap(), None);
        tx.insert_job(&job(1, 5)).await.unwrap();
        tx.insert_job(&job(2, 4)).await.unwrap();
        assert_eq!(tx.next_job_at().await.unwrap(), Some(at(4)));
        assert_eq!(tx.claim_job("a", at(3), at(9)).await.unwrap(), None, "nothing is due yet");
        let claimed = tx.claim_job("a", at(6), at(9)).await.unwrap().unwrap();
        assert_eq!(claimed.id, job(2, 4).id, "the one that has been due longest");
        assert_eq!((claimed.attempts, claimed.state), (1, JobState::Leased));
        assert_eq!((claimed.lease_owner.as_deref(), claimed.lease_until), (Some("a"), Some(at(9))));
        assert_eq!(claimed.payload, json!({ "import": 2 }));
        tx.renew_lease(claimed.id, "a", at(20)).await.unwrap();
        tx.finish_job(claimed.id, "a").await.unwrap();
        assert_eq!(tx.job(claimed.id).await.unwrap().unwrap().state, JobState::Done);
        assert_eq!(tx.delete_jobs_before(at(1)).await.unwrap(), 1);
        assert_eq!(tx.job(claimed.id).await.unwrap(), None);
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_failed_attempt_is_tried_again_until_it_is_given_up() {
    for_each_database(async |db| {
        let mut tx = db.begin().await.unwrap();
        tx.insert_job(&job(1, 0)).await.unwrap();
        let id = job(1, 0).id;
        tx.claim_job("a", at(0), at(1)).await.unwrap().unwrap();
        tx.fail_job(id, "a", "no space left", Some(at(2))).await.unwrap();
        assert_eq!(tx.claim_job("a", at(1), at(9)).await.unwrap(), None);
        let again = tx.claim_job("a", at(2), at(9)).await.unwrap().unwrap();
        assert_eq!((again.attempts, again.last_error.as_deref()), (2, Some("no space left")));
        tx.fail_job(id, "a", "still none", None).await.unwrap();
        assert_eq!(tx.job(id).await.unwrap().unwrap().state, JobState::Failed);
        assert_eq!(tx.claim_job("a", at(99), at(100)).await.unwrap(), None);
        tx.insert_job(&job(2, 0)).await.unwrap();
        assert_eq!(tx.delete_jobs_before(at(99)).await.unwrap(), 1, "what is still to be done stays");
        assert_eq!(tx.job(id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_runner_that_dies_loses_its_job() {
    for_each_database(async |db| {
        let mut tx = db.begin().await.unwrap();
        tx.insert_job(&job(1, 0)).await.unwrap();
        let id = job(1, 0).id;
        tx.claim_job("dead", at(0), at(2)).await.unwrap().unwrap();
        assert_eq!(tx.next_job_at().await.unwrap(), Some(at(2)));
        assert_eq!(tx.claim_job("b", at(1), at(9)).await.unwrap(), None);
        let taken = tx.claim_job("b", at(2), at(9)).await.unwrap().unwrap();
        assert_eq!((taken.attempts, taken.lease_owner.as_deref()), (2, Some("b")));
        assert!(matches!(tx.renew_lease(id, "dead", at(50)).await, Err(Error::Stale)));
        assert!(matches!(tx.finish_job(id, "dead").await, Err(Error::Stale)));
        assert!(matches!(tx.fail_job(id, "dead", "x", None).await, Err(Error::Stale)));
        tx.finish_job(id, "b").await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runners_never_claim_the_same_job() {
    for_each_database(async |db| {
        let mut tx = db.begin().await.unwrap();
        for n in 0..30 {
            tx.insert_job(&job(n, 0)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let runners: Vec<_> = ["a", "b", "c"]
            .into_iter()
            .map(|owner| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut mine = Vec::new();
                    loop {
                        let mut tx = db.begin().await.unwrap();
                        let Some(job) = tx.claim_job(owner, at(1), at(2)).await.unwrap() else { return mine };
                        tx.commit().await.unwrap();
                        mine.push(job.id);
                    }
                })
            })
            .collect();
        let mut claimed = Vec::new();
        for runner in runners {
            claimed.extend(runner.await.unwrap());
        }
        assert_eq!(claimed.len(), 30);
        assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>().len(), 30);
    })
    .await;
}

#[tokio::test]
async fn figures_say_what_is_to_be_done_and_what_failed() {
    for_each_database(async |db| {
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.job_figures().await.unwrap(), []);
        for n in 1_u32..=4 {
            tx.insert_job(&job(u128::from(n), i64::from(n))).await.unwrap();
        }
        tx.claim_job("a", at(9), at(99)).await.unwrap().unwrap();
        let failed = tx.claim_job("a", at(9), at(99)).await.unwrap().unwrap();
        tx.fail_job(failed.id, "a", "x", None).await.unwrap();
        let found = tx.job_figures().await.unwrap();
        let found: Vec<_> = found.iter().map(|it| (it.state, it.count, it.oldest_run_at)).collect();
        assert_eq!(
            found,
            [(JobState::Failed, 1, at(2)), (JobState::Leased, 1, at(1)), (JobState::Waiting, 2, at(3))]
        );
        tx.commit().await.unwrap();
        let pools = db.connections();
        assert!(pools.iter().any(|pool| pool.open >= 1 && pool.idle <= pool.open && pool.most >= pool.open));
    })
    .await;
}
