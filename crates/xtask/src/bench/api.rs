//! The running server: how fast it starts, what it holds, how long an answer takes, how soon a change is seen.

use std::{io::BufRead, path::Path, time::Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{
    Bench,
    client::Server,
    cost,
    history::ITEMS_PER_TEAM,
    table::{Figure, Goal, Table, Unit, median, percentile},
};

/// How often it is started.
const STARTS: usize = 5;
/// How many changes are made while somebody listens.
const CHANGES: usize = 30;
/// How many event streams are open at once.
const STREAMS: usize = 1_000;

/// Measures.
pub fn measure(bench: &Bench) -> Result<Table> {
    cost::allow_many_connections()?;
    let mut table = Table::default();
    let sizes = bench.sizes();
    let mut growths = Vec::new();
    for (position, items) in sizes.iter().copied().enumerate() {
        let (data, _) = bench.imported(items)?;
        if position == 0 {
            start(bench, &data, &mut table)?;
        }
        let dashboards = answers(bench, &data, items, &mut table)?;
        growths.push(dashboards);
        if position + 1 == sizes.len() {
            changes(bench, &data, items, &mut table)?;
        }
    }
    if let (Some(first), Some(last), true) = (growths.first(), growths.last(), growths.len() > 1) {
        let times = |first: f64, last: f64| last / first;
        let span = format!("{} to {} items", name_of(sizes[0]), name_of(sizes[sizes.len() - 1]));
        let figures = [
            ("portfolio overview", times(first.portfolio, last.portfolio), 1.3),
            ("dashboard of one team", times(first.team, last.team), 1.3),
        ];
        for (what, growth, most) in figures {
            let figure = Figure::new(format!("growth of the {what}, {span}"), growth, Unit::Times);
            table.add(figure.goal(Goal::AtMost(most)).note("medians"));
        }
    }
    table.not_measured("fifty people in one retrospective", "there are no retrospectives yet");
    Ok(table)
}

fn name_of(items: u64) -> String {
    crate::backtest::grouped(items as usize)
}

/// From nothing to the first answer, and memory before anybody asks.
fn start(bench: &Bench, data: &Path, table: &mut Table) -> Result<()> {
    let (mut starts, mut memories, mut floors, mut floor_memories) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let server = Server::product(&bench.program, data)?;
        starts.push(server.started_in);
        memories.push(server.memory() / 1e6);
        drop(server);
        let floor = Server::floor(&data.join("headway.sqlite"))?;
        floors.push(floor.started_in);
        floor_memories.push(floor.memory() / 1e6);
    }
    table.add(
        Figure::new("start to first answer", median(starts), Unit::Millis)
            .goal(Goal::AtMost(100.0))
            .floor(median(floors)),
    );
    table.add(
        Figure::new("memory when idle", median(memories), Unit::Megabytes)
            .goal(Goal::AtMost(30.0))
            .floor(median(floor_memories)),
    );
    Ok(())
}

/// Milliseconds, medians.
struct Dashboards {
    portfolio: f64,
    team: f64,
}

/// The units of a data folder: the top, and one team.
fn units(server: &Server) -> Result<(String, String)> {
    let units = server.json("/api/v1/units")?;
    let all = units.as_array().or_else(|| units["units"].as_array()).context("the server lists units")?;
    let key = |is_it: &dyn Fn(&Value) -> bool| {
        let unit = all.iter().find(|unit| is_it(unit)).context("there is a portfolio and a team")?;
        Ok::<_, anyhow::Error>(unit["key"].as_str().context("a unit has a key")?.to_owned())
    };
    let is_top = |unit: &Value| unit["parent"].is_null() && unit["parent_id"].is_null();
    Ok((key(&|unit| is_top(unit))?, key(&|unit| unit["kind"] == "team" && !is_top(unit))?))
}

