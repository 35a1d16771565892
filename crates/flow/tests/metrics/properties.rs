//! What holds for every history, whatever a tracker may have written.

use std::collections::BTreeSet;

use headway_domain::{
    time::{Day, Instant, MICROS_PER_DAY},
    work::{DayCount, FinishPolicy, StageIx, StartPolicy, WorkType, Workflow},
};
use headway_flow::{
    blocked,
    clock::Dates,
    cube::TeamCube,
    cumulative_flow::CumulativeFlow,
    distribution::{Distribution, Weight},
    efficiency::{WaitingRule, flow_efficiency},
    history::{BlockedCause, BlockedSpan, History, Move, Timed},
    item::{Item, Moment, Span},
    period::{Grain, Window},
    sle,
    sprint::{Figures, Timebox, Unit},
    throughput, wip,
};
use proptest::{collection::vec, option, prelude::*, test_runner::RngSeed};

use crate::language::Example;

const HOUR: i64 = 3_600_000_000;
/// Everything generated happens in the first forty days.
const WHOLE: Window = Window { first: Day(-5), last: Day(60) };

fn histories() -> impl Strategy<Value = Vec<History>> {
    let steps = vec((0_i64..960, 0_u16..6), 0..7);
    let spans = vec((0_i64..960, option::of(1_i64..200)), 0..3);
    let one = (
        0_i64..960,
        option::of(0_u16..6),
        steps,
        option::weighted(0.1, 0_i64..960),
        spans,
        0_usize..5,
        any::<bool>(),
    );
    let history = one.prop_map(|(created, first, steps, cancelled, spans, work_type, is_complete)| {
        let mut history =
            History { created: Instant(created * HOUR), first, is_complete, ..History::default() };
        history.moves = steps.into_iter().map(|(at, to)| Move { at: Instant(at * HOUR), to }).collect();
        history.cancelled_at = cancelled.map(|at| Instant(at * HOUR));
        history.work_type = WorkType::ALL[work_type];
        history.blocked = spans
            .into_iter()
            .map(|(from, hours)| BlockedSpan {
                from: Instant(from * HOUR),
                until: hours.map(|it| Instant((from + it) * HOUR)),
                cause: BlockedCause::Flag(format!("cause {}", from % 3)),
            })
            .collect();
        history.blocked.sort_by_key(|it| it.from);
        history.sort();
        history
    });
    vec(history, 0..12)
}

fn workflows() -> impl Strategy<Value = Workflow> {
    let starts = prop_oneof![Just(StartPolicy::Last), Just(StartPolicy::First), Just(StartPolicy::Wipe)];
    let finishes = prop_oneof![Just(FinishPolicy::Last), Just(FinishPolicy::First)];
    (starts, finishes).prop_map(|(start, finish)| {
        let example = Example::read(&["today 2024-03-15".to_owned()]).unwrap();
        Workflow { start, finish, ..example.workflow }
    })
}

fn items(histories: &[History], workflow: &Workflow) -> Vec<Item> {
    histories.iter().map(|it| Item::of(it, workflow)).collect()
}

/// Work in progress as its definition says, item by item and day by day.
fn naive_wip(items: &[Item], day: Day) -> u32 {
    items.iter().filter(|it| is_in_progress_on(it, day)).count() as u32
}

