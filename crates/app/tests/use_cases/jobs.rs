//! The job runner: pausing, stopping, dying, and who goes on.

use std::time::Duration;

use futures::{StreamExt, future::join};
use headway_app::{
    Actor, jobs, live,
    work::import::{self, take_step},
};
use headway_domain::{
    id::ImportId,
    time::Instant,
    work::{Import, ImportState, Step},
};
use headway_testkit::{
    app::{TestApp, for_each_app},
    history::{day, team},
};

async fn state(t: &TestApp, id: ImportId) -> Import {
    import::import(&t.owner(), &t.app, id).await.unwrap().import
}

/// Waits until a running import has stored something.
async fn begun(t: &TestApp, id: ImportId) {
    while state(t, id).await.position == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Runs an import that has been started, and pauses it once something is stored.
pub async fn pause_in_the_middle(t: &TestApp, id: ImportId) -> Import {
    let pause = async {
        begun(t, id).await;
        take_step(&t.owner(), &t.app, id, Step::Pause).await.unwrap();
    };
    join(t.work(), pause).await;
    state(t, id).await
}

#[tokio::test]
async fn a_paused_import_goes_on_where_it_was() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let many = team("Kestrel").with_finished_items(6_000);
        let ready = t.import(&works, &[&many], ImportState::Ready).await.import;
        take_step(&t.owner(), &t.app, ready.id, Step::Start).await.unwrap();
        let paused = pause_in_the_middle(&t, ready.id).await;
        assert_eq!(paused.state, ImportState::Paused);
        assert!(paused.position > 0 && paused.position < 6_000, "stopped at {}", paused.position);
        let done = t.step(ready.id, Step::Resume).await.unwrap().import;
        assert_eq!(done.state, ImportState::Review);
        assert_eq!(Some(done.counts), ready.forecast, "nothing twice, nothing left out");
    })
    .await;
}

#[tokio::test]
async fn a_runner_that_is_stopped_gives_its_job_back() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let many = team("Kestrel").with_finished_items(6_000);
        let ready = t.import(&works, &[&many], ImportState::Ready).await.import;
        take_step(&t.owner(), &t.app, ready.id, Step::Start).await.unwrap();
        jobs::run(&t.context(Actor::System), &t.app, begun(&t, ready.id)).await.unwrap();
        let stopped = state(&t, ready.id).await;
        assert_eq!(stopped.state, ImportState::Running);
        assert!(stopped.position < 6_000);
        // The clock stands still: nobody waits for a lease to run out.
        t.work().await;
        let done = state(&t, ready.id).await;
        assert_eq!((done.state, Some(done.counts)), (ImportState::Review, ready.forecast));
    })
    .await;
}

#[tokio::test]
async fn a_runner_that_died_is_replaced_when_its_lease_runs_out() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let asked =
            t.upload(&works, "Tracker", &[("a.csv", "id,created\n1,2026-01-01\n")]).await.unwrap().import;
        let now = t.owner().now();
        let mut tx = t.app.db.begin().await.unwrap();
        tx.claim_job("dead", now, Instant(now.0 + 15_000_000)).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        t.work().await;
        assert_eq!(state(&t, asked.id).await.state, ImportState::Checking, "somebody has it");
        t.clock.advance(Duration::from_secs(15));
        t.work().await;
        assert_eq!(state(&t, asked.id).await.state, ImportState::Mapping);
    })
    .await;
}

#[tokio::test]
async fn an_import_that_cannot_go_on_says_why_and_stops() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let one = team("Kestrel").with_item("login").started(day(3));
        let ready = t.import(&works, &[&one], ImportState::Ready).await.import;
        // Somebody removed what the check had written.
        tokio::fs::remove_dir_all(import::folder_for(&t.app, ready.id)).await.unwrap();
        take_step(&t.owner(), &t.app, ready.id, Step::Start).await.unwrap();
        t.work().await;
        let troubled = state(&t, ready.id).await;
        assert_eq!(troubled.state, ImportState::Running, "it is tried again");
        assert!(troubled.trouble.is_some());
        for _ in 0..6 {
            t.clock.advance(Duration::from_secs(64));
            t.work().await;
        }
        let stopped = state(&t, ready.id).await;
        assert_eq!(stopped.state, ImportState::Paused);
        assert!(stopped.trouble.is_some());
        assert_eq!(t.step(ready.id, Step::RollBack).await.unwrap().import.state, ImportState::RolledBack);
    })
    .await;
}

