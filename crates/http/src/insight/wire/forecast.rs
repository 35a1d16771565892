//! Wire forms: forecasts and their calibration.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Share, TooFew, UnitRef};

/// Asks how many items will be finished, or when.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ForecastRequest {
    /// "When": so many items are left. Either this, `items`, or `until`.
    #[schema(minimum = 1, maximum = 100_000)]
    pub count: Option<u32>,
    /// "When": these items are left, by id; they may belong to several teams (at most 5,000).
    #[serde(default)]
    #[schema(max_items = 5000)]
    pub items: Vec<String>,
    /// "When": everything that is open in this scope and matches this label or parent.
    #[schema(max_length = 200)]
    pub matching: Option<String>,
    /// "How many": by this day, `YYYY-MM-DD`.
    #[schema(max_length = 10)]
    pub until: Option<String>,
    /// A target day: the answer then holds the probability of finishing by it.
    #[schema(max_length = 10)]
    pub target: Option<String>,
    /// Items that the left ones may grow to, per item (1.0 = no splitting), as a range.
    pub split_low: Option<f64>,
    /// The upper end of the range.
    pub split_high: Option<f64>,
    /// The seed; the same seed and data give the same answer.
    pub seed: Option<u32>,
}

/// A forecast.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Forecast {
    /// `when` or `how_many`.
    pub kind: String,
    /// The claims at 50, 70, 85 and 95 %.
    pub claims: Vec<Claim>,
    /// Items left, for "when".
    pub remaining: Option<u32>,
    /// The probability of reaching the target day, capped at 0.95 while work remains.
    pub target_probability: Option<f64>,
    /// The distribution: for "when" the share of trials finished by each day; for "how many" the share of trials with
    /// at least so many.
    pub curve: Vec<CurvePoint>,
    /// Why there is no forecast.
    pub too_few: Option<TooFew>,
    /// The teams whose histories were used.
    pub teams: Vec<ForecastTeam>,
    /// The seed.
    pub seed: u32,
    /// Trials of the joint simulation of several teams; 0 where the distribution was computed exactly.
    pub trials: u32,
    /// How it was made, as sentences.
    pub method: Vec<String>,
    /// The first day that the forecast is about.
    pub start: String,
    /// Quantile loss of this team's past forecasts against the plain bootstrap's; below 1 is better.
    pub loss_ratio: Option<f64>,
}

/// One claim, with how far such claims have held.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Claim {
    /// How sure, of a hundred.
    pub percent: u8,
    /// "Finished on or before this day".
    pub day: Option<String>,
    /// "So many or more".
    pub count: Option<u32>,
    /// In how many past checks of this team such a claim held; missing when there were none.
    pub held: Option<Share>,
}

/// A point of the distribution.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CurvePoint {
    /// The day, for "when".
    pub day: Option<String>,
    /// The count, for "how many".
    pub count: Option<u32>,
    /// Its probability, 0 to 0.95 while work remains.
    pub probability: f64,
}

/// A team's part in a forecast.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ForecastTeam {
    /// The team.
    pub unit: UnitRef,
    /// Items left with it.
    pub remaining: u32,
    /// Its day at 85 %.
    pub day_85: Option<String>,
    /// Share of trials in which it was the last to finish.
    pub is_last: f64,
    /// Why it has no forecast of its own.
    pub too_few: Option<TooFew>,
}

/// How far this scope's forecasts have held.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Calibration {
    /// One row a horizon.
    pub horizons: Vec<CalibrationHorizon>,
    /// Why there is none.
    pub too_few: Option<TooFew>,
    /// How the checks were made, as a sentence.
    pub method: String,
}

/// How far forecasts over one horizon have held.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalibrationHorizon {
    /// Days ahead.
    pub days: u32,
    /// Per claim (50, 70, 85, 95): in how many past checks it held.
    pub claims: Vec<CalibrationClaim>,
    /// Quantile loss against the plain bootstrap of 90 days; below 1 is better.
    pub loss_ratio: Option<f64>,
}

/// How far one claim has held.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalibrationClaim {
    /// How sure it was, of a hundred.
    pub percent: u8,
    /// How often it held.
    pub held: Share,
    /// How often the plain bootstrap's claim held on the same checks.
    pub plain_held: Share,
}
