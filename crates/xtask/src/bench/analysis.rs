//! From a table of changes to a report, whole process: `headway analyze`.

use std::process::{Command, Stdio};

use anyhow::Result;
use headway_sample::bench::Order;

use super::{
    Bench, cost,
    table::{Figure, Goal, Table, Unit, median},
};

/// Reads the file once and throws it away, so that all runs find it in memory.
fn warm(path: &std::path::Path) -> Result<()> {
    std::io::copy(&mut std::fs::File::open(path)?, &mut std::io::sink())?;
    Ok(())
}

/// Measures.
pub fn measure(bench: &Bench) -> Result<Table> {
    let mut table = Table::default();
    let own = std::env::current_exe()?;
    for items in bench.sizes().iter().copied() {
        for (order, name) in [(Order::ByItem, "grouped by item"), (Order::ByTime, "in any order")] {
            let path = bench.history(items, order)?;
            warm(&path)?;
            let (mut ours, mut floors) = (Vec::new(), Vec::new());
            for _ in 0..Bench::repetitions(items) {
                let mut command = Command::new(&bench.program);
                command.arg("analyze").arg(&path).stdout(Stdio::null()).stderr(Stdio::null());
                ours.push(cost::run(&mut command)?);
                let mut command = Command::new(&own);
                command.args(["floor", "scan"]).arg(&path).stdout(Stdio::null());
                floors.push(cost::run(&mut command)?);
            }
            let cpu = |runs: &[cost::Cost]| median(runs.iter().map(|it| it.cpu).collect());
            let wall = median(ours.iter().map(|it| it.wall * 1e3).collect());
            let goal = match (items, order) {
                (1_000_000, Order::ByItem) => Goal::AtMost(1.0),
                (1_000_000, Order::ByTime) => Goal::AtMost(1.5),
                _ => Goal::None,
            };
            let what = format!("{} items, rows {name}", crate::backtest::grouped(items as usize));
            table.add(
                Figure::new(&what, cpu(&ours), Unit::CpuSeconds)
                    .goal(goal)
                    .floor(cpu(&floors))
                    .note(format!("{wall:.0} ms on the clock")),
            );
            if items == 10_000 {
                let floor = median(floors.iter().map(|it| it.wall * 1e3).collect());
                table.add(
                    Figure::new(format!("{what}, from start to report"), wall, Unit::Millis)
                        .goal(Goal::AtMost(30.0))
                        .floor(floor),
                );
            } else {
                let memory = ours.iter().map(|it| it.memory).max().unwrap_or(0) as f64 / 1e6;
                let goal = if items == 1_000_000 { Goal::AtMost(200.0) } else { Goal::None };
                table.add(
                    Figure::new(format!("{what}, memory beside mapped files"), memory, Unit::Megabytes)
                        .goal(goal),
                );
            }
        }
    }
    Ok(table)
}
