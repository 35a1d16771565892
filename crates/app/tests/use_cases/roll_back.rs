//! Taking an import back leaves the database as it was.

use std::time::Duration;

use headway_app::{
    Error,
    work::{change_workflow, import, workflow},
};
use headway_domain::{
    id::ImportId,
    work::{ImportState, Step},
};
use headway_testkit::{
    app::{TestApp, for_each_app},
    history::{Team, day, team},
};

fn first() -> Team {
    team("Kestrel").with_item("login").started(day(3)).finished(day(9)).with_item("logout").started(day(5))
}

fn second() -> [Team; 2] {
    let kestrel = team("Kestrel").with_item("login").started(day(3)).finished(day(9)).with_item("menu");
    let osprey = team("Osprey").with_item("logout").started(day(5)).moved(day(7), "Audit").finished(day(8));
    [kestrel, osprey]
}

async fn take_back(t: &TestApp, id: ImportId) {
    let done = t.step(id, Step::RollBack).await.unwrap();
    assert_eq!(done.import.state, ImportState::RolledBack, "{:?}", done.import.trouble);
    assert!(!import::folder_for(&t.app, id).exists());
}

#[tokio::test]
async fn a_first_import_leaves_nothing_behind() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let before = t.facts().await;
        let done = t.import(&works, &[&first()], ImportState::Review).await;
        assert_ne!(t.facts().await, before);
        take_back(&t, done.import.id).await;
        assert_eq!(t.facts().await, before);
    })
    .await;
}

#[tokio::test]
async fn an_update_is_taken_back_with_the_teams_it_created() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        t.import(&works, &[&first()], ImportState::Approved).await;
        let before = t.facts().await;
        let [kestrel, osprey] = second();
        let done = t.import(&works, &[&kestrel, &osprey], ImportState::Review).await;
        assert_eq!((done.import.counts.added, done.import.counts.updated), (1, 1));
        take_back(&t, done.import.id).await;
        assert_eq!(t.facts().await, before);
        // And the same once more, as if it had never been.
        let again = t.import(&works, &[&kestrel, &osprey], ImportState::Review).await;
        assert_eq!((again.import.counts.added, again.import.counts.updated), (1, 1));
        take_back(&t, again.import.id).await;
        assert_eq!(t.facts().await, before);
    })
    .await;
}

#[tokio::test]
async fn a_stopped_import_is_taken_back_as_far_as_it_came() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let before = t.facts().await;
        let many = team("Kestrel").with_finished_items(5_000);
        let ready = t.import(&works, &[&many], ImportState::Ready).await;
        let id = ready.import.id;
        import::take_step(&t.owner(), &t.app, id, Step::Start).await.unwrap();
        let paused = crate::jobs::pause_in_the_middle(&t, id).await;
        assert!(paused.position > 0 && paused.position < 5_000, "stopped at {}", paused.position);
        take_back(&t, id).await;
        assert_eq!(t.facts().await, before);
    })
    .await;
}

#[tokio::test]
async fn what_a_later_import_stands_on_stays() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let before = t.facts().await;
        let earlier = t.import(&works, &[&first()], ImportState::Review).await;
        let between = t.facts().await;
        t.clock.advance(Duration::from_secs(1));
        let [kestrel, osprey] = second();
        let later = t.import(&works, &[&kestrel, &osprey], ImportState::Review).await;
        let refused = t.step(earlier.import.id, Step::RollBack).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        take_back(&t, later.import.id).await;
        assert_eq!(t.facts().await, between);
        take_back(&t, earlier.import.id).await;
        assert_eq!(t.facts().await, before);
    })
    .await;
}

#[tokio::test]
async fn a_later_import_without_changes_stands_in_nobodys_way() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let before = t.facts().await;
        let earlier = t.import(&works, &[&first()], ImportState::Review).await;
        let later = t.import(&works, &[&first()], ImportState::Approved).await;
        assert_eq!((later.import.counts.added, later.import.counts.updated), (0, 0));
        take_back(&t, earlier.import.id).await;
        assert_eq!(t.facts().await, before);
    })
    .await;
}

#[tokio::test]
async fn imports_of_a_tracker_are_stored_one_after_the_other() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let many = team("Kestrel").with_finished_items(5_000);
        let early = t.import(&works, &[&many], ImportState::Ready).await.import.id;
        t.clock.advance(Duration::from_secs(1));
        let late = t.import(&works, &[&first()], ImportState::Ready).await.import.id;
        import::take_step(&t.owner(), &t.app, early, Step::Start).await.unwrap();
        crate::jobs::pause_in_the_middle(&t, early).await;
        let refused = t.step(late, Step::Start).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "beside one that is stopped: {refused:?}");
        take_back(&t, early).await;
        t.step(late, Step::Start).await.unwrap();
        let older = t.import(&works, &[&many], ImportState::Ready).await.import.id;
        // Asked for before the one that is stored now, as a page that was left open would do it.
        assert_eq!(t.step(older, Step::Start).await.unwrap().import.state, ImportState::Review);
    })
    .await;
}

#[tokio::test]
async fn an_older_export_does_not_overwrite_a_newer() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let early = t.import(&works, &[&first()], ImportState::Ready).await.import.id;
        t.clock.advance(Duration::from_secs(1));
        t.import(&works, &[&first().with_item("menu")], ImportState::Approved).await;
        let facts = t.facts().await;
        let refused = t.step(early, Step::Start).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        assert_eq!(t.facts().await, facts);
    })
    .await;
}

#[tokio::test]
async fn a_team_that_holds_other_work_now_stops_the_roll_back() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let done = t.import(&works, &[&first()], ImportState::Review).await;
        let tree = headway_app::organisation::units(&t.owner(), &t.app).await.unwrap();
        let kestrel = tree.units().iter().find(|unit| unit.key == "kestrel").unwrap().clone();
        let table = "id,title,status,created\n77,From elsewhere,Open,2026-03-05\n";
        let other = t.upload(&kestrel, "Elsewhere", &[("other.csv", table)]).await.unwrap().import.id;
        t.work().await;
        for step in [Step::DryRun, Step::Start, Step::Approve] {
            t.step(other, step).await.unwrap();
        }
        let facts = t.facts().await;
        let stopped = t.step(done.import.id, Step::RollBack).await.unwrap();
        // Not up for review: what may be half taken back must not be approved. Rolling back can be asked for again.
        assert_eq!(stopped.import.state, ImportState::RollingBack);
        assert!(stopped.import.state.after(Step::RollBack).is_ok());
        assert!(stopped.import.trouble.unwrap().contains("holds other work now"));
        assert_eq!(t.facts().await, facts, "nothing was taken back by halves");
    })
    .await;
}

#[tokio::test]
async fn what_people_changed_in_a_workflow_stays() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        t.import(&works, &[&first()], ImportState::Approved).await;
        let audited =
            team("Kestrel").with_item("login").started(day(3)).moved(day(5), "Audit").finished(day(9));
        let done = t.import(&works, &[&audited], ImportState::Review).await;
        let mut own = workflow(&t.owner(), &t.app, "kestrel").await.unwrap();
        assert!(own.states.contains_key("Audit"), "the import has taught it");
        own.wip_limit = Some(3);
        change_workflow(&t.owner(), &t.app, "kestrel", own.clone()).await.unwrap();
        take_back(&t, done.import.id).await;
        own.states.remove("Audit");
        assert_eq!(workflow(&t.owner(), &t.app, "kestrel").await.unwrap(), own);
    })
    .await;
}
