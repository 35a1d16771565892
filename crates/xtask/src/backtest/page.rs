//! The figures as a section of `docs/metrics/forecast.md`.

use std::{collections::BTreeMap, fmt::Write};

use headway_flow::forecast::{
    BacktestTable, CLAIMS,
    backtest::{Score, SeriesScore},
};

use super::{Figures, series::TUNED_ON};

/// The whole section.
pub fn render(figures: &Figures) -> String {
    let main = &figures.main;
    let families = by_family(main);
    let mut out = String::new();
    // Writing into a string does not fail.
    let _ = write!(
        out,
        "Measured on {} series of real projects from {} families, at {} past days (every 14 days after a year of \
         history, where\nthe last 90 days hold at least 10 items on at least 5 days). A family is never calibrated with \
         its own other series:\nwhat is known of it are the series' own checks that were over by that day. `cargo \
         xtask backtest` makes the figures anew\nand fails when a claim of 85 % holds less than 80 or more than 92 % of \
         the time.\n\n",
        main.series.len(),
        families.len(),
        grouped(main.origins),
    );
    out.push_str(
        "How many items by then, claim 85 %: how often it held, and its quantile loss (how far off it was, being too high \
         counting\n85 times what being too low does 15 times) as a share of what the series usually finishes:\n\n",
    );
    out.push_str(&claim_85(main));
    out.push_str(
        "\nThe plain bootstrap, drawing each day ahead from the last 90, is what most tools ship.\n\nAll claims, \
         calibrated:\n\n",
    );
    out.push_str(&all_claims(main));
    out.push_str(
        "\nCounts are whole numbers, so \"at least\" holds a little more often than claimed, most of all for the next 14 \
         days, in which\nmany teams finish few items. Dates do not have that slack. Dates that lay beyond the end of the \
         data are left out.\n\nBy family, claim 85 %:\n\n",
    );
    out.push_str(&family_table(main, &families));
    out.push('\n');
    out.push_str(&variants(figures));
    out
}

/// The scores of each family's series.
fn by_family(table: &BacktestTable) -> BTreeMap<&str, Vec<&SeriesScore>> {
    let mut families: BTreeMap<&str, Vec<&SeriesScore>> = BTreeMap::new();
    for series in &table.series {
        families.entry(&series.family).or_default().push(series);
    }
    families
}

fn horizons(table: &BacktestTable) -> Vec<usize> {
    table.rows.iter().filter(|row| row.percent == 85).map(|row| row.horizon).collect()
}

/// The heads of one column a horizon.
fn heads(horizons: &[usize]) -> String {
    let heads: Vec<String> = horizons.iter().map(|days| format!(" {days} d |")).collect();
    heads.concat()
}

fn claim_85(table: &BacktestTable) -> String {
    let mut out =
        "| days ahead | checks | **held** | outlook alone | plain bootstrap of 90 days | loss | loss of the \
                   bootstrap | ratio |\n|---|---|---|---|---|---|---|---|\n"
            .to_owned();
    for row in table.rows.iter().filter(|row| row.percent == 85) {
        let _ = writeln!(
            out,
            "| {} | {} | **{} %** | {} % | {} % | {:.3} | {:.3} | {:.2} |",
            row.horizon,
            grouped(row.calibrated.checks as usize),
            percent(&row.calibrated),
            percent(&row.outlook),
            percent(&row.reference),
            row.calibrated.loss,
            row.reference.loss,
            row.calibrated.loss / row.reference.loss
        );
    }
    out
}

fn all_claims(table: &BacktestTable) -> String {
    let horizons = horizons(table);
    let heads = heads(&horizons);
    let mut out = format!("| claim |{heads} when will 30 days of work be done? |\n|---|");
    out.push_str(&"---|".repeat(horizons.len() + 1));
    out.push('\n');
    for (claim, when) in CLAIMS.iter().zip(&table.when) {
        let _ = write!(out, "| {claim} % |");
        for row in horizons.iter().filter_map(|days| table.row(*days, *claim)) {
            let _ = write!(out, " {} |", percent(&row.calibrated));
        }
        let _ = writeln!(out, " {} of {} |", percent(&when.1), grouped(when.1.checks as usize));
    }
    out
}

fn family_table(table: &BacktestTable, families: &BTreeMap<&str, Vec<&SeriesScore>>) -> String {
    let horizons = horizons(table);
    let heads = heads(&horizons);
    let mut out =
        format!("| family | series | checks |{heads}\n|---|---|---|{}\n", "---|".repeat(horizons.len()));
    let mut rows: Vec<(&str, &Vec<&SeriesScore>)> =
        families.iter().map(|(name, series)| (*name, series)).collect();
    rows.sort_by_key(|(name, series)| (std::cmp::Reverse(sum(series, 0).1), *name));
    for (name, series) in rows {
        let _ = write!(out, "| {name} | {} | {} |", series.len(), grouped(sum(series, 0).1 as usize));
        for horizon in 0..horizons.len() {
            let _ = write!(out, " {} |", share(sum(series, horizon)));
        }
        out.push('\n');
    }
    out
}

/// How often claims at a horizon held, and how many there were.
fn sum(series: &[&SeriesScore], horizon: usize) -> (u32, u32) {
    let scores = series.iter().filter_map(|it| it.claim85.get(horizon));
    scores.fold((0, 0), |(held, checks), score| (held + score.held, checks + score.checks))
}

/// What else was measured, in sentences.
fn variants(figures: &Figures) -> String {
    let row = |table: &BacktestTable| {
        let of_claim = table.rows.iter().filter(|row| row.percent == 85);
        of_claim.map(|row| percent(&row.calibrated)).collect::<Vec<_>>().join(", ")
    };
    let dates = |table: &BacktestTable| {
        table
            .when
            .iter()
            .find(|(percent, _)| *percent == 85)
            .map_or(String::new(), |(_, score)| percent(score))
    };
    let held_out: Vec<&SeriesScore> =
        figures.main.series.iter().filter(|it| !TUNED_ON.contains(&it.family.as_str())).collect();
    let held_out_row: Vec<String> =
        (0..horizons(&figures.main).len()).map(|horizon| share(sum(&held_out, horizon))).collect();
    let mut out = String::new();
    let _ = write!(
        out,
        "On the families that were not looked at when the shape of the outlook was chosen ({} checks at 14 days), the \
         claims of 85 %\nheld {} %.\n\n",
        grouped(sum(&held_out, 0).1 as usize),
        held_out_row.join(", "),
    );
    let _ = write!(
        out,
        "The protocol that the product uses for its records begins after 16 weeks of history and asks for 5 items instead \
         of 10\nin the last 90 days. With it the claims of 85 % held {} % of {} past days' checks, dates {} %.\n\
         Counting working days alone: {}, dates {} %. Counting every closed item, duplicates and\ninvalid ones too, on \
         {} series: {}, dates {} %.\n",
        row(&figures.own),
        grouped(figures.own.origins),
        dates(&figures.own),
        row(&figures.working),
        dates(&figures.working),
        figures.all_closed.series.len(),
        row(&figures.all_closed),
        dates(&figures.all_closed),
    );
    out
}

fn percent(score: &Score) -> String {
    share((score.held, score.checks))
}

fn share((held, checks): (u32, u32)) -> String {
    if checks == 0 { "–".to_owned() } else { format!("{:.1}", 100.0 * f64::from(held) / f64::from(checks)) }
}

/// A number with its thousands set apart.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
