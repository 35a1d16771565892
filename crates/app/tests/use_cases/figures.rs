//! Figures follow the data, and forecasts repeat.

use std::time::Duration;

use headway_app::{
    Actor, App, Error,
    insight::{
        Ask, keep_up,
        outlook::{ForecastAsk, Question, forecast},
        scope,
    },
    work::{change_workflow, workflow},
};
use headway_domain::{time::Day, work::ImportState};
use headway_testkit::{
    app::{TestApp, for_each_app},
    history::{TODAY, day, team},
};
use tokio::sync::oneshot;

async fn finished(t: &TestApp) -> usize {
    let scope = scope(&t.owner(), &t.app, "works", &Ask::default()).await.unwrap();
    scope.items().filter(|(_, _, item)| item.finished.is_some()).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_item_shows_in_the_next_figures() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let kestrel = team("Kestrel").with_item("login").started(day(3));
        t.import(&works, &[&kestrel], ImportState::Approved).await;
        assert_eq!(finished(&t).await, 0);

        let (stop, stopped) = oneshot::channel::<()>();
        let (ctx, app) = (t.context(Actor::System), t.app.clone());
        let follower = tokio::spawn(async move {
            keep_up(&ctx, &app, async {
                let _ = stopped.await;
            })
            .await
        });
        // It follows from the newest event on: let it find that one first.
        tokio::time::sleep(Duration::from_millis(100)).await;
        t.import(&works, &[&kestrel.finished(day(9))], ImportState::Approved).await;
        let mut waited = Duration::ZERO;
        while finished(&t).await == 0 {
            assert!(waited < Duration::from_secs(10), "the figures do not follow the events");
            waited += Duration::from_millis(10);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        drop(stop);
        follower.await.unwrap().unwrap();
    })
    .await;
}

#[tokio::test]
async fn who_changes_a_workflow_sees_it_at_once() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let kestrel = team("Kestrel").with_item("login").started(day(3)).moved(day(5), "Shipped");
        t.import(&works, &[&kestrel], ImportState::Approved).await;
        let before = finished(&t).await;
        let mut changed = workflow(&t.owner(), &t.app, "kestrel").await.unwrap();
        let stage = changed.stages.iter().position(|stage| stage.category.is_exit()).unwrap();
        let todo = changed.stages.iter().position(|stage| !stage.category.is_exit()).unwrap();
        let to = if before == 0 { stage } else { todo };
        changed.states.insert("Shipped".to_owned(), u16::try_from(to).unwrap());
        change_workflow(&t.owner(), &t.app, "kestrel", changed).await.unwrap();
        assert_ne!(finished(&t).await, before);
    })
    .await;
}

fn ask(question: Question) -> ForecastAsk {
    ForecastAsk { question, target: Some(day(TODAY + 30)), split: (1.0, 2.0), seed: Some(7), work_type: None }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_forecast() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let kestrel =
            team("Kestrel").with_finished_items(160).with_item("a").labelled("launch").started(day(80));
        let osprey = team("Osprey").with_finished_items(90).with_item("b").labelled("launch");
        t.import(&works, &[&kestrel, &osprey], ImportState::Approved).await;
        // The same data in a program that has just been started.
        let other = App::new(t.app.db.clone(), t.app.config.as_ref().clone(), None);
        let questions = [
            Question::HowMany(day(TODAY + 14)),
            Question::Count(12),
            Question::Matching("launch".to_owned()),
        ];
        for question in questions {
            let said = forecast(&t.owner(), &t.app, "works", ask(question.clone())).await.unwrap();
            let again = forecast(&t.owner(), &other, "works", ask(question.clone())).await.unwrap();
            assert_eq!(format!("{said:?}"), format!("{again:?}"));
            assert!(said.claims.is_ok(), "{question:?} gives {:?}", said.claims);
            let days: Vec<_> = said.claims.unwrap().into_iter().filter_map(|claim| claim.day).collect();
            assert!(days.is_sorted(), "the surer, the later: {days:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn questions_without_an_answer_are_refused_or_say_how_much_is_missing() {
    for_each_app(async |t| {
        let works = t.portfolio("Works").await;
        let empty = forecast(&t.owner(), &t.app, "works", ask(Question::Count(3))).await.unwrap();
        assert!(empty.claims.is_err(), "no team, no claim");
        t.import(&works, &[&team("Kestrel").with_finished_items(3)], ImportState::Approved).await;
        let few =
            forecast(&t.owner(), &t.app, "works", ask(Question::HowMany(day(TODAY + 14)))).await.unwrap();
        assert!(few.claims.is_err(), "three items are too few");
        let senseless = [
            ask(Question::HowMany(day(0))),
            ask(Question::HowMany(Day(i32::MAX))),
            ask(Question::Count(0)),
            ask(Question::Items(vec![])),
            ask(Question::Matching("nothing like that".to_owned())),
            ForecastAsk { split: (0.5, 1.0), ..ask(Question::Count(3)) },
            ForecastAsk { split: (2.0, 1.0), ..ask(Question::Count(3)) },
            ForecastAsk { split: (f64::NAN, 1.0), ..ask(Question::Count(3)) },
        ];
        for asked in senseless {
            let refused = forecast(&t.owner(), &t.app, "works", asked.clone()).await;
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{asked:?} gives {refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_window_has_a_beginning_an_end_and_a_length() {
    for_each_app(async |t| {
        t.portfolio("Works").await;
        let window = |from: i32, to: i32| Ask { from: Some(Day(from)), to: Some(Day(to)), work_type: None };
        for ask in [
            window(10, 9),
            window(0, 4_000),
            window(i32::MIN, 0),
            window(0, i32::MAX),
            window(2_932_866, 2_932_896),
        ] {
            let refused = scope(&t.owner(), &t.app, "works", &ask).await;
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{ask:?}");
        }
        assert!(scope(&t.owner(), &t.app, "works", &window(9, 9)).await.is_ok());
        assert!(matches!(
            scope(&t.owner(), &t.app, "nowhere", &Ask::default()).await,
            Err(Error::NotFound(_))
        ));
    })
    .await;
}
