//! When signals are raised, and how often they were right.

use headway_domain::{
    insight::{SignalKind, SignalLevel},
    time::{Day, Instant, MICROS_PER_DAY},
    work::{Category, Mapping, Sle, Stage, WorkType, Workflow},
};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{rules, signals::Team, view::View, *};
use crate::{
    forecast::{Checks, Forecaster, Pool, Protocol, Series},
    history::{BlockedCause, BlockedSpan, History, Move},
    item::Item,
};

const TODO: u16 = 0;
const DOING: u16 = 1;
const REVIEW: u16 = 2;
const DONE: u16 = 3;

fn workflow() -> Workflow {
    let stage = |name: &str, category| Stage { name: name.to_owned(), category };
    Workflow::from_mapping(Mapping {
        stages: vec![
            stage("To do", Category::Todo),
            stage("Doing", Category::Active),
            stage("Review", Category::Waiting),
            stage("Done", Category::Done),
        ],
        ..Mapping::default()
    })
}

/// Noon of a day.
fn at(day: i32) -> Instant {
    Instant(i64::from(day) * MICROS_PER_DAY + MICROS_PER_DAY / 2)
}

/// An item's life: the day it was created on, and the days of its moves.
fn history(created: i32, moves: &[(i32, u16)]) -> History {
    let mut history = History { work_type: WorkType::Feature, ..History::default() };
    history.reset(at(created), Some(TODO));
    history.moves = moves.iter().map(|(day, to)| Move { at: at(*day), to: *to }).collect();
    history
}

fn item(created: i32, moves: &[(i32, u16)]) -> Item {
    Item::of(&history(created, moves), &workflow())
}

fn blocked(created: i32, moves: &[(i32, u16)], from: i32, until: Option<i32>, cause: BlockedCause) -> Item {
    let mut history = history(created, moves);
    history.blocked = vec![BlockedSpan { from: at(from), until: until.map(at), cause }];
    Item::of(&history, &workflow())
}

fn flag() -> BlockedCause {
    BlockedCause::Flag("yes".to_owned())
}

fn find(kind: SignalKind, items: &[Item], workflow: &Workflow, day: i32) -> Vec<rules::Finding> {
    rules::find(kind, &View::at(items, workflow, Day(day)), &|key| key.starts_with("OTHER-"))
}

fn levels(kind: SignalKind, items: &[Item], workflow: &Workflow, day: i32) -> Vec<(Subject, SignalLevel)> {
    find(kind, items, workflow, day).into_iter().map(|it| (it.subject, it.level)).collect()
}

/// One item a day, finished after `days` days.
fn steady(until: i32, days: i32) -> Vec<Item> {
    (0..until).map(|day| item(day, &[(day, DOING), (day + days - 1, DONE)])).collect()
}

/// A team whose blocked items take much longer.
fn simulated(seed: u64, until: i32) -> Vec<Item> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut items = Vec::new();
    for day in 0..until {
        for _ in 0..rng.random_range(0..3_u32) {
            let started = day + rng.random_range(0..10);
            let review = started + rng.random_range(1..6);
            let mut done = review + rng.random_range(1..6);
            let mut history = history(day, &[(started, DOING), (review, REVIEW)]);
            if rng.random::<f64>() < 0.2 {
                done += 15 + rng.random_range(0..20);
                history.blocked =
                    vec![BlockedSpan { from: at(review), until: Some(at(done - 2)), cause: flag() }];
            }
            history.moves.push(Move { at: at(done), to: DONE });
            items.push(history);
        }
    }
    items.iter().map(|it| Item::of(it, &workflow())).collect()
}

#[test]
fn a_view_takes_back_what_came_later() {
    let workflow = workflow();
    let cause = flag();
    let items = [
        item(1, &[(2, DOING), (20, DONE)]),
        blocked(1, &[(2, DOING), (30, DONE)], 5, Some(12), cause),
        item(15, &[(16, DOING)]),
        item(1, &[(2, DOING), (8, DONE), (14, DOING)]),
    ];
    let view = View::at(&items, &workflow, Day(10));
    assert_eq!(view.positions, [0, 1, 3]);
    assert!(view.items[0].is_in_progress() && view.items[0].visits.len() == 2);
    assert_eq!(view.items[1].blocked[0].until, None);
    assert!(view.items[2].finished.is_some(), "it had not been reopened yet");
}

#[test]
fn a_view_of_today_is_what_is_known() {
    let items = simulated(3, 200);
    let workflow = workflow();
    let view = View::at(&items, &workflow, Day(400));
    assert!(view.all().eq(&items));
}

