//! Forecasts of synthetic teams, within this process.

use std::{hint::black_box, time::Instant};

use anyhow::Result;
use headway_domain::time::Day;
use headway_flow::forecast::{Checks, Forecaster, Pool, Protocol, Scope, Series, joint, reference};
use headway_sample::series::Weekly;
use rayon::prelude::*;

use super::{
    Bench, cost,
    table::{Figure, Goal, Table, Unit, median},
};

/// Weeks of history: three years.
const WEEKS: usize = 156;
const TRIALS: u32 = 10_000;
const TEAMS: u64 = 1_000;
const REPETITIONS: usize = 15;
const LAST: Day = Day(20_000);

/// A team whose rate wanders, four days of work a week.
fn team(seed: u64) -> Series {
    let weekly = Weekly { seed, weeks: WEEKS, mean: 4.0 + (seed % 9) as f64, dispersion: 0.15 };
    let days = weekly.wandering(0.95, 0.4).into_iter().flat_map(|count| {
        let on = |day: u32| count / 5 + u32::from(count % 5 > day);
        [on(0), on(1), on(2), on(3), on(4), 0, 0]
    });
    Series::of_counts(&days.collect::<Vec<_>>(), LAST)
}

/// Measures.
pub fn measure(_bench: &Bench) -> Result<Table> {
    let protocol = Protocol::default();
    let teams: Vec<Series> = (0..TEAMS).map(team).collect();
    let checks: Vec<Checks> = teams.par_iter().map(|it| Checks::of(it, &protocol)).collect();
    let pool = Pool::of(&checks);
    let others: Vec<Pool> = checks.iter().take(20).map(|it| pool.without(it)).collect();
    let scope = Scope::exactly(30);
    let mut table = Table::default();

    let plain = timed(|round| {
        let series = &teams[round % 20];
        black_box(reference::sums(series, series.len(), &[90], TRIALS as usize, 1));
    })?;
    let forecasters: Vec<Forecaster> = teams
        .iter()
        .zip(&checks)
        .zip(&others)
        .filter_map(|((series, checks), others)| Forecaster::new(series, checks, others, &protocol).ok())
        .collect();
    let parts: Vec<joint::Part> =
        forecasters.iter().take(5).map(|it| joint::Part { curves: vec![it.curve(&scope, 1)] }).collect();
    let played = timed(|round| {
        black_box(joint::simulate(&parts, TRIALS, round as u64));
    })?;
    table.add(
        Figure::new(format!("{TRIALS} joint trials of five teams"), played.wall, Unit::Millis)
            .goal(Goal::AtMost(2.0))
            .floor(plain.wall)
            .note(format!(
                "{:.2} CPU ms; floor: the plain bootstrap of one team for 90 days, one thread",
                played.cpu
            )),
    );
    let how_many = timed(|round| {
        black_box(forecasters[round % forecasters.len()].how_many(LAST.plus(90)));
    })?;
    table.add(
        Figure::new("how many in 90 days, exact", how_many.wall, Unit::Millis)
            .goal(Goal::AtMost(2.0))
            .floor(plain.wall),
    );
    let when = timed(|round| {
        black_box(forecasters[round % forecasters.len()].when(&scope, 1));
    })?;
    table.add(
        Figure::new("when will 30 items be done, exact", when.wall, Unit::Millis)
            .goal(Goal::AtMost(2.0))
            .floor(plain.wall),
    );

    let whole = timed(|round| forecast(&teams[round % 20], &others[round % 20], &protocol, &scope))?;
    table.add(
        Figure::new("calibrated forecast with its backtest, one team", whole.cpu, Unit::CpuMillis)
            .goal(Goal::AtMost(50.0))
            .note("three years of history; past checks, record, how many and when"),
    );
    let clock = Instant::now();
    let before = cost::own_cpu_seconds()?;
    let checks: Vec<Checks> = teams.par_iter().map(|it| Checks::of(it, &protocol)).collect();
    let pool = Pool::of(&checks);
    teams.par_iter().zip(&checks).for_each(|(series, checks)| {
        let others = pool.without(checks);
        if let Ok(it) = Forecaster::new(series, checks, &others, &protocol) {
            black_box((it.how_many(LAST.plus(90)), it.when(&scope, 1)));
        }
    });
    let cpu = cost::own_cpu_seconds()? - before;
    let wall = clock.elapsed().as_secs_f64() * 1e3;
    table.add(
        Figure::new(format!("the same for {TEAMS} teams"), cpu, Unit::CpuSeconds)
            .goal(Goal::AtMost(1.0))
            .note(format!("{wall:.0} ms on the clock; each team's others are all the rest")),
    );
    Ok(table)
}

fn forecast(series: &Series, others: &Pool, protocol: &Protocol, scope: &Scope) {
    let checks = Checks::of(series, protocol);
    if let Ok(it) = Forecaster::new(series, &checks, others, protocol) {
        black_box((it.how_many(LAST.plus(90)), it.when(scope, 1)));
    }
}

/// Milliseconds.
struct Timed {
    wall: f64,
    cpu: f64,
}

/// The median of some runs.
fn timed(mut run: impl FnMut(usize)) -> Result<Timed> {
    let (mut walls, mut cpus) = (Vec::new(), Vec::new());
    run(0);
    for round in 0..REPETITIONS {
        let (clock, before) = (Instant::now(), cost::own_cpu_seconds()?);
        run(round);
        walls.push(clock.elapsed().as_secs_f64() * 1e3);
        cpus.push((cost::own_cpu_seconds()? - before) * 1e3);
    }
    Ok(Timed { wall: median(walls), cpu: median(cpus) })
}
