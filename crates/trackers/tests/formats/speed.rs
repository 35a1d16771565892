//! How fast tables are read. Run by hand, optimised:
//! `cargo test --release -p headway-trackers --test formats -- --ignored --nocapture speed`.

use std::{fmt::Write, fs, hint::black_box, io::Cursor};

use headway_domain::time::MICROS_PER_DAY;
use headway_trackers::{Dialect, Format, change_table::fast, recognise_start, rows_of};

/// A plain table of changes: `items` items with eight changes each.
fn table(items: i64) -> String {
    let mut text = "item,team,type,created,at,from,to\n".to_owned();
    let states =
        ["Backlog", "Ready", "In Progress", "Review", "In Progress", "Review", "Test", "Released", "Done"];
    for item in 0..items {
        let created = headway_domain::time::Instant(1_700_000_000_000_000 + item * 60_000_000);
        for (step, pair) in (1..).zip(states.windows(2)) {
            let at = headway_domain::time::Instant(created.0 + step * MICROS_PER_DAY / 3);
            let (from, to) = (pair[0], pair[1]);
            writeln!(text, "PAY-{item},Team {},Story,{created},{at},{from},{to}", item % 40).unwrap();
        }
    }
    text
}

/// Seconds that this thread was on a processor: other programs do not count.
fn cpu_seconds() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

#[test]
#[ignore = "a measurement, not a test"]
#[expect(clippy::print_stdout, reason = "figures for the person who measures")]
fn speed_of_tables() {
    let text = table(100_000);
    let dialect: Dialect = recognise_start("table.csv", &text.as_bytes()[..1 << 20]).unwrap().dialect;
    let report = |what: &str, rows: usize, started: f64| {
        let seconds = cpu_seconds() - started;
        let megabytes = text.len() as f64 / 1e6;
        println!(
            "{what}: {rows} rows, {megabytes:.0} MB in {seconds:.3} CPU s: {:.0} MB/s, {:.2} M rows/s, {:.0} ns a row",
            megabytes / seconds,
            rows as f64 / seconds / 1e6,
            seconds / rows as f64 * 1e9
        );
    };
    for _ in 0..3 {
        let started = cpu_seconds();
        let mut rows = 0;
        fast::scan(text.as_bytes(), &dialect, |row| rows += usize::from(black_box(row).is_ok())).unwrap();
        report("fast", rows, started);
        let bytes = Box::new(Cursor::new(text.clone().into_bytes()));
        let started = cpu_seconds();
        let reader = rows_of(Format::ChangeTable, bytes, "table.csv".to_owned(), &dialect).unwrap();
        let rows = reader.filter(|row| black_box(row).record.is_ok()).count();
        report("general", rows, started);
    }
}
