//! From a table of changes into the database.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use headway_sample::bench::Order;

use super::{
    Bench, cost,
    history::ITEMS_PER_TEAM,
    table::{Figure, Goal, Table, Unit},
};
use crate::tools::cargo;

/// Measures.
pub fn measure(bench: &Bench) -> Result<Table> {
    let mut table = Table::default();
    store_alone(bench, &mut table)?;
    whole_import(bench, &mut table)?;
    Ok(table)
}

/// What the store's own measurement says: the same rows by `save_batch` and by a plain bulk insert.
fn store_alone(bench: &Bench, table: &mut Table) -> Result<()> {
    let items = if bench.is_quick { 20_000 } else { 100_000 };
    let output = cargo()
        .args(["run", "--release", "--quiet", "--package", "headway-store", "--example", "rates", "--"])
        .arg(items.to_string())
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    for engine in ["SQLite", "PostgreSQL"] {
        let Some(section) = text.split_once(&format!("{engine}: ")).map(|(_, rest)| rest) else {
            table.not_measured(format!("rows into {engine}"), "the store's measurement gave no figures");
            continue;
        };
        let rate = |what: &str| {
            let line = section.lines().find(|line| line.trim_start().starts_with(what));
            let number =
                line.and_then(|line| line.split(" items/s").next()?.split_whitespace().last()?.parse().ok());
            number.with_context(|| format!("the store's measurement has no line {what:?}"))
        };
        let floor: f64 = rate("plain bulk insert")?;
        let of_rows = [
            ("everything new", "save_batch, everything new", Goal::TimesFloor(3.0)),
            ("nothing changed", "save_batch, nothing changed", Goal::None),
            ("a tenth changed", "save_batch, a tenth changed", Goal::None),
        ];
        for (name, line, goal) in of_rows {
            let figure = Figure::new(
                format!("{engine}, rows into the store, {name}"),
                rate(line)?,
                Unit::ItemsPerSecond,
            );
            table.add(
                figure
                    .goal(goal)
                    .floor(floor)
                    .note("items with 8 changes each; floor: one table, one key, one text"),
            );
        }
    }
    Ok(())
}

/// The command, from the file to an approved import, on SQLite: how fast, and whether memory stays flat.
fn whole_import(bench: &Bench, table: &mut Table) -> Result<()> {
    let mut memories = Vec::new();
    for items in bench.sizes().iter().copied() {
        let (data, cost) = bench.imported(items)?;
        let what = format!("whole import of {} items", crate::backtest::grouped(items as usize));
        let Some(cost) = cost else {
            table.not_measured(
                what,
                format!("was there already: {}", data.file_name().unwrap_or_default().display()),
            );
            continue;
        };
        let memory = cost.memory as f64 / 1e6;
        table.add(
            Figure::new(&what, items as f64 / cost.wall, Unit::ItemsPerSecond)
                .note(format!("read, checked, compared and stored; {:.1} CPU s", cost.cpu)),
        );
        table.add(Figure::new(format!("{what}, memory"), memory, Unit::Megabytes));
        memories.push(memory);
    }
    if let (Some(first), Some(last), true) = (memories.first(), memories.last(), memories.len() > 1) {
        table.add(Figure::new("memory of the largest by that of the smallest", last / first, Unit::Times));
    }
    Ok(())
}

impl Bench {
    /// A data folder that holds so many items, and what it cost to make it when it had to be made.
    pub fn imported(&self, items: u64) -> Result<(std::path::PathBuf, Option<cost::Cost>)> {
        let file = self.history(items, Order::ByItem)?;
        let data = file.with_extension("data");
        if data.is_dir() {
            return Ok((data, None));
        }
        let unfinished = file.with_extension("data.part");
        if unfinished.is_dir() {
            std::fs::remove_dir_all(&unfinished)?;
        }
        let mut command = Command::new(&self.program);
        command
            .arg("import")
            .arg(&file)
            .args(["--unit", "Bench", "--tracker", "Bench", "--data"])
            .arg(&unfinished);
        let cost = cost::run(command.stdout(Stdio::null()).stderr(Stdio::null()))
            .with_context(|| format!("failed to import {items} items of {} teams", items / ITEMS_PER_TEAM))?;
        std::fs::rename(unfinished, &data)?;
        Ok((data, Some(cost)))
    }
}