fn is_in_progress_on(item: &Item, day: Day) -> bool {
    item.started.is_some_and(|it| it.day <= day) && item.left().is_none_or(|it| it.day > day)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        rng_seed: RngSeed::Fixed(20_240_304),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn arrivals_less_departures_is_wip(histories in histories(), workflow in workflows()) {
        let items = items(&histories, &workflow);
        let wip = wip::daily_wip(&items, WHOLE);
        let flow = wip::flow(&items, WHOLE, Grain::Day);
        let mut level = 0;
        for ((day, wip), flow) in WHOLE.days().zip(wip).zip(flow) {
            level += flow.net();
            prop_assert_eq!(i64::from(wip), level);
            prop_assert_eq!(wip, naive_wip(&items, day));
        }
    }

    #[test]
    fn littles_law_is_exact(histories in histories(), workflow in workflows()) {
        let items = items(&histories, &workflow);
        let gone: Vec<&Item> = items.iter().filter(|it| it.departed().is_some()).collect();
        let in_process: f64 = gone.iter().map(|it| {
            let days = it.departed().unwrap().day.0 - it.arrived().unwrap().day.0;
            f64::from(days).max(0.5)
        }).sum();
        let average = wip::average_wip(gone.iter().copied(), WHOLE).unwrap();
        prop_assert!((average * WHOLE.len() as f64 - in_process).abs() < 1e-9);
    }

    #[test]
    fn total_age_grows_by_wip(histories in histories(), workflow in workflows()) {
        let items = items(&histories, &workflow);
        let ages = wip::total_age_days(&items, WHOLE, &workflow.calendar);
        for (day, age) in WHOLE.days().zip(ages) {
            let naive: i64 = items.iter()
                .filter(|it| is_in_progress_on(it, day))
                .map(|it| i64::from(day.0 - it.started.unwrap().day.0 + 1))
                .sum();
            prop_assert_eq!(age as i64, naive);
        }
    }

    #[test]
    fn cumulative_flow_never_falls(histories in histories(), workflow in workflows()) {
        let items = items(&histories, &workflow);
        let lines = CumulativeFlow::of(&items, &workflow, WHOLE.last).lines;
        for line in &lines {
            prop_assert!(line.is_sorted());
        }
        for pair in lines.windows(2) {
            prop_assert!(pair[0].iter().zip(&pair[1]).all(|(upper, lower)| upper >= lower));
        }
    }

    #[test]
    fn the_order_of_items_is_irrelevant(histories in histories(), workflow in workflows()) {
        let there = items(&histories, &workflow);
        let back: Vec<Item> = there.iter().rev().cloned().collect();
        let measures = |items: &[Item]| (
            throughput::throughput(items, WHOLE, Grain::Week),
            wip::daily_wip(items, WHOLE),
            CumulativeFlow::of(items, &workflow, WHOLE.last).lines,
            sle::cycle_time_summary(items, &workflow, WHOLE),
            sle::lead_time_summary(items, &workflow, WHOLE),
            sle::never_started(items, WHOLE),
            Distribution::finished(items, WHOLE, Weight::Items),
        );
        prop_assert_eq!(measures(&there), measures(&back));
        let time = |items: &[Item]| {
            format!("{:.3?}", flow_efficiency(items, &workflow, WHOLE, WaitingRule::Stages))
        };
        prop_assert_eq!(time(&there), time(&back));
    }

    /// Working days that are every day, without holidays, are plain days.
    #[test]
    fn an_empty_calendar_changes_nothing(histories in histories(), workflow in workflows()) {
        let mut every_day = workflow.clone();
        every_day.calendar.count = DayCount::Working;
        every_day.calendar.workdays = [true; 7];
        let measures = |workflow: &Workflow| {
            let items = items(&histories, workflow);
            (
                sle::cycle_time_summary(&items, workflow, WHOLE),
                wip::total_age_days(&items, WHOLE, &workflow.calendar),
                items,
            )
        };
        prop_assert_eq!(measures(&workflow), measures(&every_day));
    }

    /// Two ways to the same age: the facts of today, and the past looked at from today.
    #[test]
    fn the_clock_as_of_the_last_day_is_the_clock(histories in histories(), workflow in workflows()) {
        for item in items(&histories, &workflow) {
            let dates = item.as_of(WHOLE.last, &workflow);
            let facts = Dates { started: item.started, finished: item.finished, cancelled: item.cancelled };
            prop_assert_eq!(dates, facts);
            prop_assert_eq!(item.age_on(WHOLE.last, &workflow), item.age_days(WHOLE.last, &workflow.calendar));
        }
    }

    #[test]
    fn a_start_comes_before_the_end(histories in histories(), workflow in workflows()) {
        for item in items(&histories, &workflow) {
            if let (Some(started), Some(left)) = (item.started, item.left()) {
                prop_assert!(started.at <= left.at);
            }
            prop_assert!(item.finished.is_none() || item.cancelled.is_none());
            prop_assert!(item.cycle_time_days(&workflow.calendar).is_none_or(|it| it >= 1));
        }
    }

    #[test]
    fn stays_fill_the_time_and_blocks_fit_in_it(histories in histories(), workflow in workflows()) {
        let now = Instant(60 * MICROS_PER_DAY);
        for item in items(&histories, &workflow) {
            let all: f64 = item.seconds_in_stages(now, workflow.stages.len()).iter().sum();
            let whole = item.visits.first().map_or(0.0, |it| now.seconds_since(it.from));
            prop_assert!((all - whole).abs() < 1e-6);
            let blocked = blocked::blocked_in_progress_seconds(&item, now);
            let life = blocked::life(&item, now).map_or(0.0, Span::seconds);
            prop_assert!(blocked <= life + 1e-6);
            let is_blocked = blocked::blocked_by(&item, now).is_some();
            prop_assert!(!is_blocked || blocked::stalled_since(&item, now, &workflow).is_none());
        }
    }

    /// The cube says what the items say, also after some of them were taken out and put in again.
    #[test]
    fn the_cube_agrees_with_the_items(
        histories in histories(),
        workflow in workflows(),
        (first, days) in (-4_i32..45, 1_u32..20),
        out in 0_usize..12,
    ) {
        let all = items(&histories, &workflow);
        let mut cube = TeamCube::new(Day(3), &workflow);
        for item in &all {
            cube.add(item, &workflow);
        }
        if let Some(item) = all.get(out) {
            cube.remove(item, &workflow);
        }
        let items: Vec<&Item> = all.iter().enumerate().filter(|(at, _)| *at != out).map(|(_, it)| it).collect();
        let window = Window::ending(Day(first.max(3) + days as i32), days.min(first.max(3) as u32 + days - 2));
        let totals = cube.totals(window);
        let count = |of: &dyn Fn(&Item) -> Option<Moment>| {
            let days = items.iter().filter_map(|it| of(it)).map(|it| it.day);
            throughput::daily(days, window)
        };
        let sum = |of: &dyn Fn(&Item) -> Option<Moment>| count(of).iter().sum::<u32>();
        prop_assert_eq!(totals.finished, sum(&|it| it.finished));
        prop_assert_eq!(totals.arrived, sum(&Item::arrived));
        prop_assert_eq!(totals.departed, sum(&Item::departed));
        prop_assert_eq!(totals.cancelled, sum(&|it| it.cancelled));
        prop_assert_eq!(cube.daily_finished(window), count(&|it| it.finished));
        prop_assert_eq!(cube.daily_arrived(window), count(&Item::arrived));
        let never_started = sle::never_started(&items, window).map_or(0, |it| it.part);
        prop_assert_eq!(totals.never_started as usize, never_started);
        let shares = Distribution::finished(items.iter().copied(), window, Weight::Items);
        for (cube, items) in totals.finished_by_type.iter().zip(shares.amounts) {
            prop_assert!((f64::from(*cube) - items).abs() < 1e-9);
        }
        prop_assert_eq!(totals.cycle_time, sle::cycle_time_summary(&items, &workflow, window));
        let wip = wip::daily_wip(items.iter().copied(), window);
        prop_assert_eq!(totals.wip, wip.last().copied().unwrap_or_default());
        prop_assert_eq!(cube.daily_wip(window), wip);
        let ages = wip::total_age_days(items.iter().copied(), window, &workflow.calendar);
        prop_assert_eq!(totals.total_age_days, ages.last().copied().unwrap_or_default());

        let lines = CumulativeFlow::of(&items, &workflow, window.last);
        for stage in 0..5 {
            let line: Vec<u32> = window.days().map(|day| lines.at(stage, day)).collect();
            prop_assert_eq!(cube.daily_reached(stage, window), line);
        }
        for stage in 1..4 {
            let naive: Vec<u32> = window.days().map(|day| {
                let is_there = |it: &&&Item| {
                    let is_on_board = !it.is_undated && it.left().is_none_or(|it| it.day > day);
                    is_on_board && stage_on(it, day) == Some(stage)
                };
                items.iter().filter(is_there).count() as u32
            }).collect();
            prop_assert_eq!(cube.daily_in_stage(stage, window), naive);
        }
    }

    /// Started + added − removed + change of estimates − completed = remaining, whatever happens to the items.
    #[test]
    fn an_iteration_adds_up(
        histories in histories(),
        workflow in workflows(),
        entries in vec(vec((0_i64..960, any::<bool>()), 0..5), 12),
        estimates in vec(vec((0_i64..960, option::of(0_u8..20)), 0..4), 12),
    ) {
        let mut histories = histories;
        for (history, (entries, estimates)) in histories.iter_mut().zip(entries.into_iter().zip(estimates)) {
            let keys = |is_in| if is_in { vec!["S".to_owned()] } else { Vec::new() };
            let at = |hour: i64| Instant(hour * HOUR);
            history.iterations =
                entries.into_iter().map(|(hour, is_in)| Timed { at: at(hour), value: keys(is_in) }).collect();
            history.iterations.sort_by_key(|it| it.at);
            let timed = |(hour, value): (i64, Option<u8>)| Timed { at: at(hour), value: value.map(f64::from) };
            history.estimates = estimates.into_iter().map(timed).collect();
            history.estimates.sort_by_key(|it| it.at);
        }
        let items = items(&histories, &workflow);
        let timebox = Timebox { key: "S", starts: Instant(200 * HOUR), ends: Instant(600 * HOUR) };
        let it = Figures::of(histories.iter().zip(&items), timebox, &workflow);
        let change = |unit| if unit == Unit::Points { it.estimate_change } else { 0.0 };
        for unit in [Unit::Items, Unit::Points] {
            let scope = it.started.of(unit) + it.added.of(unit) - it.removed.of(unit) + change(unit);
            prop_assert!((scope - it.completed.of(unit) - it.remaining.of(unit)).abs() < 1e-9);
        }
        prop_assert!(it.say_do(Unit::Items).is_ok_and(|it| it <= 1.0) || it.started.items == 0.0);
    }
}

/// The stage of an item at the end of a day.
fn stage_on(item: &Item, day: Day) -> Option<StageIx> {
    item.visits.iter().rev().find(|it| it.day <= day).map(|it| it.stage)
}

/// The generator makes what it should: without reopened, cancelled and unfinished items the properties are empty.
#[test]
fn the_generator_reaches_every_case() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let workflow = workflows().new_tree(&mut runner).unwrap().current();
    let mut seen = BTreeSet::new();
    for _ in 0..200 {
        for item in items(&histories().new_tree(&mut runner).unwrap().current(), &workflow) {
            seen.insert(format!("{:?}", item.standing()));
            seen.extend(item.never_started().then(|| "never started".to_owned()));
            seen.extend(item.is_undated.then(|| "undated".to_owned()));
        }
    }
    assert_eq!(seen.len(), 6, "{seen:?}");
}
