//! Figures in the terminal: the table, the JSON, the two ways through a table of changes, charts.

use std::{fs::File, io::BufWriter, path::Path};

use headway_sample::bench::{Changes, Order};
use serde_json::Value;

use crate::{fixture, headway, text};

const TODAY: [&str; 2] = ["--today", "2024-01-20"];

fn json(arguments: &[&str]) -> Value {
    let printed = headway(&[&["analyze", "--format", "json"], arguments].concat()).success();
    serde_json::from_str(&printed).unwrap()
}

#[test]
fn the_table_fits_a_terminal() {
    let printed = headway(&["analyze", &fixture("changes.csv"), TODAY[0], TODAY[1]]).success();
    assert!(printed.lines().all(|line| line.chars().count() <= 80), "{printed}");
    insta::assert_snapshot!(printed);
}

#[test]
fn the_json_holds_the_figures_known_by_construction() {
    let report = json(&[&fixture("changes.csv"), TODAY[0], TODAY[1]]);
    let counts = &report["counts"];
    let count = |name: &str| counts[name].as_u64().unwrap();
    assert_eq!(
        ["items", "changes", "state_changes", "never_started", "finished", "cancelled"].map(count),
        [7, 14, 14, 1, 4, 1]
    );
    assert_eq!(["in_progress", "not_started", "unreadable_rows", "teams"].map(count), [1, 1, 1, 2]);
    // Six days, eight days with the time it was done in between, one day.
    let all = &report["cycle_time"]["all"];
    assert_eq!((all["n"].as_u64(), all["p50"].as_u64(), all["p95"].as_u64()), (Some(3), Some(6), Some(8)));
    assert_eq!(report["cycle_time"]["never_started"], 1);
    let oldest = &report["oldest"][0];
    assert_eq!((&oldest["item"], &oldest["age_days"]), (&"PAY-4".into(), &6.into()));
    assert_eq!(report["wip"]["now"], 1);
    assert_eq!(report["forecast"]["too_few"]["of"], "weeks");
}

#[test]
fn rules_and_windows_change_the_figures() {
    let file = fixture("changes.csv");
    let working = json(&[&file, TODAY[0], TODAY[1], "--days", "working"]);
    assert_eq!(working["cycle_time"]["all"]["p95"], 6);
    let first = json(&[&file, TODAY[0], TODAY[1], "--finish", "first"]);
    assert_eq!(first["cycle_time"]["all"]["p95"], 6, "PAY-3 was first done on the fifth day");
    let window = json(&[&file, TODAY[0], TODAY[1], "--from", "2024-01-09", "--to", "2024-01-31"]);
    assert_eq!(window["cycle_time"]["all"]["n"], 1);
    let parity = json(&[&file, TODAY[0], TODAY[1], "--parity", "azure devops"]);
    assert_eq!(parity["parity"]["tool"], "Azure DevOps");
    assert!(headway(&["analyze", &file, "--parity", "abacus"]).err.contains("known are ActionableAgile"));
}

fn generated(folder: &Path, order: Order) -> String {
    let path = folder.join("changes.csv");
    let changes = Changes { items: 3_000, teams: 7, until: "2024-11-24".parse().unwrap(), seed: 5 };
    changes.write(order, &mut BufWriter::new(File::create(&path).unwrap())).unwrap();
    text(&path)
}

#[test]
fn both_ways_through_a_table_tell_the_same() {
    let folder = tempfile::tempdir().unwrap();
    for order in [Order::ByItem, Order::ByTime] {
        let file = generated(folder.path(), order);
        for rules in [
            &[][..],
            &["--start", "first", "--finish", "first"],
            &["--from", "2023-02-01", "--days", "working"],
        ] {
            let mut short = json(&[&[file.as_str()], rules].concat());
            // A question that only the long way answers.
            let mut long = json(&[&[file.as_str(), "--parity", "lighthouse"], rules].concat());
            assert_eq!((&short["quality_of_rows"], &long["quality_of_rows"]), (&false.into(), &true.into()));
            for report in [&mut short, &mut long] {
                let report = report.as_object_mut().unwrap();
                report.remove("quality_of_rows");
                report.remove("parity");
            }
            assert_eq!(short, long);
        }
    }
}

#[test]
fn the_same_seed_prints_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let file = generated(folder.path(), Order::ByTime);
    let print = || headway(&["analyze", &file, "--format", "json", "--items", "40", "--seed", "7"]).success();
    assert_eq!(print(), print());
}

#[test]
fn charts_are_drawn_as_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let file = generated(folder.path(), Order::ByItem);
    let charts = folder.path().join("charts");
    for (format, start) in [("svg", &b"<svg"[..]), ("png", b"\x89PNG")] {
        let printed = headway(&["analyze", &file, "--charts", &text(&charts), "--chart-format", format]);
        if printed.err.contains("built without them") {
            eprintln!("skipped: the charts of the web client are not built");
            return;
        }
        printed.success();
        for name in [
            "throughput",
            "cycle-time",
            "aging",
            "cumulative-flow",
            "behaviour",
            "forecast-when",
            "forecast-how-many",
        ] {
            let picture = std::fs::read(charts.join(format!("{name}.{format}"))).unwrap();
            assert!(picture.starts_with(start), "{name}");
        }
    }
}

#[test]
fn what_can_not_be_read_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(&file, "nothing to see here\n").unwrap();
    let printed = headway(&["analyze", &text(&file)]);
    assert_eq!(printed.code, Some(1));
    assert!(printed.err.contains("notes.txt: "), "{}", printed.err);
    assert_eq!(headway(&["analyze", &text(&file), "--from", "yesterday"]).code, Some(2));
}
