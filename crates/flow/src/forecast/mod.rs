//! When, or how many: forecasts, and how far such forecasts have held.
//!
//! The way through: a [`Series`] is what a team finished day by day; its [`outlook::Outlook`] is what the recent
//! past says of the days ahead; [`Checks`] are what that would have said at past days, and what happened;
//! [`calibration::Calibration`] turns the outlook into claims that hold as often as they say. [`Forecaster`] puts
//! them together, [`joint`] lets several teams finish one thing, [`backtest()`] measures it all on many series.
//! How it works and how well is a page: `docs/metrics/forecast.md`.

pub mod backtest;
pub mod calibration;
pub mod count;
mod curve;
pub mod joint;
pub mod outlook;
pub mod reference;
mod scope;
mod series;
pub mod survival;

use headway_domain::time::Day;

pub use self::{
    backtest::{BacktestTable, backtest, backtest_one},
    calibration::{Checks, Held, Pool, Protocol},
    curve::{Chance, Curve, Shown},
    scope::{Risk, Scope},
    series::{Guard, NamedSeries, Series, Shortfall},
};
use self::{
    calibration::{Calibration, Record},
    outlook::Outlook,
};
use crate::{Known, percentile};

/// The claims that are made, in percent.
pub const CLAIMS: [u8; 4] = percentile::SHOWN;

/// Counted days ahead after which a date is no longer given.
const FURTHEST: usize = 730;

/// Counted days ahead up to which every day is looked at; after them one day a week. A claim about the year after
/// next is not sharper than a week.
const DAY_BY_DAY: usize = 90;

/// "At least so many, with this probability."
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountClaim {
    /// The probability claimed, in percent.
    pub percent: u8,
    /// How many items at least.
    pub at_least: u64,
    /// How such claims of this team have held.
    pub held: Known<Held>,
}

/// "By this day, with this probability."
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateClaim {
    /// The probability claimed, in percent.
    pub percent: u8,
    /// By when; `None` when that is further away than forecasts reach.
    pub by: Option<Day>,
    /// How claims of this team about a time so far ahead have held.
    pub held: Known<Held>,
}

/// How many items will be finished by a day.
#[derive(Clone, Debug, PartialEq)]
pub struct HowMany {
    /// The day, included.
    pub until: Day,
    /// How many days that is, as the team counts them.
    pub days: usize,
    /// One for each of [`CLAIMS`].
    pub claims: [CountClaim; CLAIMS.len()],
}

/// When a set of items will be finished.
#[derive(Clone, Debug, PartialEq)]
pub struct When {
    /// The probability day by day.
    pub curve: Curve,
    /// One for each of [`CLAIMS`].
    pub claims: [DateClaim; CLAIMS.len()],
}

/// The forecasts of one team.
#[derive(Clone, Debug)]
pub struct Forecaster<'a> {
    series: &'a Series,
    outlook: Outlook,
    calibration: Calibration<'a>,
    record: Record,
}

impl<'a> Forecaster<'a> {
    /// For a team whose own checks are `checks`, among others whose pooled checks are `others` (without its own:
    /// see [`Pool::without`]).
    pub fn new(
        series: &'a Series,
        checks: &Checks,
        others: &'a Pool,
        protocol: &Protocol,
    ) -> Result<Self, Shortfall> {
        protocol.guard.check(series, series.len())?;
        let record = Record::of(checks, others);
        Ok(Self::at(series, series.len(), checks, others, record))
    }

    /// As it would have been after the first `known` counted days.
    fn at(series: &'a Series, known: usize, checks: &Checks, others: &'a Pool, record: Record) -> Self {
        Forecaster {
            series,
            outlook: Outlook::after(series, known),
            calibration: Calibration::after(known, checks, others),
            record,
        }
    }

