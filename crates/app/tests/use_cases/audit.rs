//! The audit log: who may read it, and that nothing can be taken out of it unseen.

use headway_app::{
    Error,
    governance::{self, AuditAsk, Head, retention},
    jobs,
    organisation::{NewUnit, create_unit},
};
use headway_domain::organisation::{Role, UnitKind};
use headway_testkit::app::for_each_app;

fn ask() -> AuditAsk {
    AuditAsk { limit: 100, ..AuditAsk::default() }
}

#[tokio::test]
async fn the_log_is_read_as_far_as_one_may_and_that_is_noted() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        t.portfolio("Mills").await;
        let pmo = t.person(Some(Role::Pmo), Some(&works)).await;
        for _ in 0..3 {
            let page = governance::entries(&pmo, &t.app, &ask()).await.unwrap();
            assert!(!page.entries.is_empty());
            assert!(page.entries.iter().all(|it| it.entry.unit == Some(works.id)), "only of their units");
        }
        let admin = t.person(Some(Role::Administrator), None).await;
        let page = governance::entries(&admin, &t.app, &ask()).await.unwrap();
        let reads = page.entries.iter().filter(|it| it.entry.action == "audit.read");
        assert_eq!(reads.count(), 2, "one for each reader, not for each look");
        let beside = AuditAsk { unit: Some("mills".to_owned()), ..ask() };
        assert!(matches!(governance::entries(&pmo, &t.app, &beside).await, Err(Error::NotFound("unit"))));
        let member = t.person(Some(Role::Member), None).await;
        assert!(matches!(governance::entries(&member, &t.app, &ask()).await, Err(Error::Forbidden)));
        let own = governance::own_entries(&pmo, &t.app, None, 10).await.unwrap();
        assert!(own.entries.iter().all(|it| it.entry.action == "audit.read"));
    })
    .await;
}

#[tokio::test]
async fn a_cut_off_end_is_found_by_the_head_that_was_noted() {
    for_each_app(async |t| {
        t.portfolio("Works").await;
        let before = governance::head(&t.owner(), &t.app).await.unwrap().unwrap();
        t.portfolio("Mills").await;
        let after = governance::head(&t.owner(), &t.app).await.unwrap().unwrap();
        let verdict = governance::verify(&t.owner(), &t.app, &[before, after]).await.unwrap();
        assert_eq!((verdict.broken, verdict.head), (None, after));
        let beyond = Head { seq: after.seq + 1, digest: after.digest };
        let broken = governance::verify(&t.owner(), &t.app, &[beyond]).await.unwrap().broken.unwrap();
        assert_eq!(broken.seq, after.seq + 1);
        let other = Head { digest: after.digest, ..before };
        let broken = governance::verify(&t.owner(), &t.app, &[other]).await.unwrap().broken.unwrap();
        assert_eq!(broken.seq, before.seq);
    })
    .await;
}

#[tokio::test]
async fn what_is_cut_by_a_rule_leaves_a_log_that_can_be_checked() {
    for_each_app(async |t| {
        let work = async |name: &str| {
            let new = NewUnit { name: name.to_owned(), kind: UnitKind::Portfolio, parent: None };
            create_unit(&t.owner(), &t.app, new).await.unwrap();
        };
        work("Works").await;
        let rule = [("audit".to_owned(), Some(365))];
        retention::change_retention(&t.owner(), &t.app, &rule).await.unwrap();
        let short = [("audit".to_owned(), Some(5))];
        assert!(retention::change_retention(&t.owner(), &t.app, &short).await.is_err());
        t.clock.advance(std::time::Duration::from_hours(400 * 24));
        work("Mills").await;
        let system = t.context(headway_app::Actor::System);
        // The runner cleans up as the first thing it does.
        jobs::run(&system, &t.app, std::future::ready(())).await.unwrap();
        work("Docks").await;
        let page = governance::entries(&t.owner(), &t.app, &ask()).await.unwrap();
        assert_eq!(page.entries.last().unwrap().entry.seq, 3, "two entries were older");
        let verdict = governance::verify(&t.owner(), &t.app, &[]).await.unwrap();
        assert_eq!((verdict.broken, verdict.checked), (None, 3));
    })
    .await;
}