#[tokio::test]
async fn every_step_of_an_import_is_told() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let newest = live::newest(&t.owner(), &t.app).await.unwrap();
        let one = team("Kestrel").with_item("login").started(day(3));
        t.import(&works, &[&one], ImportState::Approved).await;
        let last = live::newest(&t.owner(), &t.app).await.unwrap();
        let events = live::follow(&t.owner(), &t.app, newest).unwrap();
        let events: Vec<_> = events
            .map(Result::unwrap)
            .take_while(|event| std::future::ready(event.seq < last))
            .collect()
            .await;
        let states: Vec<_> = events
            .iter()
            .filter(|it| it.kind == live::IMPORT)
            .map(|it| it.payload["state"].as_str().unwrap())
            .collect();
        assert!(states.is_sorted_by_key(|state| {
            ["checking", "mapping", "dry_running", "ready", "running", "review"]
                .iter()
                .position(|it| it == state)
        }));
        assert_eq!((states.first(), states.last()), (Some(&"checking"), Some(&"review")));
        assert!(events.iter().any(|it| it.kind == live::ITEMS && !it.units.is_empty()));
        assert!(events.iter().any(|it| it.kind == live::UNITS));
        assert!(events.iter().all(|it| live::KINDS.contains(&it.kind.as_str())));
    })
    .await;
}

/// Lets a runner begin, which cleans up, and stop.
async fn clean_up(t: &TestApp) {
    jobs::run(&t.context(Actor::System), &t.app, std::future::ready(())).await.unwrap();
}

#[tokio::test]
async fn what_nobody_needs_any_more_is_removed() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let one = team("Kestrel").with_item("login").started(day(3)).finished(day(4));
        let kept = t.import(&works, &[&one], ImportState::Review).await.import.id;
        let folder = |id| import::folder_for(&t.app, id);
        // An upload that broke off, and an import that is over and whose files could not be removed then.
        let broken_off = import::new_upload_id(&t.owner()).unwrap();
        let over =
            t.upload(&works, "Other", &[("a.csv", "id,created\n1,2026-01-01\n")]).await.unwrap().import.id;
        t.work().await;
        t.step(over, Step::Abandon).await.unwrap();
        for id in [broken_off, over] {
            std::fs::create_dir_all(folder(id)).unwrap();
            std::fs::write(folder(id).join("file-0"), "x").unwrap();
        }
        clean_up(&t).await;
        assert!([kept, broken_off, over].into_iter().all(|id| folder(id).exists()), "somebody may be at it");
        let newest = live::newest(&t.owner(), &t.app).await.unwrap();

        // Files carry the time of the machine, which is past that of the tests' clock.
        t.clock.advance(Duration::from_hours(24 * 3_650));
        clean_up(&t).await;
        assert_eq!([kept, broken_off, over].map(|id| folder(id).exists()), [true, false, false]);
        assert_eq!(t.app.db.read().await.unwrap().events_after(0, 10).await.unwrap(), []);
        assert_eq!(live::newest(&t.owner(), &t.app).await.unwrap(), newest, "numbers are not used again");
        assert_eq!(t.step(kept, Step::RollBack).await.unwrap().import.state, ImportState::RolledBack);
    })
    .await;
}

#[tokio::test]
async fn a_listener_that_was_away_for_too_long_is_told_so() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let first = live::newest(&t.owner(), &t.app).await.unwrap();
        t.team(&works, "Kestrel").await;
        let seen = live::newest(&t.owner(), &t.app).await.unwrap();
        t.clock.advance(Duration::from_hours(24 * 8));
        clean_up(&t).await;
        let next = async |after: i64| {
            let mut events = std::pin::pin!(live::follow(&t.owner(), &t.app, after).unwrap());
            let event = tokio::time::timeout(Duration::from_millis(300), events.next()).await;
            event.ok().map(|event| event.unwrap().unwrap()).map(|event| (event.seq, event.kind))
        };
        let reload = |seq| Some((seq, live::RELOAD.to_owned()));
        assert_eq!(next(first).await, reload(seen), "all that was missed is gone");
        assert_eq!(next(seen + 100).await, reload(seen), "another database than it knew");
        assert_eq!(next(seen).await, None, "nothing was missed");
        t.team(&works, "Osprey").await;
        assert_eq!(next(first).await, reload(seen), "some of what was missed is gone");
        assert_eq!(next(seen).await, Some((seen + 1, live::UNITS.to_owned())));
    })
    .await;
}
