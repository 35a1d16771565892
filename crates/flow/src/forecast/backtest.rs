//! How well the forecasts do on many series: what the documentation shows and the acceptance test demands.
//!
//! Every forecast is made as it would have been at a past origin: from the counts known there, calibrated with the
//! series' own checks that were over by then and with those of other families. A family never calibrates itself.

use std::{collections::BTreeMap, ops::RangeInclusive};

use rayon::prelude::*;

use crate::forecast::{
    CLAIMS, Checks, Forecaster, NamedSeries, Pool, Protocol, Scope,
    calibration::{Calibration, Record},
    outlook::Outlook,
    reference,
};

/// Trials of the plain bootstrap.
const TRIALS: usize = 1_000;

/// The days of work whose end the when-forecasts are asked for.
const WORK_DAYS: usize = 30;

/// How often a claim of 85 % may hold.
pub const FIT: RangeInclusive<f64> = 0.80..=0.92;

/// Claims of one size at one horizon.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// How often the claim was checked.
    pub checks: u32,
    /// How often it held.
    pub held: u32,
    /// Mean quantile loss, as a share of what the series usually finishes in that time.
    pub loss: f64,
}

impl Score {
    /// How often it held, from 0 to 1.
    pub fn coverage(&self) -> f64 {
        f64::from(self.held) / f64::from(self.checks.max(1))
    }

    fn add(&mut self, claim: u64, happened: u64, percent: u8, usual: f64) {
        let risk = f64::from(100 - percent) / 100.0;
        let error = happened as f64 - claim as f64;
        self.checks += 1;
        self.held += u32::from(happened >= claim);
        self.loss += (if error >= 0.0 { risk * error } else { (risk - 1.0) * error }) / usual;
    }

    fn plus(&mut self, other: &Score) {
        self.checks += other.checks;
        self.held += other.held;
        self.loss += other.loss;
    }

    fn mean(mut self) -> Self {
        self.loss /= f64::from(self.checks.max(1));
        self
    }
}

/// One claim at one horizon, made in three ways.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Calendar days ahead.
    pub horizon: usize,
    /// The probability claimed, in percent.
    pub percent: u8,
    /// The calibrated forecast.
    pub calibrated: Score,
    /// The outlook without calibration.
    pub outlook: Score,
    /// The plain bootstrap of 90 days.
    pub reference: Score,
}

/// How one series fared.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesScore {
    /// Its family.
    pub family: String,
    /// Its name.
    pub name: String,
    /// The calibrated claim of 85 % at each horizon.
    pub claim85: Vec<Score>,
}

/// The result.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BacktestTable {
    /// Origins at which a forecast was made.
    pub origins: usize,
    /// How many items by then: by horizon, then by claim.
    pub rows: Vec<Row>,
    /// When is the work of 30 days done: one score a claim; its loss is not measured. Claims whose
    /// day lies after the end of the data are left out.
    pub when: Vec<(u8, Score)>,
    /// The series that were checked at all.
    pub series: Vec<SeriesScore>,
}

impl BacktestTable {
    /// The rows of claims of 85 % that hold too seldom or too often, or are further off than the plain bootstrap:
    /// with any of them the forecasts are not fit to be shown.
    pub fn unfit(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| {
            let is_off =
                !FIT.contains(&row.calibrated.coverage()) || row.calibrated.loss > row.reference.loss;
            row.percent == 85 && is_off
        })
    }

    /// The row of a claim at a horizon.
    pub fn row(&self, horizon: usize, percent: u8) -> Option<&Row> {
        self.rows.iter().find(|row| row.horizon == horizon && row.percent == percent)
    }
}

/// Forecasts made at one origin for one horizon and claim.
#[derive(Clone, Copy, Default)]
struct Cell {
    calibrated: Score,
    outlook: Score,
    reference: Score,
}

/// What one series adds to the table.
struct Outcome {
    origins: usize,
    /// By horizon and claim.
    cells: Vec<[Cell; CLAIMS.len()]>,
    when: [Score; CLAIMS.len()],
}

/// Makes and checks every forecast of the protocol on every series.
pub fn backtest(series: &[NamedSeries], protocol: &Protocol, seed: u64) -> BacktestTable {
    let checks: Vec<Checks> = series.par_iter().map(|it| Checks::of(&it.series, protocol)).collect();
    let mut pools: BTreeMap<&str, Pool> = BTreeMap::new();
    for it in series {
        pools.entry(&it.family).or_insert_with(|| {
            let others = series.iter().zip(&checks).filter(|(other, _)| other.family != it.family);
            Pool::of(others.map(|(_, checks)| checks))
        });
    }
    let outcomes: Vec<Outcome> = series
        .par_iter()
        .zip(&checks)
        .enumerate()
        .map(|(position, (it, checks))| {
            one_series(it, checks, &pools[it.family.as_str()], protocol, seed.wrapping_add(position as u64))
        })
        .collect();
    table(series, &outcomes, protocol)
}