#[test]
fn no_rule_looks_ahead() {
    let workflow = Workflow { wip_limit: Some(4), ..workflow() };
    let whole = simulated(5, 300);
    for day in [150, 190, 230] {
        // The same team, had its tracker been read on that day.
        let then: Vec<Item> = View::at(&whole, &workflow, Day(day))
            .items
            .into_iter()
            .map(std::borrow::Cow::into_owned)
            .collect();
        for kind in SignalKind::ALL {
            let from_whole = levels(kind, &whole, &workflow, day);
            let view = View::at(&whole, &workflow, Day(day));
            let from_then: Vec<_> = levels(kind, &then, &workflow, day)
                .into_iter()
                .map(|(subject, level)| match subject {
                    Subject::Item(position) => (Subject::Item(view.positions[position]), level),
                    other => (other, level),
                })
                .collect();
            assert_eq!(from_whole, from_then, "{kind:?} on day {day}");
        }
    }
}

#[test]
fn old_items_are_beyond_the_expectation() {
    let mut items = steady(100, 5);
    items.push(item(90, &[(90, DOING)]));
    items.push(item(80, &[(97, DOING)]));
    items.push(item(80, &[(93, DOING)]));
    let found = levels(SignalKind::AgeBeyondSle, &items, &workflow(), 99);
    // Expected are 5 days; the items are 10, 3 and 7 days old.
    assert_eq!(found, [(Subject::Item(100), SignalLevel::Watch), (Subject::Item(102), SignalLevel::Watch)]);
    assert_eq!(levels(SignalKind::AgeBeyondSle, &items, &workflow(), 100)[0].1, SignalLevel::Bad);
    let patient = Workflow { sle: Some(Sle { percent: 85, days: 30 }), ..workflow() };
    assert!(levels(SignalKind::AgeBeyondSle, &items, &patient, 99).is_empty());
    assert!(levels(SignalKind::AgeBeyondSle, &items[95..], &workflow(), 99).is_empty(), "too few to expect");
}

#[test]
fn an_item_is_slow_before_it_is_late() {
    let mut items: Vec<Item> =
        (0..60).map(|day| item(day, &[(day, DOING), (day + 2, REVIEW), (day + 20, DONE)])).collect();
    items.push(item(60, &[(60, DOING)]));
    let slow = find(SignalKind::SlowInStage, &items, &workflow(), 65);
    assert!(slow.iter().any(|it| it.subject == Subject::Item(60)));
    assert!(find(SignalKind::AgeBeyondSle, &items, &workflow(), 65).is_empty());
    assert!(!slow.iter().any(|it| it.subject == Subject::Item(59)), "in review for a usual time");
}

#[test]
fn blocked_wins_over_stalled_and_tells_foreign_causes_apart() {
    let workflow = workflow();
    let items = [
        item(1, &[(2, DOING)]),
        blocked(1, &[(2, DOING)], 3, None, flag()),
        blocked(1, &[(2, DOING)], 9, None, BlockedCause::Item("OTHER-1".to_owned())),
        blocked(1, &[(2, DOING)], 9, None, BlockedCause::Item("MINE-1".to_owned())),
    ];
    let of = |kind| levels(kind, &items, &workflow, 10);
    let item = Subject::Item;
    assert_eq!(of(SignalKind::Stalled), [(item(0), SignalLevel::Watch)]);
    assert_eq!(
        of(SignalKind::Blocked),
        [(item(1), SignalLevel::Bad), (item(2), SignalLevel::Watch), (item(3), SignalLevel::Watch)]
    );
    assert_eq!(of(SignalKind::DependencyRisk), [(item(2), SignalLevel::Watch)]);
    assert!(levels(SignalKind::Stalled, &items, &workflow, 6).is_empty(), "not silent for long enough");
}

#[test]
fn a_team_that_slows_down_is_noticed() {
    let mut items = steady(200, 4);
    assert!(find(SignalKind::ThroughputShift, &items, &workflow(), 195).is_empty());
    items.truncate(175);
    let found = find(SignalKind::ThroughputShift, &items, &workflow(), 203);
    assert_eq!((found.len(), found[0].level), (1, SignalLevel::Bad));
    assert_eq!(found[0].evidence.figures[0].value as u32, found[0].evidence.items.len() as u32);
    assert_eq!(found[0].evidence.days, Some((Day(176), Day(203))));
}

#[test]
fn starting_more_than_is_finished_is_noticed() {
    let mut items = steady(100, 3);
    assert!(find(SignalKind::WipGrowth, &items, &workflow(), 95).is_empty());
    items.extend((80..96).map(|day| item(day, &[(day, DOING)])));
    let growth = find(SignalKind::WipGrowth, &items, &workflow(), 95);
    assert_eq!(growth[0].level, SignalLevel::Bad);
    assert_eq!(find(SignalKind::AgeGrowth, &items, &workflow(), 95)[0].level, SignalLevel::Bad);
    let limited = Workflow { wip_limit: Some(3), ..workflow() };
    assert_eq!(levels(SignalKind::WipOverLimit, &items, &limited, 95)[0].1, SignalLevel::Watch);
    assert!(levels(SignalKind::WipOverLimit, &items, &workflow(), 95).is_empty());
    let backlog: Vec<Item> = (0..60).map(|day| item(40 + day, &[])).chain(steady(100, 3)).collect();
    assert_eq!(levels(SignalKind::ScopeGrowth, &backlog, &workflow(), 99)[0].1, SignalLevel::Bad);
    assert!(find(SignalKind::ScopeGrowth, &steady(100, 3), &workflow(), 99).is_empty());
}