fn answers(bench: &Bench, data: &Path, items: u64, table: &mut Table) -> Result<Dashboards> {
    let server = Server::product(&bench.program, data)?;
    let floor = Server::floor(&data.join("headway.sqlite"))?;
    let (top, team) = units(&server)?;
    let size = format!("{} items, {} teams", name_of(items), items.div_ceil(ITEMS_PER_TEAM));
    let full = items == 1_000_000;

    let clock = Instant::now();
    server.get(&format!("/api/v1/units/{top}/overview"))?;
    let first = clock.elapsed().as_secs_f64() * 1e3;
    table.add(
        Figure::new(format!("first overview after the start, {size}"), first, Unit::Millis)
            .note("reads every team"),
    );

    let mut dashboard = |what: &str, path: String, most: Option<f64>| -> Result<f64> {
        let asked = server.ask(&path).with_context(|| format!("failed to measure {what}"))?;
        let carried = floor.ask(&format!("/bytes?size={}", asked.bytes))?;
        let goal = most.map_or(Goal::None, Goal::AtMost);
        table.add(
            Figure::new(format!("{what}, {size}, p99"), asked.at(99), Unit::Millis)
                .goal(goal)
                .floor(carried.at(99))
                .note(format!(
                    "median {:.2} ms, {:.2} CPU ms, {:.0} kB; floor: bare axum carrying as many bytes",
                    asked.at(50),
                    asked.cpu_millis,
                    asked.bytes as f64 / 1e3
                )),
        );
        Ok(asked.at(50))
    };
    let portfolio =
        dashboard("portfolio overview", format!("/api/v1/units/{top}/overview"), full.then_some(5.0))?;
    dashboard("portfolio heat map", format!("/api/v1/units/{top}/heat-map"), full.then_some(5.0))?;
    let of_team = dashboard("team overview", format!("/api/v1/units/{team}/overview"), Some(1.0))?;
    for (what, name) in [
        ("team cycle time", "cycle-time"),
        ("team cumulative flow", "cumulative-flow"),
        ("team throughput", "throughput"),
        ("team aging", "aging"),
        ("team signals", "signals"),
    ] {
        dashboard(what, format!("/api/v1/units/{team}/{name}"), Some(1.0))?;
    }

    let page = server.json(&format!("/api/v1/units/{team}/items?limit=25&sort=created"))?;
    let item = &page["items"][0];
    let id = item["id"].as_str().context("a list of items has items")?;
    let lists = [
        (
            "list of 25, all units",
            format!("/api/v1/units/{top}/items?limit=25&sort=created"),
            "/list".to_owned(),
            0.3,
        ),
        (
            "list of 25, one team",
            format!("/api/v1/units/{team}/items?limit=25&sort=created"),
            "/list".to_owned(),
            0.3,
        ),
        ("one item", format!("/api/v1/items/{id}"), "/item/ITEM-1".to_owned(), 0.06),
    ];
    for (what, path, floor_path, most) in lists {
        let asked = server.ask(&path).with_context(|| format!("failed to measure {what}"))?;
        let bare = floor.ask(&floor_path)?;
        table.add(
            Figure::new(format!("{what}, {size}"), asked.cpu_millis, Unit::CpuMillis)
                .goal(Goal::AtMost(most))
                .floor(bare.cpu_millis)
                .note(format!(
                    "p50 {:.2} ms, p99 {:.2} ms (bare {:.2} and {:.2}); nobody signs in yet",
                    asked.at(50),
                    asked.at(99),
                    bare.at(50),
                    bare.at(99)
                )),
        );
    }
    table.add(Figure::new(format!("memory after all this, {size}"), server.memory() / 1e6, Unit::Megabytes));
    Ok(Dashboards { portfolio, team: of_team })
}

/// From a change to its event, and to a dashboard that shows it.
fn changes(bench: &Bench, data: &Path, items: u64, table: &mut Table) -> Result<()> {
    let server = Server::product(&bench.program, data)?;
    let (top, team) = units(&server)?;
    let overview = format!("/api/v1/units/{top}/overview");
    let of_team = format!("/api/v1/units/{team}/overview");
    let workflow_path = format!("/api/v1/units/{team}/workflow");
    server.get(&overview)?;
    let workflow = server.json(&workflow_path)?;
    let mut stream = server.events()?;
    let (mut heard, mut shown, mut everywhere) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..CHANGES {
        let mut changed = workflow.clone();
        changed["stalled_after_days"] = json!(6 + round % 2);
        let clock = Instant::now();
        server.put(&workflow_path, &changed)?;
        let mut line = String::new();
        while !line.starts_with("event:") {
            line.clear();
            stream.read_line(&mut line)?;
        }
        heard.push(clock.elapsed().as_secs_f64() * 1e3);
        server.get(&of_team)?;
        shown.push(clock.elapsed().as_secs_f64() * 1e3);
        server.get(&overview)?;
        everywhere.push(clock.elapsed().as_secs_f64() * 1e3);
    }
    server.put(&workflow_path, &workflow)?;
    let size = format!("{} items", name_of(items));
    let note = "the change: a team's workflow, after which all its items are read anew";
    for (what, mut millis, goal) in [
        ("change to its event", heard, Goal::AtMost(50.0)),
        ("change to the team's dashboard", shown, Goal::AtMost(50.0)),
        ("change to the portfolio's as well", everywhere, Goal::AtMost(50.0)),
    ] {
        millis.sort_unstable_by(f64::total_cmp);
        let middle = percentile(&millis, 50);
        table.add(
            Figure::new(format!("{what}, {size}, p95"), percentile(&millis, 95), Unit::Millis)
                .goal(goal)
                .note(format!("median {middle:.1} ms; {note}")),
        );
    }
    let before = server.memory();
    let streams = (0..STREAMS).map(|_| server.events()).collect::<Result<Vec<_>>>()?;
    let grown = (server.memory() - before) / 1e6;
    table.add(
        Figure::new(format!("memory of {} open event streams", streams.len()), grown, Unit::Megabytes)
            .goal(Goal::AtMost(100.0)),
    );
    Ok(())
}
