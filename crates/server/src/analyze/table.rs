//! The report as a table for people, on 80 columns.

use std::fmt::Write;

use super::{
    forecast::HeldText,
    report::{Percentiles, Report},
};
use crate::terminal::{counted, cut, number, table, wrapped};

/// How many rows of a long table are shown; JSON has all.
const MOST_TEAMS: usize = 20;
const MOST_WEEKS: usize = 12;
const MOST_OLDEST: usize = 8;
const MOST_ODD: usize = 12;

/// The whole report.
pub fn text(report: &Report) -> String {
    let parts = [
        head(report),
        cycle_time(report),
        throughput(report),
        aging(report),
        cumulative_flow(report),
        efficiency(report),
        forecast(report),
        quality(report),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A sentence on lines of its own.
fn say(text: &mut String, sentence: &str, indent: usize) {
    let _ = writeln!(text, "{}", wrapped(sentence, indent));
}

fn head(report: &Report) -> String {
    let mut text = String::new();
    for file in &report.files {
        let what = match (&file.format, &file.reason) {
            (Some(format), _) => format.replace('_', " "),
            (None, Some(reason)) => format!("left out, {reason}"),
            (None, None) => continue,
        };
        say(&mut text, &format!("{}: {what}", file.name), 4);
    }
    let counts = &report.counts;
    say(
        &mut text,
        &format!(
            "{} of {}, {} ({} of state)",
            counted(counts.items, "item", "items"),
            counted(counts.teams, "team", "teams"),
            counted(counts.changes, "change", "changes"),
            number(counts.state_changes)
        ),
        4,
    );
    let others: Vec<String> = [
        (counts.iterations, "iteration", "iterations"),
        (counts.deployments, "deployment", "deployments"),
        (counts.commits, "commit", "commits"),
        (counts.skipped, "item left out", "items left out"),
        (counts.unreadable_rows, "row unreadable", "rows unreadable"),
    ]
    .into_iter()
    .filter(|(n, ..)| *n > 0)
    .map(|(n, one, many)| counted(n, one, many))
    .collect();
    if !others.is_empty() {
        say(&mut text, &others.join(", "), 4);
    }
    let window = &report.window;
    say(&mut text, &format!("From {} to {}; today is {}", window.from, window.to, window.today), 4);
    let policies = &report.policies;
    say(
        &mut text,
        &format!(
            "Rules: start {}, finish {}, {} days, {}",
            policies.start, policies.finish, policies.days, policies.zone
        ),
        4,
    );
    let standing = [
        ("finished", counts.finished),
        ("cancelled", counts.cancelled),
        ("in progress", counts.in_progress),
        ("not started", counts.not_started),
        ("left at an unknown time", counts.undated),
    ];
    let standing = standing.iter().filter(|(name, n)| *n > 0 || *name == "finished");
    let standing: Vec<String> = standing.map(|(name, n)| format!("{} {name}", number(*n))).collect();
    say(&mut text, &format!("Items: {}", standing.join(", ")), 7);
    if counts.never_started > 0 {
        let sentence = format!(
            "{} of {} went from not started straight to done; without a start an item counts in throughput and is in \
             no cycle time.",
            number(counts.never_started),
            counted(counts.items, "item", "items")
        );
        say(&mut text, &sentence, 4);
    }
    text
}

fn days(percentiles: Option<&Percentiles>) -> [String; 4] {
    match percentiles {
        Some(it) => [it.p50, it.p70, it.p85, it.p95].map(|days| number(u64::from(days))),
        None => ["-"; 4].map(str::to_owned),
    }
}

fn cycle_time(report: &Report) -> String {
    let mut text = "Cycle time in days, start and finish both counted\n".to_owned();
    let cycle = &report.cycle_time;
    let row = |name: &str, finished: u64, never: u64, wip: u64, percentiles: Option<&Percentiles>| {
        let [p50, p70, p85, p95] = days(percentiles);
        vec![name.to_owned(), number(finished), number(never), p50, p70, p85, p95, number(wip)]
    };
    let finished = report.throughput.finished;
    let mut rows =
        vec![row("All", finished, cycle.never_started, u64::from(report.wip.now), cycle.all.as_ref())];
    let mut teams: Vec<_> = cycle.teams.iter().collect();
    if teams.len() > MOST_TEAMS {
        teams.sort_by(|a, b| b.finished.cmp(&a.finished).then_with(|| a.team.cmp(&b.team)));
        teams.truncate(MOST_TEAMS);
    }
    if cycle.teams.len() > 1 {
        rows.extend(
            teams.iter().map(|it| {
                row(&it.team, it.finished, it.never_started, it.in_progress, it.cycle_time.as_ref())
            }),
        );
    }
    let head = ["Team", "finished", "no start", "50 %", "70 %", "85 %", "95 %", "WIP"];
    text.push_str(&table(&head, &rows));
    if cycle.teams.len() > MOST_TEAMS {
        let _ = writeln!(text, "  … and {} more teams, in JSON", cycle.teams.len() - MOST_TEAMS);
    }
    if let Some(parity) = &report.parity {
        let shown = |days: Option<f64>| days.map_or_else(|| "-".to_owned(), |days| format!("{days:.2}"));
        let sentence = format!(
            "{} would show {} and {} days at 50 and 85 % of {} items ({} without a start).",
            parity.tool,
            shown(parity.p50),
            shown(parity.p85),
            number(parity.items as u64),
            number(parity.not_started as u64)
        );
        say(&mut text, &sentence, 2);
    }
    text
}

fn throughput(report: &Report) -> String {
    let throughput = &report.throughput;
    let mut text = String::new();
    let per_week =
        throughput.per_week.map_or_else(|| "too few weeks".to_owned(), |it| format!("{it:.1} a week"));
    let _ = writeln!(text, "Throughput: {} finished, {per_week}", number(throughput.finished));
    let skip = throughput.weeks.len().saturating_sub(MOST_WEEKS);
    let rows: Vec<Vec<String>> = throughput.weeks[skip..]
        .iter()
        .map(|week| {
            let partial = if week.is_partial { " (partial)" } else { "" };
            let counts = [week.created, week.started, week.finished, week.cancelled];
            let counts = counts.map(|it| number(u64::from(it)));
            [format!("{}{partial}", week.start)].into_iter().chain(counts).collect()
        })
        .collect();
    text.push_str(&table(&["Week from", "created", "started", "finished", "cancelled"], &rows));
    let mean =
        report.wip.mean.map_or_else(String::new, |mean| format!(", {mean:.1} in the mean of all days"));
    let _ = writeln!(text, "Work in progress: {} now{mean}", number(u64::from(report.wip.now)));
    text
}

fn aging(report: &Report) -> String {
    if report.aging.is_empty() {
        return String::new();
    }
    let mut text =
        "Ageing work: what is in each stage, and the age at which finished items left it\n".to_owned();
    let shown = |days: Option<u32>| days.map_or_else(|| "-".to_owned(), |days| number(u64::from(days)));
    let rows: Vec<Vec<String>> = report
        .aging
        .iter()
        .map(|it| {
            let pace = |at: fn(&Percentiles) -> u32| shown(it.pace.as_ref().map(at));
            vec![
                it.stage.clone(),
                number(it.items),
                shown(it.p50_days),
                shown(it.p85_days),
                shown(it.oldest_days),
                pace(|it| it.p50),
                pace(|it| it.p85),
            ]
        })
        .collect();
    let head = ["Stage", "items", "50 %", "85 %", "oldest", "left 50 %", "left 85 %"];
    text.push_str(&table(&head, &rows));
    let rows: Vec<Vec<String>> = report
        .oldest
        .iter()
        .take(MOST_OLDEST)
        .map(|it| {
            let (team, stage) = (cut(&it.team, 20), cut(&it.stage, 18));
            vec![
                it.item.clone(),
                team,
                stage,
                number(u64::from(it.age_days)),
                number(u64::from(it.stage_days)),
            ]
        })
        .collect();
    if !rows.is_empty() {
        text.push_str(&table(&["Oldest item", "team", "stage", "days", "in stage"], &rows));
    }
    text
}

fn cumulative_flow(report: &Report) -> String {
    let stages = &report.cumulative_flow.stages;
    if stages.is_empty() {
        return String::new();
    }
    let mut text = "Cumulative flow: items that had reached each stage or gone past it\n".to_owned();
    let ends: Vec<(u64, u64)> = stages
        .iter()
        .map(|it| (it.days.first().copied().unwrap_or(0), it.days.last().copied().unwrap_or(0)))
        .collect();
    let rows: Vec<Vec<String>> = stages
        .iter()
        .zip(&ends)
        .enumerate()
        .map(|(ix, (stage, (first, last)))| {
            let beyond = ends.get(ix + 1).map_or(0, |it| it.1);
            let now =
                if ix + 1 == stages.len() { "-".to_owned() } else { number(last.saturating_sub(beyond)) };
            vec![stage.stage.clone(), number(*first), number(*last), now]
        })
        .collect();
    text.push_str(&table(&["Stage", "first day", "last day", "standing there"], &rows));
    text
}

fn efficiency(report: &Report) -> String {
    let efficiency = &report.flow_efficiency;
    let mut text = String::new();
    let sentence = match efficiency.ratio {
        Some(ratio) => format!(
            "Flow efficiency: at most {:.0} % of the time in progress was work, of {} finished items; nights and other \
             work count as work.",
            ratio * 100.0,
            number(efficiency.items as u64)
        ),
        None if efficiency.state == "not_configured" => {
            "Flow efficiency: no stage is for waiting, so work and waiting can't be told apart.".to_owned()
        }
        None => "Flow efficiency: nothing that had started was finished in the window.".to_owned(),
    };
    say(&mut text, &sentence, 2);
    text
}

fn held(held: Option<HeldText>) -> String {
    held.map_or_else(
        || "no past checks".to_owned(),
        |it| format!("held in {} of {} past checks", it.held, it.checks),
    )
}

fn forecast(report: &Report) -> String {
    let forecast = &report.forecast;
    let mut text = String::new();
    if let Some(few) = &forecast.too_few {
        let sentence = format!(
            "Forecast: too little data, {} {} where {} are needed.",
            few.n,
            few.of.replace('_', " "),
            few.need
        );
        say(&mut text, &sentence, 2);
        return text;
    }
    if let Some(told) = &forecast.how_many {
        let _ = writeln!(text, "Forecast: how many by {}?", told.until);
        for claim in &told.claims {
            let many = format!("{} or more", number(claim.at_least));
            let _ = writeln!(text, "  {:>2} %  {many:<18}  {}", claim.percent, held(claim.held));
        }
    }
    if let Some(told) = &forecast.when {
        let _ =
            writeln!(text, "Forecast: when are {} done?", counted(u64::from(told.items), "item", "items"));
        for claim in &told.claims {
            let by = claim.by.as_ref().map_or_else(|| "not in two years".to_owned(), |by| format!("by {by}"));
            let _ = writeln!(text, "  {:>2} %  {by:<18}  {}", claim.percent, held(claim.held));
        }
    }
    let horizons = &report.calibration.horizons;
    if !horizons.is_empty() {
        let _ = writeln!(text, "How often claims of this kind held on past days");
        let rows: Vec<Vec<String>> = horizons
            .iter()
            .map(|it| {
                let cells = it.claims.iter().map(|claim| format!("{}/{}", claim.held, claim.checks));
                [format!("{} days ahead", it.days)].into_iter().chain(cells).collect()
            })
            .collect();
        text.push_str(&table(&["", "50 %", "70 %", "85 %", "95 %"], &rows));
    }
    text
}

fn quality(report: &Report) -> String {
    if report.quality.is_empty() {
        return String::new();
    }
    let mut text = "Odd, and how it is handled\n".to_owned();
    for odd in report.quality.iter().take(MOST_ODD) {
        say(&mut text, &format!("{:>9}  {}", number(odd.count), odd.meaning), 11);
    }
    if report.quality.len() > MOST_ODD {
        let _ = writeln!(text, "           … and {} more kinds, in JSON", report.quality.len() - MOST_ODD);
    }
    text
}
