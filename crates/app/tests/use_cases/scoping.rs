//! Whoever may see one team learns nothing of the others, by no detour.

use headway_app::{
    Error,
    insight::outlook::{ForecastAsk, Question, forecast},
    organisation::{NewToken, create_token, unit_by_key, units},
    platform::search,
    work::{ItemFilterInput, import, items},
};
use headway_domain::{
    organisation::{Limit, Role},
    work::ImportState,
};
use headway_testkit::{
    app::for_each_app,
    history::{day, team},
};

#[tokio::test]
async fn a_member_of_one_team_learns_nothing_of_another() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let kestrel = team("Kestrel").with_finished_items(40).with_item("K-1").started(day(60));
        let osprey =
            team("Osprey").with_finished_items(40).with_item("O-1").labelled("secret").started(day(60));
        let stored = t.import(&works, &[&kestrel, &osprey], ImportState::Review).await.import.id;
        let tree = units(&t.owner(), &t.app).await.unwrap();
        let own = tree.units().iter().find(|unit| unit.key == "kestrel").unwrap().clone();
        let member = t.person(Some(Role::Member), Some(&own)).await;

        let seen = units(&member, &t.app).await.unwrap();
        assert_eq!(seen.units().len(), 1);
        // What stands above is not named, not even by its id.
        assert_eq!(unit_by_key(&member, &t.app, "kestrel").await.unwrap().parent, None);
        assert!(matches!(unit_by_key(&member, &t.app, "osprey").await, Err(Error::NotFound("unit"))));

        let found = search(&member, &t.app, "O-1", 10).await.unwrap();
        assert!(found.items.is_empty() && found.units.is_empty());
        assert!(search(&member, &t.app, "osprey", 10).await.unwrap().units.is_empty());

        let all = ItemFilterInput { limit: 100, ..ItemFilterInput::default() };
        let foreign = items(&t.owner(), &t.app, "osprey", &all).await.unwrap().items[0].id;
        let ask =
            |question| ForecastAsk { question, target: None, split: (1.0, 1.0), seed: None, work_type: None };
        // Items of another team are as unknown as items that never were.
        let named = forecast(&member, &t.app, "kestrel", ask(Question::Items(vec![foreign]))).await;
        let unknown = Question::Items(vec![headway_domain::id::ItemId(uuid::Uuid::nil())]);
        let unknown = forecast(&member, &t.app, "kestrel", ask(unknown)).await;
        assert_eq!(format!("{named:?}"), format!("{unknown:?}"));
        let labelled = Question::Matching("secret".to_owned());
        let labelled = forecast(&member, &t.app, "kestrel", ask(labelled)).await;
        assert_eq!(format!("{labelled:?}"), format!("{unknown:?}"));

        assert!(import::imports(&member, &t.app, None, 10).await.unwrap().is_empty());
        // The place of an import in the list is told to nobody who may not see it.
        let after = import::imports(&member, &t.app, Some(stored), 10).await;
        assert!(matches!(after, Err(Error::NotFound("import"))));
        assert!(matches!(import::mapping(&member, &t.app, stored).await, Err(Error::NotFound("import"))));
    })
    .await;
}

#[tokio::test]
async fn a_token_does_not_tell_which_units_there_are() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let limit = Limit { role: Role::Viewer, unit: Some(works.id) };
        let stranger = t.browser(None).await;
        let new = NewToken { name: "probe".to_owned(), limit, days: 3 };
        let refused = create_token(&stranger, &t.app, new).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "unit_id", .. })), "{refused:?}");
    })
    .await;
}
