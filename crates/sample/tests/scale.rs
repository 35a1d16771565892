//! How fast large samples are made. Run by hand: `cargo test -p headway-sample --test scale -- --ignored --nocapture`.

use std::{
    io::{self, Write},
    time::Instant,
};

use headway_sample::{
    Sample, Scale,
    bench::{Changes, Order},
};

/// Counts what it is given.
struct Nowhere;

impl Write for Nowhere {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
#[ignore = "measures, and asserts nothing"]
fn a_thousand_teams() {
    let begin = Instant::now();
    let sample = Sample::new(7, "2026-11-24".parse().unwrap(), Scale { teams: 1_000 });
    let (mut items, mut changes, mut most) = (0, 0, 0);
    for history in sample.histories() {
        items += history.items.len();
        changes += history.items.iter().map(|item| item.changes.len()).sum::<usize>();
        most = most.max(history.items.len());
    }
    let seconds = begin.elapsed().as_secs_f64();
    eprintln!("{items} items, {changes} changes, at most {most} a team, {seconds:.1} s");
}

#[test]
#[ignore = "measures, and asserts nothing"]
fn a_million_items_in_a_table() {
    for order in [Order::ByItem, Order::ByTime] {
        let begin = Instant::now();
        let changes =
            Changes { items: 1_000_000, teams: 1_000, until: "2026-11-24".parse().unwrap(), seed: 7 };
        let written = changes.write(order, &mut Nowhere).unwrap();
        let rate = written.rows as f64 / begin.elapsed().as_secs_f64() / 1e6;
        eprintln!(
            "{order:?}: {} rows, {} bytes, {rate:.1} million rows a second",
            written.rows, written.bytes
        );
    }
}
