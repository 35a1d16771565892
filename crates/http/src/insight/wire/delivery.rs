//! Wire forms: delivery, time to market, iterations.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Percentile, StageTime, TooFew, UnitRef, Window};

/// Time from idea to production.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimeToMarket {
    /// The window.
    pub window: Window,
    /// Items it is made of.
    pub n: u32,
    /// Percentiles 50, 70, 85 and 95 of the time from creation to finish, in days.
    pub percentiles: Vec<Percentile>,
    /// Time in each stage, in the order of the process, the wait before the start included.
    pub stages: Vec<StageTime>,
    /// Days from a change of priority to work on the item: percentiles 50 and 85.
    pub adaptability: Vec<Percentile>,
    /// Items that `adaptability` is made of.
    pub adaptability_n: u32,
    /// From finish to the next deployment, where deployments exist.
    pub deployment_wait: Vec<Percentile>,
}

/// Delivery performance (DORA).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// The window.
    pub window: Window,
    /// The measures; each with its level by the stated version of the buckets.
    pub measures: Vec<DeliveryMeasure>,
    /// Deployments per week.
    pub weeks: Vec<DeliveryWeek>,
    /// The version of the buckets, such as `2023`.
    pub bucket_version: String,
    /// Whether any fact is inferred (tags, wording of commits) rather than told.
    pub is_proxy: bool,
}

/// One delivery measure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryMeasure {
    /// Its code.
    pub measure: String,
    /// Its value.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: String,
    /// `elite`, `high`, `medium` or `low`.
    pub level: Option<String>,
    /// What it is made of.
    pub n: u32,
    /// Why there is no value.
    pub too_few: Option<TooFew>,
    /// Which variant of the definition this is, as a sentence.
    pub variant: String,
}

/// Deployments of a week.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryWeek {
    /// Its Monday.
    pub start: String,
    /// Deployments that succeeded.
    pub deployments: u32,
    /// Those that caused a failure.
    pub failures: u32,
    /// Median lead time for changes in hours.
    pub lead_time_hours: Option<f64>,
}

/// Iterations of a team.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Iterations {
    /// Newest first; at most 60.
    pub iterations: Vec<IterationReport>,
    /// Completed estimate: percentiles 15, 50 and 85 of the last seven closed ones.
    pub velocity: Vec<Percentile>,
    /// Completed of what was committed over the last seven closed ones.
    pub say_do: Option<f64>,
    /// Why there is no velocity.
    pub too_few: Option<TooFew>,
}

/// One iteration. `started + added - removed + estimate_change - completed = remaining`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IterationReport {
    /// Its id.
    pub id: String,
    /// The team.
    pub unit: UnitRef,
    /// Its name.
    pub name: String,
    /// First day.
    pub starts_on: Option<String>,
    /// Last day.
    pub ends_on: Option<String>,
    /// Whether it is closed.
    pub is_closed: bool,
    /// Items.
    pub items: IterationSums,
    /// Estimates.
    pub estimate: IterationSums,
    /// Items without an estimate.
    pub unestimated: u32,
    /// Completed of what was committed; missing when nothing was.
    pub say_do: Option<f64>,
}

/// Sums of an iteration.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct IterationSums {
    /// In it and not done at its start.
    pub committed: f64,
    /// Added after the start.
    pub added: f64,
    /// Removed.
    pub removed: f64,
    /// Change of estimates after the start.
    pub estimate_change: f64,
    /// Done at its end.
    pub completed: f64,
    /// Done at its end of what was committed.
    pub completed_of_committed: f64,
    /// Not done at its end: carried over.
    pub remaining: f64,
}

/// Remaining work through an iteration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BurnDown {
    /// The iteration.
    pub iteration: IterationReport,
    /// Its days.
    pub days: Vec<String>,
    /// Estimate remaining at the end of each day; items where nothing is estimated.
    pub remaining: Vec<f64>,
    /// Scope at the end of each day.
    pub scope: Vec<f64>,
    /// `estimate` or `items`.
    pub unit: String,
}

/// Scope and done, day by day, with a forecast.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BurnUp {
    /// The window.
    pub window: Window,
    /// The days.
    pub days: Vec<String>,
    /// Items in scope at the end of each day.
    pub scope: Vec<u32>,
    /// Items done.
    pub done: Vec<u32>,
}
