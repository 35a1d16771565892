//! Units and settings.

use headway_app::{
    Error,
    organisation::{NewUnit, UnitPatch, create_unit, delete_unit, unit_by_key, update_unit},
};
use headway_domain::{
    organisation::{Unit, UnitKind},
    work::ImportState,
};
use headway_testkit::{
    app::for_each_app,
    history::{day, team},
};

#[tokio::test]
async fn units_are_created_renamed_moved_and_deleted() {
    for_each_app(async |t| {
        let (ctx, works) = (t.owner(), t.portfolio("Works").await);
        let kestrel = t.team(&works, "Kestrel").await;
        let moved = UnitPatch { name: Some("Red Kestrel".to_owned()), parent: Some(None), kind: None };
        let moved = update_unit(&ctx, &t.app, "kestrel", moved).await.unwrap();
        assert_eq!((moved.key.as_str(), moved.parent), ("kestrel", None), "links keep working");
        assert_eq!(unit_by_key(&ctx, &t.app, "kestrel").await.unwrap(), moved);
        delete_unit(&ctx, &t.app, "kestrel").await.unwrap();
        assert!(matches!(unit_by_key(&ctx, &t.app, &kestrel.key).await, Err(Error::NotFound("unit"))));
        assert!(matches!(unit_by_key(&ctx, &t.app, "wor\0ks").await, Err(Error::NotFound("unit"))));
    })
    .await;
}

#[tokio::test]
async fn what_would_break_the_tree_is_refused() {
    for_each_app(async |t| {
        let (ctx, works) = (t.owner(), t.portfolio("Works").await);
        let kestrel = t.team(&works, "Kestrel").await;
        let patch = |kind, parent| UnitPatch { kind, parent, name: None };
        let below_itself = update_unit(&ctx, &t.app, "works", patch(None, Some(Some(works.id)))).await;
        assert!(matches!(below_itself, Err(Error::Invalid { field: "parent_id", .. })));
        let team_with_units = update_unit(&ctx, &t.app, "works", patch(Some(UnitKind::Team), None)).await;
        assert!(matches!(team_with_units, Err(Error::Invalid { field: "kind", .. })));
        let filled = delete_unit(&ctx, &t.app, "works").await;
        assert!(matches!(filled, Err(Error::Conflict(_))));
        for name in ["", "   ", "a\0b", "two\nlines", &"x".repeat(121)] {
            let new = NewUnit { name: name.to_owned(), kind: UnitKind::Team, parent: Some(works.id) };
            let refused = create_unit(&ctx, &t.app, new).await;
            assert!(
                matches!(refused, Err(Error::Invalid { field: "name", .. })),
                "{name:?} gives {refused:?}"
            );
        }
        let below_team = NewUnit { name: "x".to_owned(), kind: UnitKind::Team, parent: Some(kestrel.id) };
        assert!(create_unit(&ctx, &t.app, below_team).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_team_with_work_stays_a_team() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let one = team("Kestrel").with_item("login").started(day(3));
        t.import(&works, &[&one], ImportState::Approved).await;
        let patch = UnitPatch { kind: Some(UnitKind::Program), ..UnitPatch::default() };
        let refused = update_unit(&t.owner(), &t.app, "kestrel", patch).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "kind", .. })), "{refused:?}");
        assert!(matches!(delete_unit(&t.owner(), &t.app, "kestrel").await, Err(Error::Conflict(_))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_moves_at_once_make_no_circle() {
    for_each_app(async |t| {
        let (a, b) = (t.portfolio("A").await, t.portfolio("B").await);
        for _ in 0..10 {
            let below = |unit: &Unit| UnitPatch { parent: Some(Some(unit.id)), ..UnitPatch::default() };
            let (ctx, other) = (t.owner(), t.owner());
            let moves =
                (update_unit(&ctx, &t.app, "a", below(&b)), update_unit(&other, &t.app, "b", below(&a)));
            let moved = tokio::join!(moves.0, moves.1);
            assert!(moved.0.is_ok() != moved.1.is_ok(), "{moved:?}");
            for key in ["a", "b"] {
                let top = UnitPatch { parent: Some(None), ..UnitPatch::default() };
                update_unit(&t.owner(), &t.app, key, top).await.unwrap();
            }
        }
    })
    .await;
}
