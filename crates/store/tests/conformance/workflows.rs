//! Workflows.

use std::collections::BTreeSet;

use headway_domain::{
    time::{Day, Zone},
    work::{BlockedRule, DayCount, FinishPolicy, KindRule, Sle, StartPolicy, WorkType},
};
use headway_store::Error;
use headway_testkit::database::for_each_database;

use crate::fixtures::{organisation, team, workflow};

#[tokio::test]
async fn a_workflow_is_kept_whole() {
    for_each_database(async |db| {
        organisation(&db).await;
        let mut full = workflow();
        full.start = StartPolicy::Wipe;
        full.finish = FinishPolicy::First;
        full.kinds = vec![KindRule { kind: "Bug".to_owned(), work_type: WorkType::Defect }];
        full.blocked = BlockedRule {
            flags: vec!["x".to_owned()],
            states: vec!["On hold".to_owned()],
            labels: vec!["blocked".to_owned()],
            links: true,
        };
        full.calendar.zone = Zone::named("Europe/Zurich").unwrap();
        full.calendar.workdays = [true, true, true, true, false, false, false];
        full.calendar.holidays = BTreeSet::from([Day(-3), Day(20_000)]);
        full.calendar.count = DayCount::Working;
        full.sle = Some(Sle { percent: 85, days: 12 });
        full.wip_limit = Some(7);
        full.stalled_after_days = 3;
        let mut tx = db.begin().await.unwrap();
        tx.insert_workflow(team(2), &workflow()).await.unwrap();
        tx.insert_workflow(team(3), &full).await.unwrap();
        assert_eq!(tx.workflow(team(2)).await.unwrap(), Some(workflow()));
        assert_eq!(tx.workflow(team(3)).await.unwrap(), Some(full.clone()));
        assert_eq!(tx.workflow(team(1)).await.unwrap(), None);
        assert_eq!(tx.workflows().await.unwrap(), [(team(2), workflow()), (team(3), full)]);
        assert!(matches!(tx.insert_workflow(team(2), &workflow()).await, Err(Error::Duplicate(_))));
    })
    .await;
}

#[tokio::test]
async fn of_two_changes_of_one_workflow_the_second_is_stale() {
    for_each_database(async |db| {
        organisation(&db).await;
        let was = workflow();
        let mut tx = db.begin().await.unwrap();
        tx.insert_workflow(team(2), &was).await.unwrap();
        tx.commit().await.unwrap();
        let mut now = was.clone();
        now.wip_limit = Some(4);
        let mut tx = db.begin().await.unwrap();
        tx.update_workflow(team(2), &was, &now).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        assert!(matches!(tx.update_workflow(team(2), &was, &was).await, Err(Error::Stale)));
        assert_eq!(tx.workflow(team(2)).await.unwrap(), Some(now));
    })
    .await;
}
