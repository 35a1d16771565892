//! The same seed and day give the same organisation, and size does not change what was there before.

#![expect(clippy::unwrap_used, reason = "a test that unwraps nothing has failed")]

use headway_domain::time::Day;
use headway_sample::{Sample, Scale};

fn today() -> Day {
    "2026-11-24".parse().unwrap()
}

#[test]
fn the_same_seed_and_day_give_the_same_records() {
    let sample = Sample::new(11, today(), Scale::default());
    let again = Sample::new(11, today(), Scale::default());
    assert_eq!(sample.units(), again.units());
    assert!(sample.records().eq(again.records()));
}

#[test]
fn another_seed_or_day_gives_others() {
    let first = |seed, today| Sample::new(seed, today, Scale { teams: 1 }).histories().next().unwrap().items;
    assert_ne!(first(11, today()), first(12, today()));
    assert_ne!(first(11, today()), first(11, today().plus(1)));
}

#[test]
fn a_larger_organisation_begins_with_the_same_twelve_teams() {
    let small = Sample::new(11, today(), Scale::default());
    let large = Sample::new(11, today(), Scale { teams: 15 });
    assert_eq!(large.units()[..20], small.units()[..]);
    let mut histories = large.histories();
    for history in small.histories() {
        assert_eq!(Some(history), histories.next());
    }
    let names: Vec<_> = histories.map(|it| (it.team.name, it.items.len() > 300)).collect();
    let expected = ["Osprey 2", "Falcon 2", "Kestrel 2"].map(|name| (name.to_owned(), true));
    assert_eq!(names, expected);
}
