//! Key figures: a value with its unit, against the scope's own past, with a small history.

use headway_domain::insight::Measure;
use headway_flow::{
    TooFew,
    period::{Grain, Window},
};

use crate::insight::{
    ItemRef,
    digest::{Digest, Sums, Week},
};

/// What a value is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Items.
    Items,
    /// Items a week.
    ItemsPerWeek,
    /// Days.
    Days,
    /// Hours.
    Hours,
    /// A part of a whole, from 0 to 1.
    Share,
    /// Times a week.
    PerWeek,
    /// Estimates, in whatever the team estimates in.
    Estimate,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More.
    Up,
    /// Less.
    Down,
    /// It depends.
    Neither,
}

/// Too few of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFewOf {
    /// How many, and how many are needed.
    pub too_few: TooFew,
    /// Of what.
    pub of: &'static str,
}

/// A key figure.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The measure.
    pub measure: Measure,
    /// The value.
    pub value: Result<f64, TooFewOf>,
    /// What it is counted in.
    pub unit: Unit,
    /// The same over the window of equal length before.
    pub previous: Option<f64>,
    /// Which way is better.
    pub better: Better,
    /// The last twelve whole weeks, oldest first.
    pub history: Vec<Option<f64>>,
    /// Which statistic it is.
    pub statistic: &'static str,
    /// The item behind it, where it is one.
    pub item: Option<ItemRef>,
}

/// Fewer finished items make no percentile.
const FEWEST_ITEMS: usize = 5;

fn p85(sums: &Sums) -> Result<f64, TooFewOf> {
    let few = |n| TooFewOf { too_few: TooFew { n, need: FEWEST_ITEMS }, of: "items" };
    match sums.cycle_time() {
        Ok(summary) if summary.n >= FEWEST_ITEMS => Ok(f64::from(summary.p85)),
        Ok(summary) => Err(few(summary.n)),
        Err(_) => Err(few(0)),
    }
}

fn per_week(finished: u32, window: Window) -> f64 {
    f64::from(finished) * 7.0 / window.len().max(1) as f64
}

fn weekly(digest: &Digest, value: impl Fn(&Week) -> Option<f64>) -> Vec<Option<f64>> {
    digest.weeks.iter().map(value).collect()
}

/// Throughput in items a week.
pub(crate) fn throughput(window: Window, digest: &Digest) -> Figure {
    let (now, before) = (digest.now.finished, digest.before.finished);
    let is_known = now > 0 || before > 0;
    let none = TooFewOf { too_few: TooFew { n: 0, need: 1 }, of: "items" };
    Figure {
        measure: Measure::Throughput,
        value: if is_known { Ok(per_week(now, window)) } else { Err(none) },
        unit: Unit::ItemsPerWeek,
        previous: Some(per_week(before, window.before())),
        better: Better::Up,
        history: weekly(digest, |week| Some(f64::from(week.sums.finished))),
        statistic: "mean",
        item: None,
    }
}

/// Cycle time: its 85th percentile.
pub(crate) fn cycle_time(digest: &Digest) -> Figure {
    Figure {
        measure: Measure::CycleTime,
        value: p85(&digest.now),
        unit: Unit::Days,
        previous: p85(&digest.before).ok(),
        better: Better::Down,
        history: weekly(digest, |week| week.sums.cycle_time().ok().map(|it| f64::from(it.p85))),
        statistic: "p85",
        item: None,
    }
}

/// Work in progress at the end of the window.
pub(crate) fn wip(digest: &Digest) -> Figure {
    Figure {
        measure: Measure::Wip,
        value: Ok(f64::from(digest.now.wip)),
        unit: Unit::Items,
        previous: Some(f64::from(digest.before.wip)),
        better: Better::Down,
        history: weekly(digest, |week| Some(f64::from(week.sums.wip))),
        statistic: "last",
        item: None,
    }
}

/// The age of the oldest item in progress.
pub(crate) fn oldest(digest: &Digest) -> Figure {
    let none = TooFewOf { too_few: TooFew { n: 0, need: 1 }, of: "items" };
    Figure {
        measure: Measure::WorkItemAge,
        value: digest.oldest.as_ref().map(|(age, _)| f64::from(*age)).ok_or(none),
        unit: Unit::Days,
        previous: None,
        better: Better::Down,
        history: weekly(digest, |week| week.oldest.map(f64::from)),
        statistic: "oldest",
        item: digest.oldest.as_ref().map(|(_, item)| item.clone()),
    }
}

/// Items blocked now, and at the end of each of the last weeks.
pub(crate) fn blocked(digest: &Digest) -> Figure {
    Figure {
        measure: Measure::BlockedTime,
        value: Ok(digest.blocked as f64),
        unit: Unit::Items,
        previous: None,
        better: Better::Down,
        history: weekly(digest, |week| Some(week.blocked as f64)),
        statistic: "now",
        item: None,
    }
}

/// The grain with this code; weeks when there is none.
pub fn grain(code: Option<&str>) -> Option<Grain> {
    match code {
        None | Some("week") => Some(Grain::Week),
        Some("day") => Some(Grain::Day),
        Some("month") => Some(Grain::Month),
        Some(_) => None,
    }
}