    /// How claims have held, by horizon and claim.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// How many items will be finished from the day after the series to the end of `until`.
    pub fn how_many(&self, until: Day) -> HowMany {
        let days = self.series.days_until(until);
        let horizon = self.calibration.nearest(days);
        let mut claim = 0;
        let claims = CLAIMS.map(|percent| {
            let at_least =
                if days == 0 { 0 } else { self.calibration.at_least(&self.outlook, days, percent) };
            let held = self.record.at(horizon, claim);
            claim += 1;
            CountClaim { percent, at_least, held }
        });
        HowMany { until, days, claims }
    }

    /// The probability that at least so many items are finished by the end of `until`.
    pub fn chance(&self, items: u64, until: Day) -> Chance {
        let days = self.series.days_until(until);
        match items.checked_sub(1) {
            None => Chance::CERTAIN,
            Some(_) if days == 0 => Chance::NONE,
            Some(short) => {
                let cdf = self.outlook.items_within(days).cdf(short);
                Chance::new(1.0 - self.calibration.share(days, cdf))
            }
        }
    }

    /// How many past checks at the nearest horizon ended below a target that was as demanding as this one is now, and
    /// how many checks there were.
    pub fn missed_before(&self, items: u64, until: Day) -> (u32, u32) {
        let days = self.series.days_until(until);
        let short = self.outlook.items_within(days.max(1)).cdf(items.saturating_sub(1));
        self.record.missed(self.calibration.nearest(days), short)
    }

    /// Whether each past claim of one of [`CLAIMS`] at the horizon nearest to so many calendar days held, in order.
    pub fn past_claims(&self, days: usize, percent: u8) -> Vec<bool> {
        let horizon = self.calibration.nearest(self.series.counted_days(days));
        let claim = CLAIMS.iter().position(|it| *it == percent);
        claim.map_or_else(Vec::new, |claim| self.record.claims(horizon, claim))
    }

    /// When a set of items will be finished. A scope that is a range is drawn with this seed.
    pub fn when(&self, scope: &Scope, seed: u64) -> When {
        let curve = self.curve(scope, seed);
        let mut claim = 0;
        let claims = CLAIMS.map(|percent| {
            let by = curve.first_day(percent);
            let days = by.map_or(usize::MAX, |day| self.series.days_until(day));
            let held = self.record.at(self.calibration.nearest(days), claim);
            claim += 1;
            DateClaim { percent, by, held }
        });
        When { curve, claims }
    }

    /// The probability, day by day, that a set of items is finished.
    pub fn curve(&self, scope: &Scope, seed: u64) -> Curve {
        let days_ahead = self.series.days_ahead(FURTHEST);
        let points = self.steps(scope, seed).map(|(days, chance)| {
            let day = days.checked_sub(1).and_then(|it| days_ahead.get(it)).copied();
            (day.unwrap_or(self.series.last()), chance)
        });
        Curve::new(points)
    }

    /// The same by counted days from today.
    fn steps(&self, scope: &Scope, seed: u64) -> impl Iterator<Item = (usize, f64)> + use<'_, 'a> {
        let sizes = scope.sizes(seed);
        let largest = sizes.last().map_or(0, |(size, _)| *size) as usize;
        let done: f64 = sizes.iter().filter(|(size, _)| *size == 0).map(|(_, weight)| weight).sum();
        let week = self.series.days_per_week();
        let ahead = (1..=DAY_BY_DAY).chain((DAY_BY_DAY + week..=FURTHEST).step_by(week));
        let chance = move |days: usize| {
            let table = self.outlook.items_within(days).cdf_table(largest.saturating_sub(1));
            let open = sizes.iter().filter(|(size, _)| *size > 0);
            let reached = open.map(|(size, weight)| {
                weight * (1.0 - self.calibration.share(days, table[*size as usize - 1]))
            });
            (days, done + reached.sum::<f64>())
        };
        std::iter::once((0, done)).chain(ahead.map(chance))
    }
}

#[cfg(test)]
mod tests;
