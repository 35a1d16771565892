//! The worked examples of `docs/metrics/forecast.md`, run.
//!
//! A `series` block tells what a team finished: `last DAY`, then `N weeks of A B C D E F G` in order, the last week
//! ending on that day. The first line can be `count working`, which leaves out weekends. An `expect` block asks
//! about the series above it.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a page that can't be read is a failed test")]

use std::path::PathBuf;

use headway_domain::{
    time::Day,
    work::{Calendar, DayCount},
};
use headway_flow::{
    Known,
    forecast::{CLAIMS, Checks, Forecaster, Held, Pool, Protocol, Scope, Series, Shortfall, Shown},
};

const SEED: u64 = 1;

fn series(lines: &[&str]) -> Series {
    let mut calendar = Calendar::default();
    let mut last = Day(0);
    let mut counts: Vec<u32> = Vec::new();
    for line in lines {
        if *line == "count working" {
            calendar.count = DayCount::Working;
        } else if let Some(day) = line.strip_prefix("last ") {
            last = day.parse().unwrap();
        } else {
            let (weeks, week) = line.split_once(" weeks of ").expect("N weeks of …");
            let week: Vec<u32> = week.split(' ').map(|it| it.parse().unwrap()).collect();
            assert_eq!(week.len(), 7, "{line}");
            (0..weeks.parse::<u32>().unwrap()).for_each(|_| counts.extend(&week));
        }
    }
    let first = last.0 - i32::try_from(counts.len()).unwrap() + 1;
    let days = (first..).zip(counts).flat_map(|(day, n)| std::iter::repeat_n(Day(day), n as usize));
    Series::of_days(days, last, &calendar)
}

fn held(held: Known<Held>) -> String {
    match held {
        Ok(it) => format!("held {} of {}", it.held, it.checks),
        Err(few) => format!("checked {} of {} times", few.n, few.need),
    }
}

fn answer(series: &Series, question: &str) -> String {
    let protocol = Protocol::default();
    let checks = Checks::of(series, &protocol);
    let others = Pool::default();
    let forecaster = match Forecaster::new(series, &checks, &others, &protocol) {
        Ok(it) => it,
        Err(Shortfall::Weeks(it)) => return format!("too few weeks ({} of {})", it.n, it.need),
        Err(Shortfall::ActiveDays(it)) => return format!("too few active days ({} of {})", it.n, it.need),
        Err(Shortfall::Items(it)) => return format!("too few items ({} of {})", it.n, it.need),
    };
    if let Some(day) = question.strip_prefix("how many until ") {
        let claims = forecaster.how_many(day.parse().unwrap()).claims;
        claims.map(|it| format!("{} % {}", it.percent, it.at_least)).join(", ")
    } else if let Some(rest) = question.strip_prefix("when ") {
        let items = rest.strip_suffix(" items").unwrap().parse().unwrap();
        let claims = forecaster.when(&Scope::exactly(items), SEED).claims;
        let day = |day: Option<Day>| day.map_or("out of reach".to_owned(), |it| it.to_string());
        claims.map(|it| format!("{} % {}", it.percent, day(it.by))).join(", ")
    } else if let Some(rest) = question.strip_prefix("chance of ") {
        let (items, day) = rest.split_once(" items by ").unwrap();
        match forecaster.chance(items.parse().unwrap(), day.parse().unwrap()).shown() {
            Shown::Percent(it) => format!("{it} %"),
            Shown::Over95 => "over 95 %".to_owned(),
        }
    } else if let Some(rest) = question.strip_prefix("record of ") {
        let (percent, days) = rest.split_once(" % in ").unwrap();
        let claim = CLAIMS.iter().position(|it| it.to_string() == percent).unwrap();
        let days = days.strip_suffix(" d").unwrap().parse::<usize>().unwrap();
        let horizon = protocol.horizons.iter().position(|it| *it == days).unwrap();
        held(forecaster.record().at(horizon, claim))
    } else {
        panic!("no such question: {question}")
    }
}

#[test]
fn every_worked_example_holds() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/metrics/forecast.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut blocks: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(kind) if !is_open => blocks.push((kind, Vec::new())),
            None if is_open => blocks.last_mut().unwrap().1.push(line.trim()),
            _ => {}
        }
        is_open ^= line.starts_with("```");
    }
    let mut known = None;
    let (mut asked, mut wrong) = (0, Vec::new());
    for (kind, lines) in blocks {
        match kind {
            "series" => known = Some(series(&lines)),
            "expect" => {
                for line in lines {
                    let (question, expected) = line.split_once(" = ").unwrap();
                    let answer = answer(known.as_ref().expect("a series above"), question);
                    asked += 1;
                    if answer != expected {
                        wrong.push(format!("{line}\n    but it is {answer}"));
                    }
                }
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", path.display(), wrong.join("\n"));
    assert!(asked > 5, "the page has worked examples");
}