#[test]
fn silence_is_stale_data() {
    let items = steady(50, 3);
    assert!(find(SignalKind::StaleData, &items, &workflow(), 55).is_empty());
    let level = |day| levels(SignalKind::StaleData, &items, &workflow(), day)[0].1;
    assert_eq!((level(60), level(70)), (SignalLevel::Watch, SignalLevel::Bad));
    assert!(find(SignalKind::StaleData, &[], &workflow(), 70).is_empty());
}

#[test]
fn a_rule_carries_how_often_it_was_right() {
    let mut items = simulated(7, 500);
    let stuck = blocked(480, &[(485, DOING)], 490, None, flag());
    items.push(stuck);
    let workflow = workflow();
    let signals = signals(&Team::new(&items, &workflow, Day(500)));
    let blocked = signals.iter().find(|it| it.kind == SignalKind::Blocked).unwrap();
    let (raised, otherwise) = (blocked.track.raised.unwrap(), blocked.track.otherwise.unwrap());
    let rate = |it: HitRate| f64::from(it.hits) / f64::from(it.checks);
    assert!(rate(raised) > 0.6, "blocked items of this team are late: {raised:?}");
    assert!(rate(otherwise) < 0.35, "the others seldom: {otherwise:?}");
    assert_eq!(blocked.next, NextStep::RemoveImpediment);
    assert!(signals.is_sorted_by_key(|it| std::cmp::Reverse(it.level)));
}

#[test]
fn a_young_team_has_signals_without_records() {
    let mut items = steady(40, 3);
    items.push(blocked(30, &[(31, DOING)], 32, None, flag()));
    let workflow = workflow();
    let signals = signals(&Team::new(&items, &workflow, Day(40)));
    let blocked = signals.iter().find(|it| it.kind == SignalKind::Blocked).unwrap();
    assert_eq!(blocked.track, TrackRecord::NONE);
    assert!(super::signals(&Team::new(&[], &workflow, Day(40))).is_empty());
}

#[test]
fn promises_are_held_against_the_record() {
    // Every other quarter hardly anything is finished.
    let counts: Vec<u32> =
        (0..1_400).map(|day| if (day / 91) % 2 == 0 { 2 } else { u32::from(day % 9 == 0) }).collect();
    let series = Series::of_counts(&counts, Day(0));
    let protocol = Protocol::default();
    let checks = Checks::of(&series, &protocol);
    let pool = Pool::default();
    let forecaster = Forecaster::new(&series, &checks, &pool, &protocol).unwrap();
    let targets = [
        Target { items: 1, by: Day(60) },
        Target { items: 30, by: Day(30) },
        Target { items: 500, by: Day(30) },
    ];
    let signals = with_forecasts(Vec::new(), &targets, &forecaster);
    let risks: Vec<_> = signals.iter().filter(|it| it.kind == SignalKind::ForecastRisk).collect();
    assert!(risks.iter().any(|it| it.subject == Subject::Target(2) && it.level == SignalLevel::Bad));
    assert!(!risks.iter().any(|it| it.subject == Subject::Target(0)));
    let hopeless = risks.iter().find(|it| it.subject == Subject::Target(2)).unwrap();
    let rate = hopeless.track.raised.unwrap();
    assert_eq!(rate.hits, rate.checks, "nobody has ever done so much");
}

#[test]
fn an_iteration_with_more_than_usual_is_noticed() {
    let past = |committed: f64, completed: f64| IterationFacts { committed, completed: Some(completed) };
    let mut iterations: Vec<IterationFacts> = (0..10).map(|_| past(20.0, 20.0)).collect();
    iterations.extend((0..8).map(|it| past(if it % 2 == 0 { 30.0 } else { 20.0 }, 20.0)));
    let running = |committed: f64| {
        let mut all = iterations.clone();
        all.push(IterationFacts { committed, completed: None });
        promises::overcommitted(&all)
    };
    assert_eq!(running(22.0), None);
    let signal = running(30.0).unwrap();
    assert_eq!((signal.level, signal.subject), (SignalLevel::Bad, Subject::Iteration(18)));
    assert_eq!(signal.track.raised, Err(TooFew { n: 4, need: HitRate::FEWEST }));
    assert_eq!(signal.track.otherwise, Ok(HitRate { hits: 0, checks: 11 }));
    assert_eq!(promises::overcommitted(&iterations), None, "none is running");
}

#[test]
fn every_kind_has_a_next_step_and_codes_are_distinct() {
    let codes: std::collections::BTreeSet<_> =
        SignalKind::ALL.into_iter().map(|kind| NextStep::after(kind).code()).collect();
    assert!(codes.len() >= 12);
    assert!(codes.iter().all(|code| !code.contains(' ')));
}