/// The same for one series whose checks are known, calibrated by others: what a team's own page shows.
pub fn backtest_one(
    it: &NamedSeries,
    checks: &Checks,
    others: &Pool,
    protocol: &Protocol,
    seed: u64,
) -> BacktestTable {
    table(std::slice::from_ref(it), &[one_series(it, checks, others, protocol, seed)], protocol)
}

fn one_series(it: &NamedSeries, checks: &Checks, others: &Pool, protocol: &Protocol, seed: u64) -> Outcome {
    let series = &it.series;
    let days: Vec<usize> = protocol.horizons.iter().map(|days| series.counted_days(*days)).collect();
    let usual: Vec<f64> = (0..days.len())
        .map(|horizon| {
            let happened = checks.at(horizon).iter().map(|it| series.sum(it.known, it.known + days[horizon]));
            (happened.sum::<u64>() as f64 / checks.at(horizon).len().max(1) as f64).max(1.0)
        })
        .collect();
    let mut outcome =
        Outcome { origins: 0, cells: vec![Default::default(); days.len()], when: Default::default() };
    for known in protocol.origins(series) {
        outcome.origins += 1;
        let outlook = Outlook::after(series, known);
        let calibration = Calibration::after(known, checks, others);
        let drawn = reference::sums(series, known, &days, TRIALS, seed.wrapping_add(known as u64));
        for (horizon, days) in days.iter().copied().enumerate() {
            if known + days > series.len() {
                continue;
            }
            let happened = series.sum(known, known + days);
            for (cell, percent) in outcome.cells[horizon].iter_mut().zip(CLAIMS) {
                let risk = f64::from(100 - percent) / 100.0;
                let raw = outlook.items_within(days).first_count(|cdf| cdf > risk);
                let claim = calibration.at_least(&outlook, days, percent);
                cell.outlook.add(raw, happened, percent, usual[horizon]);
                cell.calibrated.add(claim, happened, percent, usual[horizon]);
                cell.reference.add(
                    reference::at_least(&drawn[horizon], percent),
                    happened,
                    percent,
                    usual[horizon],
                );
            }
        }
        check_when(series, known, checks, others, &mut outcome.when);
    }
    outcome
}

/// Asks when as many items will be done as the last 90 days finished in [`WORK_DAYS`].
fn check_when(
    series: &super::Series,
    known: usize,
    checks: &Checks,
    others: &Pool,
    scores: &mut [Score; CLAIMS.len()],
) {
    let back = series.counted_days(reference::LOOK_BACK);
    let lately = series.sum(known.saturating_sub(back), known) as f64 / back as f64;
    let items = ((lately * series.counted_days(WORK_DAYS) as f64).round() as u32).max(1);
    let forecaster = Forecaster::at(series, known, checks, others, Record::default());
    let mut steps = forecaster.steps(&Scope::exactly(items), 0).peekable();
    for (score, percent) in scores.iter_mut().zip(CLAIMS) {
        // Claims ascend, so each goes on where the one before stopped.
        while steps.next_if(|(_, chance)| *chance < f64::from(percent) / 100.0).is_some() {}
        let Some((days, _)) = steps.peek().copied() else { return };
        if known + days > series.len() {
            return;
        }
        score.checks += 1;
        score.held += u32::from(series.sum(known, known + days) >= u64::from(items));
    }
}

fn table(series: &[NamedSeries], outcomes: &[Outcome], protocol: &Protocol) -> BacktestTable {
    let mut table =
        BacktestTable { origins: outcomes.iter().map(|it| it.origins).sum(), ..BacktestTable::default() };
    for (horizon, days) in protocol.horizons.iter().enumerate() {
        for (claim, percent) in CLAIMS.into_iter().enumerate() {
            let mut sum = Cell::default();
            for outcome in outcomes {
                let cell = &outcome.cells[horizon][claim];
                sum.calibrated.plus(&cell.calibrated);
                sum.outlook.plus(&cell.outlook);
                sum.reference.plus(&cell.reference);
            }
            table.rows.push(Row {
                horizon: *days,
                percent,
                calibrated: sum.calibrated.mean(),
                outlook: sum.outlook.mean(),
                reference: sum.reference.mean(),
            });
        }
    }
    for (claim, percent) in CLAIMS.into_iter().enumerate() {
        let mut sum = Score::default();
        for outcome in outcomes {
            sum.plus(&outcome.when[claim]);
        }
        table.when.push((percent, sum));
    }
    let claim85 = CLAIMS.iter().position(|it| *it == 85).unwrap_or(0);
    for (it, outcome) in series.iter().zip(outcomes).filter(|(_, outcome)| outcome.origins > 0) {
        table.series.push(SeriesScore {
            family: it.family.clone(),
            name: it.name.clone(),
            claim85: outcome.cells.iter().map(|cells| cells[claim85].calibrated.mean()).collect(),
        });
    }
    table
}
