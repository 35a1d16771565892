//! Mistakes that other tools have shipped, each kept out by a test of its own. Those that a page of
//! `docs/metrics/` shows as a worked example are not repeated here.

use headway_domain::time::{Day, Instant, Zone};
use headway_flow::{
    blocked,
    cumulative_flow::CumulativeFlow,
    item::{Item, Standing},
    period::{Grain, Window, iso_week},
    sle, throughput,
};

use crate::language::Example;

fn example(lines: &[&str]) -> Example {
    let lines: Vec<String> = lines.iter().map(|it| (*it).to_owned()).collect();
    Example::read(&lines).unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Whole times 24 hours plus one is one day short whenever the finish is earlier in the day than the start.
#[test]
fn cycle_time_counts_dates_not_times_24_hours() {
    for hour in 0..24 {
        let done =
            format!("A created 2024-03-01, In progress 2024-03-04 12:00, Done 2024-03-06 {hour:02}:30");
        let example = example(&["today 2024-03-15", &done]);
        assert_eq!(example.items["A"].cycle_time_days(&example.workflow.calendar), Some(3), "{done}");
    }
}

#[test]
fn a_week_is_known_by_its_year_too() {
    let example = example(&[
        "today 2024-03-15",
        "A created 2023-01-02, Done 2023-02-01",
        "B created 2023-01-02, Done 2024-01-31",
    ]);
    let window = Window { first: day("2023-01-02"), last: day("2024-03-10") };
    let weeks = throughput::throughput(example.items.values(), window, Grain::Week);
    let fifths: Vec<_> =
        weeks.iter().filter(|it| iso_week(it.period.first).1 == 5).map(|it| it.count).collect();
    assert_eq!(fifths, [1, 1]);
}

/// A team that stopped delivering shows zeros up to today, not a series that ends with its last success.
#[test]
fn trailing_zeros_stay() {
    let example = example(&["today 2024-03-31", "A created 2024-03-01, Done 2024-03-05"]);
    let window = Window { first: day("2024-03-04"), last: example.today };
    let weeks = throughput::throughput(example.items.values(), window, Grain::Week);
    assert_eq!(weeks.iter().map(|it| it.count).collect::<Vec<_>>(), [1, 0, 0, 0]);
}

/// One tracker wrote three offsets into one history. An instant is an instant, whatever clock it was written on.
#[test]
fn offsets_do_not_move_changes() {
    let utc: Instant = "2024-03-05T04:30:00Z".parse().unwrap();
    let local: Instant = "2024-03-04T23:30:00-05:00".parse().unwrap();
    assert_eq!(utc, local);
    assert_eq!(Zone::named("America/New_York").unwrap().day_of(utc), day("2024-03-04"));
}

/// "Today" is the team's today. At half past midnight in Zurich, UTC still has yesterday.
#[test]
fn today_is_the_teams_today() {
    let example = example(&[
        "zone Europe/Zurich",
        "today 2024-03-06",
        "A created 2024-03-05 23:30, In progress 2024-03-06 00:30",
    ]);
    let item = &example.items["A"];
    assert_eq!(item.age_on(example.today, &example.workflow), Some(1));
    assert_eq!(item.age_on(example.today.plus(-1), &example.workflow), None);
    assert_eq!(item.started.unwrap().day, example.today);
}

/// The night on which clocks change has 23 hours and is one day.
#[test]
fn the_change_of_clocks_is_one_day() {
    let lines = [
        "zone Europe/Zurich",
        "today 2024-04-05",
        "A created 2024-03-01, In progress 2024-03-30 12:00, Done 2024-03-31 11:00",
    ];
    let example = example(&lines);
    let item = &example.items["A"];
    assert_eq!(item.cycle_time_days(&example.workflow.calendar), Some(2));
    assert!((item.elapsed_seconds().unwrap() - 22.0 * 3600.0).abs() < 1.0);
}

/// An item that was moved back and finished again has one finish: the last. It is not lost, and not counted twice.
#[test]
fn a_reopened_item_is_finished_once() {
    let lines = [
        "today 2024-03-15",
        "A created 2024-03-01, In progress 2024-03-04, Done 2024-03-05, To do 2024-03-06, In progress 2024-03-07, Done 2024-03-08",
    ];
    let example = example(&lines);
    let window = Window { first: day("2024-03-01"), last: example.today };
    let finished = throughput::throughput(example.items.values(), window, Grain::Day);
    let days: Vec<Day> = finished.iter().filter(|it| it.count > 0).map(|it| it.period.first).collect();
    assert_eq!(days, [day("2024-03-08")]);
}

/// A change among the ways to be done moves nothing.
#[test]
fn resolved_to_closed_dates_nothing_again() {
    let lines = [
        "today 2024-03-15",
        "A created 2024-03-01, In progress 2024-03-04, Done 2024-03-05, Done 2024-03-11",
    ];
    assert_eq!(example(&lines).items["A"].finished.unwrap().day, day("2024-03-05"));
}

/// An item finished before it was created counts as delivered and has no lead time; no sum goes negative.
#[test]
fn finished_before_created_is_survived() {
    let lines = ["today 2024-03-15", "A created 2024-03-08, In progress 2024-03-04, Done 2024-03-06"];
    let example = example(&lines);
    let item = &example.items["A"];
    assert_eq!(item.lead_time_days(&example.workflow.calendar), None);
    assert_eq!(item.cycle_time_days(&example.workflow.calendar), Some(3));
    assert_eq!(CumulativeFlow::of(&[item], &example.workflow, example.today).at(0, day("2024-03-05")), 1);
}

/// "Stale" must be one number: an item that is blocked and silent is blocked, in every view.
#[test]
fn blocked_and_stalled_are_never_one_item() {
    let lines = [
        "today 2024-03-30",
        "A created 2024-03-01, In progress 2024-03-04, blocked 2024-03-05 by vendor",
        "B created 2024-03-01, In progress 2024-03-04",
    ];
    let example = example(&lines);
    let state = |name: &str| {
        let item: &Item = &example.items[name];
        let is_blocked = blocked::blocked_by(item, example.now()).is_some();
        (is_blocked, blocked::stalled_since(item, example.now(), &example.workflow).is_some())
    };
    assert_eq!(state("A"), (true, false));
    assert_eq!(state("B"), (false, true));
}

/// A clean-up that closes a hundred items on one day is in the counts: hiding it would be another number.
#[test]
fn a_bulk_close_stays_in_the_count() {
    let mut lines = vec!["today 2024-03-15".to_owned()];
    lines.extend((0..100).map(|it| format!("A{it} created 2024-03-01, Done 2024-03-06 09:00")));
    let example = Example::read(&lines).unwrap();
    let window = Window { first: day("2024-03-04"), last: day("2024-03-08") };
    let finished = throughput::throughput(example.items.values(), window, Grain::Day);
    assert_eq!(finished[2].count, 100);
    let never = sle::never_started(&example.all(), window).unwrap();
    assert_eq!((never.part, never.of), (100, 100));
}

/// An item created in a stage of work has started.
#[test]
fn created_in_progress_is_a_start() {
    let example = example(&["today 2024-03-15"]);
    let mut history = headway_flow::history::History::default();
    history.reset(example.time("2024-03-04 09:00").unwrap(), Some(1));
    let item = Item::of(&history, &example.workflow);
    assert_eq!(item.started, Some(item.created));
    assert_eq!(item.standing(), Standing::InProgress);
}
